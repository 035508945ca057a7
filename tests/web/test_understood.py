"""A query in the reader's words."""

from datetime import UTC, date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.test_query_language import TREES_OF_ANY_KIND

from aimas.institution import require_profile
from aimas.search import Node, parse
from aimas.search.fields import MARKS
from aimas.web.texts import TONGUES, Texts, Tongue
from aimas.web.understood import in_words
from aimas.web.views import Names


def told(node: Node, tongue: Tongue) -> str:
    texts = Texts(tongue, UTC)
    return in_words(node, Names(texts, require_profile("kz-mia"), ()), texts)


@pytest.mark.parametrize(
    ("query", "tongue", "words"),
    [
        ("полиция -футбол", "ru", "«полиция» в любой форме и но не «футбол» в любой форме"),
        ("=полиции OR полиц*", "ru", "точно «полиции» или слова вида «полиц*»"),
        ('title:"жол апаты"', "kk", "тақырыпта: «жол апаты» сөздері қатар, кез келген тұлғада"),
        ("(bribe OR fee) NEAR/5 court", "en", "(“bribe” in any form or “fee” in any form) near “court” in any form, up to 5 words on"),
        ("tone:(critical OR unclear)", "ru", "Тон: Критика или Неясно"),
        ("lang:kk is:relevant", "kk", "Тіл: қазақ тілі және мекеме туралы"),
        ("date:2026-05-01..", "en", "published: 1 May 2026 – …"),
        ("date:2026-05-01", "ru", "опубликовано: 1 мая 2026"),
        ("@one = (a) NOT @one", "en", "but not “a” in any form"),
        ("*", "kk", "барлық жарияланым"),
    ],
)  # fmt: skip
def test_a_query_in_words(query: str, tongue: Tongue, words: str) -> None:
    assert told(parse(query, date(2026, 5, 12)), tongue) == words


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_mark_is_said(tongue: Tongue) -> None:
    said = {told(parse(f"is:{mark}", date(2026, 5, 12)), tongue) for mark in MARKS}
    assert len(said) == len(MARKS)
    assert not any("⟦" in text for text in said)


@settings(max_examples=100, deadline=None)
@given(TREES_OF_ANY_KIND, st.sampled_from(TONGUES))
def test_every_tree_is_said(tree: Node, tongue: Tongue) -> None:
    assert "⟦" not in told(tree, tongue)
