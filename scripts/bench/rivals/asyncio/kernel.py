"""The kernel's works in asyncio: a line "WORK UNITS" on standard input, its result on standard output. With --uvloop on that loop."""

import asyncio
import gc
import sys
import tracemalloc

BATCH = 1_000
SPAWNED = 100_000
LIMIT = 10


async def one():
    return 1


async def within_limit():
    async with asyncio.timeout(LIMIT):
        await asyncio.sleep(0)
        return 1


async def in_batches(units, body):
    total = 0
    for _ in range(units // BATCH):
        total += sum(await asyncio.gather(*(body() for _ in range(BATCH))))
    return total


async def through_queue(items, capacity):
    queue = asyncio.Queue(capacity)

    async def produce():
        for _ in range(items // 2):
            await queue.put(1)

    async def consume():
        total = 0
        while (item := await queue.get()) is not None:
            total += item
        return total

    consumers = [asyncio.create_task(consume()) for _ in range(3)]
    await asyncio.gather(produce(), produce())
    for _ in consumers:
        await queue.put(None)
    return sum(await asyncio.gather(*consumers))


async def spawn(count):
    """Tasks that all wait for ever, once they do."""
    loop = asyncio.get_running_loop()

    async def wait():
        await loop.create_future()

    tasks = [asyncio.create_task(wait()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def cancel(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return sum(task.cancelled() for task in tasks)


async def cancelled(units):
    ended = 0
    for _ in range(units // SPAWNED):
        ended += await cancel(await spawn(SPAWNED))
    return ended


async def bytes_of_suspended(count):
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tasks = await spawn(count)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    await cancel(tasks)
    return used // count


WORKS = {
    "gather": lambda units: in_batches(units, one),
    "timeout": lambda units: in_batches(units, within_limit),
    "queue_5": lambda units: through_queue(units, 5),
    "queue_1000": lambda units: through_queue(units, 1_000),
    "cancel": cancelled,
    "suspended_bytes": bytes_of_suspended,
}


def main():
    factory = None
    if "--uvloop" in sys.argv:
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        for line in sys.stdin:
            work, units = line.split()
            print(runner.run(WORKS[work](int(units))), flush=True)


main()
