-- What any node does now and then, and what it learns by that.

-- Deletes finished jobs whose time is over, 1,000 of each state at most; how many.
create function muster.sweep(_queue muster.queue, _at timestamptz) returns integer language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    swept integer := 0;
    more integer;
    one muster.job_state;
    before timestamptz;
begin
    foreach one in array array['done', 'dead', 'cancelled']::muster.job_state[] loop
        before := _at - case one when 'done' then _queue.keep_done when 'dead' then _queue.keep_dead
            else _queue.keep_cancelled end;
        if exists (select from muster.job
                   where queue = _queue.id and state = one and state in ('done', 'dead', 'cancelled') and finished <= before) then
            delete from muster.job
            where id = any (array(
                select id from muster.job
                where queue = _queue.id and state = one and state in ('done', 'dead', 'cancelled') and finished <= before
                order by finished, id limit 1000 for update skip locked));
            get diagnostics more = row_count;
            swept := swept + more;
        end if;
    end loop;
    if _queue.rate_nanos is not null then
        delete from muster.key_rate
        where (queue, key) in (
            select queue, key from muster.key_rate
            where queue = _queue.id and full_nanos < muster.nanos(_at) limit 1000 for update skip locked);
    end if;
    return swept;
end $$;

-- Makes of many counters of a queue a few.
create function muster.fold_tally(_queue integer) returns void language plpgsql as $$
begin
    if (select count(*) from muster.tally where queue = _queue) > 32 then
        with gone as (
            delete from muster.tally
            where (queue, slot) in (select queue, slot from muster.tally where queue = _queue for update skip locked)
            returning *
        )
        insert into muster.tally
        select _queue, nextval('muster.tally_slot'), sum(scheduled), sum(ready), sum(leased), sum(done), sum(dead),
               sum(cancelled)
        from gone having count(*) > 0;
    end if;
end $$;

-- Does a bounded part of what is to be done, and says how things are. next_micros is how far off the next thing is that time
-- brings, cancels the leased jobs whose cancel was asked for, each with its lease behind it.
create function muster.look(_queue integer)
returns table (changed integer, scheduled bigint, ready bigint, leased bigint, done bigint, dead bigint, cancelled bigint,
    size bigint, paused boolean, closed boolean, next_micros bigint, cancels bigint[]) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
    worked integer;
    next timestamptz;
    rate_micros bigint;
    asked bigint[];
begin
    select * into strict q from muster.queue where id = _queue;
    at := muster.now();
    worked := muster.catch_up(q, at) + muster.sweep(q, at);
    perform muster.fold_tally(_queue);
    next := least(
        (select j.due from muster.job j where j.queue = _queue and j.state = 'scheduled' order by j.due, j.id limit 1),
        (select j.expires from muster.job j where j.queue = _queue and j.state = 'leased' order by j.expires limit 1));
    if q.rate_nanos is not null then
        select (r.full_nanos - q.ahead_nanos - muster.nanos(at) + 999) / 1000 into rate_micros
        from muster.key_rate r
        where r.queue = _queue and r.full_nanos > muster.nanos(at) + q.ahead_nanos order by r.full_nanos limit 1;
    end if;
    select array_agg(x order by n) into asked from (
        select unnest(array[a.id, a.lease]) as x, a.id as n from (
            select j.id, j.lease from muster.job j
            where j.queue = _queue and j.state = 'leased' and j.cancel_asked order by j.id limit 1000) a) pairs;
    return query
        select worked, t.scheduled, t.ready, t.leased, t.done, t.dead, t.cancelled, q.size, q.paused, q.closed,
               least((extract(epoch from next - at) * 1000000)::bigint, rate_micros), coalesce(asked, '{}')
        from (select coalesce(sum(scheduled), 0)::bigint as scheduled, coalesce(sum(ready), 0)::bigint as ready,
                     coalesce(sum(leased), 0)::bigint as leased, coalesce(sum(done), 0)::bigint as done,
                     coalesce(sum(dead), 0)::bigint as dead, coalesce(sum(cancelled), 0)::bigint as cancelled
              from muster.tally where queue = _queue) t;
end $$;
