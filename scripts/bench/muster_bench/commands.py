"""Contestants that write a file: commands that are started for it, and a node that was there before."""

import functools
import os
import pathlib
import shutil
import statistics
import sys

from . import contestants, machine
from .machine import ROOT, WORK


class Command:
    """A program that is started, writes its result to a file, and ends. `command` is made of the path of that file."""

    def __init__(self, name, version, command, prints=False, env=None):
        self.name, self.version, self.command, self.prints, self.env = name, version, command, prints, env

    def write(self, path):
        out = path if self.prints else None
        return machine.measured(*self.command(path), out=out, env=self.env)

    def stop(self):
        """It has ended by itself."""


class Installed:
    """Muster in a folder of its own, as it ships: scripts/muster, a jar and, where one is given, its archive."""

    def __init__(self, name, jar, jdk, archive=None):
        self.version = f"JDK {contestants.version_of(jdk)}" + (", archive" if archive else "")
        self.env = {"JAVA_HOME": str(jdk)}
        home = WORK / "installed" / name
        shutil.rmtree(home, ignore_errors=True)
        (home / "scripts").mkdir(parents=True)
        (home / "target").mkdir()
        for script in ("muster", "lib-jdk"):
            shutil.copy2(ROOT / "scripts" / script, home / "scripts")
        (home / "target/muster.jar").symlink_to(pathlib.Path(jar).resolve())
        if archive:
            (home / "target/muster.jsa").symlink_to(archive)
        self.program = home / "scripts/muster"

    def command(self, name, *words, prints=False):
        return Command(name, self.version, lambda path: [self.program, *words], prints, self.env)


class Served:
    """A plan of a node that is warm, its events fetched by curl into a file; what both used counts."""

    WARM_UP = 3

    def __init__(self, bench, name, installed, conf, plan):
        self.name, self.version = name, f"{installed.version}, curl"
        self.curl = machine.need("curl", "curl")
        port = machine.free_port()
        with open(conf / "muster.yaml", "a") as settings:
            settings.write(f"server: {{port: {port}}}\n")
        self.node = machine.Process(name, installed.program, "serve", "--conf", conf, env=installed.env)
        self.node.await_answer(f"http://127.0.0.1:{port}/health/ready")
        self.url = f"http://127.0.0.1:{port}/v1/plans/{plan}/runs"

    def write(self, path):
        before = self.node.cpu_seconds()
        machine.forget_peak(self.node.pid)
        headers = ["-H", "Accept: application/x-ndjson", "-H", "Content-Type: application/json"]
        used = machine.measured(self.curl, "-sSf", "-o", path, *headers, "-d", "{}", self.url)
        used.cpu_seconds += self.node.cpu_seconds() - before
        used.peak_mib = machine.peak_mib(self.node.pid)
        return used

    def stop(self):
        self.node.stop()


def musters(bench):
    """The makers of Muster as installed: on the newest JDK with its archive, on 17, and other jars with archives of their own."""
    jar = contestants.build_muster()
    new = lambda: machine.jdk(21, 25)
    makers = {
        "muster": lambda: Installed("muster", jar, new(), contestants.archive(jar, new())),
        "muster-17": lambda: Installed("muster-17", jar, machine.jdk(17, 17)),
    }
    for number, path in enumerate(bench.options.jar, start=1):
        makers[f"jar-{number}"] = lambda name=f"jar-{number}", path=path: other(name, path, new())
    return {name: functools.cache(maker) for name, maker in makers.items()}


TITLES = {"muster": "Muster", "muster-17": "Muster on 17"}


def runs(bench, makers, conf, plan):
    """The makers of commands that print the events of a plan, one for each Muster that is installed."""

    def command(name, title):
        return lambda: makers[name]().command(title, "run", plan, "--conf", conf(name), "--stream", prints=True)

    others = {f"jar-{number}": f"Muster, {path.name}" for number, path in enumerate(bench.options.jar, start=1)}
    return {name: command(name, title) for name, title in (TITLES | others).items()}


def other(name, jar, jdk):
    archive = WORK / f"{name}.jsa"
    archive.unlink(missing_ok=True)
    machine.run(ROOT / "scripts/archive", jar, archive, env={**os.environ, "JAVA_HOME": str(jdk)})
    return Installed(name, jar, jdk, archive)


def made(bench, makers):
    """Those contestants of --only, or all, that can be had; the others are named."""
    found = []
    for name, maker in makers.items():
        if bench.options.only and name not in bench.options.only and not name.startswith("jar-"):
            continue
        try:
            found.append(maker())
            bench.versions[found[-1].name] = found[-1].version
        except (machine.Missing, RuntimeError, OSError) as why:
            bench.left_out(name, why)
    return found


def configuration(name, sources, plans):
    """A folder of settings for Muster, with these sources and plans."""
    conf = WORK / "conf" / name
    shutil.rmtree(conf, ignore_errors=True)
    (conf / "plans").mkdir(parents=True)
    (conf / "muster.yaml").write_text(f"sources:\n{sources}")
    for plan, text in plans.items():
        (conf / "plans" / f"{plan}.yaml").write_text(f"plan: {plan}\n{text}")
    return conf


def results_of(case):
    """The folder into which the contestants of a case write."""
    folder = WORK / "results" / case
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def turns(bench, case, found, rounds, check, also=lambda: 0.0):
    """What each contestant used in each round, after the file of each was checked, and what `also` gave for it meanwhile."""
    folder = results_of(case)
    try:
        for one in found:
            for _ in range(getattr(one, "WARM_UP", 1)):
                one.write(folder / "result")
            check(one.name, folder / "result")
            (folder / "result").unlink()
        figures = {one.name: [] for one in found}
        for number in range(rounds):
            # Whoever comes first in one round comes last in the next.
            at = number % len(found)
            for one in found[at:] + found[:at]:
                before = also()
                used = one.write(folder / "result")
                figures[one.name].append((used, also() - before))
                (folder / "result").unlink()
                print(f"{case} round {number + 1} {one.name}: {used.seconds:.2f} s, {used.cpu_seconds:.2f} s of CPU", file=sys.stderr)
        return figures
    finally:
        for one in found:
            one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def spread(values, form):
    """The median, and the least and most, as two cells of a table."""
    return [form.format(statistics.median(values)), f"{form.format(min(values))} … {form.format(max(values))}"]
