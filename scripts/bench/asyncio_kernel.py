"""The counterpart of KernelBench in asyncio: the same three things, with the standard library alone, by CPU second."""

import asyncio
import gc
import statistics
import time
import tracemalloc

WARM_UP = 2
ROUNDS = 5
BATCH = 1_000
TASKS = 100_000
ITEMS = 100_000
SUSPENDED = 100_000


async def one():
    return 1


async def gather():
    for _ in range(TASKS // BATCH):
        await asyncio.gather(*(one() for _ in range(BATCH)))


async def through_queue(capacity):
    queue = asyncio.Queue(capacity)

    async def produce():
        for _ in range(ITEMS // 2):
            await queue.put(1)

    async def consume():
        while await queue.get() is not None:
            pass

    consumers = [asyncio.create_task(consume()) for _ in range(3)]
    await asyncio.gather(produce(), produce())
    for _ in consumers:
        await queue.put(None)
    await asyncio.gather(*consumers)


async def median(count, body, *arguments):
    figures = []
    for _ in range(WARM_UP + ROUNDS):
        before = time.process_time()
        await body(*arguments)
        figures.append(count / (time.process_time() - before))
    return statistics.median(figures[WARM_UP:])


async def bytes_of_suspended():
    loop = asyncio.get_running_loop()

    async def wait():
        await loop.create_future()

    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tasks = [asyncio.create_task(wait()) for _ in range(SUSPENDED)]
    await asyncio.sleep(0)
    gc.collect()
    figure = (tracemalloc.get_traced_memory()[0] - before) / SUSPENDED
    tracemalloc.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return figure


async def main():
    print(f"gather_tasks_per_s={await median(TASKS, gather):.0f}")
    print(f"suspended_bytes={await bytes_of_suspended():.0f}")
    for capacity in (5, 1_000):
        print(f"queue_{capacity}_items_per_s={await median(ITEMS, through_queue, capacity):.0f}")


asyncio.run(main())
