"""A watched search day by day, beside what was to be expected of it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from aimas.alerts import (
    Alert,
    Backtest,
)
from aimas.alerts.calendar import Calendar, calendar
from aimas.alerts.judging import on
from aimas.alerts.words import Words
from aimas.search import parse, written
from aimas.web import views
from aimas.web.chart import scale
from aimas.web.desk import Desk


class Bar(msgspec.Struct, frozen=True):
    """One day beside what was to be expected of it."""

    day: date
    count: int
    href: str
    x: float
    y: float
    height: float
    expected: float
    expected_y: float
    threshold: int | None
    threshold_y: float | None
    is_told: bool
    is_off: bool
    is_labelled: bool
    weight: float | None


class SpikeChart(msgspec.Struct, frozen=True):
    bars: tuple[Bar, ...]
    lines: tuple[tuple[int, float], ...]
    step: float
    width: float
    height: int
    base: int


LEFT, TOP, PLOT, FOOT, WIDTH = 34, 30, 150, 24, 960


def baseline_chart(alert: Alert) -> SpikeChart | None:
    """The days before, and the day that was told as the last."""
    if alert.baseline is None:
        return None
    links = views.Links(alert.institution, alert.snapshot)
    base = alert.baseline
    past = [(d.day, d.count, d.expected, None, False, d.weight) for d in base.days]
    told = (base.day, alert.count, base.expected, base.threshold, True, None)
    return _chart([*past, told], lambda day: links.query(_dated(alert.watched, day)), calendar())


def backtest_chart(result: Backtest) -> SpikeChart:
    links = views.Links(result.institution, result.snapshot)
    days = [(d.day, d.count, d.expected or 0.0, d.threshold, bool(d.messages), None) for d in result.days]
    queries = {d.day: d.query for d in result.days}
    return _chart(days, lambda day: links.query(queries[day]), calendar())


def _dated(watched: str, day: date) -> str:
    return written(on(day, parse(watched, day)))


def _chart(days: Sequence[tuple[Any, ...]], href: Any, of: Calendar) -> SpikeChart:
    highest = max(
        (max(count, threshold or 0, expected) for _, count, expected, threshold, _, _ in days), default=1
    )
    lines = scale(max(1, int(highest + 0.999)))
    most, base = lines[-1], TOP + PLOT
    first = days[0][0] if days else date.min
    span = (days[-1][0] - first).days + 1 if days else 1
    step = (WIDTH - LEFT - 4) / span

    def y(n: float) -> float:
        return base - n / most * PLOT

    bars = []
    for day, count, expected, threshold, is_told, weight in days:
        number = (day - first).days
        bars.append(
            Bar(
                day,
                count,
                href(day),
                LEFT + number * step,
                y(count),
                count / most * PLOT,
                expected,
                y(expected),
                threshold,
                None if threshold is None else y(threshold),
                is_told,
                of.is_off(day),
                (span - 1 - number) % 14 == 0,
                weight,
            )
        )
    return SpikeChart(tuple(bars), tuple((n, y(n)) for n in lines), step, WIDTH, base + FOOT, base)


def decimal(stand: Desk) -> Callable[[float], str]:
    """Numbers with a fraction, as the reader's language writes them."""
    return Words(stand.texts.tongue, stand.app.settings.zone).number
