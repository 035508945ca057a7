"""Tables of sentences in text files: a heading says what its cases have in common."""

from collections.abc import Iterator
from pathlib import Path


def rows(name: str, *, heading_starts: str = "") -> Iterator[tuple[str, list[str]]]:
    """(id, cells) of every line under the headings that start so."""
    heading, number = "", 0
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading, number = line[3:], 0
        elif line and not line.startswith("#") and heading.startswith(heading_starts):
            number += 1
            yield f"{heading}, {number}", line.split("|")
