"""Stretches answer as the plain look through all of them does."""

from hypothesis import given
from hypothesis import strategies as st

from aimas.institution.stretches import Stretches

SPANS = st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(SPANS), st.integers(-1, 51))
def test_a_position_is_held_by_any_of_those_given(spans: list[tuple[int, int]], position: int) -> None:
    assert Stretches(spans).hold(position) == any(start <= position < end for start, end in spans)


@given(st.lists(SPANS), SPANS)
def test_a_stretch_meets_what_it_has_a_character_in_common_with(
    spans: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    meets = any(start < asked[1] and asked[0] < end for start, end in spans)
    assert Stretches(spans).meet(*asked) == meets


@given(st.lists(SPANS), SPANS)
def test_what_is_added_one_by_one_stands_beside_what_was_there(
    spans: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    kept: list[tuple[int, int]] = []
    grown = Stretches()
    for span in spans:
        if not grown.meet(*span):
            grown.add(*span)
            kept.append(span)
    assert all(a[1] <= b[0] or b[1] <= a[0] for n, a in enumerate(kept) for b in kept[:n])
    assert grown.meet(*asked) == any(start < asked[1] and asked[0] < end for start, end in kept)
    assert grown.hold(asked[0]) == any(start <= asked[0] < end for start, end in kept)
