"""What the search index holds for a word, and what a query must look for to find it again in any of the languages."""

from collections.abc import Callable
from functools import lru_cache

import Stemmer
from rumorph import Analyzer

from aimas.core import Language
from aimas.text import kazakh
from aimas.text.names import name_key
from aimas.text.words import _WORD, normal_form

NAME_MARK = "@"
"""Stands before a name's key, so that a key never meets a stem."""

_KAZAKH_LETTERS = frozenset("әғқңөұүһі")
_CACHE = 200_000

_analyzer: Analyzer | None = None
_english = Stemmer.Stemmer("english", 0)


def _russian_stem(word: str) -> str:
    global _analyzer
    if _analyzer is None:
        _analyzer = Analyzer()
    lemma: str = _analyzer.lemmatize([word])[0]
    return lemma.lower().replace("ё", "е")


def stem(word: str, language: Language) -> str:
    """What the forms of a word share, in normal form; a word of another script keeps to its own language's rules."""
    return _primary(normal_form(word), language)


@lru_cache(maxsize=_CACHE)
def _primary(word: str, language: Language) -> str:
    if not word or word[0].isdigit():
        return word
    if word.isascii():
        return str(_english.stemWord(word))
    if not "\u0400" <= word[0] <= "\u04ff":
        return word
    if language is Language.KK or not _KAZAKH_LETTERS.isdisjoint(word):
        return kazakh.stem(word)
    return _russian_stem(word)


def stems(text: str) -> list[str]:
    """One stem a word, in order, each word read by its own letters."""
    return [_primary(normal_form(word), Language.OTHER) for word in _WORD.findall(text)]


@lru_cache(maxsize=_CACHE)
def _terms(word: str, language: Language) -> tuple[str, ...]:
    """The primary stem first, then whatever else the word should be found by."""
    normal = normal_form(word)
    primary = _primary(normal, language)
    others: dict[str, None] = {}
    if normal and "\u0400" <= normal[0] <= "\u04ff" and _KAZAKH_LETTERS.isdisjoint(normal):
        if language is not Language.RU:
            others[kazakh.stem(normal)] = None
        if language is not Language.EN:
            others[_russian_stem(normal)] = None
    if word[0].isupper() and len(normal) > 2:
        others[NAME_MARK + name_key(word)] = None
    others.pop(primary, None)
    return primary, *others


def index_terms(text: str, language: Language) -> list[str]:
    """The primary stem of every word in order (so phrases keep their places), then every other term once."""
    primary: list[str] = []
    others: dict[str, None] = {}
    terms: Callable[[str, Language], tuple[str, ...]] = _terms
    for word in _WORD.findall(text):
        first, *rest = terms(word, language)
        primary.append(first)
        for other in rest:
            others[other] = None
    primary.extend(others)
    return primary


@lru_cache(maxsize=_CACHE)
def query_terms(word: str) -> tuple[str, ...]:
    """Every term under which a form of this word may be filed, in whatever language it was written; any one is a hit."""
    normal = normal_form(word)
    if not normal:
        return ()
    found: dict[str, None] = {_primary(normal, Language.OTHER): None}
    if "\u0400" <= normal[0] <= "\u04ff":
        found[kazakh.stem(normal)] = None
        if _KAZAKH_LETTERS.isdisjoint(normal):
            found[_russian_stem(normal)] = None
    if len(normal) > 2 and normal[0].isalpha():
        found[NAME_MARK + name_key(word)] = None
    return tuple(found)
