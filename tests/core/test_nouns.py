"""Laws of the nouns that everything else shares."""

import hashlib
from base64 import b32encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Span
from aimas.core.ids import short_id, text_digest


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(3, 3, id="empty"),
        pytest.param(4, 3, id="backwards"),
        pytest.param(-1, 3, id="before the beginning"),
    ],
)
def test_a_span_holds_at_least_one_character(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="at least one character"):
        Span(start, end)


def test_a_span_counts_code_points() -> None:
    assert Span(2, 4).of("🚓 іс") == "іс"


SPANS = st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(SPANS, SPANS)
def test_overlap_is_a_shared_character(one: Span, other: Span) -> None:
    shared = set(range(one.start, one.end)) & set(range(other.start, other.end))
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)


def test_ids_are_as_they_were_on_the_day_they_were_fixed() -> None:
    """A change here gives every publication on file a second life."""
    assert short_id("address", "https://a.kz/1") == "4nlpph2uffi3ygv3"
    assert text_digest("Тақырып", "Мәтін  екі\nжол").hex()[:16] == "88031b449e4f39ce"


@given(
    st.lists(st.text(max_size=5), min_size=1, max_size=3),
    st.lists(st.text(max_size=5), min_size=1, max_size=3),
)
def test_parts_do_not_run_together(one: list[str], other: list[str]) -> None:
    if "\x1f" not in "".join(one + other):
        assert (short_id(*one) == short_id(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("a", "b c"), ("a", "b\n c "), True, id="white space is no matter"),
        pytest.param(("a", "b"), ("", "a b"), False, id="a title is no part of the text"),
        pytest.param(("a", "b"), ("a", "B"), False, id="case is"),
    ],
)
def test_what_makes_two_texts_one(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    assert (text_digest(*one) == text_digest(*other)) is same


@given(st.lists(st.text(max_size=9), max_size=3))
def test_an_id_is_eighty_bits_of_sha256_in_base_32(parts: list[str]) -> None:
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    assert short_id(*parts) == b32encode(digest[:10]).decode().lower()
