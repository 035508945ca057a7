"""Quick ways to cut a Kazakh word are the plain one's: every suffix of the table is tried at every end."""

from hypothesis import given
from hypothesis import strategies as st

from aimas.text import kazakh

SHAPES = sorted({shape for _, _, shapes in kazakh._TABLE for shape in shapes})


def plain_readings(word: str) -> list[tuple[str, tuple[int, ...]]]:
    found = []
    pending: list[tuple[str, tuple[int, ...]]] = [(word, ())]
    while pending:
        left, chain = pending.pop()
        found.append((left, chain))
        if left in kazakh.FIXED and kazakh._VERBAL.isdisjoint(chain):
            continue
        for shape, slot, before, wanted in kazakh.suffixes(left):
            rest = left.removesuffix(shape)
            if slot not in kazakh._INSIDE[chain[-1] if chain else None] or len(rest) < 2 or rest == left:
                continue
            if shape[0] == "и":
                pending += [(rest + "ы", (*chain, slot)), (rest + "і", (*chain, slot))]
            elif rest.removesuffix("ь")[-1] in before and kazakh._harmonious(rest, wanted):
                pending.append((rest, (*chain, slot)))
                if shape[0] == "у":
                    pending += [(rest + "ы", (*chain, slot)), (rest + "і", (*chain, slot))]
    return found


@given(
    st.text("абгдезклмнорстуықғәіңүө", min_size=2, max_size=6),
    st.lists(st.sampled_from(SHAPES), max_size=4),
)
def test_every_legal_way_to_cut_is_found_in_the_same_order(stem: str, suffixes: list[str]) -> None:
    word = stem + "".join(suffixes)
    assert kazakh.readings(word) == plain_readings(word)


def test_words_of_the_list_are_cut_in_several_ways() -> None:
    ways = {word: kazakh.readings(word) for word in sorted(kazakh.NOUNS)[:500]}
    assert ways == {word: plain_readings(word) for word in ways}
    assert any(len(found) > 3 for found in ways.values())
