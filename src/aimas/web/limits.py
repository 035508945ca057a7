"""How often one address may do a thing: buckets that fill again by the clock, those of guessing kept in the records."""

import threading
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, Protocol

import msgspec
import structlog
from litestar import Request
from litestar.exceptions import TooManyRequestsException

from aimas.app import App
from aimas.core import Unavailable

log = structlog.get_logger(__name__)


class Rate(msgspec.Struct, frozen=True):
    """`burst` at once, and then so many an hour."""

    burst: int
    an_hour: float
    is_kept: bool = False
    """In the records too: it holds over several processes and a restart."""


RATES = {
    # From one address, and for one name wherever from: a guesser with many addresses is met by the second.
    "sign-in": Rate(20, 120, is_kept=True),
    "sign-in-name": Rate(10, 60, is_kept=True),
    "set-up": Rate(10, 30, is_kept=True),
    "demo": Rate(200, 3_600),
    # Of a number and code: 80 random bits are safe anyway, this keeps the log and the records quiet.
    "receipt": Rate(20, 120, is_kept=True),
    # Thousands may share one address of a mobile operator.
    "file": Rate(60, 600),
    "upload": Rate(30, 120),
    "open311": Rate(60, 600),
    "password": Rate(10, 60, is_kept=True),
}
MOST_KEYS = 20_000


class TooMany(TooManyRequestsException):
    """429 with the seconds to wait."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many tries. Wait {wait_s} s.", headers={"Retry-After": str(wait_s)})
        self.wait_s = wait_s


Level = tuple[float, float]
"""Tries left, and when that was counted, in seconds."""


class KeptLevels(Protocol):
    def change(
        self, name: str, key: str, now_s: float, changed: Callable[[Level | None], Level | None]
    ) -> None: ...


class Buckets:
    def __init__(self, kept: KeptLevels | None = None) -> None:
        """Without `kept` all are in memory alone."""
        self._kept = kept
        self._filled: dict[tuple[str, str], Level] = {}
        self._lock = threading.Lock()

    def taken(self, name: str, key: str, now_s: float, n: int = 1) -> int:
        """0 and the tokens are gone; else the seconds to wait, and nothing is taken."""
        with self._lock:
            wait_s, level = _taken(RATES[name], self._filled.get((name, key)), now_s, n)
            if level is not None:
                self._filled[name, key] = level
            if len(self._filled) > MOST_KEYS:
                self._forget(now_s)
        # What this process refuses by itself costs the records nothing.
        return wait_s or self._taken_of_kept(name, key, now_s, n)

    def _taken_of_kept(self, name: str, key: str, now_s: float, n: int) -> int:
        if self._kept is None or not RATES[name].is_kept:
            return 0
        waits: list[int] = []

        def changed(known: Level | None) -> Level | None:
            wait_s, level = _taken(RATES[name], known, now_s, n)
            waits.append(wait_s)
            return level

        try:
            self._kept.change(name, key, now_s, changed)
        except Unavailable as error:
            # The records are busy: this process counts alone until they are not.
            log.warning("limits.alone", limit=name, why=str(error))
            return 0
        return waits[-1]

    def _forget(self, now_s: float) -> None:
        """Full ones first; then the oldest, whose owners gain a fresh start and no more."""

        def is_full(name: str, level: float, at: float) -> bool:
            rate = RATES[name]
            return level + (now_s - at) * rate.an_hour / 3600 >= rate.burst

        for key in [k for k, (level, at) in self._filled.items() if is_full(k[0], level, at)]:
            del self._filled[key]
        for key in sorted(self._filled, key=lambda k: self._filled[k][1])[: -MOST_KEYS // 2]:
            del self._filled[key]


def _taken(rate: Rate, known: Level | None, now_s: float, n: int) -> tuple[int, Level | None]:
    """Seconds to wait, or 0 with what is left."""
    a_second = rate.an_hour / 3600
    level, at = known or (float(rate.burst), now_s)
    level = min(float(rate.burst), level + max(0.0, now_s - at) * a_second)
    if level < n:
        return int((n - level) / a_second) + 1, None
    return 0, (level - n, max(now_s, at))


def limited(request: Request[Any, Any, Any], name: str, key: str = "", n: int = 1) -> None:
    """Raises TooMany when the address (or `key`, where one is given) did this too often."""
    app: App = request.app.state.app
    buckets: Buckets = request.app.state.buckets
    wait_s = buckets.taken(name, key or client_address(request), app.clock.now().timestamp(), n)
    if wait_s:
        raise TooMany(wait_s)


def client_address(request: Request[Any, Any, Any]) -> str:
    """Of version 6 the network that one subscriber is given; what a trusted proxy said stands there already."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return host
