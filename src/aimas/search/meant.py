"""What of a query was taken for words and may have been meant for operators: told where nothing was found."""

import re

import msgspec

from aimas.search.errors import QueryError
from aimas.search.tokens import Token, tokens_of

_OPERATORS = {
    "или": "OR", "немесе": "OR", "or": "OR",
    "и": "AND", "және": "AND", "and": "AND",
    "не": "NOT", "емес": "NOT", "not": "NOT",
}  # fmt: skip
_FIELDS = {
    "тон": "tone", "реңк": "tone", "реңкі": "tone",
    "тема": "theme", "тақырып": "theme",
    "регион": "region", "область": "region", "өңір": "region", "аймақ": "region",
    "источник": "source", "дереккөз": "source",
    "язык": "lang", "тіл": "lang", "тілі": "lang",
    "дата": "date", "күні": "date",
    "заголовок": "title", "тақырыпта": "title",
}  # fmt: skip


class Meant(msgspec.Struct, frozen=True):
    """One sign of the query, as it was written and as the language of queries writes it."""

    written: str
    means: str
    start: int
    end: int


def meant(text: str) -> tuple[Meant, ...]:
    """In order; empty where every word is a plain one. What a query means is not changed by it."""
    try:
        tokens = tokens_of(text)
    except QueryError:
        return ()
    found = [_sign(token, n, len(tokens)) for n, token in enumerate(tokens) if token.kind == "word"]
    return tuple(sign for sign in found if sign is not None)


def rewritten(text: str, signs: tuple[Meant, ...]) -> str:
    """The query with these signs as they may have been meant."""
    for sign in reversed(signs):
        text = text[: sign.start] + sign.means + text[sign.end :]
    return text


def _sign(token: Token, n: int, of: int) -> Meant | None:
    low = token.text.lower()
    is_between = 0 < n < of - 1
    means = ""
    if low in _OPERATORS and (is_between or (_OPERATORS[low] == "NOT" and of > 1)):
        means = _OPERATORS[low]
    elif re.fullmatch(r"o?near(/[0-9]{1,3}f?)?", low) and is_between:
        name, slash, distance = low.partition("/")
        means = name.upper() + slash + distance
    else:
        name, colon, _ = low.partition(":")
        if colon and name in _FIELDS:
            field = token.text[: len(name) + 1]
            return Meant(field, f"{_FIELDS[name]}:", token.start, token.start + len(field))
    return Meant(token.text, means, token.start, token.end) if means else None
