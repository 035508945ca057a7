"""Names of searches, written as `@name` or `@«two words»`."""

import re
import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from aimas.search.errors import QueryError
from aimas.search.tokens import Token, seen

Named: TypeAlias = Callable[[str], str | None]
"""The text of a saved search by its name; None where there is none."""


def name_of(token: Token) -> str:
    text = seen(token.text[1:])
    name = text[1:-1].strip() if text[:1] in ('"', "«") else text.rstrip(",;.!?")
    if not name or not (text[0] in '"«' or re.fullmatch(r"\w[\w.-]*", name)):
        raise QueryError(
            f"“{token.text}” names no search: write @name, or @«…» around a name with blanks or signs.",
            token.start,
            token.end,
        )
    return name


def same_name(name: str) -> str:
    """Equal for names that differ in letter case or composition alone."""
    return unicodedata.normalize("NFC", name).casefold()


def arrows(chain: tuple[str, ...]) -> str:
    return " → ".join(f"@{name}" for name in chain)
