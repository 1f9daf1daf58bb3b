"""A worker process: answers at images.shrink, and hangs at images.hang. Says on standard output what it does."""

import asyncio
import sys

from muster_client import MusterError, connect


async def shrink(body, call):
    if body["width"] < 0:
        raise MusterError("badInput", "a width is not negative")
    return {"width": body["width"] // 2}


async def hang(body, call):
    print("called", flush=True)
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print("cancelled", flush=True)
        raise


async def main(url):
    async with connect(url) as muster:
        await muster.worker("images.shrink", shrink)
        await muster.worker("images.hang", hang)
        print("ready", flush=True)
        await muster.wait_closed()


asyncio.run(main(sys.argv[1]))
