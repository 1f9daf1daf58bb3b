-- The jobs of a state in the order of their ids; each state has an index of its own. Returns the first jobs whose texts fit into $5
-- characters, but at least one.
with at as materialized (
    select muster.now() as now
), found as materialized (
    (select j.* from muster.job j, at
     where $2::text = 'scheduled' and j.queue = $1 and j.state = 'scheduled' and j.due > at.now and j.id > $3
     order by j.id limit $4)
    union all
    (select j.* from muster.job j
     where $2::text = 'ready' and j.queue = $1 and j.state = 'ready' and j.id > $3 order by j.id limit $4)
    union all
    (select j.* from muster.job j, at
     where $2::text = 'ready' and j.queue = $1 and j.state = 'scheduled' and j.due <= at.now and j.id > $3
     order by j.id limit $4)
    union all
    (select j.* from muster.job j
     where $2::text = 'leased' and j.queue = $1 and j.state = 'leased' and j.id > $3 order by j.id limit $4)
    union all
    (select j.* from muster.queue q, at, muster.job j
     where $2::text in ('done', 'dead', 'cancelled') and q.id = $1 and j.queue = $1
       and j.state in ('done', 'dead', 'cancelled') and j.state::text = $2::text
       and muster.is_kept(q, j.state, j.finished, at.now) and j.id > $3
     order by j.id limit $4)
), measured as (
    select f.*, row_number() over (order by f.id) as place,
           sum(length(f.body) + coalesce(length(f.error), 0) + coalesce(length(f.output), 0)
               + coalesce(length(f.checkpoint), 0)) over (order by f.id) as chars
    from found f
)
select $2::text, m.body, m.attempt, nullif(m.key, ''), m.unique_word, m.priority::integer, m.created,
       case when $2::text = 'scheduled' then m.due end, m.expires, m.cancel_asked, m.error, m.output, m.checkpoint, m.id
from measured m
where m.place = 1 or m.place <= $4 and m.chars <= $5
order by m.id
