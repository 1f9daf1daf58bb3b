"""What does not grow beyond its unit: runs at once, steps of a plan, suspended tasks, plans of a node, each by size."""

import json
import statistics
import sys

from . import contestants, machine, start_case, timing
from .machine import ROOT

CASES = {"growth": "1 to 10,000 runs at once, steps of a plan, 1 to 500 plans: time and memory a unit"}

RUNS = [1, 10, 100, 1_000, 10_000]
STEPS = [1, 10, 100, 1_000]
TASKS = [1_000, 10_000, 100_000, 1_000_000]
PLANS = [1, 10, 100, 500]
# How long the one step of so many runs sleeps: longer than it takes to begin them all.
NAP_MS = {1: 2, 10: 3, 100: 20, 1_000: 200, 10_000: 2_000}
RELOADS = 4
# A plan as many have it: an input, calls that need each other, an each, expressions in words and in the output.
PLAN = """input: {{id: integer, page: integer?}}
expose: GET /plans/{n}/{{id}}
timeout: 2s
steps:
  product: {{http: up, get: '/products/{{id}}', args: {{id: = input.id}}}}
  stock: {{http: up, get: '/stock/{{id}}', args: {{id: = input.id}}, timeout: 300ms, default: {{count: {n}}}}}
  reviews:
    http: up
    get: /reviews
    query: {{product: = product.id, page: '= input.?page.orValue(1)'}}
    retry: {{times: 2, backoff: 50ms..1s}}
  sellers:
    each: = product.sellers
    as: seller
    concurrency: 8
    do: {{http: up, get: '/sellers/{{id}}', args: {{id: = seller}}}}
output:
  name: = product.name
  inStock: = stock.count > {n}
  stars: = avg(reviews.items.map(r, r.stars))
  best: '= reviews.items.filter(r, r.stars >= 4).map(r, r.text)'
  sellers: = sellers.map(s, s.name)
"""


class Contestant:
    """A jar on the newest JDK, installed with its archive."""

    def __init__(self, name, jdk, jar, home_name):
        self.name = name
        self.home = timing.Home(home_name, jdk, jar, with_archive=True)
        self.version = self.home.version


def measure(bench, cases):
    found = contestants_of(bench)
    rounds = start_case.rounds_of(bench, 2)
    inside = {one.name: {} for one in found}
    outside = {one.name: {} for one in found}
    conf = inside_conf()
    for number in range(rounds):
        for one in machine.in_turn(found, number):
            gather(inside[one.name], of_process(one, conf))
            gather(outside[one.name], of_checks(one, conf))
            gather(outside[one.name], of_plans(one))
            print(f"growth round {number + 1} {one.name}", file=sys.stderr)
    for one in found:
        medians = {key: statistics.median(values) for key, values in {**inside[one.name], **outside[one.name]}.items()}
        bench.results.setdefault("growth", {})[one.name] = by_size(medians)
        tables(bench, "" if len(found) == 1 else f" ({one.name})", medians)


def contestants_of(bench):
    jars = {"muster": ("Muster", contestants.build_muster())}
    for number, path in enumerate(bench.options.jar, 1):
        jars[f"jar-{number}"] = (f"Muster, {path.name}", path)
    return bench.made({
        key: lambda name=name, jar=jar, key=key: Contestant(name, machine.jdk(21, 25), jar, f"growth-{key}") for key, (name, jar) in jars.items()
    })


def gather(kept, figures):
    for key, value in figures.items():
        kept.setdefault(key, []).append(value)


def inside_conf():
    """The plans of GrowthBench, which says what each is for."""
    plans = {"tick": "output: 1\n", "asleep": "timeout: 15m\nsteps:\n  s: {sleep: 10m}\n"}
    for n, ms in NAP_MS.items():
        plans[f"nap-{n}"] = f"steps:\n  s: {{sleep: {ms}ms}}\n"
    for n in STEPS:
        plans[f"asleep-{n}"] = "timeout: 15m\nsteps:\n" + "".join(f"  s{i}: {{sleep: 10m}}\n" for i in range(n))
        plans[f"beside-{n}"] = "input: {n: integer}\nsteps:\n" + "".join(f"  s{i}: {{set: '= input.n + {i}'}}\n" for i in range(n))
        chain = "".join(f"  s{i}: {{set: '= s{i - 1} + 1'}}\n" for i in range(1, n))
        plans[f"chain-{n}"] = f"input: {{n: integer}}\nsteps:\n  s0: {{set: = input.n}}\n{chain}output: = s{n - 1}\n"
    return contestants.conf_folder("growth-inside", "{}\n", plans)


def of_process(one, conf):
    """What GrowthBench finds, in a JVM of its own: a heap of one size, and the collector that says exactly what lives."""
    flags = ["-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", *contestants.unsafe_allowed(one.home.jdk)]
    sizes = [",".join(map(str, numbers)) for numbers in (RUNS, STEPS, TASKS)]
    classes = f"{one.home.jar}:{ROOT}/target/test-classes"
    out = timing.timed([one.home.jdk / "bin/java", *flags, "-cp", classes, "dev.muster.bench.GrowthBench", conf, *sizes]).out
    lines = [line.rpartition("=") for line in out.splitlines() if "=" in line]
    return {name: float(value) for name, _, value in lines}


def of_checks(one, conf):
    """`check` of one plan, by its steps."""
    figures = {}
    for n in STEPS:
        took = one.home.run(one.home.script("check", conf / "plans" / f"beside-{n}.yaml"))
        figures[f"steps.{n}.check_ms"], figures[f"steps.{n}.check_cpu_ms"] = took.wall_ms, took.cpu_ms
    return figures


def of_plans(one):
    """`check`, `serve` and reload, by the plans of a configuration."""
    figures = {}
    for n in PLANS:
        settings = "sources:\n  up: {http: 'http://127.0.0.1:1', optional: true}\n"
        conf = contestants.conf_folder("growth-plans", settings, {f"plan-{i}": PLAN.format(n=i) for i in range(n)})
        took = one.home.run(one.home.script("check", "--conf", conf))
        found = {"check_ms": took.wall_ms, "check_cpu_ms": took.cpu_ms, **of_node(one, conf, n)}
        figures |= {f"plans.{n}.{name}": value for name, value in found.items()}
    return figures


def of_node(one, conf, plans):
    port = machine.free_port()
    process, began = one.home.serve(one.name, conf, port)
    try:
        ready = timing.await_status(process, port, "/health/ready", {200}, began)
        cpu = process.cpu_seconds() * 1e3
        before = live_bytes(one, process)
        reloads = []
        for _ in range(RELOADS):
            status, body, took = timing.request(port, "/v1/reload", "POST")
            if status != 200 or len(json.loads(body)["plans"]) != plans:
                raise RuntimeError(f"{one.name} does not reload {plans} plans: {status} {body!r:.300}")
            reloads.append(took)
        return {
            "ready_ms": ready, "ready_cpu_ms": cpu, "bytes": before, "bytes_reloaded": live_bytes(one, process),
            "reload_ms": reloads[0], "reload_again_ms": statistics.median(reloads[1:]), "resident_mib": process.resident_mib(),
        }
    finally:
        process.stop()


def live_bytes(one, process):
    """What lives on the heap of a node, after a collection."""
    told = machine.run(one.home.jdk / "bin/jcmd", process.pid, "GC.class_histogram")
    return float(next(line.split()[2] for line in reversed(told.splitlines()) if line.startswith("Total")))


def by_size(medians):
    """{"runs": {"10": {"bytes": …}}} of {"runs.10.bytes": …}."""
    found = {}
    for key, value in medians.items():
        what, size, figure = key.split(".")
        found.setdefault(what, {}).setdefault(size, {})[figure] = value
    return found


def tables(bench, suffix, medians):
    at = lambda what, figure, sizes: [medians[f"{what}.{n}.{figure}"] for n in sizes]
    table(
        bench, f"growth: runs at once{suffix}", "runs", RUNS,
        units("CPU µs a run", at("runs", "cpu_us", RUNS), "{:,.0f}"), units("live bytes a sleeping run", at("runs", "bytes", RUNS), "{:,.0f}"),
    )
    table(
        bench, f"growth: steps of a plan{suffix}", "steps", STEPS,
        units("side by side, CPU µs a step", at("beside", "cpu_us", STEPS), "{:,.1f}"),
        units("one after the other, CPU µs a step", at("chain", "cpu_us", STEPS), "{:,.1f}"),
        units("live bytes a sleeping step", at("steps", "bytes", STEPS), "{:,.0f}"),
        whole("`check`, ms", at("steps", "check_ms", STEPS), STEPS, 1, "ms a step more"),
    )
    table(
        bench, f"growth: suspended tasks of the kernel{suffix}", "tasks", TASKS,
        units("live bytes a task", at("tasks", "bytes", TASKS), "{:,.0f}"),
    )
    table(
        bench, f"growth: plans of a node, time{suffix}", "plans", PLANS,
        whole("`check`, ms", at("plans", "check_ms", PLANS), PLANS, 1, "ms a plan more"),
        whole("`serve` until ready, ms", at("plans", "ready_ms", PLANS), PLANS, 1, "ms a plan more"),
        whole("first reload, ms", at("plans", "reload_ms", PLANS), PLANS, 1, "ms a plan more"),
        whole("later reloads, ms", at("plans", "reload_again_ms", PLANS), PLANS, 1, "ms a plan more"),
    )
    live, reloaded = at("plans", "bytes", PLANS), at("plans", "bytes_reloaded", PLANS)
    table(
        bench, f"growth: plans of a node, memory{suffix}", "plans", PLANS,
        whole("live MiB", [v / 2**20 for v in live], PLANS, 1024, "live KiB a plan more"),
        (["after reloads ÷ before"], [[f"{b / a:.2f}"] for a, b in zip(live, reloaded)]),
        (["resident MiB"], [[f"{v:,.0f}"] for v in at("plans", "resident_mib", PLANS)]),
    )


def table(bench, title, unit, sizes, *columns):
    header = [unit, *(name for names, _ in columns for name in names)]
    rows = [[f"{n:,}", *(cell for _, cells in columns for cell in cells[i])] for i, n in enumerate(sizes)]
    bench.table("growth", title, header, rows)


def units(name, values, form):
    """The cost of a unit at each size, and beside it by how much it differs from that at the size before."""
    return [name, "÷"], [[form.format(value), ratio(values, i)] for i, value in enumerate(values)]


def whole(name, values, sizes, scale, unit):
    """A whole cost, and what each unit beyond the smallest size adds to it: the start of a process is in all of them."""
    more = [None, *((v - values[0]) / (n - sizes[0]) * scale for v, n in zip(values[1:], sizes[1:]))]
    rows = [[f"{v:,.0f}", "" if more[i] is None else f"{more[i]:.2f}", ratio(more, i)] for i, v in enumerate(values)]
    return [name, unit, "÷"], rows


def ratio(values, at):
    if at == 0 or values[at - 1] is None or values[at - 1] <= 0:
        return ""
    return f"{values[at] / values[at - 1]:.2f}"
