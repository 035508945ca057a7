"""What the index holds for a word, and what a query looks for to find it again in any language.

A word is filed at its place under one primary stem, under the stem by another language's rules where it could be
either's, and, where it looks like a name, under the name's key; so words, phrases and distances find the same. A
name's key is asked for only where the query's word is no common one, whatever was filed.
"""

import re
from functools import cache, lru_cache, partial

import Stemmer

from aimas.core import Language
from aimas.text import kazakh, russian
from aimas.text.lists import listed
from aimas.text.memory import Memory
from aimas.text.names import name_keys
from aimas.text.spellings import from_latin, from_plain_latin
from aimas.text.words import WORD, normal_form

NAME_MARK = "@"
"""Stands before a name's key, so that a key never meets a stem."""

_SURNAME = re.compile(r"\w{2,}(?:[её]в|ов)(?:а|у|ым|е|ой|ы|ых|ыми)?")
_KAZAKH_LETTERS = frozenset("әғқңөұүһі")
_CACHE = 30_000
"""Words of a language. Who reads in bulk remembers what it makes of them itself; this is for what lies between."""

_english = Stemmer.Stemmer("english", 0)


def stem(word: str, language: Language) -> str:
    """What the forms of a word share, in normal form; letters that only Kazakh has outweigh `language`."""
    return _primary(normal_form(word), language)


def stems(text: str) -> list[str]:
    """One stem a word, in order, each word read by its own letters alone."""
    return [_terms(word, Language.OTHER)[0] for word in WORD.findall(text)]


def index_terms(text: str, language: Language) -> list[str]:
    """The primary stem of every word in order, then all other terms, each once."""
    primary: list[str] = []
    others: dict[str, None] = {}
    for word in WORD.findall(text):
        first, more = _terms(word, language)
        primary.append(first)
        if more:
            others.update(more)
    primary.extend(others)
    return primary


def filed_words(text: str, language: Language) -> list[tuple[str, tuple[str, ...]]]:
    """For every word in order its normal form and the terms that it is filed under, the primary stem first."""
    return [*map(_reader(language).__getitem__, WORD.findall(text))]


@lru_cache(maxsize=20_000)
def query_terms(word: str) -> tuple[str, ...]:
    """Every term under which a form of this word may be filed, in whatever language; any one is a hit."""
    return tuple(dict.fromkeys((*_query_stems(word), *name_terms(word))))


def name_terms(word: str) -> tuple[str, ...]:
    """The name's keys, where the word may be a name: a common word of some language is none, whatever its capitals,
    save one that looks like a surname."""
    normal = normal_form(word)
    if len(normal) < 3 or not normal[0].isalpha():
        return ()
    if not _is_cyrillic(normal):
        common = normal in _common("en")
    elif _SURNAME.fullmatch(normal):
        common = False
    elif _KAZAKH_LETTERS.isdisjoint(normal) and russian.known(normal):
        common = not russian.is_name(normal) if word.islower() else russian.is_common(normal)
    else:
        common = kazakh.stem(normal) in _common("kk")
    return () if common else _all_keys(normal, Language.OTHER)


def _query_stems(word: str) -> tuple[str, ...]:
    normal = normal_form(word)
    if not normal:
        return ()
    found = {_primary(normal, Language.OTHER): None}
    if _is_cyrillic(normal):
        found[kazakh.stem(normal)] = None
        if _KAZAKH_LETTERS.isdisjoint(normal):
            found.update(dict.fromkeys(russian.lemmas(normal)))
    elif (kazakh_word := from_latin(normal)) or kazakh.attested(kazakh_word := from_plain_latin(normal)):
        found[kazakh.stem(kazakh_word)] = None
    return tuple(found)


@cache
def _reader(language: Language) -> Memory[tuple[str, tuple[str, ...]]]:
    """One memory a language: a word alone is found in it twice as fast as a word with its language."""
    return Memory(partial(_filed, language=language), _CACHE)


def _filed(word: str, language: Language) -> tuple[str, tuple[str, ...]]:
    normal = normal_form(word)
    primary, others, may_be_name = _stems(normal, language)
    if word[0].isupper() and len(normal) > 2:
        # The dictionary reads "Токаев" as many bays.
        surname = _SURNAME.fullmatch(normal)
        keys = _name_keys(normal) if may_be_name or surname else {}
        if keys or surname:
            _add_bare_keys(keys, normal, language)
            marked = map(NAME_MARK.__add__, keys)
            return normal, tuple(dict.fromkeys((primary, *others, *marked)))
    return normal, (primary, *others)


def _terms(word: str, language: Language) -> tuple[str, dict[str, None]]:
    """The primary stem and whatever else the word, as written, should be found by."""
    return _term_reader(language)[word]


@cache
def _term_reader(language: Language) -> Memory[tuple[str, dict[str, None]]]:
    return Memory(partial(_primary_and_others, language=language), _CACHE)


def _primary_and_others(word: str, language: Language) -> tuple[str, dict[str, None]]:
    normal = normal_form(word)
    primary, others, may_be_name = _stems(normal, language)
    if may_be_name and word[0].isupper() and len(normal) > 2:
        others = others | {NAME_MARK + key: None for key in _name_keys(normal)}
        others.pop(primary, None)
    return primary, others


@lru_cache(maxsize=_CACHE)
def _stems(normal: str, language: Language) -> tuple[str, dict[str, None], bool]:
    """However it is written: the primary stem, the other stems, and whether a capital may make a name of it."""
    others: dict[str, None] = {}
    may_be_name = True
    if _is_cyrillic(normal):
        if not _KAZAKH_LETTERS.isdisjoint(normal):
            return kazakh.stem(normal), others, may_be_name
        lemmas, known, common = russian.entry(normal)
        others.update(dict.fromkeys(lemmas))
        primary = lemmas[0]
        if language is not Language.RU and not known:
            others[kazakh.stem(normal)] = None
        if language is Language.KK or (language is Language.KK_RU and not known):
            primary = kazakh.stem(normal)
        may_be_name = not common
    else:
        primary = _primary(normal, language)
        if language is Language.KK or language is Language.OTHER:
            if (kazakh_word := from_latin(normal)) is None and language is Language.KK:
                kazakh_word = from_plain_latin(normal)
            if kazakh_word:
                others[kazakh.stem(kazakh_word)] = None
    others.pop(primary, None)
    return primary, others, may_be_name


def _primary(word: str, language: Language) -> str:
    if word[0].isdigit():
        return word
    if word.isascii():
        return str(_english.stemWord(word))
    if not _is_cyrillic(word):
        return word
    if language is Language.KK or not _KAZAKH_LETTERS.isdisjoint(word):
        return kazakh.stem(word)
    if language is Language.KK_RU and not russian.known(word):
        return kazakh.stem(word)
    return russian.stem(word)


def _name_keys(normal: str) -> dict[str, None]:
    """Keys of a word and of the word without its Kazakh ending, as names decline too."""
    keys = dict.fromkeys(name_keys(normal))
    if _is_cyrillic(normal):
        keys.update(dict.fromkeys(name_keys(kazakh.stem(normal))))
    return keys


@cache
def _common(language: str) -> frozenset[str]:
    return listed("common_words.txt")[language]


def _all_keys(normal: str, language: Language) -> tuple[str, ...]:
    """As terms: of the word, of what it may be without a Kazakh case, and of what it may be in Cyrillic."""
    keys = _name_keys(normal)
    _add_bare_keys(keys, normal, language)
    return tuple(NAME_MARK + key for key in keys)


def _add_bare_keys(keys: dict[str, None], normal: str, language: Language) -> None:
    if _is_cyrillic(normal):
        bare = kazakh.without_case(normal)
    else:
        bare = from_latin(normal) or (from_plain_latin(normal) if language is Language.KK else None)
        bare = bare and kazakh.stem(bare)
    if bare:
        keys.update(dict.fromkeys(name_keys(bare)))


def _is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[0] <= "\u04ff"
