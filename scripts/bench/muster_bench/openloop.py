"""Open-loop load: requests at fixed rates whatever becomes of the earlier ones, timed from when each was to be sent (scripts/bench/load, in Go)."""

import json
import subprocess
import tempfile

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
        go = machine.find("go")
        if go is None:
            raise machine.Missing("go")
        WORK.mkdir(parents=True, exist_ok=True)
        machine.run(go, "build", "-o", made, ".", cwd=source)
    return made


class Load:
    """Streams that all start now, each through its phases; result() waits for the last answer and gives a report by the stream's name."""

    def __init__(self, *streams):
        # A higher priority, where that is allowed: on a machine that is busy with what is measured the sender has to keep its pace.
        command = ["nice", "-n", "-10", str(build())]
        self.found, self.complaints = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.found, stderr=self.complaints, text=True)
        json.dump({"streams": streams}, self.process.stdin)
        self.process.stdin.close()

    def result(self):
        status = self.process.wait()
        self.found.seek(0), self.complaints.seek(0)
        if status != 0:
            raise RuntimeError(f"the load ended with {status}: {self.complaints.read()[-500:]}")
        return {one["name"]: one for one in json.load(self.found)["streams"]}

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(5)


def run(*streams):
    """Runs all streams to their end: {stream: {opened, phases: [{name, sent, good, goodRate, outcomes, latency, other, late}], seconds: [{good, other, p99}]}}, times in ms."""
    load = Load(*streams)
    try:
        return load.result()
    finally:
        load.stop()
