"""Writes the rows of a query to a file as lines of JSON, by asyncpg: rows.py URL SQL FILE."""

import asyncio
import sys

import asyncpg
import orjson
import uvloop

ROWS_A_FETCH = 5_000


async def export(url, sql, path):
    connection = await asyncpg.connect(url)
    # A numeric is put into the line as its own digits: no Decimal, which orjson does not write, and no float.
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=orjson.Fragment, format="text")
    dumps, line = orjson.dumps, orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    with open(path, "wb", buffering=1 << 20) as out:
        async with connection.transaction(readonly=True):
            cursor = await connection.cursor(sql)
            while rows := await cursor.fetch(ROWS_A_FETCH):
                for row in rows:
                    out.write(dumps(dict(row), option=line))
    await connection.close()


uvloop.run(export(*sys.argv[1:]))
