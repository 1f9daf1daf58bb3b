-- The oldest holder of dead rows of this database, and its age in seconds. A slot has no time: its age is a number of transactions,
-- of which 1,000,000 count as one hour.
select who, floor(seconds)::bigint from (
    select 'process ' || pid || ' (' || coalesce(nullif(application_name, ''), 'no application_name') || ', user '
               || coalesce(usename, '?') || ', ' || coalesce(state, '?') || ')' as who,
           extract(epoch from clock_timestamp() - coalesce(xact_start, query_start)) as seconds
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'
      and (backend_xmin is not null or backend_xid is not null)
    union all
    select 'prepared transaction ' || gid, extract(epoch from clock_timestamp() - prepared)
    from pg_prepared_xacts where database = current_database()
    union all
    select 'replication slot ' || slot_name, age(xmin)::numeric * 3600 / 1000000
    from pg_replication_slots where xmin is not null
) held
where seconds is not null order by seconds desc limit 1
