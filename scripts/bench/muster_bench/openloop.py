"""Open-loop load: requests at fixed rates whatever becomes of the earlier ones, timed from when each was to be sent (scripts/bench/load, in Go)."""

import json

from . import machine
from .machine import ROOT, WORK


def phase(name, rate, seconds):
    """So many requests a second for so long; a rate of 0 is a pause."""
    return {"name": name, "rate": rate, "seconds": seconds}


def stream(name, url, phases, method="GET", headers=None, body="", timeout=30, connections=10_000, trace=False):
    """Requests of one kind; {n} in the address becomes the number of each. After the timeout, in seconds from the intended time, the connection is
    closed and the request counts as "timeout". With trace the report has each request too: {startNanos, shots: [(intended ms, ended ms, outcome)]}."""
    return {
        "name": name, "url": url, "phases": phases, "method": method, "headers": headers or {}, "body": body,
        "timeout": timeout, "connections": connections, "trace": trace,
    }


def build():
    """The program, built if it is older than its source."""
    source = ROOT / "scripts" / "bench" / "load"
    made = WORK / "load"
    if not made.exists() or made.stat().st_mtime < max(path.stat().st_mtime for path in source.iterdir()):
        machine.go_build(source, made)
    return made


def run(*streams):
    """Runs streams that all start now, each through its phases, and waits for the last answer.

    Gives by the stream's name {opened, phases: [{name, sent, good, goodRate, outcomes, latency, other, late}], seconds: [{good, other, p99}]},
    times in ms."""
    # A higher priority, where that is allowed: on a machine that is busy with what is measured the sender has to keep its pace.
    found = machine.run("nice", "-n", "-10", build(), input=json.dumps({"streams": streams}))
    return {one["name"]: one for one in json.loads(found)["streams"]}
