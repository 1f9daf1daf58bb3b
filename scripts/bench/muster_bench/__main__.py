"""The command: chooses cases, runs them, ends all that was started, prints the tables."""

import argparse
import contextlib
import pathlib
import signal
import sys

from . import http_cases, loop_case, machine, queue_cases, report

# In the order in which they are measured. Each has CASES, a name and a line for each of its cases, and measure(bench, cases).
MODULES = [http_cases, loop_case, queue_cases]
CASES = {name: about for module in MODULES for name, about in module.CASES.items()}
# What takes so long that it is measured only when it is named.
ONLY_NAMED = {name for module in MODULES for name in getattr(module, "ONLY_NAMED", ())}


class Bench:
    """One run: its options, what it has found, and what it still has to end."""

    def __init__(self, options):
        self.options = options
        self.sections = {}
        self.results = {}
        self.plots = {}
        self.versions = {}
        self.missing = []
        self.stack = contextlib.ExitStack()

    @contextlib.contextmanager
    def running(self, service):
        try:
            yield service
        finally:
            service.stop()

    def stops(self, process):
        self.stack.callback(process.stop)

    def left_out(self, name, why):
        self.missing.append((name, str(why).splitlines()[0]))
        print(f"left out: {name}: {why}", file=sys.stderr)

    def table(self, case, title, header, rows):
        """Prints a table, and keeps it for the section of its case in docs/benchmarks.md."""
        text = report.markdown(title, header, rows)
        self.sections.setdefault(case, []).append(text)
        print(text, flush=True)

    def plot(self, case, file, alt, draw):
        """Keeps a picture for the section of its case: a file beside the document, and what makes its SVG."""
        self.plots.setdefault(case, []).append((file, alt, draw))


def options():
    listed = "\n".join(f"  {name:12} {about}" for name, about in CASES.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench/run",
        description="Measures Muster beside others, in one run on this machine. Without cases: all.",
        epilog=f"cases:\n{listed}\n\ncontestants of the HTTP cases: muster, muster-17, vertx, nima, go, fastapi\n"
        "of loop: muster, vertx, asyncio-pool, asyncio-in-loop; of queues: muster, muster-client, river, pg-boss, graphile-worker",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", nargs="*", help="what to measure; all if none is named")
    parser.add_argument("--quick", action="store_true", help="the HTTP cases, Muster beside Vert.x by hand, short")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these contestants alone")
    parser.add_argument("--jar", nargs="+", type=pathlib.Path, default=[], metavar="JAR", help="other jars of Muster too, for before and after")
    parser.add_argument("--rounds", type=int, help="how many rounds are counted")
    found = parser.parse_args()
    unknown = [case for case in found.case if case not in CASES]
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    missing = [str(jar) for jar in found.jar if not jar.is_file()]
    if missing:
        parser.error(f"there is no file {', '.join(missing)}")
    return found


def main():
    bench = Bench(options())
    # An end by a signal ends what was started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with bench.stack:
        cases = bench.options.case or [name for name in (http_cases.CASES if bench.options.quick else CASES) if name not in ONLY_NAMED]
        for module in MODULES:
            chosen = [case for case in cases if case in module.CASES]
            if chosen:
                module.measure(bench, chosen)
    print(report.environment(machine.describe(), bench.versions, bench.missing))


if __name__ == "__main__":
    main()
