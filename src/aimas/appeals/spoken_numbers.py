"""Long numbers written out in words, as people hide telephones: «восемь семьсот один…», `eight seven oh one…`."""

from collections.abc import Iterator

import msgspec

from aimas.core import Span
from aimas.institution.lexicon import normal
from aimas.text import words

LEAST_DIGITS = 10
"""A telephone with its code; years, sums and house numbers are shorter."""

_UNITS = {
    "ru": "ноль|нуль один|одна два|две три четыре пять шесть семь восемь девять",
    "kk": "нөл бір екі үш төрт бес алты жеті сегіз тоғыз",
    "en": "zero|oh one two three four five six seven eight nine",
}
_TEENS = {
    "ru": "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать "
    "девятнадцать",
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
}
_TENS = {
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "kk": "он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан",
    "en": "twenty thirty forty|fourty fifty sixty seventy eighty ninety",
}
_HUNDREDS = {"ru": "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"}
_HUNDRED = frozenset({"жүз", "hundred"})
_TIMES = {"double": 2, "triple": 3, "дважды": 2, "трижды": 3}
_BETWEEN = frozenset({"and", "плюс", "plus", "қосу"})


def _numbered(table: dict[str, str], first: int, step: int = 1) -> dict[str, int]:
    return {
        form: first + turn * step
        for line in table.values()
        for turn, forms in enumerate(line.split())
        for form in forms.split("|")
    }


_VALUES = (
    _numbered(_UNITS, 0)
    | _numbered(_TEENS, 10)
    | _numbered({"ru": _TENS["ru"], "en": _TENS["en"]}, 20, 10)
    | _numbered({"kk": _TENS["kk"]}, 10, 10)
    | _numbered(_HUNDREDS, 100, 100)
)


class SpokenNumber(msgspec.Struct, frozen=True):
    span: Span
    digits: str


def spoken_numbers(text: str) -> tuple[SpokenNumber, ...]:
    """Of ten digits at least, some of them in words."""
    return tuple(
        SpokenNumber(Span(run[0][0].start, run[-1][0].end), digits)
        for run in _runs(text)
        if any(word in _VALUES for _, word in run)
        and len(digits := _digits([word for _, word in run])) >= LEAST_DIGITS
    )


def _runs(text: str) -> Iterator[list[tuple[Span, str]]]:
    """Words for numbers with nothing but spaces, commas and the like between them."""
    run: list[tuple[Span, str]] = []
    for span, written in words(text):
        # «пятьдесят-пять» is one word of the text.
        word = normal(written)
        known = word in _VALUES or word in _HUNDRED or word in _TIMES or word in _BETWEEN or word.isdigit()
        apart = run and any(
            letter.isalnum() or letter in ".!?\n" for letter in text[run[-1][0].end : span.start]
        )
        if run and (apart or not known):
            yield run
            run = []
        if known:
            run.append((span, word))
    if run:
        yield run


def _digits(said: list[str]) -> str:
    """«семьсот один» is 701, «семь ноль один» is 701 too."""
    groups: list[int | str] = []
    room = 0
    times = 1
    for word in said:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        if word in _BETWEEN:
            continue
        if word in _HUNDRED:
            last = groups[-1] if groups else None
            if isinstance(last, int) and 1 <= last <= 9:
                groups[-1] = last * 100
            else:
                groups.append(100)
            room = 100
            continue
        if word.isdigit():
            groups.append(word)
            room = 0
            continue
        value = _VALUES[word]
        last = groups[-1] if groups else None
        if isinstance(last, int) and 0 < value < room:
            groups[-1] = last + value
        else:
            groups.extend([value] * times)
        times = 1
        room = 100 if value >= 100 else 10 if value >= 20 or _is_kazakh_ten(word) else 0
    return "".join(str(group) for group in groups)


def _is_kazakh_ten(word: str) -> bool:
    return word == "он"
