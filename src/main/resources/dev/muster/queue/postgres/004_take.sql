-- How many jobs of a key may be started now, _most at most.
create function muster.startable(_queue muster.queue, _key text, _nanos bigint, _most integer) returns integer
language plpgsql as $$
declare
    allowed bigint := _most;
    full_nanos bigint;
begin
    if _key = '' then
        return _most;
    end if;
    if _queue.per_key is not null then
        allowed := least(allowed, _queue.per_key - (
            select count(*) from (
                select from muster.job j
                where j.queue = _queue.id and j.key = _key and j.key <> '' and j.state = 'leased' limit _queue.per_key) l));
    end if;
    if _queue.rate_nanos is not null and allowed > 0 then
        select greatest(r.full_nanos, _nanos) into full_nanos
        from muster.key_rate r where r.queue = _queue.id and r.key = _key;
        full_nanos := coalesce(full_nanos, _nanos);
        allowed := least(allowed, case when full_nanos > _nanos + _queue.ahead_nanos then 0
                                       else (_nanos + _queue.ahead_nanos - full_nanos) / _queue.rate_nanos + 1 end);
    end if;
    return allowed;
end $$;

-- The jobs that can be taken now where keys are bound. The first ones in line are looked at; if too many of them are held back,
-- then key by key, each found by one step in an index.
create function muster.pick_by_key(_queue muster.queue, _at timestamptz, _most integer) returns bigint[]
language plpgsql as $$
declare
    now_nanos bigint := muster.nanos(_at);
    in_head constant integer := 200 + 2 * _most;
    looked_at integer;
    picked bigint[];
begin
    with head as materialized (
        select j.id, j.key, j.priority, j.due from muster.job j
        where j.queue = _queue.id and j.state = 'ready' order by j.priority desc, j.due, j.id limit in_head
    ), keys as materialized (
        select d.key, muster.startable(_queue, d.key, now_nanos, _most) as most
        from (select distinct h.key from head h) d
    ), ranked as (
        select h.*, row_number() over (partition by h.key order by h.priority desc, h.due, h.id) as place from head h
    )
    select array(select r.id from ranked r join keys k using (key) where r.place <= k.most
                 order by r.priority desc, r.due, r.id limit _most),
           (select count(*) from head)
    into picked, looked_at;
    if cardinality(picked) >= _most or looked_at < in_head then
        return picked;
    end if;
    return array(
        with recursive keys as (
            (select j.key from muster.job j
             where j.queue = _queue.id and j.state = 'ready' order by j.key limit 1)
            union all
            select (select j.key from muster.job j
                    where j.queue = _queue.id and j.state = 'ready' and j.key > k.key order by j.key limit 1)
            from keys k where k.key is not null
        )
        select c.id
        from keys k
        cross join lateral (select muster.startable(_queue, k.key, now_nanos, _most) as most offset 0) s
        cross join lateral (
            select j.id, j.priority, j.due from muster.job j
            where j.queue = _queue.id and j.state = 'ready' and j.key = k.key
            order by j.priority desc, j.due, j.id limit s.most) c
        where k.key is not null and s.most > 0
        order by c.priority desc, c.due, c.id limit _most);
end $$;

-- Leases jobs. _call names the take: one whose answer was lost is said again, and gets what it has leased.
create function muster.take(_queue integer, _most integer, _call bigint, _again boolean)
returns table (id bigint, body text, attempt integer, lease bigint, expires timestamptz, key text, priority integer,
    checkpoint text) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
    picked bigint[];
    by_key boolean;
begin
    select * into strict q from muster.queue where id = _queue;
    by_key := q.per_key is not null or q.rate_nanos is not null;
    if by_key then
        -- What the keys let holds until this transaction has ended: each statement from here on sees what other takes leased.
        perform pg_advisory_xact_lock(1299543155, _queue);
    end if;
    at := muster.now();
    if _again and exists (select from muster.job j
                          where j.queue = _queue and j.state = 'leased' and j.taken = _call and j.expires > at) then
        return query
            select j.id, j.body, j.attempt, j.lease, j.expires, j.key, j.priority::integer, j.checkpoint
            from muster.job j where j.queue = _queue and j.state = 'leased' and j.taken = _call and j.expires > at
            order by j.priority desc, j.due, j.id;
        return;
    end if;
    perform muster.catch_up(q, at);
    if q.paused then
        return;
    end if;
    if by_key then
        picked := muster.pick_by_key(q, at, _most);
        picked := array(select j.id from muster.job j
                        where j.id = any (picked) and j.state = 'ready' for update skip locked);
    else
        picked := array(select j.id from muster.job j
                        where j.queue = _queue and j.state = 'ready'
                        order by j.priority desc, j.due, j.id limit _most for update skip locked);
    end if;
    if cardinality(picked) = 0 then
        return;
    end if;
    if q.rate_nanos is not null then
        insert into muster.key_rate as r (queue, key, full_nanos)
        select _queue, j.key, muster.nanos(at) + count(*) * q.rate_nanos
        from muster.job j where j.id = any (picked) and j.key <> '' group by j.key
        on conflict (queue, key) do update
        set full_nanos = greatest(r.full_nanos, muster.nanos(at)) + excluded.full_nanos - muster.nanos(at);
    end if;
    if q.room_wanted then
        update muster.queue set room_wanted = false where id = _queue and room_wanted;
        perform pg_notify('muster', 'room ' || _queue || ' ' || cardinality(picked));
    end if;
    return query
        with leased as (
            update muster.job j
            set state = 'leased', attempt = j.attempt + 1, lease = nextval('muster.lease'), expires = at + q.lease, taken = _call
            where j.id = any (picked)
            returning j.*
        )
        select l.id, l.body, l.attempt, l.lease, l.expires, l.key, l.priority::integer, l.checkpoint
        from leased l order by l.priority desc, l.due, l.id;
end $$;
