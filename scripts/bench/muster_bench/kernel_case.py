"""The kernel beside asyncio, virtual threads and Kotlin's coroutines: tasks, cancels, time limits, queues, bytes of a suspended task."""

import os
import re
import statistics
import sys
import time

from . import contestants, machine
from .dialogue import Dialogue
from .machine import ROOT, WORK

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


def muster(name, home):
    classes = f"{ROOT}/target/test-classes:{ROOT}/target/classes:{contestants.classpath()}"
    flags = [*HEAP, *contestants.unsafe_allowed(home)]
    return lambda: Dialogue(name, home / "bin/java", *flags, "-cp", classes, "dev.muster.bench.KernelBench")


def asyncio(name, *words):
    return lambda: Dialogue(name, sys.executable, RIVALS / "asyncio/kernel.py", *words)


def virtual(name, *flags):
    """Structured scopes are a preview of JDK 25, which no other JDK takes."""
    home = machine.jdk(25, 25)
    classes = WORK / "virtual"
    machine.run(home / "bin/javac", "--enable-preview", "--release", 25, "-d", classes, RIVALS / "virtual/Rival.java")
    return lambda: Dialogue(name, home / "bin/java", *HEAP, "--enable-preview", *flags, "-cp", classes, "Rival")


def kotlin(name, home):
    folder = WORK / "kotlin"
    folder.mkdir(parents=True, exist_ok=True)
    machine.run(
        "mvn", "-q", "-B", "-f", RIVALS / "kotlin/pom.xml", f"-DbuildDirectory={folder}", "compile", "dependency:build-classpath",
        f"-Dmdep.outputFile={folder}/classpath", env={**os.environ, "JAVA_HOME": str(home)},
    )
    classes = f"{folder}/classes:{(folder / 'classpath').read_text().strip()}"
    return lambda: Dialogue(name, home / "bin/java", *HEAP, "-cp", classes, "RivalKt")


def contestants_of(bench):
    """Starts those that can be had; the others are named."""
    contestants.build_muster()
    new, old = machine.jdk(21, 25), machine.jdk(17, 17)
    python = f"Python {sys.version.split()[0]}"
    uvloop = machine.run(sys.executable, "-c", "import uvloop; print(uvloop.__version__)").strip()
    pom = (RIVALS / "kotlin/pom.xml").read_text()
    version = lambda name: re.search(f"<{name}.version>(.*)</", pom).group(1)
    one = ["-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"]
    makers = {
        "muster": ("Muster", f"JDK {contestants.version_of(new)}", lambda name: muster(name, new)),
        "muster-17": ("Muster on 17", f"JDK {contestants.version_of(old)}", lambda name: muster(name, old)),
        "asyncio": ("asyncio", python, asyncio),
        "uvloop": ("asyncio, uvloop", f"{python}, uvloop {uvloop}", lambda name: asyncio(name, "--uvloop")),
        "virtual-1": ("virtual threads, 1 carrier", f"JDK {contestants.version_of(new)}", lambda name: virtual(name, *one)),
        "virtual": ("virtual threads", f"JDK {contestants.version_of(new)}", virtual),
        "kotlin": ("Kotlin", f"{version('kotlin')}, coroutines {version('coroutines')}, JDK {contestants.version_of(new)}", lambda name: kotlin(name, new)),
    }
    made = []
    for key, (name, about, make) in makers.items():
        if key not in (bench.options.only or makers):
            continue
        try:
            process = make(name)()
        except (machine.Missing, RuntimeError, OSError) as why:
            bench.left_out(name, why)
            continue
        bench.stops(process)
        bench.versions[name] = about
        made.append(process)
    return made


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
    running = contestants_of(bench)
    rounds = bench.options.rounds or 3
    results = bench.results["kernel"] = {process.name: {} for process in running}
    for work, (title, unit, least) in WORKS.items():
        for process in running:
            turn(process, work, least)
        units = {process.name: warm(process, work, least) for process in running}
        figures = {process.name: [] for process in running}
        for number in range(rounds):
            for process in running[number % len(running) :] + running[: number % len(running)]:
                amount = units[process.name]
                seconds, used = turn(process, work, amount)
                figures[process.name].append((amount / seconds, used * 1e6 / amount))
                print(f"kernel {work} round {number + 1} {process.name}: {amount / seconds:,.0f}/s, {used * 1e6 / amount:.3f} µs", file=sys.stderr)
        bench.table("kernel", f"kernel: {title}", header(unit), rows(figures))
        for name, values in figures.items():
            results[name][work] = {"per_second": median(values, 0), "cpu_us": median(values, 1)}
    suspended = {process.name: [int(process.ask("suspended_bytes", SUSPENDED)) for _ in range(BYTES_ROUNDS)] for process in running}
    bench.table(
        "kernel", "kernel: bytes of a suspended task, of 100,000", ["", "bytes", "least … most"],
        [[name, f"{statistics.median(values):,.0f}", f"{min(values):,} … {max(values):,}"] for name, values in suspended.items()],
    )
    for name, values in suspended.items():
        results[name]["suspended_bytes"] = statistics.median(values)


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
