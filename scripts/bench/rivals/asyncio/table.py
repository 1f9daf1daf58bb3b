"""The table of requests, queries, files and CPU steps in asyncio on uvloop, one at a time or all at once.

A line of JSON on standard input says what to do, a line of JSON on standard output has the answers and how many seconds it took.
With --pools CPU steps have a process for each core and files a thread each; without it both use the threads that asyncio has by default.
"""

import asyncio
import concurrent.futures
import json
import os
import signal
import sys
import time

import aiofiles
import aiohttp
import asyncpg
import uvloop

UPSTREAM, POSTGRES, FOLDER = (os.environ[name] for name in ("UPSTREAM", "POSTGRES", "FOLDER"))


def sum_of_squares(n):
    return sum(i * i for i in range(n))


class Table:
    """The clients and pools, and a method for each part."""

    def __init__(self, processes, threads):
        self.processes, self.threads = processes, threads

    async def open(self):
        self.client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=600))
        self.pool = await asyncpg.create_pool(POSTGRES, min_size=50, max_size=50, max_inactive_connection_lifetime=0)

    async def close(self):
        await self.client.close()
        await self.pool.close()

    async def requests(self, n, ms):
        async with self.client.get(f"{UPSTREAM}/wait/{ms}/{n}") as response:
            response.raise_for_status()
            return await response.json()

    async def queries(self, n, ms):
        return await self.pool.fetchval(f"select $1::int from pg_sleep({ms / 1_000})", n)

    async def files(self, n, ms):
        async with aiofiles.open(f"{FOLDER}/{n}.txt", executor=self.threads) as file:
            return await file.read()

    async def cpu(self, n, size):
        return await asyncio.get_running_loop().run_in_executor(self.processes, sum_of_squares, size + n)

    async def run(self, parts, at_once):
        begin = time.perf_counter()
        answers = await (self.at_once(parts) if at_once else self.one_at_a_time(parts))
        return {"seconds": time.perf_counter() - begin, "answers": answers}

    async def at_once(self, parts):
        async with asyncio.TaskGroup() as group:
            tasks = {
                name: [group.create_task(getattr(self, name)(n, size)) for n in range(count)] for name, (count, size) in parts.items()
            }
        return {name: [task.result() for task in part] for name, part in tasks.items()}

    async def one_at_a_time(self, parts):
        return {name: [await getattr(self, name)(n, size) for n in range(count)] for name, (count, size) in parts.items()}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cores = len(os.sched_getaffinity(0))
    processes = concurrent.futures.ProcessPoolExecutor(cores) if "--pools" in sys.argv else None
    threads = concurrent.futures.ThreadPoolExecutor(64) if "--pools" in sys.argv else None
    if processes:
        list(processes.map(sum_of_squares, range(4 * cores)))
    table = Table(processes, threads)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(table.open())
        try:
            for line in sys.stdin:
                wanted = json.loads(line)
                print(json.dumps(runner.run(table.run(wanted["parts"], wanted["at_once"]))), flush=True)
        finally:
            runner.run(table.close())
            if processes:
                processes.shutdown()


main()
