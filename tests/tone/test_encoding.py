"""Where the text is cut, and that every token knows its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Span
from aimas.tone.encoding import CLOSING, LENGTH, OPENING, OUTSIDE, TARGET, UNSEEN, Encoder
from aimas.tone.model import OnnxTone


@pytest.fixture(scope="session")
def encoder(model: OnnxTone) -> Encoder:
    return model._encoder


ANY = st.characters() | st.characters(categories=["Cs", "Cf"]) | st.sampled_from("аб ")
"""Halves of characters too."""

CUTS = [
    pytest.param("Полиция молчит.", Span(0, 7), id="target at the very start"),
    pytest.param("Молчит полиция", Span(7, 14), id="target at the very end"),
    pytest.param("Полиция", Span(0, 7), id="nothing but the target"),
    pytest.param(
        "слово " * 20_000 + "полиция" + " слово" * 20_000, Span(120_000, 120_007), id="a very long text"
    ),
    pytest.param("ы" * 50_000 + "полиция" + "ы" * 50_000, Span(50_000, 50_007), id="one endless word"),
    pytest.param("до " + "полиция " * 2_000 + "после", Span(3, 15_000), id="an endless target"),
    pytest.param("👏🤡 полиция 👏", Span(3, 10), id="emoji"),
    pytest.param("по\u200bли\u00adция \ufeffмолчит", Span(0, 9), id="unseen characters inside the target"),
    pytest.param("a \u200b b", Span(2, 3), id="a target that shows nothing"),
    pytest.param("Жаңа polisiya қызметi", Span(5, 13), id="mixed scripts"),
    pytest.param("до \ud83d пол\udc00иция после\udfff", Span(5, 13), id="halves of characters"),
    pytest.param("\ud83d", Span(0, 1), id="half a character as target"),
    pytest.param("警察は 沈黙", Span(0, 3), id="a script that the vocabulary left out"),
]


@pytest.mark.parametrize(("text", "target"), CUTS)
def test_one_target_between_two_marks(encoder: Encoder, text: str, target: Span) -> None:
    (encoded,) = encoder.encoded([(text, target)])
    assert len(encoded.ids) == len(encoded.roles) == len(encoded.spans) <= LENGTH
    assert encoded.roles.count(OPENING) == encoded.roles.count(CLOSING) == 1
    inside = encoded.roles[encoded.roles.index(OPENING) + 1 : encoded.roles.index(CLOSING)]
    assert set(inside) <= {TARGET}
    assert encoded.roles.count(TARGET) == len(inside)
    for (start, end), role in zip(encoded.spans, encoded.roles, strict=True):
        assert 0 <= start <= end <= len(text)
        if role == TARGET:
            assert target.start <= start <= end <= target.end
        elif start < end:
            assert role == OUTSIDE
            assert end <= target.start or start >= target.end


def test_a_target_outside_its_text_is_refused(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="outside a text of 7"):
        encoder.encoded([("Полиция", Span(3, 8))])


def test_unseen_characters_change_nothing(encoder: Encoder) -> None:
    plain, strewn = encoder.encoded(
        [("Вот полиция молчит", Span(4, 11)), ("В\u200bот пол\u00adиция мол\u200dчит", Span(5, 13))]
    )
    assert plain.ids == strewn.ids


@pytest.mark.parametrize("unseen", [pytest.param(c, id=f"U+{ord(c):04X}") for c in UNSEEN])
def test_each_unseen_character_changes_nothing(encoder: Encoder, unseen: str) -> None:
    plain, strewn = encoder.encoded(
        [("Вот полиция молчит", Span(4, 11)), (f"В{unseen}от по{unseen}лиция молчит{unseen}", Span(5, 13))]
    )
    assert plain.ids == strewn.ids
    assert strewn.roles == plain.roles


def test_half_a_character_moves_nobody(encoder: Encoder) -> None:
    broken, mended = encoder.encoded(
        [(f"Ещё {c} ночь: полиция {c}\u200b не {c}приехала", Span(12, 19)) for c in ("\ud83d", "\ufffd")]
    )
    assert broken == mended
    assert broken.spans[-2][1] == len("Ещё . ночь: полиция .. не .приехала")


@given(st.text(ANY, max_size=300), st.integers(0, 300), st.integers(1, 50))
def test_any_text_with_any_target_can_be_asked_about(
    encoder: Encoder, text: str, start: int, length: int
) -> None:
    text += "x" * max(0, start + length - len(text))
    (encoded,) = encoder.encoded([(text, Span(start, start + length))])
    assert len(encoded.ids) <= LENGTH
    assert all(0 <= a <= b <= len(text) for a, b in encoded.spans)
