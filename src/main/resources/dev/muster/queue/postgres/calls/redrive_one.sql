-- $3 is true for a repeat after a response that was possibly lost.
with known as materialized (
    select j.id, j.state, j.unique_word, q.size
    from muster.queue q join muster.job j on j.queue = q.id
    where q.id = $1 and j.id = $2 and muster.is_kept(q, j.state, j.finished, muster.now())
    for no key update of j
), verdict as materialized (
    select k.id, case when k.state <> 'dead' then
                          case when $3 and k.state in ('ready', 'leased') then 'redriven' else 'not_dead' end
                      when exists (select from muster.job u
                                   where u.queue = $1 and u.unique_word = k.unique_word
                                     and u.state in ('scheduled', 'ready', 'leased')) then 'taken'
                      when muster.waiting($1) >= k.size then 'full'
                      else 'redriven' end as word
    from known k
), changed as (
    update muster.job j set state = 'ready', attempt = 0, due = muster.now(), finished = null
    from verdict v where j.id = v.id and j.state = 'dead' and v.word = 'redriven'
    returning pg_notify('muster', 'ready ' || $1) as told
)
select coalesce((select word from verdict), 'missing'), (select count(told::text) from changed)
