"""Which appeals stand together: by place, by meaning across languages, by one letter; and what a repeat says anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.appeals.linking import (
    ENOUGH,
    NEAR_M,
    Likeness,
    Mark,
    Why,
    asked_marks,
    likeness,
    marks_of,
    metres_between,
    new_sentences,
    shingles,
    unique_parts,
)
from aimas.appeals.sheets import Applicant, Place
from aimas.core import Language

HERE = Place(47.3003, 70.1552, "угол Достық и Парковой")
NEXT_DOOR = Place(47.3010, 70.1560, "Достық 12")
FAR = Place(47.3300, 70.2000, "Аэропорт")
LIGHT = "На перекрёстке Достық и Парковой не горит светофор, дети перебегают дорогу у школы. Прошу починить светофор."
LIGHT_KK = "Достық пен Парковая қиылысында бағдаршам істемейді, мектеп балалары жолдан қауіпті өтеді. Бағдаршамды жөндеңіз."
LIGHT_EN = "The traffic light at the crossing by the school does not work and children run between cars. Please repair it."
NOISE = "Соседи сверху каждую ночь шумят и слушают музыку. Прошу принять меры."
LETTER = (
    "Мы, жители улицы Садовой, просим поставить лежачих полицейских у школы, потому что водители не снижают скорость "
    "и дети боятся переходить дорогу. "
)
OWN = "Моего сына осенью сбил самокат."
ONE, OTHER = (
    Applicant(name="А. Иванова", phone="+7 700 111 22 33"),
    Applicant(name="Б. Петров", phone="+7 700 444 55 66"),
)


def alike(
    one: tuple[str, Language, Place | None, Applicant | None, str | None],
    other: tuple[str, Language, Place | None, Applicant | None, str | None],
) -> Likeness | None:
    metres = metres_between(one[2], other[2]) if one[2] and other[2] else None
    return likeness(marks_of(*one), marks_of(*other), {}, metres)


RU, KK, EN, ROAD = Language.RU, Language.KK, Language.EN, "road_safety"
TOGETHER = [
    ("the same words at the same place", (LIGHT, RU, HERE, ONE, ROAD), (LIGHT.replace("Прошу", "Просим"), RU, NEXT_DOOR, OTHER, ROAD), Why.PLACE),
    ("Russian and Kazakh of one place", (LIGHT, RU, HERE, ONE, ROAD), (LIGHT_KK, KK, NEXT_DOOR, OTHER, ROAD), Why.IDEAS),
    ("Kazakh and English of one place", (LIGHT_KK, KK, HERE, ONE, ROAD), (LIGHT_EN, EN, NEXT_DOOR, OTHER, ROAD), Why.IDEAS),
    ("one letter for many, without any place", (LETTER, RU, None, ONE, None), (LETTER + OWN, RU, None, OTHER, None), Why.LETTER),
    ("the same person on the same matter", (NOISE, RU, None, ONE, "neighbours_noise"), ("Снова шумят соседи, ночью музыка. " + NOISE, RU, None, ONE, "neighbours_noise"), Why.PERSON),
]  # fmt: skip
APART = [
    ("another trouble next door", (LIGHT, RU, HERE, ONE, ROAD), (NOISE, RU, NEXT_DOOR, OTHER, "neighbours_noise")),
    ("the same trouble far away", (LIGHT, RU, HERE, ONE, ROAD), ("В аэропорту погас светофор на въезде.", RU, FAR, OTHER, ROAD)),
    ("the same person on another matter", (LIGHT, RU, HERE, ONE, ROAD), (NOISE, RU, HERE, ONE, "neighbours_noise")),
    ("nothing in common", (LIGHT, RU, None, ONE, None), ("Хочу узнать срок выдачи паспорта.", RU, None, OTHER, None)),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "why"), [r[1:] for r in TOGETHER], ids=[r[0] for r in TOGETHER])
def test_stand_together(one: tuple, other: tuple, why: Why) -> None:  # type: ignore[type-arg]
    found = alike(one, other)
    assert found is not None
    assert found.score >= ENOUGH
    assert why in found.why


@pytest.mark.parametrize(("one", "other"), [r[1:] for r in APART], ids=[r[0] for r in APART])
def test_stand_apart(one: tuple, other: tuple) -> None:  # type: ignore[type-arg]
    found = alike(one, other)
    assert found is None or found.score < ENOUGH


@given(
    st.floats(-60, 60),
    st.floats(-179, 179),
    st.floats(-NEAR_M, NEAR_M),
    st.floats(-NEAR_M, NEAR_M),
)
def test_whatever_is_within_250_metres_shares_a_square_that_is_asked_for(
    latitude: float, longitude: float, north_m: float, east_m: float
) -> None:
    from math import cos, radians

    here = Place(latitude, longitude)
    there = Place(latitude + north_m / 111_320, longitude + east_m / (111_320 * cos(radians(latitude))))
    if metres_between(here, there) > NEAR_M:
        return
    asked = asked_marks((), here)
    own = {m for m in marks_of("", Language.RU, there, None) if m[0] == Mark.SQUARE}
    assert own <= asked


def test_likeness_is_mutual() -> None:
    a, b = marks_of(LIGHT, RU, HERE, ONE, ROAD), marks_of(LIGHT_KK, KK, NEXT_DOOR, OTHER, ROAD)
    assert likeness(a, b, {}, 100.0) == likeness(b, a, {}, 100.0)


def test_a_repeat_shows_what_it_says_anew() -> None:
    first = "Во дворе не горит фонарь. Прошу восстановить освещение."
    again = (
        "Фонарь во дворе так и не горит. Вчера у меня разбили лобовое стекло. Прошу восстановить освещение."
    )
    assert [span.of(again) for span in new_sentences(again, [first])] == [
        "Вчера у меня разбили лобовое стекло."
    ]
    assert new_sentences(first, [first]) == ()


def test_of_a_form_letter_only_the_own_part_is_left() -> None:
    assert [span.of(LETTER + OWN) for span in unique_parts(LETTER + OWN, [LETTER])] == [OWN.rstrip(".")]
    assert unique_parts(LETTER, [LETTER]) == ()


@given(st.text(alphabet="абвгд ", max_size=120))
def test_a_text_has_nothing_unique_beside_itself(text: str) -> None:
    if shingles(text):
        assert unique_parts(text, [text]) == ()
