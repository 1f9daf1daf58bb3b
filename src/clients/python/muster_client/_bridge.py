"""One socket to the TCP event-bus bridge: frames, requests and their replies, pings."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Tuple, TypeVar

from ._errors import MusterError, from_failure

log = logging.getLogger("muster_client")

Frame = Dict[str, Any]
T = TypeVar("T")

_CLOSE_S = 1.0
"""How long a close waits for a peer that does not read what was sent."""


_MOST_NESTING = 256
"""How deep a frame may nest, unless the server says otherwise."""


def encode(frame: Mapping[str, Any], most_bytes: Optional[int] = None, most_nesting: int = _MOST_NESTING) -> bytes:
    """The frame on the wire: its length in four bytes, big end first, and its JSON.

    What the server would not take is refused here: ``badInput``, or ``limit`` if it is too large.
    """
    try:
        payload = json.dumps(frame, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as e:
        raise MusterError("badInput", f"cannot be sent as JSON: {e}") from e
    if most_bytes is not None and len(payload) > most_bytes:
        detail = f"a message of {len(payload)} bytes; the server accepts {most_bytes} at most (server.limits.body)"
        raise MusterError("limit", detail)
    if payload.count(b"[") + payload.count(b"{") > most_nesting and _nests_deeper(frame, most_nesting):
        raise MusterError("badInput", f"a message nested deeper than {most_nesting} levels, which the server does not accept")
    return len(payload).to_bytes(4, "big") + payload


def _nests_deeper(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        inside: List[Any] = []
        for one in level:
            items = one.values() if isinstance(one, dict) else one
            inside.extend(item for item in items if isinstance(item, (dict, list, tuple)))
        if not inside:
            return False
        level = inside
    return True


async def within(awaitable: "Awaitable[T]", timeout_s: float) -> T:
    """What ``asyncio.wait_for`` does, which before Python 3.12 loses a cancel that comes together with the result."""
    task = asyncio.ensure_future(awaitable)
    try:
        await asyncio.wait([task], timeout=timeout_s)
        if not task.done():
            raise asyncio.TimeoutError
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


class Bridge:
    """A connection that is open until ``closed`` is done; its result says why it ended. Used on one loop."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        key: Optional[str],
        deliver: Callable[["Bridge", Frame], None],
        ping_s: float,
        max_frame_bytes: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = reader
        self._writer = writer
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._deliver = deliver
        self._ping_s = ping_s
        self._max_frame_bytes = max_frame_bytes
        self._requests: Dict[str, "asyncio.Future[Any]"] = {}
        self._pongs: List[Tuple["asyncio.Future[None]", Optional[str]]] = []
        self.most_bytes: Optional[int] = None
        """How long a frame may be that the server takes; None until it has said so."""
        self._most_nesting = _MOST_NESTING
        self.greeted: "asyncio.Future[None]" = self._loop.create_future()
        """Done once the server has answered a ping, and said what it takes, or the connection has ended."""
        self._unanswered = 0
        self.heard = False
        self.closed: "asyncio.Future[MusterError]" = self._loop.create_future()
        self._reading = self._loop.create_task(self._read())
        self._pinging: Optional[asyncio.TimerHandle] = None
        self._ping()

    def send(self, frame: Frame) -> None:
        """Writes a frame, at once; a connection that has ended is ``unavailable``."""
        if self.closed.done():
            raise self.closed.result()
        self._writer.write(encode(frame, self.most_bytes, self._most_nesting))

    def tell(self, address: str, body: Any, **frame: Any) -> None:
        """Sends to an address as this caller, and wants no reply."""
        self.send({"type": "send", "address": address, "body": body, "headers": dict(self._headers), **frame})

    def ask(self, address: str, body: Any, headers: Optional[Mapping[str, str]] = None) -> "asyncio.Future[Any]":
        """Sends to an address as this caller; the future is the body of the reply, or its failure."""
        reply = f"reply-{secrets.token_hex(12)}"
        self.tell(address, body, replyAddress=reply, headers={**self._headers, **(headers or {})})
        answer: "asyncio.Future[Any]" = self._loop.create_future()
        self._requests[reply] = answer
        answer.add_done_callback(lambda _: self._requests.pop(reply, None))
        return answer

    def ask_and_wait(self, address: str, body: Any) -> "Waiting":
        """The same of a request that waits at a queue, which can be withdrawn."""
        call = secrets.token_hex(12)
        return Waiting(self, call, self.ask(address, body, {"muster-call": call}))

    def withdraw(self, call: str) -> None:
        self.tell("muster.queue.cancel", None, headers={**self._headers, "muster-cancel": call})

    def register(self, address: str) -> "asyncio.Future[None]":
        """Asks for the messages of an address; the future fails if that is refused, else ends with the next pong."""
        self._barrier()
        self.send({"type": "register", "address": address, "headers": dict(self._headers)})
        return self._barrier(address)

    def unregister(self, address: str) -> None:
        """Wants no more messages of an address."""
        self.send({"type": "unregister", "address": address, "headers": dict(self._headers)})

    async def drain(self) -> None:
        """Waits until the peer has read enough of what was sent."""
        try:
            await self._writer.drain()
        except (ConnectionError, OSError) as e:
            self._end(f"the connection was lost: {e}")
            raise self.closed.result() from e

    async def close(self, why: str) -> None:
        """Ends the connection and waits until nothing of it is left."""
        self._end(why, flush=True)
        await asyncio.wait([self._reading])
        try:
            await within(self._writer.wait_closed(), _CLOSE_S)
        except (ConnectionError, OSError, asyncio.TimeoutError):
            self._writer.transport.abort()

    def _barrier(self, address: Optional[str] = None) -> "asyncio.Future[None]":
        # A refusal may come without its address. The bridge handles frames in order, so what is refused between two
        # pongs was sent between their pings.
        pong: "asyncio.Future[None]" = self._loop.create_future()
        pong.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._pongs.append((pong, address))
        self.send({"type": "ping"})
        return pong

    def _ping(self) -> None:
        # A peer that never answers pings is taken as it is; one that did and has stopped is gone.
        if self.heard and self._unanswered > 2:
            self._end(f"the server has not responded for {3 * self._ping_s:g} s")
            return
        self._unanswered += 1
        if self.heard or not self._pongs:
            self._barrier()
        else:
            self.send({"type": "ping"})
        self._pinging = self._loop.call_later(self._ping_s, self._ping)

    async def _read(self) -> None:
        why = "the server closed the connection"
        try:
            while True:
                length = int.from_bytes(await self._reader.readexactly(4), "big")
                if length > self._max_frame_bytes:
                    why = f"the server sent a frame of {length} bytes; max_frame_bytes is {self._max_frame_bytes}"
                    return
                frame = json.loads((await self._reader.readexactly(length)).decode())
                if not isinstance(frame, dict):
                    raise ValueError("not an object")
                self._take(frame)
        except asyncio.IncompleteReadError as e:
            if e.partial:
                why = "the server closed the connection in the middle of a frame"
        except (ConnectionError, OSError) as e:
            why = f"the connection was lost: {e}"
        except (ValueError, RecursionError) as e:
            why = f"the server sent a frame that is not a JSON object: {e}"
        finally:
            self._end(why)

    def _take(self, frame: Frame) -> None:
        self._unanswered = 0
        kind = frame.get("type")
        if kind == "pong":
            self.heard = True
            self._learn(frame)
            if self._pongs:
                _settle(self._pongs.pop(0)[0], None)
            return
        answer = self._requests.get(str(frame.get("address")))
        if answer is not None:
            failed = kind == "err" or "failureCode" in frame
            _settle(answer, frame.get("body"), from_failure(frame) if failed else None)
        elif kind == "err":
            self._refused(frame)
        else:
            self._deliver(self, frame)

    def _learn(self, frame: Frame) -> None:
        if isinstance(frame.get("maxBytes"), int):
            self.most_bytes = frame["maxBytes"]
        if isinstance(frame.get("maxNesting"), int):
            self._most_nesting = frame["maxNesting"]
        _settle(self.greeted, None)

    def _refused(self, frame: Frame) -> None:
        error = from_failure(frame)
        about = frame.get("sourceAddress")
        waiting = [pong for pong, address in self._pongs if not pong.done() and (about is None or about == address)]
        if waiting:
            _settle(waiting[0], None, error)
        else:
            log.warning("the bridge rejected a frame: %s", error)

    def _end(self, why: str, flush: bool = False) -> None:
        if self.closed.done():
            return
        error = MusterError("unavailable", why)
        self.closed.set_result(error)
        if self._pinging is not None:
            self._pinging.cancel()
        self._reading.cancel()
        if flush:
            self._writer.close()
        else:
            self._writer.transport.abort()
        _settle(self.greeted, None)
        for waiting in [*self._requests.values(), *(pong for pong, _ in self._pongs)]:
            _settle(waiting, None, MusterError("unavailable", why))
        self._pongs.clear()


class Waiting:
    """A request that waits at a queue."""

    def __init__(self, bridge: Bridge, call: str, answer: "asyncio.Future[Any]") -> None:
        self.bridge = bridge
        self.answer = answer
        self._call = call

    async def reply(self) -> Any:
        """The answer. A task that is cancelled here withdraws the request, and leaves the answer to others."""
        try:
            return await asyncio.shield(self.answer)
        except asyncio.CancelledError:
            self.withdraw()
            raise

    def withdraw(self) -> None:
        """Has it answered now, with what there is."""
        if not self.answer.done() and not self.bridge.closed.done():
            self.bridge.withdraw(self._call)


def _settle(future: "asyncio.Future[Any]", value: Any, error: Optional[MusterError] = None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
