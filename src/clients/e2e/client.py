"""Runs the Python client against a served Muster: client.py tcp://host:port."""

import asyncio
import contextlib
import logging
import os
import sys
import time

from muster_client import JobFailure, MusterError, connect

PATIENCE_S = 10

# Handlers that fail are part of what is tested.
logging.getLogger("muster_client").setLevel(logging.ERROR)


async def main(url):
    before = asyncio.all_tasks()
    async with connect(url) as muster:
        await runs(muster)
        await streams(muster)
        await cancels(muster)
        await jobs(muster)
        async with worker_process(url) as worker:
            await calls(muster, worker)
    left = asyncio.all_tasks() - before
    check("close leaves no task", not left, left)


async def runs(muster):
    check("run gives the output", await muster.run("page", {"id": 7}) == {"id": 7})
    error = await failure(muster.run("fails"))
    why = (error.type, error.step, error.detail)
    check("a failed run says why", why == ("failed", "unlucky", "no luck"), error.error)
    check("and which run it was", error.run is not None)
    check("an unknown plan is notFound", (await failure(muster.run("none"))).type == "notFound")
    check("a wrong input is badInput", (await failure(muster.run("page", {"id": "x"}))).type == "badInput")
    error = await failure(muster.worker("muster.run", print))
    check("an address that is not permitted is denied", error.type == "denied", error)


async def streams(muster):
    began = time.monotonic()
    first = None
    events = []
    async for event in muster.stream("page", {"id": 7}):
        events.append(event)
        if event["event"] == "step" and first is None:
            first = time.monotonic() - began
    kinds = [(event["event"], event.get("path")) for event in events]
    expected = [("start", None), ("step", "fast"), ("step", "slow"), ("end", None)]
    check("stream gives every event", kinds == expected, kinds)
    check("the first before the last", first < time.monotonic() - began - 0.1, first)
    values = []
    async for event in muster.stream("many", window=2):
        if "value" in event:
            values.append(event["value"])
        await asyncio.sleep(0)
    check("a small window loses nothing", sorted(values) == list(range(200)), values)


async def cancels(muster):
    events = muster.stream("sleeps")
    async with events:
        start = await events.__anext__()
        await muster.cancel(start["run"])
        await muster.cancel(start["run"])
        end = [event async for event in events][-1]
    check("cancel ends the run", (end["event"], end["state"]) == ("end", "cancelled"), end)
    running = asyncio.ensure_future(muster.run("sleeps"))
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.wait([running])
    check("a cancelled task is cancelled", running.cancelled())


async def jobs(muster):
    mail, tries = muster.queue("mail"), []
    stays = asyncio.Event()

    async def handler(job):
        tries.append((job.body, job.attempt))
        if job.body == "stays":
            stays.set()
            await asyncio.Event().wait()
        if job.body == "twice" and job.attempt == 1:
            raise ValueError("no luck")
        if job.body == "never":
            raise JobFailure("no use", give_up=True)

    working = asyncio.ensure_future(muster.work("mail", handler, consumers=2, prefetch=2))
    put = await mail.put_many([{"body": body} for body in ("once", "twice", "never")])
    check("several jobs are put", [one.error for one in put] == [None] * 3, put)
    await asyncio.wait_for(mail.join(), PATIENCE_S)
    expected = [("never", 1), ("once", 1), ("twice", 1), ("twice", 2)]
    check("a loop works on them, and again on those that fail", sorted(tries) == expected, tries)
    await mail.put("stays")
    await asyncio.wait_for(stays.wait(), PATIENCE_S)
    working.cancel()
    await asyncio.wait([working])
    (job,) = await mail.take(wait_s=PATIENCE_S)
    check("a loop that is cancelled gives its job back untried", (job.body, job.attempt) == ("stays", 1), job)
    await mail.ack(job, {"by": "hand"})
    await mail.ack(job)
    error = await failure(mail.release(job))
    check("an outcome may be repeated, and another one is refused", error.type == "conflict", error)


async def calls(muster, worker):
    check("a Python worker answers a call", await muster.run("shrinks", {"width": 100}) == 50)
    error = await failure(muster.run("shrinks", {"width": -1}))
    check("its failure is the step's", error.step == "small" and "not negative" in error.detail, error)

    running = asyncio.ensure_future(muster.run("hangs"))
    check("a call reaches the worker", await said(worker) == "called")
    running.cancel()
    check("so does the caller's cancel", await said(worker) == "cancelled")

    running = asyncio.ensure_future(muster.run("hangs"))
    check("another call reaches it", await said(worker) == "called")
    began = time.monotonic()
    worker.kill()
    error = await failure(running)
    check("a killed worker is unavailable", (error.type, error.step) == ("unavailable", "hung"), error)
    check("at once", time.monotonic() - began < 2)


@contextlib.asynccontextmanager
async def worker_process(url):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
    worker = await asyncio.create_subprocess_exec(sys.executable, script, url, stdout=asyncio.subprocess.PIPE)
    try:
        check("a worker joins", await said(worker) == "ready")
        yield worker
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def said(worker):
    return (await asyncio.wait_for(worker.stdout.readline(), PATIENCE_S)).decode().strip()


async def failure(awaitable):
    try:
        value = await asyncio.wait_for(awaitable, PATIENCE_S)
    except MusterError as error:
        return error
    raise AssertionError(f"it did not fail but gave {value!r}")


def check(what, holds, seen=""):
    if not holds:
        raise AssertionError(f"python: FAILED: {what}: {seen}")
    print(f"python: {what}", flush=True)


asyncio.run(asyncio.wait_for(main(sys.argv[1]), 60))
