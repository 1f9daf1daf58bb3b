"""Three requests at once, and one answer of the three: what the plan of the case `start` does, with aiohttp."""

import asyncio
import json
import sys

import aiohttp


async def took(session, path):
    async with session.get(path) as response:
        response.raise_for_status()
        return (await response.json())["took"]


async def main(upstream):
    async with aiohttp.ClientSession(upstream) as session, asyncio.TaskGroup() as group:
        tasks = [group.create_task(took(session, f"/{name}")) for name in ("one", "two", "three")]
    print(json.dumps({"took": [task.result() for task in tasks]}))


asyncio.run(main(sys.argv[1]))
