"""Answers to ``call:`` steps at one address."""

from __future__ import annotations

import asyncio
import functools
import inspect
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, Optional

from ._bridge import Bridge, Frame, log
from ._errors import MusterError, describe

if TYPE_CHECKING:
    from ._client import Client


_MOST_MESSAGE = 10_000
"""How much of what a handler fails with is sent."""


class Call:
    """One call of a step: who asks, and whether the answer is still wanted."""

    run: Optional[str]
    """The run that asks."""
    step: Optional[str]
    """The path of the step that asks."""
    id: str
    """The call's own id."""
    cancelled: bool
    """True once nobody wants the answer any more. Any thread may read it."""

    def __init__(self, bridge: Bridge, frame: Frame) -> None:
        headers = frame.get("headers") or {}
        self.run = headers.get("muster-run")
        self.step = headers.get("muster-step")
        self.id = headers.get("muster-call") or secrets.token_hex(8)
        self.cancelled = False
        self._bridge = bridge
        self._body = frame.get("body")
        self._reply = frame.get("replyAddress")

    def _answer(self, value: Any) -> None:
        self._send({"type": "send", "address": self._reply, "body": value})

    def _fail(self, code: int, message: str) -> None:
        failure = {"failureCode": code, "failureType": "RECIPIENT_FAILURE", "message": str(message)[:_MOST_MESSAGE]}
        self._send({"type": "send", "address": self._reply, "body": None, **failure})

    def _send(self, frame: Frame) -> None:
        if self._reply and not self.cancelled and not self._bridge.closed.done():
            self._bridge.send(frame)


Handler = Callable[[Any, Call], Any]
"""Takes the step's ``with`` and the call, returns what the step gets, as JSON; async, or blocking in a thread."""


class Worker:
    """A handler that answers at an address until it is stopped, over reconnects too."""

    def __init__(self, client: "Client", address: str, handler: Handler, concurrency: int, waiting: int) -> None:
        if concurrency < 1 or waiting < 0:
            raise ValueError("concurrency has to be 1 or more, waiting 0 or more")
        self.address = address
        self._client = client
        self._handler = handler
        self._concurrency = concurrency
        self._most_waiting = waiting
        self._waiting: Deque[Call] = deque()
        self._running: "Dict[asyncio.Task[None], Call]" = {}

    @property
    def running(self) -> int:
        """How many calls are being answered."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._waiting)

    async def stop(self) -> None:
        """Takes no more calls, cancels those under way and waits until their handlers have ended."""
        self._client._leave(self)
        for call in [*self._waiting, *self._running.values()]:
            call._fail(503, "the worker has stopped")
        await self._end()

    async def __aenter__(self) -> "Worker":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def deliver(self, bridge: Bridge, frame: Frame) -> None:
        cancelled = (frame.get("headers") or {}).get("muster-cancel")
        if cancelled is not None:
            self._cancel(str(cancelled))
            return
        call = Call(bridge, frame)
        if len(self._running) < self._concurrency:
            self._start(call)
        elif len(self._waiting) < self._most_waiting:
            self._waiting.append(call)
        else:
            bound = f"{self._most_waiting} calls wait already, the worker's bound: waiting"
            call._fail(429, bound)

    def lost(self, error: MusterError) -> None:
        """The connection has ended, and the callers of everything under way have been told so."""
        for call in self._waiting:
            call.cancelled = True
        self._waiting.clear()
        for task, call in self._running.items():
            self._stop(task, call)

    async def _end(self) -> None:
        self.lost(MusterError("cancelled", "the worker has stopped"))
        if self._running:
            await asyncio.wait(list(self._running))

    def _cancel(self, id: str) -> None:
        for call in self._waiting:
            if call.id == id:
                call.cancelled = True
                self._waiting.remove(call)
                return
        for task, call in self._running.items():
            if call.id == id:
                self._stop(task, call)
                return

    @staticmethod
    def _stop(task: "asyncio.Task[None]", call: Call) -> None:
        # Once: a second cancel would hit the handler's clean-up.
        if not call.cancelled:
            call.cancelled = True
            task.cancel()

    def _start(self, call: Call) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(call))
        self._running[task] = call
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        del self._running[task]
        while self._waiting and len(self._running) < self._concurrency:
            self._start(self._waiting.popleft())

    @staticmethod
    def _reply(call: Call, value: Any) -> None:
        try:
            call._answer(value)
        except MusterError as e:
            # The caller would wait until its time is over.
            call._fail(502, f"the reply cannot be sent: {e.detail}")

    async def _answer(self, call: Call) -> None:
        try:
            if is_async(self._handler):
                value = self._handler(call._body, call)
            else:
                value = await asyncio.to_thread(blocking, self._handler, call._body, call)
            if inspect.isawaitable(value):
                value = await value
            self._reply(call, value)
        except asyncio.CancelledError:
            # Asked for, it ends here; a handler's own is a failure as any other, and its caller has to know.
            if not call.cancelled:
                call._fail(499, "the handler was cancelled")
        except MusterError as e:
            call._fail(e.status, e.detail)
        except GeneratorExit:
            raise
        except BaseException as e:
            where = (self.address, call.step, call.run)
            log.warning("the worker of %s failed on step %s of run %s", *where, exc_info=True)
            call._fail(500, describe(e))
            if isinstance(e, (SystemExit, KeyboardInterrupt)):
                raise


def blocking(handler: Callable[..., Any], *given: Any) -> Any:
    """Calls a blocking handler. No future takes a ``StopIteration``: whoever waits for it would wait for ever."""
    try:
        return handler(*given)
    except StopIteration as e:
        raise RuntimeError("the handler raised StopIteration") from e


def is_async(handler: Handler) -> bool:
    while isinstance(handler, functools.partial):
        handler = handler.func
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(getattr(handler, "__call__", None))
