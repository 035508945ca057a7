"""A draft says what the case says and leaves the rest to a person: with its blanks it never goes out, filled in it does."""

import re
from datetime import date

import msgspec
import pytest
from tests.appeals.cast import case, registered
from tests.appeals.test_answers import EN_APPEAL, KK_APPEAL, RU_APPEAL, check

from aimas.appeals.answers import Check, Draft, Weight, unfilled
from aimas.appeals.calendars import OfficeHours
from aimas.appeals.drafting import blanks, first_draft, tongue_of
from aimas.appeals.requests import requests_of
from aimas.appeals.types import Decision
from aimas.core import Language

APPEALS = {Language.RU: RU_APPEAL, Language.KK: KK_APPEAL, Language.EN: EN_APPEAL}
FILLED = {
    Language.RU: (
        "уличный фонарь у дома 5 по улице Абая починили, мусор во дворе уберут до 20 ноября 2026 года, "
        "нужно позвонить нам, если этого не случится"
    ),
    Language.KK: (
        "Абай көшесіндегі 5-үйдің жанындағы көше шамы жөнделді, аулада қоқыс 2026 жылғы 20 қарашаға дейін "
        "шығарылады"
    ),
    Language.EN: (
        "the street lamp near the school was repaired, and the road will be closed from 20 November 2026"
    ),
}
TODAY = date(2026, 11, 10)


def drafted(language: Language, decision: Decision) -> Draft:
    came, numbered = registered("2026-11-02", language=language)
    one = case(came, msgspec.structs.replace(numbered, number="З-77"))
    asked = [r.span.of(APPEALS[language]) for r in requests_of(APPEALS[language])]
    text = first_draft(
        one, decision, asked, signed_by="С. Омаров, инспектор", today=TODAY, hours=OfficeHours()
    )
    return Draft(
        answer=text,
        decision=decision,
        appeal=APPEALS[language],
        case=one,
        today=TODAY,
        own=("Айгерим Сапарова", "улица Абая, дом 5"),
        ours=("С. Омаров, инспектор",),
    )


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("language", list(APPEALS))
def test_with_its_blanks_it_is_stopped_for_them(language: Language, decision: Decision) -> None:
    one = drafted(language, decision)
    found = [f for f in check(one) if f.check is Check.BLANK]
    assert len(found) == len(blanks(one.answer)) >= 4
    assert all(f.weight is Weight.STOPS for f in found)


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("language", list(APPEALS))
def test_filled_in_it_goes_out(language: Language, decision: Decision) -> None:
    one = drafted(language, decision)
    filled = msgspec.structs.replace(one, answer=re.sub(r"\[[^\]]*\]", FILLED[language], one.answer))
    assert [f for f in check(filled) if f.weight is Weight.STOPS] == []


def test_each_request_has_its_own_blank() -> None:
    asked = [r.span.of(RU_APPEAL) for r in requests_of(RU_APPEAL)]
    assert len(asked) == 2
    text = drafted(Language.RU, Decision.PARTLY).answer
    assert [f"{n}. [" in text for n in (1, 2, 3)] == [True, True, False]
    assert asked[1].rstrip(".") in text


def test_a_request_with_brackets_or_lines_stays_one_blank() -> None:
    came, numbered = registered("2026-11-02")
    text = first_draft(
        case(came, numbered),
        Decision.EXPLAINED,
        ["починить [срочно]\nфонарь", "x" * 900],
        signed_by="",
        today=TODAY,
        hours=OfficeHours(),
    )
    found = [span.of(text) for span in blanks(text)]
    assert any("(срочно) фонарь" in blank for blank in found)
    assert all(len(blank) < 300 for blank in found)


@pytest.mark.parametrize(
    ("language", "tongue"),
    [
        (Language.RU, "ru"),
        (Language.KK, "kk"),
        (Language.KK_RU, "kk"),
        (Language.EN, "en"),
        (Language.OTHER, "ru"),
    ],
)
def test_the_answer_is_in_the_language_of_the_appeal(language: Language, tongue: str) -> None:
    assert tongue_of(language) == tongue


@pytest.mark.parametrize("text", ["[…]", "[...]", "[ ]", "[]", "[что сделано]"])
def test_brackets_with_nothing_in_them_are_a_blank_too(text: str) -> None:
    assert [span.of(f"Сделано: {text}.") for span in blanks(f"Сделано: {text}.")] == [text]


@pytest.mark.parametrize("text", ["[1]", "[12]", "(…)"])
def test_a_footnote_is_no_blank(text: str) -> None:
    assert blanks(f"Сделано {text}.") == ()


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("language", [Language.RU, Language.KK, Language.EN])
def test_what_is_said_only_beside_a_blank_is_not_said_yet(language: Language, decision: Decision) -> None:
    one = drafted(language, decision)
    lacking = unfilled(one)
    assert Check.REASON in lacking
    # To whom was refused the way to complain is what comes next.
    assert Check.NEXT in lacking or decision in (Decision.PARTLY, Decision.REFUSED)
    assert Check.COMPLAINT not in lacking
    assert not unfilled(msgspec.structs.replace(one, answer=one.answer.replace("[", "").replace("]", "")))
