"""What a text is worth as wording: hashed words in order, shingles of three, and its facts (numbers, names, dates)."""

import re
from hashlib import blake2b
from itertools import chain
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.text import name_key, normal_form
from aimas.text.words import WORD

Hashes: TypeAlias = NDArray[np.uint64]
FactKind: TypeAlias = Literal["number", "name"]

SHINGLE = 3
"""Words; random texts of one language share 0.1 % of these, and an edit spoils three."""
MOST_WORDS = 3_000
"""Of a text; what follows adds nothing to the question whose words these are."""
SHORT = 12
"""Words: below this the title is part of the wording."""

_GROUPS = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))")
_ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)

_DATES = """январ феврал март апрел мая июн июл август сентябр октябр ноябр декабр
    понедельник вторник сред четверг пятниц суббот воскресень
    қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
    дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі
    monday tuesday wednesday thursday friday saturday sunday""".split()  # noqa: SIM905
_COUNTS = {
    word: str(number)
    for number, row in enumerate(
        (
            "один одна одного одну одной бір one",
            "два две двух двое двоих двумя екі екеу two",
            "три трех трое троих тремя үш үшеу three",
            "четыре четырех четверо четверых төрт төртеу four",
            "пять пяти пятеро пятерых бес бесеу five",
            "шесть шести шестеро шестерых алты алтау six",
            "семь семи семеро семерых жеті жетеу seven",
            "восемь восьми сегіз eight",
            "девять девяти тоғыз nine",
            "десять десяти он ten",
        ),
        1,
    )
    for word in row.split()
    if word not in ("один", "одна", "одного", "одну", "одной", "бір", "one", "он")
}
_DATE = re.compile("|".join(sorted(_DATES, key=len, reverse=True)))
_CREDITS = re.compile(
    r"сообща|передае|переда[лё]|пиш[еу]т|информир|ссылк|источник|reports?$|reported|according|citing|writes"
    r"|хабарла|жаз[аы]|дерек|мәлімде|сілтеме"
)


_IS_NUMBER, _IS_NAME, _IS_CREDIT = 1 << 32, 1 << 33, 1 << 34
_HASH = np.uint64(0xFFFFFFFF)


class Wording(msgspec.Struct, frozen=True):
    codes: NDArray[np.uint64]
    """A word each, in order: its normal form's stable hash in 32 bits, above them what it may be."""

    def grams(self) -> Hashes:
        """One hash for every three words, in order; fewer words make one of all of them."""
        wide = self.codes & _HASH
        if len(wide) < SHINGLE:
            wide = np.concatenate([wide, np.zeros(SHINGLE - len(wide), np.uint64)])
        mixed: Hashes = wide[:-2] * _ODD[0] ^ (wide[1:-1] * _ODD[1] + (wide[2:] << np.uint64(17))) * _ODD[2]
        return mixed ^ (mixed >> np.uint64(29))

    def facts(self) -> dict[int, tuple[str, FactKind]]:
        """Numbers, dates and names by place."""
        return {at: _fact_of(int(self.codes[at])) for at in self._where(_IS_NUMBER | _IS_NAME)}

    def credits(self) -> list[int]:
        """Places of words that name a source: what stands beside them changes from outlet to outlet."""
        return self._where(_IS_CREDIT)

    def _where(self, flag: int) -> list[int]:
        places: list[int] = np.flatnonzero(self.codes & np.uint64(flag)).tolist()
        return places


def wording(title: str, text: str) -> Wording:
    """Of the text alone, since titles change; of both where the text is a line or two."""
    codes = _codes(text)
    return Wording(codes if len(codes) >= SHORT else _codes(title + "\n" + text))


class _Known(dict[str, tuple[int, ...]]):
    """Codes of the words inside what stands between two spaces, worked out at first sight."""

    def __init__(self) -> None:
        self.facts: dict[int, str] = {}

    def __missing__(self, written: str) -> tuple[int, ...]:
        codes = tuple(self._code(word) for word in WORD.findall(written))
        self[written] = codes
        return codes

    def _code(self, word: str) -> int:
        normal = normal_form(word)
        code = int.from_bytes(blake2b(normal.encode(), digest_size=4).digest(), "little")
        if _CREDITS.match(normal):
            code |= _IS_CREDIT
        if (fact := _fact(word, normal)) is not None:
            code |= _IS_NUMBER if fact[1] == "number" else _IS_NAME
            self.facts[code] = fact[0]
        return code


_known = _Known()
_MOST_KNOWN = 500_000
"""Written forms; about 100 MB."""


def _codes(text: str) -> NDArray[np.uint64]:
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    if len(_known.facts) > _MOST_KNOWN:
        _known.facts.clear()
        _known.clear()
    written = _GROUPS.sub("", text).split()
    return np.array([*chain.from_iterable(map(_known.__getitem__, written))][:MOST_WORDS], np.uint64)


def _fact_of(code: int) -> tuple[str, FactKind]:
    """One forgotten since is still equal to itself."""
    return _known.facts.get(code, f"{code:x}"), "number" if code & _IS_NUMBER else "name"


def _fact(written: str, normal: str) -> tuple[str, FactKind] | None:
    if normal[0].isdigit():
        return normal.lstrip("0") or "0", "number"
    if normal in _COUNTS:
        return _COUNTS[normal], "number"
    if date := _DATE.match(normal):
        return date[0], "number"
    if written[0].isupper() and len(normal) > 2:
        return name_key(written), "name"
    return None


def alike(left: str, right: str, kind: FactKind) -> bool:
    """Whether two facts may be one: numbers exactly, names up to endings and a misprint."""
    if left == right:
        return True
    if kind == "number" or not left or not right or left[0] != right[0]:
        return False
    shared = min(len(left), len(right))
    same = sum(a == b for a, b in zip(left, right, strict=False))
    return shared >= 4 and same >= max(4, 0.7 * max(len(left), len(right)))
