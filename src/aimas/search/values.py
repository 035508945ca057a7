"""What a value of a keyword field may be called, and the nearest name where there is none."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TypeAlias

import msgspec

from aimas.search.errors import QueryError
from aimas.search.tokens import Token


class Values(msgspec.Struct, frozen=True):
    """Of one field."""

    called: Mapping[str, str]
    """A value by each of its names, as they are written; a value is a name of its own."""
    are_listed: bool = True
    """False where there are too many to tell: the nearest name alone is told then."""
    is_held: Callable[[str], bool] | None = None
    """Whether publications hold a value that nothing declares any more."""


Known: TypeAlias = Callable[[str], Values | None]
"""By the field; None where any value will do."""


def did_you_mean(said: str, known: Iterable[str], before: str = "", after: str = "") -> str:
    """The end of a complaint; empty where nothing is near. `before` and `after` are the signs of its kind."""
    spelled = {name.casefold(): name for name in known}
    near = get_close_matches(said.casefold(), spelled, 1, 0.65)
    return f" Did you mean {before}{spelled[near[0]]}{after}?" if near else ""


def known(token: Token, values: Iterable[str] | Values) -> str:
    """The value that a token names, whatever the case of its letters. Raises QueryError."""
    if not isinstance(values, Values):
        values = Values({value: value for value in values})
    said = token.text.casefold()
    for name, value in values.called.items():
        if name.casefold() == said:
            return value
    if values.is_held is not None and values.is_held(token.text):
        return token.text
    # Codes are all alike: only what is called by a name of its own has near ones.
    near = [name for name, value in values.called.items() if name != value or not any(map(str.isdigit, name))]
    hint = did_you_mean(said, near)
    if not values.are_listed:
        raise QueryError(f"Nothing is called “{token.text}”.{hint}", token.start, token.end)
    listed = ", ".join(dict.fromkeys(values.called.values()))
    raise QueryError(f"“{token.text}” is not one of {listed}.{hint}", token.start, token.end)
