"""Per-site templates: which places of a site's pages hold the text, learned from what the teacher read there.

A place is the path of tags and class names from <body> to a block. Applying a template walks only those
paths, which costs a fraction of what the teacher costs. Nothing is trusted unchecked: see `sites`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.extraction.boilerplate import LINK_PARAGRAPH_SHARE
from aimas.extraction.cleaning import clean, clean_line, words_key

_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q ruby rt s
    samp small span strike strong sub sup time tt u var wbr
    """.split()  # noqa: SIM905
)
_UNREAD = frozenset(
    """
    script style noscript svg iframe template button input select textarea object embed canvas video
    audio nav footer img picture source link meta hr -comment form
    """.split()  # noqa: SIM905
)
_USUAL = frozenset("p h2 h3 h4 li ul ol blockquote table tbody tr td th thead pre".split())  # noqa: SIM905
_BLOCKS_INSIDE = "p, div, ul, ol, table, blockquote, h2, h3"
_DEEPEST = 80
_DIGIT = re.compile(r"\d")

MIN_TEXT_CHARACTERS = 140
"""Shorter readings are left to the teacher."""
MAX_LINK_SHARE = 0.35
MAX_STRANGE_SHARE = 0.05
"""Of the text, characters in places that the learning pages did not have."""
KEPT_SHARE = 0.5
"""A place is text when half of its characters or more were the teacher's; doubtful places fail the checks."""

PATH = " > "


class Block(msgspec.Struct, frozen=True):
    """A run of text without a block element inside, and where it stands."""

    path: str
    text: str
    linked: int
    """Characters of it that are links."""


class Applied(msgspec.Struct, frozen=True):
    text: str
    link_share: float
    strange_share: float

    @property
    def is_plausible(self) -> bool:
        return (
            len(self.text) >= MIN_TEXT_CHARACTERS
            and self.link_share <= MAX_LINK_SHARE
            and self.strange_share <= MAX_STRANGE_SHARE
        )


def place_of(node: LexborNode) -> str:
    """Tag and class names, or the id of a nameless one; names with digits number pages or sizes: left out."""
    attributes = node.attributes
    return _place(node.tag or "", attributes.get("class") or "", attributes.get("id") or "")


@lru_cache(maxsize=8192)
def _place(tag: str, names: str, label: str) -> str:
    plain = sorted({name for name in names.split() if not _DIGIT.search(name)})
    if not plain and label and not _DIGIT.search(label):
        return f"{tag}#{label}"
    return ".".join([tag, *plain])


def blocks(tree: LexborHTMLParser) -> list[Block]:
    """Every block of the page, in the order of reading."""
    return [] if tree.body is None else list(_walk(tree.body, "", None, 0))


def votes(page: Iterable[Block], taught: str) -> Counter[tuple[str, bool]]:
    """Characters at each place, by whether the teacher took them."""
    lines = {words_key(line) for line in taught.split("\n")}
    joined = f" {words_key(taught)} "
    counted: Counter[tuple[str, bool]] = Counter()
    for block in page:
        key = words_key(block.text)
        if key:
            counted[block.path, key in lines or (len(key) >= 30 and f" {key} " in joined)] += len(key)
    return counted


def learned(counted: Counter[tuple[str, bool]]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Places kept, and places dropped beside them; None where the text stands in no place of its own."""
    kept = sorted(
        path
        for path, taken in counted
        if taken and counted[path, True] >= KEPT_SHARE * (counted[path, True] + counted[path, False])
    )
    if not kept:
        return None
    parents = {path.rpartition(PATH)[0] for path in kept}
    dropped = sorted({path for path, _ in counted if path.rpartition(PATH)[0] in parents} - set(kept))
    return tuple(kept), tuple(dropped)


class Walker:
    """A template made ready to be applied many times."""

    def __init__(self, kept: Iterable[str], dropped: Iterable[str]) -> None:
        self.kept = frozenset(kept)
        self.known = self.kept | frozenset(dropped)
        self.ways: set[str] = set()
        self.parents: set[str] = set()
        for path in self.kept:
            parts = path.split(PATH)
            self.ways.update(PATH.join(parts[:depth]) for depth in range(1, len(parts) + 1))
            self.parents.add(PATH.join(parts[:-1]))
        self.ways |= self.known

    def applied(self, tree: LexborHTMLParser) -> Applied:
        found: list[str] = []
        linked = strange = size = 0
        if tree.body is not None:
            for block in _walk(tree.body, "", self, 0):
                is_new = block.path not in self.known
                is_usual = is_new and block.linked * 2 < len(block.text) and self._is_usual(block.path)
                if is_new and not is_usual:
                    strange += len(block.text)
                if block.path in self.kept or is_usual:
                    found.append(block.text)
                    size += len(block.text)
                    linked += block.linked
        return Applied(
            clean("\n".join(found)), linked / size if size else 0.0, strange / size if size else 1.0
        )

    def leads_to_text(self, path: str, parent: str) -> bool:
        """Whether the walk goes in: a way to a kept place, or something new beside or inside kept places."""
        return (
            path in self.ways
            or parent in self.parents
            or parent in self.kept
            or holder(parent) in self.parents
        )

    def _is_usual(self, path: str) -> bool:
        """New, but a bare paragraph, list, table or quotation right inside the text."""
        return path.rpartition(PATH)[2] in _USUAL and holder(path) in self.parents


@lru_cache(maxsize=4096)
def holder(path: str) -> str:
    """Path of the element that holds a block; bare paragraphs, lists, tables, quotations are seen through."""
    parts = path.split(PATH)
    while parts and parts[-1] in _USUAL:
        parts.pop()
    return PATH.join(parts)


def _walk(node: LexborNode, path: str, walker: Walker | None, depth: int) -> Iterator[Block]:
    """Blocks under `node`; inline elements belong to the block that they stand in."""
    run: list[str] = []
    linked = 0
    child = node.child
    while child is not None:
        tag = child.tag
        if tag == "-text":
            run.append(child.text_content or "")
        elif tag == "br":
            run.append("\n")
        elif tag in _INLINE:
            inside = child.child
            is_plain = inside is None or (inside.tag == "-text" and inside.next is None)
            if is_plain or child.css_first(_BLOCKS_INSIDE) is None:
                run.append(child.text())
                linked += len(run[-1]) if tag == "a" else 0
            elif depth < _DEEPEST:
                yield from _flushed(run, path, linked)
                linked = 0
                yield from _walk(child, path, walker, depth + 1)
        elif tag not in _UNREAD:
            place = place_of(child)
            below = f"{path}{PATH}{place}" if path else place
            if walker is None or walker.leads_to_text(below, path):
                yield from _flushed(run, path, linked)
                linked = 0
                if tag == "p" and child.css_first("br") is None:
                    yield from _paragraph(child, below)
                elif depth < _DEEPEST:
                    yield from _walk(child, below, walker, depth + 1)
        child = child.next
    yield from _flushed(run, path, linked)


def _flushed(run: list[str], path: str, linked: int) -> Iterator[Block]:
    if not run:
        return
    text = "".join(run)
    run.clear()
    if not text.isspace() and (text := clean(text)):
        yield Block(path, text, min(linked, len(text)))


def _paragraph(node: LexborNode, path: str) -> Iterator[Block]:
    """Nothing for a paragraph that only leads away."""
    text = clean_line(node.text())
    linked = sum(len(link.text(strip=True)) for link in node.css("a"))
    if text and (linked < LINK_PARAGRAPH_SHARE * len(text) or node.css_first("img") is not None):
        yield Block(path, text, min(linked, len(text)))
