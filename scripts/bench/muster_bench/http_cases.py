"""The HTTP cases: requests a second, CPU a request and resident memory, all contestants in turns."""

import contextlib
import functools
import re
import statistics
import sys
import urllib.error
import urllib.request

from . import contestants, machine, report, services

CASES = {
    "health": "a plan that calls nothing",
    "data": "one upstream of 71 bytes, wrapped",
    "big": "one upstream of 20 KB, wrapped",
    "three": "three upstreams, merged",
    "aggregate": "three upstreams and a row of Postgres, merged",
    "health-h2": "health over HTTP/2 without TLS, 4 connections of 16 streams",
}
FIVE = ["health", "data", "big", "three", "aggregate"]
CONTESTANTS = ["muster", "muster-17", "vertx", "vertx-spliced", "nima", "go", "fastapi"]
# What a contestant leaves out: it would do the same as another one, or cannot do it.
NOT_IN = {"vertx-spliced": {"health", "health-h2"}, "fastapi": {"health-h2"}}
CONNECTIONS = 64


class Running:
    """A contestant that serves: its process, and the figures of the case that is measured."""

    def __init__(self, key, contestant, nginx, postgres):
        self.key = key
        self.name = contestant.name
        self.process, self.url = contestant.start(nginx.port, postgres)
        self.process.await_answer(self.address("health"))

    def address(self, case):
        return address(self.url, case)

    def serves(self, case):
        return case not in NOT_IN.get(self.key, ())


def address(url, case):
    return f"{url}/api/{case.removesuffix('-h2')}"


def makers():
    """Who can be measured, by name. Muster is built when the first of those that need it is made."""
    jar = functools.cache(contestants.build_muster)
    new, old = lambda: machine.jdk(21, 25), lambda: machine.jdk(17, 17)

    def by_hand(*words):
        jar()
        return contestants.HandWritten(new(), *words)

    return {
        "muster": lambda: contestants.Muster("Muster", new(), jar(), contestants.archive(jar(), new())),
        "muster-17": lambda: contestants.Muster("Muster on 17", old(), jar()),
        "vertx": by_hand,
        "vertx-spliced": lambda: by_hand("Vert.x by hand, spliced", "spliced"),
        "nima": lambda: contestants.Nima(new()),
        "go": contestants.Go,
        "fastapi": contestants.FastApi,
    }


def contestants_of(bench):
    """Makes those that can be had, each with its name; the others are named."""
    known = makers()
    wanted = bench.options.only or (["muster", "vertx"] if bench.options.quick else CONTESTANTS)
    wanted = [name for name in CONTESTANTS if name in wanted]
    for number, path in enumerate(bench.options.jar):
        known[f"jar-{number + 1}"] = lambda path=path: contestants.Muster(f"Muster, {path.name}", machine.jdk(21, 25), path)
        wanted.append(f"jar-{number + 1}")
    for key in wanted:
        try:
            yield key, known[key]()
        except (machine.Missing, RuntimeError, OSError) as why:
            if key == "muster":
                raise
            bench.left_out(key, why)


def start(bench, stack, nginx, postgres):
    """Starts all that can be had. A rival that does not come up is left out as one that cannot be had."""
    running = []
    for key, contestant in contestants_of(bench):
        try:
            one = Running(key, contestant, nginx, postgres)
        except RuntimeError as why:
            if "muster" in key:
                raise
            bench.left_out(contestant.name, why)
            continue
        stack.callback(one.process.stop)
        running.append(one)
        bench.versions[one.name] = contestant.version
    if not running:
        raise RuntimeError(f"there is no contestant left of {', '.join(bench.options.only or CONTESTANTS)}")
    return running


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status
    except urllib.error.HTTPError as answer:
        return answer.code


def compare(case, running):
    """All answer the same; and what is no JSON is noticed by all, so that nobody saves the check."""
    first = machine.fetch(running[0].address(case))
    for one in running:
        answer = machine.fetch(one.address(case))
        if answer != first:
            raise RuntimeError(f"{case}: {one.name} answers otherwise than {running[0].name}: {answer!r:.300}")
        if status(one.address("broken")) != 502:
            raise RuntimeError(f"{one.name} answers {status(one.address('broken'))} where its upstream sends broken JSON; it has to be 502")


def load(case, url, seconds):
    """Requests and requests a second of a case at a contestant's address; any error ends the measurement."""
    return (load_http2 if case.endswith("-h2") else load_http)(address(url, case), seconds)


def load_http(url, seconds):
    """By wrk."""
    told = machine.run(machine.need("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", url)
    wrong = re.search(r"Non-2xx.*|Socket errors.*", told)
    if wrong:
        raise RuntimeError(f"{url}: {wrong.group(0)}")
    return int(re.search(r"(\d+) requests in", told).group(1)), float(re.search(r"Requests/sec:\s*([\d.]+)", told).group(1))


def load_http2(url, seconds):
    """By h2load."""
    told = machine.run(machine.need("h2load", "nghttp2-client"), "-t1", "-c4", "-m16", "-D", seconds, url)
    good, rate = re.search(r"(\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", told), re.search(r"finished in .*?, ([\d.]+) req/s", told)
    if not good or not rate or not int(good.group(1)) or not re.search(r" 0 failed, 0 errored, 0 timeout", told):
        raise RuntimeError(f"{url}: {told[-600:]}")
    return int(good.group(1)), float(rate.group(1))


def measure(bench, cases):
    rounds, seconds, warm = (3, 4, 7) if bench.options.quick else (4, 5, 12)
    rounds = bench.options.rounds or rounds
    only = bench.options.only
    if only and not bench.options.jar and not set(only) & set(CONTESTANTS):
        print(f"{', '.join(cases)}: nobody of {', '.join(only)} is in these cases", file=sys.stderr)
        return
    with machine.running(services.Nginx()) as nginx, machine.running(services.Postgres()) as postgres, contextlib.ExitStack() as stack:
        bench.versions["PostgreSQL"] = postgres.version()
        bench.versions["nginx"] = machine.run("sh", "-c", "nginx -v 2>&1").split("/")[-1].split()[0]
        running = start(bench, stack, nginx, postgres)
        for case in cases:
            figures = measure_case(case, [one for one in running if one.serves(case)], rounds, seconds, warm)
            bench.table(case, f"{case}: {CASES[case]}", HEADER, rows(figures))
            bench.results[case] = {name: raw(values) for name, values in figures.items()}
    if all(case in bench.results for case in FIVE):
        summary(bench)


def measure_case(case, running, rounds, seconds, warm):
    """The figures of each contestant, a triple for each round."""
    compare(case, running)
    for one in running:
        load(case, one.url, warm)
    figures = {one.name: [] for one in running}
    for number in range(rounds):
        for one in machine.in_turn(running, number):
            before = one.process.cpu_seconds()
            requests, rate = load(case, one.url, seconds)
            cpu = (one.process.cpu_seconds() - before) * 1e6 / requests
            figures[one.name].append((rate, cpu, one.process.resident_mib()))
            print(f"{case} round {number + 1} {one.name}: {rate:,.0f} req/s, {cpu:.1f} µs", file=sys.stderr)
    return figures


HEADER = ["", "requests/s", "least … most", "CPU µs a request", "least … most", "× Vert.x by hand, CPU", "resident MiB"]


def rows(figures):
    hand = figures.get("Vert.x by hand")
    for name, values in figures.items():
        ratio = "" if hand is None else f"{statistics.median(h[1] / v[1] for h, v in zip(hand, values)):.2f}"
        rates, cpu = [v[0] for v in values], [v[1] for v in values]
        yield [
            name, f"{median(values, 0):,.0f}", f"{min(rates):,.0f} … {max(rates):,.0f}",
            f"{median(values, 1):.1f}", f"{min(cpu):.1f} … {max(cpu):.1f}", ratio, f"{median(values, 2):.0f}",
        ]


def median(values, at):
    return statistics.median(v[at] for v in values)


def raw(values):
    columns = ["requests_per_second", "cpu_micros_per_request", "resident_mib"]
    medians = {column: round(median(values, at), 2) for at, column in enumerate(columns)}
    return medians | {"rounds": [dict(zip(columns, (round(figure, 2) for figure in value))) for value in values]}


def summary(bench):
    """All five cases in one table, and in one picture."""
    found = {case: bench.results[case] for case in FIVE}
    names = list(dict.fromkeys(name for figures in found.values() for name in figures))

    def cell(case, name):
        figures = found[case].get(name)
        return f"{figures['requests_per_second']:,.0f} ({report.short(figures['cpu_micros_per_request'])})" if figures else "–"

    bench.table("http", "All five: requests a second (CPU µs a request)", ["", *names], [[case, *(cell(case, name) for name in names)] for case in FIVE])
    bench.results["http"] = {name: {case: found[case][name] for case in FIVE if name in found[case]} for name in names}
    panels = []
    for case in FIVE:
        for title, column in [("requests/s", "requests_per_second"), ("CPU µs a request", "cpu_micros_per_request")]:
            panels.append((f"{case}: {title}", {name: figures[column] for name, figures in found[case].items()}))
    about = "Requests a second and CPU µs a request of all contestants, a pair of panels for each of the five cases"
    bench.plot("http", "benchmarks-http.svg", about, lambda: report.bars(panels))
