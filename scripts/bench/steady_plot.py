"""Draws the samples of queue-steady: steady_plot.py CSV SVG. Three panels over one axis of time."""

import csv
import pathlib
import sys

from muster_bench import report


def draw(samples):
    minutes = [int(sample["second"]) / 60 for sample in samples]

    def line(value):
        return list(zip(minutes, map(value, samples)))

    size = {
        "table and indexes": line(lambda sample: (int(sample["heap_bytes"]) + int(sample["index_bytes"])) / 2**20),
        "indexes": line(lambda sample: int(sample["index_bytes"]) / 2**20),
    }
    rows = {name: line(lambda sample: int(sample[f"{name}_rows"]) / 1000) for name in ("dead", "live")}
    times = {name: line(lambda sample: float(sample[column])) for name, column in (("99 of 100 within", "p99_ms"), ("half within", "p50_ms"))}
    panels = [
        ("Size of muster.job", "MiB", size),
        ("Rows of muster.job, as Postgres estimates them", "thousand", rows),
        ("From the put to the end of the job", "ms", times),
    ]
    return report.lines(panels, "minutes")


if __name__ == "__main__":
    with open(sys.argv[1], newline="") as file:
        read = list(csv.DictReader(file))
    pathlib.Path(sys.argv[2]).write_text(draw(read), encoding="utf-8")
