"""What counts as a mention of the ministry and what does not: a table of sentences, and laws."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.institution.tables import rows

from aimas.institution import Institutions, require_profile

MINISTRY = Institutions([require_profile("kz-mia")])
PROSECUTORS = Institutions([require_profile("kz-prosecutor")])

OURS = [pytest.param(*cells, id=case) for case, cells in rows("mentions.txt", heading_starts="ours")]
NOT_OURS = [
    pytest.param(cells[0], id=case) for case, cells in rows("mentions.txt", heading_starts="not ours")
]


@pytest.mark.parametrize(("text", "expected"), OURS)
def test_a_name_is_found_with_its_target_and_span(text: str, expected: str) -> None:
    assert [f"{m.target}:{m.span.of(text)}" for m in MINISTRY.find(text)] == expected.split(";")


@pytest.mark.parametrize("text", NOT_OURS)
def test_another_thing_is_left_alone(text: str) -> None:
    assert MINISTRY.find(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Генпрокуратура внесла представление, прокурор запросил срок.",
            "office:Генпрокуратура;prosecutor:прокурор",
            id="the office by its short name",
        ),
        pytest.param(
            "Генеральный прокурор Берик Асылов выступил в сенате.",
            "general_prosecutor:Генеральный прокурор Берик Асылов",
            id="the office and its holder are one mention",
        ),
        pytest.param(
            "Прокуратура Павлодарской области проверила завод. Надзорный орган выявил долги.",
            "office:Прокуратура Павлодарской области;office:Надзорный орган",
            id="a supervising body beside the prosecutors",
        ),
        pytest.param(
            "Надзорный орган оштрафовал банк.", "", id="a supervising body with no prosecutors near"
        ),
        pytest.param(
            "Бас прокуратураның баспасөз қызметі", "office:Бас прокуратураның", id="kazakh genitive"
        ),
        pytest.param("Генпрокуратура РФ направила запрос.", "", id="another state's office"),
        pytest.param("Прокурор Парижа начал расследование.", "", id="another city's prosecutor"),
        pytest.param("МВД и полиция отчитались.", "", id="the police are not the prosecutors"),
    ],
)
def test_the_prosecutors_office(text: str, expected: str) -> None:
    assert ";".join(f"{m.target}:{m.span.of(text)}" for m in PROSECUTORS.find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Turgumbayev Turgumbaev Turgumbaiev", id="latin spellings of the russian form"),
        pytest.param("Тургумбаева Тургумбаеву Тургумбаевым Тургумбаеве", id="russian cases"),
        pytest.param("Тұрғымбаев Тұрғымбаевтың Тұрғымбаевқа Тұрғымбаевты", id="kazakh cases"),
    ],
)
def test_a_surname_counts_in_any_spelling_where_the_office_is_named(text: str) -> None:
    found = MINISTRY.find(f"Interior Minister of Kazakhstan. {text}")
    assert [m.target for m in found] == ["minister"] * (1 + len(text.split()))


def test_a_refusal_says_why() -> None:
    (refusal,) = MINISTRY.explain("Турецкая полиция разогнала демонстрантов.").refusals
    assert refusal.target == "police"
    assert refusal.why == "belongs to another state: Турция"


def test_two_profiles_in_one_pass_find_what_each_finds_alone() -> None:
    text = "Прокурор потребовал от МВД проверить полицию Алматы."
    both = Institutions([require_profile("kz-mia"), require_profile("kz-prosecutor")])
    assert set(both.find(text)) == {*MINISTRY.find(text), *PROSECUTORS.find(text)}


TEXTS = st.lists(
    st.sampled_from(
        ["Полиция", "МВД", "в Бишкеке", "России", "Алматы", "«", "»", ". ", "\n", "министр внутренних дел",
         "сказал он", "полицейлер", "деді", "police", "in Turkey", "Ержан Саденов", "ДП", ", ", "İ"]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip


@given(TEXTS)
def test_mentions_lie_in_order_within_the_text_and_never_overlap(text: str) -> None:
    found = MINISTRY.find(text)
    assert all(left.span.end <= right.span.start for left, right in itertools.pairwise(found))
    assert all(mention.span.end <= len(text) for mention in found)


@given(TEXTS)
def test_a_text_with_a_mention_passes_the_prefilter(text: str) -> None:
    assert MINISTRY.speaks_of(text) or not MINISTRY.find(text)


@given(TEXTS)
def test_each_name_is_either_a_mention_or_refused_with_a_reason(text: str) -> None:
    explained = MINISTRY.explain(text)
    assert explained.mentions == MINISTRY.find(text)
    assert all(refusal.why for refusal in explained.refusals)
    assert MINISTRY.speaks_of(text) == bool(explained.mentions or explained.refusals)
