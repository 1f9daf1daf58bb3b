"""Tables for people, on the terminal and in docs/benchmarks.md."""

import datetime

from .machine import ROOT, describe

BEGIN, END = "<!-- scripts/bench/run writes from here -->", "<!-- to here -->"


def markdown(title, header, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    line = lambda cells: "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths))) + " |"
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([f"### {title}", "", line(header), rule, *map(line, rows), ""])


def environment(machine, versions, missing):
    text = f"{machine}; " + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
    return text + "".join(f" Left out: {name} ({why})." for name, why in missing)


def write(bench):
    """Replaces what an earlier run wrote; the rest of the page is by hand."""
    page = ROOT / "docs" / "benchmarks.md"
    text = page.read_text()
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    tables = "\n".join(markdown(*table) for table in bench.tables)
    made = f"{BEGIN}\nMeasured on {datetime.date.today():%-d %B %Y}: {environment(describe(), bench.versions, bench.missing)}\n\n{tables}\n"
    page.write_text(before + made + END + after)
