"""Many names in one pass: an automaton over the normal form, then word boundaries and capitals."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import ahocorasick_rs
import msgspec

T = TypeVar("T")

_SAME = (
    ("ё", "е"),
    ("ə", "ә"),
    ("\n", " "),
    ("\r", " "),
    ("\t", " "),
    ("\u00a0", " "),
    ("\u202f", " "),
    ("\u2009", " "),
    ("–", "-"),
    ("—", "-"),
    ("‑", "-"),
    ("‐", "-"),
    ("−", "-"),
    ("’", "'"),
    ("ʼ", "'"),
    ("‘", "'"),
)


def normal(text: str) -> str:
    """Lower case with Ё, dashes, spaces and apostrophes made one; keeps every offset."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c if len(c) == 1 else original for original in text for c in (original.lower(),))
    for one, other in _SAME:
        if one in low:
            low = low.replace(one, other)
    return low


def one_of(expressions: str) -> str:
    """A regular expression for any of the expressions, written between spaces or on lines."""
    return f"(?:{'|'.join(expressions.split())})"


class Entry(msgspec.Struct, Generic[T], frozen=True):
    """One written form of something sought."""

    form: str
    """In normal form."""
    value: T
    capitals: str | None = None
    """The only way to write it, for abbreviations."""
    open_end: bool = False
    """A stem: any ending may follow."""


class Hit(msgspec.Struct, Generic[T], frozen=True):
    start: int
    end: int
    value: T


class Lexicon(Generic[T]):
    """Compiled once; thread-safe to read."""

    def __init__(self, entries: Iterable[Entry[T]]) -> None:
        by_form: dict[str, list[Entry[T]]] = {}
        for entry in entries:
            by_form.setdefault(entry.form, []).append(entry)
        by_form.pop("", None)
        self._forms = list(by_form)
        self._entries = [tuple(dict.fromkeys(entries)) for entries in by_form.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._forms,
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def __len__(self) -> int:
        return len(self._forms)

    def hits(self, text: str, low: str) -> Iterator[Hit[T]]:
        """Every whole-word occurrence, overlapping ones too, by end; `low` is `normal(text)`."""
        size = len(low)
        for number, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True):
            if start and (low[start - 1].isalnum() or low[start - 1] == "_"):
                continue
            closed = end == size or not (low[end].isalnum() or low[end] == "_")
            for entry in self._entries[number]:
                if not closed and not entry.open_end:
                    continue
                if entry.capitals is not None and text[start:end] != entry.capitals:
                    continue
                yield Hit(start, _word_end(low, end) if entry.open_end else end, entry.value)

    def occurs(self, text: str, low: str) -> bool:
        return next(self.hits(text, low), None) is not None


def _word_end(low: str, end: int) -> int:
    while end < len(low) and low[end].isalnum():
        end += 1
    return end
