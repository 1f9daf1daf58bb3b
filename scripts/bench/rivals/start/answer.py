"""What the trivial plan of the case `start` does, in asyncio."""

import asyncio
import json


async def main():
    print(json.dumps({"answer": 42}))


asyncio.run(main())
