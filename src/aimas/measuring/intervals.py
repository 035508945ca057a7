"""How far a measured share may be from the true one."""

from math import sqrt
from statistics import NormalDist

import msgspec

LEVEL = 0.95


class Interval(msgspec.Struct, frozen=True):
    """A share with its interval at LEVEL."""

    share: float
    low: float
    high: float


def z_of(level: float = LEVEL) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(share: float, n: float, level: float = LEVEL) -> Interval:
    """Wilson's score interval (1927): never leaves 0..1 and holds for few and for extreme shares.

    For a weighted sample `n` is the effective number of answers (`effective`), which keeps its coverage close to
    the stated level where the plain interval's fails (Franco, Little, Louis & Slud 2019).
    """
    if n <= 0:
        return Interval(share, 0.0, 1.0)
    z2 = z_of(level) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z_of(level) * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def t_of(freedom: float, level: float = LEVEL) -> float:
    """Student's quantile from the normal one (Cornish & Fisher), within a hundredth from four degrees on."""
    z, v = z_of(level), max(freedom, 2.0)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )
