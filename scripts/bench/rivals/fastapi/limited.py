"""What a handler does when its time is up or its caller leaves, with FastAPI: UPSTREAM, POSTGRES and SQL name what is asked, SHORT_MS the short limit.

GET /LIMIT/http/ID asks the upstream for /item/ID, GET /LIMIT/sql/ID runs the statement; LIMIT is short or long (a minute). FastAPI does not cancel
a handler whose caller leaves. With STOPS the handler waits for that itself and cancels its work.
"""

import asyncio
import os
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
import orjson
from fastapi import FastAPI, Request, Response

PLACES = 20
LIMITS = {"short": int(os.environ["SHORT_MS"]) / 1000, "long": 60}
STOPS = "STOPS" in os.environ


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=PLACES)) as app.state.client,
        asyncpg.create_pool(os.environ["POSTGRES"], min_size=1, max_size=PLACES) as app.state.pool,
    ):
        yield


app = FastAPI(lifespan=lifespan)


async def fetch(number: int):
    async with app.state.client.get(f"{os.environ['UPSTREAM']}/item/{number}") as response:
        response.raise_for_status()
        return orjson.loads(await response.read())


async def row(number: int):
    return dict(await app.state.pool.fetchrow(os.environ["SQL"], number))


class CallerLeft(Exception):
    pass


async def gone(request: Request):
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def while_there(request: Request, work):
    """The result of the work, which is cancelled when the caller leaves."""
    task, left = asyncio.ensure_future(work), asyncio.ensure_future(gone(request))
    try:
        await asyncio.wait([task, left], return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise CallerLeft
        return task.result()
    finally:
        task.cancel()
        left.cancel()


async def answer(request: Request, limit: str, work):
    try:
        async with asyncio.timeout(LIMITS[limit]):
            result = await (while_there(request, work) if STOPS else work)
        return Response(orjson.dumps({"result": result}), media_type="application/json")
    except TimeoutError:
        return Response(status_code=504)
    except CallerLeft:
        return Response(status_code=499)


@app.get("/ready")
async def ready():
    return Response()


@app.get("/{limit}/http/{number}")
async def by_http(request: Request, limit: str, number: int):
    return await answer(request, limit, fetch(number))


@app.get("/{limit}/sql/{number}")
async def by_sql(request: Request, limit: str, number: int):
    return await answer(request, limit, row(number))
