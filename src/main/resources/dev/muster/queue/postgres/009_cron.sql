-- Which times of plans that run by the clock are somebody's.

-- busy_until: until then the run of this time counts as going on; null once it has ended, or if there was to be none. The key makes
-- a time somebody's once; number is another one for each wish, so that a claim whose answer was lost is known when it is said again.
create table muster.fire (
    plan text not null,
    at timestamptz not null,
    number bigint not null,
    verdict text not null check (verdict in ('fire', 'busy')),
    claimed timestamptz not null,
    busy_until timestamptz,
    primary key (plan, at)
);
create index fire_claimed on muster.fire (claimed);

-- Claims a time of a plan. Claims of one plan go one behind the other, or two of different times would not see each other's runs.
create function muster.fire(
    _plan text, _at timestamptz, _number bigint, _overlaps boolean, _longest_micros bigint, _patience_micros bigint
) returns text language plpgsql as $$
declare
    micro constant interval := interval '1 microsecond';
    known muster.fire;
    at_now timestamptz;
    outcome text;
begin
    perform pg_advisory_xact_lock(1299543155, hashtext('fire ' || _plan));
    select * into known from muster.fire f where f.plan = _plan and f.at = _at;
    if found then
        return case when known.number = _number then known.verdict else 'taken' end;
    end if;
    at_now := muster.now();
    if _at > at_now then
        return 'early';
    end if;
    if _at <= at_now - _patience_micros * micro then
        return 'late';
    end if;
    outcome := case when not _overlaps
            and exists (select from muster.fire f where f.plan = _plan and f.busy_until > at_now)
        then 'busy' else 'fire' end;
    insert into muster.fire (plan, at, number, verdict, claimed, busy_until)
    values (_plan, _at, _number, outcome, at_now,
        case when outcome = 'fire' then at_now + _longest_micros * micro end);
    delete from muster.fire
    where (plan, at) in (
        select f.plan, f.at from muster.fire f
        where f.claimed < at_now - interval '1 day' order by f.claimed limit 100 for update skip locked);
    return outcome;
end $$;
