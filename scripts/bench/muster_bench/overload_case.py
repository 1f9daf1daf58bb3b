"""What callers get when more is asked for than a source can do: open-loop load at half and at twice its rate, with two kinds of upstream and Postgres."""

import math
import re
import statistics
import sys
import time

from . import limited, machine, openloop, report as plots, services
from .contestants import RIVALS
from .machine import WORK

CASES = {"overload": "good answers before, in and after an overload of a source, by open-loop load"}

TIME_OUT_MS = 1000
# A caller who has no answer by then leaves.
PATIENCE_SECONDS = 5
WARM_SECONDS = 8
LIGHT, HEAVY = 200, 800
FINISHES, STOPS, POSTGRES = "an upstream that finishes dead work", "an upstream that stops dead work", "Postgres"
CONTESTANTS = {
    FINISHES: [limited.MUSTER, limited.VERTX, limited.GO, limited.NGINX],
    STOPS: [limited.MUSTER, limited.VERTX, limited.GO, limited.NGINX],
    POSTGRES: [limited.MUSTER, limited.VERTX, limited.GO],
}
SELECT = "select $1::bigint as id from pg_sleep(0.05)"
REFUSED = {"429", "502", "503"}
TIMED_OUT = {"504", "timeout"}
GOOD = {"200"}
# Whether it is normal again is asked of each half second.
SPAN_MS = 500


def measure(bench, cases):
    openloop.build()
    upstream = machine.go_build(RIVALS / "upstream", WORK / "upstream")
    before, over, after = (5, 10, 8) if bench.options.quick else (8, 20, 10)
    phases = [openloop.phase("before", LIGHT, before), openloop.phase("over", HEAVY, over), openloop.phase("after", LIGHT, after)]
    made = {name: limited.made(bench, [name]) for name in dict.fromkeys(name for names in CONTESTANTS.values() for name in names)}
    found, goods = {}, {}
    with machine.running(services.Postgres("log_statement=all", "log_line_prefix=%n ")) as postgres:
        bench.versions["PostgreSQL"] = postgres.version()
        sources = [Upstream(upstream, "finishes"), Upstream(upstream, "stops"), Database(upstream, postgres)]
        for kind, source in zip(CONTESTANTS, sources):
            contestants = [one for name in CONTESTANTS[kind] for one in made[name]]
            if not contestants:
                continue
            runs = {one.name: [] for one in contestants}
            for number in range(bench.options.rounds or 1):
                for one in machine.in_turn(contestants, number):
                    runs[one.name].append(one_run(bench, one, source, postgres, phases))
                    print(f"overload, {kind}, {one.name}: {runs[one.name][-1]['figures']}", file=sys.stderr)
            found |= report(bench, kind, phases, runs)
            goods[kind] = {name: list(enumerate(of[0]["goodBySecond"])) for name, of in runs.items()}
    if not found:
        raise machine.Missing("no contestant is left")
    bench.results["overload"] = found
    plot(bench, goods)


class Upstream:
    """Serves 20 at a time in 50 ms each, in a process of its own for each run; lists what came to it."""

    path = "http"

    def __init__(self, program, kind):
        self.program, self.kind = program, kind

    def start(self):
        self.port = machine.free_port()
        self.process = machine.Process(f"upstream {self.kind}", self.program, self.port, self.kind)
        self.process.await_answer(f"http://127.0.0.1:{self.port}/stats")
        return self.process

    def requests(self):
        """(number, second at which it came, second at which it was begun) of each; the latter is missing of those that never were."""
        return [(number, came / 1e9, begun / 1e9 or None) for number, came, begun in machine.fetch(f"http://127.0.0.1:{self.port}/log") or []]


class Database(Upstream):
    """Takes 20 statements at a time, since the pool has no more connections, 50 ms each; its log lists them. The upstream stands idle."""

    path = "sql"

    def __init__(self, program, postgres):
        super().__init__(program, "stops")
        self.log = postgres.process.log

    def start(self):
        self.offset = self.log.stat().st_size
        return super().start()

    def requests(self):
        with open(self.log) as lines:
            lines.seek(self.offset)
            told = re.findall(r"^(\d+\.\d+) DETAIL: +parameters: \$1 = '(\d+)'", lines.read(), re.MULTILINE | re.IGNORECASE)
        return [(int(number), float(second), float(second)) for second, number in told]


def one_run(bench, one, source, postgres, phases):
    """Starts the source and the contestant, warms it up, puts it under load: figures, and good answers by second."""
    with machine.running(source.start()):
        process, port = one.start(limited.Work(source.port, postgres, SELECT, TIME_OUT_MS))
        with machine.running(process):
            url = f"http://127.0.0.1:{port}/short/{source.path}/{{n}}"
            check(one, machine.fetch(url.replace("{n}", "7")))
            warm_up(url)
            used = process.cpu_seconds()
            found = openloop.run(openloop.stream("load", url, phases, timeout=PATIENCE_SECONDS, trace=True))["load"]
            used = process.cpu_seconds() - used
            figures = figures_of(found, phases, source.requests())
            figures["cpuMicros"] = used * 1e6 / sum(phase["sent"] for phase in found["phases"])
            figures["residentMib"] = process.resident_mib()
            return {"figures": figures, "goodBySecond": [second["good"] for second in found["seconds"]]}


def warm_up(url):
    """By as many connections as there are places: a cold process would be overloaded from its first second on."""
    openloop.run(openloop.stream("warm", url, [openloop.phase("warm", 2 * LIGHT, WARM_SECONDS)], timeout=60, connections=limited.PLACES))
    time.sleep(1)


def check(one, answer):
    """nginx gives what the upstream answers, the others wrap it."""
    if answer not in ({"result": {"id": 7}}, {"id": 7}):
        raise RuntimeError(f"overload: {one.name} answers {answer!r:.200}")


def figures_of(found, phases, requests):
    """What is told of one run; times in milliseconds."""
    before, over, after = found["phases"]
    shots = found["trace"]["shots"]
    first = before["sent"]
    heavy = shots[first : first + over["sent"]]
    refusals = sorted(ended - intended for intended, ended, outcome in heavy if outcome in REFUSED)
    return {
        "goodBefore": good_rate(before), "p50Before": before["latency"]["p50"], "p99Before": before["latency"]["p99"],
        "goodOver": good_rate(over), "p50Over": over["latency"]["p50"] or None, "p99Over": over["latency"]["p99"] or None,
        "refused": len(refusals) / over["sent"], "p50Refusal": at(refusals, 0.5), "p99Refusal": at(refusals, 0.99),
        "timedOut": share(over, TIMED_OUT),
        "failed": share(over, set(over["outcomes"]) - REFUSED - TIMED_OUT - GOOD),
        **for_nobody(found["trace"], requests),
        "goodAfter": good_rate(after), "p99After": after["latency"]["p99"] or None,
        "normalAfter": normal_after(before, shots[first + over["sent"] :], 1000 * sum(phase["seconds"] for phase in phases[:2])),
        "late": over["late"]["p99"],
    }


def good_rate(phase):
    """By the time at which requests were to be sent, as all that is counted here."""
    return phase["good"] / phase["seconds"]


def share(phase, outcomes):
    return sum(count for outcome, count in phase["outcomes"].items() if outcome in outcomes) / phase["sent"]


def at(ordered, part):
    return ordered[math.ceil(part * len(ordered)) - 1] if ordered else None


def for_nobody(trace, requests):
    """How many requests reached the source, and were begun there, when their callers had an answer already or had left."""
    start = trace["startNanos"] / 1e9
    ended = [start + shot[1] / 1000 for shot in trace["shots"]]
    # Those of the time before are of the warm-up, with the same numbers.
    ours = [(ended[number], came, begun) for number, came, begun in requests if came >= start and number < len(ended)]
    return {
        "sent": len(ours),
        "sentForNobody": sum(came > end for end, came, _ in ours),
        "begunForNobody": sum(begun is not None and begun > end for end, _, begun in ours),
    }


def normal_after(before, shots, begin_ms):
    """Seconds from the end of the overload until 99 of 100 answers are good and half of them come within twice the normal time; None: never."""
    spans = {}
    for intended, ended, outcome in shots:
        spans.setdefault(int((intended - begin_ms) // SPAN_MS), []).append((ended - intended, outcome))
    last_bad = -1
    for number, span in spans.items():
        good = sorted(took for took, outcome in span if outcome.startswith("2"))
        if len(good) < 0.99 * len(span) or at(good, 0.5) > 2 * before["latency"]["p50"]:
            last_bad = max(last_bad, number)
    return (last_bad + 1) * SPAN_MS / 1000 if last_bad + 1 < len(spans) else None


# The report


def plot(bench, goods):
    """Good answers of each second of the first round, a panel for each source."""
    panels = [(f"overload of {kind}", "good answers/s", series) for kind, series in goods.items()]
    bench.plot("overload", "overload.svg", "Good answers a second before, in and after the overload", lambda: plots.lines(panels, "s"))


def report(bench, kind, phases, runs):
    figures = {name: median_of([run["figures"] for run in of]) for name, of in runs.items()}
    rows = [[title, *(cell(one) for one in figures.values())] for title, cell in lines(phases)]
    bench.table("overload", f"overload of {kind}", ["", *figures], rows)
    late = max(one["late"] for one in figures.values())
    if late > 20:
        print(f"overload, {kind}: the load itself was late by {late:.0f} ms (p99); the machine is too busy for these figures", file=sys.stderr)
    return {f"{name}, {kind}": one for name, one in figures.items()}


def median_of(runs):
    """Of each figure. What never was counts as more than all others."""
    found = {}
    for key in runs[0]:
        middle = statistics.median_low(math.inf if run[key] is None else run[key] for run in runs)
        found[key] = None if middle == math.inf else middle
    return found


def lines(phases):
    """A title for each line of the table, and what makes its cell of the figures of a contestant."""

    def number(key):
        return lambda one: f"{one[key]:,.0f}"

    def times(*keys):
        return lambda one: ", ".join("–" if one[key] is None else f"{one[key]:,.0f}" for key in keys)

    def share(key):
        return lambda one: f"{one[key]:.1%}"

    def normal(one):
        return f"not within {phases[2]['seconds']} s" if one["normalAfter"] is None else f"{one['normalAfter']:.1f} s"

    return [
        (f"at {LIGHT}/s: good answers/s", number("goodBefore")),
        ("p50, p99 of good answers, ms", times("p50Before", "p99Before")),
        (f"at {HEAVY}/s: good answers/s", number("goodOver")),
        ("p50, p99 of good answers, ms", times("p50Over", "p99Over")),
        ("refused", share("refused")),
        ("p50, p99 of refusals, ms", times("p50Refusal", "p99Refusal")),
        ("timed out", share("timedOut")),
        ("failed otherwise", share("failed")),
        (f"at {LIGHT}/s again: good answers/s", number("goodAfter")),
        ("p99 of good answers, ms", times("p99After")),
        ("normal again after", normal),
        ("sent to the source", number("sent")),
        ("sent when the caller had left", number("sentForNobody")),
        ("begun when the caller had left", number("begunForNobody")),
        ("CPU µs a request", number("cpuMicros")),
        ("resident MiB", number("residentMib")),
    ]
