"""Fields of a query and what their values mean: `date:-7d..`, `tone:critical`, `is:relevant`."""

import re
from calendar import monthrange
from datetime import date, timedelta

from aimas.core import Language, Tone
from aimas.search.errors import QueryError
from aimas.search.tokens import Token
from aimas.search.tree import Dated, Entered, Is, Marked, Node, Or
from aimas.search.values import Known, did_you_mean, known

FIELDS = (
    "title", "source", "lang", "tone", "theme", "region", "institution", "story", "reprints", "date", "fetched",
    "entry", "is", "id",
)  # fmt: skip
MARKS = (
    "undated", "dated", "relevant", "revised", "placed", "original", "reprint", "self-praise", "corrected",
)  # fmt: skip


def field_of(token: Token) -> str:
    name = token.text.lower()
    if name not in FIELDS:
        hint = did_you_mean(name, FIELDS, after=":")
        raise QueryError(
            f"There is no field {token.text}:.{hint} Fields: {', '.join(FIELDS)}.", token.start, token.end
        )
    return name


def condition(field: str, values: list[Token], today: date, told: Known | None = None) -> Node:
    """One of the values holds; `title` alone is none, it holds a query. Without `told` any value will do where a home
    decides which there are."""
    match field:
        case "date" | "fetched":
            return _either_of([_dated(v, today, field == "fetched") for v in values])
        case "entry":
            return _either_of([_entered(v) for v in values])
        case "is":
            return _either_of([Marked(known(v, MARKS)) for v in values])  # type: ignore[arg-type]
        case "lang":
            return Is("lang", tuple(known(v, [m.value for m in Language]) for v in values))
        case "tone":
            return Is("tone", tuple(known(v, [m.value for m in Tone]) for v in values))
        case _:
            said = [v.text.upper() if field == "region" else v.text for v in values]
            if (there := told(field) if told else None) is not None:
                said = [known(v, there) for v in values]
            return Is(field, tuple(said))  # type: ignore[arg-type]


def _dated(value: Token, today: date, fetched: bool) -> Node:
    since_text, dots, until_text = value.text.partition("..")
    if not dots:
        since, until = _day(value, since_text, today)
        return Dated(since, until, fetched)
    first = _day(value, since_text, today)[0] if since_text else None
    last = _day(value, until_text, today)[1] if until_text else None
    if first and last and first > last:
        raise QueryError("The range ends before it begins.", value.start, value.end)
    return Dated(first, last, fetched)


def _day(token: Token, text: str, today: date) -> tuple[date, date]:
    """First and last day of `2026`, `2026-11`, `2026-11-22`, `today`, `yesterday`, `-7d`."""
    if text in ("today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return day, day
    if found := re.fullmatch(r"-([0-9]{1,5})d", text):
        day = today - timedelta(days=int(found[1]))
        return day, day
    try:
        if re.fullmatch(r"[0-9]{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            first = date.fromisoformat(f"{text}-01")
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        day = date.fromisoformat(text)
    except ValueError:
        raise QueryError(
            f"“{text}” is no date. Write 2026-11-22, 2026-11, 2026, today, -7d, or a range a..b.",
            token.start,
            token.end,
        ) from None
    return day, day


def _entered(value: Token) -> Node:
    """`180`, `120..180`, `120..`: positions in the ledger."""
    said = re.fullmatch(r"([0-9]{0,15})(\.\.)?([0-9]{0,15})", value.text)
    if said is None or not (said[1] or said[3]) or (said[3] and not said[2]):
        raise QueryError(
            f"“{value.text}” is no entry of the ledger. Write 180, or a range 120..180.",
            value.start,
            value.end,
        )
    first = int(said[1]) if said[1] else None
    last = int(said[3]) if said[3] else None if said[2] else first
    if first is not None and last is not None and first > last:
        raise QueryError("The range ends before it begins.", value.start, value.end)
    return Entered(first, last)


def _either_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))
