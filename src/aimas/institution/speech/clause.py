"""A clause with a word of speech in it, and what may be found there."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple

Voice = Literal["institution", "citizen", "other", "pronoun"]
Tongue = Literal["ru", "kk", "en"]

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class Own(NamedTuple):
    """A name of the institution, or an office that the text gives to it, where it stands."""

    start: int
    end: int
    form: str
    """As matched, in normal form, without what was joined to it."""
    name: str
    """In the nominative, in normal form; empty for a person."""
    is_fixed: bool = False
    """Never declined: an abbreviation."""


class Subject(NamedTuple):
    voice: Voice
    start: int
    end: int
    is_name_alone: bool = False
    """Only a proper name: an apposition may say more."""
    is_doubtful: bool = False


class Mark(NamedTuple):
    """A word of speech, or the words that announce a source."""

    start: int
    end: int
    tongue: Tongue
    is_source: bool


class Clause(NamedTuple):
    """Words start..end of a text, among which the speaker for a word of speech is looked for."""

    text: str
    low: str
    """The text in normal form, as long as it is."""
    start: int
    end: int
    verb: tuple[int, int]
    """Where the word of speech stands, or what announces a source; it may lie outside the clause."""
    tongue: Tongue
    own: Sequence[Own]
    """Of the whole text, in order, none overlapping."""

    def within(self, start: int, end: int) -> "Clause":
        return self._replace(start=start, end=end)

    def words(self) -> list[re.Match[str]]:
        return list(WORD.finditer(self.low, self.start, self.end))

    def has_words(self) -> bool:
        return WORD.search(self.low, self.start, self.end) is not None

    def said(self) -> str:
        """The word of speech."""
        return self.low[slice(*self.verb)]

    def holds_verb(self) -> bool:
        return self.start <= self.verb[0] < self.end

    def own_at(self, position: int) -> Own | None:
        """The institution's own name that this position lies in."""
        before = bisect_right(self.own, position, key=lambda each: each.start)
        holds = before > 0 and position < self.own[before - 1].end
        return self.own[before - 1] if holds else None

    def own_inside(self) -> Sequence[Own]:
        return self.own_within(self.start, self.end)

    def own_within(self, start: int, end: int) -> Sequence[Own]:
        """Those that begin in start..end of the text."""
        first = bisect_left(self.own, start, key=lambda each: each.start)
        return self.own[first : bisect_left(self.own, end, lo=first, key=lambda each: each.start)]

    def before(self, position: int, reach: int) -> str:
        """The clause's last characters before a position, `reach` at most."""
        return self.low[max(self.start, position - reach) : position]
