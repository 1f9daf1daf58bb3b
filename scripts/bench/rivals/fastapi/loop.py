"""Light requests beside CPU work, in asyncio on uvloop: POOL says whether the work goes to processes, as many as cores, or stays in the loop."""

import asyncio
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager

import orjson
from fastapi import FastAPI, Response


def sum_of_squares(n: int) -> int:
    total = 0
    for i in range(n):
        total += i * i
    return total


@asynccontextmanager
async def lifespan(app: FastAPI):
    if os.environ["POOL"] == "processes":
        with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as app.state.pool:
            yield
    else:
        app.state.pool = None
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/api/light")
async def light():
    return Response(orjson.dumps({"status": "ok"}), media_type="application/json")


@app.get("/api/work")
async def work(n: int):
    if app.state.pool is None:
        total = sum_of_squares(n)
    else:
        total = await asyncio.get_running_loop().run_in_executor(app.state.pool, sum_of_squares, n)
    # orjson has no whole numbers beyond 64 bits; the sum is one of them.
    return Response(f'{{"sum":{total}}}', media_type="application/json")
