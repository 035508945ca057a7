"""A digest as PDF by Typst: tagged (PDF/UA-1), with its own letters inside, the same bytes for the same document."""

import bisect
import tempfile
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import typst

from aimas.rendering.charts import drawing
from aimas.rendering.document import Chart, Document

HERE = Path(str(files("aimas.rendering")))
UNKNOWN = "\ufffd"
"""Stands for a letter that the print's font does not have."""
STANDARD: Literal["ua-1"] = "ua-1"


def pdf(document: Document, known_at: datetime) -> bytes:
    """`known_at` is the date that the file says of itself."""
    shown = drawable(msgspec.to_builtins(document))
    drawings = {b.id: msgspec.to_builtins(drawing(b)) for b in document.blocks if isinstance(b, Chart)}
    words = {
        "year": known_at.year,
        "month": known_at.month,
        "day": known_at.day,
        "drawings": drawable(drawings),
    }
    with tempfile.TemporaryDirectory(prefix="aimas-") as folder:
        # Its own root: a template can read nothing else of this machine.
        main = Path(folder) / "digest.typ"
        main.write_bytes((HERE / "templates" / "digest.typ").read_bytes())
        made: bytes = typst.compile(
            str(main),
            root=folder,
            font_paths=fonts(),
            sys_inputs={
                "document": msgspec.json.encode(shown).decode(),
                "words": msgspec.json.encode(words).decode(),
            },
            pdf_standards=STANDARD,
            timestamp=int(known_at.timestamp()),
        )
    return made


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")]
    )


@cache
def _covered() -> tuple[list[int], list[int]]:
    card = msgspec.json.decode((HERE / "fonts" / "card.json").read_bytes())
    return [low for low, _ in card["covers"]], [high for _, high in card["covers"]]


def has_letter(character: str) -> bool:
    lows, highs = _covered()
    at = bisect.bisect_right(lows, ord(character)) - 1
    return at >= 0 and ord(character) <= highs[at]


def drawable(value: Any) -> Any:
    """The same with every character that the font lacks replaced; addresses are left alone."""
    match value:
        case str():
            return value if value.isascii() else "".join(map(_letter, value))
        case list() | tuple():
            return [drawable(v) for v in value]
        case dict():
            return {k: v if k in ("href", "type") else drawable(v) for k, v in value.items()}
        case _:
            return value


@cache
def _letter(character: str) -> str:
    return character if character in "\n\t" or has_letter(character) else UNKNOWN
