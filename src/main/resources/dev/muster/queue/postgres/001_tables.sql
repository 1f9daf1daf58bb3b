-- What the jobs of all queues are kept in.

create type muster.job_state as enum ('scheduled', 'ready', 'leased', 'done', 'dead', 'cancelled');

-- A queue as the node that opened it last has it in its configuration, and its switches. No rate is no bound, and so is no per_key.
create table muster.queue (
    id                  integer generated always as identity primary key,
    name                text collate "C" not null unique,
    paused              boolean not null default false,
    closed              boolean not null default false,
    room_wanted         boolean not null default false,
    size                bigint not null,
    body_bytes          integer not null,
    retries             integer not null,
    lease               interval not null,
    per_key             integer,
    rate_nanos          bigint,
    ahead_nanos         bigint,
    backoff_min_micros  bigint not null,
    backoff_max_micros  bigint not null,
    keep_done           interval not null,
    keep_dead           interval not null,
    keep_cancelled      interval not null
);

create sequence muster.job_id;
create sequence muster.lease;
create sequence muster.tally_slot;

-- A key of '' is none. due is when the job became, or becomes, ready. taken names the take that has it, settled the lease that
-- its holder ended last.
create table muster.job (
    id            bigint primary key,
    queue         integer not null,
    state         muster.job_state not null,
    priority      smallint not null,
    attempt       integer not null default 0,
    created       timestamptz not null,
    due           timestamptz not null,
    finished      timestamptz,
    lease         bigint,
    expires       timestamptz,
    taken         bigint,
    settled       bigint,
    cancel_asked  boolean not null default false,
    key           text collate "C" not null default '',
    unique_word   text collate "C",
    body          text not null,
    checkpoint    text,
    error         text,
    output        text,
    constraint job_is_as_its_state_says check (
        (lease is not null) = (state = 'leased')
        and (expires is not null) = (state = 'leased')
        and (taken is not null) = (state = 'leased')
        and (finished is not null) = (state in ('done', 'dead', 'cancelled'))
        and (state = 'leased' or not cancel_asked)
    )
) with (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0.1,
    autovacuum_analyze_scale_factor = 0.1,
    autovacuum_vacuum_cost_delay = 0
);

create index job_ready on muster.job (queue, priority desc, due, id) where state = 'ready';
create index job_ready_by_key on muster.job (queue, key, priority desc, due, id) where state = 'ready';
create index job_scheduled on muster.job (queue, due, id) where state = 'scheduled';
create index job_leased on muster.job (queue, expires) where state = 'leased';
create index job_leased_by_key on muster.job (queue, key) where state = 'leased' and key <> '';
create index job_cancel_asked on muster.job (queue, id) where state = 'leased' and cancel_asked;
create index job_finished on muster.job (queue, state, finished, id) where state in ('done', 'dead', 'cancelled');
create unique index job_unique on muster.job (queue, unique_word)
    where state in ('scheduled', 'ready', 'leased') and unique_word is not null;

-- When the bucket of a key is full again, in nanoseconds since 1970.
create table muster.key_rate (
    queue       integer not null,
    key         text collate "C" not null,
    full_nanos  bigint not null,
    primary key (queue, key)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

create index key_rate_full on muster.key_rate (queue, full_nanos);

-- How many jobs of a queue are in each state: the sum of its rows. Each transaction that changes jobs takes a row that no other
-- one holds, so that nobody waits for a counter.
create table muster.tally (
    queue      integer not null,
    slot       bigint not null,
    scheduled  bigint not null,
    ready      bigint not null,
    leased     bigint not null,
    done       bigint not null,
    dead       bigint not null,
    cancelled  bigint not null,
    primary key (queue, slot)
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);

create function muster.add_tally(
    _queue integer, _scheduled bigint, _ready bigint, _leased bigint, _done bigint, _dead bigint, _cancelled bigint
) returns void language plpgsql as $$
begin
    -- Elsewhere a row that another transaction changed since this one began could only fail it.
    if current_setting('transaction_isolation') = 'read committed' then
        update muster.tally t
        set scheduled = t.scheduled + _scheduled, ready = t.ready + _ready, leased = t.leased + _leased,
            done = t.done + _done, dead = t.dead + _dead, cancelled = t.cancelled + _cancelled
        where t.queue = _queue
          and t.slot = (select s.slot from muster.tally s where s.queue = _queue limit 1 for update skip locked);
        if found then
            return;
        end if;
    end if;
    insert into muster.tally
    values (_queue, nextval('muster.tally_slot'), _scheduled, _ready, _leased, _done, _dead, _cancelled);
end $$;

create function muster.tally_jobs() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform muster.add_tally(n.queue,
            count(*) filter (where n.state = 'scheduled'), count(*) filter (where n.state = 'ready'),
            count(*) filter (where n.state = 'leased'), count(*) filter (where n.state = 'done'),
            count(*) filter (where n.state = 'dead'), count(*) filter (where n.state = 'cancelled'))
        from after_rows n group by n.queue;
    elsif tg_op = 'DELETE' then
        perform muster.add_tally(o.queue,
            -count(*) filter (where o.state = 'scheduled'), -count(*) filter (where o.state = 'ready'),
            -count(*) filter (where o.state = 'leased'), -count(*) filter (where o.state = 'done'),
            -count(*) filter (where o.state = 'dead'), -count(*) filter (where o.state = 'cancelled'))
        from before_rows o group by o.queue;
    else
        perform muster.add_tally(c.queue,
            coalesce(sum(c.n) filter (where c.state = 'scheduled'), 0)::bigint,
            coalesce(sum(c.n) filter (where c.state = 'ready'), 0)::bigint,
            coalesce(sum(c.n) filter (where c.state = 'leased'), 0)::bigint,
            coalesce(sum(c.n) filter (where c.state = 'done'), 0)::bigint,
            coalesce(sum(c.n) filter (where c.state = 'dead'), 0)::bigint,
            coalesce(sum(c.n) filter (where c.state = 'cancelled'), 0)::bigint)
        from (select n.queue, n.state, 1 as n from after_rows n
              union all
              select o.queue, o.state, -1 from before_rows o) c
        group by c.queue;
    end if;
    return null;
end $$;

create trigger job_inserted after insert on muster.job
    referencing new table as after_rows for each statement execute function muster.tally_jobs();
create trigger job_updated after update on muster.job
    referencing old table as before_rows new table as after_rows for each statement execute function muster.tally_jobs();
create trigger job_deleted after delete on muster.job
    referencing old table as before_rows for each statement execute function muster.tally_jobs();

-- Makes a queue, or brings it up to date; its number.
create function muster.configure(
    _name text, _size bigint, _body_bytes integer, _retries integer, _lease_micros bigint, _per_key integer,
    _rate_nanos bigint, _ahead_nanos bigint, _backoff_min_micros bigint, _backoff_max_micros bigint,
    _keep_done_micros bigint, _keep_dead_micros bigint, _keep_cancelled_micros bigint
) returns integer language plpgsql as $$
declare
    micro constant interval := interval '1 microsecond';
    number integer;
begin
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
    return number;
end $$;

create function muster.waiting(_queue integer) returns bigint language sql stable as $$
    select coalesce(sum(scheduled + ready), 0)::bigint from muster.tally where queue = _queue
$$;

create function muster.unfinished(_queue integer) returns bigint language sql stable as $$
    select coalesce(sum(scheduled + ready + leased), 0)::bigint from muster.tally where queue = _queue
$$;
