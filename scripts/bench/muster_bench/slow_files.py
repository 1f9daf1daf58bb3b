"""Regular files that take long to open: python -m muster_bench.slow_files FOLDER COUNT.

A line "arm MS" on standard input prepares each file: the next open(2) of it, by any program, blocks for so many milliseconds. This process holds a
write lease (fcntl F_SETLEASE) on each file. The kernel makes whoever opens the file wait until the lease is given back, as a
file server does that calls a delegation back from another client.
"""

import asyncio
import fcntl
import os
import pathlib
import signal
import sys


def text(n):
    return f"file {n} " + "x" * 4_000 + "\n"


class SlowFile:
    def __init__(self, path, n):
        path.write_text(text(n))
        self.descriptor = os.open(path, os.O_RDONLY)
        self.held = False

    async def arm(self, ms):
        """Takes the lease, as soon as nobody has the file open any more."""
        self.seconds = ms / 1_000
        while not self.held:
            try:
                fcntl.fcntl(self.descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
                self.held = True
            except BlockingIOError:
                await asyncio.sleep(0.01)

    def look(self, loop):
        """If somebody waits for the lease, it is given back after the time."""
        if self.held and fcntl.fcntl(self.descriptor, fcntl.F_GETLEASE) != fcntl.F_WRLCK:
            self.held = False
            loop.call_later(self.seconds, fcntl.fcntl, self.descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)


async def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    files = [SlowFile(folder / f"{n}.txt", n) for n in range(count)]
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGIO, lambda: [file.look(loop) for file in files])
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        ms = int(line.split()[1])
        await asyncio.wait_for(asyncio.gather(*(file.arm(ms) for file in files)), 10)
        print("armed", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
