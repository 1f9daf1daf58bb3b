"""Contestants that write a file: commands that are started for it, and a node that was there before."""

import dataclasses
import functools
import shutil
import statistics
import sys

from . import contestants, machine, timing
from .machine import WORK


@dataclasses.dataclass
class Profiled:
    """What scripts/bench/profile records of a case: arguments of `muster`, and what one run with them does: so many units, of such a name ("row")."""

    arguments: list
    units: int
    unit: str


class Command:
    """A program that is started, writes its result to a file, and ends. `command` is made of the path of that file."""

    def __init__(self, name, version, command, prints=False, env=None):
        self.name, self.version, self.command, self.prints, self.env = name, version, command, prints, env

    def write(self, path):
        if not self.prints:
            return machine.measured(*self.command(path), env=self.env)
        with open(path, "wb") as out:
            return machine.measured(*self.command(path), out=out, env=self.env)

    def stop(self):
        """It has ended by itself."""


def of(home, name, *words, prints=False):
    """The command of an installed Muster."""
    return Command(name, home.version, lambda path: home.script(*words), prints, home.env)


class Served:
    """A plan of a node that is warm, its events fetched by curl into a file; what both used counts."""

    WARM_UP = 3

    def __init__(self, name, home, conf, plan):
        self.name, self.version = name, f"{home.version}, curl"
        self.curl = machine.need("curl", "curl")
        port = machine.free_port()
        self.node, _ = home.serve(name, conf, port)
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
        "muster": lambda: timing.Home("muster", new(), jar, with_archive=True),
        "muster-17": lambda: timing.Home("muster-17", machine.jdk(17, 17), jar, with_archive=False),
    }
    for number, path in enumerate(bench.options.jar, start=1):
        makers[f"jar-{number}"] = lambda name=f"jar-{number}", path=path: timing.Home(name, new(), path, with_archive=True)
    return {name: functools.cache(maker) for name, maker in makers.items()}


TITLES = {"muster": "Muster", "muster-17": "Muster on 17"}


def runs(bench, makers, conf, plan):
    """The makers of commands that print the events of a plan, one for each Muster that is installed."""

    def command(name, title):
        return lambda: of(makers[name](), title, "run", plan, "--conf", conf(name), "--stream", prints=True)

    others = {f"jar-{number}": f"Muster, {path.name}" for number, path in enumerate(bench.options.jar, start=1)}
    return {name: command(name, title) for name, title in (TITLES | others).items()}


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
            for one in machine.in_turn(found, number):
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
