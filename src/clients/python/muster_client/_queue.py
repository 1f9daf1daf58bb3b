"""The operations of one queue: put, take, and what a holder says of its jobs."""

from __future__ import annotations

import asyncio
import math
import random
import re
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional

from ._errors import MusterError, from_object, may_pass

if TYPE_CHECKING:
    from ._bridge import Bridge, Waiting
    from ._client import Client

_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

_LONGEST_WAIT_S = 300.0
_LONGEST_PAUSE_S = 2.0


def duration(seconds: float) -> str:
    """Seconds as the node reads them: whole milliseconds, rounded up, so that some time stays some."""
    return f"{math.ceil(round(seconds * 1000, 6))}ms"


def seconds(text: Any) -> float:
    """The seconds that a duration of the node says."""
    written = re.fullmatch(r"([0-9]+)(ms|s|m|h)", str(text))
    if written is None:
        raise MusterError("badResponse", f"the jobs have leases of {text!r}, which is not a duration")
    return int(written[1]) * _UNIT_S[written[2]]


class Put(NamedTuple):
    """What became of a job that was to be put: its id, or why there is none."""

    id: Optional[str]
    """The id of the job that is in the queue now."""
    existing: bool
    """Whether it was there already, by its unique word."""
    error: Optional[MusterError]
    """Why none was put; only of several, as one alone raises it."""


class Job:
    """A job with its lease."""

    id: str
    body: Any
    attempt: int
    """Which try this is, from 1."""
    lease: str
    """Proves whose the job is."""
    fence: int
    """The lease's fencing token, higher than that of every earlier lease of the job; it proves nothing."""
    lease_s: float
    """How long the lease ran when the job was taken. By no clock: those of others may differ."""
    key: Optional[str]
    priority: int
    checkpoint: Any
    cancelled: bool
    """True once a loop's handler is to end, as the lease is lost or the loop stops. Any thread may read it."""

    def __init__(self, job: Mapping[str, Any], lease_s: float) -> None:
        self.id = job["id"]
        self.body = job.get("body")
        self.attempt = job.get("attempt", 1)
        self.lease = job["lease"]
        self.fence = job.get("fence", 0)
        self.lease_s = lease_s
        self.key = job.get("key")
        self.priority = job.get("priority", 0)
        self.checkpoint = job.get("checkpoint")
        self.cancelled = False
        self._stop: Optional[Callable[[], None]] = None

    def stop(self) -> None:
        """Of a loop's job, on its event loop: the loop takes no more, lets its handlers end and returns."""
        if self._stop is None:
            raise RuntimeError("this job was taken by hand: there is no loop to stop")
        self._stop()

    def __repr__(self) -> str:
        return f"Job(id={self.id!r}, attempt={self.attempt}, body={self.body!r})"


class Queue:
    """A queue of the node; made by ``client.queue(name)``. Its waits are as long as they say, 5 minutes at most."""

    def __init__(self, client: "Client", name: str) -> None:
        self.name = name
        self._client = client

    async def put(
        self,
        body: Any,
        *,
        key: Optional[str] = None,
        unique: Optional[str] = None,
        delay_s: float = 0,
        priority: int = 0,
        wait_s: float = 0,
    ) -> Put:
        """Puts a job, and waits so long for room; a queue that stays full is of type ``limit``, a closed one ``conflict``.

        A task that is cancelled waits no longer at the node either. It, or a lost connection, leaves open whether the job is there: where that
        matters, give it a ``unique`` word and put it again.
        """
        job: Dict[str, Any] = {"body": body}
        for word, value in (("key", key), ("unique", unique), ("priority", priority or None)):
            if value is not None:
                job[word] = value
        if delay_s:
            job["delay"] = duration(delay_s)
        return _put(await self._ask_and_wait("put", {**job, "wait": duration(wait_s)}))

    async def put_many(self, jobs: Iterable[Mapping[str, Any]], *, wait_s: float = 0) -> List[Put]:
        """Puts up to 1,000 jobs ``{body, key?, unique?, delay?, priority?}``; what became of each, in their order."""
        reply = await self._ask_and_wait("put", {"jobs": [dict(job) for job in jobs], "wait": duration(wait_s)})
        return [_put(one) for one in reply["jobs"]]

    async def take(self, max: int = 1, *, wait_s: float = 0) -> List[Job]:
        """Takes up to ``max`` jobs, and waits so long for the first; none if there is none.

        A task that is cancelled waits no longer at the node either; jobs that were on their way are given back.
        """
        taking = await self._taking(max, wait_s)
        try:
            return self._jobs(await taking.reply())
        except asyncio.CancelledError:
            taking.answer.add_done_callback(lambda done: self._give_back(taking.bridge, done))
            raise

    async def _taking(self, max: int, wait_s: float) -> "Waiting":
        bridge = await self._client._ready()
        return bridge.ask_and_wait(self._address("take"), {"max": max, "wait": duration(wait_s)})

    async def ack(self, job: Job, output: Any = None) -> None:
        """The job is done; ``conflict`` if the lease is no longer the job's, as for the next three.

        While the server cannot be reached or its store does not answer, ``ack``, ``fail`` and ``release`` are said again, for as
        long as a lease lasts; one that took effect is answered as done.
        """
        await self._outcome("ack", job, {} if output is None else {"output": output})

    async def fail(
        self, job: Job, error: Any = None, *, retry_in_s: Optional[float] = None, give_up: bool = False
    ) -> None:
        """This try failed: another one comes after the queue's back-off or ``retry_in_s``, none if it is given up."""
        await self._outcome("fail", job, failure(error, retry_in_s, give_up))

    async def extend(self, job: Job, by_s: float) -> None:
        """Makes the lease run so long from now at least, an hour at most."""
        await self._ask("extend", {**_lease(job), "by": duration(by_s)})

    async def release(self, job: Job) -> None:
        """Gives the job back unworked: the try does not count."""
        await self._outcome("release", job, {})

    async def join(self, *, wait_s: Optional[float] = None) -> bool:
        """Waits until no job is scheduled, ready or leased, or so long at most; whether that came about."""
        if wait_s is not None:
            return bool((await self._ask_and_wait("join", {"wait": duration(wait_s)}))["joined"])
        while not await self.join(wait_s=_LONGEST_WAIT_S):
            pass
        return True

    async def close(self) -> Dict[str, Any]:
        """Lets nobody put any more; jobs that are there are worked on. What the queue is like now."""
        return await self._ask("close", None)  # type: ignore[no-any-return]

    async def _outcome(self, word: str, job: Job, said: Mapping[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        over = loop.time() + job.lease_s
        failures = 0
        while True:
            try:
                await self._ask(word, {**_lease(job), **said})
                return
            except MusterError as e:
                left = over - loop.time()
                if not may_pass(e) or left <= 0 or self._client._closed:
                    raise
                failures += 1
                await asyncio.sleep(min(left, self._pause_s(failures, job.lease_s)))

    def _pause_s(self, failures: int, lease_s: float) -> float:
        """How long to wait before an outcome is said again: with jitter, and well within a lease."""
        least, most = self._client._backoff_s
        pause = min(most, _LONGEST_PAUSE_S, lease_s / 4, least * 2 ** min(failures - 1, 30))
        return random.uniform(pause / 2, pause)

    def _address(self, word: str) -> str:
        return f"muster.queue.{self.name}.{word}"

    async def _ask(self, word: str, body: Any) -> Any:
        bridge = await self._client._ready()
        return await bridge.ask(self._address(word), body)

    async def _ask_and_wait(self, word: str, body: Any) -> Any:
        bridge = await self._client._ready()
        waiting = bridge.ask_and_wait(self._address(word), body)
        try:
            return await waiting.reply()
        except asyncio.CancelledError:
            # An answer that comes all the same is nobody's.
            waiting.answer.cancel()
            raise

    @staticmethod
    def _jobs(reply: Any) -> List[Job]:
        jobs = reply["jobs"]
        lease_s = seconds(reply.get("expiresIn")) if jobs else 0
        return [Job(job, lease_s) for job in jobs]

    def _give_back(self, bridge: "Bridge", taken: "asyncio.Future[Any]") -> None:
        if taken.cancelled() or taken.exception() is not None or bridge.closed.done():
            return
        leases = [_lease(job) for job in self._jobs(taken.result())]
        if leases:
            bridge.tell(self._address("release"), {"jobs": leases})


def failure(error: Any, retry_in_s: Optional[float], give_up: bool) -> Dict[str, Any]:
    """What a ``fail`` says beside the lease."""
    said: Dict[str, Any] = {} if error is None else {"error": error}
    if retry_in_s is not None:
        said["retryIn"] = duration(retry_in_s)
    if give_up:
        said["giveUp"] = True
    return said


def _lease(job: Job) -> Dict[str, Any]:
    return {"id": job.id, "lease": job.lease}


def _put(one: Mapping[str, Any]) -> Put:
    error = one.get("error")
    return Put(one.get("id"), bool(one.get("existing")), None if error is None else from_object(error))
