"""Requests, queries, files and CPU steps: one at a time against all at once, as plans of Muster and in asyncio."""

import concurrent.futures
import contextlib
import json
import os
import shutil
import statistics
import sys
import time
import urllib.request

from . import contestants, machine, services, slow_files
from .dialogue import Dialogue

CASES = {"asyncio": "requests, queries, files and CPU steps, one at a time against all at once, beside asyncio"}

CORES = len(os.sched_getaffinity(0))
CPU_STEPS = max(8, 2 * CORES)
CPU_SECONDS = 0.25
FILES = 10
# Each work has parts; a part has a count, and the milliseconds that one of it waits. A CPU step has a size instead, see `calibrated`.
WORKS = {
    "requests100": ("100 requests of 1 s", {"requests": (100, 1_000)}),
    "requests50": ("50 requests of 0.5 s", {"requests": (50, 500)}),
    "queries50": ("50 queries of 0.1 s", {"queries": (50, 100)}),
    "files10": ("10 files of 0.3 s", {"files": (FILES, 300)}),
    "cpu": (f"{CPU_STEPS} CPU steps of {CPU_SECONDS} s", {"cpu": (CPU_STEPS, None)}),
    "mixed": (
        f"mixed: 10 requests, 10 queries and 10 files of 0.1 s, 8 CPU steps of {CPU_SECONDS} s",
        {"requests": (10, 100), "queries": (10, 100), "files": (FILES, 100), "cpu": (8, None)},
    ),
}


def bound(parts):
    """The most that can be had: what all parts take one at a time by what the longest of them takes at once."""
    alone, at_once = 0, 0
    for name, (count, ms) in parts.items():
        seconds = CPU_SECONDS if name == "cpu" else ms / 1_000
        alone += count * seconds
        at_once = max(at_once, seconds * -(-count // CORES) if name == "cpu" else seconds)
    return alone / at_once


def expected(parts):
    """What every contestant must give."""
    one = {
        "requests": lambda n, ms: {"n": n, "waited": ms},
        "queries": lambda n, ms: n,
        "files": lambda n, ms: slow_files.text(n),
        "cpu": lambda n, size: (size + n - 1) * (size + n) * (2 * (size + n) - 1) // 6,
    }
    return {name: [one[name](n, size) for n in range(count)] for name, (count, size) in parts.items()}


class SlowUpstream:
    def __init__(self):
        self.port = machine.free_port()
        self.process = machine.Process("slow upstream", sys.executable, "-m", "muster_bench.slow_upstream", self.port)
        self.process.await_answer(f"http://127.0.0.1:{self.port}/")
        self.stop = self.process.stop


class SlowFiles:
    def __init__(self):
        self.folder = machine.folder("muster-bench-files-")
        self.process = Dialogue("slow files", sys.executable, "-m", "muster_bench.slow_files", self.folder, FILES)

    def arm(self, ms):
        self.process.ask("arm", ms, seconds=15)

    def works(self):
        """Whether files of this machine can be slow: not every file system has leases."""
        try:
            self.arm(100)
            begin = time.perf_counter()
            (self.folder / "0.txt").read_text()
            return time.perf_counter() - begin >= 0.1
        except RuntimeError:
            return False

    def stop(self):
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Muster:
    """A node that serves two plans for each work; the time is the client's, the request included."""

    VERBS = {
        "requests": "{{http: slow, get: '/wait/{ms}/{{n}}', args: {{n: = n}}}}",
        "queries": "{{postgres: db, sql: 'select $1::int from pg_sleep({seconds})', params: [= n], rows: value}}",
        "files": "{{file: folder, read: '{{n}}.txt', args: {{n: = n}}}}",
        "cpu": "{{cpu: sum-of-squares, with: = input.size + n}}",
    }

    def __init__(self, name, home, jar, archive=None):
        self.muster = contestants.Muster(name, home, jar, archive)
        self.name, self.version = name, self.muster.version

    def start(self, upstream, postgres, folder):
        port = machine.free_port()
        settings = (
            f"server: {{port: {port}}}\nsources:\n  slow: {{http: 'http://127.0.0.1:{upstream}', pool: 100}}\n"
            f"  db: {{postgres: '{postgres.url()}', pool: 50}}\n  folder: {{file: {folder}}}\n"
        )
        plans = {plan_name(name, at_once): self.plan(name, parts, at_once) for name, (_, parts) in WORKS.items() for at_once in (False, True)}
        self.process = self.muster.serve(contestants.conf_folder(f"asyncio-{self.name}", settings, plans))
        self.url = f"http://127.0.0.1:{port}"
        return self.process

    def plan(self, name, parts, at_once):
        lines = ["input: {size: integer}", f"expose: GET /api/{plan_name(name, at_once)}/{{size}}"]
        lines += ["timeout: 10m", "steps:"]
        before = None
        for part, (count, ms) in parts.items():
            verb = self.VERBS[part].format(ms=ms, seconds=(ms or 0) / 1_000)
            lines += [f"  {part}:", f"    each: = lists.range({count})", "    as: n", f"    concurrency: {count if at_once else 1}"]
            lines += [f"    after: [{before}]"] if before and not at_once else []
            lines += [f"    do: {verb}"]
            before = part
        return "\n".join(lines) + "\n"

    def await_ready(self):
        self.process.await_answer(f"{self.url}/health/ready")

    def run(self, name, parts, at_once):
        size = parts.get("cpu", (0, 0))[1]
        begin = time.perf_counter()
        with urllib.request.urlopen(f"{self.url}/api/{plan_name(name, at_once)}/{size}", timeout=600) as response:
            body = response.read()
        return time.perf_counter() - begin, json.loads(body)


def plan_name(name, at_once):
    return f"{name}-{'at-once' if at_once else 'one-by-one'}"


class Asyncio:
    """A program on uvloop that is asked by lines; the time is its own, from before the first call to behind the last one."""

    def __init__(self, name, *words):
        self.name, self.words = name, words
        versions = "import sys, uvloop, aiohttp, asyncpg; print('Python', sys.version.split()[0], 'uvloop', uvloop.__version__, 'aiohttp', aiohttp.__version__, 'asyncpg', asyncpg.__version__)"
        self.version = machine.run(sys.executable, "-c", versions).strip()

    def start(self, upstream, postgres, folder):
        self.process = Dialogue(
            self.name, sys.executable, contestants.RIVALS / "asyncio/table.py", *self.words,
            env={"UPSTREAM": f"http://127.0.0.1:{upstream}", "POSTGRES": postgres.url(), "FOLDER": str(folder)},
        )
        return self.process

    def await_ready(self):
        self.run("nothing", {}, True)

    def run(self, name, parts, at_once):
        answer = json.loads(self.process.ask(json.dumps({"parts": parts, "at_once": at_once})))
        return answer["seconds"], answer["answers"]


def contestants_of(bench):
    jar = contestants.build_muster()
    new = lambda: machine.jdk(21, 25)
    makers = {
        "muster": lambda: Muster("Muster", new(), jar, contestants.archive(jar, new())),
        "muster-17": lambda: Muster("Muster on 17", machine.jdk(17, 17), jar),
        "asyncio": lambda: Asyncio("asyncio, with pools", "--pools"),
        "asyncio-default": lambda: Asyncio("asyncio, default threads"),
    }
    for number, path in enumerate(bench.options.jar):
        makers[f"jar-{number + 1}"] = lambda path=path: Muster(f"Muster, {path.name}", new(), path)
    return bench.made(makers)


class Table:
    """The works, the contestants that run, and what each of them took."""

    def __init__(self, bench, files, running):
        self.bench, self.files, self.running = bench, files, running
        self.sizes = {}
        self.works = dict(WORKS)
        if not files.works():
            bench.left_out("files", "the file system of the temporary folder has no leases")
            self.works = {name: work for name, work in WORKS.items() if "files" not in work[1]}

    def run(self, one, name, at_once):
        """Seconds and CPU seconds of a work, whose answers must be right."""
        parts = {part: (count, self.sizes[one.name] if part == "cpu" else ms) for part, (count, ms) in WORKS[name][1].items()}
        if "files" in parts:
            self.files.arm(parts["files"][1])
        used = one.process.cpu_seconds()
        seconds, answers = one.run(name, parts, at_once)
        used = one.process.cpu_seconds() - used
        if answers != expected(parts):
            raise RuntimeError(f"{name}: {one.name} gives what it should not: {json.dumps(answers):.300}")
        print(f"asyncio {name} {one.name} {'at once' if at_once else 'one at a time'}: {seconds:.3f} s, CPU {used:.2f} s", file=sys.stderr)
        return seconds, used

    def calibrate(self, one):
        """Finds for a contestant the size with which a CPU step takes about CPU_SECONDS of CPU. It warms the step up, too."""
        self.sizes[one.name] = 200_000
        for _ in range(20):
            each = self.run(one, "cpu", False)[1] / CPU_STEPS
            if each > CPU_SECONDS / 4:
                break
            self.sizes[one.name] *= 4
        self.sizes[one.name] = round(self.sizes[one.name] * CPU_SECONDS / each)

    def one_at_a_time(self, name):
        """Where all only wait, all contestants go side by side, once: they need next to no CPU, and 100 s each."""
        with concurrent.futures.ThreadPoolExecutor(len(self.running)) as threads:
            return dict(zip((one.name for one in self.running), threads.map(lambda one: self.run(one, name, False)[0], self.running)))

    def measure(self, name, rounds):
        """By contestant, for each round: seconds one at a time, seconds at once, CPU seconds at once."""
        for one in self.running:
            for _ in range(3):
                self.run(one, name, True)
        waits = not {"cpu", "files"} & WORKS[name][1].keys()
        alone = self.one_at_a_time(name) if waits else {}
        figures = {one.name: [] for one in self.running}
        for number in range(rounds):
            for one in machine.in_turn(self.running, number):
                figures[one.name].append((alone.get(one.name) or self.run(one, name, False)[0], *self.run(one, name, True)))
        return figures


def measure(bench, cases):
    rounds = bench.options.rounds or 2
    made = contestants_of(bench)
    with (
        machine.running(SlowUpstream()) as upstream,
        machine.running(SlowFiles()) as files,
        # 50 for each contestant.
        machine.running(services.Postgres("max_connections=500")) as postgres,
        contextlib.ExitStack() as started,
    ):
        bench.versions["PostgreSQL"] = postgres.version()
        for one in made:
            started.callback(one.start(upstream.port, postgres, files.folder).stop)
        for one in made:
            one.await_ready()
        table = Table(bench, files, made)
        for one in made:
            table.calibrate(one)
        figures = {name: table.measure(name, rounds) for name in table.works}
        resident = {one.name: one.process.resident_mib() for one in made}
    print_tables(bench, figures, resident)


def print_tables(bench, figures, resident):
    names = list(resident)
    bench.table(
        "asyncio", "asyncio: how many times as fast all at once as one at a time", ["", "at most", *names],
        [[WORKS[work][0], f"{bound(WORKS[work][1]):.1f}", *(f"{factor(found[name]):.1f}" for name in names)] for work, found in figures.items()],
    )
    bench.table(
        "asyncio", "asyncio: what it took", ["", "", "one at a time, s", "at once, s", "least … most", "CPU ms, at once"],
        [[WORKS[work][0], name, *seconds(values)] for work, found in figures.items() for name, values in found.items()],
    )
    bench.table("asyncio", "asyncio: resident memory after all of it", ["", "MiB"], [[name, f"{mib:.0f}"] for name, mib in resident.items()])
    bench.results["asyncio"] = {
        name: {
            "resident_mib": resident[name],
            **{
                work: {"alone_s": median(found[name], 0), "at_once_s": median(found[name], 1), "cpu_s": mean(found[name], 2), "factor": factor(found[name])}
                for work, found in figures.items()
            },
        }
        for name in names
    }


def seconds(values):
    at_once = [v[1] for v in values]
    return [f"{median(values, 0):.3f}", f"{median(values, 1):.3f}", f"{min(at_once):.3f} … {max(at_once):.3f}", f"{mean(values, 2) * 1e3:.0f}"]


def factor(values):
    return statistics.median(alone / at_once for alone, at_once, _ in values)


def median(values, at):
    return statistics.median(v[at] for v in values)


def mean(values, at):
    """CPU comes in steps of 10 ms: of several short rounds the mean says more than the median."""
    return statistics.mean(v[at] for v in values)
