"""The report of scripts/bench/run: what it writes into docs/benchmarks.md, into the raw figures, and into the plots."""

import argparse
import contextlib
import importlib.util
import io
import json
import pathlib
import tempfile
import unittest

from muster_bench import __main__ as command
from muster_bench import machine, report

DOCUMENT = """# Figures

<!-- bench one -->
<!-- end one -->

Text between.

<!-- bench one-more -->

an old table

<!-- end one-more -->
The end.
"""


class FillTest(unittest.TestCase):
    def test_emptySection_getsItsText(self):
        filled = report.fill(DOCUMENT, {"one": "a table\n"})

        self.assertEqual(DOCUMENT.replace("<!-- bench one -->\n", "<!-- bench one -->\n\na table\n\n"), filled)

    def test_filledSection_isReplaced(self):
        filled = report.fill(report.fill(DOCUMENT, {"one-more": "first"}), {"one-more": "second"})

        self.assertEqual(DOCUMENT.replace("an old table", "second"), filled)

    def test_sameText_changesNothing(self):
        once = report.fill(DOCUMENT, {"one": "| a | b |", "one-more": "c"})

        self.assertEqual(once, report.fill(once, {"one": "| a | b |", "one-more": "c"}))

    def test_textWithBackslashes_staysAsItIs(self):
        self.assertIn(r"\1 \g<0> \n", report.fill(DOCUMENT, {"one": r"\1 \g<0> \n"}))

    def test_caseWithoutMarkers_fails(self):
        with self.assertRaisesRegex(ValueError, "<!-- bench two -->"):
            report.fill(DOCUMENT, {"two": "a table"})

    def test_caseWithMarkersTwice_fails(self):
        with self.assertRaisesRegex(ValueError, "<!-- end one -->"):
            report.fill(DOCUMENT + DOCUMENT, {"one": "a table"})

    def test_eachCase_hasItsPlaceInTheDocument(self):
        report.fill(command.DOCUMENT.read_text(encoding="utf-8"), dict.fromkeys([*command.CASES, "http"], ""))


class KeepTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.figures = self.folder / "results.json"

    def test_merge_leavesOtherCases(self):
        report.merge(self.figures, {"one": {"figures": 1}, "two": {"figures": 2}})
        report.merge(self.figures, {"two": {"figures": 3}})

        self.assertEqual({"one": {"figures": 1}, "two": {"figures": 3}}, json.loads(self.figures.read_text()))

    def test_fullRun_writesDocumentPlotAndFigures(self):
        text, figures = self.keep()

        self.assertIn("| Muster | 1 |", text)
        self.assertIn("![A plot](plot.svg)", text)
        self.assertIn("2 cores; Muster JDK 25. Left out: Go (no go). `scripts/bench/run one`", text)
        self.assertNotIn("unfinished", text)
        self.assertEqual("<svg/>", (self.folder / "plot.svg").read_text())
        self.assertEqual({"Muster": 1}, figures["results.json"]["one"]["figures"])

    def test_partialRun_leavesTheDocument(self):
        for options in ({"quick": True}, {"only": ["go"]}, {"jar": ["a.jar"]}, {"rounds": 1}):
            with self.subTest(options):
                text, figures = self.keep(**options)

                self.assertEqual(DOCUMENT, text)
                self.assertEqual(["results-partial.json"], list(figures))

    def keep(self, **options):
        """What is there after a run of the case `one`, with a second case that did not come to its end."""
        document = self.folder / "benchmarks.md"
        document.write_text(DOCUMENT)
        bench = command.Bench(argparse.Namespace(**{"quick": False, "only": None, "jar": [], "rounds": None, **options}))
        bench.sections = {"one": [report.markdown("one", ["", "a"], [["Muster", 1]])], "one-more": ["unfinished"]}
        bench.plots = {"one": [("plot.svg", "A plot", lambda: "<svg/>")]}
        entry = {"date": "2026-01-02", "machine": "2 cores", "versions": {"Muster": "JDK 25"}, "left_out": {"Go": "no go"}}
        bench.finished = {"one": {**entry, "command": "scripts/bench/run one", "figures": {"Muster": 1}}}
        with contextlib.redirect_stderr(io.StringIO()):
            command.keep(bench, document, self.folder)
        found = {path.name: json.loads(path.read_text()) for path in self.folder.glob("*.json")}
        return document.read_text(), found


class MadeTest(unittest.TestCase):
    def test_contestantThatCannotBeHad_isNamed(self):
        bench, found = self.made(None)

        self.assertEqual(["Muster"], [one.name for one in found])
        self.assertEqual([("go", "no go")], bench.missing)
        self.assertEqual({"Muster": "JDK 25"}, bench.versions)

    def test_only_leavesOthersOut(self):
        bench, found = self.made(["muster"])

        self.assertEqual((["Muster"], []), ([one.name for one in found], bench.missing))

    def test_noContestant_endsTheCase(self):
        with self.assertRaises(machine.Missing):
            self.made(["nobody"])

    def made(self, only):
        def go():
            raise machine.Missing("no go")

        bench = command.Bench(argparse.Namespace(only=only, jar=[]))
        with contextlib.redirect_stderr(io.StringIO()):
            return bench, bench.made({"muster": lambda: argparse.Namespace(name="Muster", version="JDK 25"), "go": go})


class VersionsTest(unittest.TestCase):
    def test_versionsOfACase_areItsContestantsAndTheServices(self):
        versions = {"Postgres": "15", "Muster": "JDK 25", "Go": "1.26"}
        results = {"one": {"Muster": 1}, "two": {"Muster": 1, "Go": 2}}

        self.assertEqual({"Postgres": "15", "Muster": "JDK 25"}, report.versions_of("one", versions, results))


@unittest.skipUnless(importlib.util.find_spec("matplotlib"), "without matplotlib, which scripts/bench/run installs for itself")
class PlotTest(unittest.TestCase):
    def test_samePanels_giveTheSameFile(self):
        panels = [("one", {"Muster": 43600, "Go": 36200}), ("two", {"Go": 0.125})]

        self.assertEqual(report.bars(panels), report.bars(panels))
        self.assertIn("43,600", report.bars(panels))

    def test_lines_haveTheirNames(self):
        self.assertIn("half within", report.lines([("Time", "ms", {"half within": [(1, 2), (2, 3)]})], "seconds", x_log=True, y_log=True))


if __name__ == "__main__":
    unittest.main()
