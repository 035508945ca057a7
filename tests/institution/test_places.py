"""Regions of the places that a text names: a table of sentences, and laws that no table shows."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.institution.tables import rows

from aimas.core import Language
from aimas.institution import gazetteer

CASES = [pytest.param(*cells, id=case) for case, cells in rows("places.txt")]


@pytest.mark.parametrize(("language", "text", "regions"), CASES)
def test_the_regions_of_a_sentence(language: str, text: str, regions: str) -> None:
    found = gazetteer().places(text, Language(language))
    assert {place.region for place in found} == set(regions.split())
    for place in found:
        assert text[place.span.start].isalpha() and text[place.span.end - 1].isalnum()


@pytest.mark.parametrize(("language", "text", "regions"), CASES)
def test_the_language_need_not_be_told(language: str, text: str, regions: str) -> None:
    assert {place.region for place in gazetteer().places(text)} == set(regions.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "Рейд в Кызылорде.", ["Кызылорде"], id="a town in the locative, without the preposition"
        ),
        pytest.param(
            "ДТП в Карагандинской области, в Абайском районе.",
            ["Карагандинской области", "Абайском районе"],
            id="a region with its noun",
        ),
        pytest.param("Police in Almaty's centre", ["Almaty"], id="a possessive ends before the apostrophe"),
        pytest.param("ШҚО-да аяз", ["ШҚО"], id="a case after a hyphen stays outside"),
        pytest.param("İİ в Алматы", ["Алматы"], id="a letter that grows when made small moves no offset"),
    ],
)
def test_spans_hold_exactly_the_name(text: str, words: list[str]) -> None:
    assert [place.span.of(text) for place in gazetteer().places(text)] == words


@given(st.sampled_from(["В Караганде тихо. ", "Алматыда тыныш. ", "Quiet in Taraz. "]), st.text(max_size=40))
def test_what_follows_never_moves_a_place(opening: str, rest: str) -> None:
    alone = gazetteer().places(opening, Language.RU)
    together = gazetteer().places(f"{opening}\n{rest}", Language.RU)
    assert set(alone) <= set(together)


@given(st.text(max_size=200))
def test_any_text_is_read_and_spans_lie_in_order(text: str) -> None:
    spans = [place.span for place in gazetteer().places(text)]
    assert spans == sorted(spans)
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


def test_every_region_can_be_found() -> None:
    regions = """Абай Ақмола Ақтөбе Алматы Атырау Жамбыл Жетісу Қарағанды Қостанай Қызылорда Маңғыстау
        Павлодар Түркістан Ұлытау"""
    found = {place.region for name in regions.split() for place in gazetteer().places(f"{name} облысында")}
    three = gazetteer().places("Батыс Қазақстан, Солтүстік Қазақстан, Шығыс Қазақстан")
    cities = gazetteer().places("Астана, Шымкент, Алматы қаласы")
    assert len(found | {place.region for place in (*three, *cities)}) == 20
