"""The five HTTP cases: requests a second, CPU a request and resident memory, all contestants in turns."""

import json
import re
import statistics
import sys
import urllib.request

from . import contestants, machine, services

CASES = {
    "health": "a plan that calls nothing",
    "data": "one upstream of 71 bytes, wrapped",
    "big": "one upstream of 20 KB, wrapped",
    "three": "three upstreams, merged",
    "aggregate": "three upstreams and a row of Postgres, merged",
}
CONNECTIONS = 64


def makers():
    """Who can be measured, by name."""
    jar = contestants.build_muster()
    new, old = machine.jdk(21, 25), machine.jdk(17, 17)
    return {
        "muster": lambda: contestants.Muster("Muster", new, jar, contestants.archive(jar, new)),
        "muster-17": lambda: contestants.Muster("Muster on 17", old, jar),
        "vertx": lambda: contestants.HandWritten(new),
        "nima": lambda: contestants.Nima(new),
        "go": contestants.Go,
        "fastapi": contestants.FastApi,
    }


def contestants_of(bench):
    """Makes those that can be had; the others are named."""
    known = makers()
    for number, path in enumerate(bench.options.jar):
        known[f"jar-{number + 1}"] = lambda path=path: contestants.Muster(f"Muster, {path.name}", machine.jdk(21, 25), path)
    wanted = ["muster", "vertx"] if bench.options.quick else list(known)
    wanted = [name for name in known if name in (bench.options.only or wanted) or name.startswith("jar-")]
    made = []
    for name in wanted:
        try:
            made.append(known[name]())
        except (machine.Missing, RuntimeError, OSError) as why:
            bench.left_out(name, why)
    return made


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return json.loads(response.read())


def load(url, seconds):
    """Requests and requests a second, as wrk counts them; any error ends the measurement."""
    told = machine.run(machine.need("wrk", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", url)
    wrong = re.search(r"Non-2xx.*|Socket errors.*", told)
    if wrong:
        raise RuntimeError(f"{url}: {wrong.group(0)}")
    return int(re.search(r"(\d+) requests in", told).group(1)), float(re.search(r"Requests/sec:\s*([\d.]+)", told).group(1))


def measure(bench, cases):
    rounds, seconds, warm = (3, 4, 8) if bench.options.quick else (5, 8, 20)
    rounds = bench.options.rounds or rounds
    with bench.running(services.Nginx()) as nginx, bench.running(services.Postgres()) as postgres:
        bench.versions["PostgreSQL"] = postgres.version()
        bench.versions["nginx"] = machine.run("sh", "-c", "nginx -v 2>&1").split("/")[-1].split()[0]
        running = []
        for one in contestants_of(bench):
            process, url = one.start(nginx.port, postgres)
            bench.stops(process)
            process.await_answer(f"{url}/api/health")
            running.append((one, process, url))
            bench.versions[one.name] = one.version
        for case in cases:
            answers = [fetch(f"{url}/api/{case}") for _, _, url in running]
            for (one, _, _), answer in zip(running, answers):
                if answer != answers[0]:
                    raise RuntimeError(f"{case}: {one.name} answers otherwise than {running[0][0].name}: {answer!r:.300}")
            for _, _, url in running:
                load(f"{url}/api/{case}", warm)
            figures = {one.name: [] for one, _, _ in running}
            for number in range(rounds):
                # Whoever comes first in one round comes last in the next.
                for one, process, url in running[number % len(running):] + running[: number % len(running)]:
                    before = process.cpu_seconds()
                    requests, rate = load(f"{url}/api/{case}", seconds)
                    used = process.cpu_seconds() - before
                    figures[one.name].append((rate, used * 1e6 / requests, process.resident_mib()))
                    print(f"{case} round {number + 1} {one.name}: {rate:,.0f} req/s, {figures[one.name][-1][1]:.1f} µs", file=sys.stderr)
            bench.table(case, f"{case}: {CASES[case]}", header(), rows(figures))
            bench.results[case] = {name: median(values, 1) for name, values in figures.items()}


def header():
    return ["", "requests/s", "least … most", "CPU µs a request", "least … most", "× Vert.x by hand, CPU", "resident MiB"]


def median(values, at):
    return statistics.median(v[at] for v in values)


def rows(figures):
    hand = figures.get("Vert.x by hand")
    for name, values in figures.items():
        ratio = "" if hand is None else f"{statistics.median(h[1] / v[1] for h, v in zip(hand, values)):.2f}"
        rates, cpu = [v[0] for v in values], [v[1] for v in values]
        yield [
            name, f"{median(values, 0):,.0f}", f"{min(rates):,.0f} … {max(rates):,.0f}",
            f"{median(values, 1):.1f}", f"{min(cpu):.1f} … {max(cpu):.1f}", ratio, f"{median(values, 2):.0f}",
        ]
