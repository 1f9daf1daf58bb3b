"""The one error of this package, and how failures of the bridge become it."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional

_STATUS_OF_TYPE: Dict[str, int] = {
    "badInput": 400,
    "denied": 403,
    "notFound": 404,
    "methodNotAllowed": 405,
    "conflict": 409,
    "limit": 429,
    "cancelled": 499,
    "badResponse": 502,
    "query": 502,
    "unavailable": 503,
    "timeout": 504,
}

_TYPE_OF_STATUS: Dict[int, str] = {
    **{status: kind for kind, status in _STATUS_OF_TYPE.items() if kind != "query"},
    401: "denied",
    413: "limit",
}

_LATER = ("unavailable", "timeout")

_TYPE_OF_FAILURE: Dict[str, str] = {"NO_HANDLERS": "unavailable", "TIMEOUT": "timeout"}


class MusterError(Exception):
    """What went wrong, as Muster reports it: a type of its table of errors, and why.

    A connection that is lost or cannot be made is of type ``unavailable``.
    """

    type: str
    """The error's type: ``badInput``, ``denied``, ``notFound``, ``limit``, ``timeout``, ``unavailable``, …"""
    detail: str
    """What happened, where, and what to do."""
    step: Optional[str]
    """The path of the step that failed, where one did."""
    run: Optional[str]
    """The run that failed, where there was one."""
    error: Dict[str, Any]
    """The error object as it was sent, with whatever more it holds."""

    def __init__(
        self,
        type: str,
        detail: str,
        step: Optional[str] = None,
        run: Optional[str] = None,
        error: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(type, detail, step, run)
        self.type = type
        self.detail = detail
        self.step = step
        self.run = run
        self.error = dict(error) if error else {"type": type, "detail": detail}

    def __str__(self) -> str:
        at = f" (step {self.step})" if self.step else ""
        return f"{self.type}: {self.detail}{at}"

    @property
    def status(self) -> int:
        """The HTTP status that goes with the type; 500 where the table has no other."""
        return _STATUS_OF_TYPE.get(self.type, 500)


def may_pass(error: MusterError) -> bool:
    """Whether the same may be answered another time: the server cannot be reached, is late, or has no room now."""
    return error.type in _LATER or (error.type == "limit" and "retryAfter" in error.error)


def describe(error: BaseException) -> str:
    """An exception as text: its name and what it says, if it can say it."""
    name = type(error).__name__
    try:
        said = str(error)
    except Exception:
        said = ""
    return f"{name}: {said}" if said else name


def from_object(error: Any, run: Optional[str] = None) -> MusterError:
    """The error of an error object ``{type, detail, step?, run?}``."""
    if not isinstance(error, Mapping):
        return MusterError("internal", str(error), run=run)
    return MusterError(
        str(error.get("type", "internal")),
        str(error.get("detail", "no reason given")),
        error.get("step"),
        error.get("run", run),
        error,
    )


def from_failure(frame: Mapping[str, Any]) -> MusterError:
    """The error of a failed request: its message is an error object as JSON text, or plain words of the bridge."""
    message = frame.get("message", frame.get("body"))
    if isinstance(message, str) and message.startswith("{"):
        try:
            return from_object(json.loads(message))
        except ValueError:
            pass
    kind = _TYPE_OF_FAILURE.get(str(frame.get("failureType")))
    if kind is None:
        denied = message in ("access_denied", "rejected", "auth_error", "not_logged_in")
        kind = "denied" if denied else _TYPE_OF_STATUS.get(frame.get("failureCode", 0), "internal")
    return MusterError(kind, str(message or "the request failed without a reason"))
