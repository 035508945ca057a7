"""Personal data is found whatever way it is written; what is nobody's is left alone."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.appeals.marked import marked

from aimas.appeals.pii import PiiKind, iban_holds, iin_holds, luhn_holds, personal_data

TEXTS = marked("pii.txt")


def found(text: str) -> list[tuple[str, str]]:
    return [(pii.kind.value, pii.span.of(text)) for pii in personal_data(text)]


def meets(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def test_development_texts_are_read_in_all_kinds_and_languages() -> None:
    """A floor under the development figures; those that count come from sets written by others."""
    asked: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    extra = 0
    for language, text, spans in TEXTS:
        seen = [(pii.kind.value, pii.span.start, pii.span.end) for pii in personal_data(text)]
        for span in spans:
            hit = any(meets(span, one) for one in seen)
            for group in (span[0], language, "all"):
                asked[group] += 1
                missed[group] += not hit
        extra += sum(not any(meets(one, span) for span in spans) for one in seen)
    assert set(PiiKind) | {"ru", "kk", "en", "all"} == set(asked)
    assert {group for group in asked if 1 - missed[group] / asked[group] < 0.98} == set()
    assert extra / (asked["all"] - missed["all"] + extra) < 0.02


def test_there_are_enough_texts_to_mean_something() -> None:
    assert len(TEXTS) >= 150
    assert all(sum(language == one for language, *_ in TEXTS) >= 40 for one in ("ru", "kk", "en"))


NOBODYS = [
    pytest.param("Прошу починить фонарь на улице Абая у школы № 15.", id="a street without a house"),
    pytest.param("Парк имени Жамбыла закрыт с 1 мая 2026 года.", id="a park named after somebody"),
    pytest.param("Штраф 12 500 тенге по протоколу № 261200345 оплачен 03.04.2026.", id="a sum, a record and a date"),
    pytest.param("БИН 120540001234, ТОО «Береке».", id="a firm's number"),
    pytest.param("Трасса Алматы — Тараз перекрыта на 15 км.", id="two towns"),
    pytest.param("Министерство внутренних дел Республики Казахстан", id="a ministry"),
    pytest.param("Машина стояла у подъезда. Магазин работает до 23:00.", id="common words that look like surnames"),
    pytest.param("Сонымен қатар, 2026 жылғы 3 мамырда жауап бердіңіздер.", id="an opening word and a date"),
    pytest.param("Абай көшесі мен Сәтбаев көшесінің қиылысы", id="a crossing in kazakh"),
    pytest.param("The Ministry answered on 4 May 2026. Will you help?", id="a modal verb that is a name"),
    pytest.param("Кабинет 105 БЖ 12, второй этаж.", id="letters that no plate has"),
    pytest.param("Call 102 or 112 if you are in danger.", id="the police"),
    pytest.param("Приказ № 123 от 12 мая 2025 года, статья 76 АППК.", id="an order and an article"),
]  # fmt: skip


@pytest.mark.parametrize("text", NOBODYS)
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    assert found(text) == []


SAID = [
    pytest.param("улица Каныша Сатпаева, 22", [("address", "улица Каныша Сатпаева, 22")], id="a name inside an address is the street's"),
    pytest.param("Почта a.b@c.example.kz.", [("email", "a.b@c.example.kz")], id="the full stop is not of the address"),
    pytest.param("ivanov собака mail точка kz", [("email", "ivanov собака mail точка kz")], id="an address said aloud"),
    pytest.param("Иванов И.И. и Петрова А. С.", [("name", "Иванов И.И."), ("name", "Петрова А. С.")], id="initials behind"),
    pytest.param("С. Ахметов", [("name", "С. Ахметов")], id="an initial before"),
    pytest.param("Айгерим, помогите!", [("name", "Айгерим")], id="a given name alone"),
    pytest.param("инспектор Ли", [("name", "Ли")], id="a surname of two letters behind a title"),
    pytest.param("Он родился 5 мая 1990 года, заявление подал 6 мая 2026 года.", [("birth_date", "5 мая 1990")], id="only the date of birth"),
    pytest.param("карта 4111 1111 1111 1111", [("card", "4111 1111 1111 1111")], id="a card in groups"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_what_is_somebodys_is_found_where_it_stands(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


CHECKED = [
    pytest.param("ИИН 880101300000", True, id="an identification number that holds"),
    pytest.param("ИИН 900101304002", True, id="one that needs the second weights"),
    pytest.param("ИИН 880101300001", False, id="one that is mistyped"),
    pytest.param("карта 4111111111111111", True, id="a card that holds"),
    pytest.param("карта 4111111111111112", False, id="a card that does not"),
    pytest.param("счёт KZ86125KZT5004100100", True, id="an account that holds"),
    pytest.param("счёт KZ86125KZT5004100101", False, id="an account that does not"),
    pytest.param("тел. +7 701 123 45 67", None, id="a telephone has no check digit"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "holds"), CHECKED)
def test_check_digits_are_told_and_never_needed(text: str, holds: bool | None) -> None:
    (pii,) = personal_data(text)
    assert pii.holds is holds


@pytest.mark.parametrize(
    ("text", "account"),
    [
        pytest.param(
            "Your appeal of 30 November 2026 has been considered.", None, id="words that hold by chance"
        ),
        pytest.param(
            "счёт DE89 3704 0044 0532 0130 00 в банке", "DE89 3704 0044 0532 0130 00", id="words behind"
        ),
        pytest.param(
            "pay to LC07HEMM000100010012001200013015.", "LC07HEMM000100010012001200013015", id="a long one"
        ),
    ],
)
def test_an_account_is_as_long_as_its_country_says(text: str, account: str | None) -> None:
    assert [pii.span.of(text) for pii in personal_data(text) if pii.kind is PiiKind.IBAN] == (
        [account] if account else []
    )


def test_the_published_examples_of_check_digits_hold() -> None:
    assert iban_holds("GB82 WEST 1234 5698 7654 32")
    assert luhn_holds("79927398713")
    assert not iin_holds("88010130000")
    assert not iban_holds("GB82")
    assert not luhn_holds("4111x")


@given(st.sampled_from([text for _, text, _ in TEXTS]), st.sampled_from([text for _, text, _ in TEXTS]))
def test_texts_side_by_side_lose_nothing(one: str, other: str) -> None:
    both = Counter(kind for kind, _ in found(f"{one}\n\n{other}"))
    apart = Counter(kind for kind, _ in found(one)) + Counter(kind for kind, _ in found(other))
    # Two names in small letters are told only where a whole text has no capitals.
    assert sum((apart - both).values()) <= 2


@given(st.text(st.characters(codec="utf-8"), max_size=120) | st.from_regex(r"[\d +()А-Яа-я.,@/-]{0,120}"))
def test_any_text_gives_spans_in_order_that_do_not_overlap(text: str) -> None:
    spans = [pii.span for pii in personal_data(text)]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
