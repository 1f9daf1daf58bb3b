select pg_advisory_xact_lock(1299543155, 0)::text
