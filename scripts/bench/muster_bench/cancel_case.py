"""How long work goes on after its cancel: Muster at eight kinds of source by six causes, and beside it how others do at two of them by two."""

import asyncio
import contextlib
import json
import signal
import statistics
import sys
import time

from . import contestants, limited, machine, services
from .machine import ROOT

CASES = {"cancel": "how long work goes on at a source after its cancel"}

ROUNDS = 20
# Of the causes for which a JVM has to be started.
PROCESSES = 10
SHORT_MS = 700
LOOK_SECONDS = 3
# So many times at most something is seen to go on.
LOOKS = 3
PATIENCE_SECONDS = 30

LEFT, TIME_OUT = "caller gone", "time-out"
HTTP, POSTGRES = "HTTP/1.1", "Postgres"
CELLS = [(cause, source) for cause in (LEFT, TIME_OUT) for source in (HTTP, POSTGRES)]
RIVALS = [limited.MUSTER, limited.GO, limited.VERTX, limited.VERTX_STOPS, limited.FASTAPI, limited.FASTAPI_STOPS]

# Waits for a lock of this process, and then writes.
INSERT = "with gate as materialized (select pg_advisory_xact_lock($1::bigint)) insert into done select $1::bigint from gate returning id"


def measure(bench, cases):
    contestants.build_muster()
    rounds = bench.options.rounds or (10 if bench.options.quick else ROUNDS)
    found = {}
    with machine.running(services.Postgres()) as postgres:
        bench.versions["PostgreSQL"] = postgres.version()
        if bench.is_wanted(limited.MUSTER):
            try:
                found["Muster, all sources"] = all_sources(bench, postgres, rounds)
            except RuntimeError as why:
                bench.left_out("Muster at all sources", why)
        found |= asyncio.run(beside_others(bench, postgres, rounds))
    bench.results["cancel"] = found


# Muster, all sources and causes


def all_sources(bench, postgres, rounds):
    """The program of scripts/stress cancels, with fewer tries."""
    cells = run_cancel_times(bench, postgres, rounds, min(rounds, PROCESSES))
    causes = list(dict.fromkeys(cell["cause"] for cell in cells))
    found = {}
    for cell in cells:
        found.setdefault(cell["source"], {"goal": cell["goal"]})[cell["cause"]] = figures(cell["ms"])
    rows = [[source, f"{row['goal']} ms", *(shown(row[cause]) for cause in causes)] for source, row in found.items()]
    bench.table("cancel", "Muster: milliseconds from the cause until the work is gone, median (longest)", ["source", "goal", *causes], rows)
    return found


def run_cancel_times(bench, postgres, rounds, processes):
    environment = {"MUSTER_TEST_POSTGRES": postgres.url()}
    with contextlib.ExitStack() as stack:
        try:
            environment["MUSTER_TEST_MYSQL"] = stack.enter_context(machine.running(services.MariaDb())).url()
        except machine.Missing:
            print("cancel: Debian has no MariaDB here; an embedded one takes its place", file=sys.stderr)
        process = machine.Process(
            "cancel-times", machine.jdk(17, 25) / "bin/java", "-cp", contestants.test_classes(), "dev.muster.node.CancelTimes",
            rounds, processes, "--json", env=environment, cwd=ROOT,
        )
        stack.enter_context(machine.running(process))
        status = process.process.wait()
        told = process.log.read_text().splitlines()
    if status != 0:
        raise RuntimeError(f"its program failed, see {process.log}")
    return [json.loads(line) for line in told if line.startswith("{")]


# Beside others, at two sources, by two causes


async def beside_others(bench, postgres, rounds):
    gate = await Gate.open()
    locks = await Locks.open(postgres)
    sources = {HTTP: gate, POSTGRES: locks}
    # They end before the next case.
    with contextlib.ExitStack() as stack:
        running = []
        for one in limited.made(bench, RIVALS):
            # On another thread, since the gate may be asked meanwhile.
            process, port = await asyncio.to_thread(one.start, limited.Work(gate.port, postgres, INSERT, SHORT_MS))
            stack.enter_context(machine.running(process))
            running.append((one.name, Caller(port)))
        tries = await all_tries(running, sources, rounds)
    if bench.is_wanted("psql"):
        tries |= await psql_tries(postgres, locks, rounds)
    await locks.close()
    gate.close()
    rows = [[name, *(cell_text(cells.get(cell)) for cell in CELLS)] for name, cells in tries.items()]
    header = ["", *(f"{cause}, {source}" for cause, source in CELLS)]
    bench.table("cancel", "Beside others: milliseconds from the cause until the work is gone, median (longest)", header, rows)
    return {
        name: {f"{cause}, {source}": figures(found) for (cause, source), found in cells.items() if found} for name, cells in tries.items()
    }


async def all_tries(running, sources, rounds):
    """By contestant, of each cause and source the milliseconds of each try."""
    tries = {name: {cell: [] for cell in CELLS} for name, _ in running}
    for name, caller in running:
        for source in sources.values():
            await answers(name, caller, source)
    for number in range(rounds):
        for name, caller in machine.in_turn(running, number):
            for cause in (LEFT, TIME_OUT):
                await asyncio.gather(*(
                    one_try(tries[name][cause, source], sources[source], caller, cause) for source in sources
                ))
        print(f"cancel round {number + 1} of {rounds}", file=sys.stderr)
    return tries


async def answers(name, caller, source):
    """Lets the work end by itself, and looks at what is answered. A cold process may be too slow to connect at first."""
    for left in (2, 1, 0):
        number = next_number()
        await source.prepare(number)
        call = await caller.ask("long", source.kind, number)
        answer, begun = asyncio.create_task(call.answer()), asyncio.create_task(source.under_way(number))
        await asyncio.wait([answer, begun], return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        await source.release(number)
        if await answer == {"result": {"id": number}}:
            return
        if not left:
            raise RuntimeError(f"cancel: {name} answers {answer.result()!r:.200} where {number} was to come")


async def one_try(found, source, caller, cause):
    """Adds how many milliseconds the work went on, or None if it did for as long as was looked."""
    if found.count(None) == LOOKS:
        return
    number = next_number()
    await source.prepare(number)
    asked = time.monotonic()
    call = await caller.ask("long" if cause == LEFT else "short", source.kind, number)
    await source.under_way(number)
    if cause == LEFT:
        struck = time.monotonic()
        call.leave()
    else:
        struck = asked + SHORT_MS / 1000
    gone = await source.gone(number, struck + LOOK_SECONDS)
    found.append(None if gone is None else max(0.0, (gone - struck) * 1000))
    await source.release(number)
    await source.gone(number, time.monotonic() + PATIENCE_SECONDS)
    call.leave()


def next_number(last=[0]):
    last[0] += 1
    return last[0]


class Caller:
    """Who asks a contestant, each time by a connection of its own."""

    def __init__(self, port):
        self.port = port

    async def ask(self, limit, kind, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /{limit}/{kind}/{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return Call(reader, writer)


class Call:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def answer(self):
        """The body as JSON, of an answer with its length; the connection is closed then."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)).decode().lower()
        length = next((int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length:")), 0)
        body = await self.reader.readexactly(length)
        self.leave()
        return json.loads(body) if head.startswith("http/1.1 200") else (head.splitlines()[0], body)

    def leave(self):
        self.writer.close()


class Gate:
    """An upstream that answers a request only when it is told to. Its server sees at once when a connection is closed."""

    kind = "http"

    @classmethod
    async def open(cls):
        self = cls()
        self.open_by_number, self.left_at = {}, {}
        self.server = await asyncio.get_running_loop().create_server(lambda: Held(self), "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def note(self, number, held):
        if held is None:
            self.left_at[number] = time.monotonic()
            del self.open_by_number[number]
        else:
            self.open_by_number[number] = held

    async def prepare(self, number):
        pass

    async def under_way(self, number):
        await until(lambda: number in self.open_by_number, f"request {number} comes")

    async def gone(self, number, limit):
        while number not in self.left_at and time.monotonic() < limit:
            await asyncio.sleep(0.001)
        return self.left_at.get(number)

    async def release(self, number):
        held = self.open_by_number.get(number)
        if held is not None:
            held.answer()

    def close(self):
        self.server.close()


class Held(asyncio.Protocol):
    """A connection to the gate: one request after the other, /item/NUMBER."""

    def __init__(self, gate):
        self.gate, self.text, self.number = gate, b"", None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.text += data
        head, complete, rest = self.text.partition(b"\r\n\r\n")
        if complete:
            self.text = rest
            self.number = int(head.split()[1].split(b"/")[-1])
            self.gate.note(self.number, self)

    def answer(self):
        body = json.dumps({"id": self.number})
        self.transport.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        self.over()

    def over(self):
        if self.number is not None:
            self.gate.note(self.number, None)
            self.number = None

    def connection_lost(self, why):
        self.over()


class Locks:
    """Postgres, with locks that inserts wait for. Its own list shows which of them do."""

    kind = "sql"

    @classmethod
    async def open(cls, postgres):
        import asyncpg

        self = cls()
        self.connection = await asyncpg.connect(postgres.url())
        await self.connection.execute("create table done (id bigint)")
        self.waiting = await self.connection.prepare(
            "select count(*) from pg_stat_activity join pg_locks using (pid)"
            " where locktype = 'advisory' and not granted and objid::bigint = $1 and state = 'active'"
        )
        return self

    async def prepare(self, number):
        await self.connection.execute(f"select pg_advisory_lock({number})")

    async def is_under_way(self, number):
        return await self.waiting.fetchval(number) > 0

    async def under_way(self, number):
        await until(lambda: self.is_under_way(number), f"insert {number} waits for its lock")

    async def gone(self, number, limit):
        while await self.is_under_way(number):
            if time.monotonic() > limit:
                return None
            await asyncio.sleep(0.001)
        return time.monotonic()

    async def release(self, number):
        await self.connection.execute(f"select pg_advisory_unlock({number})")

    async def close(self):
        await self.connection.close()


async def until(condition, what):
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if await found if asyncio.iscoroutine(found) else found:
            return
        if time.monotonic() > limit:
            raise RuntimeError(f"cancel: not within {PATIENCE_SECONDS} s: {what}")
        await asyncio.sleep(0.001)


# psql, which is no server: somebody presses Ctrl-C, or closes its terminal


async def psql_tries(postgres, locks, rounds):
    found = {}
    for name, sent in (("psql, Ctrl-C", signal.SIGINT), ("psql, its terminal is closed", signal.SIGHUP)):
        times = found.setdefault(name, {(LEFT, POSTGRES): []})[LEFT, POSTGRES]
        for _ in range(rounds):
            if times.count(None) < LOOKS:
                times.append(await psql_try(postgres, locks, sent))
    return found


async def psql_try(postgres, locks, sent):
    number = next_number()
    await locks.prepare(number)
    process = await asyncio.create_subprocess_exec(
        postgres.bin / "psql", "-X", "-q", "-c", INSERT.replace("$1", str(number)), postgres.url(),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await locks.under_way(number)
        struck = time.monotonic()
        process.send_signal(sent)
        gone = await locks.gone(number, struck + LOOK_SECONDS)
    finally:
        await locks.release(number)
        if process.returncode is None:
            process.terminate()
        await process.wait()
    return None if gone is None else (gone - struck) * 1000


# Figures


def figures(times):
    """Of times in milliseconds; None where the work went on."""
    ended = [time for time in times if time is not None]
    if not ended:
        return {"goesOn": len(times)}
    return {"median": statistics.median(ended), "longest": max(ended), "tries": len(times), "goesOn": len(times) - len(ended)}


def shown(found):
    if "median" not in found:
        return f"goes on (looked for {LOOK_SECONDS} s)"
    text = f"{found['median']:.1f} ({found['longest']:.1f})"
    return text + (f", {found['goesOn']} of {found['tries']} go on" if found["goesOn"] else "")


def cell_text(times):
    return shown(figures(times)) if times else "–"
