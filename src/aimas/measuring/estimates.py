"""Shares in the whole population from what was labelled of it, each publication weighted by how it was drawn."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import inf

import msgspec

from aimas.measuring.intervals import t_of, z_of
from aimas.measuring.types import Stratum, Unit

Parts = Callable[[Unit], tuple[float, float]]
"""What a publication adds to a share's numerator and denominator."""


class Estimate(msgspec.Struct, frozen=True):
    share: float
    variance: float
    freedom: float
    """Degrees that the variance rests on (Satterthwaite 1946): few where one stratum decides."""
    n: int
    """The denominator as labelled, unweighted."""
    effective: float
    """As many plain random answers as would be as sure."""


def weights(units: Sequence[Unit], strata: Sequence[Stratum]) -> dict[int, float]:
    """Per stratum how many publications of the population each labelled one stands for."""
    labelled = Counter(u.stratum for u in units)
    return {h: strata[h].size / n for h, n in labelled.items()}


def estimate(units: Sequence[Unit], strata: Sequence[Stratum], parts: Parts) -> Estimate | None:
    """A ratio of two Horvitz–Thompson totals, its variance by linearisation with publications as clusters within
    strata and the finite population's correction (Särndal, Swensson & Wretman 1992, ch. 5). None where the
    denominator is empty."""
    weight = weights(units, strata)
    pairs = [(u, *parts(u)) for u in units]
    whole = sum(weight[u.stratum] * x for u, _, x in pairs)
    if not whole:
        return None
    share = sum(weight[u.stratum] * y for u, y, _ in pairs) / whole
    residuals: dict[int, list[float]] = {}
    for unit, y, x in pairs:
        residuals.setdefault(unit.stratum, []).append(weight[unit.stratum] * (y - share * x) / whole)
    parted = {h: _spread(z, strata[h].size) for h, z in residuals.items()}
    variance = sum(parted.values())
    squares = sum(v**2 / max(1, len(residuals[h]) - 1) for h, v in parted.items())
    freedom = variance**2 / squares if squares else inf
    n = sum(x for _, _, x in pairs)
    adding = [(weight[u.stratum], x) for u, _, x in pairs if x]
    return Estimate(share, variance, freedom, round(n), _effective(share, variance, freedom, n, adding))


def _spread(z: Sequence[float], size: int) -> float:
    n = len(z)
    if n >= size:
        return 0.0
    if n == 1:
        # A lone answer shows no spread of its own: its whole distance counts.
        return (1 - 1 / size) * z[0] ** 2
    middle = sum(z) / n
    return (1 - n / size) * n / (n - 1) * sum((v - middle) ** 2 for v in z)


def _effective(
    share: float, variance: float, freedom: float, n: float, adding: Sequence[tuple[float, float]]
) -> float:
    """Fewer where the variance itself rests on few, never more than were asked (Korn & Graubard 1998), save that of
    a small population less is left to guess; where all answers are alike, Kish's number for unequal weights (1965)."""
    unseen = max(1e-9, 1 - len(adding) / sum(w for w, _ in adding))
    spread = share * (1 - share)
    if spread > 0 and variance > 0:
        return min(spread / variance * (z_of() / t_of(freedom)) ** 2, n / unseen)
    return sum(w * x for w, x in adding) ** 2 / sum((w * x) ** 2 for w, x in adding) / unseen
