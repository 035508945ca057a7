"""How large a query may be, so that each is answered soon."""

from aimas.search.errors import QueryError
from aimas.search.tree import Near, Node, Word, depth, every, places, size, written

MAX_LENGTH = 8_000
"""Also of the query written out; all in Cyrillic it fills 48 KB of an address, and a server takes 64."""
MAX_DEPTH = 50
MAX_CLAUSES = 300
MAX_NEAR = 100
MAX_NEAR_WORDS = 40
"""Words and phrases on one side of NEAR."""
MAX_NEAR_PLACES = 30
"""Of a phrase beside a word: each distance is looked for by itself."""
MAX_PLACES = 100
"""Of all such in a query; so many take 0.2 s where forty thousand texts hold the words."""
MAX_WORD = 100
"""Letters; the longest word of a law is shorter."""
MAX_WILDCARDS = 20
MAX_WILD_WORD = 40
MAX_STARS = 5
MAX_WILD_SIGNS = 3
"""`?` after a `*`: each doubles the automaton that reads the list of words, and tantivy 0.27 takes 1,000 states."""
MAX_LEADING = 5
"""Wildcards before the first letter read the whole list of words: 0.06 s at a hundred thousand publications."""
MAX_NAMED = 8


def check_limits(node: Node, text: str) -> None:
    """What holds for a query as a whole; raises QueryError, located in all of the text that the tree was made of."""
    if size(node) > MAX_CLAUSES:
        raise QueryError(f"A query has at most {MAX_CLAUSES} parts.", 0, len(text))
    if depth(node) > MAX_DEPTH:
        raise QueryError(f"A query nests at most {MAX_DEPTH} deep.", 0, len(text))
    if len(written(node)) > MAX_LENGTH:
        raise QueryError(f"Written out in full, a query has at most {MAX_LENGTH} characters.", 0, len(text))
    if sum(map(places, every(node, Near))) > MAX_PLACES:
        raise QueryError(
            f"All NEAR with phrases of a query look at {MAX_PLACES} places at most: shorten the distances.",
            0,
            len(text),
        )
    wild = [word.text for word in every(node, Word) if word.wildcard]
    if len(wild) > MAX_WILDCARDS:
        raise QueryError(f"A query has at most {MAX_WILDCARDS} wildcards.", 0, len(text))
    if sum(word[0] in "*?" for word in wild) > MAX_LEADING:
        raise QueryError(f"At most {MAX_LEADING} words of a query begin with a wildcard.", 0, len(text))
