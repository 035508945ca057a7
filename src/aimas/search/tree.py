"""A query as a tree: made once, it serves the number, the list, the chart, the export and the alert."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeAlias, TypeVar

import msgspec


class Everything(msgspec.Struct, frozen=True, tag=True):
    """All publications, undated ones included."""


class Word(msgspec.Struct, frozen=True, tag=True):
    text: str
    exact: bool = False
    """As written, no other forms."""
    wildcard: bool = False
    """`*` stands for any letters, `?` for one."""


class Phrase(msgspec.Struct, frozen=True, tag=True):
    words: tuple[str, ...]
    exact: bool = False


class Near(msgspec.Struct, frozen=True, tag=True):
    """From one to the other at most `distance` words; sides are words, phrases or an Or of them, without wildcards,
    all exact or none."""

    left: "Word | Phrase | Or"
    right: "Word | Phrase | Or"
    distance: int
    ordered: bool = False
    """The left one comes first."""


class InTitle(msgspec.Struct, frozen=True, tag=True):
    node: "Node"


class Is(msgspec.Struct, frozen=True, tag=True):
    """A keyword field holds one of the values."""

    field: Literal["source", "lang", "tone", "theme", "region", "institution", "story", "reprints", "id"]
    values: tuple[str, ...]


class Dated(msgspec.Struct, frozen=True, tag=True):
    """Published (or fetched) within these days, both included, in the home's time zone; None leaves an end open."""

    since: date | None
    until: date | None
    fetched: bool = False


class Entered(msgspec.Struct, frozen=True, tag=True):
    """Taken in, read anew or placed by these entries of the ledger, both included; None leaves an end open."""

    since: int | None
    until: int | None


class Marked(msgspec.Struct, frozen=True, tag=True):
    """`undated`, `relevant` (the institution is spoken of), `revised` (not the first text at its address); once
    `placed`: a `reprint` or an `original`, the first of its text. `self-praise`: praised in its own words;
    `corrected`: a person said what the tone is."""

    mark: Literal[
        "undated",
        "dated",
        "relevant",
        "revised",
        "placed",
        "reprint",
        "original",
        "self-praise",
        "corrected",
    ]


class And(msgspec.Struct, frozen=True, tag=True):
    nodes: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    nodes: tuple["Node", ...]


class Not(msgspec.Struct, frozen=True, tag=True):
    node: "Node"


_OPERATOR = re.compile(r"AND|OR|NOT|O?NEAR(/.*)?")
_PLAIN = re.compile(r"\w[\w./-]*")

Node: TypeAlias = Everything | Word | Phrase | Near | InTitle | Is | Dated | Entered | Marked | And | Or | Not

_N = TypeVar("_N", Near, Word)


def conjunction(*nodes: Node) -> Node:
    """All of them; `Everything` adds nothing, nested conjunctions are folded."""
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, And):
            flat.extend(node.nodes)
        elif not isinstance(node, Everything):
            flat.append(node)
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def written(node: Node) -> str:
    """The query in its own language again: parsing it gives an equal tree."""
    match node:
        case Everything():
            return "*"
        case Word(text=text, exact=exact):
            return ("=" if exact else "") + _bare(text)
        case Phrase(words=words, exact=exact):
            return ("=" if exact else "") + '"' + " ".join(words) + '"'
        case Near(left=left, right=right, distance=n, ordered=ordered):
            return f"{_tight(left)} {'ONEAR' if ordered else 'NEAR'}/{n} {_tight(right)}"
        case InTitle(node=inner):
            return f"title:{_tight(inner)}"
        case Is(field=field, values=values):
            said = [v if _PLAIN.fullmatch(v) and not _OPERATOR.fullmatch(v) else _quoted(v) for v in values]
            return f"{field}:{said[0]}" if len(said) == 1 else f"{field}:({' OR '.join(said)})"
        case Dated(since=since, until=until, fetched=fetched):
            name = "fetched" if fetched else "date"
            if since and since == until:
                return f"{name}:{since.isoformat()}"
            return f"{name}:{since.isoformat() if since else ''}..{until.isoformat() if until else ''}"
        case Entered(since=since, until=until):
            first, last = ("" if n is None else str(n) for n in (since, until))
            return f"entry:{first}" if first == last and first else f"entry:{first}..{last}"
        case Marked(mark=mark):
            return f"is:{mark}"
        case And(nodes=nodes):
            return " AND ".join(_tight(n) for n in nodes)
        case Or(nodes=nodes):
            return " OR ".join(_tight(n) for n in nodes)
        case Not(node=inner):
            return f"NOT {_tight(inner)}"


def size(node: Node) -> int:
    """How many words, phrases and conditions stand in it as written."""
    match node:
        case And(nodes=nodes) | Or(nodes=nodes):
            return sum(size(n) for n in nodes)
        case Near(left=left, right=right):
            return size(left) + size(right)
        case Not(node=inner) | InTitle(node=inner):
            return size(inner)
        case _:
            return 1


def depth(node: Node) -> int:
    """How many brackets and fields stand inside one another as written, the innermost word included."""
    match node:
        case And(nodes=nodes) | Or(nodes=nodes):
            return max(_tight_depth(n) for n in nodes)
        case Near(left=left, right=right):
            return max(_tight_depth(left), _tight_depth(right))
        case Not(node=inner):
            return _tight_depth(inner)
        case InTitle(node=inner):
            return 1 + _tight_depth(inner)
        case _:
            return 1


def places(near: Near) -> int:
    """All single words of a side are looked for at once and at any distance, each phrase by itself and at each."""
    groups = []
    for side in (near.left, near.right):
        phrases = sum(isinstance(n, Phrase) for n in choices(side))
        groups.append((phrases, phrases < len(choices(side))))
    (phrases, words), (others, other_words) = groups
    return ((phrases + words) * (others + other_words) - (words and other_words)) * near.distance


def choices(side: Word | Phrase | Or) -> tuple[Word | Phrase, ...]:
    """Of a side of NEAR, any of which will do."""
    return side.nodes if isinstance(side, Or) else (side,)  # type: ignore[return-value]


def every(node: Node, kind: type[_N]) -> Iterator[_N]:
    """All of a kind in it; a NEAR is not looked into."""
    match node:
        case And(nodes=nodes) | Or(nodes=nodes):
            for inner in nodes:
                yield from every(inner, kind)
        case Not(node=inner) | InTitle(node=inner):
            yield from every(inner, kind)
        case _ if isinstance(node, kind):
            yield node


def _tight_depth(node: Node) -> int:
    return depth(node) + isinstance(node, And | Or | Near | Not)


def _bare(word: str) -> str:
    return f'"{word}"' if _OPERATOR.fullmatch(word) else word


def _quoted(value: str) -> str:
    """In a pair of quotation marks that the value does not hold; one that was parsed lacks at least one."""
    for opening, closing in ('""', "«»", "“”"):
        if closing not in value:
            return f"{opening}{value}{closing}"
    return value


def _tight(node: Node) -> str:
    text = written(node)
    return f"({text})" if isinstance(node, And | Or | Near | Not) else text
