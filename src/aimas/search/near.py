"""NEAR: its distance, and what may stand on its sides."""

import re

from aimas.search.errors import QueryError
from aimas.search.limits import MAX_NEAR, MAX_NEAR_PLACES, MAX_NEAR_WORDS
from aimas.search.tokens import Token
from aimas.search.tree import Near, Node, Or, Phrase, Word, choices, places, size


def distance(near: Token) -> tuple[int, bool]:
    """Words from one side to the other at most, and whether the left one comes first."""
    said = re.fullmatch(r"(O?)NEAR/([0-9]{1,9})(f?)", near.text)
    if said is None:
        raise QueryError(
            f"{near.text} needs a number of words, as in {near.text.partition('/')[0]}/5.",
            near.start,
            near.end,
        )
    # NEAR/5f is ONEAR/5 elsewhere.
    return int(said[2]), bool(said[1] or said[3])


def side(node: Node, near: Token) -> Word | Phrase | Or:
    for choice in node.nodes if isinstance(node, Or) else (node,):
        if not isinstance(choice, Word | Phrase) or (isinstance(choice, Word) and choice.wildcard):
            raise QueryError(
                f"{near.text} stands between words, phrases or groups of them with OR, without wildcards.",
                near.start,
                near.end,
            )
    if size(node) > MAX_NEAR_WORDS:
        raise QueryError(
            f"At most {MAX_NEAR_WORDS} words or phrases stand on a side of {near.text}.", near.start, near.end
        )
    return node  # type: ignore[return-value]


def fitting(made: Near, near: Token) -> Near:
    """The same; raises QueryError where its sides and its distance can't be looked for together."""
    if not 1 <= made.distance <= MAX_NEAR:
        raise QueryError(f"The distance must be 1 to {MAX_NEAR}.", near.start, near.end)
    if len({n.exact for n in (*choices(made.left), *choices(made.right))}) > 1:
        raise QueryError(
            f"{near.text} joins exact forms only with exact forms: write = on both sides or on none.",
            near.start,
            near.end,
        )
    if places(made) > MAX_NEAR_PLACES:
        raise QueryError(
            f"With phrases, the pairs times the distance is at most {MAX_NEAR_PLACES} in {near.text}.",
            near.start,
            near.end,
        )
    return made
