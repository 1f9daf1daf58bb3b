-- A lease is a word that nobody can guess; beside it each has a number, its fence, higher than that of every earlier lease of the
-- job: what a holder writes elsewhere under its fence can be refused once somebody else has written under a higher one.

-- Before this step leases were numbers. Those that run now go on as fences; their holders, of an older Muster, are refused.
alter sequence muster.lease rename to fence;
alter table muster.job rename column lease to fence;
alter table muster.job drop constraint job_is_as_its_state_says;
alter table muster.job drop column settled, drop column settled_as;

-- fence is that of the last lease, over or not. settled is the lease that its holder ended last, settled_by the word by which it
-- did, settled_as what the job became then: an outcome that is said again is answered by them. settled_before has the same of up to
-- ten leases before that one, the last of them last; most jobs have none.
alter table muster.job
    add column lease uuid,
    add column settled uuid,
    add column settled_by text,
    add column settled_as muster.job_state,
    add column settled_before text[];

update muster.job set lease = gen_random_uuid() where state = 'leased';

alter table muster.job add constraint job_is_as_its_state_says check (
    (lease is not null) = (state = 'leased')
    and (fence is not null or state <> 'leased')
    and (expires is not null) = (state = 'leased')
    and (taken is not null) = (state = 'leased')
    and (finished is not null) = (state in ('done', 'dead', 'cancelled'))
    and (state = 'leased' or not cancel_asked)
);

-- What no function does, and nothing else may do: the change is refused, with all that came with it.
create function muster.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'job % may not go from % (fence %) to % (fence %)', old.id, old.state, old.fence, new.state, new.fence
        using errcode = 'check_violation', hint = 'Jobs are changed by the functions of the schema alone.';
end $$;

create trigger job_change_refused after update on muster.job for each row
    when (old.id <> new.id
          or new.fence < old.fence
          or old.state <> new.state and new.state <> all (
              case old.state when 'scheduled' then '{ready,cancelled}'::muster.job_state[]
                             when 'ready' then '{leased,cancelled}'::muster.job_state[]
                             when 'leased' then '{done,scheduled,ready,dead,cancelled}'::muster.job_state[]
                             when 'dead' then '{ready}'::muster.job_state[]
                             else '{}'::muster.job_state[] end)
          or new.state = 'leased' and old.state <> 'leased' and new.fence is not distinct from old.fence
          or new.state = 'leased' and old.state = 'leased' and new.lease <> old.lease)
    execute function muster.refuse_change();

-- Whether a lease is valid, and until the caller's transaction has ended nobody else gets the job: whatever that writes is written
-- before another holder begins, or not at all. The caller needs usage of the schema, no more.
create function muster.holds(job bigint, fence bigint) returns boolean language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- Those who begin a lease, or end one that ran out, pass over a row that is locked so; what its holder says does not wait for it.
    perform from muster.job j
    where j.id = holds.job and j.fence = holds.fence and j.state = 'leased' and j.expires > muster.now()
    for key share;
    return found;
end $$;

-- Ends the leases that ran out and makes scheduled jobs ready that are due, 1,000 of each at most; how many. A job that ends by that
-- ended when its lease did, whenever somebody came to look.
create or replace function muster.catch_up(_queue muster.queue, _at timestamptz) returns integer language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    changed integer := 0;
    promoted integer;
begin
    if exists (select from muster.job where queue = _queue.id and state = 'leased' and expires <= _at) then
        with over as (
            -- What is read here is the row as it is locked. Another look at the table would see it as it was when this statement
            -- began, and forget a cancel that was asked for since.
            select id, cancel_asked, attempt from muster.job
            where queue = _queue.id and state = 'leased' and expires <= _at
            order by expires limit 1000 for update skip locked
        ), ended as (
            select o.id, case when o.cancel_asked then 'cancelled'
                              when o.attempt > _queue.retries then 'dead'
                              else 'scheduled' end::muster.job_state as next
            from over o
        )
        update muster.job j
        set state = e.next, lease = null, expires = null, taken = null, cancel_asked = false,
            due = case when e.next = 'scheduled' then j.expires + muster.pause(_queue, j.attempt) else j.due end,
            finished = case when e.next <> 'scheduled' then j.expires end,
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

drop function muster.take(integer, integer, bigint, boolean);

-- Takes that were said again without having leased anything; for ten minutes.
create table muster.take_again (
    call  bigint primary key,
    said  timestamptz not null
);

-- Leases jobs. _call names the take: one whose answer was lost is said again, and gets what it has leased. The server may still be at the
-- first one then, which is waited for, or come to it later, when it leases nothing: nobody would hear of it.
create function muster.take(_queue integer, _most integer, _call bigint, _again boolean)
returns table (id bigint, body text, attempt integer, lease uuid, expires timestamptz, key text, priority integer,
    checkpoint text, fence bigint) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
    now_nanos bigint;
    picked bigint[];
    looked_at text[];
begin
    perform pg_advisory_xact_lock(_call);
    select * into strict q from muster.queue where id = _queue;
    if muster.has_bounds(q) then
        -- What the keys let holds until this transaction has ended: each statement from here on sees what other takes leased.
        perform muster.lock_keys(_queue);
        select * into strict q from muster.queue where id = _queue;
    end if;
    at := muster.now();
    now_nanos := muster.nanos(at);
    if _again then
        return query
            select j.id, j.body, j.attempt, j.lease, j.expires, j.key, j.priority::integer, j.checkpoint, j.fence
            from muster.job j where j.queue = _queue and j.state = 'leased' and j.taken = _call and j.expires > at
            order by j.priority desc, j.due, j.id;
        if found then
            return;
        end if;
        insert into muster.take_again (call, said) values (_call, at) on conflict do nothing;
    elsif exists (select from muster.take_again a where a.call = _call) then
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
            set state = 'leased', attempt = j.attempt + 1, lease = gen_random_uuid(), fence = nextval('muster.fence'),
                expires = at + q.lease, taken = _call
            where j.id = any (picked)
            returning j.*
        )
        select l.id, l.body, l.attempt, l.lease, l.expires, l.key, l.priority::integer, l.checkpoint, l.fence
        from leased l order by l.priority desc, l.due, l.id;
    if cardinality(looked_at) > 0 then
        perform muster.line_up(q, looked_at, now_nanos);
    end if;
end $$;

drop function muster.settle(integer, bigint[], bigint[], text[], text[], bigint[], boolean, boolean);

-- Does what holders of leases say; one row for each, in order. A job is named once. What a holder says again, because the answer
-- may have been lost, is answered as when it took effect, however late and whoever asks: by the same lease and the same word, until
-- ten other leases of the job were ended by their holders. _again is what nodes of earlier steps say; it makes no difference. pause_micros is how far off
-- the next try is.
create function muster.settle(
    _queue integer, _ids bigint[], _leases uuid[], _verbs text[], _texts text[], _micros bigint[], _again boolean,
    _tell boolean
) returns table (verdict text, state text, expires timestamptz, pause_micros bigint) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
begin
    select * into strict q from muster.queue where id = _queue;
    -- In one order, so that two batches do not wait for each other; not for those who asked whether a lease is valid.
    perform from muster.job j where j.id = any (_ids) and j.queue = _queue order by j.id for no key update;
    at := muster.now();
    perform muster.catch_up(q, at);
    return query
        with said as materialized (
            select * from unnest(_ids, _leases, _verbs, _texts, _micros) with ordinality as s (id, lease, verb, text, micros, ord)
        ), held as materialized (
            select s.*, j.cancel_asked as is_asked,
                   case when j.state = 'leased' and j.lease = s.lease and j.expires > at then
                       case s.verb
                           when 'ack' then 'done'
                           when 'release' then case when j.cancel_asked then 'cancelled' else 'ready' end
                           when 'checkpoint' then 'leased'
                           when 'extend' then case when j.cancel_asked then null else 'leased' end
                           else case when j.cancel_asked then 'cancelled'
                                     when s.verb = 'giveup' or j.attempt > q.retries then 'dead'
                                     else 'scheduled' end
                       end
                   end::muster.job_state as next,
                   j.state = 'leased' and j.lease = s.lease and j.expires > at as is_holder,
                   case when j.settled = s.lease then
                            case when j.settled_by = s.verb then j.settled_as::text end
                        when j.settled_before is not null then
                            (select split_part(b, ' ', 3) from unnest(j.settled_before) as b
                             where split_part(b, ' ', 1) = s.lease::text and split_part(b, ' ', 2) = s.verb)
                   end as repeated_as
            from said s join muster.job j on j.id = s.id and j.queue = _queue
        ), changed as (
            update muster.job j
            set state = h.next,
                attempt = j.attempt - case when h.next = 'ready' then 1 else 0 end,
                due = case when h.next = 'scheduled'
                           then at + coalesce(h.micros * interval '1 microsecond', muster.pause(q, j.attempt))
                           else j.due end,
                finished = case when h.next in ('done', 'dead', 'cancelled') then at end,
                lease = case when h.next = 'leased' then j.lease end,
                expires = case when h.next <> 'leased' then null
                               when h.verb = 'extend' then greatest(j.expires, at + h.micros * interval '1 microsecond')
                               else j.expires end,
                taken = case when h.next = 'leased' then j.taken end,
                settled_before = case when h.next = 'leased' or j.settled is null then j.settled_before
                                      else (j.settled_before || concat_ws(' ', j.settled, j.settled_by, j.settled_as))
                                          [greatest(cardinality(j.settled_before) - 8, 1):] end,
                settled = case when h.next = 'leased' then j.settled else j.lease end,
                settled_by = case when h.next = 'leased' then j.settled_by else h.verb end,
                settled_as = case when h.next = 'leased' then j.settled_as else h.next end,
                cancel_asked = j.cancel_asked and h.next = 'leased',
                error = case when h.verb in ('fail', 'giveup') then h.text else j.error end,
                output = case when h.verb = 'ack' then h.text else j.output end,
                checkpoint = case when h.verb = 'checkpoint' then h.text else j.checkpoint end
            from held h where j.id = h.id and h.next is not null
            returning j.id, j.state, j.expires, j.due
        )
        select case when c.id is not null or h.repeated_as is not null then 'applied'
                    when h.is_holder and h.is_asked then 'cancel_asked'
                    else 'stale' end,
               case when c.id is not null then c.state::text else h.repeated_as end,
               c.expires,
               case when c.state = 'scheduled' then (extract(epoch from c.due - at) * 1000000)::bigint end
        from said s left join held h using (ord) left join changed c on c.id = s.id
        order by s.ord;
    if _tell and (q.per_key is not null or 'release' = any (_verbs)) then
        perform muster.tell(_queue);
    elsif _tell and muster.unfinished(_queue) = 0 then
        perform pg_notify('muster', 'idle ' || _queue);
    end if;
end $$;

-- Cancels jobs; one row for each, in order. _again says that the answer to the same words may have been lost.
create or replace function muster.cancel(_queue integer, _ids bigint[], _again boolean) returns table (verdict text) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    q muster.queue;
    at timestamptz;
    verdicts text[];
    cancelled bigint;
begin
    select * into strict q from muster.queue where id = _queue;
    perform from muster.job j where j.id = any (_ids) and j.queue = _queue order by j.id for no key update;
    at := muster.now();
    perform muster.catch_up(q, at);
    with said as materialized (
        select * from unnest(_ids) with ordinality as s (id, ord)
    ), known as materialized (
        select j.id, j.state, j.cancel_asked from muster.job j
        where j.id = any (_ids) and j.queue = _queue and muster.is_kept(q, j.state, j.finished, at)
    ), changed as (
        update muster.job j
        set state = case when k.state = 'leased' then k.state else 'cancelled' end,
            finished = case when k.state = 'leased' then null else at end,
            cancel_asked = k.state = 'leased'
        from known k
        where j.id = k.id and (k.state in ('scheduled', 'ready') or k.state = 'leased' and not k.cancel_asked)
        returning j.id, case when j.state = 'leased'
            then pg_notify('muster', 'cancel ' || _queue || ' ' || j.id || ' ' || j.fence) end as told
    )
    select array_agg(case when k.id is null then 'missing'
                          when k.state in ('scheduled', 'ready') then 'cancelled'
                          when k.state = 'leased' then 'asked'
                          when k.state = 'cancelled' and _again then 'cancelled'
                          else 'finished' end order by s.ord),
           count(*) filter (where k.state in ('scheduled', 'ready')),
           -- So that those who hold leases are told.
           array_agg(c.told::text)
    into verdicts, cancelled
    from said s left join known k using (id) left join changed c using (id);
    if cancelled > 0 then
        if q.room_wanted then
            update muster.queue set room_wanted = false where id = _queue and room_wanted;
            perform pg_notify('muster', 'room ' || _queue || ' ' || cancelled);
        end if;
        perform muster.tell(_queue);
    end if;
    return query select v from unnest(verdicts) with ordinality as a (v, ord) order by ord;
end $$;

-- Does a bounded part of what is to be done, and says how things are. next_micros is how far off the next thing is that time
-- brings, cancels the leased jobs whose cancel was asked for, each with its fence behind it.
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
    delete from muster.take_again a where a.said < at - interval '10 minutes';
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
        select unnest(array[a.id, a.fence]) as x, a.id as n from (
            select j.id, j.fence from muster.job j
            where j.queue = _queue and j.state = 'leased' and j.cancel_asked order by j.id limit 1000) a) pairs;
    return query
        select worked, t.scheduled, t.ready, t.leased, t.done, t.dead, t.cancelled, q.size, q.paused, q.closed,
               least((extract(epoch from next - at) * 1000000)::bigint, rate_micros), coalesce(asked, '{}')
        from (select coalesce(sum(scheduled), 0)::bigint as scheduled, coalesce(sum(ready), 0)::bigint as ready,
                     coalesce(sum(leased), 0)::bigint as leased, coalesce(sum(done), 0)::bigint as done,
                     coalesce(sum(dead), 0)::bigint as dead, coalesce(sum(cancelled), 0)::bigint as cancelled
              from muster.tally where queue = _queue) t;
end $$;

-- Counts the jobs of a queue anew, where its counters are wrong; whoever changes jobs waits meanwhile.
create function muster.recount(queue text) returns void language plpgsql as $$
declare
    number integer;
begin
    select q.id into number from muster.queue q where q.name = recount.queue;
    if not found then
        raise exception 'there is no queue "%"', recount.queue using errcode = 'undefined_object';
    end if;
    lock table muster.job in share row exclusive mode;
    delete from muster.tally t where t.queue = number;
    insert into muster.tally
    select number, nextval('muster.tally_slot'), count(*) filter (where j.state = 'scheduled'),
           count(*) filter (where j.state = 'ready'), count(*) filter (where j.state = 'leased'),
           count(*) filter (where j.state = 'done'), count(*) filter (where j.state = 'dead'),
           count(*) filter (where j.state = 'cancelled')
    from muster.job j where j.queue = number;
end $$;
