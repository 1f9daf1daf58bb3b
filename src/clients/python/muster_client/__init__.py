"""Runs Muster's plans, streams their events and answers their ``call:`` steps, over the TCP event-bus bridge.

``connect`` gives a ``Client``; everything that fails raises ``MusterError``.
"""

from ._client import Client, connect
from ._errors import MusterError
from ._stream import Event, Events
from ._worker import Call, Handler, Worker

__all__ = ["Call", "Client", "Event", "Events", "Handler", "MusterError", "Worker", "connect"]
