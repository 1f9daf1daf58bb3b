-- Settings of a session, for which a pooler may have had no ear as it began.
select set_config(s.name, s.setting, false) from unnest($1::text[], $2::text[]) as s (name, setting)
