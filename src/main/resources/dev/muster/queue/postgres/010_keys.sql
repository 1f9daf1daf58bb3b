-- Which keys have jobs that can be taken, so that a take looks at those alone, however many jobs other keys hold back.

-- Where the first ready job of a key stands, if that key lets it be taken; from_nanos, in nanoseconds since 1970, is when a rate
-- does so. Takes and looks change it, which hold the lock of the queue. What they find here is where to look, not what is allowed.
create table muster.key_line (
    queue       integer not null,
    key         text collate "C" not null,
    priority    smallint not null,
    due         timestamptz not null,
    id          bigint not null,
    from_nanos  bigint,
    primary key (queue, key)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create index key_line_now on muster.key_line (queue, priority desc, due, id) where from_nanos is null;
create index key_line_later on muster.key_line (queue, from_nanos) where from_nanos is not null;

create sequence muster.key_news_number;

-- Keys of which the line may be wrong. Whoever changes jobs only adds to it, so that nobody waits for a key that a transaction of
-- somebody else has put a job of.
create table muster.key_news (
    queue   integer not null,
    number  bigint not null default nextval('muster.key_news_number'),
    key     text collate "C" not null,
    primary key (queue, number)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1,
    autovacuum_vacuum_cost_delay = 0);

create function muster.tell_key() returns trigger language plpgsql as $$
begin
    insert into muster.key_news (queue, key) values (new.queue, new.key);
    return null;
end $$;

-- Whatever the queue's settings say: another node may change them at this moment.
create trigger job_key_inserted after insert on muster.job for each row
    when (new.key <> '' and new.state = 'ready') execute function muster.tell_key();
-- Not when a job is taken: the take sees to its key itself.
create trigger job_key_updated after update of state on muster.job for each row
    when (new.key <> '' and old.state <> new.state
          and (new.state = 'ready' or old.state = 'leased' or old.state = 'ready' and new.state <> 'leased'))
    execute function muster.tell_key();

create function muster.has_bounds(_queue muster.queue) returns boolean language sql immutable as $$
    select _queue.per_key is not null or _queue.rate_nanos is not null
$$;

create function muster.lock_keys(_queue integer) returns void language sql as $$
    select pg_advisory_xact_lock(1299543155, _queue)
$$;

-- Puts keys in line by what their jobs are now, or takes them out.
create function muster.line_up(_queue muster.queue, _keys text[], _now_nanos bigint) returns void language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    with said as materialized (
        select distinct k.key from unnest(_keys) as k (key)
    ), known as materialized (
        select s.key, h.priority, h.due, h.id,
               case when r.full_nanos - _queue.ahead_nanos > _now_nanos then r.full_nanos - _queue.ahead_nanos end as from_nanos
        from said s
        left join lateral (
            select j.priority, j.due, j.id from muster.job j
            where j.queue = _queue.id and j.state = 'ready' and j.key = s.key
              and (_queue.per_key is null or _queue.per_key > (
                  select count(*) from (
                      select from muster.job l
                      where l.queue = _queue.id and l.key = s.key and l.key <> '' and l.state = 'leased'
                      limit _queue.per_key) leased))
            order by j.priority desc, j.due, j.id limit 1) h on true
        left join muster.key_rate r on _queue.rate_nanos is not null and r.queue = _queue.id and r.key = s.key
    ), gone as (
        delete from muster.key_line l using known k where l.queue = _queue.id and l.key = k.key and k.id is null
    )
    insert into muster.key_line as l (queue, key, priority, due, id, from_nanos)
    select _queue.id, k.key, k.priority, k.due, k.id, k.from_nanos from known k where k.id is not null
    on conflict (queue, key) do update
    set priority = excluded.priority, due = excluded.due, id = excluded.id, from_nanos = excluded.from_nanos
    where (l.id, l.due, l.priority) <> (excluded.id, excluded.due, excluded.priority)
       or l.from_nanos is distinct from excluded.from_nanos;
end $$;

-- Brings the line up to date, by so many news at most and what time brought; how many keys that were. The lock is the caller's.
create function muster.hear_keys(_queue muster.queue, _now_nanos bigint, _most integer) returns integer language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    news text[];
    heard integer;
begin
    with gone as (
        delete from muster.key_news n
        where n.queue = _queue.id
          and n.number = any (array(select o.number from muster.key_news o where o.queue = _queue.id order by o.number limit _most))
        returning n.key
    )
    select array_agg(distinct g.key), count(*) into news, heard from gone g;
    if muster.has_bounds(_queue) then
        if _queue.rate_nanos is not null then
            news := news || array(select l.key from muster.key_line l
                                  where l.queue = _queue.id and l.from_nanos <= _now_nanos);
        end if;
        if cardinality(news) > 0 then
            perform muster.line_up(_queue, news, _now_nanos);
        end if;
    end if;
    return heard;
end $$;

-- Has every key that has ready jobs looked at anew, as another node may bound keys otherwise; the lock is the caller's.
create function muster.hear_all_keys(_queue integer) returns void language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
begin
    delete from muster.key_line where queue = _queue;
    insert into muster.key_news (queue, key)
    with recursive keys as (
        (select j.key from muster.job j
         where j.queue = _queue and j.state = 'ready' and j.key > '' order by j.key limit 1)
        union all
        select (select j.key from muster.job j
                where j.queue = _queue and j.state = 'ready' and j.key > k.key order by j.key limit 1)
        from keys k where k.key is not null
    )
    select _queue, k.key from keys k where k.key is not null;
end $$;

drop function muster.pick_by_key(muster.queue, timestamptz, integer);

-- The jobs that can be taken now where keys are bound: of the keys that are first in line, and of none. looked_at has those keys.
create function muster.pick_by_key(_queue muster.queue, _now_nanos bigint, _most integer, out picked bigint[], out looked_at text[])
language plpgsql as $$
begin
    looked_at := array(select l.key from muster.key_line l
                       where l.queue = _queue.id and l.from_nanos is null
                       order by l.priority desc, l.due, l.id limit _most);
    picked := array(
        select c.id from (
            (select j.id, j.priority, j.due from muster.job j
             where j.queue = _queue.id and j.state = 'ready' and j.key = ''
             order by j.priority desc, j.due, j.id limit _most)
            union all
            (select b.id, b.priority, b.due
             from unnest(looked_at) as k (key)
             cross join lateral (select muster.startable(_queue, k.key, _now_nanos, _most) as most offset 0) s
             cross join lateral (
                 select j.id, j.priority, j.due from muster.job j
                 where j.queue = _queue.id and j.state = 'ready' and j.key = k.key and s.most > 0
                 order by j.priority desc, j.due, j.id limit s.most) b)) c
        order by c.priority desc, c.due, c.id limit _most);
end $$;

-- Leases jobs. _call names the take: one whose answer was lost is said again, and gets what it has leased.
create or replace function muster.take(_queue integer, _most integer, _call bigint, _again boolean)
returns table (id bigint, body text, attempt integer, lease bigint, expires timestamptz, key text, priority integer,
    checkpoint text) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
    now_nanos bigint;
    picked bigint[];
    looked_at text[];
begin
    select * into strict q from muster.queue where id = _queue;
    if muster.has_bounds(q) then
        -- What the keys let holds until this transaction has ended: each statement from here on sees what other takes leased.
        perform muster.lock_keys(_queue);
        select * into strict q from muster.queue where id = _queue;
    end if;
    at := muster.now();
    now_nanos := muster.nanos(at);
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
    if muster.has_bounds(q) then
        perform muster.hear_keys(q, now_nanos, null);
        select p.picked, p.looked_at into picked, looked_at from muster.pick_by_key(q, now_nanos, _most) p;
        picked := array(select j.id from muster.job j
                        where j.id = any (picked) and j.state = 'ready' for update skip locked);
    else
        picked := array(select j.id from muster.job j
                        where j.queue = _queue and j.state = 'ready'
                        order by j.priority desc, j.due, j.id limit _most for update skip locked);
    end if;
    if cardinality(picked) = 0 then
        if cardinality(looked_at) > 0 then
            perform muster.line_up(q, looked_at, now_nanos);
        end if;
        return;
    end if;
    if q.rate_nanos is not null then
        insert into muster.key_rate as r (queue, key, full_nanos)
        select _queue, j.key, now_nanos + count(*) * q.rate_nanos
        from muster.job j where j.id = any (picked) and j.key <> '' group by j.key
        on conflict (queue, key) do update
        set full_nanos = greatest(r.full_nanos, now_nanos) + excluded.full_nanos - now_nanos;
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
    if cardinality(looked_at) > 0 then
        perform muster.line_up(q, looked_at, now_nanos);
    end if;
end $$;

-- Does a bounded part of what is to be done, and says how things are. next_micros is how far off the next thing is that time
-- brings, cancels the leased jobs whose cancel was asked for, each with its lease behind it.
create or replace function muster.look(_queue integer)
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
    -- So that the first take after a time without any does not find very many.
    if exists (select from muster.key_news n where n.queue = _queue) and pg_try_advisory_xact_lock(1299543155, _queue) then
        select * into strict q from muster.queue where id = _queue;
        worked := worked + muster.hear_keys(q, muster.nanos(at), 1000);
    end if;
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

-- Makes a queue, or brings it up to date; its number.
create or replace function muster.configure(
    _name text, _size bigint, _body_bytes integer, _retries integer, _lease_micros bigint, _per_key integer,
    _rate_nanos bigint, _ahead_nanos bigint, _backoff_min_micros bigint, _backoff_max_micros bigint,
    _keep_done_micros bigint, _keep_dead_micros bigint, _keep_cancelled_micros bigint
) returns integer language plpgsql as $$
declare
    micro constant interval := interval '1 microsecond';
    number integer;
    before muster.queue;
begin
    -- Before the row, as takes have it.
    perform muster.lock_keys(q.id) from muster.queue q where q.name = _name;
    select * into before from muster.queue q where q.name = _name;
    insert into muster.queue as q (name, size, body_bytes, retries, lease, per_key, rate_nanos, ahead_nanos,
        backoff_min_micros, backoff_max_micros, keep_done, keep_dead, keep_cancelled)
    values (_name, _size, _body_bytes, _retries, _lease_micros * micro, _per_key, _rate_nanos, _ahead_nanos,
        _backoff_min_micros, _backoff_max_micros, _keep_done_micros * micro, _keep_dead_micros * micro,
        _keep_cancelled_micros * micro)
    on conflict (name) do update
    set size = excluded.size, body_bytes = excluded.body_bytes, retries = excluded.retries, lease = excluded.lease,
        per_key = excluded.per_key, rate_nanos = excluded.rate_nanos, ahead_nanos = excluded.ahead_nanos,
        backoff_min_micros = excluded.backoff_min_micros, backoff_max_micros = excluded.backoff_max_micros,
        keep_done = excluded.keep_done, keep_dead = excluded.keep_dead, keep_cancelled = excluded.keep_cancelled
    returning q.id into number;
    if before.id is not null
            and (before.per_key, before.rate_nanos, before.ahead_nanos) is distinct from (_per_key, _rate_nanos, _ahead_nanos) then
        perform muster.hear_all_keys(number);
    end if;
    return number;
end $$;

select muster.hear_all_keys(q.id) from muster.queue q;
