"""What is wrong with a query, in the reader's language."""

import re

from aimas.search import QueryError
from aimas.web.texts import Texts

# The query language complains in English; each of its sentences has a key here. A test walks the source.
SAID: tuple[tuple[str, str], ...] = (
    (r"A query has at most (?P<n>\d+) characters\.", "long"),
    (r"This quotation mark is never closed\.", "quote"),
    (r"This quotation mark was never opened\.", "unopened"),
    (r"A bracket is closed that was never opened\.", "closed"),
    (r"(?P<what>\S+) needs something on its right\.", "right"),
    (r"(?P<what>\S+) needs a word on its right\.", "right"),
    (r"(?P<what>\S+) stands between words, phrases or groups of them with OR, without wildcards\.", "near"),
    (r"(?P<what>\S+) needs a number of words, as in (?P<example>\S+)\.", "number"),
    (r"(?P<what>\S+) can't follow another NEAR: join pairs with AND\.", "chained"),
    (r"NOT can't stand beside (?P<what>\S+)\.", "nearnot"),
    (r"At most (?P<n>\d+) words or phrases stand on a side of (?P<what>\S+)\.", "side"),
    (r"(?P<what>\S+) joins exact forms only with exact forms: .*", "nearexact"),
    (r"With phrases, the pairs times the distance is at most (?P<n>\d+) in (?P<what>\S+)\.", "nearphrase"),
    (r"All NEAR with phrases of a query look at (?P<n>\d+) places at most: .*", "places"),
    (r"A word has at most (?P<n>\d+) letters\.", "word"),
    (
        r"A wildcard's word has at most (?P<n>\d+) signs, (?P<stars>\d+) \* and (?P<signs>\d+) \? after a \*\.",
        "wildlong",
    ),
    (r"Written out in full, a query has at most (?P<n>\d+) characters\.", "written"),
    (r"A query has at most (?P<n>\d+) wildcards\.", "wildcards"),
    (r"At most (?P<n>\d+) words of a query begin with a wildcard\.", "leading"),
    (r"A query is missing after the definitions\.", "onlydefined"),
    (r"Definitions stand before the query\.", "definelate"),
    (r"(?P<what>@.+) is defined twice\.", "twice"),
    (r"A definition stands in brackets: (?P<what>@.+) = \(…\)\.", "definition"),
    (r"(?P<what>@.+) stands for itself: (?P<chain>@.+)\.", "itself"),
    (r"There is no saved search (?P<what>@.+?)\.(?: Did you mean (?P<hint>@.+)\?)?", "unsaved"),
    (r"Saved searches stand at most (?P<n>\d+) deep in one another: (?P<chain>@.+)\.", "nested"),
    (r"“(?P<what>.*)” names no search: .*", "name"),
    (r"In (?P<what>@.+?): (?P<inner>.+)", "inside"),
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
    (r"“(?P<what>.*)” is no entry of the ledger\..*", "entry"),
    (r"“(?P<what>.*)” is not one of (?P<known>.+?)\.(?: Did you mean (?P<hint>.+)\?)?", "known"),
    (r"Nothing is called “(?P<what>.*)”\.(?: Did you mean (?P<hint>.+)\?)?", "nothing"),
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
    return str(error) if texts.tongue == "en" else _said(str(error), texts)


def _said(message: str, texts: Texts) -> str:
    known = key_of(message)
    if known is None:
        return message
    key, values = known
    if "inner" in values:
        values["inner"] = _said(values["inner"], texts)
    hint = texts("mistake.hint", hint=values["hint"]) if values.get("hint") else ""
    return f"{texts(key, **values)} {hint}".strip()


def mistaken(error: QueryError, text: str, texts: Texts) -> dict[str, str]:
    """What is wrong with a query, and where."""
    return {
        "message": told(error, texts),
        "before": text[: error.start],
        "here": text[error.start : error.end],
        "after": text[error.end :],
    }
