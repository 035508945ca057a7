"""Named points between two writes, at which the crash harness ends the process; otherwise they do nothing."""

import os
import signal

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

_armed: dict[str, int] = {}


def arm(name: str, nth: int = 1) -> None:
    """From now on the process ends, as by a power cut, when it passes the point for the nth time."""
    if name not in POINTS:
        raise ValueError(f"{name} is no point; these are: {', '.join(POINTS)}")
    _armed[name] = nth


def point(name: str) -> None:
    if _armed and name in _armed:
        _armed[name] -= 1
        if not _armed[name]:
            os.kill(os.getpid(), signal.SIGKILL)
