"""Reasons in words that a reader knows: of the text, or of the reader's language."""

import pytest
from tests.builders import NOW

from aimas.core import Guess, Language, Place, Span, StoredPublication
from aimas.stories import Reason
from aimas.stories.features import _ideas, concepts, features_of
from aimas.stories.placing import item_of
from aimas.stories.telling import Telling

TITLE = "Вице-министр приехал в Сарыагаш"
TEXT = "Ерлан Сапарбеков встретился с семьёй Қарлығаш Оразбаевой, у моста через Сырдарью ждали таксисты."


def told(language: Language = Language.RU) -> StoredPublication:
    at = TITLE.index("Сарыагаш")
    return StoredPublication(
        position=1,
        id="p",
        revision=1,
        revises=None,
        until=None,
        source="tengri",
        address=None,
        title=TITLE,
        text=TEXT,
        site_name=None,
        published_at=NOW,
        dated_by=None,
        fetched_at=NOW,
        media_type="text/html",
        name="",
        original=None,
        read_at=1,
        read_until=None,
        language=Guess(language, 1.0, (), "test"),
        mentions=(),
        places=(Place("KZ-61", "Сарыагаш", Span(at, at + 8)),),
        themes=(),
        versions=(),
    )


def shared(feature: str, *keys: str, language: Language = Language.RU) -> tuple[str, ...]:
    return Telling(told()).shared(Reason(feature, 1.0, 1.0, keys), language)


@pytest.mark.parametrize("space", ["words", "names"])
def test_every_key_of_a_text_is_told_by_a_word_that_stands_in_it(space: str) -> None:
    keys = features_of(item_of(told())).spaces[space]  # type: ignore[index]
    said = shared(space, *keys)
    assert said and all(word in f"{TITLE} {TEXT}" for word in said)
    assert not any(word.startswith("@") for word in said)


def test_two_keys_of_one_word_are_told_once() -> None:
    assert shared("names", "@saparbekov", "@sapar", "@saparbekov").count("Сапарбеков") == 1


def test_a_key_that_no_word_of_the_text_gives_is_left_out() -> None:
    assert shared("names", "@nobodyhere", "@saparbekov") == ("Сапарбеков",)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.RU, ("такси", "мост", "депутат, заместитель")),
        (Language.KK, ("такси", "көпір", "депутат, орынбасар")),
        (Language.EN, ("taxi", "bridge", "deputy")),
    ],
)
def test_ideas_are_told_in_the_readers_language(language: Language, said: tuple[str, ...]) -> None:
    assert shared("ideas", "taxi", "bridge", "deputy", "no such idea", language=language) == said


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        pytest.param(
            ("Сарыагаш", "KZ-61"), ("Сарыагаш",), id="the region of a named place says nothing more"
        ),
        pytest.param(("Сарыагаш", "KZ-75"), ("Сарыагаш", "KZ-75"), id="another region does"),
        pytest.param(("KZ-61",), ("KZ-61",), id="a region alone is kept"),
    ],
)
def test_a_regions_code_beside_its_place_is_left_out(keys: tuple[str, ...], said: tuple[str, ...]) -> None:
    assert shared("places", *keys) == said


def test_every_idea_has_a_name_in_each_language() -> None:
    for forms, stems in _ideas().values():
        for ideas in (*forms.values(), *stems.values()):
            for idea in ideas:
                assert all(concepts()[idea][language] for language in (Language.RU, Language.KK, Language.EN))


def test_names_are_given_to_ideas_that_exist() -> None:
    forms, _ = _ideas()[Language.EN]
    known = {idea for ideas in forms.values() for idea in ideas}
    assert concepts().keys() <= known
