"""Tables for people, in Markdown."""


def markdown(title, header, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    line = lambda cells: "| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths))) + " |"
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([f"### {title}", "", line(header), rule, *map(line, rows), ""])


def environment(machine, versions, missing):
    text = f"{machine}; " + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
    return text + "".join(f" Left out: {name} ({why})." for name, why in missing)
