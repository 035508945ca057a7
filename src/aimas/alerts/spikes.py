"""When is a day's count more than chance: a seasonal baseline, a count distribution and a chosen rate of false alarms.

The method is the quasi-Poisson surveillance algorithm of Farrington et al. (1996), in the improved form of Noufaily et
al., "An improved algorithm for outbreak detection in multiple surveillance systems", Statistics in Medicine 32 (2013)
1206–1222, fitted to news:

1. *History* is the days before the judged one, WEEKS weeks of them; recent days weigh more (half of the weight after
   HALF_LIFE_DAYS). A day on which nothing at all was gathered is a gap, not a zero, and is left out.
2. *Expected* = level × factor of the kind of day (`Calendar.kind_of`). A factor begins at 1 and is learned as if
   PRIOR_ITEMS items had been seen at the level, so that a quiet query does not invent a week rhythm.
3. *Robust*: days far above what is expected (Anscombe residual over OUTLIER spreads) are weighed down by the square of
   their excess and the fit is repeated: last month's storm does not hide this month's. The spread is the median's,
   which a storm of a few days cannot move; with less than SMALL a day, where a median says nothing, Pearson's.
4. *Dispersion* φ = max(1, Pearson's χ² / degrees of freedom): 1 is Poisson, news has more because one event makes many
   publications. The variance of the day's count is φ·μ plus that of the estimate itself; half an item is added to
   the sum (Jeffreys' prior), so that "never in eight weeks" is not "impossible".
5. The count is taken as negative binomial with this mean and variance (Poisson where they agree). The *threshold* is
   the smallest count whose chance of being reached is at most one in `false_alarm_days`, and never under `minimum`.

A day is one test however often it is looked at: its count only grows, so it passes the threshold during the day exactly
when the whole day's count does. Thus one false alarm in `false_alarm_days` days is expected (tests/alerts simulate it).
Days in a row above their thresholds are one episode and one alert. Correlation from day to day that weekday, holiday
and level do not explain raises the rate above the chosen one; the back-test on the real history shows by how much.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.alerts.calendar import Calendar

METHOD = "spike/1"
WEEKS = 8
HALF_LIFE_DAYS = 28.0
LEAST_DAYS = 14
"""With fewer days of listening nothing is judged."""
PRIOR_ITEMS = 2.0
OUTLIER = 2.58
SMALL = 3.0
ROUNDS = 5
KINDS = 7

_Numbers = NDArray[np.float64]


class Sensitivity(msgspec.Struct, frozen=True):
    """What a person sets."""

    false_alarm_days: int = 90
    """One false alarm is expected in so many days."""
    minimum: int = 3
    """Fewer publications in a day are never a spike."""


class PastDay(msgspec.Struct, frozen=True):
    """One day of the history, and how it entered the fit."""

    day: date
    count: int
    expected: float
    weight: float
    """Of 1; less for old days and for days far above their expectation."""


class Baseline(msgspec.Struct, frozen=True):
    """What was to be expected of one day."""

    day: date
    expected: float
    dispersion: float
    variance: float
    threshold: int
    days: tuple[PastDay, ...]
    method: str
    calendar: str

    def chance(self, count: int) -> float:
        """Of so many or more, were the day like those before."""
        return chance_of(count, self.expected, self.variance)


def baseline(
    counts: Mapping[date, int],
    listened: Mapping[date, int],
    day: date,
    sensitivity: Sensitivity,
    calendar: Calendar,
) -> Baseline | None:
    """None while too few days were listened to. `counts` of the query, `listened` of all publications, by day."""
    past = [day - timedelta(days=n) for n in range(WEEKS * 7, 0, -1)]
    past = [d for d in past if listened.get(d, 0)]
    if len(past) < LEAST_DAYS:
        return None
    y = np.array([counts.get(d, 0) for d in past], np.float64)
    kinds = np.array([calendar.kind_of(d) for d in past])
    age = np.array([(day - d).days for d in past], np.float64)
    recent = 2.0 ** (-age / HALF_LIFE_DAYS)
    fit = _fitted(y, kinds, recent)
    kind = calendar.kind_of(day)
    expected = fit.level * float(fit.factors[kind])
    variance = fit.dispersion * expected + expected**2 * fit.uncertainty(kind)
    return Baseline(
        day=day,
        expected=expected,
        dispersion=fit.dispersion,
        variance=variance,
        threshold=max(sensitivity.minimum, threshold(expected, variance, 1 / sensitivity.false_alarm_days)),
        days=tuple(
            PastDay(d, int(n), round(float(m), 3), round(float(w), 3))
            for d, n, m, w in zip(past, y, fit.means, fit.weights, strict=True)
        ),
        method=METHOD,
        calendar=calendar.version,
    )


class _Fit(msgspec.Struct, frozen=True):
    level: float
    factors: _Numbers
    means: _Numbers
    weights: _Numbers
    dispersion: float
    items: float
    """How many items the level rests on, weights counted."""
    items_of: _Numbers
    """The same by kind of day."""

    def uncertainty(self, kind: int) -> float:
        """Relative variance of the expected count."""
        own = float(self.items_of[kind])
        learned = own / (own + PRIOR_ITEMS)
        of_level = self.dispersion / (self.items + 0.5)
        of_factor = learned**2 * self.dispersion / (own + PRIOR_ITEMS)
        return of_level + of_factor


def _fitted(y: _Numbers, kinds: NDArray[np.int64], recent: _Numbers) -> _Fit:
    factors = np.ones(KINDS)
    middle = float(np.median(y))
    trust = _trust(y, np.full_like(y, middle), 1.0) if middle >= SMALL else np.ones_like(y)
    for _ in range(ROUNDS):
        weights = recent * trust
        level, factors = _level_and_factors(y, kinds, weights, factors)
        means = level * factors[kinds]
        dispersion = _dispersion(y, means, trust, kinds)
        trust = _trust(y, means, dispersion)
    weights = recent * trust
    level, factors = _level_and_factors(y, kinds, weights, factors)
    means = level * factors[kinds]
    dispersion = _dispersion(y, means, trust, kinds)
    squared = weights**2 * means
    items = float((weights * means).sum() ** 2 / max(float(squared.sum()), 1e-9))
    items_of = np.zeros(KINDS)
    for kind in range(KINDS):
        here = kinds == kind
        if here.any():
            items_of[kind] = (weights * means)[here].sum() ** 2 / max(float(squared[here].sum()), 1e-9)
    return _Fit(level, factors, means, weights, dispersion, items, items_of)


def _level_and_factors(
    y: _Numbers, kinds: NDArray[np.int64], weights: _Numbers, factors: _Numbers
) -> tuple[float, _Numbers]:
    for _ in range(3):
        exposure = float((weights * factors[kinds]).sum())
        level = (float((weights * y).sum()) + 0.5) / max(exposure, 1e-9)
        found = np.bincount(kinds, weights * y, KINDS)
        expected = np.bincount(kinds, weights * level, KINDS)
        factors = (found + PRIOR_ITEMS) / (expected + PRIOR_ITEMS)
    return level, factors


def _dispersion(y: _Numbers, means: _Numbers, trust: _Numbers, kinds: NDArray[np.int64]) -> float:
    """Pearson's, over the days that are trusted; the parameters that a quiet query does not spend cost nothing."""
    safe = np.maximum(means, 1e-9)
    spent = (
        1
        + sum(float(own) / (float(own) + PRIOR_ITEMS) for own in np.bincount(kinds, safe, KINDS) if own > 0)
        - 1
    )
    free = max(float(trust.sum()) - spent, 1.0)
    return max(1.0, float((trust * (y - safe) ** 2 / safe).sum()) / free)


def _trust(y: _Numbers, means: _Numbers, dispersion: float) -> _Numbers:
    safe = np.maximum(means, 1e-9)
    residual = 1.5 * (y ** (2 / 3) - safe ** (2 / 3)) / safe ** (1 / 6)
    is_small = float(np.median(y)) < SMALL
    spread = math.sqrt(dispersion) if is_small else 1.4826 * float(np.median(np.abs(residual)))
    residual = residual / max(spread, 1.0)
    return np.where(residual > OUTLIER, (OUTLIER / np.maximum(residual, OUTLIER)) ** 2, 1.0)


def threshold(expected: float, variance: float, rate: float) -> int:
    """The smallest count reached with a chance of at most `rate`."""
    low, high = 0, max(1, math.ceil(expected))
    while chance_of(high, expected, variance) > rate:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if chance_of(middle, expected, variance) > rate:
            low = middle
        else:
            high = middle
    return high


def chance_of(count: int, mean: float, variance: float) -> float:
    """P(count or more): negative binomial, Poisson where the variance is not above the mean."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    size = mean**2 / (variance - mean) if variance > mean * (1 + 1e-9) else math.inf
    if count <= mean:
        return 1.0 - _sum(count - 1, mean, size, -1)
    return _sum(count, mean, size, 1)


def _sum(start: int, mean: float, size: float, step: int) -> float:
    """Chances from `start` on, upward or downward, until they no longer matter."""
    term, total, k = math.exp(_log_chance(start, mean, size)), 0.0, start
    while k >= 0 and term > 0 and (term > total * 1e-12 or total == 0):
        total += term
        if step > 0:
            term *= _ratio(k, mean, size)
        else:
            term /= _ratio(k - 1, mean, size) if k else math.inf
        k += step
    return min(total, 1.0)


def _ratio(k: int, mean: float, size: float) -> float:
    """P(k + 1) / P(k)."""
    if math.isinf(size):
        return mean / (k + 1)
    return (k + size) / (k + 1) * mean / (size + mean)


def _log_chance(k: int, mean: float, size: float) -> float:
    if math.isinf(size):
        return k * math.log(mean) - mean - math.lgamma(k + 1)
    return (
        math.lgamma(k + size)
        - math.lgamma(size)
        - math.lgamma(k + 1)
        + size * math.log(size / (size + mean))
        + k * math.log(mean / (size + mean))
    )


def episodes(spiking: Sequence[date]) -> list[date]:
    """The first day of each run of days."""
    known = set(spiking)
    return [d for d in sorted(known) if d - timedelta(days=1) not in known]
