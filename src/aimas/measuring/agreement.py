"""How far two persons say the same, beyond what chance alone would give."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

import msgspec

from aimas.core import Tone
from aimas.measuring.intervals import Interval, z_of


class Kappa(msgspec.Struct, frozen=True):
    n: int
    """Mentions that both labelled."""
    agreement: float
    """Share of equal answers."""
    kappa: Interval | None
    """Cohen's; None where both gave one and the same answer throughout, which says nothing beyond chance."""


def kappa(pairs: Sequence[tuple[Tone, Tone]]) -> Kappa | None:
    """Cohen (1960) with the standard error of Fleiss, Cohen & Everitt (1969); None without pairs."""
    n = len(pairs)
    if not n:
        return None
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    cells = Counter(pairs)
    observed = sum(cells[t, t] for t in Tone) / n
    expected = sum(left[t] * right[t] for t in Tone) / n**2
    if expected == 1:
        return Kappa(n, observed, None)
    value = (observed - expected) / (1 - expected)
    on = sum(cells[t, t] / n * (1 - expected - (left[t] + right[t]) / n * (1 - observed)) ** 2 for t in Tone)
    off = (1 - observed) ** 2 * sum(
        cells[a, b] / n * ((left[b] + right[a]) / n) ** 2 for a in Tone for b in Tone if a is not b
    )
    middle = (observed * expected - 2 * expected + observed) ** 2
    error = sqrt(max(0.0, on + off - middle) / n) / (1 - expected) ** 2
    reach = z_of() * error
    return Kappa(n, observed, Interval(value, max(-1.0, value - reach), min(1.0, value + reach)))
