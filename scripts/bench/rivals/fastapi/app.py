"""The five cases of the HTTP benchmark with FastAPI on uvloop: UPSTREAM and POSTGRES name what is asked."""

import asyncio
import os
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Response

UPSTREAM = os.environ["UPSTREAM"]


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=256), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as app.state.client,
        asyncpg.create_pool(os.environ["POSTGRES"], min_size=1, max_size=8) as app.state.pool,
    ):
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


def answer(value) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")


async def fetch(path: str) -> orjson.Fragment:
    async with app.state.client.get(UPSTREAM + path) as response:
        if response.status != 200:
            raise HTTPException(502, f"status {response.status}")
        body = await response.read()
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise HTTPException(502, str(wrong)) from wrong
    # It is JSON, and is passed on as it came.
    return orjson.Fragment(body)


async def row():
    found = await app.state.pool.fetchrow("select id, name from item where id = $1", 7)
    return dict(found)


@app.get("/api/health")
async def health():
    return answer({"status": "ok"})


@app.get("/api/data")
async def data():
    return answer({"result": await fetch("/items/7")})


@app.get("/api/big")
async def big():
    return answer({"result": await fetch("/big")})


async def merged(**parts):
    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(part) for name, part in parts.items()}
    return answer({name: task.result() for name, task in tasks.items()})


@app.get("/api/broken")
async def broken():
    return answer({"result": await fetch("/broken")})


@app.get("/api/three")
async def three():
    return await merged(one=fetch("/items/1"), two=fetch("/items/2"), three=fetch("/items/3"))


@app.get("/api/aggregate")
async def aggregate():
    return await merged(one=fetch("/items/1"), two=fetch("/items/2"), three=fetch("/items/3"), row=row())
