"""A digest in words, before it is HTML, Word, PDF or Markdown: what stands in one form stands in all."""

from typing import Literal, TypeAlias

import msgspec

Look = Literal[
    "plain", "strong", "quiet", "evidence", "critical", "positive", "neutral", "unclear", "unlooked"
]
"""Tones are a look of their own: a sign and a colour, never a colour alone."""

SIGNS = {"critical": "▼", "positive": "▲", "neutral": "●", "unclear": "?", "unlooked": "○"}


class Run(msgspec.Struct, frozen=True):
    text: str
    href: str | None = None
    look: Look = "plain"
    lang: str | None = None
    """Where it is not the document's."""
    count: int | None = None
    """Of a link that opens a list: how long that list is."""


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    runs: tuple[Run, ...]
    style: Literal["plain", "note", "warning", "quote", "command"] = "plain"


class Heading(msgspec.Struct, frozen=True, tag="heading"):
    text: str
    id: str


class Cell(msgspec.Struct, frozen=True):
    runs: tuple[Run, ...]
    bar: float | None = None
    """A share 0..1 to draw beside the words."""


class Table(msgspec.Struct, frozen=True, tag="table"):
    """The first column heads its row; the others hold numbers."""

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Entry(msgspec.Struct, frozen=True):
    """One of a numbered list: its title, then what is told of it."""

    title: tuple[Run, ...]
    paragraphs: tuple[Paragraph, ...]


class Entries(msgspec.Struct, frozen=True, tag="entries"):
    id: str
    entries: tuple[Entry, ...]


class Part(msgspec.Struct, frozen=True):
    tone: Look
    count: int
    href: str


class Column(msgspec.Struct, frozen=True):
    label: str
    said: str
    """The label in full, with its number."""
    total: int
    href: str
    is_within: bool
    """Of the period told, not of the days before."""
    parts: tuple[Part, ...]
    """From the base line up."""


class Chart(msgspec.Struct, frozen=True, tag="chart"):
    id: str
    caption: str
    said: str
    """For whoever does not see it."""
    columns: tuple[Column, ...]
    legend: tuple[tuple[Look, str], ...]


Block: TypeAlias = Heading | Paragraph | Table | Entries | Chart


class Document(msgspec.Struct, frozen=True):
    language: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    foot: str


class Section(msgspec.Struct, frozen=True):
    heading: Heading | None
    """None for what stands before the first one."""
    blocks: tuple[Block, ...]


def sections(document: Document) -> list[Section]:
    found: list[tuple[Heading | None, list[Block]]] = [(None, [])]
    for block in document.blocks:
        if isinstance(block, Heading):
            found.append((block, []))
        else:
            found[-1][1].append(block)
    return [Section(heading, tuple(blocks)) for heading, blocks in found if heading or blocks]


def text_of(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)
