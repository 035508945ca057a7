"""What a word says by itself for being a person's name: by lists, by endings, by a dictionary's silence.

The lists stand in `data/given_names.txt` and `data/person_words.txt`; cases, scripts and transliterations of a name
meet by `text.name_key`.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

from aimas.core import Language
from aimas.text import kazakh, name_key, normal_form, russian, stem
from aimas.text.lists import listed

_KAZAKH_CASE = (
    r"(?:ға|ге|қа|ке|ны|ні|ды|ді|ты|ті|ның|нің|дың|дің|тың|тің|да|де|та|те|дан|ден|тан|тен|нан|нен|мен|бен|пен|лар|лер|"
    r"дар|дер|тар|тер|га|ка|ның)?"
)
_RUSSIAN_CASE = r"(?:а|у|ым|ом|ем|е|ой|ою|ы|ых|ыми|ую|и|ю|я|ей)?"
_PATRONYMIC = re.compile(
    rf"\w{{2,}}(?:[оеё]вич{_RUSSIAN_CASE}|[оеё]вн(?:а|ы|е|у|ой|ою)|иничн(?:а|ы|е|у|ой)"
    rf"|(?:ұлы|улы|ұлі|қызы|кызы)(?:{_KAZAKH_CASE}|на|н|нда|нан)|ovich|evich|ovna|evna|(?:uly|kyzy|qyzy|kizi|ogly|oglu))"
    r"|(?:ильич|кузьмич|лукич|фомич|никитич|саввич)(?:а|у|ем|е)?|(?:ильиничн|кузьминичн|никитичн)(?:а|ы|е|у|ой)"
)
_SURNAME = re.compile(rf"\w{{2,}}[оеё]в(?:{_RUSSIAN_CASE}|а?{_KAZAKH_CASE})")
_SURNAME_IN = re.compile(rf"\w{{3,}}(?<![аеёиоуыэюя])[иы]н(?:{_RUSSIAN_CASE}|а?{_KAZAKH_CASE})")
"""In Kazakh an ending of any noun (табысын), so there it only joins."""
_SURNAME_FIRM = re.compile(
    rf"\w{{2,}}(?:енко|чук{_RUSSIAN_CASE}|швили|дзе|баев{_RUSSIAN_CASE}|беков{_RUSSIAN_CASE}|ғалиев|галиев{_RUSSIAN_CASE})"
    rf"{_KAZAKH_CASE}"
)
_SURNAME_LIKE = re.compile(
    r"\w{2,}(?:[цс]кий|[цс]кого|[цс]кому|[цс]ким|[цс]кая|[цс]кой|[цс]кую|ко|ук|юк|як|ян|янц|ец|аль|ер|их|ых|тай|нов)"
)
_KAZAKH_NAME = re.compile(
    rf"\w{{2,}}(?:бай|бек|хан|ғали|қали|гали|кали|жан|мұрат|мурат|гүл|гуль|нұр|нур|берген|болат|гелді|гельды|құл|кул|"
    rf"бике|сұлу|тай|уғали){_RUSSIAN_CASE}{_KAZAKH_CASE}"
    r"|(?:нұр|әбді|абду|абди|сейд|сейіт|сейт|мұхам|мухам|бай(?:м|т)|құдай|худай|кудай)\w{4,}"
)
_LATIN_SURNAME = re.compile(
    r"[a-z'-]{3,}(?:ov|ova|ev|eva|yev|yeva|skiy|sky|skaya|enko|chuk|shvili|bayev|bekov|uly|kyzy)"
)
_LATIN_KAZAKH = re.compile(
    r"[a-z]{2,}(?:bai|bay|bek|khan|ghali|gali|kali|zhan|jan|murat|gul|nur|bergen|bolat)"
)
LONG_KEY = 4
"""Letters; shorter keys meet by chance too often."""
_SURE_KEY = 6
"""Letters from which a word in small letters that only meets a name by its key is taken for one."""
_SHORT_NAME = 5
"""Letters; shorter names are spelled out in Latin, since their keys are too short to meet by."""


class Sign(IntEnum):
    """How much a word alone says for a name."""

    NONE = 0
    POSSIBLE = 1
    """An unknown capitalised word: joins a name, makes none."""
    WEAK = 2
    """A name that is also a word, or a surname's likely ending."""
    STRONG = 3


@lru_cache(maxsize=50_000)
def sign(written: str, low: str, in_kazakh: bool) -> Sign:
    """What the word says by itself; a small letter says nothing unless somebody is being named."""
    if (
        not written[0].isupper()
        or len(low) < 2
        or (written.isupper() and len(written) <= 3 and not matches(low, "short"))
    ):
        return Sign.NONE
    if (
        written in _listed()["english"]
        or written.removesuffix("s") in _listed()["english"]
        or (low.isascii() and low in _common()["en"])
    ):
        return Sign.WEAK if listing(low) == "word" else Sign.NONE
    return sign_of(low, in_kazakh)


def sign_of(low: str, in_kazakh: bool = False) -> Sign:
    parts = low.split("-")
    if len(parts) > 1 and all(len(part) > 1 for part in parts):
        signs = [sign_of(part, in_kazakh) for part in parts]
        return max(signs) if min(signs) is not Sign.NONE else Sign.NONE
    listed_as = listing(low)
    if listed_as == "word" and not in_kazakh and not low.isascii() and not _has_common_reading(low):
        # Арман and Самал are words in Kazakh only.
        return Sign.STRONG
    if listed_as == "word" or matches(low, "short"):
        return Sign.WEAK
    if _PATRONYMIC.fullmatch(low):
        return Sign.STRONG
    in_dictionary = not low.isascii() and russian.known(low)
    if in_dictionary and russian.is_common(low):
        return Sign.WEAK if listed_as and not in_kazakh else Sign.NONE
    if (
        listed_as == "name"
        or _SURNAME.fullmatch(low)
        or _SURNAME_FIRM.fullmatch(low)
        or _LATIN_SURNAME.fullmatch(low)
    ):
        return Sign.STRONG
    if in_kazakh and kazakh.stem(low) in _common()["kk"]:
        return Sign.NONE
    if listed_as or (in_dictionary and russian.is_person(low)):
        return Sign.STRONG
    if _KAZAKH_NAME.fullmatch(low) or _LATIN_KAZAKH.fullmatch(low):
        return Sign.STRONG
    if _SURNAME_IN.fullmatch(low):
        return Sign.POSSIBLE if in_kazakh else Sign.STRONG
    return Sign.WEAK if _SURNAME_LIKE.fullmatch(low) else Sign.POSSIBLE


@lru_cache(maxsize=50_000)
def listing(low: str) -> str:
    """`name` for a listed given name in any case or spelling, `word` for one that is also a word, else empty.

    `alike` where only the key meets, which spellings share with words by chance.
    """
    forms = {low}
    if "\u0400" <= low[0] <= "\u04ff":
        forms |= {kazakh.stem(low), kazakh.without_case(low) or low}
        if russian.known(low):
            forms |= set(russian.lemmas(low))
    elif low.endswith(("'s", "’s")):
        forms.add(low[:-2])
    given = _given()
    words = "word-latin" if low.isascii() else "word"
    for mark, group in (("word", words), ("name", "name")):
        if forms & given[group]:
            return mark
    keys = {key for form in forms if len(key := name_key(form)) >= LONG_KEY}
    if keys & given[f"{words}-keys"]:
        return "word"
    return "alike" if keys & given["name-keys"] else ""


def is_mixed(low: str) -> bool:
    """The dictionary reads it both as a name and as a common word («Машина»)."""
    return (
        not low.isascii() and russian.known(low) and not russian.is_common(low) and not russian.is_person(low)
    )


def is_small_name(low: str, told: str) -> bool:
    """In small letters: a listed name that is no word, or behind a title a surname that no dictionary has."""
    listed_as = listing(low)
    if low.isascii():
        return (listed_as == "name" or bool(told and listed_as == "alike")) and low not in _common()["en"]
    if listed_as == "name":
        return not _has_common_reading(low) and kazakh.stem(low) not in _common()["kk"]
    if russian.known(low):
        return False
    if told == "before":
        return _SURNAME.fullmatch(low) is not None or listed_as == "alike"
    return listed_as == "alike" and len(low) >= _SURE_KEY and kazakh.stem(low) not in _common()["kk"]


def is_english(low: str) -> bool:
    """A word that newspapers write small, in this form or another."""
    common = _common()["en"]
    return low in common or low in _english_stems() or stem(low, Language.EN) in _english_stems()


@cache
def _english_stems() -> frozenset[str]:
    return frozenset(stem(word, Language.EN) for word in _common()["en"])


def _has_common_reading(low: str) -> bool:
    """The Russian dictionary has the form, and not only as somebody's name."""
    return russian.known(low) and not russian.is_person(low)


def matches(low: str, mark: str) -> bool:
    """Whether a word in normal form is one of those under a mark of `person_words.txt`."""
    whole, beginnings = _beside()[mark]
    return low in whole or low.startswith(beginnings)


@cache
def _beside() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """By mark: whole words, and beginnings that any ending may follow."""
    made = {}
    for mark, entries in _listed().items():
        plain = {normal_form(entry) for entry in entries}
        whole = frozenset(entry.rstrip("$.") for entry in plain if entry.endswith(("$", ".")))
        made[mark] = whole, tuple(entry for entry in plain if not entry.endswith(("$", ".")))
    return made


@cache
def _common() -> dict[str, frozenset[str]]:
    """Words that a newspaper writes small: English ones, and stems of Kazakh ones."""
    return listed("common_words.txt")


@cache
def _listed() -> dict[str, frozenset[str]]:
    return _groups("person_words.txt")


@cache
def _given() -> dict[str, frozenset[str]]:
    """Normal forms and keys of names that are nothing else, and of those that are also words."""
    groups = _groups("given_names.txt")
    words = frozenset(map(normal_form, groups["word"]))
    latin = frozenset(word for word in words if word.isascii())
    here = words - latin
    names = frozenset(normal_form(name) for mark in ("kk", "ru", "en") for name in groups[mark]) - words
    short = [name for name in names | here if len(name) <= _SHORT_NAME and not name.isascii()]
    names |= frozenset(spelled for name in short for spelled in _in_latin(name)) - latin - _common()["en"]
    # Of Latin spellings too: the key of a Cyrillic name loses what looks like a case (Рустам).
    keys = frozenset(map(name_key, names)) | frozenset(name_key(_first_in_latin(name)) for name in names)
    return {
        "word": here,
        "word-latin": latin,
        "name": names,
        "word-keys": frozenset(map(name_key, here)) - keys,
        "word-latin-keys": frozenset(map(name_key, latin)) - keys,
        "name-keys": keys | frozenset(map(name_key, here)),
    }


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Latin spellings of a Cyrillic letter, the commonest first."""
    pairs = (entry.split("=") for entry in _groups("spellings.txt")["latin"])
    return {letter: tuple(spelled.split("|")) for letter, spelled in pairs}


def _in_latin(name: str) -> Iterator[str]:
    """All spellings of a short name in Latin letters; longer ones meet by key."""
    return (
        "".join(letters) for letters in product(*(_spellings().get(letter, (letter,)) for letter in name))
    )


def _first_in_latin(name: str) -> str:
    return "".join(_spellings().get(letter, (letter,))[0] for letter in name)


def _groups(name: str) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in files("aimas.appeals").joinpath("data", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            mark, *entries = line.split()
            groups.setdefault(mark, set()).update(entries)
    return {mark: frozenset(entries) for mark, entries in groups.items()}
