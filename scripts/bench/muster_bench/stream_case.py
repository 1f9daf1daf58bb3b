"""A million rows of Postgres to a file as lines of JSON: rows a second, CPU of who writes and of Postgres a row, peak of memory."""

import itertools
import statistics
import sys
from datetime import datetime

from . import commands, contestants, machine, services

CASES = {"stream": "a million rows of Postgres to a file, as lines of JSON"}
ROWS = 1_000_000
ROUNDS = 3

# Names have quotes, backslashes and letters beyond ASCII now and then, so that what has to be escaped is compared too.
TABLE = f"""
create table reading (id int primary key, name text not null, price numeric(10, 2) not null, at timestamptz(3) not null);
insert into reading
select i,
  (array['Espresso machine', 'Milk jug', 'Coffee grinder', 'Kettle', 'Caffè "Nord"', 'Cup C:\\new'])[(1 + i::bigint * 7919 % 6)::int] || ' ' || i % 9973,
  (i * 104729::bigint % 999983) / 100.0,
  timestamptz '2024-05-06 07:08:09.123Z' + i * interval '1.37 s'
from generate_series(1, {ROWS}) i;
vacuum analyze reading;
checkpoint;
"""
SQL = "select id, name, price, at from reading order by id"
# Quotes and delimiters that JSON does not have: each line stays as it is.
COPY = f"copy (select row_to_json(t) from ({SQL}) t) to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')"
PLAN = f"timeout: 10m\nsteps:\n  rows: {{postgres: db, sql: '{SQL}', rows: stream}}\n"


def contestants_of(bench, postgres):
    makers = commands.musters(bench)
    conf = lambda name: conf_of(name, postgres)
    found = commands.runs(bench, makers, conf, "export")
    found["muster-served"] = lambda: commands.Served("Muster, served and warm", makers["muster"](), conf("served"), "export")
    rows = contestants.RIVALS / "python/rows.py"
    version = lambda: machine.run(sys.executable, "-c", "import asyncpg, orjson; print(asyncpg.__version__, 'orjson', orjson.__version__)")
    found["asyncpg"] = lambda: commands.Command(
        "asyncpg", version().strip(), lambda path: [sys.executable, rows, postgres.url(), SQL, path]
    )
    found["psql"] = lambda: psql(postgres)
    return bench.made(found)


def conf_of(name, postgres):
    return contestants.conf_folder(f"stream-{name}", f"sources: {{db: {{postgres: '{postgres.url()}'}}}}\n", {"export": PLAN})


def fill(postgres):
    for statement in filter(str.strip, TABLE.split(";")):
        postgres.psql(statement)


def profiled(stack):
    postgres = stack.enter_context(machine.running(services.Postgres()))
    fill(postgres)
    return commands.Profiled(["run", "export", "--conf", conf_of("profiled", postgres), "--stream"], ROWS, "row")


PROFILED = {"stream": profiled}


def psql(postgres):
    command = [postgres.bin / "psql", "-X", "-q", "-c", COPY, postgres.url()]
    return commands.Command("psql, COPY", postgres.version(), lambda path: command, prints=True, env={"PGTZ": "UTC"})


def rows_of(path):
    """The rows of a file, one after another, whoever wrote it: Muster's lines are events, which have the row as their value."""
    import orjson

    with open(path, "rb", buffering=1 << 20) as lines:
        for line in lines:
            row = orjson.loads(line)
            if "event" in row:
                if row["event"] == "end" and row["state"] != "done":
                    raise RuntimeError(f"a run ended otherwise than done: {line!r:.300}")
                if row["event"] != "item":
                    continue
                row = row["value"]
            row["at"] = datetime.fromisoformat(row["at"])
            yield row


def same_rows(name, path, reference):
    """Compares all rows of two files, keys in their order, numbers by their value, and times as moments."""
    number = 0
    for number, (row, wanted) in enumerate(itertools.zip_longest(rows_of(path), rows_of(reference)), start=1):
        if row != wanted or list(row) != list(wanted):
            raise RuntimeError(f"{name}: row {number} is {row} and should be {wanted}")
    if number != ROWS:
        raise RuntimeError(f"{name}: {number} rows instead of {ROWS}")


def measure(bench, cases):
    rounds = bench.options.rounds or ROUNDS
    reference = machine.WORK / "stream-reference"
    with machine.running(services.Postgres()) as postgres:
        bench.versions["PostgreSQL"] = postgres.version()
        fill(postgres)
        psql(postgres).write(reference)
        try:
            found = contestants_of(bench, postgres)
            check = lambda name, path: same_rows(name, path, reference)
            figures = commands.turns(bench, "stream", found, rounds, check, lambda: database_cpu(postgres))
        finally:
            reference.unlink(missing_ok=True)
    bench.table("stream", f"stream: {CASES['stream']}", HEADER, rows(figures))
    bench.results["stream"] = results(figures)


def database_cpu(postgres):
    """CPU of the whole server, once no connection is left that may still end."""
    while postgres.psql("select count(*) from pg_stat_activity where backend_type = 'client backend' and state = 'active'").strip() != "1":
        pass
    return postgres.process.cpu_seconds()


HEADER = [
    "", "rows/s", "least … most", "CPU µs a row", "least … most", "CPU of Postgres, µs a row", "× asyncpg, CPU", "peak of resident MiB",
]


def cpu(rounds):
    return [used.cpu_seconds * 1e6 / ROWS for used, _ in rounds]


def rows(figures):
    beside = figures.get("asyncpg")
    for name, rounds in figures.items():
        ratio = f"{statistics.median(b / own for b, own in zip(cpu(beside), cpu(rounds))):.2f}" if beside else ""
        database = statistics.median(used * 1e6 / ROWS for _, used in rounds)
        peak = max(used.peak_mib for used, _ in rounds)
        rates = [ROWS / used.seconds for used, _ in rounds]
        yield [name, *commands.spread(rates, "{:,.0f}"), *commands.spread(cpu(rounds), "{:.2f}"), f"{database:.2f}", ratio, f"{peak:.0f}"]


def results(figures):
    return {
        name: {
            "rows a second": statistics.median(ROWS / used.seconds for used, _ in rounds),
            "CPU µs a row": statistics.median(cpu(rounds)),
            "CPU µs of Postgres a row": statistics.median(database * 1e6 / ROWS for _, database in rounds),
            "peak of resident MiB": max(used.peak_mib for used, _ in rounds),
        }
        for name, rounds in figures.items()
    }
