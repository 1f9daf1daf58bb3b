"""The command: chooses cases, runs them, ends all that was started, prints the tables."""

import argparse
import datetime
import pathlib
import shlex
import sys
import traceback

from . import (
    asyncio_case, cancel_case, growth_case, http_cases, kernel_case, lines_case, loop_case, machine, overload_case, queue_cases, report, start_case,
    stream_case,
)

# In the order in which they are measured. Each has CASES, a name and a line for each of its cases, and measure(bench, cases).
MODULES = [
    http_cases, asyncio_case, kernel_case, stream_case, lines_case, loop_case, queue_cases, start_case, growth_case, cancel_case, overload_case,
]
CASES = {name: about for module in MODULES for name, about in module.CASES.items()}
# What takes so long that it is measured only when it is named.
ONLY_NAMED = {name for module in MODULES for name in getattr(module, "ONLY_NAMED", ())}


DOCUMENT = machine.ROOT / "docs" / "benchmarks.md"


class Bench:
    """One run: its options, and what it has found. `versions` and `missing` are those of the module that measures."""

    def __init__(self, options):
        self.options = options
        self.sections = {}
        self.plots = {}
        self.results = {}
        self.versions = {}
        self.missing = []
        self.finished = {}

    def is_wanted(self, name):
        """Whether a contestant is to be measured: one of --only, a jar of --jar, or any of them if none is named."""
        return not self.options.only or name in self.options.only or name.startswith("jar-")

    def made(self, makers, least=1):
        """The contestants that are wanted and can be had, made one after another; the others are named. Too few of them end the case."""
        found = []
        for name, make in makers.items():
            if self.is_wanted(name):
                try:
                    found.append(make())
                    self.versions[found[-1].name] = found[-1].version
                except (machine.Missing, RuntimeError, OSError) as why:
                    self.left_out(name, why)
        if len(found) < least:
            raise machine.Missing(f"no contestant is left of {', '.join(makers)}")
        return found

    def left_out(self, name, why):
        """Names a contestant that cannot be had, here and where the figures are written."""
        self.missing.append((name, (str(why) or repr(why)).splitlines()[0]))
        print(f"left out: {name}: {why}", file=sys.stderr)

    def table(self, case, title, header, rows):
        """Prints a table, and keeps it for the section of its case in docs/benchmarks.md."""
        text = report.markdown(title, header, rows)
        self.sections.setdefault(case, []).append(text)
        print(text, flush=True)

    def plot(self, case, file, alt, draw):
        """Keeps a picture for the section of its case: a file beside the document, and what makes its SVG, as report.bars or report.lines."""
        self.plots.setdefault(case, []).append((file, alt, draw))

    def measure(self, module, cases):
        """Measures cases of a module. What is complete counts, even if a later case fails."""
        self.versions, self.missing = {}, []
        before = set(self.results)
        try:
            module.measure(self, cases)
        except machine.Missing as why:
            self.left_out(", ".join(cases), why)
        finally:
            done = {case: figures for case, figures in self.results.items() if case not in before}
            for case, figures in done.items():
                versions = report.versions_of(case, self.versions, done)
                self.finished[case] = {
                    "date": datetime.date.today().isoformat(),
                    "machine": machine.describe(),
                    "versions": versions,
                    "command": shlex.join(["scripts/bench/run", *sys.argv[1:]]),
                    "left_out": dict(self.missing),
                    "figures": figures,
                }


def options():
    listed = "\n".join(f"  {name:12} {about}" for name, about in CASES.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench/run",
        description="Measures Muster beside others, in one run on this machine. Without cases: all. Prints tables, and writes them to\n"
        "docs/benchmarks.md with their plots, and the raw figures to target/bench/results.json. With --quick, --only, --jar or --rounds\n"
        "it prints, keeps the raw figures in target/bench/results-partial.json, and leaves the document as it is.",
        epilog=f"cases:\n{listed}\n\ncontestants of the HTTP cases: {', '.join(http_cases.CONTESTANTS)}\n"
        "of others: docs/benchmarks.md names them with each case",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", nargs="*", help="what to measure; all if none is named")
    parser.add_argument("--quick", action="store_true", help="the five HTTP cases, Muster beside Vert.x by hand, about four minutes")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these contestants alone")
    parser.add_argument("--jar", nargs="+", type=pathlib.Path, default=[], metavar="JAR", help="other jars of Muster too, for before and after")
    parser.add_argument("--rounds", type=int, help="how many rounds are counted")
    found = parser.parse_args()
    if found.rounds is not None and found.rounds < 1:
        parser.error("--rounds is at least 1")
    found.case = list(dict.fromkeys(found.case))
    unknown = [case for case in found.case if case not in CASES]
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    if len({jar.name for jar in found.jar}) < len(found.jar):
        parser.error("the jars need names that differ: the tables name them so")
    missing = [str(jar) for jar in found.jar if not jar.is_file()]
    if missing:
        parser.error(f"there is no file {', '.join(missing)}")
    return found


def is_partial(options):
    return bool(options.quick or options.only or options.jar or options.rounds)


def keep(bench, document=DOCUMENT, folder=machine.WORK):
    """Writes what was measured: the raw figures always, the document only from a run at full size. Gives the cases that are in the document."""
    partial = is_partial(bench.options)
    report.merge(folder / ("results-partial.json" if partial else "results.json"), bench.finished)
    complete = [case for case in bench.finished if case in bench.sections]
    if partial or not complete:
        return []
    sections = {}
    for case in complete:
        plots = bench.plots.get(case, [])
        for file, _, draw in plots:
            (document.parent / file).write_text(draw(), encoding="utf-8")
        sections[case] = report.section(bench.sections[case], [(file, alt) for file, alt, _ in plots], report.provenance(bench.finished[case]))
    document.write_text(report.fill(document.read_text(encoding="utf-8"), sections), encoding="utf-8")
    return complete


def main():
    bench = Bench(options())
    machine.end_on_signals()
    failed, written = [], []
    with machine.ending:
        cases = bench.options.case or [name for name in (http_cases.FIVE if bench.options.quick else CASES) if name not in ONLY_NAMED]
        if not is_partial(bench.options):
            # Before hours have gone by: the document has a place for each case.
            try:
                report.fill(DOCUMENT.read_text(encoding="utf-8"), dict.fromkeys(cases, ""))
            except ValueError as why:
                sys.exit(f"{DOCUMENT}: {why}")
        for module in MODULES:
            chosen = [case for case in cases if case in module.CASES]
            if not chosen:
                continue
            try:
                bench.measure(module, chosen)
            except Exception:
                # The others are measured all the same: a run takes long.
                traceback.print_exc()
                failed += [case for case in chosen if case not in bench.finished]
            finally:
                # At once: what is measured stays, however the rest ends.
                written = keep(bench)
    if written:
        print(f"written to {DOCUMENT}: {', '.join(written)}", file=sys.stderr)
    for case, entry in bench.finished.items():
        print(f"{case}: {report.provenance(entry)}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; see above")


if __name__ == "__main__":
    main()
