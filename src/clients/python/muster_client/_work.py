"""A loop that works on the jobs of a queue."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
import random
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, List, Optional, Set, Tuple

from ._bridge import Waiting, log
from ._errors import MusterError, describe, from_object, may_pass
from ._queue import Job, Queue, duration, failure
from ._worker import blocking, is_async

if TYPE_CHECKING:
    from ._client import Client

JobHandler = Callable[[Job], Any]
"""Takes a job, returns its result, as JSON; async, or blocking in a thread."""

_REFUSED = ("badInput", "limit")
"""Errors of an outcome that nobody could store."""

_FATAL = ("badInput", "denied", "notFound")
"""Errors of a take that another one would have too."""

_TAKE_WAIT_S = 20.0
_PATIENCE_S = 30.0
"""How long a node may take to answer a take that was withdrawn."""

_BEATS = 3
_MOST_TAKEN = 1000
_MOST_SAID = 1000
_MOST_SAID_CHARS = 256 << 10
_LEASE_CHARS = 32
"""What an outcome has beside its words: names, quotes and commas."""
_MOST_DETAIL = 1000


class JobFailure(Exception):
    """Raised by a handler: this try failed, and this is when the next one comes, if any.

    Any other exception fails the try too; the queue's back-off says when the next one comes.
    """

    def __init__(self, detail: str, *, retry_in_s: Optional[float] = None, give_up: bool = False) -> None:
        if retry_in_s is not None and not 0 <= retry_in_s < math.inf:
            raise ValueError(f"retry_in_s is {retry_in_s}; it has to be seconds from 0 on")
        super().__init__(detail)
        self.detail = detail
        self.retry_in_s = retry_in_s
        """The pause before the next try, instead of the queue's back-off."""
        self.give_up = give_up
        """Whether no other try can help: the job is dead at once."""


class _Held:
    """A job that this loop has, until what came of it was said."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.task: "Optional[asyncio.Task[Any]]" = None
        self.expiry: Optional[asyncio.TimerHandle] = None
        self.valid_until = 0.0
        self.conflict = False
        self.word = ""
        self.said: Dict[str, Any] = {}
        self.chars = 0
        self.repeated = False
        """Whether it was said in vain."""
        self.alone = False
        """Whether a message with others was refused, so that it is said in one of its own."""
        self.shortened = False


class Loop:
    """The jobs of one queue and their handlers. It lives as long as ``run``, on its event loop."""

    def __init__(
        self, client: "Client", queue: Queue, handler: JobHandler, consumers: int, prefetch: int, drain_s: float
    ) -> None:
        if consumers < 1 or prefetch < 0:
            raise ValueError("consumers has to be 1 or more, prefetch 0 or more")
        if not drain_s >= 0:
            raise ValueError("drain_s has to be 0 or more")
        self._client = client
        self._queue = queue
        self._handler = handler
        self._consumers = consumers
        self._prefetch = prefetch
        self._drain_s = drain_s
        self._loop = asyncio.get_running_loop()
        self._held: Set[_Held] = set()
        self._ahead: Deque[_Held] = deque()
        self._running: "Dict[asyncio.Task[Any], _Held]" = {}
        self._unsaid: List[_Held] = []
        self._changed = asyncio.Event()
        self._stop: "asyncio.Future[None]" = self._loop.create_future()
        self._hurry = asyncio.Event()
        self._stopping = False
        self._taking: Optional[Waiting] = None
        self._lease_s = 0.0
        self._beating: Optional[asyncio.TimerHandle] = None
        self._extend_failures = 0
        """Beats in a row before this one with a failed extension."""
        self._extend_failing = False
        """Whether an extension of this beat has failed."""
        self.ended: "asyncio.Future[None]" = self._loop.create_future()

    def stop(self, drain_s: Optional[float] = None) -> None:
        """Takes no more; handlers have that long to end. Again does nothing."""
        if not self._stop.done():
            self._drain_s = self._drain_s if drain_s is None else drain_s
            self._stop.set_result(None)

    def end(self) -> None:
        """Takes no more, and cancels the handlers at once."""
        self.stop(0)
        self._hurry.set()

    async def run(self) -> None:
        """Works until it is stopped."""
        feeding, saying = self._loop.create_task(self._feed()), self._loop.create_task(self._say())
        cancelled = False
        try:
            await asyncio.wait([feeding, self._stop], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            cancelled = True
        finishing = self._loop.create_task(self._finish(feeding, saying))
        while not finishing.done():
            try:
                await asyncio.wait([finishing])
            except asyncio.CancelledError:
                # Whoever cancels again has no more patience.
                cancelled = True
                self._hurry.set()
        self.ended.set_result(None)
        if cancelled:
            raise asyncio.CancelledError
        finishing.result()
        if not feeding.cancelled():
            feeding.result()

    # ---- taking

    async def _feed(self) -> None:
        failures = 0
        while True:
            free = self._consumers + self._prefetch - len(self._held)
            if free <= 0:
                self._changed.clear()
                await self._changed.wait()
                continue
            asked_at = self._loop.time()
            try:
                jobs = await self._take(min(free, _MOST_TAKEN))
            except MusterError as e:
                if e.type in _FATAL or self._client._closed:
                    raise
                log.info("no jobs from queue %s, retrying: %s", self._queue.name, e)
                jobs = []
                asked_at = math.inf
            for job in jobs:
                self._hold(job)
            self._begin()
            # A queue that is closed, or whose node stops, has nothing at once.
            early = not jobs and self._loop.time() - asked_at < _TAKE_WAIT_S / 2
            failures = failures + 1 if early else 0
            if early:
                await self._pause(failures)

    async def _take(self, max: int) -> List[Job]:
        # Its answer is the loop's, even if the task that waits for it is cancelled in the meantime.
        self._taking = await self._queue._taking(max, _TAKE_WAIT_S)
        try:
            reply = await asyncio.shield(self._taking.answer)
        except MusterError:
            self._taking = None
            raise
        self._taking = None
        return self._queue._jobs(reply)

    async def _leave(self, taking: Waiting) -> None:
        """Waits for the answer to a take that was withdrawn, and gives back the jobs that were on their way."""
        await asyncio.wait([taking.answer], timeout=_PATIENCE_S)
        if not taking.answer.done():
            taking.answer.add_done_callback(lambda done: self._queue._give_back(taking.bridge, done))
            return
        try:
            jobs = self._queue._jobs(taking.answer.result())
        except MusterError as e:
            log.info("a take from queue %s was lost: %s", self._queue.name, e)
            return
        for job in jobs:
            self._hold(job)
            self._outcome(self._ahead.pop(), "release", {})

    async def _pause(self, failures: int) -> None:
        least, most = self._client._backoff_s
        pause = min(most, least * 2 ** min(failures - 1, 30))
        await asyncio.sleep(random.uniform(pause / 2, pause))

    def _hold(self, job: Job) -> None:
        held = _Held(job)
        job._stop = self._stop_waiting
        self._held.add(held)
        self._ahead.append(held)
        self._lasts(held, self._loop.time() + job.lease_s)
        self._lease_s = job.lease_s
        self._beat_within(self._lease_s / _BEATS)

    def _stop_waiting(self) -> None:
        self.stop(math.inf)

    def _begin(self) -> None:
        while self._ahead and len(self._running) < self._consumers and not self._stopping and not self._stop.done():
            held = self._ahead.popleft()
            held.task = self._loop.create_task(self._handle(held.job))
            self._running[held.task] = held
            held.task.add_done_callback(self._ended)

    async def _handle(self, job: Job) -> Any:
        if is_async(self._handler):
            value = self._handler(job)
        else:
            value = await asyncio.to_thread(blocking, self._handler, job)
        return await value if inspect.isawaitable(value) else value

    # ---- what came of it

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        held = self._running.pop(task)
        job = held.job
        if held not in self._held:
            if not task.cancelled():
                task.exception()
        elif job.cancelled and (task.cancelled() or held.conflict):
            # Of a lease that is lost this is refused; if a cancel was asked for, the job is cancelled by it.
            if not task.cancelled():
                task.exception()
            self._outcome(held, "release", {})
        elif task.cancelled():
            self._failed(held, "the handler was cancelled")
        elif (error := task.exception()) is not None:
            self._raised(held, error)
        else:
            self._outcome(held, "ack", {} if task.result() is None else {"output": task.result()})
        self._begin()

    def _raised(self, held: _Held, error: BaseException) -> None:
        if isinstance(error, JobFailure):
            self._failed(held, error.detail, error.retry_in_s, error.give_up)
        elif isinstance(error, MusterError):
            self._outcome(held, "fail", {"error": error.error})
        else:
            log.warning("the handler failed on job %s of queue %s", held.job.id, self._queue.name, exc_info=error)
            self._failed(held, describe(error))

    def _failed(
        self, held: _Held, detail: str, retry_in_s: Optional[float] = None, give_up: bool = False
    ) -> None:
        self._outcome(held, "fail", failure({"type": "failed", "detail": detail}, retry_in_s, give_up))

    def _outcome(self, held: _Held, word: str, said: Dict[str, Any]) -> None:
        try:
            held.chars = len(json.dumps(said, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as e:
            self._failed(held, f"the result cannot be sent as JSON: {e}", give_up=True)
            return
        held.word, held.said = word, {"id": held.job.id, "lease": held.job.lease, **said}
        held.chars += len(held.job.id) + len(held.job.lease) + _LEASE_CHARS
        self._unsaid.append(held)
        self._changed.set()

    async def _say(self) -> None:
        failures = 0
        while True:
            if not self._unsaid:
                self._changed.clear()
                await self._changed.wait()
                continue
            word, batch = self._batch()
            try:
                reply = await self._queue._ask(word, {"jobs": [held.said for held in batch]})
                errors = [one.get("error") for one in reply["jobs"]]
                answers = [error and from_object(error) for error in errors]
            except MusterError as e:
                if e.type in _REFUSED and len(batch) > 1 and not may_pass(e):
                    # One of them is to blame, the others are not.
                    for held in batch:
                        held.alone = True
                    continue
                answers = [e] * len(batch)
            again = [held for held, error in zip(batch, answers) if self._is_unanswered(held, error)]
            failures = failures + 1 if again else 0
            if not again:
                continue
            why = next(error for error in answers if error is not None and may_pass(error))
            if self._gives_up():
                log.warning("the outcomes for queue %s of %d jobs were not reported: %s", self._queue.name, len(again), why)
                for held in again:
                    self._forget(held)
                continue
            if failures == 1:
                log.warning("the outcomes for queue %s of %d jobs were not reported, retrying: %s", self._queue.name, len(again), why)
            await self._pause_to_say(failures)

    def _is_unanswered(self, held: _Held, error: Optional[MusterError]) -> bool:
        """Whether an outcome is to be said again; if not, it is over, or another one takes its place."""
        if held not in self._unsaid:
            return False
        if error is not None and may_pass(error):
            held.repeated = True
            return True
        if error is not None and error.type in _REFUSED and held.word in ("ack", "fail") and not held.shortened:
            held.shortened = True
            what = "result" if held.word == "ack" else "error"
            detail = f"the {what} cannot be stored: {error.detail}"[:_MOST_DETAIL]
            log.warning("job %s of queue %s: %s", held.job.id, self._queue.name, detail)
            gives_up = held.word == "ack" or bool(held.said.get("giveUp"))
            self._unsaid.remove(held)
            self._failed(held, detail, give_up=gives_up)
            return False
        if error is not None and not held.conflict:
            log.warning("job %s: %s was rejected: %s", held.job.id, held.word, error.detail)
        self._forget(held)
        return False

    def _gives_up(self) -> bool:
        return self._client._closed or self._hurry.is_set()

    async def _pause_to_say(self, failures: int) -> None:
        hurry = self._loop.create_task(self._hurry.wait())
        await asyncio.wait([hurry], timeout=self._queue._pause_s(failures, self._lease_s))
        hurry.cancel()

    def _batch(self) -> Tuple[str, List[_Held]]:
        """What is said in one message: the same word, and not too much."""
        first = self._unsaid[0]
        batch, chars = [first], first.chars
        bridge = self._client._bridge
        most_bytes = None if bridge is None else bridge.most_bytes
        most_chars = _MOST_SAID_CHARS if most_bytes is None else min(_MOST_SAID_CHARS, most_bytes // 2)
        for held in self._unsaid[1:]:
            if first.alone or len(batch) >= _MOST_SAID or chars + held.chars > most_chars:
                break
            if held.word == first.word and not held.alone:
                batch.append(held)
                chars += held.chars
        return first.word, batch

    def _forget(self, held: _Held) -> None:
        if held.expiry is not None:
            held.expiry.cancel()
        if held in self._unsaid:
            self._unsaid.remove(held)
        self._held.discard(held)
        self._changed.set()

    # ---- leases

    def _lasts(self, held: _Held, until: float) -> None:
        if held.expiry is not None:
            held.expiry.cancel()
        held.valid_until = until
        held.expiry = self._loop.call_at(until, self._expired, held)

    def _beat_within(self, seconds: float) -> None:
        """Has the leases extended after this time, or earlier if that is due already."""
        at = self._loop.time() + seconds
        if self._beating is not None:
            if self._beating.when() <= at:
                return
            self._beating.cancel()
        self._beating = self._loop.call_at(at, self._beat)

    def _beat(self) -> None:
        self._beating = None
        self._extend_failures = self._extend_failures + 1 if self._extend_failing else 0
        self._extend_failing = False
        if self._held:
            self._beat_within(self._lease_s / _BEATS)
        bridge = self._client._bridge
        # Of a loop that stops, what is said in vain is said until its lease is over.
        mine = [
            held
            for held in self._held
            if not held.conflict and (not held.word or (held.repeated and not self._stopping))
        ]
        if bridge is None or bridge.closed.done():
            self._extend_again()
            return
        by = duration(self._lease_s)
        for at in range(0, len(mine), _MOST_SAID):
            some = mine[at : at + _MOST_SAID]
            jobs = [{"id": held.job.id, "lease": held.job.lease, "by": by} for held in some]
            until = self._loop.time() + self._lease_s
            answer = bridge.ask(self._queue._address("extend"), {"jobs": jobs})
            answer.add_done_callback(lambda done, some=some, until=until: self._extended(some, until, done))

    def _extended(self, some: List[_Held], until: float, answer: "asyncio.Future[Any]") -> None:
        if answer.cancelled():
            return
        failed = answer.exception()
        if failed is not None:
            if isinstance(failed, MusterError) and may_pass(failed):
                self._extend_again()
            return
        for held, one in zip(some, answer.result()["jobs"]):
            error = one.get("error")
            if held not in self._held:
                continue
            if error is None:
                self._lasts(held, until)
            elif may_pass(from_object(error)):
                self._extend_again()
            elif error.get("type") == "conflict" and not held.word:
                held.conflict = True
                self._lose(held, str(error.get("detail")))

    def _extend_again(self) -> None:
        """Repeats extensions that failed, after pauses that grow. Without success the leases end: that is watched."""
        if self._held:
            self._extend_failing = True
            self._beat_within(self._queue._pause_s(self._extend_failures + 1, self._lease_s))

    def _expired(self, held: _Held) -> None:
        if held in self._held:
            what = "its outcome" if held.word else "its extension"
            self._lose(held, f"its lease expired before {what} reached the server")

    def _lose(self, held: _Held, why: str) -> None:
        log.warning("job %s of queue %s is no longer held: %s", held.job.id, self._queue.name, why)
        if held.task is not None and not held.word:
            if not held.conflict:
                self._forget(held)
            self._cancel(held)
            return
        if held in self._ahead:
            self._ahead.remove(held)
        if held.conflict and not held.word:
            self._outcome(held, "release", {})
        else:
            self._forget(held)

    @staticmethod
    def _cancel(held: _Held) -> None:
        # Once: a second cancel would hit the handler's clean-up.
        if held.task is not None and not held.job.cancelled:
            held.job.cancelled = True
            held.task.cancel()

    # ---- the end

    async def _finish(self, feeding: "asyncio.Task[None]", saying: "asyncio.Task[None]") -> None:
        self._stopping = True
        feeding.cancel()
        await asyncio.wait([feeding])
        leaving: "List[asyncio.Task[None]]" = []
        if self._taking is not None:
            # First of all, or it would be handed what is given back.
            self._taking.withdraw()
            leaving.append(self._loop.create_task(self._leave(self._taking)))
        while self._ahead:
            self._outcome(self._ahead.popleft(), "release", {})
        hurry = self._loop.create_task(self._hurry.wait())
        if self._running and self._drain_s > 0:
            ends = self._loop.create_task(asyncio.wait(list(self._running)))  # type: ignore[arg-type]
            patience = None if math.isinf(self._drain_s) else self._drain_s
            await asyncio.wait([ends, hurry], timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            ends.cancel()
            await asyncio.wait([ends])
        for held in list(self._running.values()):
            self._cancel(held)
        if self._running:
            await asyncio.wait(list(self._running))
        if leaving:
            await asyncio.wait(leaving)
        while self._held:
            self._changed.clear()
            await self._changed.wait()
        for task in (hurry, saying):
            task.cancel()
        await asyncio.wait([hurry, saying])
        if self._beating is not None:
            self._beating.cancel()
