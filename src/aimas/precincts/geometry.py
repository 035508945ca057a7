"""Where a point lies, on ground so small that degrees make a plane; distances on the sphere."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from aimas.precincts.types import Area, Point, Ring

EARTH_M = 6_371_008.8
"""Mean radius, IUGG."""
_EDGE = 1e-9
"""Degrees, a tenth of a millimetre: what lies this near to a border lies on it."""


def holds(areas: Sequence[Area], point: Point) -> bool:
    """Whether the point is inside or on the border: a house on the border belongs to both neighbours."""
    return any(
        (_inside(area.outer, point) and not any(_inside(hole, point) for hole in area.holes))
        or any(_on_border(ring, point) for ring in (area.outer, *area.holes))
        for area in areas
    )


def distance_m(one: Point, other: Point) -> float:
    """Great-circle, by the haversine formula."""
    (x1, y1), (x2, y2) = (tuple(map(radians, p)) for p in (one, other))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))


def _inside(ring: Ring, point: Point) -> bool:
    """By the crossings of a ray to the east."""
    x, y = point
    within = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            within = not within
    return within


def _on_border(ring: Ring, point: Point) -> bool:
    x, y = point
    for (x1, y1), (x2, y2) in pairwise(ring):
        if not (
            min(x1, x2) - _EDGE <= x <= max(x1, x2) + _EDGE
            and min(y1, y2) - _EDGE <= y <= max(y1, y2) + _EDGE
        ):
            continue
        along = sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
        if along <= _EDGE or abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) <= _EDGE * along:
            return True
    return False


def crossing(ring: Ring) -> tuple[int, int] | None:
    """The numbers of two sides that cross, from 1; None: the ring is simple."""
    sides = list(pairwise(ring))
    boxes = [(min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])) for a, b in sides]
    order = sorted(range(len(sides)), key=lambda n: boxes[n][0])
    for at, one in enumerate(order):
        for other in order[at + 1 :]:
            if boxes[other][0] > boxes[one][1]:
                break
            if boxes[other][2] > boxes[one][3] or boxes[other][3] < boxes[one][2]:
                continue
            if abs(one - other) in (1, len(sides) - 1):
                continue
            if _cross(*sides[one], *sides[other]):
                return min(one, other) + 1, max(one, other) + 1
    return None


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def surface(ring: Ring) -> float:
    """Square degrees, without sign."""
    pairs = pairwise(ring)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2
