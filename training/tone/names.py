"""The same text about other people: persons' and peoples' names exchanged, so that no name tells the tone.

Only what can be exchanged without touching grammar is: a listed given name with a surname of the same declension,
and peoples' names. Whoever is marked stays marked.
"""

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class Swap(NamedTuple):
    start: int
    end: int
    new: str


Reading = Callable[[str, random.Random], Iterator[Swap]]

_NAMES: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))


def _pairs(lang: str, key: str) -> list[tuple[str, str]]:
    return [(given, surname) for given, surname in map(str.split, _NAMES[lang][key].splitlines())]


def _any(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _whose(lang: str) -> str:
    """Who must follow a people's name, so that it is no language, team or country."""
    return f"(?= (?:{_any(_NAMES[lang]['whose'].split())}))"


_RU_MAN_CASES, _RU_OV_CASES = ("", "а", "у", "ом", "е"), ("", "а", "у", "ым", "е")
"""In one order: of a given name, of a surname in -ов."""
_RU_WOMAN_CASES, _RU_OVA_CASES = ("а", "ы", "у", "ой", "е"), ("а", "ой", "у", "ой", "ой")
_RU_MEN, _RU_WOMEN, _KK_MEN, _KK_WOMEN, _EN_MEN, _EN_WOMEN = (
    _pairs(lang, key) for lang in ("ru", "kk", "en") for key in ("of_men", "of_women")
)
_RU_SURNAME = r"([А-ЯЁ][а-яё]+?(?:ов|ев|ёв|ин))"
_RU_MAN = re.compile(
    rf"\b({_any(_NAMES['ru']['men'].split())})(а|у|ом|е|)(?: {_RU_SURNAME}(а|у|ым|е|))?\b(?! [А-ЯЁ])"
)
_RU_WOMAN = re.compile(
    rf"\b({_any([n[:-1] for n in _NAMES['ru']['women'].split()])})(а|ы|у|ой|е)"
    rf"(?: {_RU_SURNAME}(а|ой|у))?\b(?! [А-ЯЁ])"
)
_RU_PEOPLES = [line.split() for line in _NAMES["ru"]["peoples"].splitlines()]
_RU_PEOPLE = re.compile(rf"\b({_any([form for forms in _RU_PEOPLES[:-1] for form in forms])})\b")
"""Not the last, «русский»: it is an adjective more often than a man."""
_RU_OF_PEOPLES = _NAMES["ru"]["of_peoples"].split()
_RU_OF = re.compile(rf"\b({_any(_RU_OF_PEOPLES)})(?=(?:ий|ого|ому|им|ом|ая|ой|ую|ие|их|ими)\b{_whose('ru')})")

_KK_CAPITAL, _KK_SMALL = "[А-ЯЁӘІҢҒҮҰҚӨҺ]", "[а-яёәіңғүұқөһ]"
_KK_PERSON = re.compile(
    rf"\b{_KK_CAPITAL}{_KK_SMALL}{{2,}} {_KK_CAPITAL}{_KK_SMALL}+?([ое]в)(а?)(?={_KK_SMALL}*\b)"
)
_KK_PEOPLES = _NAMES["kk"]["peoples"].split()
_KK_PEOPLE = re.compile(rf"\b({_any(_KK_PEOPLES)})\b{_whose('kk')}")

_EN_MAN, _EN_WOMAN = (
    re.compile(rf"\b({_any(_NAMES['en'][key].split())}) ([A-Z][a-z]{{2,}})(?=['’]s|\b)(?! [A-Z])")
    for key in ("men", "women")
)
_EN_PEOPLES = [line.split() for line in _NAMES["en"]["peoples"].splitlines()]
_EN_PEOPLE = re.compile(rf"\b(?:([Aa]n?) )?({_any([people for _, people in _EN_PEOPLES])})\b{_whose('en')}")


def exchanged(
    text: str, start: int, end: int, lang: str, dice: random.Random, peoples: bool = True
) -> tuple[str, int, int] | None:
    """The text with other names, and where the mark is then; None where no name can be exchanged.

    `peoples`: also «уйгур» and the like, for texts in which they name a person and not a state.
    """
    found = [*_PERSONS[lang](text, dice), *(_PEOPLES[lang](text, dice) if peoples else ())]
    swaps: list[Swap] = []
    for swap in found:
        apart = all(swap.end <= other.start or swap.start >= other.end for other in swaps)
        if apart and swap.new != text[swap.start : swap.end]:
            swaps.append(swap)
    if not swaps:
        return None
    for swap in sorted(swaps, reverse=True):
        if swap.start < end and swap.end > start and not (start <= swap.start and swap.end <= end):
            return None
        more = len(swap.new) - (swap.end - swap.start)
        text = text[: swap.start] + swap.new + text[swap.end :]
        start += more if swap.end <= start else 0
        end += more if swap.end <= end else 0
    return text, start, end


def _russian(text: str, dice: random.Random) -> Iterator[Swap]:
    for found in _RU_MAN.finditer(text):
        case = _RU_MAN_CASES.index(found[2])
        given, surname = dice.choice(_RU_MEN)
        cases = _RU_OV_CASES if surname.endswith(("ов", "ев", "ин")) else _RU_MAN_CASES
        surname += "" if surname.endswith("о") else cases[case]
        given += found[2]
        if found[3] is None:
            yield Swap(*found.span(), given)
        elif found[4] == _RU_OV_CASES[case]:
            yield Swap(*found.span(), f"{given} {surname}")
    for found in _RU_WOMAN.finditer(text):
        case = _RU_WOMAN_CASES.index(found[2])
        given, surname = (name[:-1] for name in dice.choice(_RU_WOMEN))
        if found[3] is None:
            yield Swap(*found.span(), given + found[2])
        elif found[4] == _RU_OVA_CASES[case]:
            yield Swap(*found.span(), f"{given}{found[2]} {surname}{found[4]}")


def _kazakh(text: str, dice: random.Random) -> Iterator[Swap]:
    """What follows the surname's -ов or -ова stays: its vowels fit."""
    for found in _KK_PERSON.finditer(text):
        pool = _KK_WOMEN if found[2] else [p for p in _KK_MEN if p[1].endswith(found[1])]
        yield Swap(*found.span(), " ".join(dice.choice(pool)) + found[2])


def _english(text: str, dice: random.Random) -> Iterator[Swap]:
    for pattern, pool in ((_EN_MAN, _EN_MEN), (_EN_WOMAN, _EN_WOMEN)):
        for found in pattern.finditer(text):
            yield Swap(*found.span(), " ".join(dice.choice(pool)))


def _russian_peoples(text: str, dice: random.Random) -> Iterator[Swap]:
    for found in _RU_PEOPLE.finditer(text):
        case = next(forms.index(found[1]) for forms in _RU_PEOPLES if found[1] in forms)
        yield Swap(*found.span(), dice.choice(_RU_PEOPLES)[case])
    for found in _RU_OF.finditer(text):
        yield Swap(*found.span(1), dice.choice(_RU_OF_PEOPLES))


def _kazakh_peoples(text: str, dice: random.Random) -> Iterator[Swap]:
    for found in _KK_PEOPLE.finditer(text):
        yield Swap(*found.span(), dice.choice(_KK_PEOPLES))


def _english_peoples(text: str, dice: random.Random) -> Iterator[Swap]:
    for found in _EN_PEOPLE.finditer(text):
        article, people = dice.choice(_EN_PEOPLES)
        if found[1]:
            people = f"{article.title() if found[1][0] == 'A' else article} {people}"
        yield Swap(*found.span(), people)


_PERSONS: dict[str, Reading] = {"ru": _russian, "kk": _kazakh, "en": _english}
_PEOPLES: dict[str, Reading] = {"ru": _russian_peoples, "kk": _kazakh_peoples, "en": _english_peoples}
