"""Answers as officials write them, held against the checker: good ones go out, bad ones are stopped for their reason."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from tests.appeals.cast import case, registered
from tests.appeals.test_answers import check

from aimas.appeals.answers import Draft, Weight
from aimas.appeals.requests import requests_of
from aimas.appeals.spoken_numbers import spoken_numbers
from aimas.appeals.types import Decision
from aimas.appeals.written_dates import written_dates
from aimas.core import Language

DECISIONS = {decision.value[0]: decision for decision in Decision}
TAILS = {
    "ru": {
        "R": "Причина установлена нашим инспектором.",
        "N": "До 10 декабря 2026 года вы можете прийти в кабинет 12.",
        "M": "До 10 декабря вы можете прийти в кабинет 12.",
        "C": "Если вы не согласны, подайте нам жалобу: её рассмотрит вышестоящий орган.",
    },
    "kk": {
        "R": "Мұның себебі тексеру барысында анықталды.",
        "N": "Сіз 2026 жылғы 10 желтоқсанға дейін 12-кабинетке келе аласыз.",
        "M": "Сіз 10 желтоқсанға дейін 12-кабинетке келе аласыз.",
        "C": "Келіспесеңіз, шағымды бізге бере аласыз, оны жоғары тұрған орган қарайды.",
    },
    "en": {
        "R": "The reason was found by our inspector.",
        "N": "You can visit room 12 by 10 December 2026.",
        "M": "You can visit room 12 by 10 December.",
        "C": "If you disagree, you may complain to us; the higher body decides the complaint.",
    },
}


class Row(msgspec.Struct, frozen=True):
    tongue: str
    verdict: str
    draft: Draft
    is_aside: bool
    """Not looked at while the checker was mended."""


def rows() -> Iterator[Row]:
    tongue, turn = "", 0
    for line in Path(__file__).with_name("answer_cases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            tongue, turn = line[1:-1], 0
        elif line and not line.startswith("#"):
            verdict, decision, appeal, answer = (field.strip() for field in line.split("|"))
            tails = TAILS["kk" if tongue == "kk-ru" else tongue]
            language = Language(tongue)
            for mark, words in tails.items():
                answer = answer.replace(f"{{{mark}}}", words)
            came, numbered = registered("2026-11-02", language=language, requests=len(requests_of(appeal)))
            yield Row(
                tongue,
                verdict,
                Draft(
                    answer=answer,
                    decision=DECISIONS[decision],
                    appeal=appeal,
                    case=case(came, numbered),
                    today=date(2026, 11, 20),
                ),
                is_aside=turn % 2 == 1,
            )
            turn += 1


def stopped(draft: Draft) -> set[str]:
    return {f"{f.check}-{f.variant}" for f in check(draft) if f.weight is Weight.STOPS}


ROWS = [pytest.param(row, id=f"{row.tongue} {row.verdict}: {row.draft.answer[:60]}") for row in rows()]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.values[0].is_aside])  # type: ignore[union-attr]
def test_what_must_go_out_does_and_what_must_not_is_stopped_for_its_reason(row: Row) -> None:
    found = stopped(row.draft)
    assert (found == set()) if row.verdict == "ok" else (row.verdict in found)


def test_of_the_half_kept_aside_few_are_misread() -> None:
    aside = [(row, stopped(row.draft)) for row in rows() if row.is_aside]
    good = [found for row, found in aside if row.verdict == "ok"]
    bad = [row.verdict in found for row, found in aside if row.verdict != "ok"]
    assert len(good) == 50 and len(bad) == 44
    # Before the mending 25 of 50 were stopped and 19 of 44 not seen for what they are; first measured after it: 3 and 1.
    assert sum(map(bool, good)) <= 3
    assert bad.count(False) <= 1


YEARLESS = [
    pytest.param("до 10 декабря", [date(2026, 12, 10)], id="later this year"),
    pytest.param("к 5-му марта и 5 марта", [date(2027, 3, 5)], id="over already: next year"),
    pytest.param("20 ноября", [date(2026, 11, 20)], id="today"),
    pytest.param("10 желтоқсанға дейін, 15-ші қаңтарда", [date(2026, 12, 10), date(2027, 1, 15)], id="kazakh, in its cases"),
    pytest.param("by 10 December or December 12th", [date(2026, 12, 10), date(2026, 12, 12)], id="english both ways"),
    pytest.param("1st of May", [date(2027, 5, 1)], id="may with its capital"),
    pytest.param("room 5 may be visited", [], id="may without one is no month"),
    pytest.param("12 market stalls, 10 мартовских дней, 3 майора", [], id="words that begin like months"),
    pytest.param("31 ноября", [None], id="a day that is not"),
    pytest.param("29 февраля", [date(2028, 2, 29)], id="a day of leap years"),
    pytest.param("до 10 декабря 2025 года", [date(2025, 12, 10)], id="with its year it is that year's"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "days"), YEARLESS)
def test_a_day_without_its_year_is_the_next_such_day(text: str, days: list[date | None]) -> None:
    assert [written.day for written in written_dates(text, date(2026, 11, 20))] == days


SPOKEN = [
    pytest.param("восемь семьсот один девятьсот девяносто девять восемьдесят восемь семьдесят семь", ["87019998877"], id="russian"),
    pytest.param("сегіз жеті жүз бір тоғыз жүз тоқсан тоғыз сексен сегіз жетпіс жеті", ["87019998877"], id="kazakh"),
    pytest.param("eight seven zero one nine nine nine eight eight seven seven", ["87019998877"], id="english"),
    pytest.param("eight, seven oh one, triple nine, double eight, seventy-seven", ["87019998877"], id="english as it is said"),
    pytest.param("8 семьсот один 999 восемьдесят восемь 77", ["87019998877"], id="half in figures"),
    pytest.param("8 701 999 88 77", [], id="figures alone are seen elsewhere"),
    pytest.param("сто двадцать пять тысяч тенге за два года", [], id="a sum"),
    pytest.param("один дом, две квартиры, три окна, четыре двери, пять ламп", [], id="things that are counted"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "digits"), SPOKEN)
def test_a_telephone_in_words_is_a_telephone(text: str, digits: list[str]) -> None:
    assert [number.digits for number in spoken_numbers(text)] == digits


NEIGHBOUR = "Прошу наказать соседа, его телефон 8 701 999 88 77. Мой телефон 8 702 111 22 33."
TELEPHONES = [
    pytest.param("8 701 999 88 77", {"personal-data-others"}, id="a neighbour's, though the appeal told it"),
    pytest.param("восемь семьсот один девятьсот девяносто девять восемьдесят восемь семьдесят семь", {"personal-data-others"}, id="the same in words"),
    pytest.param("8 702 111 22 33", set(), id="the applicant's, as the appeal says"),
]  # fmt: skip


@pytest.mark.parametrize(("telephone", "reasons"), TELEPHONES)
def test_a_number_that_the_appeal_told_of_somebody_else_is_not_told_again(
    telephone: str, reasons: set[str]
) -> None:
    tails = TAILS["ru"]
    answer = f"Сосед наказан. Позвонили по телефону {telephone}. {tails['R']} {tails['N']} {tails['C']}"
    came, numbered = registered("2026-11-02")
    one = Draft(
        answer=answer,
        decision=Decision.SATISFIED,
        appeal=NEIGHBOUR,
        case=case(came, numbered),
        today=date(2026, 11, 20),
    )
    assert stopped(one) == reasons
