"""An upstream that answers GET /wait/MS/N after so many milliseconds, to thousands at once: python -m muster_bench.slow_upstream PORT."""

import asyncio
import sys

import uvloop


class Waiting(asyncio.Protocol):
    """One connection. Requests without a body come one after another; each is answered when its time is over."""

    def __init__(self, loop):
        self.loop = loop
        self.read = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.read += data
        while (end := self.read.find(b"\r\n\r\n")) >= 0:
            path, self.read = self.read[: end].split(b" ", 2)[1], self.read[end + 4 :]
            self.request(path.decode())

    def request(self, path):
        match path.split("/"):
            case ["", "wait", ms, n]:
                body = f'{{"n":{int(n)},"waited":{int(ms)}}}'
                self.loop.call_later(int(ms) / 1_000, self.answer, body)
            case _:
                self.answer("{}")

    def answer(self, body):
        if not self.transport.is_closing():
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.transport.write((head + body).encode())


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Waiting(loop), "127.0.0.1", int(sys.argv[1]), backlog=1_024)
    await server.serve_forever()


uvloop.run(main())
