-- Puts a batch; one row for each job, in order. '' is no key and no unique word. Fails as a whole, with 40001, if another
-- transaction puts one of the unique words meanwhile: nothing was put then.
create function muster.put(
    _queue integer, _bodies text[], _keys text[], _uniques text[], _delay_micros bigint[], _priorities integer[], _tell boolean
) returns table (verdict text, job bigint) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    q muster.queue;
    at timestamptz;
    room bigint;
    found_ids bigint[];
    firsts bigint[];
    new_ids bigint[];
    inserted bigint;
    is_full boolean;
begin
    select * into strict q from muster.queue where id = _queue;
    at := muster.now();
    perform muster.catch_up(q, at);
    if q.closed then
        return query select 'closed'::text, null::bigint from unnest(_bodies);
        return;
    end if;
    room := greatest(q.size - muster.waiting(_queue), 0);

    select array_agg(case when s.word <> '' then
               (select j.id from muster.job j
                where j.queue = _queue and j.unique_word = s.word and j.state in ('scheduled', 'ready', 'leased')) end
               order by s.ord),
           array_agg(s.first order by s.ord)
    into found_ids, firsts
    from (select u.word, u.ord, case when u.word = '' then u.ord else min(u.ord) over (partition by u.word) end as first
          from unnest(_uniques) with ordinality as u (word, ord)) s;

    with said as (
        select * from unnest(_bodies, _keys, _uniques, _delay_micros, _priorities, found_ids, firsts)
            with ordinality as s (body, key, word, delay, priority, found_id, first, ord)
    ), numbered as (
        select nextval('muster.job_id') as id, c.ord
        from (select ord from said where found_id is null and first = ord order by ord limit room) c
    ), added as (
        insert into muster.job (id, queue, state, priority, created, due, key, unique_word, body)
        select n.id, _queue, case when s.delay > 0 then 'scheduled' else 'ready' end::muster.job_state, s.priority, at,
               at + s.delay * interval '1 microsecond', s.key, nullif(s.word, ''), s.body
        from numbered n join said s using (ord)
        -- In one order, so that two batches do not wait for each other.
        order by s.word, n.id
        on conflict (queue, unique_word) where state in ('scheduled', 'ready', 'leased') and unique_word is not null
        do nothing
        returning 1
    )
    select array_agg(n.id order by s.ord), (select count(*) from added),
           bool_or(s.found_id is null and s.first = s.ord and n.id is null)
    into new_ids, inserted, is_full
    from said s left join numbered n using (ord);

    if inserted < (select count(*) from unnest(new_ids) as i (id) where i.id is not null) then
        raise exception 'a job with the same unique word was put at the same time' using errcode = '40001';
    end if;
    if is_full and not q.room_wanted then
        update muster.queue set room_wanted = true where id = _queue and not room_wanted;
    end if;
    if inserted > 0 and _tell and 0 = any (_delay_micros) then
        perform pg_notify('muster', 'ready ' || _queue);
    end if;
    return query
        select case when found_ids[o] is not null then 'existing'
                    when new_ids[o] is not null then 'accepted'
                    when new_ids[firsts[o]] is not null then 'existing'
                    else 'full' end,
               coalesce(found_ids[o], new_ids[o], new_ids[firsts[o]])
        from generate_series(1, cardinality(_bodies)) as o order by o;
end $$;
