"""What a query asks for, in the reader's words: beside its written form, never instead of it."""

from collections.abc import Callable
from datetime import date

from aimas.search.tree import (
    And,
    Dated,
    Entered,
    Everything,
    InTitle,
    Is,
    Marked,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from aimas.web.texts import Texts
from aimas.web.views import Names

LABELLED = ("tone", "lang", "source", "region", "theme")
"""Fields that the filters name already."""


def in_words(node: Node, names: Names, texts: Texts) -> str:
    def said(inner: Node) -> str:
        return in_words(inner, names, texts)

    match node:
        case Everything():
            return texts("understood.all")
        case Word(text=text, exact=exact, wildcard=wildcard):
            key = "wild" if wildcard else "exact" if exact else "word"
            return texts(f"understood.{key}", text=text)
        case Phrase(words=words, exact=exact):
            return texts(f"understood.phrase.{'exact' if exact else 'any'}", text=" ".join(words))
        case Near(left=left, right=right, distance=n, ordered=ordered):
            key = "onear" if ordered else "near"
            return texts(f"understood.{key}", left=_inside(said, left), right=_inside(said, right), n=n)
        case InTitle(node=inner):
            return texts("understood.title", inner=_inside(said, inner))
        case Is(field=field, values=values):
            label = f"filter.{field}" if field in LABELLED else f"understood.field.{field}"
            shown = [texts(f"tone.{v}") if field == "tone" else names.facet(field, v) for v in values]
            return f"{texts(label)}: {texts('understood.or').join(shown)}"
        case Dated(since=since, until=until, fetched=fetched):
            span = _span(since, until, texts)
            return f"{texts('understood.fetched' if fetched else 'understood.date')}: {span}"
        case Entered(since=first, until=last):
            return f"{texts('understood.entry')}: {first or ''}…{last or ''}"
        case Marked(mark=mark):
            return texts(f"understood.mark.{mark}")
        case And(nodes=nodes):
            return texts("understood.and").join(_inside(said, n) for n in nodes)
        case Or(nodes=nodes):
            return texts("understood.or").join(_inside(said, n) for n in nodes)
        case Not(node=inner):
            return texts("understood.not", inner=_inside(said, inner))


def _inside(said: Callable[[Node], str], node: Node) -> str:
    return f"({said(node)})" if isinstance(node, And | Or | Near) else said(node)


def _span(since: date | None, until: date | None, texts: Texts) -> str:
    first, last = (texts.day(day, "d MMM y") if day else "" for day in (since, until))
    if not first and not last:
        return texts("understood.any")
    return first if since == until else f"{first or '…'} – {last or '…'}"
