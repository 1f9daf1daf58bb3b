"""The events of one run, in order, no faster than they are read."""

from __future__ import annotations

import asyncio
import secrets
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Deque, Dict, Optional

from ._bridge import Bridge, Frame
from ._errors import MusterError

if TYPE_CHECKING:
    from ._client import Client

Event = Dict[str, Any]
"""One event of a run: ``{"event": "step", "path": …, "state": …, …}``, as the plan language says."""


class Events:
    """The events of a run: an async iterator that starts the run when it is first read, and ends after its ``end``.

    At most ``window`` events are under way: each is acknowledged when it is read, so a slow reader slows the run down.
    Leaving early, by ``aclose()``, ``async with`` or by dropping the iterator, cancels the run. A run that fails is not
    raised: its ``end`` event says so. What keeps the run from starting, and a lost connection, are raised.
    """

    def __init__(self, client: "Client", body: Dict[str, Any], window: int, headers: Dict[str, str]) -> None:
        if window < 1:
            raise ValueError(f"window is {window}; it has to be 1 or more")
        self._client = client
        self._body = body
        self._headers = headers
        self._feed = _Feed(window)
        self._started = False
        # The client knows the feed alone, so that an iterator that somebody drops is noticed.
        self._dropped = weakref.finalize(self, _drop, asyncio.get_running_loop(), self._feed)
        self._dropped.atexit = False

    @property
    def run(self) -> Optional[str]:
        """The run's id, once it has started."""
        return self._feed.run

    def __aiter__(self) -> "Events":
        return self

    async def __anext__(self) -> Event:
        if not self._started:
            await self._start()
        return await self._feed.take()

    async def aclose(self) -> None:
        """Leaves: cancels the run unless it has ended. Again does nothing."""
        self._started = True
        self._dropped.detach()
        self._feed.leave()

    async def __aenter__(self) -> "Events":
        if not self._started:
            await self._start()
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.aclose()

    async def _start(self) -> None:
        self._started = True
        bridge = await self._client._ready()
        try:
            self._feed.start(self._client, bridge, self._body, self._headers)
            await bridge.drain()
        except BaseException:
            self._feed.leave()
            raise


class _Feed:
    """What arrives for one run on one connection."""

    def __init__(self, window: int) -> None:
        self.address = f"muster.events.{secrets.token_urlsafe(18)}"
        self.run: Optional[str] = None
        self._window = window
        self._arrived: Deque[Frame] = deque()
        self._next = 1
        self._ended = False
        self._left = False
        self._error: Optional[MusterError] = None
        self._waiter: "Optional[asyncio.Future[None]]" = None
        self._client: "Optional[Client]" = None
        self._bridge: Optional[Bridge] = None

    def start(self, client: "Client", bridge: Bridge, body: Dict[str, Any], headers: Dict[str, str]) -> None:
        if self._left:
            return
        self._client, self._bridge = client, bridge
        client._routes[self.address] = self
        bridge.register(self.address)
        wanted = {**body, "events": self.address, "window": self._window}
        bridge.ask("muster.run", wanted, headers).add_done_callback(self._answered)

    async def take(self) -> Event:
        while not self._arrived:
            if self._error is not None:
                raise self._error
            if self._ended or self._left:
                raise StopAsyncIteration
            if self._waiter is not None:
                raise RuntimeError("two tasks read the same events")
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        frame = self._arrived.popleft()
        self._acknowledge(frame)
        return frame["body"]  # type: ignore[no-any-return]

    def deliver(self, bridge: Bridge, frame: Frame) -> None:
        event, number = frame.get("body"), (frame.get("headers") or {}).get("muster-event")
        if not isinstance(event, dict):
            self._fail(MusterError("badResponse", "the server sent an event that is not an object", run=self.run))
            return
        if number is not None and str(number) != str(self._next):
            said = f"event {number} came where {self._next} was due: events were lost"
            self._fail(MusterError("badResponse", said, run=self.run))
            return
        if len(self._arrived) >= self._window:
            said = f"the server sent more than the {self._window} events of the window"
            self._fail(MusterError("badResponse", said, run=self.run))
            return
        self._next += 1
        self._arrived.append(frame)
        if event.get("event") == "start":
            self._named(event.get("run"))
        elif event.get("event") == "end":
            self._ended = True
            self._forget()
        self._wake()

    def lost(self, error: MusterError) -> None:
        """The connection has ended: what arrived can still be read, then the error."""
        if not self._ended and self._error is None:
            self._error = MusterError(error.type, error.detail, run=self.run)
        self._wake()

    def leave(self) -> None:
        if self._left:
            return
        self._left = True
        self._arrived.clear()
        self._forget()
        self._cancel()
        self._wake()

    def _answered(self, answer: "asyncio.Future[Any]") -> None:
        if answer.cancelled():
            return
        error = answer.exception()
        if isinstance(error, MusterError):
            if self._error is None and not self._ended:
                self._error = error
            self._forget()
            self._wake()
        elif isinstance(answer.result(), dict):
            self._named(answer.result().get("run"))

    def _named(self, run: Optional[str]) -> None:
        if self.run is None and run is not None:
            self.run = run
            if self._left:
                self._cancel()

    def _fail(self, error: MusterError) -> None:
        if self._error is None:
            self._error = error
        self._left = True
        self._forget()
        self._cancel()
        self._wake()

    def _cancel(self) -> None:
        # Without its id yet, the run is cancelled as soon as the id is known.
        if self.run is not None and not self._ended and self._bridge is not None and not self._bridge.closed.done():
            self._bridge.tell("muster.run.cancel", {"run": self.run})

    def _acknowledge(self, frame: Frame) -> None:
        reply = frame.get("replyAddress")
        if reply and self._bridge is not None and not self._bridge.closed.done():
            self._bridge.send({"type": "send", "address": reply, "body": None})

    def _forget(self) -> None:
        if self._client is not None and self._client._routes.pop(self.address, None) is not None:
            if self._bridge is not None and not self._bridge.closed.done():
                self._bridge.unregister(self.address)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _drop(loop: asyncio.AbstractEventLoop, feed: _Feed) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(feed.leave)
