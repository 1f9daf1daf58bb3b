-- Reads the catalog instead of to_regclass, whose cache can be older than the lock.
select exists (
    select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'muster' and c.relname = 'migration')
