"""Runs Muster's plans, streams their events, answers their ``call:`` steps and works on queues, over the TCP event-bus bridge.

``connect`` gives a ``Client``; everything that fails raises ``MusterError``.
"""

from ._client import Client, connect
from ._errors import MusterError
from ._queue import Job, Put, Queue
from ._stream import Event, Events
from ._work import JobFailure, JobHandler
from ._worker import Call, Handler, Worker

__all__ = [
    "Call",
    "Client",
    "Event",
    "Events",
    "Handler",
    "Job",
    "JobFailure",
    "JobHandler",
    "MusterError",
    "Put",
    "Queue",
    "Worker",
    "connect",
]
