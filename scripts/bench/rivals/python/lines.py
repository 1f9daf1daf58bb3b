"""Writes the lines of a file that contain a word to another file: lines.py loop|aiofiles|async-for WORD FROM TO."""

import asyncio
import sys

BLOCK = 1 << 20


def loop(word, source, target):
    with open(source, "rb", buffering=BLOCK) as lines, open(target, "wb", buffering=BLOCK) as out:
        for line in lines:
            if word in line:
                out.write(line)


async def blocks(word, source, target):
    """By blocks that end with a line: a call of aiofiles costs the same, be it for a line or for a block."""
    import aiofiles

    async with aiofiles.open(source, "rb", buffering=0) as file, aiofiles.open(target, "wb") as out:
        rest = b""
        while block := await file.read(BLOCK):
            whole = block.rfind(b"\n") + 1
            if not whole:
                rest += block
                continue
            found = matches(rest + block[:whole], word)
            rest = block[whole:]
            if found:
                await out.write(found)
        if word in rest:
            await out.write(rest)


def matches(block, word):
    """The lines of a block that contain the word; the others are never cut."""
    found, at = [], block.find(word)
    while at >= 0:
        begin = block.rfind(b"\n", 0, at) + 1
        end = block.find(b"\n", at) + 1
        found.append(block[begin:end])
        at = block.find(word, end)
    return b"".join(found)


async def async_for(word, source, target):
    import aiofiles

    async with aiofiles.open(source, "rb") as lines, aiofiles.open(target, "wb") as out:
        async for line in lines:
            if word in line:
                await out.write(line)


def main():
    how, word, source, target = sys.argv[1:]
    if how == "loop":
        loop(word.encode(), source, target)
    else:
        import uvloop

        uvloop.run((blocks if how == "aiofiles" else async_for)(word.encode(), source, target))


main()
