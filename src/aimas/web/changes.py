"""What differs between two revisions of a text, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

import msgspec

MOST_WORDS = 3_000
"""Longer stretches are shown whole, taken out and put in: comparing them word by word takes seconds."""

Kind = Literal["same", "removed", "added"]


class Change(msgspec.Struct, frozen=True):
    kind: Kind
    text: str


Paragraph = tuple[Change, ...]


def changes(before: str, after: str) -> list[Paragraph]:
    """Both texts in one: its same and removed parts read as `before`, its same and added ones as `after`."""
    old, new = before.split("\n"), after.split("\n")
    found: list[Paragraph] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [(Change("same", p),) for p in old[i:j]]
        elif tag == "replace" and j - i == m - k:
            found += [_within(a, b) for a, b in zip(old[i:j], new[k:m], strict=True)]
        elif tag == "replace":
            found += _split(_within("\n".join(old[i:j]), "\n".join(new[k:m])))
        else:
            found += [(Change("removed", p),) for p in old[i:j]] + [(Change("added", p),) for p in new[k:m]]
    return [p for p in found if any(c.text.strip() for c in p)]


def places(paragraphs: list[Paragraph]) -> int:
    """In how many places the texts differ: what is removed and what comes instead count once."""
    n, inside = 0, False
    for paragraph in paragraphs:
        inside = False
        for change in paragraph:
            n += change.kind != "same" and not inside
            inside = change.kind != "same"
    return n


def _within(before: str, after: str) -> Paragraph:
    old, new = re.findall(r"\w+|\s+|[^\w\s]", before), re.findall(r"\w+|\s+|[^\w\s]", after)
    if max(len(old), len(new)) > MOST_WORDS:
        return (Change("removed", before), Change("added", after))
    found: list[Change] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Change("same", "".join(old[i:j])))
            continue
        if i < j:
            found.append(Change("removed", "".join(old[i:j])))
        if k < m:
            found.append(Change("added", "".join(new[k:m])))
    return _joined(found)


def _joined(parts: list[Change]) -> Paragraph:
    """A lone space between two changes is drawn into them: words change, not letters and gaps."""
    removed, added, found = "", "", list[Change]()

    def settle() -> None:
        nonlocal removed, added
        if removed:
            found.append(Change("removed", removed))
        if added:
            found.append(Change("added", added))
        removed = added = ""

    for at, part in enumerate(parts):
        if part.kind == "removed":
            removed += part.text
        elif part.kind == "added":
            added += part.text
        elif part.text.isspace() and "\n" not in part.text and (removed or added) and at + 1 < len(parts):
            removed += part.text
            added += part.text
        else:
            settle()
            found.append(part)
    settle()
    return tuple(found)


def _split(paragraph: Paragraph) -> list[Paragraph]:
    """Back into paragraphs where a newline stands."""
    lines: list[list[Change]] = [[]]
    for change in paragraph:
        first, *rest = change.text.split("\n")
        if first:
            lines[-1].append(Change(change.kind, first))
        lines += [[Change(change.kind, line)] if line else [] for line in rest]
    return [tuple(line) for line in lines]
