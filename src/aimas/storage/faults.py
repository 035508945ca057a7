"""Named points between two writes, at which the crash harness makes something happen; otherwise they do nothing."""

import os
import signal
from collections.abc import Callable

POINTS = (
    # filing
    "original-synced",
    "entries-written",
    "records-written",
    # any write
    "write-ready",
    "write-kept",
    # rereading, placing, alerting, sending, gathering
    "reading-ended",
    "places-ended",
    "alert-written",
    "delivery-claimed",
    "delivery-written",
    "poll-written",
    # indexing
    "index-filled",
    "index-kept",
    # moving
    "page-copied",
    "tables-copied",
    "copy-whole",
    "records-left",
    "home-looks",
)

_armed: dict[str, tuple[int, Callable[[], None]]] = {}


def _end() -> None:
    """As by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(name: str, nth: int = 1, then: Callable[[], None] = _end) -> None:
    """From now on that happens when this process passes the point for the nth time: it ends, unless something else is
    said."""
    if name not in POINTS:
        raise ValueError(f"{name} is no point; these are: {', '.join(POINTS)}")
    _armed[name] = nth, then


def point(name: str) -> None:
    if _armed and name in _armed:
        left, then = _armed[name]
        _armed[name] = left - 1, then
        if left == 1:
            then()
