-- What types are that are not built in: an array of which, a domain over which, or something else.
select oid::int8 as oid,
       case when typcategory = 'A' then typelem when typtype = 'd' then typbasetype else 0 end::int8 as other,
       case when typcategory = 'A' then 'array' when typtype = 'd' then 'domain' else 'other' end as kind,
       typname::text as name
  from pg_catalog.pg_type
 where oid::int8 = any ($1::int8[])
