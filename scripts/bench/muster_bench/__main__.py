"""The command: chooses cases, runs them, ends all that was started, prints the tables."""

import argparse
import contextlib
import pathlib
import signal
import sys

from . import cancel_case, http_cases, machine, overload_case, report

# In the order in which they are measured. Each has CASES, a name and a line for each of its cases, and measure(bench, cases).
MODULES = [http_cases, cancel_case, overload_case]
CASES = {name: about for module in MODULES for name, about in module.CASES.items()}


class Bench:
    """One run: its options, what it has found, and what it still has to end."""

    def __init__(self, options):
        self.options = options
        self.sections = {}
        self.results = {}
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


def options():
    listed = "\n".join(f"  {name:10} {about}" for name, about in CASES.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench/run",
        description="Measures Muster beside others, in one run on this machine. Without cases: all.",
        epilog=f"cases:\n{listed}\n\ncontestants of the HTTP cases: muster, muster-17, vertx, nima, go, fastapi",
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
        cases = bench.options.case or list(http_cases.CASES if bench.options.quick else CASES)
        for module in MODULES:
            chosen = [case for case in cases if case in module.CASES]
            if chosen:
                module.measure(bench, chosen)
    print(report.environment(machine.describe(), bench.versions, bench.missing))


if __name__ == "__main__":
    main()
