"""How words cross into the index: a text as one string, though a word may be filed under several terms at one place.

An object for each term (`PreTokenizedString`) costs more than all else that the index does, and of Tantivy's own
tokenizers one alone puts two terms at one place: what consists of listed parts comes apart there. So the terms of a
word are written side by side, each with a capital at its start (`СтальСтать`), the parts of all such words are listed
anew for every commit, and a last filter makes capitals small. No term has a capital of its own: each of these words
comes apart in one way only, and no other word does.
"""

from functools import cache, partial
from typing import TypeAlias

import msgspec
import tantivy
from tantivy import Filter, PreTokenizedString, TextAnalyzer, TextAnalyzerBuilder, Token, Tokenizer

from aimas.core import Language
from aimas.text import NAME_MARK, Memory, filed_words

TOKENIZER = "terms"

_MOST = 150_000
"""Remembered of a language; about 45 MB when full."""
_UNWRITABLE = "\0"
_LETTERS_END = "\u0530"
"""Latin, Greek and Cyrillic letters stand before; every version of Unicode has the same capitals for them."""

_Crossing: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Of what stands between two spaces: normal forms, terms as written, and the parts that are to be listed."""


class Written(msgspec.Struct, frozen=True):
    """A text as the index takes it."""

    normal: str
    """Normal forms, in order; empty where there are no words."""
    terms: str | PreTokenizedString

    def add_to(self, doc: tantivy.Document, exact: str, terms: str) -> None:
        """`exact` and `terms` name the fields."""
        if not self.normal:
            return
        doc.add_text(exact, self.normal)
        if isinstance(self.terms, str):
            doc.add_text(terms, self.terms)
        else:
            doc.add_pre_tokenized_text(terms, self.terms)


NOTHING = Written("", "")


class Writing:
    """Writes the texts of one commit; `tokenizer` then takes their terms apart, and those of no other."""

    def __init__(self) -> None:
        self._parts: set[tuple[str, ...]] = set()

    def written(self, text: str, language: Language) -> Written:
        found = [*map(_memory(language).__getitem__, text.split())]
        if not found:
            return NOTHING
        normal, terms, parts = zip(*found, strict=True)
        self._parts.update(parts)
        joined = " ".join(terms)
        if _UNWRITABLE in joined:
            return Written(" ".join(normal).strip(), _token_by_token(text, language))
        return Written(" ".join(normal).strip(), joined)

    def tokenizer(self) -> TextAnalyzer:
        listed = sorted({part for parts in self._parts for part in parts})
        apart, small = Filter.split_compound(listed), Filter.lowercase()
        return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(apart).filter(small).build()


@cache
def _memory(language: Language) -> Memory[_Crossing]:
    return Memory(partial(_crossing, language=language), _MOST)


def _crossing(written: str, language: Language) -> _Crossing:
    # No word runs over a space.
    filed = filed_words(written, language)
    normal = " ".join([normal for normal, _ in filed])
    terms: list[str] = []
    parts: list[str] = []
    for _, of_word in filed:
        if not all(map(_is_small, of_word)):
            return normal, _UNWRITABLE, ()
        if len(of_word) == 1:
            terms.append(of_word[0])
            continue
        marked = [*map(_marked, of_word)]
        if not all(marked):
            return normal, _UNWRITABLE, ()
        terms.append("".join(marked))
        parts += marked
    return normal, " ".join(terms), tuple(parts)


def _is_small(term: str) -> bool:
    return term.lower() == term and term.rfind(NAME_MARK) <= 0 and bool(term)


def _marked(term: str) -> str:
    """With a capital, or the mark that no other term has, at its start; empty where it can have neither."""
    first = term[0]
    if first == NAME_MARK:
        return term
    capital = first.upper()
    if first >= _LETTERS_END or capital == first or len(capital) > 1 or capital.lower() != first:
        return ""
    return capital + term[1:]


def _token_by_token(text: str, language: Language) -> PreTokenizedString:
    filed = filed_words(text, language)
    tokens = [Token(term, place, 0, 0) for place, (_, terms) in enumerate(filed) for term in terms]
    return PreTokenizedString("", tokens)
