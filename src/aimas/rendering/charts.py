"""Where each bar of a chart stands, so that a page and a print only draw."""

import msgspec

from aimas.rendering.document import Chart, Column, Look

STEP, BAR = 44, 32
"""Width of a day's place and of its bar, in the drawing's own units."""
LEFT, TOP, PLOT, FOOT = 36, 20, 150, 34


class Rect(msgspec.Struct, frozen=True):
    tone: Look
    y: float
    height: float
    href: str
    count: int


class Bar(msgspec.Struct, frozen=True):
    column: Column
    x: float
    top: float
    rects: tuple[Rect, ...]


class Line(msgspec.Struct, frozen=True):
    value: int
    y: float


class Drawing(msgspec.Struct, frozen=True):
    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]


def drawing(chart: Chart) -> Drawing:
    lines = scale(max((c.total for c in chart.columns), default=0))
    most = lines[-1] if lines else 1
    base = TOP + PLOT
    bars = []
    for n, column in enumerate(chart.columns):
        y, rects = float(base), []
        for part in column.parts:
            height = part.count / most * PLOT
            y -= height
            rects.append(Rect(part.tone, round(y, 2), round(height, 2), part.href, part.count))
        bars.append(Bar(column, LEFT + n * STEP + (STEP - BAR) / 2, round(y, 2), tuple(rects)))
    return Drawing(
        LEFT + len(chart.columns) * STEP,
        base + FOOT,
        base,
        tuple(bars),
        tuple(Line(n, round(base - n / most * PLOT, 2)) for n in lines),
    )


def scale(highest: int) -> list[int]:
    """At most four round numbers, the last at or above the highest; empty for nothing."""
    if highest <= 0:
        return []
    step = next(m * 10**e for e in range(12) for m in (1, 2, 5) if m * 10**e * 4 >= highest)
    return [step * n for n in range(1, -(-highest // step) + 1)]
