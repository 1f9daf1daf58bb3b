"""What is left of a run: tables in Markdown, plots in SVG, docs/benchmarks.md, and the raw figures in target/bench/results.json."""

import contextlib
import io
import json
import re

# Colours and grey that can be told from a white page and from a dark one: the plots have no ground of their own.
COLORS = ["#3b82d6", "#e07b39", "#3f9b5f", "#c9548b", "#8c6bd1", "#8f8f3a", "#3a9aa8", "#b0604f"]
INK = "#7d7d7d"


def markdown(title, header, rows):
    """A table below its title. The columns are as wide as their cells, so that the text reads well too."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    line = lambda cells: "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths))) + " |"
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([f"### {title}", "", line(header), rule, *map(line, rows), ""])


def provenance(entry):
    """Where the figures of a case are from, in a line: date, machine, versions, who was left out, command."""
    versions = "".join(f"; {name} {version}" for name, version in entry["versions"].items())
    missing = "".join(f" Left out: {name} ({why})." for name, why in entry["left_out"].items())
    return f"{entry['date']}, {entry['machine']}{versions}.{missing} `{entry['command']}`"


def versions_of(case, versions, results):
    """The versions that belong to a case: its own contestants, and what is no contestant of any case, as the database."""
    contestants = {name for figures in results.values() for name in figures}
    return {name: version for name, version in versions.items() if name in results[case] or name not in contestants}


def section(tables, plots, provenance):
    """What stands between the markers of a case: tables, pictures, and one line that says where the figures are from."""
    pictures = [f"![{alt}]({file})\n" for file, alt in plots]
    return "\n".join([*tables, *pictures, provenance])


def fill(document, sections):
    """The text of a document with new text between the markers of each case. A case without its two markers is an error."""
    for case, text in sections.items():
        first, last = f"<!-- bench {case} -->", f"<!-- end {case} -->"
        between = re.compile(f"^{re.escape(first)}$.*?^{re.escape(last)}$", re.DOTALL | re.MULTILINE)
        if len(between.findall(document)) != 1:
            raise ValueError(f"the document has to have the lines {first} and {last} once, in this order")
        document = between.sub(lambda _: f"{first}\n\n{text.strip()}\n\n{last}", document)
    return document


def merge(path, entries):
    """Puts the figures of each case into a JSON file; those of other cases, from earlier runs, stay."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(kept | entries, indent=1, ensure_ascii=False) + "\n")
    fresh.replace(path)


def bars(panels, columns=2):
    """An SVG of bars that lie, a panel each: [(title, {contestant: figure}), …], a contestant in one colour in all panels."""
    names = list(dict.fromkeys(name for _, figures in panels for name in figures))
    colors = {name: COLORS[i % len(COLORS)] for i, name in enumerate(names)}
    rows = -(-len(panels) // columns)
    # As high as the bars of the fullest panel ask for.
    high = rows * (0.62 + 0.26 * max(len(figures) for _, figures in panels))
    with _figure(rows, columns, (5 * columns, high)) as (figure, axes):
        for axis in axes[len(panels) :]:
            axis.set_visible(False)
        for axis, (title, figures) in zip(axes, panels):
            drawn = axis.barh(list(figures), list(figures.values()), color=[colors[name] for name in figures], height=0.72)
            axis.bar_label(drawn, labels=[short(value) for value in figures.values()], padding=3, color=INK)
            axis.set_title(title, loc="left")
            axis.set_xlim(0, max([*figures.values(), 1e-9]) * 1.16)
            axis.invert_yaxis()
            axis.xaxis.set_visible(False)
            axis.spines["bottom"].set_visible(False)
            axis.tick_params(axis="y", length=0)
        return _svg(figure)


def lines(panels, x_label, x_log=False, y_log=False):
    """An SVG of lines over one axis, panels below each other: [(title, unit, {name: [(x, y), …]}), …]."""
    with _figure(len(panels), 1, (8, 2.3 * len(panels) + 0.4), sharex=True) as (figure, axes):
        color = 0
        for axis, (title, unit, series) in zip(axes, panels):
            for name, points in series.items():
                axis.plot(*zip(*points), label=name, color=COLORS[color % len(COLORS)], linewidth=1.5)
                color += 1
            axis.set_title(title, loc="left")
            axis.set_ylabel(unit)
            axis.grid(axis="y", color=INK, alpha=0.25, linewidth=0.6)
            axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, labelcolor="linecolor")
            axis.set_xscale("log" if x_log else "linear")
            axis.set_yscale("log" if y_log else "linear")
            if not y_log:
                axis.set_ylim(bottom=0)
        axes[-1].set_xlabel(x_label)
        return _svg(figure)


def short(value):
    """A figure with three digits, or whole: 0.125, 18.5, 43,600."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


@contextlib.contextmanager
def _figure(rows, columns, size, **options):
    """A figure and a list of its axes, in the style of all plots."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    # The salt and the missing date make the same figures the same file; text stays text, so that the file is small and can be searched.
    style = {
        "svg.hashsalt": "muster", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 10,
        "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
        "axes.spines.top": False, "axes.spines.right": False,
    }
    with matplotlib.rc_context(style):
        figure, axes = pyplot.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False, **options)
        try:
            yield figure, axes.flatten().tolist()
        finally:
            pyplot.close(figure)


def _svg(figure):
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    # Matplotlib leaves blanks at the ends of lines.
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())
