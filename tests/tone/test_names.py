"""Exchanging people's names in rows for training: the grammar, the mark and the label's ground stay."""

import random

import pytest
from training.tone import data as sets
from training.tone.names import exchanged

DICE = random.Random(7)


def swapped(marked: str, lang: str) -> list[tuple[str, str]]:
    """Forty tries: the whole text and what is marked then."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    tries = [exchanged(text, start, end, lang, DICE) for _ in range(40)]
    return [(made[0], made[0][made[1] : made[2]]) for made in tries if made]


@pytest.mark.parametrize(
    ("lang", "marked", "kept"),
    [
        ("ru", "Осудили [полицейского] Тимура Ахметова за побои.", "Осудили {} за побои."),
        ("ru", "Следователь [полиции] Марина Волкова брала взятки.", "Следователь полиции {} брала взятки."),
        ("ru", "[Полиция] задержала узбека.", "Полиция задержала {}."),
        ("ru", "[Полиция] помогла уйгурской семье.", "Полиция помогла {}ой семье."),
        ("kk", "[Полицей] Ерлан Омаровтың ісі сотта.", "Полицей {}тың ісі сотта."),
        ("kk", "[Полиция] ұйғыр азаматты ұстады.", "Полиция {} азаматты ұстады."),
        ("en", "[Officer] Daniyar Bekov's trial began.", "Officer {}'s trial began."),
        ("en", "[Police] held a Uyghur man.", "Police held {} man."),
    ],
    ids=[
        "a Russian name in the genitive",
        "a woman's name",
        "one of a people",
        "a people's family",
        "a Kazakh surname with an ending",
        "a people in Kazakh",
        "an English possessive",
        "a people in English, with its article",
    ],
)
def test_only_the_name_changes_and_the_mark_stays(lang: str, marked: str, kept: str) -> None:
    before, after = kept.split("{}")
    made = swapped(marked, lang)
    mark = marked[marked.index("[") + 1 : marked.index("]")]
    assert len({text for text, _ in made}) > 3
    for text, target in made:
        assert text.startswith(before) and text.endswith(after)
        assert target == mark


@pytest.mark.parametrize(
    ("lang", "ending", "text"),
    [
        ("ru", ("а", "о"), "Ищут Тимура Ахметова"),
        ("ru", ("ом", "ым", "о"), "Встреча с Тимуром Ахметовым"),
        ("ru", ("у", "о"), "Отказали Тимуру Ахметову"),
    ],
    ids=["genitive", "instrumental", "dative"],
)
def test_a_russian_name_keeps_its_case(lang: str, ending: tuple[str, ...], text: str) -> None:
    made = [exchanged(text, 0, 2, lang, DICE) for _ in range(40)]
    assert all(m and m[0].endswith(ending) for m in made)


def test_a_marked_person_stays_marked() -> None:
    made = swapped("Суд оправдал [участкового Тимура Ахметова].", "ru")
    assert made and all(
        target.startswith("участкового ") and text.endswith(f"{target}.") for text, target in made
    )


def test_an_article_fits_the_people_it_stands_before() -> None:
    texts = [text for text, _ in swapped("[Police] held a Uyghur man.", "en")]
    assert all(
        (" an " in text) == any(f"an {vowel}" in text for vowel in "AU")
        for text in texts
        if "Uyg" not in text
    )


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", "Полиция Тараза закрыла улицу."),
        ("ru", "В узбекском городе открыт участок."),
        ("kk", "Полиция қазақ тілінде жауап берді."),
        ("en", "Kazakh police warned drivers."),
    ],
    ids=["a town", "a country's town", "a language", "a country's police"],
)
def test_what_names_nobody_stays(lang: str, text: str) -> None:
    assert exchanged(text, 0, 3, lang, DICE) is None


def test_hundreds_of_rows_of_ours_can_be_told_of_others() -> None:
    made = [exchanged(r.text, r.start, r.end, r.lang, DICE) for r in sets.ours()]
    assert sum(m is not None for m in made) > 250
    assert all(m[0][m[1] : m[2]].strip() for m in made if m)
