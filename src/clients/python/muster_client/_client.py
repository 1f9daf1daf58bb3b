"""The client: one connection at a time, made anew when it is lost."""

from __future__ import annotations

import asyncio
import math
import random
from typing import Any, Dict, Generator, Mapping, Optional, Set, Tuple, Union
from urllib.parse import urlsplit

from ._bridge import Bridge, Frame, log, within
from ._errors import MusterError, from_object
from ._queue import Queue
from ._stream import Events, _Feed
from ._work import JobHandler, Loop
from ._worker import Handler, Worker

_GREETING_S = 1.0
"""How long a new connection waits for the answer to its first ping."""

Plan = Union[str, Mapping[str, Any]]
"""The name of a saved plan; or a plan itself, as an object or YAML text, for callers who may."""

Deadline = Union[str, float]
"""After how long the server ends a run: seconds, or text such as ``"300ms"``."""

_LONGEST_S = 1e11


def written(deadline: Deadline) -> str:
    """A deadline as the server reads it; seconds are rounded up to milliseconds, so that some time stays some."""
    if isinstance(deadline, str):
        return deadline
    if isinstance(deadline, bool) or not isinstance(deadline, (int, float)):
        raise TypeError(f"deadline is {deadline!r}; it has to be seconds, or text such as '300ms'")
    if not 0 <= deadline <= _LONGEST_S:
        raise ValueError(f"deadline is {deadline}; it has to be seconds from 0 on")
    return f"{math.ceil(round(deadline * 1000, 6))}ms"


def connect(
    url: str,
    key: Optional[str] = None,
    *,
    connect_timeout_s: float = 5.0,
    backoff_s: Tuple[float, float] = (0.1, 10.0),
    ping_s: float = 5.0,
    max_frame_bytes: int = 64 << 20,
) -> "Connecting":
    """Connects to ``tcp://host:port``: ``client = await connect(…)`` or ``async with connect(…) as client:``.

    ``key`` is the caller's. ``connect_timeout_s`` bounds an attempt, and how long a call waits for a lost connection
    to come back; ``backoff_s`` are the shortest and the longest pause between attempts. A server that cannot be reached now
    is ``unavailable``; later on the client reconnects by itself.
    """
    parts = urlsplit(url)
    if parts.scheme != "tcp" or not parts.hostname or parts.port is None:
        raise ValueError(f"{url!r} is no address of a TCP bridge: tcp://host:port is")
    host, port = parts.hostname, parts.port
    return Connecting(Client(host, port, key, connect_timeout_s, backoff_s, ping_s, max_frame_bytes))


class Connecting:
    """A client on its way: awaited, or entered by ``async with``, which closes it."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def __await__(self) -> Generator[Any, None, "Client"]:
        return self._client._open().__await__()

    async def __aenter__(self) -> "Client":
        return await self._client._open()

    async def __aexit__(self, *why: object) -> None:
        await self._client.close()


class Client:
    """Runs plans and answers calls over one connection. It belongs to the loop on which it was connected."""

    def __init__(
        self,
        host: str,
        port: int,
        key: Optional[str],
        connect_timeout_s: float,
        backoff_s: Tuple[float, float],
        ping_s: float,
        max_frame_bytes: int,
    ) -> None:
        self._host, self._port, self._key = host, port, key
        self._connect_timeout_s = connect_timeout_s
        self._backoff_s = backoff_s
        self._ping_s = ping_s
        self._max_frame_bytes = max_frame_bytes
        self._routes: Dict[str, Union[_Feed, Worker]] = {}
        self._loops: Set[Loop] = set()
        self._bridge: Optional[Bridge] = None
        self._why = MusterError("unavailable", "the client is not connected")
        self._up: Optional[asyncio.Event] = None
        self._done: Optional[asyncio.Event] = None
        self._keeping: "Optional[asyncio.Task[None]]" = None
        self._closing: "Optional[asyncio.Task[None]]" = None
        self._closed = False

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._bridge is not None and not self._bridge.closed.done()

    async def run(
        self,
        plan: Plan,
        input: Any = None,
        *,
        traceparent: Optional[str] = None,
        deadline: Optional[Deadline] = None,
    ) -> Any:
        """Runs a plan and returns its output. Cancelling the task that waits here cancels the run.

        The server ends the run as ``timeout`` once the ``deadline`` has passed: seconds, or text such as ``"300ms"``.
        """
        # By its events, and not by one reply: the run's id, which a cancel needs, comes with them.
        async with self.stream(plan, input, traceparent=traceparent, deadline=deadline) as events:
            async for event in events:
                if event.get("event") == "end":
                    if event.get("state") == "done":
                        return event.get("output")
                    raise from_object(event.get("error"), events.run)
        raise MusterError("badResponse", "the run's events ended without an end", run=events.run)

    def stream(
        self,
        plan: Plan,
        input: Any = None,
        *,
        window: int = 64,
        traceparent: Optional[str] = None,
        deadline: Optional[Deadline] = None,
    ) -> Events:
        """The events of a run of this plan, which starts when they are first read. Leaving them cancels the run."""
        body: Dict[str, Any] = {"plan": plan}
        if input is not None:
            body["input"] = input
        if deadline is not None:
            body["deadline"] = written(deadline)
        return Events(self, body, window, {"traceparent": traceparent} if traceparent else {})

    async def cancel(self, run: str) -> None:
        """Cancels a run by its id. Again, or too late, does nothing."""
        bridge = await self._ready()
        await bridge.ask("muster.run.cancel", {"run": run})

    async def worker(self, address: str, handler: Handler, *, concurrency: int = 16, waiting: int = 1000) -> Worker:
        """Answers the ``call:`` steps of an address with what the handler returns, until the worker is stopped.

        At most ``concurrency`` calls are answered at once, ``waiting`` more wait, others are refused. A handler's
        failure is the step's. Returns once the server has taken the registration; a refusal is ``denied``.
        """
        if address in self._routes:
            raise ValueError(f"this client has a worker at {address} already")
        worker = Worker(self, address, handler, concurrency, waiting)
        bridge = await self._ready()
        self._routes[address] = worker
        try:
            await within(bridge.register(address), self._connect_timeout_s)
        except asyncio.TimeoutError:
            pass  # a bridge that answers no pings says nothing of a registration that it took
        except BaseException:
            self._leave(worker)
            await worker._end()
            raise
        return worker

    def queue(self, name: str) -> Queue:
        """The operations of a queue."""
        return Queue(self, name)

    async def work(
        self, queue: str, handler: JobHandler, *, consumers: int = 1, prefetch: int = 0, drain_s: float = 0
    ) -> None:
        """Works on the jobs of a queue, ``consumers`` of them at once, until its task is cancelled.

        What the handler returns acknowledges its job; what it raises fails the try, a ``JobFailure`` with its own
        words. Leases are extended meanwhile; a handler whose lease is lost is cancelled, and what it says is dropped.
        ``prefetch`` more jobs are taken ahead. When the loop is cancelled, jobs ahead go back, handlers have ``drain_s`` to
        end (``math.inf``: as long as they need), and those that are cancelled then give their jobs back untried.
        """
        loop = Loop(self, self.queue(queue), handler, consumers, prefetch, drain_s)
        self._loops.add(loop)
        try:
            await loop.run()
        finally:
            self._loops.discard(loop)

    async def wait_closed(self) -> None:
        """Waits until the client is closed: what a process of workers does."""
        if self._done is not None:
            await self._done.wait()

    async def close(self) -> None:
        """Ends the connection and its runs; cancels the handlers and waits for their end. Again does nothing."""
        if self._keeping is None:
            self._closed = True
        elif self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(self._keeping))
        if self._closing is not None:
            await asyncio.shield(self._closing)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.close()

    async def _open(self) -> "Client":
        if self._closed or self._keeping is not None:
            raise RuntimeError("a client is connected once; call connect() for another one")
        self._up, self._done = asyncio.Event(), asyncio.Event()
        bridge = await self._connect()
        self._keeping = asyncio.get_running_loop().create_task(self._keep(bridge))
        self._use(bridge)
        return self

    async def _ready(self) -> Bridge:
        """The connection, as soon as there is one; ``unavailable`` after the time that an attempt may take."""
        if self._up is None:
            raise MusterError("unavailable", "the client is not connected: await connect(…) first")
        if not self._closed and not self.connected:
            try:
                await within(self._up.wait(), self._connect_timeout_s)
            except asyncio.TimeoutError:
                pass
        if self._closed or self._bridge is None or self._bridge.closed.done():
            raise MusterError(self._why.type, self._why.detail)
        return self._bridge

    def _leave(self, worker: Worker) -> None:
        if self._routes.get(worker.address) is worker:
            del self._routes[worker.address]
            if self._bridge is not None and not self._bridge.closed.done():
                self._bridge.unregister(worker.address)

    async def _connect(self) -> Bridge:
        opening = asyncio.ensure_future(asyncio.open_connection(self._host, self._port))
        try:
            reader, writer = await within(opening, self._connect_timeout_s)
        except asyncio.CancelledError:
            if not opening.cancelled() and opening.exception() is None:
                opening.result()[1].transport.abort()
            raise
        except (OSError, asyncio.TimeoutError) as e:
            why = str(e) or f"no answer in {self._connect_timeout_s:g} s"
            raise MusterError("unavailable", f"cannot connect to tcp://{self._host}:{self._port}: {why}") from e
        bridge = Bridge(reader, writer, self._key, self._deliver, self._ping_s, self._max_frame_bytes)
        try:
            # So that what the server does not take is refused from the first message on.
            await within(asyncio.shield(bridge.greeted), min(_GREETING_S, self._connect_timeout_s))
        except asyncio.TimeoutError:
            pass  # a bridge that answers no pings is taken as it is
        except asyncio.CancelledError:
            await bridge.close("the client has been closed")
            raise
        return bridge

    def _use(self, bridge: Bridge) -> None:
        self._bridge = bridge
        for worker in [route for route in self._routes.values() if isinstance(route, Worker)]:
            if not bridge.closed.done():
                bridge.register(worker.address).add_done_callback(_registered(worker.address))
        assert self._up is not None
        self._up.set()

    async def _keep(self, bridge: Bridge) -> None:
        attempt = 0
        while True:
            self._why = await asyncio.shield(bridge.closed)
            self._lost()
            # A server that accepts and hangs up at once has not been reached.
            attempt = 0 if bridge.heard else attempt + 1
            bridge = await self._reconnect(attempt)
            self._use(bridge)

    async def _close(self, keeping: "asyncio.Task[None]") -> None:
        loops = list(self._loops)
        for loop in loops:
            loop.end()
        if loops:
            await asyncio.wait([loop.ended for loop in loops])
        self._closed = True
        keeping.cancel()
        await asyncio.wait([keeping])
        self._why = MusterError("unavailable", "the client has been closed")
        bridge, workers = self._bridge, [route for route in self._routes.values() if isinstance(route, Worker)]
        self._lost()
        if bridge is not None:
            await bridge.close(self._why.detail)
        for worker in workers:
            await worker._end()
        self._routes.clear()
        assert self._up is not None and self._done is not None
        self._up.set()
        self._done.set()

    async def _reconnect(self, attempt: int) -> Bridge:
        while True:
            least, most = self._backoff_s
            pause = min(most, least * 2 ** min(attempt, 30))
            await asyncio.sleep(random.uniform(pause / 2, pause))
            try:
                return await self._connect()
            except MusterError as e:
                self._why = e
                attempt += 1

    def _lost(self) -> None:
        self._bridge = None
        if self._up is not None:
            self._up.clear()
        for address, route in list(self._routes.items()):
            if isinstance(route, _Feed):
                del self._routes[address]
            route.lost(self._why)

    def _deliver(self, bridge: Bridge, frame: Frame) -> None:
        route = self._routes.get(str(frame.get("address")))
        if route is not None:
            route.deliver(bridge, frame)


def _registered(address: str) -> Any:
    def said(done: "asyncio.Future[None]") -> None:
        if not done.cancelled() and done.exception() is not None:
            log.warning("the worker of %s could not join again: %s", address, done.exception())

    return said
