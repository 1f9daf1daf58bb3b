create schema if not exists muster;
create table muster.migration (
    number   integer primary key,
    name     text not null,
    applied  timestamptz not null default clock_timestamp()
)
