"""Tells a letter again: other people, streets and numbers in its places, typed as somebody else might type it.

A letter is taken as stretches, each with its kind or none, so that whatever is done to a stretch keeps the marks true.
The words are those of `slots.toml`.
"""

import random
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from training.appeals.personal import Letter, Place

from aimas.appeals.pii import PiiKind

Stretch = tuple[str, PiiKind | None]
_DIGIT = re.compile(r"\d")
_CAPITALISED = re.compile(r"(?<!\w)[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w'’-]{3,}")
_SENTENCE = re.compile(r"(?<=[.!?\n;])\s+(?=\S)")
_KK_CASES = {
    "gen": ("ның", "нің", "дың", "дің", "тың", "тің"),
    "dat": ("ға", "ге", "қа", "ке"),
    "acc": ("ны", "ні", "ды", "ді", "ты", "ті"),
    "loc": ("да", "де", "та", "те"),
    "abl": ("дан", "ден", "тан", "тен", "нан", "нен"),
    "ins": ("мен", "бен", "пен"),
}
_HONOURS = ("апай", "апа", "ага", "аға", "көке", "ата", "әпке", "апке", "тәте", "аке", "әже", "apa", "aga")
_PLAIN_KAZAKH = dict(zip("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ", strict=True))
_ALIKE = dict(zip("аеорсухАЕОРСУХКМТВН", "aeopcyxAEOPCYXKMTBH", strict=True))


@cache
def lists() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "slots.toml").read_text("utf-8"))


@cache
def words(*path: str) -> tuple[str, ...]:
    found: Any = lists()
    for key in path:
        found = found[key]
    return tuple(word.replace("_", " ") for word in found.split())


@cache
def lines(*path: str) -> tuple[str, ...]:
    found: Any = lists()
    for key in path:
        found = found[key]
    return tuple(line for line in found.splitlines() if line)


@cache
def in_latin(script: str) -> dict[str, str]:
    letters = lists()["letters"]
    return dict(zip(letters["cyrillic"].split(), letters[script].split(), strict=True)) | {"ь": "", "ъ": ""}


@cache
def sentences(lang: str) -> tuple[str, ...]:
    return tuple(line.replace("\\n", "\n") for line in lines("sentences", lang))


def told_again(letter: Letter, dice: random.Random) -> Letter:
    parts = stretches(letter)
    if dice.random() < 0.55:
        parts = exchanged(parts, letter.lang, dice)
    if dice.random() < 0.3:
        parts = with_sentences(parts, letter.lang, dice)
    if dice.random() < 0.25:
        parts = cut(parts, dice)
    return joined(letter.lang, typed(parts, letter.lang, dice))


def made_up(lang: str, dice: random.Random) -> Letter:
    """Sentences alone, two to five."""
    chosen = dice.sample(sentences(lang), dice.randint(1, 4))
    parts: list[Stretch] = []
    for sentence in chosen:
        parts += [*filled(sentence, lang, dice), (dice.choice((" ", "\n", " ", ", ")), None)]
    return joined(lang, typed(parts, lang, dice))


def stretches(letter: Letter) -> list[Stretch]:
    made: list[Stretch] = []
    at = 0
    for place in letter.places:
        made += [(letter.text[at : place.start], None), (letter.text[place.start : place.end], place.kind)]
        at = place.end
    return [part for part in [*made, (letter.text[at:], None)] if part[0]]


def joined(lang: str, parts: list[Stretch]) -> Letter:
    text, places = "", []
    for part, kind in parts:
        if kind is not None and part.strip():
            start = len(text) + len(part) - len(part.lstrip())
            places.append(Place(kind, start, len(text) + len(part.rstrip())))
        text += part
    return Letter(lang, text, tuple(places))


def exchanged(parts: list[Stretch], lang: str, dice: random.Random) -> list[Stretch]:
    made = []
    for text, kind in parts:
        if kind is None:
            made.append((renumbered(text, dice), None))
        elif dice.random() < 0.75:
            made.append((another(text, kind, lang, dice), kind))
        else:
            made.append((text, kind))
    return made


def renumbered(text: str, dice: random.Random) -> str:
    """Other digits in numbers of four and more, so that none is learned by heart; years keep their century."""

    def other(match: re.Match[str]) -> str:
        number = match.group()
        if dice.random() < 0.5:
            return number
        keep = 2 if number[:2] in ("19", "20") and len(number) == 4 else 1
        return number[:keep] + "".join(dice.choice("0123456789") for _ in number[keep:])

    return re.sub(r"\d{4,}", other, text)


def with_sentences(parts: list[Stretch], lang: str, dice: random.Random) -> list[Stretch]:
    spaces = [
        (n, match.start())
        for n, (text, kind) in enumerate(parts)
        if kind is None
        for match in _SENTENCE.finditer(text)
    ]
    added = filled(dice.choice(sentences(lang)), lang, dice)
    if not spaces or dice.random() < 0.3:
        return [*added, (" ", None), *parts] if dice.random() < 0.5 else [*parts, (" ", None), *added]
    n, at = dice.choice(spaces)
    text = parts[n][0]
    return [*parts[:n], (text[:at] + " ", None), *added, (text[at:], None), *parts[n + 1 :]]


def filled(sentence: str, lang: str, dice: random.Random) -> list[Stretch]:
    parts: list[Stretch] = []
    for piece in re.split(r"(<\w+>)", sentence):
        if piece.startswith("<"):
            kind = PiiKind(piece[1:-1])
            parts.append((fresh(kind, lang, dice), kind))
        elif piece:
            parts.append((_numbered(piece, dice), None))
    return parts


def _numbered(shape: str, dice: random.Random) -> str:
    return re.sub("#", lambda _: dice.choice("0123456789"), shape)


def cut(parts: list[Stretch], dice: random.Random) -> list[Stretch]:
    """A stretch of the letter, from one sentence to another."""
    pieces: list[Stretch] = []
    for text, kind in parts:
        if kind is not None:
            pieces.append((text, kind))
            continue
        at = 0
        for match in _SENTENCE.finditer(text):
            pieces.append((text[at : match.end()], None))
            at = match.end()
        pieces.append((text[at:], None))
    if len(pieces) < 6:
        return parts
    start = dice.randrange(0, len(pieces) // 2)
    return pieces[start : start + dice.randint(4, len(pieces))]


# What stands in a place.


def another(text: str, kind: PiiKind, lang: str, dice: random.Random) -> str:
    """Of the same kind and much the same form; in capitals where it was."""
    if not _DIGIT.search(text) and kind not in (PiiKind.NAME, PiiKind.EMAIL, PiiKind.ADDRESS):
        return text
    made = _another(text, kind, lang, dice)
    if text.isupper() and len(text) > 3 and kind in (PiiKind.NAME, PiiKind.ADDRESS):
        return made.upper()
    return made.lower() if text.islower() else made


def _another(text: str, kind: PiiKind, lang: str, dice: random.Random) -> str:
    if kind is PiiKind.NAME:
        return name_like(text, lang, dice)
    if kind is PiiKind.ADDRESS:
        if not _DIGIT.search(text):
            return home_like(text, lang, dice)
        return fresh(kind, lang, dice, text) if dice.random() < 0.5 else home_like(text, lang, dice)
    if kind is PiiKind.EMAIL:
        return fresh(kind, lang, dice)
    if kind is PiiKind.BIRTH_DATE:
        if re.fullmatch(r"\D*(?:19|20)\d\d\D*", text):
            return re.sub(r"\d{4}", str(dice.randint(1932, 2021)), text)
        is_in_words = re.search(r"[^\W\d]{9,}", text)
        return (
            fresh(kind, lang, dice, text)
            if dice.random() < 0.6 and not is_in_words
            else same_shape(text, dice)
        )
    return fresh(kind, lang, dice) if dice.random() < 0.35 else same_shape(text, dice)


def same_shape(text: str, dice: random.Random) -> str:
    """Other digits, the first as it was; of capital letters in a number, others."""

    def other(match: re.Match[str]) -> str:
        symbol = match.group()
        if symbol.isdigit():
            return dice.choice("0123456789")
        if "A" <= symbol <= "Z":
            return dice.choice("ABCDEFHKMNOPRSTUXYZ")
        return dice.choice("АВЕКМНОРСТУХ")

    if re.search(r"(?:19|20)\d\d", text) and len(re.sub(r"\D", "", text)) in (6, 7, 8):
        return re.sub(
            r"(?<!\d)\d{1,2}(?!\d)",
            lambda m: f"{dice.randint(1, 28 if len(m[0]) > 1 else 9):0{len(m[0])}}",
            text,
        )
    head = re.match(r"\W*(?:\d|KZ|\+\d)?", text)
    at = head.end() if head else 0
    return text[:at] + re.sub(r"\d|[A-Z](?![a-z])|[А-Я](?![а-я])", other, text[at:])


def fresh(kind: PiiKind, lang: str, dice: random.Random, like: str = "") -> str:
    match kind:
        case PiiKind.NAME:
            return new_name(lang, dice)
        case PiiKind.ADDRESS:
            return new_address(lang, dice, like)
        case PiiKind.BIRTH_DATE:
            return new_date(lang, dice)
        case PiiKind.EMAIL:
            return new_email(dice)
    shape = dice.choice(lines("shapes", kind.value))
    born = f"{dice.randint(0, 99):02}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    shape = shape.replace("<born>", born).replace("<rest>", f"{dice.randint(3, 6)}#####")
    letters = "ABCDEFHKMNOPRSTUVXYZ" if dice.random() < 0.75 else "АВЕКМНОРСТУХ"
    made = re.sub("[#%]", lambda _: dice.choice("0123456789"), shape)
    made = re.sub("@", lambda _: dice.choice(letters), made)
    return made.lower() if kind is PiiKind.PLATE and dice.random() < 0.15 else made


def new_email(dice: random.Random) -> str:
    given = dice.choice(words("names", "en", dice.choice(("given_m", "given_f")))).lower()
    other = dice.choice(words("names", "en", "surnames")).lower().strip("'")
    year, number = dice.randint(70, 2005), dice.randint(1, 99)
    locals_ = (
        f"{given}.{other}",
        f"{given}_{year}",
        f"{given[0]}{other}",
        f"{other}{number}",
        f"{given}-{other}",
    )
    at, dot = dice.choice(lines("email", "signs")).split("|")
    return dice.choice(locals_) + at + dice.choice(words("email", "hosts")).replace(".", dot)


def new_date(lang: str, dice: random.Random) -> str:
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(1934, 2022)
    name = words("calendar", "months", lang)[month - 1]
    frames = lines("dates", lang if dice.random() < 0.55 else "common")
    told = {
        "day": day,
        "month": month,
        "year": year,
        "name": name,
        "day2": f"{day:02}",
        "month2": f"{month:02}",
        "short": f"{year % 100:02}",
        "name3": name[:3],
        "upper3": name[:3].upper(),
        "th": {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day, "th"),
    }
    if 1940 <= year < 2000 and year % 10:
        if dice.random() < 0.2:
            frames = lines("dates", "in_words", lang)
        told["ten"] = words("calendar", "tens", lang)[year % 100 // 10 - 4]
        told["one_word"] = words("calendar", "ones", lang)[year % 10 - 1]
        told["day_word"] = words("calendar", "days")[min(day, 20) - 1]
    return dice.choice(frames).format(**told)


# Names.


def new_name(lang: str, dice: random.Random) -> str:
    tongue = lang if dice.random() < 0.8 else dice.choice(("ru", "kk", "en"))
    shapes = ("full", "full", "initials", "two", "two", "given", "given", "surname", "pet", "patronymic")
    return named(tongue, dice.choice(shapes), "", dice)


def name_like(text: str, lang: str, dice: random.Random) -> str:
    parts = re.findall(r"[^\W\d_][\w'’-]*", text)
    latin = sum("a" <= c.lower() <= "z" for c in text) > len(text) / 2
    tongue = "en" if latin else "kk" if lang == "kk" or re.search("[әғқңөұүі]", text.lower()) else "ru"
    if tongue == "kk" and dice.random() < 0.2:
        tongue = "ru"
    initials = sum(len(part) == 1 for part in parts)
    honour = ""
    if len(parts) > 1 and parts[-1].lower() in _HONOURS:
        honour, parts = " " + parts[-1], parts[:-1]
    if initials:
        shape = "initials"
    elif len(parts) >= 3:
        shape = "full"
    elif len(parts) == 2:
        shape = "given+father" if re.search(r"(?:вич|вн|ұлы|улы|қызы|кызы)\w{0,3}$", parts[1]) else "two"
    else:
        shape = dice.choice(("given", "given", "surname", "pet"))
        if re.search(r"(?:вич|вна|вны|вне)\w{0,2}$", text):
            shape = "patronymic"
        elif re.search(r"(?:ов|ев|ин|ова|ева|ина|овой|ову|овым)$|ov$|ev$", text):
            shape = "surname"
    case = ""
    last = text.split()[-1] if text.split() else ""
    if tongue == "ru":
        case = _russian_case(parts)
    elif not latin:
        case = next(
            (
                case
                for case, ends in _KK_CASES.items()
                for end in ends
                if last.endswith(end) and len(last) > len(end) + 3 and last[0].isupper()
            ),
            "",
        )
    made = named(tongue, shape, case, dice) + honour
    return made + "'s" if latin and text.endswith("'s") else made


def _russian_case(parts: list[str]) -> str:
    joined_ = " ".join(parts)
    for case, pattern in (
        ("ins", r"(?:ичем|овым|евым|ским|овной|иной)\b"),
        ("dat", r"(?:ичу|ову|еву|скому|овне|ину)\b"),
        ("gen", r"(?:ича|ского|овны|овой|евой|ской)\b"),
    ):
        if re.search(pattern, joined_):
            return case
    return ""


def named(tongue: str, shape: str, case: str, dice: random.Random) -> str:
    female = dice.random() < 0.5
    given = dice.choice(words("names", tongue, "given_f" if female else "given_m"))
    surname = dice.choice(words("names", tongue, "surnames"))
    other = dice.choice(words("names", "en", "given_m"))
    father = other if tongue == "en" else dice.choice(words("names", tongue, "fathers"))
    told = {"given": given, "gI": given[0], "fI": father[0], "mI": other[0], "f": father, "m": other}
    if tongue == "ru":
        if not case and dice.random() < 0.12:
            case = dice.choice(("gen", "dat", "ins"))
        if shape == "pet":
            return _declined(dice.choice(words("names", "ru", "pet")), female, case, False)
        told["s"] = _declined(_surname(surname, female), female, case, True)
        told["g"] = _declined(given, female, case, False)
        told["p"] = _declined(_patronymic(father, female), female, case, False)
    else:
        ending = {"kk": "а", "en": "a"}[tongue]
        told["s"] = surname + ending if female and surname.endswith(("ов", "ев", "ov", "ev")) else surname
        told["g"] = given
        own = father + ("қызы" if female else "ұлы")
        told["p"] = own if dice.random() < 0.7 else _patronymic(father, female)
    told["sI"] = told["s"][0]
    made = dice.choice(lists()["frames"][tongue].get(shape, ["{g}"])).format(**told)
    if tongue == "kk" and case and not made.endswith("."):
        return made + kazakh_ending(made, case)
    return str(made)


def _patronymic(father: str, female: bool) -> str:
    stem = {"Пётр": "Петр", "Павел": "Павл", "Лев": "Льв"}.get(father, father)
    soft = stem[-1] in "йь"
    stem = (stem[:-2] + "ь" if stem.endswith("ий") else stem[:-1]) if soft else stem
    return stem + ("ев" if soft else "ов") + ("на" if female else "ич")


def _surname(word: str, female: bool) -> str:
    if word.endswith("ская"):
        return word if female else word[:-2] + "ий"
    if not female:
        return word
    if word.endswith(("ский", "цкий")):
        return word[:-2] + "ая"
    if word.endswith("ый"):
        return word[:-2] + "ая"
    return word + "а" if word.endswith(("ов", "ев", "ёв", "ин")) else word


def _declined(word: str, female: bool, case: str, is_surname: bool) -> str:
    if not case:
        return word
    at = ("gen", "dat", "ins").index(case)
    if (word.endswith("ий") and is_surname) or word.endswith("ый"):
        return word[:-2] + ("ого", "ому", "им")[at]
    if is_surname and female:
        if word.endswith("ая"):
            return word[:-2] + "ой"
        return word[:-1] + "ой" if word.endswith(("ова", "ева", "ёва", "ина")) else word
    word = {"Пётр": "Петр", "Павел": "Павл", "Лев": "Льв"}.get(word, word)
    if word[-1] in "оеиую":
        return word
    if word.endswith("а"):
        i = "и" if word[-2] in "гкхжшщч" else "ы"
        return word[:-1] + (i, "е", "ой")[at]
    if word.endswith("я"):
        return word[:-1] + ("и", "и" if word[-2] == "и" else "е", "ей")[at]
    if female:
        return word
    if word[-1] in "йь":
        return word[:-1] + ("я", "ю", "ем")[at]
    ins = (
        "ым"
        if is_surname and word.endswith(("ов", "ев", "ёв", "ин"))
        else "ем"
        if word[-1] in "чшщжц"
        else "ом"
    )
    return word + ("а", "у", ins)[at]


def kazakh_ending(word: str, case: str) -> str:
    """By harmony with the last vowel and the last sound."""
    low = word.lower()
    vowel = next((c for c in reversed(low) if c in "аәоөұүыіеёиуэюя"), "а")
    front = vowel in "әөүіеэи"
    last = low[-1]
    if case == "ins":
        return "пен" if last in "кқпстфхцчшщ" else "бен" if last in "жз" else "мен"
    pairs = {"gen": ("ның", "нің", "дың", "дің", "тың", "тің"), "acc": ("ны", "ні", "ды", "ді", "ты", "ті")}
    if case in pairs:
        group = (
            0
            if last in "аәоөұүыіеёиуэюянмң" and (case == "gen" or last not in "нмң")
            else 4
            if last in "кқпстфхцчшщбвгд"
            else 2
        )
        return pairs[case][group + front]
    voiceless = last in "кқпстфхцчшщбвгд"
    if case == "dat":
        return ("қа", "ке")[front] if voiceless else ("ға", "ге")[front]
    if case == "loc":
        return ("та", "те")[front] if voiceless else ("да", "де")[front]
    return (
        ("тан", "тен")[front]
        if voiceless
        else ("нан", "нен")[front]
        if last in "нмң"
        else ("дан", "ден")[front]
    )


# Addresses.


def home_like(text: str, lang: str, dice: random.Random) -> str:
    """The same frame: other numbers, and other names for what is capitalised."""
    tongue = "en" if re.search("[a-z]{4}", text.lower()) else lang if lang != "en" else "ru"
    pools = ("streets", "villages") if not _DIGIT.search(text) else ("streets", "quarters", "towns")

    def other(match: re.Match[str]) -> str:
        if dice.random() < 0.5:
            return match.group()
        made = dice.choice(words("places", tongue, dice.choice(pools)))
        tail = re.search(
            r"(?:тағы|тегі|дағы|дегі|да|де|та|те|ға|ге|қа|ке|нан|нен|дан|ден|тан|тен)$", match.group()
        )
        return made + (tail[0] if tail and tongue == "kk" and len(match.group()) > 7 else "")

    made = _CAPITALISED.sub(other, text)
    return re.sub(r"\d+", lambda m: str(dice.randint(1, 10 ** len(m[0]) - 1)), made)


def new_address(lang: str, dice: random.Random, like: str = "") -> str:
    tongue = lang if dice.random() < 0.9 else dice.choice(("ru", "kk", "en"))
    number, flat = dice.randint(1, 240), dice.randint(1, 180)
    letter = dice.choice("abAB" if tongue == "en" else "абвАБВ")
    house = dice.choice((str(number),) * 3 + (f"{number}/{dice.randint(1, 20)}", f"{number}{letter}"))
    told: dict[str, object] = {
        key: dice.choice(words("places", tongue, f"{key}s"))
        for key in ("town", "village", "street", "quarter")
    }
    told |= {"house": house, "flat": flat, "n": number}
    told |= {f"to{most}": dice.randint(1, most) for most in (32, 60)}
    for name, variants in lists()["addresses"]["parts"][tongue].items():
        told[name] = dice.choice(variants).format(**told)
    made = dice.choice(lines("addresses", tongue)).format(**told)
    return made.replace("  ", " ").replace(" ,", ",").replace(",,", ",")


# How it is typed.


def typed(parts: list[Stretch], lang: str, dice: random.Random) -> list[Stretch]:
    roll = dice.random()
    if roll < 0.16:
        parts = [(text.lower(), kind) for text, kind in parts]
    elif roll < 0.24:
        parts = [(text.upper() if len(text.upper()) == len(text) else text, kind) for text, kind in parts]
    if lang == "kk" and dice.random() < 0.18:
        parts = _spelled(parts, _PLAIN_KAZAKH)
    elif dice.random() < 0.06 and lang != "en":
        parts = _spelled(parts, in_latin("latin" if lang == "ru" or dice.random() < 0.6 else "new_latin"))
    if dice.random() < 0.1:
        parts = [
            (re.sub(r"[,.;:!?«»\"]+(?=\s|$)", "", text) or " ", kind) if kind is None else (text, kind)
            for text, kind in parts
        ]
    if dice.random() < 0.06:
        parts = [
            ("".join(_ALIKE.get(c, c) if dice.random() < 0.5 else c for c in text), kind)
            for text, kind in parts
        ]
    if dice.random() < 0.15:
        parts = [(_slipped(text, dice), kind) for text, kind in parts]
    if dice.random() < 0.08:
        parts = [(text.replace("\n", " "), kind) for text, kind in parts]
    elif dice.random() < 0.08:
        parts = [
            (re.sub(r"(?<=[.,;:]) ", lambda m: "\n" if dice.random() < 0.4 else m[0], text), kind)
            for text, kind in parts
        ]
    if dice.random() < 0.05:
        parts = [(text.replace(" ", "\u00a0") if kind else text, kind) for text, kind in parts]
    return parts


def _spelled(parts: list[Stretch], letters: dict[str, str]) -> list[Stretch]:
    def other(text: str) -> str:
        made = []
        for c in text:
            written = letters.get(c, letters.get(c.lower()))
            made.append(c if written is None else written.capitalize() if c.isupper() else written)
        return "".join(made)

    return [(other(text), kind) for text, kind in parts]


def _slipped(text: str, dice: random.Random) -> str:
    """A letter lost, doubled or exchanged with its neighbour in some words; digits stay."""

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if dice.random() > 0.06:
            return word
        at = dice.randrange(1, len(word) - 1)
        return dice.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )

    return re.sub(r"[^\W\d_]{5,}", other, text)
