"""What a profile says and what a search by it yields; all frozen."""

from typing import Literal

import msgspec

from aimas.core import Mention, Span

Needs = Literal["country", "region", "context"]


class Titles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing's name in the three languages of the interface."""

    ru: str
    kk: str
    en: str


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name as the profile writes it, in the nominative; its other forms are generated."""

    name: str
    plural: bool = False
    """There can be many: officers, departments."""
    certain: bool = False
    """No other state has it: counts wherever it stands."""
    fixed: bool = False
    """Never changes its form."""
    needs: Needs | None = None
    """Counts only beside a place, or with a sign of the country or a surer name of the institution."""


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ru: tuple[Name | str, ...] = ()
    kk: tuple[Name | str, ...] = ()
    en: tuple[Name | str, ...] = ()


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Someone who holds or held the office; Latin spellings are generated from both Cyrillic ones."""

    surname_ru: str
    surname_kk: str
    first_ru: str
    first_kk: str


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the institution that tone can be aimed at."""

    key: str
    title: Titles
    names: Names
    abbreviations: Names = Names()
    """Only in capitals."""
    people: tuple[Person, ...] = ()
    voices: bool = False
    """Its holder speaks for the institution even when called by office alone («министр»)."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of a theme: a plain word in all its forms, `stem*` with any ending, a phrase by its head."""

    ru: tuple[str, ...] = ()
    kk: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class ThemeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    title: Titles
    words: Words
    unless: Words = Words()
    """Longer expressions that contain a word of the theme and mean another thing."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An institution to listen for."""

    id: str
    title: Titles
    country: Literal["KZ"]
    targets: tuple[Target, ...]
    themes: tuple[ThemeRule, ...]
    not_ours: Names = Names()
    """What contains one of the names and is another thing: «финансовая полиция», fashion police."""
    office_words: Words = Words()
    """What an own official may be called in a quotation's attribution beside the names («пресс-служба»)."""


class Refusal(msgspec.Struct, frozen=True):
    """A name that was seen and does not count, and why."""

    institution: str
    target: str
    span: Span
    why: str


class Explanation(msgspec.Struct, frozen=True):
    """Everything that a profile finds in a text, for the person who edits the profile."""

    mentions: tuple[Mention, ...]
    refusals: tuple[Refusal, ...]
