"""The chart of days: where each bar stands, so that the template only draws."""

from collections.abc import Sequence
from datetime import date

import msgspec

from aimas.search.board import TONES, Day, Figure

STEP = 31
"""Width of a day's place, in the drawing's own units."""
LEFT = 34
TOP = 34
"""Room above the highest bar: its number, and the line that says what is pointed at."""
PLOT = 170
FOOT = 24
UNLOOKED = "unlooked"
"""Publications whose tone nobody looked at: a part of its own, so that bars equal totals."""


class Part(msgspec.Struct, frozen=True):
    figure: Figure
    y: float
    height: float


class Column(msgspec.Struct, frozen=True):
    day: date
    total: Figure
    x: int
    top: float
    parts: tuple[Part, ...]
    """From the top down, empty ones left out."""
    is_labelled: bool
    is_weekend: bool


class Line(msgspec.Struct, frozen=True):
    value: int
    y: float


class Chart(msgspec.Struct, frozen=True):
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    base: int


def unlooked(total: Figure, tones: Sequence[Figure]) -> Figure:
    """What no model has looked at: the rest of the total, and the query that lists exactly it."""
    rest = total.count - sum(f.count for f in tones)
    return Figure(UNLOOKED, rest, f"{total.query} AND (NOT tone:({' OR '.join(t.value for t in TONES)}))")


def chart(days: Sequence[Day]) -> Chart:
    lines = scale(max((d.total.count for d in days), default=0))
    most = lines[-1] if lines else 1
    base = TOP + PLOT
    columns = []
    for number, day in enumerate(days):
        # The most telling part stands on the base line, where heights compare best.
        y, parts = float(base), []
        for figure in (*day.tones, unlooked(day.total, day.tones)):
            if figure.count:
                height = figure.count / most * PLOT
                y -= height
                parts.append(Part(figure, y, height))
        columns.append(
            Column(
                day.day,
                day.total,
                LEFT + number * STEP,
                base - day.total.count / most * PLOT,
                tuple(reversed(parts)),
                (len(days) - 1 - number) % 5 == 0,
                day.day.weekday() >= 5,
            )
        )
    return Chart(
        tuple(columns),
        tuple(Line(n, base - n / most * PLOT) for n in lines),
        LEFT + len(days) * STEP + 4,
        base + FOOT,
        base,
    )


def scale(highest: int) -> list[int]:
    """At most four round numbers, the last at or above the highest; empty for nothing."""
    if highest <= 0:
        return []
    step = next(m * 10**e for e in range(12) for m in (1, 2, 5) if m * 10**e * 4 >= highest)
    return [step * n for n in range(1, -(-highest // step) + 1)]
