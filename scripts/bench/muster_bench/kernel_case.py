"""The kernel beside asyncio, virtual threads and Kotlin's coroutines: tasks, cancels, time limits, queues, bytes of a suspended task."""

import contextlib
import re
import statistics
import sys
import time

from . import contestants, machine
from .dialogue import Dialogue
from .machine import WORK

CASES = {"kernel": "tasks, queues, cancels and time limits on one loop, beside asyncio, virtual threads and Kotlin"}
RIVALS = contestants.RIVALS

# What is asked for, its unit, and the smallest amount of it.
WORKS = {
    "gather": ("tasks through gather, by 1,000", "task", 1_000),
    "timeout": ("tasks through gather, each with a yield under a limit of 10 s", "task", 1_000),
    "queue_5": ("items through a queue of 5, from 2 tasks to 3", "item", 1_000),
    "queue_1000": ("items through a queue of 1,000, from 2 tasks to 3", "item", 1_000),
    "cancel": ("tasks started, suspended and cancelled, 100,000 at once", "task", 100_000),
}
SUSPENDED = 100_000
BYTES_ROUNDS = 3
# Of CPU. Long enough that it is within two per cent, as the system counts it in ticks of 10 ms.
TURN_SECONDS = 0.6
WARM_SECONDS = 3
# The same heap for every JVM. One loop allocates on one thread, which the serial collector suits; with it no thread works beside the loop.
HEAP = ["-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-Xlog:disable", "-Xlog:all=error:stderr"]


def started(name, version, *command):
    process = Dialogue(name, *command)
    process.version = version
    return process


def java(name, home, version, *words):
    return started(name, f"{version}JDK {contestants.version_of(home)}", home / "bin/java", *HEAP, *words)


def muster(name, home):
    return java(name, home, "", *contestants.unsafe_allowed(home), "-cp", contestants.test_classes(), "dev.muster.bench.KernelBench")


def asyncio(name, version, *words):
    return started(name, f"Python {sys.version.split()[0]}{version}", sys.executable, RIVALS / "asyncio/kernel.py", *words)


def uvloop(name):
    version = machine.run(sys.executable, "-c", "import uvloop; print(uvloop.__version__)").strip()
    return asyncio(name, f", uvloop {version}", "--uvloop")


def virtual(name, *flags):
    """Structured scopes are a preview of JDK 25, which no other JDK takes."""
    home = machine.jdk(25, 25)
    classes = WORK / "virtual"
    machine.run(home / "bin/javac", "--enable-preview", "--release", 25, "-d", classes, RIVALS / "virtual/Rival.java")
    return java(name, home, "", "--enable-preview", *flags, "-cp", classes, "Rival")


def kotlin(name, home):
    pom = (RIVALS / "kotlin/pom.xml").read_text()
    version = lambda name: re.search(f"<{name}.version>(.*)</", pom).group(1)
    classes = contestants.rival_classes("kotlin", home)
    return java(name, home, f"{version('kotlin')}, coroutines {version('coroutines')}, ", "-cp", classes, "RivalKt")


def contestants_of(bench):
    """They run from now on."""
    contestants.build_muster()
    new = lambda: machine.jdk(21, 25)
    one = ["-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"]
    return bench.made({
        "muster": lambda: muster("Muster", new()),
        "muster-17": lambda: muster("Muster on 17", machine.jdk(17, 17)),
        "asyncio": lambda: asyncio("asyncio", ""),
        "uvloop": lambda: uvloop("asyncio, uvloop"),
        "virtual-1": lambda: virtual("virtual threads, 1 carrier", *one),
        "virtual": lambda: virtual("virtual threads"),
        "kotlin": lambda: kotlin("Kotlin", new()),
    })


def turn(process, work, units):
    """Seconds and CPU seconds of so many units, whose result must be right."""
    cpu, begin = process.cpu_seconds(), time.perf_counter()
    result = int(process.ask(work, units))
    seconds = time.perf_counter() - begin
    # CPU comes in ticks; what took less than one took at most one.
    used = max(process.cpu_seconds() - cpu, 1 / machine.TICKS)
    if result != units:
        raise RuntimeError(f"{work}: {process.name} gives {result} for {units} units")
    return seconds, used


def warm(process, work, least):
    """Warms up, and finds how many units a turn takes. By CPU, so that a busy neighbour makes neither shorter."""
    units = least
    _, used = turn(process, work, units)
    total = used
    while total < WARM_SECONDS or used < TURN_SECONDS / 2:
        # At most four times as many as before: what is not compiled yet says little.
        units = max(least, round(units * min(4, TURN_SECONDS / used) / least) * least)
        _, used = turn(process, work, units)
        total += used
    return units


def measure(bench, cases):
    # They end before the next case: a heap of 1 GiB each would be missing there.
    with contextlib.ExitStack() as stack:
        running = contestants_of(bench)
        for process in running:
            stack.enter_context(machine.running(process))
        # Of the whole case: what fails half-way is not there.
        bench.results["kernel"] = measure_all(bench, running)


def measure_all(bench, running):
    rounds = bench.options.rounds or 3
    results = {process.name: {} for process in running}
    for work, (title, unit, least) in WORKS.items():
        for process in running:
            turn(process, work, least)
        units = {process.name: warm(process, work, least) for process in running}
        figures = {process.name: [] for process in running}
        for number in range(rounds):
            for process in machine.in_turn(running, number):
                amount = units[process.name]
                seconds, used = turn(process, work, amount)
                figures[process.name].append((amount / seconds, used * 1e6 / amount))
                print(f"kernel {work} round {number + 1} {process.name}: {amount / seconds:,.0f}/s, {used * 1e6 / amount:.3f} µs", file=sys.stderr)
        bench.table("kernel", f"kernel: {title}", header(unit), rows(figures))
        for name, values in figures.items():
            results[name][work] = {"per_second": median(values, 0), "cpu_us": median(values, 1)}
    # The first one does not count: what the work before left behind is let go meanwhile.
    suspended = {process.name: [int(process.ask("suspended_bytes", SUSPENDED)) for _ in range(1 + BYTES_ROUNDS)][1:] for process in running}
    bench.table(
        "kernel", "kernel: bytes of a suspended task, of 100,000", ["", "bytes", "least … most"],
        [[name, f"{statistics.median(values):,.0f}", f"{min(values):,} … {max(values):,}"] for name, values in suspended.items()],
    )
    for name, values in suspended.items():
        results[name]["suspended_bytes"] = statistics.median(values)
    return results


def header(unit):
    a = "an" if unit[0] in "aeiou" else "a"
    return ["", f"{unit}s/s", "least … most", f"CPU µs {a} {unit}", "least … most", "× asyncio", "× asyncio, by CPU"]


def median(values, at):
    return statistics.median(v[at] for v in values)


def rows(figures):
    """More than 1 in the last two columns is better than asyncio: more units a second, or less CPU a unit."""
    asyncio = figures.get("asyncio")
    for name, values in figures.items():
        rates, cpu = [v[0] for v in values], [v[1] for v in values]
        yield [
            name, f"{median(values, 0):,.0f}", f"{min(rates):,.0f} … {max(rates):,.0f}",
            f"{median(values, 1):.3f}", f"{min(cpu):.3f} … {max(cpu):.3f}",
            "" if asyncio is None else f"{statistics.median(v[0] / a[0] for a, v in zip(asyncio, values)):.2f}",
            "" if asyncio is None else f"{statistics.median(a[1] / v[1] for a, v in zip(asyncio, values)):.2f}",
        ]
