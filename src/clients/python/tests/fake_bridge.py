"""A TCP event-bus bridge of the tests' own: they see each frame of the client and say each frame of the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Dict, List, Optional

Frame = Dict[str, Any]

PATIENCE_S = 5.0


class FakeBridge:
    """Listens on a free port; ``accepted()`` gives the next connection."""

    def __init__(self) -> None:
        self.pongs = True
        self.limits = {}
        self.refuse_registrations = False
        self._server: Optional[asyncio.AbstractServer] = None
        self._peers: "asyncio.Queue[Peer]" = asyncio.Queue()
        self._all: List[Peer] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "FakeBridge":
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for peer in self._all:
            peer.drop()
        for peer in self._all:
            await asyncio.wait([peer.reading])
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def accepted(self) -> "Peer":
        return await asyncio.wait_for(self._peers.get(), PATIENCE_S)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(self, reader, writer)
        self._all.append(peer)
        self._peers.put_nowait(peer)


class Peer:
    """One connection as the server sees it."""

    def __init__(self, bridge: FakeBridge, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._bridge = bridge
        self._reader = reader
        self._writer = writer
        self._frames: "asyncio.Queue[Frame]" = asyncio.Queue()
        self._number = 0
        self.pings = 0
        self.closed = asyncio.Event()
        self.reading = asyncio.get_running_loop().create_task(self._read())

    def send(self, frame: Frame) -> None:
        self.raw(wire(frame))

    def raw(self, data: bytes) -> None:
        self._writer.write(data)

    def drop(self) -> None:
        self._writer.close()

    async def next(self) -> Frame:
        """The next frame that is no ping."""
        return await asyncio.wait_for(self._frames.get(), PATIENCE_S)

    async def next_to(self, address: str) -> Frame:
        """The next frame to this address; it fails on any other."""
        frame = await self.next()
        assert frame["address"] == address, f"to {address} was expected: {frame}"
        return frame

    async def run_asked(self) -> Frame:
        """The request for a run, after the registration of its address for events."""
        registered = await self.next()
        assert registered["type"] == "register", registered
        asked = await self.next_to("muster.run")
        assert asked["body"]["events"] == registered["address"], asked
        self._number = 0
        return asked

    async def settled(self) -> List[Frame]:
        """The frames that came until now, known by a reply that the client had to give to a later one."""
        # A ping of the server's side does not exist: what is written and read back is a turn of both loops.
        for _ in range(20):
            await asyncio.sleep(0.005)
        frames = []
        while not self._frames.empty():
            frames.append(self._frames.get_nowait())
        return frames

    def reply(self, asked: Frame, body: Any) -> None:
        self.send({"type": "message", "address": asked["replyAddress"], "body": body})

    def refuse(self, asked: Frame, code: int, message: str, failure: str = "RECIPIENT_FAILURE") -> None:
        error = {"failureCode": code, "failureType": failure, "message": message}
        self.send({"type": "err", "address": asked["replyAddress"], **error})

    def event(self, asked: Frame, event: Frame, number: Optional[int] = None) -> None:
        self._number = number or self._number + 1
        self.send(
            {
                "type": "message",
                "address": asked["body"]["events"],
                "body": event,
                "headers": {"muster-event": str(self._number)},
                "replyAddress": f"ack-{self._number}",
            }
        )

    def call(self, address: str, body: Any, id: str = "call-1") -> None:
        headers = {"muster-run": "run-1", "muster-step": "resized", "muster-call": id}
        self.send(
            {"type": "message", "address": address, "body": body, "headers": headers, "replyAddress": f"answer-{id}"}
        )

    def cancel_call(self, address: str, id: str = "call-1") -> None:
        self.send({"type": "message", "address": address, "body": None, "headers": {"muster-cancel": id}})

    async def _read(self) -> None:
        try:
            while True:
                length = int.from_bytes(await self._reader.readexactly(4), "big")
                self._take(json.loads(await self._reader.readexactly(length)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.closed.set()
            self._writer.close()

    def _take(self, frame: Frame) -> None:
        if frame["type"] == "ping":
            self.pings += 1
            if self._bridge.pongs:
                self.send({"type": "pong", **self._bridge.limits})
        else:
            if frame["type"] == "register" and self._bridge.refuse_registrations:
                self.send({"type": "err", "message": "access_denied"})
            self._frames.put_nowait(frame)


def wire(frame: Frame) -> bytes:
    payload = json.dumps(frame).encode()
    return len(payload).to_bytes(4, "big") + payload
