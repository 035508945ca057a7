"""How often one address may do a thing: buckets in memory that fill again by the clock."""

import threading
from ipaddress import IPv6Address, ip_address
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import TooManyRequestsException

from aimas.app import App


class Rate(msgspec.Struct, frozen=True):
    """`burst` at once, and then so many an hour."""

    burst: int
    an_hour: float


RATES = {
    # From one address, and for one name wherever from: a guesser with many addresses is met by the second.
    "sign-in": Rate(20, 120),
    "sign-in-name": Rate(10, 60),
    "set-up": Rate(10, 30),
    "demo": Rate(200, 3_600),
    # Of a number and code: 80 random bits are safe anyway, this keeps the log and the records quiet.
    "receipt": Rate(20, 120),
    "file": Rate(15, 60),
    "upload": Rate(30, 120),
    "open311": Rate(60, 600),
    "password": Rate(10, 60),
}
MOST_KEYS = 20_000


class TooMany(TooManyRequestsException):
    """429 with the seconds to wait."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many tries. Wait {wait_s} s.", headers={"Retry-After": str(wait_s)})
        self.wait_s = wait_s


class Buckets:
    """One for each thing and whoever does it; the clock is handed in, so that a test can own it."""

    def __init__(self) -> None:
        self._filled: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def taken(self, name: str, key: str, now_s: float, n: int = 1) -> int:
        """0 and the tokens are gone; else the seconds to wait, and nothing is taken."""
        rate = RATES[name]
        a_second = rate.an_hour / 3600
        with self._lock:
            level, at = self._filled.get((name, key), (float(rate.burst), now_s))
            level = min(float(rate.burst), level + max(0.0, now_s - at) * a_second)
            if level < n:
                return int((n - level) / a_second) + 1
            self._filled[name, key] = (level - n, now_s)
            if len(self._filled) > MOST_KEYS:
                self._forget(now_s)
        return 0

    def _forget(self, now_s: float) -> None:
        """Full ones first; then the oldest, whose owners gain a fresh start and no more."""

        def is_full(name: str, level: float, at: float) -> bool:
            rate = RATES[name]
            return level + (now_s - at) * rate.an_hour / 3600 >= rate.burst

        for key in [k for k, (level, at) in self._filled.items() if is_full(k[0], level, at)]:
            del self._filled[key]
        for key in sorted(self._filled, key=lambda k: self._filled[k][1])[: -MOST_KEYS // 2]:
            del self._filled[key]


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
