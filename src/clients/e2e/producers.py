"""Two producers and three consumers over a queue of five of a served Muster: producers.py tcp://host:port [SEEDS].

Each number is consumed once, the consumers end at the sentinel, and the join waits for the last acknowledgement: in each of
1,000 interleavings, as the seed decides on batches, prefetches, turns of the loop and kinds of consumers. One
connection for all of them.
"""

import asyncio
import math
import random
import sys
import time

from muster_client import connect

EACH = 10
WAIT_S = 60


async def main(url, seeds):
    began = time.monotonic()
    async with connect(url) as muster:
        for seed in range(seeds):
            await asyncio.wait_for(consumed(muster, seed), 30)
        status = await muster.queue("numbers").close()
    jobs = seeds * (2 * EACH + 3)
    counts = {state: status[state] for state in ("scheduled", "ready", "leased", "done", "dead", "cancelled")}
    expected = {"scheduled": 0, "ready": 0, "leased": 0, "done": jobs, "dead": 0, "cancelled": 0}
    assert counts == expected, f"python: FAILED: {counts}"
    took = time.monotonic() - began
    print(f"python: {jobs} jobs of producers and consumers in {seeds} interleavings, each done once ({took:.1f} s)")


async def consumed(muster, seed):
    chance = random.Random(seed)
    queue, numbers = muster.queue("numbers"), []
    consumers = [
        asyncio.ensure_future(
            worker(muster, numbers, random.Random(chance.random()))
            if chance.random() < 0.5
            else taker(queue, numbers, random.Random(chance.random()))
        )
        for _ in range(3)
    ]
    await asyncio.gather(*(producer(queue, n * EACH, random.Random(chance.random())) for n in range(2)))
    await queue.put_many([{"body": None}] * 3, wait_s=WAIT_S)
    await queue.join()
    assert sorted(numbers) == list(range(2 * EACH)), f"python: FAILED: seed {seed}, at the join: {numbers}"
    await asyncio.gather(*consumers)


async def producer(queue, start, chance):
    """Puts its numbers, one by one or several together."""
    numbers = list(range(start, start + EACH))
    while numbers:
        count = chance.randint(1, 4)
        some, numbers = numbers[:count], numbers[count:]
        if len(some) == 1:
            await queue.put(some[0], wait_s=WAIT_S)
        else:
            put = await queue.put_many([{"body": number} for number in some], wait_s=WAIT_S)
            assert all(one.error is None for one in put), put
        await turns(chance.randrange(3))


async def worker(muster, numbers, chance):
    """A consumer by the client's loop: the handler's end is ``task_done``."""

    async def handler(job):
        if job.body is None:
            job.stop()
            return
        await turns(chance.randrange(4))
        numbers.append(job.body)

    await muster.work("numbers", handler, prefetch=chance.randrange(3), drain_s=math.inf)


async def taker(queue, numbers, chance):
    """A consumer by hand."""
    ended = False
    while not ended:
        for job in await queue.take(chance.randint(1, 3), wait_s=WAIT_S):
            if ended:
                await queue.release(job)
                continue
            ended = job.body is None
            if not ended:
                await turns(chance.randrange(4))
                numbers.append(job.body)
            await queue.ack(job)


async def turns(count):
    """Lets others have their turn so often."""
    for _ in range(count):
        await asyncio.sleep(0)


asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000))
