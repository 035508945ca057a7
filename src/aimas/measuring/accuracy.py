"""How right the model is on what persons labelled blind: per language and period, where it answered, how honestly."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from aimas.core import Language, Mention, Tone
from aimas.measuring.estimates import estimate, weights
from aimas.measuring.intervals import Interval, wilson
from aimas.measuring.types import Stratum, Unit

FEWEST = 30
"""Answers below which a share is called too few to tell: at .85 its interval would be wider than a quarter."""
SIDES = (Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL)
"""In the order of a mention's scores."""
TONES = (Tone.CRITICAL, Tone.POSITIVE, Tone.NEUTRAL, Tone.UNCLEAR)
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
WEEKS_UP_TO = 45
"""Samples over more days are told by month."""


class Accuracy(msgspec.Struct, frozen=True):
    n: int
    """Answers it rests on."""
    share: Interval | None
    """None: too few."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Accuracy in a language or a period."""

    most_probable: Accuracy
    answered: Accuracy
    coverage: Accuracy


class Bin(msgspec.Struct, frozen=True):
    """Mentions by the model's confidence."""

    low: float
    high: float
    n: int
    confidence: float
    """Mean of what the model said."""
    right: float
    """Share that was right."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    publications: int
    """Labelled in full."""
    mentions: int
    could_not_tell: int
    """Mentions that persons found unclear: in no accuracy."""
    most_probable: Accuracy
    """The most probable of three tones, never abstaining."""
    answered: Accuracy
    """Where the model did not abstain."""
    coverage: Accuracy
    """Share of mentions on which it did not."""
    counted: Accuracy
    """Publications whose tone is counted as it should be."""
    languages: tuple[tuple[Language, Part], ...]
    periods: tuple[tuple[date, Part], ...]
    """By the first day of a week or a month; undated publications are in none."""
    by_weeks: bool
    confusion: tuple[tuple[int, ...], ...]
    """Mentions as labelled: a row for each of TONES as the person said, a column as the model said."""
    bins: tuple[Bin, ...]
    calibration_error: float | None
    """Mean distance of confidence from the share that was right (ECE); None without answers."""


def measured(units: Sequence[Unit], strata: Sequence[Stratum]) -> Measurement:
    """Needs at least one unit."""
    dated = [u.day for u in units if u.day]
    by_weeks = bool(dated) and (max(dated) - min(dated)).days <= WEEKS_UP_TO
    periods = sorted({_first_day(day, by_weeks) for day in dated})

    def is_in(first: date) -> Callable[[Unit], bool]:
        return lambda u: u.day is not None and _first_day(u.day, by_weeks) == first

    def is_of(lang: Language) -> Callable[[Unit], bool]:
        return lambda u: u.lang is lang

    whole = _part(units, strata, lambda u: True)
    return Measurement(
        publications=len(units),
        mentions=sum(len(_asked(u)) for u in units),
        could_not_tell=sum(truth is Tone.UNCLEAR for u in units for _, truth in _asked(u)),
        most_probable=whole.most_probable,
        answered=whole.answered,
        coverage=whole.coverage,
        counted=_share(
            units, strata, lambda u: [u.counted is u.truth] if u.truth is not Tone.UNCLEAR else []
        ),
        languages=tuple(
            (lang, _part(units, strata, is_of(lang))) for lang in sorted({u.lang for u in units})
        ),
        periods=tuple((first, _part(units, strata, is_in(first))) for first in periods),
        by_weeks=by_weeks,
        confusion=_confusion(units),
        bins=tuple(b for b in (_bin(units, strata, *edges) for edges in pairwise(EDGES)) if b),
        calibration_error=_calibration_error(units, strata),
    )


def most_probable(mention: Mention) -> Tone:
    """Of the three tones; the plain answer where no scores were kept."""
    scores = mention.scores
    if scores is None:
        return mention.tone.value if mention.tone else Tone.UNCLEAR
    return SIDES[max(range(3), key=lambda n: scores[n])]


def _asked(unit: Unit) -> list[tuple[Mention, Tone]]:
    """What the model had looked at too."""
    return [(m, truth) for m, truth in unit.asked if m.tone is not None]


def _has_answered(mention: Mention) -> bool:
    return mention.tone is not None and mention.tone.value is not Tone.UNCLEAR


def _right(unit: Unit) -> list[bool]:
    return [most_probable(m) is truth for m, truth in _asked(unit) if truth is not Tone.UNCLEAR]


def _right_where_answered(unit: Unit) -> list[bool]:
    return [
        m.tone is not None and m.tone.value is truth
        for m, truth in _asked(unit)
        if truth is not Tone.UNCLEAR and _has_answered(m)
    ]


def _part(units: Sequence[Unit], strata: Sequence[Stratum], is_inside: Callable[[Unit], bool]) -> Part:
    """All units stand in each share, those outside with no answers: the part's own size is unknown."""

    def inside(answers: Callable[[Unit], list[bool]]) -> Accuracy:
        return _share(units, strata, lambda u: answers(u) if is_inside(u) else [])

    return Part(
        most_probable=inside(_right),
        answered=inside(_right_where_answered),
        coverage=inside(lambda u: [_has_answered(m) for m, _ in _asked(u)]),
    )


def _share(
    units: Sequence[Unit], strata: Sequence[Stratum], answers: Callable[[Unit], list[bool]]
) -> Accuracy:
    def parts(unit: Unit) -> tuple[float, float]:
        given = answers(unit)
        return sum(given), len(given)

    found = estimate(units, strata, parts)
    if found is None or found.n < FEWEST:
        return Accuracy(found.n if found else 0, None)
    return Accuracy(found.n, wilson(found.share, found.effective))


def _first_day(day: date, by_weeks: bool) -> date:
    return day - timedelta(days=day.weekday()) if by_weeks else day.replace(day=1)


def _confusion(units: Sequence[Unit]) -> tuple[tuple[int, ...], ...]:
    cells = Counter((truth, m.tone.value) for u in units for m, truth in u.asked if m.tone)
    return tuple(tuple(cells[truth, answer] for answer in TONES) for truth in TONES)


def _judged(unit: Unit) -> list[tuple[float, bool]]:
    """The model's confidence in the most probable tone, and whether that was right."""
    return [
        (max(m.scores), most_probable(m) is truth)
        for m, truth in _asked(unit)
        if m.scores and truth is not Tone.UNCLEAR
    ]


def _bin(units: Sequence[Unit], strata: Sequence[Stratum], low: float, high: float) -> Bin | None:
    weight = weights(units, strata)
    inside = [
        (weight[u.stratum], confidence, right)
        for u in units
        for confidence, right in _judged(u)
        if low <= confidence < high or confidence == high == 1
    ]
    total = sum(w for w, _, _ in inside)
    if not total:
        return None
    return Bin(
        low,
        high,
        len(inside),
        sum(w * confidence for w, confidence, _ in inside) / total,
        sum(w for w, _, right in inside if right) / total,
    )


def _calibration_error(units: Sequence[Unit], strata: Sequence[Stratum]) -> float | None:
    """Over the bins; each bin counts by the share of the population's mentions in it."""
    weight = weights(units, strata)
    gaps: dict[int, float] = {}
    total = 0.0
    for unit in units:
        for confidence, right in _judged(unit):
            place = max(n for n, edge in enumerate(EDGES[:-1]) if confidence >= edge)
            gaps[place] = gaps.get(place, 0.0) + weight[unit.stratum] * (right - confidence)
            total += weight[unit.stratum]
    return sum(abs(gap) for gap in gaps.values()) / total if total else None
