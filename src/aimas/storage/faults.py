"""Named points between two writes, where the crash harness pulls the plug; none does anything unless one is named."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

POINTS = (
    "original-sealed",
    "settlement-begun",
    "entries-written",
    "records-written",
    "settlement-written",
    "settlement-kept",
    "reading-ended",
    "places-ended",
    "alert-written",
    "delivery-claimed",
    "delivery-settled",
    "index-filled",
    "index-kept",
    "poll-kept",
    "page-copied",
    "tables-copied",
    "copy-whole",
    "records-left",
)
"""In the order of this page's readers: filing, rereading, placing, alerting, indexing, gathering, moving."""


def _quiet(name: str) -> None:
    """Most of the time there is no fault."""


def _killing(named: str, log: str) -> Callable[[str], None]:
    """`NAME:N` ends the process as a power cut would when NAME is passed for the Nth time; `count` only counts."""
    name, _, nth = named.partition(":")
    passed: dict[str, int] = {}

    def point(here: str) -> None:
        assert here in POINTS, here
        passed[here] = passed.get(here, 0) + 1
        if log:
            Path(log).write_text("".join(f"{k} {n}\n" for k, n in passed.items()))
        if here == name and passed[here] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)

    return point


point: Callable[[str], None] = _quiet
if named := os.environ.get("AIMAS_FAULT"):
    point = _killing(named, os.environ.get("AIMAS_FAULT_LOG", ""))
