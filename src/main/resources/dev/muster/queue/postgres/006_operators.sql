-- What operators and onlookers ask for.

-- Whether a finished job is known still.
create function muster.is_kept(_queue muster.queue, _state muster.job_state, _finished timestamptz, _at timestamptz)
returns boolean language sql immutable as $$
    select _finished is null or _finished > _at - case _state when 'done' then _queue.keep_done
        when 'dead' then _queue.keep_dead else _queue.keep_cancelled end
$$;

-- Cancels jobs; one row for each, in order. _again says that the answer to the same words may have been lost.
create function muster.cancel(_queue integer, _ids bigint[], _again boolean) returns table (verdict text) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    q muster.queue;
    at timestamptz;
    verdicts text[];
    cancelled bigint;
begin
    select * into strict q from muster.queue where id = _queue;
    perform from muster.job j where j.id = any (_ids) and j.queue = _queue order by j.id for update;
    at := muster.now();
    perform muster.catch_up(q, at);
    with said as materialized (
        select * from unnest(_ids) with ordinality as s (id, ord)
    ), known as materialized (
        select j.id, j.state, j.lease, j.cancel_asked from muster.job j
        where j.id = any (_ids) and j.queue = _queue and muster.is_kept(q, j.state, j.finished, at)
    ), changed as (
        update muster.job j
        set state = case when k.state = 'leased' then k.state else 'cancelled' end,
            finished = case when k.state = 'leased' then null else at end,
            cancel_asked = k.state = 'leased'
        from known k
        where j.id = k.id and (k.state in ('scheduled', 'ready') or k.state = 'leased' and not k.cancel_asked)
        returning j.id, case when j.state = 'leased'
            then pg_notify('muster', 'cancel ' || _queue || ' ' || j.id || ' ' || j.lease) end as told
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

-- Makes dead jobs ready; how many.
create function muster.redrive(_queue integer, _most integer) returns integer language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    q muster.queue;
    at timestamptz;
    room bigint;
    revived integer;
begin
    select * into strict q from muster.queue where id = _queue;
    at := muster.now();
    perform muster.catch_up(q, at);
    room := greatest(least(q.size - muster.waiting(_queue), _most), 0);
    with candidates as (
        select d.id from muster.job d
        where d.queue = _queue and d.state = 'dead' and d.finished > at - q.keep_dead
          and (d.unique_word is null
               or not exists (select from muster.job u
                              where u.queue = _queue and u.unique_word = d.unique_word
                                and u.state in ('scheduled', 'ready', 'leased'))
                  and not exists (select from muster.job o
                                  where o.queue = _queue and o.state = 'dead' and o.unique_word = d.unique_word
                                    and o.finished > at - q.keep_dead and (o.finished, o.id) < (d.finished, d.id)))
        order by d.finished, d.id limit room for update skip locked
    )
    update muster.job j set state = 'ready', attempt = 0, due = at, finished = null
    from candidates c where j.id = c.id;
    get diagnostics revived = row_count;
    if revived > 0 then
        perform pg_notify('muster', 'ready ' || _queue);
    end if;
    return revived;
end $$;

-- A job, if it is known.
create function muster.find(_queue integer, _id bigint)
returns table (state text, body text, attempt integer, key text, unique_word text, priority integer, created timestamptz,
    due timestamptz, expires timestamptz, cancel_asked boolean, error text, output text, checkpoint text) language plpgsql as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
begin
    select * into strict q from muster.queue where id = _queue;
    at := muster.now();
    perform muster.catch_up(q, at);
    return query
        select case when j.state = 'scheduled' and j.due <= at then 'ready' else j.state::text end, j.body, j.attempt,
               nullif(j.key, ''), j.unique_word, j.priority::integer, j.created,
               case when j.state = 'scheduled' and j.due > at then j.due end, j.expires, j.cancel_asked, j.error, j.output,
               j.checkpoint
        from muster.job j
        where j.id = _id and j.queue = _queue and muster.is_kept(q, j.state, j.finished, at);
end $$;

-- Turns a switch of the queue.
create function muster.turn(_queue integer, _which text, _on boolean) returns void language plpgsql as $$
begin
    update muster.queue
    set paused = case when _which = 'paused' then _on else paused end,
        closed = case when _which = 'closed' then _on else closed end
    where id = _queue;
    if _which = 'closed' and _on then
        perform pg_notify('muster', 'closed ' || _queue);
    end if;
    if (_which = 'closed') = _on then
        perform muster.tell(_queue);
    end if;
end $$;
