"""What can be done where a list is empty: made of the query itself, and each way with how much it finds."""

import msgspec

from aimas.search import Node, QueryError, conjunction
from aimas.search.meant import Meant, meant, rewritten
from aimas.search.service import Question, Search
from aimas.search.tree import And, Dated, Not, Or, Phrase, Word
from aimas.web.texts import Texts
from aimas.web.understood import in_words
from aimas.web.views import Links, Names

MOST_PARTS = 8


class Way(msgspec.Struct, frozen=True):
    """Another query: what it asks for in words, its address and how much it finds."""

    said: str
    query: str
    href: str
    count: int


class Advice(msgspec.Struct, frozen=True):
    signs: tuple[Meant, ...] = ()
    """What was taken for words and may have been meant otherwise."""
    instead: Way | None = None
    """The query with them as they may have been meant; None where that is no query."""
    parts: tuple[Way, ...] = ()
    """Each part of the query alone, where all of them must hold."""
    undated: Way | None = None
    loose: Way | None = None
    """Without quotation marks: the words of a phrase anywhere."""

    @property
    def is_empty(self) -> bool:
        return not (self.signs or self.parts or self.undated or self.loose)


def advice(
    search: Search, typed: str, question: Question, links: Links, names: Names, texts: Texts
) -> Advice:
    """For a question that finds nothing; at its snapshot."""

    def way(node: Node) -> Way:
        asked = search.within(node, question.scope)
        found = search.count(asked)
        return Way(in_words(node, names, texts), asked.text, links.query(asked.text), found)

    node = question.node
    parts = node.nodes if isinstance(node, And) else (node,)
    signs = meant(typed)
    asked_for = [part for part in parts if not isinstance(part, Dated | Not)]
    undated = conjunction(*(part for part in parts if not isinstance(part, Dated)))
    loosened = conjunction(*(_loose(part) for part in parts))
    has_period = len(parts) > 1 and any(isinstance(part, Dated) for part in parts)
    return Advice(
        signs=signs,
        instead=_instead(search, typed, signs, question, links, names, texts) if signs else None,
        parts=tuple(way(part) for part in asked_for[:MOST_PARTS]) if len(asked_for) > 1 and not signs else (),
        undated=way(undated) if has_period else None,
        loose=way(loosened) if any(sign in typed for sign in '"«“„') and loosened != node else None,
    )


def _instead(
    search: Search,
    typed: str,
    signs: tuple[Meant, ...],
    question: Question,
    links: Links,
    names: Names,
    texts: Texts,
) -> Way | None:
    text = rewritten(typed, signs)
    try:
        asked = search.ask(text, question.scope.institution, question.scope.snapshot)
    except QueryError:
        return None
    return Way(in_words(asked.node, names, texts), text, links.query(text), search.count(asked))


def _loose(node: Node) -> Node:
    match node:
        case Phrase(words=words, exact=exact):
            return And(tuple(Word(word, exact) for word in words))
        case And(nodes=nodes):
            return And(tuple(map(_loose, nodes)))
        case Or(nodes=nodes):
            return Or(tuple(map(_loose, nodes)))
        case _:
            return node
