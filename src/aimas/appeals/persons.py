"""Who is named in a text: given names, surnames, patronymics and initials, officials too, in three languages.

A given name from a list, a patronymic's or surname's ending, an initial, or a word that names follow («инспектор»,
«меня зовут», `Mr`) makes a name; its neighbours join. Streets, towns and firms named after people are left out.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from aimas.core import Span
from aimas.institution import gazetteer
from aimas.text import kazakh, name_key, normal_form, russian

_LETTER = r"[^\W\d_]"
_TOKEN = re.compile(rf"{_LETTER}(?:{_LETTER}|[’'ʼ](?={_LETTER})|-(?={_LETTER}))*")
_INITIAL = re.compile(r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]$")
_STARTS = re.compile(r"(?:^|[.!?…:;»\"”(\n\r]\s*|[–—-]\s+|\n\s*)$")
_JOINT = re.compile(r"[ \u00a0\u202f]{1,2}|\.[ \u00a0\u202f]?|,? ?\n?")
_KAZAKH_CASE = (
    r"(?:ға|ге|қа|ке|ны|ні|ды|ді|ты|ті|ның|нің|дың|дің|тың|тің|да|де|та|те|дан|ден|тан|тен|нан|нен|мен|бен|пен|лар|лер|"
    r"дар|дер|тар|тер|га|ка|ның)?"
)
_RUSSIAN_CASE = r"(?:а|у|ым|ом|ем|е|ой|ою|ы|ых|ыми|ую|и|ю|я|ей)?"
_PATRONYMIC = re.compile(
    rf"\w{{2,}}(?:[оеё]вич{_RUSSIAN_CASE}|[оеё]вн(?:а|ы|е|у|ой|ою)|ич(?:а|у|ем|е)?(?<=[лмк]ич)(?<!лич)|иничн(?:а|ы|е|у|ой)"
    rf"|(?:ұлы|улы|ұлі|қызы|кызы)(?:{_KAZAKH_CASE}|на|н|нда|нан)|ovich|evich|ovna|evna|(?:uly|kyzy|qyzy|kizi|ogly|oglu))"
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
    rf"бике|сұлу|тай|уғали){_RUSSIAN_CASE}{_KAZAKH_CASE}|(?:нұр|әбді|абду|абди|сейд|сейіт|сейт|мұхам|мухам|бай(?:м|т)|құдай|худай|кудай)\w{{4,}}"
)
_LATIN_SURNAME = re.compile(
    r"[a-z'-]{3,}(?:ov|ova|ev|eva|yev|yeva|skiy|sky|skaya|enko|chuk|shvili|bayev|bekov|uly|kyzy)"
)
_LATIN_KAZAKH = re.compile(
    r"[a-z]{2,}(?:bai|bay|bek|khan|ghali|gali|kali|zhan|jan|murat|gul|nur|bergen|bolat)"
)
_SHORT = frozenset(
    """ким ли пак цой тен пан хан хегай югай тян шин хван ан ю те ни кан нам мун сон чо kim lee pak tsoi choi
    park""".split()  # noqa: SIM905 - a list of words reads better than a list of quotes
)
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_SIGNS_OFF = frozenset(("sincerely", "regards", "yours", "respectfully", "уважением", "құрметпен", "ізетпен"))
_QUOTE_OPENS = re.compile(r"[«\"“„]\s*$")
_PIECE = 2_000
_LONG_KEY = 4
"""Letters; shorter keys meet by chance too often."""
_LONGEST = 4
"""Words in a name: surname, given name, patronymic, and one more."""


class Sign(IntEnum):
    """How much a word alone says for a name."""

    NONE = 0
    POSSIBLE = 1
    """An unknown capitalised word: joins a name, makes none."""
    WEAK = 2
    """A name that is also a word, or a surname's likely ending."""
    STRONG = 3


class _Word(msgspec.Struct):
    start: int
    end: int
    text: str
    low: str
    capital: bool
    initial: bool
    opens: bool
    """Begins a sentence or a line: its capital says nothing."""
    sign: Sign


def persons(text: str) -> list[Span]:
    """Names in order, each as long as it is written, without its title; none overlap."""
    in_kazakh = bool(_KAZAKH_LETTERS.search(text))
    words = list(_words(text, in_kazakh))
    streets = _named_after(words, text)
    places = _places(text)
    found: list[Span] = []
    at = 0
    while at < len(words):
        run = _run(words, at, text)
        span = _name(run, words, at, text, streets, places)
        if span is None:
            at += 1
        else:
            found.append(span)
            while at < len(words) and words[at].start < span.end:
                at += 1
    return found


def _places(text: str) -> set[int]:
    """Where a place's name begins. Read piece by piece: the gazetteer's cost grows with the square of a text."""
    found: set[int] = set()
    start = 0
    while start < len(text):
        end = text.rfind(" ", start + 1, start + _PIECE) if len(text) - start > _PIECE else len(text)
        end = end if end > start else min(start + _PIECE, len(text))
        for seen in gazetteer().sightings(text[start:end]):
            if not seen.doubtful and seen.named.kind != "country":
                found.add(start + seen.start)
        start = end
    return found


def _words(text: str, in_kazakh: bool) -> Iterator[_Word]:
    for match in _TOKEN.finditer(text):
        written = match.group()
        low = normal_form(written)
        capital = written[0].isupper()
        initial = len(written) == 1 and capital and text[match.end() : match.end() + 1] == "."
        opens = bool(_STARTS.search(text, max(0, match.start() - 4), match.start()))
        sign = Sign.POSSIBLE if initial else _sign(written, low, capital, in_kazakh)
        if opens and sign is Sign.STRONG and _is_mixed(low):
            sign = Sign.WEAK
        yield _Word(match.start(), match.end(), written, low, capital, initial, opens, sign)


@lru_cache(maxsize=50_000)
def _sign(written: str, low: str, capital: bool, in_kazakh: bool) -> Sign:
    """What the word says by itself; a small letter says nothing unless somebody is being named."""
    if not capital or len(low) < 2 or (written.isupper() and len(written) <= 3 and low not in _SHORT):
        return Sign.NONE
    if written in _listed()["english"]:
        return Sign.WEAK if _listing(low) == "word" else Sign.NONE
    return _sign_of(low, in_kazakh)


def _sign_of(low: str, in_kazakh: bool = False) -> Sign:
    parts = low.split("-")
    if len(parts) > 1 and all(len(part) > 1 for part in parts):
        signs = [_sign_of(part, in_kazakh) for part in parts]
        return max(signs) if min(signs) is not Sign.NONE else Sign.NONE
    listing = _listing(low)
    if listing == "word" or low in _SHORT:
        return Sign.WEAK
    if _PATRONYMIC.fullmatch(low):
        return Sign.STRONG
    in_dictionary = not low.isascii() and russian.known(low)
    if in_dictionary and russian.is_common(low):
        return Sign.WEAK if listing and not in_kazakh else Sign.NONE
    if (
        listing == "name"
        or _SURNAME.fullmatch(low)
        or _SURNAME_FIRM.fullmatch(low)
        or _LATIN_SURNAME.fullmatch(low)
    ):
        return Sign.STRONG
    if in_kazakh and kazakh.attested(low):
        return Sign.NONE
    if listing or (in_dictionary and russian.is_person(low)):
        return Sign.STRONG
    if _KAZAKH_NAME.fullmatch(low) or _LATIN_KAZAKH.fullmatch(low):
        return Sign.STRONG
    if _SURNAME_IN.fullmatch(low):
        return Sign.POSSIBLE if in_kazakh else Sign.STRONG
    return Sign.WEAK if _SURNAME_LIKE.fullmatch(low) else Sign.POSSIBLE


@lru_cache(maxsize=50_000)
def _listing(low: str) -> str:
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
    listed = _given()
    words = "word-latin" if low.isascii() else "word"
    for mark, group in (("word", words), ("name", "name")):
        if forms & listed[group]:
            return mark
    keys = {key for form in forms if len(key := name_key(form)) >= _LONG_KEY}
    if keys & listed[f"{words}-keys"]:
        return "word"
    return "alike" if keys & listed["name-keys"] else ""


def _is_mixed(low: str) -> bool:
    """The dictionary reads it both as a name and as a common word («Машина»)."""
    return (
        not low.isascii() and russian.known(low) and not russian.is_common(low) and not russian.is_person(low)
    )


def _run(words: Sequence[_Word], at: int, text: str) -> list[_Word]:
    """Words that stand side by side from here, as parts of one name do."""
    run = [words[at]]
    for word in words[at + 1 : at + _LONGEST + 2]:
        before = run[-1]
        between = text[before.end : word.start]
        joined = between in (" ", "\u00a0", "\u202f", "  ") or (
            before.initial and between in (".", ". ", ".\u00a0")
        )
        if not joined or not (word.capital or word.initial):
            break
        run.append(word)
    return run


def _name(
    run: list[_Word],
    words: Sequence[_Word],
    at: int,
    text: str,
    streets: frozenset[int],
    places: set[int],
) -> Span | None:
    first = run[0]
    told = _announced(words, at, text)
    if told == "lower" and not first.capital:
        return _small_name(words, at, text)
    if told == "before" and not first.capital:
        is_one = (
            _sign_of(first.low) is Sign.STRONG
            and not russian.known(first.low)
            and _SURNAME.fullmatch(first.low)
        )
        return Span(first.start, first.end) if is_one else None
    if not (first.capital or first.initial) or first.start in streets:
        return None
    parts = [word for word in run if word.start not in streets]
    if len(parts) < len(run):
        parts = run[: next(n for n, word in enumerate(run) if word.start in streets)]
    parts = _trimmed(parts, told)
    if not parts:
        return None
    while len(parts) > 1 and parts[0].start in places and parts[0].sign is not Sign.STRONG:
        parts = parts[1:]
    if all(word.start in places and word.sign is not Sign.STRONG for word in parts):
        return None
    if len(parts) == 1 and first.start in places and not told and not _SURNAME_FIRM.fullmatch(first.low):
        return None
    if not _is_name(parts, told, words, at, text):
        return None
    end = parts[-1].end + (1 if parts[-1].initial else 0)
    return Span(parts[0].start, end)


def _trimmed(parts: list[_Word], told: str) -> list[_Word]:
    """From the first to the last word that belongs to the name, without a title."""
    kept: list[_Word] = []
    if len(parts) > 1 and (_matches(parts[0].low, "before") or _matches(parts[0].low, "lower")):
        return []
    for word in parts[:_LONGEST]:
        if word.sign is Sign.NONE and not word.initial:
            break
        kept.append(word)
    while len(kept) > 1 and kept[-1].sign is Sign.POSSIBLE and not kept[-1].initial and _is_foreign(kept):
        kept.pop()
    return kept


def _is_foreign(kept: list[_Word]) -> bool:
    """An unknown word at the end of a run without any name in it joins nothing."""
    return not any(word.sign >= Sign.WEAK or word.initial for word in kept[:-1])


def _is_name(parts: list[_Word], told: str, words: Sequence[_Word], at: int, text: str) -> bool:
    first = parts[0]
    strong = sum(word.sign is Sign.STRONG for word in parts)
    weak = sum(word.sign is Sign.WEAK for word in parts)
    initials = sum(word.initial for word in parts)
    if initials == len(parts):
        return False
    if first.opens and first.sign is Sign.POSSIBLE and not first.initial and not told:
        return False
    quoted = bool(_QUOTE_OPENS.search(text, max(0, first.start - 2), first.start))
    if quoted and not told:
        return strong + weak + initials >= 2 and strong > 0
    if strong or (told and first.sign is not Sign.NONE):
        return True
    if initials and any(not word.initial and word.sign >= Sign.POSSIBLE for word in parts):
        return len(parts) > 1 and (weak > 0 or not first.opens or first.initial)
    if weak >= 2 or (weak and len(parts) > 1 and not all(word.low.isascii() for word in parts)):
        return True
    unknown = [word for word in parts if word.sign >= Sign.POSSIBLE and not word.initial]
    if (
        len(unknown) >= 2
        and not first.opens
        and not any(word.low.isascii() or word.text.isupper() for word in parts)
    ):
        return True
    is_latin = first.low.isascii()
    if first.opens and weak and text[first.end : first.end + 1] == "," and _listing(first.low) == "name":
        return True
    return weak == 1 and len(parts) == 1 and not first.opens and not is_latin


def _announced(words: Sequence[_Word], at: int, text: str) -> str:
    """Which kind of word before or after says that a name stands here; empty where none does."""
    if at:
        before = words[at - 1]
        between = text[before.end : words[at].start]
        if re.fullmatch(r"\.?[ \u00a0:–—-]{0,3}|,? ?|\s*[:–—-]\s*|: ?[«\"“]|,? ?[«\"“]", between):
            plain = before.low
            if _matches(plain, "lower"):
                return "lower"
            if plain == "is" and at > 1 and words[at - 2].low == "name":
                return "lower"
            if between.strip(' \u00a0.:–—-,«"“') == "" and "," not in between and _matches(plain, "before"):
                return "before"
            if between.strip() in (",", ".", "") and plain in _SIGNS_OFF:
                return "lower"
            if between == ", " and words[at].capital and _matches(plain, "before"):
                ahead = text[words[at].end : words[at].end + 1]
                return "before" if ahead in (",", ".", "") else ""
    last = _last_beside(words, at, text)
    if words[at].capital and last + 1 < len(words) and _gap(words, last, text) == " ":
        return "after" if _matches(words[last + 1].low, "after") else ""
    return ""


def _gap(words: Sequence[_Word], at: int, text: str) -> str:
    """What stands between a word and the next."""
    return text[words[at].end : words[at + 1].start]


def _last_beside(words: Sequence[_Word], at: int, text: str) -> int:
    """The last of the capitalised words that stand side by side from here, a name's length at most."""
    last = at
    while (
        last + 1 < min(len(words), at + _LONGEST)
        and words[last + 1].capital
        and _gap(words, last, text) == " "
    ):
        last += 1
    return last


def _small_name(words: Sequence[_Word], at: int, text: str) -> Span | None:
    """A name in small letters behind «меня зовут»: what could be one, up to three words."""
    kept: list[_Word] = []
    for word in words[at : at + 3]:
        if kept and text[kept[-1].end : word.start] != " ":
            break
        sign = _sign_of(word.low)
        if sign is Sign.NONE or (kept and sign is Sign.POSSIBLE):
            break
        kept.append(word)
    if not kept or (_sign_of(kept[0].low) is Sign.POSSIBLE and len(kept[0].low) < 3):
        return None
    return Span(kept[0].start, kept[-1].end)


_AND = frozenset(("и", "мен", "пен", "және", "and"))
_PAIRED = re.compile(r" | и | - ?|[–—/]| [–—] |, | және | мен | пен | and ")
_OPENS = re.compile(r"\.? ?[«\"“]?|[ \u00a0]")


def _named_after(words: Sequence[_Word], text: str) -> frozenset[int]:
    """Starts of capitalised words that name a street, a town or a firm, with their neighbours and pairs."""
    found: set[int] = set()
    for at, word in enumerate(words):
        if word.capital and (_goes_on(words, at, text, found) or _stands_behind(words, at, text)):
            found.add(word.start)
        elif word.capital and (last := _stands_before(words, at, text)) is not None:
            found.update(words[n].start for n in range(at, last + 1))
            if at > 1 and words[at - 1].low in _AND and words[at - 2].capital:
                found.add(words[at - 2].start)
    return frozenset(found)


def _goes_on(words: Sequence[_Word], at: int, text: str, found: set[int]) -> bool:
    """Joined to one that is named so: «Каныша Сатпаева», «Абая и Сейфуллина»."""
    if at and words[at - 1].start in found and _PAIRED.fullmatch(between := _gap(words, at - 1, text)):
        return bool(between.strip()) or text[words[at].end : words[at].end + 1] != ","
    return at > 1 and words[at - 2].start in found and words[at - 1].low in _AND


def _stands_behind(words: Sequence[_Word], at: int, text: str) -> bool:
    """Behind a word for a street or a firm: «улица Сатпаева», «школа имени Абая»; not «по имени Жанар»."""
    if not at or not _OPENS.fullmatch(_gap(words, at - 1, text)):
        return False
    before, earlier = words[at - 1], words[at - 2].low if at > 1 else ""
    if _matches(before.low, "street-before"):
        return not (before.low == "имени" and earlier == "по") and (
            len(before.low) > 1 or (before.text.islower() and text[before.end : before.end + 1] == ".")
        )
    if not _matches(before.low, "firm-before"):
        return False
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else None
    is_full = bool(following and following.capital and word.sign is following.sign is Sign.STRONG)
    is_titled = _matches(earlier, "before") and _listing(word.low) == "name"
    return not is_full and not is_titled


def _stands_before(words: Sequence[_Word], at: int, text: str) -> int | None:
    """The last word of a name before a word for a street: «Абай көшесі», `Kabanbay Batyr Avenue`."""
    last = at
    while (
        last + 1 < min(len(words), at + _LONGEST)
        and words[last + 1].capital
        and _gap(words, last, text) == " "
        and not _matches(words[last + 1].low, "street-after")
    ):
        last += 1
    if last + 1 == len(words) or not re.fullmatch(r" |-\d+ ", _gap(words, last, text)):
        return None
    return last if _matches(words[last + 1].low, "street-after") else None


def _matches(low: str, mark: str) -> bool:
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
    keys = frozenset(map(name_key, names))
    return {
        "word": here,
        "word-latin": latin,
        "name": names,
        "word-keys": frozenset(map(name_key, here)) - keys,
        "word-latin-keys": frozenset(map(name_key, latin)) - keys,
        "name-keys": keys | frozenset(map(name_key, here)),
    }


def _groups(name: str) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in files("aimas.appeals").joinpath("data", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            mark, *entries = line.split()
            groups.setdefault(mark, set()).update(entries)
    return {mark: frozenset(entries) for mark, entries in groups.items()}
