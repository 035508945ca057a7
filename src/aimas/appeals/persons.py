"""Who is named in a text: given names, surnames, patronymics and initials, officials too, in three languages.

A given name from a list, a patronymic's or surname's ending, an initial, or a word that names follow («инспектор»,
«меня зовут», `Mr`) makes a name; its neighbours join. Streets, towns and firms named after people are left out.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

import msgspec

from aimas.core import Span
from aimas.institution import gazetteer
from aimas.text import kazakh, name_key, normal_form, russian
from aimas.text.lists import listed

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
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_SPELLINGS = {
    letter: tuple(latin.split("|"))
    for letter, latin in (
        pair.split("=")
        for pair in [
            "а=a",
            "ә=a|e",
            "б=b",
            "в=v",
            "г=g",
            "ғ=g|gh",
            "д=d",
            "е=e",
            "ё=ye|yo",
            "ж=zh|j",
            "з=z",
            "и=i",
            "й=y|i",
            "і=i",
            "к=k",
            "қ=k|q",
            "л=l",
            "м=m",
            "н=n",
            "ң=n|ng",
            "о=o",
            "ө=o|u",
            "п=p",
            "р=r",
            "с=s",
            "т=t",
            "у=u",
            "ұ=u",
            "ү=u",
            "ф=f",
            "х=kh|h",
            "һ=h",
            "ц=ts",
            "ч=ch",
            "ш=sh",
            "щ=sh",
            "ы=y|i",
            "э=e",
            "ю=yu|u",
            "я=ya|ia|iya",
        ]
    )
}
_SHORT_NAME = 5
_SIGNS_OFF = frozenset(("sincerely", "regards", "yours", "respectfully", "уважением", "құрметпен", "ізетпен"))
_QUOTE_OPENS = re.compile(r"[«\"“„]\s*$")
_PIECE = 2_000
_LONG_KEY = 4
"""Letters; shorter keys meet by chance too often."""
_LONG_NAME = 5
"""Letters from which a listed name is taken for one in small letters too."""
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
    places = _places(text, {word.start for word in words if word.sign is Sign.STRONG})
    is_careless = not any(word.capital and word.opens for word in words)
    found: list[Span] = []
    at = 0
    while at < len(words):
        span = _name(_run(words, at, text), words, at, text, streets, places, is_careless)
        if span is None and found and _is_paired(words, at, text, found[-1]):
            span = Span(words[at].start, words[at].end)
        if span is None:
            at += 1
            continue
        found.append(span)
        while at < len(words) and words[at].start < span.end:
            at += 1
    return found


def _is_paired(words: Sequence[_Word], at: int, text: str, before: Span) -> bool:
    """An unknown capitalised word joined by "and" to a name is a name too: «Анвар мен Шерзод»."""
    if at < 2 or words[at].sign < Sign.POSSIBLE or words[at].low.isascii() or words[at - 1].low not in _AND:
        return False
    return words[at - 2].end == before.end and text[words[at].end : words[at].end + 1] != "."


def _places(text: str, names: set[int]) -> set[int]:
    """Where a place's name begins; heads of state are found with their countries, so a name is none.

    Read piece by piece: the gazetteer's cost grows with the square of a text.
    """
    found: set[int] = set()
    start = 0
    while start < len(text):
        end = text.rfind(" ", start + 1, start + _PIECE) if len(text) - start > _PIECE else len(text)
        end = end if end > start else min(start + _PIECE, len(text))
        for seen in gazetteer().sightings(text[start:end]):
            at = start + seen.start
            if not seen.doubtful and not (seen.named.kind == "country" and at in names):
                found.add(at)
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
    if (
        written in _listed()["english"]
        or written.removesuffix("s") in _listed()["english"]
        or (low.isascii() and low in _common()["en"])
    ):
        return Sign.WEAK if _listing(low) == "word" else Sign.NONE
    return _sign_of(low, in_kazakh)


def _sign_of(low: str, in_kazakh: bool = False) -> Sign:
    parts = low.split("-")
    if len(parts) > 1 and all(len(part) > 1 for part in parts):
        signs = [_sign_of(part, in_kazakh) for part in parts]
        return max(signs) if min(signs) is not Sign.NONE else Sign.NONE
    listing = _listing(low)
    if listing == "word" and not in_kazakh and not low.isascii() and not _has_common_reading(low):
        # Арман and Самал are words in Kazakh only.
        return Sign.STRONG
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
    if in_kazakh and kazakh.stem(low) in _common()["kk"]:
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
    is_careless: bool,
) -> Span | None:
    first = run[0]
    told = _announced(words, at, text)
    if told == "lower" and not first.capital:
        return _small_name(words, at, text)
    if not first.capital and (told or (is_careless and len(first.low) >= _LONG_NAME)):
        return Span(first.start, first.end) if _is_small_name(first.low, told) else None
    if not (first.capital or first.initial) or first.start in streets:
        return None
    parts = [word for word in run if word.start not in streets]
    if len(parts) < len(run):
        parts = run[: next(n for n, word in enumerate(run) if word.start in streets)]
    parts = _trimmed(parts, told)
    if not parts:
        return None
    while len(parts) > 1 and _is_place(parts[0], places):
        parts = parts[1:]
    if all(_is_place(word, places) for word in parts):
        return None
    if len(parts) == 1 and first.start in places and not told and not _SURNAME_FIRM.fullmatch(first.low):
        return None
    if not _is_name(parts, told, text, places, words, at):
        return None
    end = parts[-1].end + (1 if parts[-1].initial else 0)
    return Span(parts[0].start, end)


_AT_A_PLACE = frozenset(
    (
        "в",
        "во",
        "из",
        "через",
        "под",
        "над",
        "возле",
        "около",
        "до",
        "близ",
        "между",
        "вдоль",
        "по",
        "ауылы",
        "өзені",
    )
)
_PLACE_LIKE = re.compile(r".*(?:стан\w{0,4}|град\w?|ск\w?|поль\w?|[иы]я)")
_KAZAKH_PLACE_LIKE = re.compile(r".*(?:[дт][ае]н?|[нд][ае]н|[лдт][ыі][қк]|[ғқгк][ае]н|[дтн]?[ае]?[ғг][ыі])")
"""In the locative or ablative, or an adjective."""


def _may_be_one(words: Sequence[_Word], at: int, text: str, places: set[int]) -> bool:
    """Recall first: one unknown word with a capital is a person's name, unless it looks like a place, body or brand."""
    word = words[at]
    if (
        len(word.low) < _LONG_KEY
        or word.text[:2].isupper()
        or "-" in word.text
        or _matches(word.low, "brand")
    ):
        return False
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    if (before and before.capital and _gap(words, at - 1, text) == " ") or (
        after and after.capital and _gap(words, at, text) == " "
    ):
        return False
    if before and before.low in _AND and at > 1 and words[at - 2].capital and words[at - 2].start in places:
        return False
    if before and (before.low in _AT_A_PLACE or (before.low == "на" and word.low.endswith("е"))):
        return False
    if russian.known(word.low):
        # A land, a star, a holiday: whatever the dictionary has that is no person.
        return False
    in_kazakh = _KAZAKH_LETTERS.search(text) is not None
    return not _PLACE_LIKE.fullmatch(word.low) and not (in_kazakh and _KAZAKH_PLACE_LIKE.fullmatch(word.low))


def _is_place(word: _Word, places: set[int]) -> bool:
    """A place's name that is no sure name of a person as well."""
    return word.start in places and (word.sign is not Sign.STRONG or _listing(word.low) == "alike")


def _trimmed(parts: list[_Word], told: str) -> list[_Word]:
    """From the first to the last word that belongs to the name, without a title."""
    kept: list[_Word] = []
    if len(parts) > 1 and (_matches(parts[0].low, "before") or _matches(parts[0].low, "lower")):
        return []
    for word in parts[:_LONGEST]:
        if word.sign is Sign.NONE and not word.initial:
            break
        kept.append(word)
    return kept


def _is_name(
    parts: list[_Word], told: str, text: str, places: set[int], words: Sequence[_Word], at: int
) -> bool:
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
    if len(parts) == 1 and first.opens and text[first.end : first.end + 1] == ":":
        return False
    if strong or (told and first.sign is not Sign.NONE):
        return True
    if initials and any(not word.initial and word.sign >= Sign.POSSIBLE for word in parts):
        return len(parts) > 1 and (weak > 0 or not first.opens or first.initial)
    if weak >= 2 or (weak and len(parts) > 1 and not all(word.low.isascii() for word in parts)):
        return True
    if first.opens:
        return bool(weak) and text[first.end : first.end + 1] == "," and _listing(first.low) == "name"
    if len(parts) == 1 and weak:
        return not first.low.isascii()
    if any(word.start in places or word.text.isupper() or _matches(word.low, "brand") for word in parts):
        return False
    if first.low.isascii():
        # English writes much with capitals: two unknown words side by side are a name, one alone is not.
        return (
            len(parts) > 1 and not _CYRILLIC.search(text) and not any(_matches(w.low, "thing") for w in parts)
        )
    return len(parts) > 1 or _may_be_one(words, at, text, places)


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


def _is_small_name(low: str, told: str) -> bool:
    """In small letters: a listed name that is no word, or behind a title a surname that no dictionary has."""
    listing = _listing(low)
    if low.isascii():
        return bool(told and listing in ("name", "alike") and low not in _common()["en"])
    if listing == "name":
        return not _has_common_reading(low) and kazakh.stem(low) not in _common()["kk"]
    if russian.known(low):
        return False
    return told == "before" and (_SURNAME.fullmatch(low) is not None or listing == "alike")


def _has_common_reading(low: str) -> bool:
    """The Russian dictionary has the form, and not only as somebody's name."""
    return russian.known(low) and not russian.is_person(low)


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
_RANKS = frozenset(("би", "хан", "хана", "батыр", "батыра", "баба", "ата"))
"""Small words of a street's name: «улица Толе би»."""
_PAIRED = re.compile(r" | и | - ?|[–—/]| [–—] |, | және | мен | пен | and ")
_OPENS = re.compile(r"\.? ?[«\"“]?|[ \u00a0]")


def _named_after(words: Sequence[_Word], text: str) -> frozenset[int]:
    """Starts of capitalised words that name a street, a town or a firm, with their neighbours and pairs."""
    found: set[int] = set()
    for at, word in enumerate(words):
        if (word.low in _RANKS and at and words[at - 1].start in found) or (
            word.capital and (_goes_on(words, at, text, found) or _stands_behind(words, at, text))
        ):
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
    if before.low in ("на", "по") and _matches(earlier, "house"):
        return True
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
    short = (name for name in names | here if len(name) <= _SHORT_NAME and not name.isascii())
    names |= frozenset(latin for name in short for latin in _in_latin(name)) - latin - _common()["en"]
    # Of Latin spellings too: the key of a Cyrillic name loses what looks like a case (Рустам).
    spelled = ("".join(_SPELLINGS.get(letter, (letter,))[0] for letter in name) for name in names)
    keys = frozenset(map(name_key, names)) | frozenset(map(name_key, spelled))
    return {
        "word": here,
        "word-latin": latin,
        "name": names,
        "word-keys": frozenset(map(name_key, here)) - keys,
        "word-latin-keys": frozenset(map(name_key, latin)) - keys,
        "name-keys": keys | frozenset(map(name_key, here)),
    }


def _in_latin(name: str) -> Iterator[str]:
    """Spellings of a short name in Latin letters; longer ones meet by key."""
    spelled = [_SPELLINGS.get(letter, (letter,)) for letter in name]
    return ("".join(letters) for letters in product(*spelled))


def _groups(name: str) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for line in files("aimas.appeals").joinpath("data", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            mark, *entries = line.split()
            groups.setdefault(mark, set()).update(entries)
    return {mark: frozenset(entries) for mark, entries in groups.items()}
