"""How sure a number can be: intervals of 95 % for shares, counts and changes."""

import math
from collections.abc import Callable

import msgspec

from aimas.measuring.intervals import wilson as measured
from aimas.measuring.intervals import z_of

Z = z_of()
"""Two-sided 95 % of the normal law."""

EXACT = 200
"""Counts up to here get the exact Poisson interval; above, Byar's approximation differs by less than 0.1 %."""


class Interval(msgspec.Struct, frozen=True):
    low: float
    high: float | None
    """None where nothing bounds it above."""

    def holds(self, value: float) -> bool:
        return self.low <= value and (self.high is None or value <= self.high)


def wilson(k: int, n: int) -> Interval:
    """Of a share k / n: Wilson's score interval (1927), which stays inside 0..1; the whole of it for n = 0."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return Interval(0.0, 1.0)
    found = measured(k / n, n)
    return Interval(found.low, found.high)


def poisson(n: int) -> Interval:
    """Of the rate behind a count: Garwood's exact interval (1936), Byar's approximation for large counts."""
    if n < 0:
        raise ValueError(f"{n} is no count")
    if n > EXACT:
        return Interval(_byar(n, -Z), _byar(n + 1, Z))
    low = 0.0 if n == 0 else _solved(lambda rate: 1 - _at_most(n - 1, rate), 0.025, n)
    return Interval(low, _solved(lambda rate: 1 - _at_most(n, rate), 0.975, n + 1))


def ratio(now: int, before: int) -> Interval:
    """Of the ratio of two rates over spans of equal length: given their sum, `now` is a share of it, so Wilson's
    interval of that share is turned into one of the ratio (Przyborowski and Wilenski's condition, 1940)."""
    share = wilson(now, now + before)
    high = None if share.high is None or share.high >= 1 else share.high / (1 - share.high)
    return Interval(share.low / (1 - share.low) if share.low < 1 else math.inf, high)


def _byar(n: int, z: float) -> float:
    return n * (1 - 1 / (9 * n) + z / (3 * math.sqrt(n))) ** 3


def _at_most(n: int, rate: float) -> float:
    """The chance of n or fewer where `rate` are expected."""
    term = total = math.exp(-rate)
    for k in range(1, n + 1):
        term *= rate / k
        total += term
    return total


def _solved(chance: Callable[[float], float], wanted: float, about: int) -> float:
    low, high = 0.0, about + 10 * math.sqrt(about) + 10
    for _ in range(80):
        middle = (low + high) / 2
        if chance(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
