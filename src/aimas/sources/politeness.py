"""How often a site may be asked, and what its robots.txt allows."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime

import msgspec
from protego import Protego

from aimas.core import Unavailable

MAX_CRAWL_DELAY_S = 60.0
"""A longer Crawl-delay would keep a busy feed from ever being read; sites that mean "no" say Disallow."""
ROBOTS_TTL_S = 24 * 3600.0
ROBOTS_RETRY_S = 600.0
"""After an unreadable robots.txt (5xx, no answer): RFC 9309 asks to take it as a full refusal meanwhile."""
ROBOTS_MAX_BYTES = 500 * 1024
"""What RFC 9309 obliges a crawler to read."""


class Turns:
    """One request at a time to a host, with a pause after each."""

    def __init__(
        self, patience_s: float, stop: threading.Event, monotonic: Callable[[], float] = time.monotonic
    ):
        self._patience_s = patience_s
        self._stop = stop
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._free_at: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, delay_s: float) -> Iterator[None]:
        """Waits for the host to be free; raises Unavailable where that takes longer than `patience_s`."""
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            wait_s = self._free_at.get(host, 0.0) - self._monotonic()
            if wait_s > self._patience_s:
                raise Unavailable(f"{host} asked to be left alone for {wait_s:.0f} s", retry_after_s=wait_s)
            if self._stop.wait(max(0.0, wait_s)):
                raise Unavailable("reading was stopped")
            try:
                yield
            finally:
                free_at = self._monotonic() + delay_s
                self._free_at[host] = max(free_at, self._free_at.get(host, 0.0))

    def leave_alone(self, host: str, seconds: float) -> None:
        """No request to the host for so long."""
        self._free_at[host] = max(self._free_at.get(host, 0.0), self._monotonic() + seconds)


class Rules(msgspec.Struct, frozen=True):
    """A robots.txt as it was read, or why it could not be."""

    parsed: Protego | None
    """None: there is none, everything is allowed."""
    read_at: float
    unreadable: str = ""

    def allows(self, address: str, agent: str) -> bool:
        return self.parsed is None or bool(self.parsed.can_fetch(address, agent))

    def delay_s(self, agent: str) -> float | None:
        asked = self.parsed.crawl_delay(agent) if self.parsed is not None else None
        return None if asked is None else min(float(asked), MAX_CRAWL_DELAY_S)

    def is_fresh(self, now: float) -> bool:
        return now - self.read_at < (ROBOTS_RETRY_S if self.unreadable else ROBOTS_TTL_S)


def rules_of(body: bytes, read_at: float) -> Rules:
    text = body[:ROBOTS_MAX_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
    # A page of HTML in place of robots.txt (a "soft 404") says nothing.
    if re.match(r"\s*<(?:!doctype|html|head)", text, re.IGNORECASE):
        return Rules(None, read_at)
    return Rules(Protego.parse(text), read_at)


def retry_after_s(value: str | None, now: datetime, most_s: float = 24 * 3600.0) -> float | None:
    """Seconds meant by a Retry-After header, in either of its forms; None where there is none or nonsense."""
    if not value:
        return None
    text = value.strip()
    if text.isdigit():
        return min(float(text[:9]), most_s)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=now.tzinfo)
    return min(max(0.0, (at - now).total_seconds()), most_s)
