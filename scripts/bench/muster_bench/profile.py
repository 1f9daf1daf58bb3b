"""The command scripts/bench/profile: one contestant under the load of one case, recorded, and the tables of the recording.

A case of HTTP is loaded by wrk or h2load, as scripts/bench/run does. Another module of cases may have PROFILED: by name a function that sets a case up
and gives a commands.Profiled. It takes an ExitStack, for what has to be ended afterwards."""

import argparse
import collections
import contextlib
import dataclasses
import functools
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

from . import __main__ as command, contestants, http_cases, machine, report, services
from .machine import ROOT, TICKS, WORK

SETTINGS = ROOT / "scripts" / "bench" / "profile.jfc"
SUMMARY = ROOT / "src/test/java/dev/muster/bench/RecordingSummary.java"
OWN = ("dev.muster.", "rival.")
CONTESTANTS = ["muster", "muster-17", "vertx", "nima"]
COMMANDS = {name: made for module in command.MODULES for name, made in getattr(module, "PROFILED", {}).items()}
# With it a sample says where in a compiled method it is, not where the last safepoint was.
JVM_OPTIONS = "-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints"
STACK_DEPTH = 256
# By the beginning of a thread's name, as the kernel shows it.
THREADS = {
    "GC Thread": "garbage collector", "G1 ": "garbage collector", "C1 ": "compiler of the JVM", "C2 ": "compiler of the JVM",
    "JFR ": "flight recorder", "VM ": "the JVM's own", "vert.x-ev": "event loops", "ForkJoin": "carriers of virtual threads",
}
JVM_ALONE = {"garbage collector", "compiler of the JVM", "flight recorder", "the JVM's own"}


@dataclasses.dataclass
class Figures:
    """What a contestant did and used while it was recorded; undisturbed is its CPU in µs a unit just before, without recording."""

    recording: pathlib.Path
    units: int
    unit: str
    seconds: float
    cpu_seconds: float
    undisturbed: float
    threads: dict

    def micros(self, seconds):
        return seconds * 1e6 / self.units

    def java_seconds(self):
        """User and system time of the threads that run Java code."""
        used = [t for kind, t in self.threads.items() if kind not in JVM_ALONE]
        return sum(t[0] for t in used), sum(t[1] for t in used)


def options():
    cases = {**http_cases.CASES, **{name: command.CASES[name] for name in COMMANDS}}
    parser = argparse.ArgumentParser(
        prog="scripts/bench/profile",
        description="Records one contestant under the load of one case, and prints where its CPU time and its allocated bytes go.",
        epilog="cases:\n" + "\n".join(f"  {name:10} {about}" for name, about in cases.items())
        + f"\n\ncontestants: {', '.join(CONTESTANTS)}; beside the cases of HTTP muster and muster-17 alone",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", help="what to profile")
    parser.add_argument("--who", default="muster", metavar="NAME", help="the contestant (muster)")
    parser.add_argument("--seconds", type=int, default=10, metavar="N", help="how long it is recorded under load (10)")
    parser.add_argument("--warm", type=int, default=20, metavar="N", help="seconds of load before (20); more on a busy machine")
    parser.add_argument("--jar", type=pathlib.Path, metavar="JAR", help="another jar of Muster, in place of target/muster.jar")
    parser.add_argument("--top", type=int, default=25, metavar="N", help="rows of each table (25)")
    found = parser.parse_args()
    if found.case not in cases:
        parser.error(f"there is no case {found.case} to profile; there are {', '.join(cases)}")
    if found.who in ("go", "fastapi"):
        parser.error(f"{found.who} is no JVM, so there is no flight recording of it; there are {', '.join(CONTESTANTS)}")
    if found.who not in CONTESTANTS:
        parser.error(f"there is no contestant {found.who}; there are {', '.join(CONTESTANTS)}")
    if not found.who.startswith("muster") and (found.jar or found.case in COMMANDS):
        parser.error(f"{'--jar' if found.jar else f'the case {found.case}'} is for muster and muster-17, not for {found.who}")
    if found.jar and found.case in COMMANDS:
        parser.error(f"--jar is for the cases of HTTP, not for {found.case}")
    if found.jar and not found.jar.is_file():
        parser.error(f"there is no file {found.jar}")
    if min(found.seconds, found.warm, found.top) < 1:
        parser.error("--seconds, --warm and --top are at least 1")
    return found


@contextlib.contextmanager
def jvm_options(text):
    """For the JVMs that are started meanwhile: the launcher reads them from the environment."""
    before = os.environ.get("JDK_JAVA_OPTIONS")
    os.environ["JDK_JAVA_OPTIONS"] = f"{before or ''} {text}".strip()
    try:
        yield
    finally:
        del os.environ["JDK_JAVA_OPTIONS"]
        if before is not None:
            os.environ["JDK_JAVA_OPTIONS"] = before


def contestant(who, jar):
    if jar:
        return contestants.Muster(jar.name, machine.jdk(17, 17) if who == "muster-17" else machine.jdk(21, 25), jar.resolve())
    return http_cases.makers()[who]()


def profile_http(options, path):
    one = contestant(options.who, options.jar)
    with contextlib.ExitStack() as stack:
        nginx, postgres = (stack.enter_context(machine.running(made())) for made in (services.Nginx, services.Postgres))
        with jvm_options(JVM_OPTIONS):
            process, url = one.start(nginx.port, postgres)
        stack.enter_context(machine.running(process))
        process.await_answer(f"{url}/api/health", 180)
        load = functools.partial(http_cases.load, options.case, url)
        machine.fetch(http_cases.address(url, options.case))
        print(f"{one.name}, {one.version}: warms up for {options.warm} s", file=sys.stderr)
        load(options.warm)
        before = process.cpu_seconds()
        units, _ = load(options.seconds)
        undisturbed = (process.cpu_seconds() - before) * 1e6 / units
        jcmd = lambda *words: machine.run(one.home / "bin/jcmd", process.pid, *words)
        jcmd("JFR.configure", f"stackdepth={STACK_DEPTH}")
        jcmd("JFR.start", "name=profile", f"settings={SETTINGS}", "maxsize=0", *without_clock(one.home))
        cpu, threads = process.cpu_seconds(), thread_seconds(process.pid)
        units, rate = load(options.seconds)
        cpu, threads = process.cpu_seconds() - cpu, used(threads, thread_seconds(process.pid))
        jcmd("JFR.stop", "name=profile", f"filename={path}")
        title = f"{options.case}: {one.name}, {one.version}"
        return title, Figures(path, units, "request", units / rate, cpu, undisturbed, threads)


def profile_command(options, path):
    """From its start to its end, as it is used: twice, and the second time recorded."""
    home = machine.jdk(17, 17) if options.who == "muster-17" else machine.jdk(21, 25)
    contestants.build_muster()
    with contextlib.ExitStack() as stack:
        work = COMMANDS[options.case](stack)
        start = lambda: run_watched([ROOT / "scripts/muster", *work.arguments], {"JAVA_HOME": str(home)})
        _, undisturbed, _ = start()
        recorded = ",".join([f"settings={SETTINGS}", f"filename={path}", "maxsize=0", *without_clock(home)])
        flight = f"-XX:StartFlightRecording:{recorded} -XX:FlightRecorderOptions:stackdepth={STACK_DEPTH}"
        with jvm_options(f"{JVM_OPTIONS} {flight}"):
            seconds, cpu, threads = start()
    title = f"{options.case}: Muster, JDK {contestants.version_of(home)}"
    return title, Figures(path, work.units, work.unit, seconds, cpu, undisturbed * 1e6 / work.units, threads)


def run_watched(arguments, environment):
    """Seconds, seconds of CPU, and those of the threads as last seen."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    result, errors = WORK / "profile.out", WORK / "logs" / "profile.log"
    threads = {}
    with open(result, "w") as out, open(errors, "w") as log:
        process = subprocess.Popen(
            [str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=log, env={**os.environ, **environment}
        )
        try:
            while process.poll() is None:
                # Those that have ended keep what they were last seen with.
                threads.update(thread_seconds(process.pid))
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
            result.unlink()
    if process.returncode != 0:
        tail = "\n".join(errors.read_text().splitlines()[-15:])
        raise RuntimeError(f"{' '.join(map(str, arguments))} ended with {process.returncode}:\n{tail}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu, used({}, threads)


def without_clock(home):
    """JDK 25 samples by CPU time; the samples by the clock would only cost."""
    newer = int(contestants.version_of(home).split(".")[0]) >= 25
    return ["jdk.ExecutionSample#enabled=false", "jdk.NativeMethodSample#enabled=false"] if newer else []


def thread_seconds(pid):
    """By thread: its name, its user and its system time."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            head, rest = (task / "stat").read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = rest.split()
        found[task.name] = head.split("(", 1)[1], int(fields[11]) / TICKS, int(fields[12]) / TICKS
    return found


def used(before, after):
    """User and system time between two looks, by kind of thread."""
    kinds = collections.defaultdict(lambda: [0, 0])
    for task, (name, user, system) in after.items():
        kind = next((k for start, k in THREADS.items() if name.startswith(start)), "other threads")
        _, user_before, system_before = before.get(task, (name, 0, 0))
        kinds[kind][0] += user - user_before
        kinds[kind][1] += system - system_before
    return kinds


def summary(figures):
    """The tables of the recording: by name, a value by key."""
    java = machine.jdk(17, 25) / "bin/java"
    told = machine.run(java, SUMMARY, figures.recording, ",".join(OWN), *figures.java_seconds())
    tables = collections.defaultdict(dict)
    for line in told.splitlines():
        table, key, value = line.split("\t")
        tables[table][key] = float(value)
    return tables


def print_tables(title, figures, tables, top):
    total, unit = tables["total"], figures.unit
    java, allocated = sum(figures.java_seconds()), total["allocated bytes"]
    facts = [
        [f"{unit}s", f"{figures.units:,}"],
        [f"{unit}s a second", f"{figures.units / figures.seconds:,.0f}"],
        [f"CPU µs a {unit}, not recorded", f"{figures.undisturbed:.1f}"],
        [f"CPU µs a {unit}, recorded", f"{figures.micros(figures.cpu_seconds):.1f}"],
        [f"allocated bytes a {unit}, counted by the threads", f"{allocated / figures.units:,.0f}"],
        [f"allocated bytes a {unit}, by the samples' weights", f"{total['sampled bytes'] / figures.units:,.0f}"],
        ["samples of CPU (lost)", f"{total.get('CPU samples', 0):,.0f} ({total.get('lost samples', 0):,.0f})"],
        ["stacks that are missing, that are cut", f"{total.get('samples without a stack', 0):,.0f}, {total.get('truncated stacks', 0):,.0f}"],
        ["samples of allocations", f"{total['allocation samples']:,.0f}"],
        ["garbage collections (pauses)", f"{total.get('collections', 0):.0f} ({total.get('pause seconds', 0) * 1e3:.0f} ms)"],
    ]
    say(title, ["", ""], facts)
    kinds = {kind: sum(times) for kind, times in figures.threads.items()}
    ended = figures.cpu_seconds - sum(kinds.values())
    say("CPU by kind of thread", *shares(figures, {**kinds, "threads that ended": max(ended, 0)}, "CPU µs", figures.micros, top))
    cpu = lambda seconds: seconds * 1e6 / figures.units
    size = lambda size: size / figures.units
    say("By the nearest frame of our own", *both(figures, tables, "own", top))
    say("By the package of the nearest frame of our own", *both(figures, by_package(tables), "own", top))
    say("By the library at work: the topmost frame outside the JDK", *both(figures, tables, "library", top))
    say("Hot methods: the topmost frame", *shares(figures, tables["cpu.method"], "CPU µs", cpu, top))
    # What nearly all of the samples stand in says nothing.
    inner = {name: seconds for name, seconds in tables["cpu.frame"].items() if seconds < 0.9 * java}
    for whose, ours in (("our own", True), ("others", False)):
        chosen = {name: seconds for name, seconds in inner.items() if name.startswith(OWN) == ours}
        say(f"Hot frames of {whose}: with all that they call", *shares(figures, chosen, "CPU µs", cpu, top, whole=java))
    say("Allocation by class", *shares(figures, tables["bytes.class"], "bytes", size, top))
    say("Allocation by site: class, and topmost frame outside the JDK", *shares(figures, tables["bytes.site"], "bytes", size, top))
    print(f"The recording: {figures.recording.relative_to(ROOT)}")


def say(title, header, rows):
    print(report.markdown(title, header, rows), flush=True)


def shares(figures, values, measure, per_unit, top, whole=None):
    """The largest, each with its share; the others in one row, where the parts make a whole."""
    largest = sorted(values.items(), key=lambda row: -row[1])
    largest, rest = largest[:top], largest[top:]
    if rest and whole is None:
        largest.append((f"{len(rest)} others", sum(value for _, value in rest)))
    whole = whole or sum(values.values()) or 1
    rows = [[short(name), f"{per_unit(value):,.2f}", f"{100 * value / whole:.1f} %"] for name, value in largest]
    return ["", f"{measure} a {figures.unit}", "share"], rows


def both(figures, tables, by, top):
    """CPU and bytes side by side, the largest of either; the others in one row."""
    cpu, size = tables[f"cpu.{by}"], tables[f"bytes.{by}"]
    of_cpu, of_size = sum(cpu.values()) or 1, sum(size.values()) or 1
    names = sorted({*cpu, *size}, key=lambda name: -max(cpu.get(name, 0) / of_cpu, size.get(name, 0) / of_size))
    chosen = sorted(names[:top], key=lambda name: -cpu.get(name, 0))
    pairs = [(short(name), cpu.get(name, 0), size.get(name, 0)) for name in chosen]
    if names[top:]:
        rest = names[top:]
        pairs.append((f"{len(rest)} others", sum(cpu.get(n, 0) for n in rest), sum(size.get(n, 0) for n in rest)))
    rows = [
        [name, f"{figures.micros(c):,.2f}", f"{100 * c / of_cpu:.1f} %", f"{b / figures.units:,.0f}", f"{100 * b / of_size:.1f} %"]
        for name, c, b in pairs
    ]
    return ["", f"CPU µs a {figures.unit}", "share", f"bytes a {figures.unit}", "share"], rows


def by_package(tables):
    found = {}
    for name in ("cpu.own", "bytes.own"):
        found[name] = collections.defaultdict(float)
        for key, value in tables[name].items():
            owned = re.match(r"((?:[a-z]\w*\.)+)[A-Z]", key)
            found[name][owned.group(1).rstrip(".") if owned else key] += value
    return found


def short(name):
    return name.replace("dev.muster.", "")


def main():
    chosen = options()
    WORK.joinpath("logs").mkdir(parents=True, exist_ok=True)
    path = WORK / f"{chosen.case}-{chosen.who}.jfr"
    path.unlink(missing_ok=True)
    machine.end_on_signals()
    try:
        with machine.ending:
            title, figures = (profile_command if chosen.case in COMMANDS else profile_http)(chosen, path)
            print_tables(title, figures, summary(figures), chosen.top)
    except (machine.Missing, RuntimeError) as why:
        sys.exit(f"scripts/bench/profile: {why}")
    print(machine.describe())


if __name__ == "__main__":
    main()
