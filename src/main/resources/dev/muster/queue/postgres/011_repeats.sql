-- The word by which the holder ended the lease that is in settled.
alter table muster.job add column settled_as text;

-- Does what holders of leases say; one row for each, in order. A job is named once. What a holder says again, because the answer
-- may have been lost, is answered as done, however late and whoever asks: by the same lease and the same word, until another
-- lease of the job is settled. _again is what nodes before this step need to say; it makes no difference. pause_micros is how far off the
-- next try is.
create or replace function muster.settle(
    _queue integer, _ids bigint[], _leases bigint[], _verbs text[], _texts text[], _micros bigint[], _again boolean,
    _tell boolean
) returns table (verdict text, state text, expires timestamptz, pause_micros bigint) language plpgsql
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz;
begin
    select * into strict q from muster.queue where id = _queue;
    -- In one order, so that two batches do not wait for each other.
    perform from muster.job j where j.id = any (_ids) and j.queue = _queue order by j.id for update;
    at := muster.now();
    perform muster.catch_up(q, at);
    return query
        with said as materialized (
            select * from unnest(_ids, _leases, _verbs, _texts, _micros) with ordinality as s (id, lease, verb, text, micros, ord)
        ), held as materialized (
            select s.*, j.state as before, j.cancel_asked as is_asked,
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
                   j.settled = s.lease and coalesce(j.settled_as, s.verb) = s.verb as is_repeated
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
                settled = case when h.next = 'leased' then j.settled else j.lease end,
                settled_as = case when h.next = 'leased' then j.settled_as else h.verb end,
                cancel_asked = j.cancel_asked and h.next = 'leased',
                error = case when h.verb in ('fail', 'giveup') then h.text else j.error end,
                output = case when h.verb = 'ack' then h.text else j.output end,
                checkpoint = case when h.verb = 'checkpoint' then h.text else j.checkpoint end
            from held h where j.id = h.id and h.next is not null
            returning j.id, j.state, j.expires, j.due
        )
        select case when c.id is not null or h.is_repeated then 'applied'
                    when h.is_holder and h.is_asked then 'cancel_asked'
                    else 'stale' end,
               case when c.id is not null then c.state::text
                    when h.is_repeated and h.before = 'leased' then case h.verb when 'release' then 'ready' else 'scheduled' end
                    when h.is_repeated then h.before::text end,
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
