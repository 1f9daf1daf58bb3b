-- What time brings about. Statements that look for few jobs among many go by their indexes, whatever the statistics say: those of
-- a queue are out of date as soon as they are made.

-- The one clock of all jobs.
create function muster.now() returns timestamptz language sql volatile as $$ select clock_timestamp() $$;

create function muster.nanos(_at timestamptz) returns bigint language sql immutable as $$
    select (extract(epoch from _at) * 1000000)::bigint * 1000
$$;

-- The back-off after so many tries, with full jitter.
create function muster.pause(_queue muster.queue, _attempts integer) returns interval language sql volatile as $$
    select random()
        * least(_queue.backoff_max_micros::float8,
                _queue.backoff_min_micros::float8 * power(2::float8, least(greatest(_attempts, 1) - 1, 62)))
        * interval '1 microsecond'
$$;

-- Ends the leases that ran out and makes scheduled jobs ready that are due, 1,000 of each at most; how many.
create function muster.catch_up(_queue muster.queue, _at timestamptz) returns integer language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    changed integer := 0;
    promoted integer;
begin
    if exists (select from muster.job where queue = _queue.id and state = 'leased' and expires <= _at) then
        with over as (
            select id from muster.job
            where queue = _queue.id and state = 'leased' and expires <= _at
            order by expires limit 1000 for update skip locked
        ), ended as (
            select j.id, case when j.cancel_asked then 'cancelled'
                              when j.attempt > _queue.retries then 'dead'
                              else 'scheduled' end::muster.job_state as next
            from muster.job j join over using (id)
        )
        update muster.job j
        set state = e.next, lease = null, expires = null, taken = null, cancel_asked = false,
            due = case when e.next = 'scheduled' then j.expires + muster.pause(_queue, j.attempt) else j.due end,
            finished = case when e.next = 'scheduled' then null else _at end,
            error = '{"type":"timeout","detail":"the lease ran out"}'
        from ended e where j.id = e.id;
        get diagnostics changed = row_count;
        if changed > 0 and _queue.per_key is not null then
            perform pg_notify('muster', 'ready ' || _queue.id);
        end if;
        if changed > 0 and muster.unfinished(_queue.id) = 0 then
            perform pg_notify('muster', 'idle ' || _queue.id);
        end if;
    end if;
    if exists (select from muster.job where queue = _queue.id and state = 'scheduled' and due <= _at) then
        with late as (
            select id from muster.job
            where queue = _queue.id and state = 'scheduled' and due <= _at
            order by due, id limit 1000 for update skip locked
        )
        update muster.job j set state = 'ready' from late where j.id = late.id;
        get diagnostics promoted = row_count;
        changed := changed + promoted;
    end if;
    return changed;
end $$;
