"""Which precinct a place lies in, and which files are refused with which words."""

import copy
import json
from math import cos, pi, sin
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import TESTER, Shelf

from aimas.core import BadInput
from aimas.precincts import Found, Inspectors, PrecinctMap, read_map
from aimas.precincts.geometry import crossing, distance_m, holds
from aimas.precincts.service import street_key
from aimas.precincts.types import Area
from aimas.storage.precincts import SqlPrecincts

DEMO = Path(__file__).parents[2] / "demo" / "precincts.geojson"
SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0))
HOLE = ((1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0), (1.0, 1.0))
YARD = Area(SQUARE, (HOLE,))


class InMemory:
    def __init__(self, known: PrecinctMap | None = None) -> None:
        self.known = known

    def current(self) -> PrecinctMap | None:
        return self.known

    def replace(self, map: PrecinctMap, by: object) -> None:
        self.known = map


@pytest.fixture(scope="module")
def demo() -> Inspectors:
    return Inspectors(InMemory(read_map(DEMO.read_bytes())))


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        pytest.param((0.5, 0.5), True, id="inside"),
        pytest.param((2.0, 2.0), False, id="in the hole"),
        pytest.param((4.0, 2.0), True, id="on the border"),
        pytest.param((0.0, 0.0), True, id="on a corner"),
        pytest.param((1.0, 2.0), True, id="on the border of the hole"),
        pytest.param((4.1, 2.0), False, id="just outside"),
        pytest.param((-1.0, 4.0), False, id="level with a corner, outside"),
        pytest.param((-1.0, 0.0), False, id="level with a side, outside"),
    ],
)
def test_a_point_lies_where_it_lies(point: tuple[float, float], inside: bool) -> None:
    assert holds((YARD,), point) is inside


@given(st.floats(0, 2 * pi), st.floats(0.0, 0.97), st.integers(3, 40), st.floats(-80, 80), st.floats(-60, 60))
def test_what_is_nearer_to_the_middle_than_the_sides_is_inside(
    turn: float, part: float, corners: int, x: float, y: float
) -> None:
    """A regular polygon holds its inscribed circle and nothing outside of its circumscribed one."""
    ring = [
        (x + cos(turn + 2 * pi * n / corners), y + sin(turn + 2 * pi * n / corners)) for n in range(corners)
    ]
    area = (Area((*ring, ring[0])),)
    inner = cos(pi / corners) * part
    assert holds(area, (x + inner * cos(turn * 7), y + inner * sin(turn * 7)))
    assert not holds(area, (x + 1.01 * cos(turn * 7), y + 1.01 * sin(turn * 7)))


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        pytest.param((0.0, 0.0), (1.0, 0.0), 111_195, id="a degree on the equator"),
        pytest.param((76.95, 43.25), (71.43, 51.13), 967_500, id="Almaty to Astana"),
        pytest.param((70.0, 47.0), (70.0, 47.0), 0, id="no way at all"),
    ],
)
def test_distances_are_those_of_the_globe(one: Any, other: Any, metres: float) -> None:
    assert distance_m(one, other) == pytest.approx(metres, rel=0.005, abs=1)


def test_sides_that_cross_are_found() -> None:
    assert crossing(((0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0))) == (1, 3)
    assert crossing(SQUARE) is None


def test_the_demo_city_is_covered_without_overlaps(demo: Inspectors) -> None:
    for column in range(40):
        for row in range(30):
            found = demo.at(70.127 + column * 0.0017, 47.286 + row * 0.0011)
            assert len(found.precincts) == 1 and found.nearest is not None


def test_far_away_nothing_is_claimed(demo: Inspectors) -> None:
    assert demo.at(76.95, 43.25) == Found((), None, None)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        pytest.param("улица Вокзальная", ["01"], id="as written"),
        pytest.param("вокзальная", ["01"], id="in small letters, without its kind"),
        pytest.param("Достык", ["05", "06", "07", "08"], id="on a Russian keyboard, through four precincts"),
        pytest.param("достық даңғылы", ["05", "06", "07", "08"], id="in Kazakh"),
        pytest.param("Елисейские поля", [], id="nowhere"),
        pytest.param("у", [], id="a letter is no street"),
    ],
)
def test_a_street_leads_to_its_precincts(demo: Inspectors, words: str, ids: list[str]) -> None:
    assert [p.id for p in demo.on_street(words).precincts] == ids


@pytest.mark.parametrize("words", ["ул. Абая", "улица Абая", "Абая көшесі", "проспект Абая", "абая"])
def test_the_kind_of_a_street_does_not_matter(words: str) -> None:
    assert street_key(words) == "абая"


def changed(path: str, value: object) -> bytes:
    """The demo's file with one place of it changed; a path's last part "-" removes."""
    made = copy.deepcopy(json.loads(DEMO.read_text("utf-8")))
    *way, last = path.split("/")
    at: Any = made
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
    return json.dumps(made).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"{", "no map of precincts", id="not JSON"),
        pytest.param(b"[]", "no map of precincts", id="another thing"),
        pytest.param(changed("type", "Feature"), "must be FeatureCollection", id="one feature"),
        pytest.param(changed("features", []), "There is no precinct", id="empty"),
        pytest.param(changed("source", " "), "“source” is not said in ru, kk, en", id="nobody vouches"),
        pytest.param(changed("checked_on", "soon"), "checked_on", id="no day"),
        pytest.param(changed("features/0/properties/phone", "call me"), "Feature 1: 'call me' is no telephone", id="a phone that is none"),
        pytest.param(changed("features/0/geometry/coordinates", [47.2, 170.1]), "Feature 1: [47.2, 170.1] lies on no globe", id="latitude first"),
        pytest.param(changed("features/0/properties/name", {"ru": "Пункт"}), "“name” is not said in kk, en", id="one language of three"),
        pytest.param(changed("features/1/properties/id", "post-1"), "post id 'post-1'", id="an id twice"),
        pytest.param(changed("features/5/properties/inspectors", []), "Feature 6: precinct '01' names no inspector", id="nobody there"),
        pytest.param(changed("features/5/properties/post", "post-9"), "'post-9', which is not there", id="a post that is not there"),
        pytest.param(changed("features/5/geometry/type", "LineString"), "neither Polygon", id="a line"),
        pytest.param(changed("features/5/geometry/coordinates", [[[0, 0], [1, 0], [1, 1]]]), "fewer than four", id="too few corners"),
        pytest.param(changed("features/5/geometry/coordinates", [[[0, 0], [1, 0], [1, 1], [0, 1]]]), "does not end where", id="an open ring"),
        pytest.param(changed("features/5/geometry/coordinates", [[[0, 0], [1, 0], [2, 0], [0, 0]]]), "encloses nothing", id="a ring without ground"),
        pytest.param(changed("features/5/geometry/coordinates", [[[0, 0], [3, 3], [3, 1], [0, 2], [0, 0]]]), "sides 1 and 3", id="a bow tie"),
        pytest.param(changed("features/5/geometry/coordinates", [[["0", "0"]] * 4]), "no position", id="words for numbers"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_where_it_is_wrong(content: bytes, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_map(content)
    assert told in str(refused.value)


def test_a_wrong_file_leaves_the_old_map_in_place() -> None:
    old = read_map(DEMO.read_bytes())
    inspectors = Inspectors(InMemory(old))
    with pytest.raises(BadInput):
        inspectors.replace(b"{}", TESTER)
    assert inspectors.map() == old


def test_the_records_keep_the_newest_map_and_an_act_for_each(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    inspectors = Inspectors(SqlPrecincts(shelf.engine, shelf.archive.settling))
    assert inspectors.map() is None and inspectors.at(70.15, 47.3).precincts == ()
    inspectors.replace(DEMO.read_bytes(), TESTER)
    second = inspectors.replace(changed("source", "Akimat"), TESTER)
    assert inspectors.map() == second == Inspectors(SqlPrecincts(shelf.engine, shelf.archive.settling)).map()
    acts = [a for a in shelf.records.acts() if a["verb"] == "precincts-imported"]
    assert len(acts) == 2 and acts[0]["actor"] == str(TESTER)
    shelf.close()
