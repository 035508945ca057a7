"""What alerts say in three languages."""

import re
from datetime import UTC, datetime

import pytest

from aimas.alerts.words import TONGUES, Words, catalogue

FORMS = re.compile(r"\.(one|few|many|other)$")


def stems(tongue: str) -> set[str]:
    return {FORMS.sub("", key) for key in catalogue(tongue)}


def test_the_three_languages_say_the_same_things() -> None:
    assert stems("ru") == stems("kk") == stems("en")
    for stem in stems("ru"):
        holes = {}
        for tongue in TONGUES:
            said = [v for k, v in catalogue(tongue).items() if FORMS.sub("", k) == stem]
            holes[tongue] = {frozenset(re.findall(r"\{(\w*)\}", v)) for v in said}
            assert len(holes[tongue]) == 1 and all(v.strip() for v in said), (tongue, stem)
        assert holes["ru"] == holes["kk"] == holes["en"], stem


@pytest.mark.parametrize(
    ("tongue", "n", "said"),
    [
        ("ru", 1, "Найдена 1 публикация, которой раньше не было."),
        ("ru", 3, "Найдены 3 публикации, которых раньше не было."),
        ("ru", 11, "Найдено 11 публикаций, которых раньше не было."),
        ("kk", 5, "Бұрын болмаған 5 жарияланым табылды."),
        ("en", 1, "1 publication was found that was not there before."),
        ("en", 2, "2 publications were found that were not there before."),
    ],
)
def test_numbers_bend_their_nouns(tongue: str, n: int, said: str) -> None:
    assert Words(tongue, UTC).plural("why.every", n) == said


@pytest.mark.parametrize(
    ("tongue", "n", "said"),
    [
        ("ru", 3.14159, "3,1"),
        ("en", 3.14159, "3.1"),
        ("en", 0.031, "0.03"),
        ("en", 1234.5, "1,234"),
        ("en", 12, "12"),
    ],
)
def test_fractions_are_as_fine_as_they_matter(tongue: str, n: float, said: str) -> None:
    assert Words(tongue, UTC).number(n) == said


def test_an_unknown_language_is_told_in_russian() -> None:
    assert Words("xx", UTC).tongue == "ru"
    assert Words("en", UTC).moment(datetime(2026, 9, 16, 7, 0, tzinfo=UTC)) == "16 September 2026, 07:00"
