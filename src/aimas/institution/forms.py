"""All written forms of a profile's names and words: cases, plurals and alphabets, generated once at load."""

import re
from collections.abc import Iterator

import msgspec

from aimas.institution import kazakh, latin, russian
from aimas.institution.lexicon import Entry, normal
from aimas.institution.types import Name, Names, Needs, Person, Profile, Words


class Sought(msgspec.Struct, frozen=True):
    """What a matched form stands for."""

    institution: str
    target: str
    """Empty: what looks like a name and is another thing."""
    name: str
    """As the profile writes it."""
    language: str
    certain: bool = False
    needs: Needs | None = None
    surname: bool = False
    """A surname alone: counts where the text names the person or the office in full."""


class Trigger(msgspec.Struct, frozen=True):
    """A word of a theme."""

    theme: str
    """Empty: an expression that hides such words."""
    word: str
    pattern: re.Pattern[str] | None = None
    """For a phrase with a stem inside: what must stand from the first letter on, in normal form."""


def name_entries(profile: Profile) -> Iterator[Entry[Sought]]:
    for target in profile.targets:
        for language, name in _names(target.names):
            sought = Sought(profile.id, target.key, name.name, language, name.certain, name.needs)
            yield from (_entry(form, sought) for form in _name_forms(name, language))
        for language, name in _names(target.abbreviations):
            sought = Sought(profile.id, target.key, name.name, language, name.certain, name.needs)
            yield Entry(normal(name.name), sought, capitals=name.name)
        for person in target.people:
            yield from _person_entries(profile.id, target.key, person)
    for language, name in _names(profile.not_ours):
        sought = Sought(profile.id, "", name.name, language)
        yield from (_entry(form, sought) for form in _name_forms(name, language))


def theme_entries(profile: Profile) -> Iterator[Entry[Trigger]]:
    for theme in profile.themes:
        for language, word in _words(theme.words):
            yield from _trigger_entries(theme.key, word, language)
        for language, word in _words(theme.unless):
            yield from _trigger_entries("", word, language)


def office_entries(profile: Profile) -> Iterator[Entry[Sought]]:
    """What an own official or the house is called without its name («министр», «пресс-служба»)."""
    for language, word in _words(profile.office_words):
        sought = Sought(profile.id, "", word, language)
        yield from (_entry(form, sought) for form in _name_forms(Name(word, plural=True), language))


def _entry(form: str, sought: Sought) -> Entry[Sought]:
    return Entry(normal(form), sought)


def _names(names: Names) -> Iterator[tuple[str, Name]]:
    for language in ("ru", "kk", "en"):
        for name in getattr(names, language):
            yield language, Name(name) if isinstance(name, str) else name


def _words(words: Words) -> Iterator[tuple[str, str]]:
    for language in ("ru", "kk", "en"):
        for word in getattr(words, language):
            yield language, word


def _name_forms(name: Name, language: str) -> set[str]:
    low = normal(name.name)
    if name.fixed:
        return {low}
    if language == "ru":
        return set(russian.phrase_forms(low, both_numbers=name.plural))
    if language == "kk":
        forms = kazakh.phrase_forms(low)
        typed = {form.replace("і", "i") for form in forms}
        roman = {spelling for form in forms for spelling in latin.kazakh_latin(form)} if " " in low else set()
        return forms | typed | roman
    return {low, latin.plural(low)} if name.plural else {low}


def _person_entries(institution: str, target: str, person: Person) -> Iterator[Entry[Sought]]:
    shown = f"{person.first_ru} {person.surname_ru}"
    full = Sought(institution, target, shown, "", certain=True)
    alone = Sought(institution, target, person.surname_ru, "", surname=True)
    surname_ru, first_ru = normal(person.surname_ru), normal(person.first_ru)
    surname_kk, first_kk = normal(person.surname_kk), normal(person.first_kk)
    forms: set[tuple[str, str]] = set()
    for surname in russian.surname_forms(surname_ru):
        forms |= {(first, surname) for first in russian.first_name_forms(first_ru)}
    for surname in kazakh.surname_forms(surname_kk) | kazakh.surname_forms(surname_ru):
        forms |= {(first_kk, surname), (first_ru, surname)}
    firsts = {*latin.spellings(first_ru), *latin.spellings(first_kk)}
    roman = set(latin.spellings(surname_ru)) | set(latin.spellings(surname_kk))
    forms |= {(first, surname) for first in firsts for surname in roman}
    for first, surname in forms:
        yield Entry(f"{first} {surname}", full)
        yield Entry(f"{surname} {first}", full)
    for surname in {surname for _, surname in forms}:
        yield Entry(surname, alone)
    for first in {first_ru[0], first_kk[0], *(first[0] for first in firsts)}:
        yield from (Entry(f"{first}. {surname}", full) for surname in {surname for _, surname in forms})
        yield from (Entry(f"{first}.{surname}", full) for surname in {surname for _, surname in forms})


def _trigger_entries(theme: str, word: str, language: str) -> Iterator[Entry[Trigger]]:
    low = normal(word)
    if "*" in low:
        stem, _, rest = low.partition("*")
        pattern = None
        if rest:
            written = r"\w*".join(re.escape(part) for part in low.split("*"))
            pattern = re.compile(written + (r"" if low.endswith("*") else r"\b"))
        stems = {stem, stem.replace("і", "i")} if language == "kk" else {stem}
        yield from (Entry(each, Trigger(theme, word, pattern), open_end=True) for each in stems)
        return
    if word.isupper() and len(word) <= 5:
        yield Entry(low, Trigger(theme, word), capitals=word)
        return
    yield from (Entry(form, Trigger(theme, word)) for form in _word_forms(low, language))


def _word_forms(low: str, language: str) -> set[str]:
    if language == "ru":
        first, space, tail = low.partition(" ")
        if not space:
            return set(russian.lexeme(low))
        if first.endswith(("ть", "ться", "ти")):
            return {f"{form} {tail}" for form in russian.lexeme(first)}
        return set(russian.phrase_forms(low, both_numbers=True))
    if language == "kk":
        forms = kazakh.phrase_forms(low)
        return forms | {form.replace("і", "i") for form in forms}
    return {low, latin.plural(low)}
