"""Draws the samples of queue-steady: three panels over one axis of time."""

import csv

WIDTH, LEFT, RIGHT = 760, 72, 150
PANEL, TOP, GAP, BOTTOM = 150, 46, 58, 46
INK, FAINT = "#333333", "#e2e2e2"
SIZES = [("table and indexes", "#1f4e9c", "total"), ("indexes", "#7ba7e0", "indexes")]
ROWS = [("dead", "#8a8a8a", "dead"), ("live", "#2e7d4f", "live")]
TIMES = [("99 of 100 within", "#b3401f", "p99"), ("half within", "#e39a5b", "p50")]


def read(path):
    with open(path, newline="") as file:
        return [
            {
                "second": int(row["second"]),
                "total": (int(row["heap_bytes"]) + int(row["index_bytes"])) / 2**20,
                "indexes": int(row["index_bytes"]) / 2**20,
                "dead": int(row["dead_rows"]) / 1000,
                "live": int(row["live_rows"]) / 1000,
                "p50": float(row["p50_ms"]),
                "p99": float(row["p99_ms"]),
            }
            for row in csv.DictReader(file)
        ]


def ceiling(value):
    """The least of 1, 2, 4, 6 and 8 times a power of ten that is not below it."""
    power = 1
    while power * 10 < value:
        power *= 10
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def text(x, y, words, anchor="start", color=INK, size=12, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size}"{more}>{words}</text>'


def panel(samples, top, title, unit, series):
    last = samples[-1]["second"]
    highest = ceiling(max(sample[key] for sample in samples for _, _, key in series))
    span = WIDTH - LEFT - RIGHT

    def x(second):
        return LEFT + span * second / last

    def y(value):
        return top + PANEL * (1 - value / highest)

    out = [text(LEFT, top - 14, title, size=13, more=' font-weight="bold"')]
    for line in range(5):
        value = highest * line / 4
        out.append(f'<line x1="{LEFT}" y1="{y(value):.1f}" x2="{LEFT + span}" y2="{y(value):.1f}" stroke="{FAINT}"/>')
        out.append(text(LEFT - 8, y(value) + 4, f"{value:g} {unit}" if line == 4 else f"{value:g}", "end"))
    step = 60 if last >= 240 else 15
    for second in range(0, last + 1, step):
        out.append(f'<line x1="{x(second):.1f}" y1="{top + PANEL}" x2="{x(second):.1f}" y2="{top + PANEL + 4}" stroke="{INK}"/>')
        label = f"{second // 60}" if step == 60 else f"{second}"
        out.append(text(x(second), top + PANEL + 18, label, "middle"))
    ends = []
    for name, color, key in series:
        points = " ".join(f"{x(sample['second']):.1f},{y(sample[key]):.1f}" for sample in samples)
        out.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.8"/>')
        # Names beside the ends of their lines, apart from each other.
        at = min(y(samples[-1][key]), top + PANEL)
        while any(abs(at - other) < 15 for other in ends):
            at += 1
        ends.append(at)
        out.append(text(LEFT + span + 8, at + 4, name, color=color))
    out.append(f'<line x1="{LEFT}" y1="{top + PANEL}" x2="{LEFT + span}" y2="{top + PANEL}" stroke="{INK}"/>')
    return out


def draw(samples):
    height = TOP + 3 * PANEL + 2 * GAP + BOTTOM
    span = WIDTH - LEFT - RIGHT
    unit = "minutes" if samples[-1]["second"] >= 240 else "seconds"
    body = panel(samples, TOP, "Size of muster.job", "MiB", SIZES)
    body += panel(samples, TOP + PANEL + GAP, "Rows of muster.job, as Postgres estimates them", "k", ROWS)
    body += panel(samples, TOP + 2 * (PANEL + GAP), "From the put to the end of the job", "ms", TIMES)
    body.append(text(LEFT + span / 2, height - 8, unit, "middle"))
    lines = "\n".join(f"  {line}" for line in body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif">\n  <rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n{lines}\n</svg>\n'
    )
