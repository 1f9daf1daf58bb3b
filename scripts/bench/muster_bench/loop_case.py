"""CPU steps under load: how long light requests wait while as many CPU steps as cores are computed."""

import contextlib
import http.client
import os
import statistics
import sys
import threading
import time

from . import contestants, machine, openloop
from .contestants import RIVALS

CASES = {"loop": "light requests while as many CPU steps as cores are computed, beside asyncio and Vert.x by hand"}

CORES = len(os.sched_getaffinity(0))
# Of one step, computed alone. What a step sums up is sized for each contestant so that it takes this long.
STEP_SECONDS = 0.1
CHECKED = 1_000_000
RATE = 500
# A light request without an answer counts as this long.
LIMIT_SECONDS = 10

PLANS = {
    "light": "expose: GET /api/light\noutput: {status: ok}\n",
    "work": """expose: GET /api/work
input: {n: integer}
steps: {sum: {cpu: sum-of-squares, with: {n: = input.n}}}
output: {sum: = sum}
""",
}


class Muster:
    def __init__(self, muster):
        self.muster, self.name, self.version = muster, muster.name, muster.version

    def start(self, port):
        return self.muster.serve(contestants.conf_folder(f"loop-{self.name}", f"server: {{port: {port}}}\n", PLANS))


class ByHand:
    name = "Vert.x by hand, executeBlocking"

    def __init__(self, home):
        self.home, self.version = home, f"JDK {contestants.version_of(home)}"

    def start(self, port):
        flags = [*contestants.unsafe_allowed(self.home), "-cp", contestants.test_classes()]
        return machine.Process(self.name, self.home / "bin/java", *flags, "dev.muster.bench.LoopByHand", port)


class Asyncio:
    """FastAPI in one process: one loop, as asyncio has it."""

    def __init__(self, name, pool):
        self.name, self.pool = name, pool
        self.version = machine.run(sys.executable, "-c", "import platform, fastapi; print(platform.python_version(), 'FastAPI', fastapi.__version__)").strip()

    def start(self, port):
        return machine.Process(
            self.name, sys.executable, "-m", "uvicorn", "loop:app", "--host", "127.0.0.1", "--port", port, "--loop", "uvloop", "--http", "httptools",
            "--no-access-log", "--log-level", "warning", "--app-dir", RIVALS / "fastapi", env={"POOL": self.pool},
        )


def contestants_of(bench):
    jar = contestants.build_muster()
    home = machine.jdk(17, 25)
    makers = {
        "muster": lambda: Muster(contestants.Muster("Muster", home, jar, contestants.archive(jar, home))),
        "vertx": lambda: ByHand(home),
        "asyncio-pool": lambda: Asyncio("asyncio, process pool", "processes"),
        "asyncio-in-loop": lambda: Asyncio("asyncio, in the loop", "none"),
    }
    for number, path in enumerate(bench.options.jar, 1):
        makers[f"jar-{number}"] = lambda path=path: Muster(contestants.Muster(f"Muster, {path.name}", home, path))
    return bench.made(makers)


def sized(process, url):
    """How far a step counts so that it takes STEP_SECONDS of CPU. It is approached from below, so that the first, cold steps decide nothing."""
    n, times = CHECKED, 4
    for _ in range(6):
        before = process.cpu_seconds()
        for _ in range(times):
            machine.fetch(f"{url}/api/work?n={n}")
        took = max((process.cpu_seconds() - before) / times, STEP_SECONDS / 8)
        n = int(n * STEP_SECONDS / took)
    return n


class Work:
    """As many callers as cores, each with one step after the other, from now until it is stopped."""

    def __init__(self, port, n):
        self.done, self.failures, self.over = 0, [], False
        self.began = time.monotonic()
        self.threads = [threading.Thread(target=self.call, args=(port, n)) for _ in range(CORES)]
        for one in self.threads:
            one.start()

    def call(self, port, n):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            while not self.over:
                connection.request("GET", f"/api/work?n={n}")
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    raise RuntimeError(f"a CPU step got {response.status}")
                self.done += 1
        except Exception as failure:
            self.failures.append(failure)
        finally:
            connection.close()

    def stop(self):
        """Steps a second."""
        self.over = True
        for one in self.threads:
            one.join()
        if self.failures:
            raise self.failures[0]
        return self.done / (time.monotonic() - self.began)


def light(url, seconds):
    """A phase of light requests. A percentile that falls among requests without an answer is the limit, in ms; no other end is allowed."""
    stream = openloop.stream("light", f"{url}/api/light", [openloop.phase("light", RATE, seconds)], timeout=LIMIT_SECONDS)
    phase = openloop.run(stream)["light"]["phases"][0]
    unanswered = phase["outcomes"].get("timeout", 0)
    if phase["good"] + unanswered != phase["sent"]:
        raise RuntimeError(f"{url}: light requests ended as {phase['outcomes']}")
    for at, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999)):
        if unanswered > (1 - share) * phase["sent"]:
            phase["latency"][at] = LIMIT_SECONDS * 1000
    return phase


def measured(process, url, port, n, seconds):
    """One contestant in one round: latencies alone and beside the work, and the steps a second of the work."""
    alone = light(url, seconds)
    work = Work(port, n)
    try:
        # Until every core has its step.
        time.sleep(2 * STEP_SECONDS)
        beside = light(url, seconds)
    finally:
        rate = work.stop()
    return {"alone": alone["latency"], "beside": beside["latency"], "late": beside["late"]["p99"], "steps": rate, "resident": process.resident_mib()}


def measure(bench, cases):
    rounds, seconds = (1, 3) if bench.options.quick else (3, 6)
    rounds = bench.options.rounds or rounds
    openloop.build()
    with contextlib.ExitStack() as stack:
        running = []
        for one in contestants_of(bench):
            port = machine.free_port()
            url = f"http://127.0.0.1:{port}"
            process = stack.enter_context(machine.running(one.start(port)))
            process.await_answer(f"{url}/api/light")
            running.append((one.name, process, url, port))
        for path in ("light", f"work?n={CHECKED}"):
            answers = [machine.fetch(f"{url}/api/{path}") for _, _, url, _ in running]
            for (name, *_), answer in zip(running, answers):
                if answer != answers[0]:
                    raise RuntimeError(f"{path}: {name} answers otherwise than {running[0][0]}: {answer!r:.300}")
        sizes = {}
        for name, process, url, _ in running:
            light(url, 2 if bench.options.quick else 8)
            sizes[name] = sized(process, url)
            print(f"loop {name}: a step of {STEP_SECONDS} s sums up {sizes[name]:,}", file=sys.stderr)
        figures = {name: [] for name, *_ in running}
        for number in range(rounds):
            for name, process, url, port in machine.in_turn(running, number):
                found = measured(process, url, port, sizes[name], seconds)
                figures[name].append(found)
                print(
                    f"loop round {number + 1} {name}: p99 {found['alone']['p99']:.1f} → {found['beside']['p99']:.1f} ms, "
                    f"{found['steps']:.1f} steps/s; the sender late by {found['late']:.1f} ms (p99)", file=sys.stderr,
                )
    header = [
        "", "alone: p50", "p99", "p99.9, ms", "beside: p50", "p99", "least … most", "p99.9", "least … most, ms", "CPU steps/s", "of the cores", "resident MiB",
    ]
    bench.table("loop", f"{RATE} light requests a second, alone and beside {CORES} CPU steps at once", header, rows(figures))
    bench.results["loop"] = {
        name: {
            **{f"{when} {at} ms": median(values, when, at) for when in ("alone", "beside") for at in ("p50", "p99", "p999")},
            "steps/s": statistics.median(of["steps"] for of in values),
        }
        for name, values in figures.items()
    }


def median(values, when, at):
    return statistics.median(of[when][at] for of in values)


def rows(figures):
    for name, values in figures.items():
        steps = statistics.median(of["steps"] for of in values)
        cells = [name, *(f"{median(values, 'alone', at):.2f}" for at in ("p50", "p99", "p999")), f"{median(values, 'beside', 'p50'):.2f}"]
        for at in ("p99", "p999"):
            of = [one["beside"][at] for one in values]
            cells += [f"{statistics.median(of):.1f}", f"{min(of):.1f} … {max(of):.1f}"]
        share = steps * STEP_SECONDS / CORES
        yield [*cells, f"{steps:.1f}", f"{share:.0%}", f"{statistics.median(of['resident'] for of in values):.0f}"]
