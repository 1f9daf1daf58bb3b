"""Reads and draws the samples of queue-steady: three panels over one axis of time."""

import csv

from . import report


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


def draw(samples):
    def line(name):
        return [(sample["second"] / 60, sample[name]) for sample in samples]

    panels = [
        ("Size of muster.job", "MiB", {"table and indexes": line("total"), "indexes": line("indexes")}),
        ("Rows of muster.job, as Postgres estimates them", "thousand", {"dead": line("dead"), "live": line("live")}),
        ("From the put to the end of the job", "ms", {"99 of 100 within": line("p99"), "half within": line("p50")}),
    ]
    return report.lines(panels, "minutes")
