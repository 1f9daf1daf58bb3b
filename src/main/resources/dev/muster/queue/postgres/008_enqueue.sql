-- Puts a job from plain SQL, as part of the caller's transaction; its id. The caller needs usage of the schema, no more.
create function muster.enqueue(
    queue text, body jsonb, key text default null, "unique" text default null, delay interval default interval '0',
    priority integer default 0
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    q muster.queue;
    at timestamptz := muster.now();
    word text := enqueue."unique";
    number bigint;
begin
    select * into q from muster.queue where name = enqueue.queue;
    if not found then
        raise exception 'there is no queue "%"', enqueue.queue using errcode = 'undefined_object',
            hint = 'A queue is there once a Muster node that has it in its configuration has started.';
    end if;
    if q.closed then
        raise exception 'the queue "%" is closed', q.name using errcode = 'object_not_in_prerequisite_state';
    end if;
    if enqueue.body is null or octet_length(enqueue.body::text) > q.body_bytes then
        raise exception 'a job of the queue "%" has a body of at most % bytes', q.name, q.body_bytes
            using errcode = 'program_limit_exceeded', hint = 'The setting is queues.' || q.name || '.body.';
    end if;
    if enqueue.key is not null and char_length(enqueue.key) not between 1 and 256
            or word is not null and char_length(word) not between 1 and 256 then
        raise exception 'key and unique have 1 to 256 characters' using errcode = 'invalid_parameter_value';
    end if;
    if enqueue.delay is null or enqueue.delay not between interval '0' and interval '365 days' then
        raise exception 'delay is from 0 to 365 days' using errcode = 'invalid_parameter_value';
    end if;
    if enqueue.priority is null or enqueue.priority not between -1000 and 1000 then
        raise exception 'priority is from -1000 to 1000' using errcode = 'invalid_parameter_value';
    end if;
    loop
        if word is not null then
            select j.id into number from muster.job j
            where j.queue = q.id and j.unique_word = word and j.state in ('scheduled', 'ready', 'leased');
            if found then
                return number;
            end if;
        end if;
        if muster.waiting(q.id) >= q.size then
            raise exception 'the queue "%" is full: % jobs wait', q.name, q.size using errcode = 'configuration_limit_exceeded',
                hint = 'The setting is queues.' || q.name || '.size.';
        end if;
        insert into muster.job (id, queue, state, priority, created, due, key, unique_word, body)
        values (nextval('muster.job_id'), q.id,
            case when enqueue.delay > interval '0' then 'scheduled' else 'ready' end::muster.job_state,
            enqueue.priority, at, at + enqueue.delay, coalesce(enqueue.key, ''), word, enqueue.body::text)
        on conflict (queue, unique_word) where state in ('scheduled', 'ready', 'leased') and unique_word is not null
        do nothing
        returning id into number;
        if found then
            if enqueue.delay > interval '0' then
                perform pg_notify('muster', 'due ' || q.id || ' ' || (extract(epoch from enqueue.delay) * 1000000)::bigint);
            else
                perform pg_notify('muster', 'ready ' || q.id);
            end if;
            return number;
        end if;
    end loop;
end $$;
