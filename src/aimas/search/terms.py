"""Words and phrases of a query, cut as the index cuts them."""

import re

from aimas.search.errors import QueryError
from aimas.search.limits import MAX_STARS, MAX_WILD_SIGNS, MAX_WILD_WORD, MAX_WORD
from aimas.search.tokens import Token, seen
from aimas.search.tree import Everything, Node, Phrase, Word
from aimas.text import normal_form
from aimas.text import words as words_of


def phrase(token: Token) -> Node:
    exact = token.text.startswith("=")
    if "*" in token.text or "?" in token.text[:-1].rstrip("?!. "):
        raise QueryError("A wildcard can't stand inside a phrase.", token.start, token.end)
    words = _fitting(_words(token.text), token)
    if not words:
        raise QueryError("There is no word between these quotation marks.", token.start, token.end)
    return Word(words[0], exact) if len(words) == 1 else Phrase(words, exact)


def word(token: Token) -> Node:
    if token.text == "*":
        return Everything()
    exact = token.text.startswith("=")
    text = token.text.lstrip("=")
    words = _fitting(_words(text), token)
    if not words:
        raise QueryError(f"“{token.text}” holds no letter or digit.", token.start, token.end)
    if "*" in text or "?" in text:
        if len(re.sub(r"[*?\W_]", "", text)) < 2:
            raise QueryError("A wildcard needs at least two letters with it.", token.start, token.end)
        if not re.fullmatch(r"(?:[^\W_]|[*?\u0300-\u036f]|(?<=\w)'(?=[\w*?]))+", normal_form(text)):
            raise QueryError("A wildcard stands in one word of letters and digits.", token.start, token.end)
        text = re.sub(r"\*+", "*", text)
        if (
            len(text) > MAX_WILD_WORD
            or text.count("*") > MAX_STARS
            or text.partition("*")[2].count("?") > MAX_WILD_SIGNS
        ):
            raise QueryError(
                f"A wildcard's word has at most {MAX_WILD_WORD} signs, {MAX_STARS} * and {MAX_WILD_SIGNS} ? after a *.",
                token.start,
                token.end,
            )
        return Word(seen(text), exact, True)
    # "Усть-Каменогорск" is two words to the index: a phrase.
    return Word(words[0], exact) if len(words) == 1 else Phrase(words, exact)


def _fitting(words: tuple[str, ...], token: Token) -> tuple[str, ...]:
    if any(len(word) > MAX_WORD for word in words):
        raise QueryError(f"A word has at most {MAX_WORD} letters.", token.start, token.end)
    return words


def _words(text: str) -> tuple[str, ...]:
    """As the index cuts them, without what nobody sees."""
    return tuple(seen(word) for _, word in words_of(text))
