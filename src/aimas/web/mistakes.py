"""What is wrong with a query, in the reader's language."""

import re

from aimas.search import QueryError
from aimas.web.texts import Texts

# The parser speaks English; each of its sentences has a key here. A test walks the parser's source.
SAID: tuple[tuple[str, str], ...] = (
    (r"A query has at most (?P<n>\d+) characters\.", "long"),
    (r"This quotation mark is never closed\.", "quote"),
    (r"This quotation mark was never opened\.", "unopened"),
    (r"A bracket is closed that was never opened\.", "closed"),
    (r"(?P<what>\S+) needs something on its right\.", "right"),
    (r"(?P<what>\S+) needs a word on its right\.", "right"),
    (r"(?P<what>\S+) stands between two plain words\.", "near"),
    (r"The distance must be 1 to (?P<n>\d+)\.", "distance"),
    (r"Something is missing at the end\.", "end"),
    (r"A query has at most (?P<n>\d+) parts\.", "parts"),
    (r"Nothing stands before this bracket\.", "bracket"),
    (r"(?P<what>\S+) needs something on its left\.", "left"),
    (r"A query nests at most (?P<n>\d+) deep\.", "deep"),
    (r"This bracket is never closed\.", "open"),
    (
        r"There is no field (?P<what>\S+):\.(?: Did you mean (?P<hint>\S+):\?)? Fields: (?P<known>.+)\.",
        "field",
    ),
    (r"(?P<what>\S+): needs a value right after it\.", "value"),
    (r"(?P<what>\S+):\(…\) holds values with OR between them\.", "values"),
    (r"The range ends before it begins\.", "range"),
    (r"“(?P<what>.*)” is no date\..*", "date"),
    (r"“(?P<what>.*)” is not one of (?P<known>.+?)\.(?: Did you mean (?P<hint>\S+)\?)?", "known"),
    (r"There is no word between these quotation marks\.", "empty"),
    (r"“(?P<what>.*)” holds no letter or digit\.", "signs"),
    (r"There is nothing between these quotation marks\.", "empty"),
    (r"A wildcard can't stand inside a phrase\.", "wildphrase"),
    (r"A wildcard needs at least two letters with it\.", "wildcard"),
    (r"A wildcard stands in one word of letters and digits\.", "wildword"),
)


def key_of(message: str) -> tuple[str, dict[str, str]] | None:
    """None for a sentence that has no key."""
    for pattern, key in SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return f"mistake.{key}", {k: v or "" for k, v in found.groupdict().items()}
    return None


def told(error: QueryError, texts: Texts) -> str:
    known = key_of(str(error))
    if known is None or texts.tongue == "en":
        return str(error)
    key, values = known
    hint = texts("mistake.hint", hint=values["hint"]) if values.get("hint") else ""
    return f"{texts(key, **values)} {hint}".strip()
