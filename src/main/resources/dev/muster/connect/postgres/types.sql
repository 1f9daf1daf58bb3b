-- What types are that are not built in: an array of which, a domain over which, or something else; and what stands between their elements.
-- The category would take int2vector, which has no braces, for an array.
select t.oid::int8 as oid,
       case when t.typtype = 'd' then t.typbasetype when e.oid is not null then e.oid else 0 end::int8 as other,
       case when t.typtype = 'd' then 'domain' when e.oid is not null then 'array' else 'other' end as kind,
       t.typname::text as name,
       t.typdelim::text as delimiter
  from pg_catalog.pg_type t
  left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid
 where t.oid::int8 = any ($1::int8[])
