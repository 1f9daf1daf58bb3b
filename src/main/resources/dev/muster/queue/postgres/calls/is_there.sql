-- Not by to_regclass, which may remember how it was before the lock.
select exists (
    select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'muster' and c.relname = 'migration')
