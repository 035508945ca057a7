"""The choices beside a list: each is a link to a query that has one condition more, less or other."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from aimas.core import Language
from aimas.search import Node, conjunction, written
from aimas.search.board import TONES
from aimas.search.service import Question, Search
from aimas.search.tree import And, Dated, Everything, Is, Marked
from aimas.web.texts import Texts
from aimas.web.views import Links, Names

FIELDS = ("tone", "lang", "source", "region", "theme")
OPEN = ("tone", "lang")
"""Few values each: always in sight. The others unfold."""
MOST = 24
SPANS = (("today", 1), ("week", 7), ("month", 30))


class Chip(msgspec.Struct, frozen=True):
    label: str
    href: str
    is_on: bool
    """Chosen already: its link takes the condition away."""
    count: int | None = None
    tone: str | None = None


class Group(msgspec.Struct, frozen=True):
    key: str
    chips: tuple[Chip, ...]
    is_open: bool


def conditions(node: Node) -> tuple[Node, ...]:
    """What all must hold at once."""
    if isinstance(node, And):
        return node.nodes
    return () if isinstance(node, Everything) else (node,)


def groups(search: Search, question: Question, links: Links, names: Names, texts: Texts) -> list[Group]:
    found = [_about(search, question, links, texts), _period(search.today(), question.node, links, texts)]
    found += [_field(field, search, question, links, names, texts) for field in FIELDS]
    return [g for g in found if g.chips]


def _about(search: Search, question: Question, links: Links, texts: Texts) -> Group:
    marks = (("relevant", "relevant"), ("self-praise", "praise"), ("corrected", "corrected"))
    chips = []
    for mark, key in marks:
        others = [n for n in conditions(question.node) if n != Marked(mark)]  # type: ignore[arg-type]
        is_on = len(others) < len(conditions(question.node))
        node = conjunction(*others) if is_on else conjunction(*others, Marked(mark))  # type: ignore[arg-type]
        asked = search.within(node, question.scope)
        count = None if is_on else search.count(asked)
        if is_on or count or mark == "relevant":
            chips.append(Chip(texts(f"filter.{key}"), links.query(written(node)), is_on, count))
    return Group("about", tuple(chips), True)


def _period(today: date, node: Node, links: Links, texts: Texts) -> Group:
    others = [n for n in conditions(node) if not (isinstance(n, Dated) and not n.fetched)]
    chosen = [n for n in conditions(node) if isinstance(n, Dated) and not n.fetched]
    chips = []
    for key, days in SPANS:
        span = Dated(today - timedelta(days=days - 1), today)
        is_on = chosen == [span]
        target = conjunction(*others) if is_on else conjunction(*others, span)
        chips.append(Chip(texts(f"filter.{key}"), links.query(written(target)), is_on))
    if chosen and not any(c.is_on for c in chips):
        chips.append(Chip(_span(chosen, texts), links.query(written(conjunction(*others))), True))
    return Group("period", tuple(chips), True)


def _span(chosen: Sequence[Dated], texts: Texts) -> str:
    ends = [(d.since, d.until) for d in chosen]
    return ", ".join(
        texts.day(a, "d MMM y")
        if a and a == b
        else f"{texts.day(a, 'd MMM y') if a else '…'} – {texts.day(b, 'd MMM y') if b else '…'}"
        for a, b in ends
    )


def _field(field: str, search: Search, question: Question, links: Links, names: Names, texts: Texts) -> Group:
    """Counted without the field's own condition, so that the alternatives stay in sight."""
    nodes = conditions(question.node)
    others = [n for n in nodes if not (isinstance(n, Is) and n.field == field)]
    chosen = {v for n in nodes if isinstance(n, Is) and n.field == field for v in n.values}
    plain = conjunction(*others)
    counts = search.facet(search.within(plain, question.scope), field)
    ordered = sorted(counts, key=lambda v: _rank(field, v, counts[v]))
    chips = []
    for value in [*ordered[:MOST], *sorted(chosen - set(ordered[:MOST]))]:
        is_on = value in chosen
        node = plain if is_on else conjunction(*others, Is(field, (value,)))  # type: ignore[arg-type]
        label = texts(f"tone.{value}") if field == "tone" else names.facet(field, value)
        count = None if is_on else counts.get(value, 0)
        chips.append(
            Chip(label, links.query(written(node)), is_on, count, value if field == "tone" else None)
        )
    return Group(field, tuple(chips), field in OPEN or bool(chosen))


def _rank(field: str, value: str, count: int) -> tuple[int, str]:
    """Tones and languages keep their order, so that the eye finds them; the rest comes by number."""
    fixed: list[str] = {"tone": [t.value for t in TONES], "lang": [m.value for m in Language]}.get(field, [])
    return (fixed.index(value) if value in fixed else len(fixed) - count, value)
