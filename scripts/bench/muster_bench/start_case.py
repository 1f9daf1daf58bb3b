"""How soon Muster is there: a command from its start to its end, a node from its start until it is ready, and what it holds when idle."""

import asyncio
import json
import statistics
import sys
import threading
import time

from . import contestants, machine, services, timing
from .machine import ROOT, WORK

CASES = {"start": "a trivial run, three calls of 2 s at once; serve until ready, its first request, idle memory"}

ANSWER = "plan: answer\noutput: {answer: 42}\n"
THREE = """plan: three
steps:
  one: {http: up, get: /one}
  two: {http: up, get: /two}
  three: {http: up, get: /three}
output: {took: '= [one.took, two.took, three.took]'}
"""
CALL_SECONDS = 2
NEXT = 100
IDLE_SECONDS = 5
# What the demo's configuration needs of its environment to be served by the jar that embeds nothing. Nothing is there: no source is asked.
DEMO = {
    "CATALOG_URL": "postgres://nobody@127.0.0.1:1/none",
    "SHOP_URL": "mysql://nobody@127.0.0.1:1/none",
    "REVIEWS_URL": "mongodb://127.0.0.1:1/none",
    **{f"{name}_URL": "http://127.0.0.1:1" for name in ("SELLERS", "STOCK_EAST", "STOCK_WEST", "LAB", "LAB2")},
}


def measure(bench, cases):
    homes = all_homes(bench)
    # Of the whole case: what fails half-way is not there.
    bench.results["start"] = {**commands(bench, homes), **serving(bench, homes)}


def all_homes(bench):
    """Installations by the name that --only has: Muster on the newest JDK and on 17, and other jars; each with its archive, and without."""
    jar = contestants.build_muster()
    wanted = {"muster": ("", lambda: machine.jdk(21, 25), jar), "muster-17": (" on 17", lambda: machine.jdk(17, 17), jar)}
    for number, path in enumerate(bench.options.jar):
        wanted[f"jar-{number + 1}"] = (f" ({path.name})", lambda: machine.jdk(21, 25), path)
    homes = {}
    for name, (suffix, jdk, path) in wanted.items():
        if bench.is_wanted(name):
            try:
                for kind, with_archive in ((", archive", True), ("", False)):
                    homes[f"{suffix}{kind}"] = timing.Home(f"{name}{'-archive' if with_archive else ''}", jdk(), path, with_archive)
            except (machine.Missing, RuntimeError, OSError) as why:
                bench.left_out(name, why)
    return homes


def rounds_of(bench, full):
    return bench.options.rounds or (2 if bench.options.quick else full)


class SlowUpstream:
    """A service on a thread of this process: it answers each request after two seconds."""

    BODY = json.dumps({"took": f"{CALL_SECONDS}s"}).encode()

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self.answer, "127.0.0.1", 0), self.loop).result()
        self.port = self.server.sockets[0].getsockname()[1]

    async def answer(self, reader, writer):
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(CALL_SECONDS)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.BODY)}\r\n\r\n"
                writer.write(head.encode() + self.BODY)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)


class Command:
    """A contestant of the commands: how it is started for each of the two."""

    def __init__(self, name, version, run, answer, three):
        self.name, self.version, self.run = name, version, run
        self.words = {"answer": answer, "three": three}


def commands(bench, homes):
    with machine.running(SlowUpstream()) as upstream:
        found = all_commands(bench, homes, upstream.port)
        figures = {one.name: {"answer": [], "three": []} for one in found}
        for what, expected, rounds in (("answer", {"answer": 42}, 5), ("three", {"took": [f"{CALL_SECONDS}s"] * 3}, 3)):
            for one in found:
                answer = json.loads(one.run(one.words[what]).out)
                if answer != expected:
                    raise RuntimeError(f"{one.name} answers {answer}, not {expected}")
            for number in range(rounds_of(bench, rounds)):
                for one in machine.in_turn(found, number):
                    took = one.run(one.words[what])
                    figures[one.name][what].append((took.wall_ms, took.cpu_ms))
                    print(f"start {what} round {number + 1} {one.name}: {took.wall_ms:,.0f} ms, CPU {took.cpu_ms:,.0f} ms", file=sys.stderr)
    for one in found:
        bench.versions[one.name] = one.version
    title = f"start: a command, to its end: `run` of a plan that gives a constant; three calls of {CALL_SECONDS} s at once"
    header = ["", "trivial, ms", "least … most", "CPU ms", f"three calls of {CALL_SECONDS} s, ms", "least … most", "CPU ms"]
    bench.table("start", title, header, [[name, *spread(of["answer"]), *spread(of["three"])] for name, of in figures.items()])
    return {
        name: {
            f"{what} {part} ms": statistics.median(v[at] for v in values) for what, values in of.items() for at, part in enumerate(("wall", "CPU"))
        }
        for name, of in figures.items()
    }


def spread(values):
    walls = [wall for wall, _ in values]
    cpu = statistics.median(v[1] for v in values)
    return [f"{statistics.median(walls):,.0f}", f"{min(walls):,.0f} … {max(walls):,.0f}", f"{cpu:,.0f}"]


def all_commands(bench, homes, upstream):
    folder = WORK / "conf" / "start-commands"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "muster.yaml").write_text(f"sources:\n  up: {{http: 'http://127.0.0.1:{upstream}'}}\n")
    (folder / "answer.yaml").write_text(ANSWER)
    (folder / "three.yaml").write_text(THREE)
    answer, three = ["run", folder / "answer.yaml"], ["run", folder / "three.yaml", "--conf", folder]
    found = []
    for suffix, home in homes.items():
        for program, command in (("scripts/muster", home.script), ("java -jar", home.java)):
            found.append(Command(program + suffix, timing.version(home.jdk), home.run, command(*answer), command(*three)))
    if bench.is_wanted("python"):
        scripts = contestants.RIVALS / "start"
        version = ".".join(map(str, sys.version_info[:3]))
        mine = [sys.executable, scripts / "answer.py"], [sys.executable, scripts / "three.py", f"http://127.0.0.1:{upstream}"]
        found.append(Command("Python, asyncio", version, timing.timed, *mine))
    return found


class Server:
    """A contestant of the servers. `begin` starts it and gives the process, its port and the moment of its start."""

    def __init__(self, name, version, begin, ready, statuses, asked):
        self.name, self.version, self.begin = name, version, begin
        self.ready, self.statuses, self.asked = ready, statuses, asked

    def start(self):
        process, port, began = self.begin()
        try:
            ready = timing.await_status(process, port, self.ready, self.statuses, began)
            return process, port, ready, process.cpu_seconds() * 1e3
        except BaseException:
            process.stop()
            raise


def serving(bench, homes):
    with machine.running(services.Nginx()) as nginx, machine.running(services.Postgres()) as postgres:
        found = all_servers(bench, homes, nginx.port, postgres)
        figures = {one.name: {"ready": [], "/api/health": [], "/api/aggregate": []} for one in found}
        compare(found)
        for number in range(rounds_of(bench, 3)):
            for one in machine.in_turn(found, number):
                # A start for each: after the first request of one plan, that of another one is no first request any more.
                for path in one.asked or [None]:
                    process, port, ready, cpu = one.start()
                    try:
                        figures[one.name]["ready"].append((ready, cpu))
                        if path:
                            figures[one.name][path].append(first_and_next(port, path))
                    finally:
                        process.stop()
                    print(f"start serve round {number + 1} {one.name} {path or ''}: ready after {ready:,.0f} ms", file=sys.stderr)
        idle = idle_memory(found)
    return serve_table(bench, found, figures, idle)


def compare(found):
    """Starts each once, so that files are cached, and compares what they answer."""
    answers = {}
    for one in found:
        process, port, _, _ = one.start()
        try:
            for path in one.asked:
                status, body, _ = timing.request(port, path)
                first = answers.setdefault(path, (one.name, json.loads(body)))
                if status != 200 or json.loads(body) != first[1]:
                    raise RuntimeError(f"{path}: {one.name} answers otherwise than {first[0]}: {status} {body!r:.300}")
        finally:
            process.stop()


def first_and_next(port, path):
    """Milliseconds of the first request, and the median of those behind it, each on a connection of its own."""
    took = []
    for _ in range(1 + NEXT):
        status, _, ms = timing.request(port, path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
        took.append(ms)
    return took[0], statistics.median(took[1:])


def idle_memory(found):
    """MiB of each after some seconds without a request. All are started at once: idle ones do not hold each other up."""
    running = []
    try:
        for one in found:
            running.append(one.start()[0])
        time.sleep(IDLE_SECONDS)
        return {one.name: process.resident_mib() for one, process in zip(found, running)}
    finally:
        for process in running:
            process.stop()


def all_servers(bench, homes, upstream, postgres):
    found = []
    both = ["/api/health", "/api/aggregate"]
    for suffix, home in homes.items():
        # Each start picks a port of its own, so the one in the file is not used.
        conf = contestants.configuration(f"start{suffix}", 0, upstream, postgres)
        found.append(node(f"Muster{suffix}", home, conf, "/health/ready", both))
    for suffix in [suffix for suffix in homes if suffix == ", archive"]:
        empty = WORK / "conf" / "start-empty"
        empty.mkdir(parents=True, exist_ok=True)
        (empty / "muster.yaml").write_text("{}\n")
        found.append(node(f"Muster{suffix}, nothing configured", homes[suffix], empty, "/health/ready", []))
        # Its sources are not there, so it answers, but is not ready.
        found.append(node(f"Muster{suffix}, the demo's conf", homes[suffix], ROOT / "conf", "/health/started", both[:1], DEMO))
    makers = {
        "vertx": lambda: contestants.HandWritten(machine.jdk(21, 25)),
        "go": contestants.Go,
        "fastapi": contestants.FastApi,
    }
    return found + [rival(one, upstream, postgres, both) for one in bench.made(makers, least=0)]


def node(name, home, conf, ready, asked, env=None):
    def begin():
        port = machine.free_port()
        process, began = home.serve(name, conf, port, env)
        return process, port, began

    return Server(name, timing.version(home.jdk), begin, ready, {200}, asked)


def rival(one, upstream, postgres, asked):
    """A rival has no address for its readiness: it is ready once it answers anything, as here that there is no such page."""

    def begin():
        began = time.monotonic()
        process, url = one.start(upstream, postgres)
        return process, int(url.rsplit(":", 1)[1]), began

    return Server(one.name, one.version, begin, "/ready", {404}, asked)


def serve_table(bench, found, figures, idle):
    header = [
        "", "until ready, ms", "least … most", "CPU ms until then", "health: first ms", "next ms", "×", "aggregate: first ms", "next ms", "×",
        f"resident MiB after {IDLE_SECONDS} s",
    ]
    rows, results = [], {}
    for one in found:
        mine = figures[one.name]
        asked = {path: [statistics.median(v[at] for v in mine[path]) for at in (0, 1)] if mine[path] else None for path in ("/api/health", "/api/aggregate")}
        times = [cell for path in asked for cell in cells(asked[path], mine[path])]
        rows.append([one.name, *spread(mine["ready"]), *times, f"{idle[one.name]:,.0f}"])
        bench.versions[one.name] = one.version
        kept = {"ready ms": statistics.median(v[0] for v in mine["ready"]), "ready CPU ms": statistics.median(v[1] for v in mine["ready"])}
        for path, figure in asked.items():
            if figure:
                kept[f"{path} first ms"], kept[f"{path} next ms"] = figure
        results[one.name] = {**kept, "idle resident MiB": idle[one.name]}
    bench.table("start", "start: `serve`, until it is ready, and its first request", header, rows)
    return results


def cells(figure, values):
    if figure is None:
        return ["", "", ""]
    return [f"{figure[0]:.1f}", f"{figure[1]:.2f}", f"{statistics.median(first / rest for first, rest in values):.1f}"]
