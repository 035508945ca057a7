"""What the interface says, in Russian, Kazakh and English; numbers and dates as each language writes them."""

import re
import tomllib
from collections import ChainMap
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent, get_decimal_symbol

Tongue = Literal["ru", "kk", "en"]
TONGUES: tuple[Tongue, ...] = ("ru", "kk", "en")
_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""The Kazakh one: the letters that Russian has stand in it in the same order."""
_PLACES = {letter: f"{1 + n:02}" for n, letter in enumerate(_ALPHABET)}
_QUOTED = re.compile(r"«\{(\w+)\}»")
_AS_TYPED = frozenset({"query", "text", "what"})
"""What a person wrote in the language of queries stays as it was written."""


@cache
def catalogue(tongue: Tongue) -> dict[str, str]:
    """The board's own texts, and those of each part that keeps its texts in a folder of its own."""
    folder = files("aimas.web").joinpath("texts")
    parts = sorted((entry for entry in folder.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    said: dict[str, str] = {}
    for place in (folder, *parts):
        said |= tomllib.loads(place.joinpath(f"{tongue}.toml").read_text("utf-8"))
    return said


# A board writes some thousand numbers and days, most of them the same as a moment ago; Babel takes 50 µs each.
@lru_cache(maxsize=20_000)
def _number(n: int, tongue: Tongue) -> str:
    return str(format_decimal(n, locale=tongue))


@lru_cache(maxsize=5_000)
def _day(value: date, style: str, tongue: Tongue) -> str:
    return str(format_date(value, style, locale=tongue))


def alphabetical(name: str) -> tuple[str, ...]:
    """A key to sort shown names by: Latin before Cyrillic letters, ә after а; capitals make no difference."""
    return tuple("я" + _PLACES[letter] if letter in _PLACES else letter for letter in name.casefold())


@cache
def _quoted(text: str) -> tuple[str, ...]:
    """The gaps of a text that stand in quotation marks by themselves."""
    return tuple(name for name in _QUOTED.findall(text) if name not in _AS_TYPED)


def _inner(said: object) -> object:
    """„…“ for «…»: quotation marks inside others."""
    return said.replace("«", "„").replace("»", "“") if isinstance(said, str) else said


def _nested(text: str, values: Mapping[str, object]) -> Mapping[str, object]:
    inner = {name: _inner(values[name]) for name in _quoted(text) if name in values}
    # A chain, for what stands in for values that are missing.
    return ChainMap(inner, values) if inner else values  # type: ignore[arg-type]


class Texts:
    """The interface in one language and one time zone."""

    def __init__(self, tongue: Tongue, zone: tzinfo) -> None:
        self.tongue = tongue
        self._said = catalogue(tongue)
        self._locale = Locale(tongue)
        self._zone = zone

    def __call__(self, key: str, **values: object) -> str:
        """The text under a key; a missing key is a bug that a test finds, and shows itself here."""
        text = self._said.get(key)
        if text is None:
            return f"⟦{key}⟧"
        return text.format_map(_nested(text, values)) if values else text

    def has(self, key: str) -> bool:
        return key in self._said

    def plural(self, key: str, n: int) -> str:
        """`key.one`, `key.few` … by the language's own rule, with the number written in."""
        form = self._locale.plural_form(n)
        chosen = f"{key}.{form}" if f"{key}.{form}" in self._said else f"{key}.other"
        return self(chosen, n=self.number(n))

    def forms(self, key: str) -> dict[str, str]:
        """All plural forms of a text with `{n}` left open, for numbers that the browser counts."""
        named = {form: f"{key}.{form}" for form in ("one", "few", "many", "other")}
        return {form: self._said[k] for form, k in named.items() if k in self._said}

    def filled(self, key: str, values: Mapping[str, object]) -> str:
        """Like a call, for values that may be missing: the mapping decides what stands in."""
        text = self._said[key]
        return text.format_map(_nested(text, values))

    def number(self, n: int) -> str:
        return _number(n, self.tongue)

    def percent(self, share: float) -> str:
        return str(format_percent(share, locale=self._locale))

    def chance(self, share: float) -> str:
        """A percentage that claims no certainty: what rounds to nothing is less than one, to all more than 99."""
        if share < 0.005:
            return "< " + self.percent(0.01)
        return "> " + self.percent(0.99) if share >= 0.995 else self.percent(share)

    def decimal(self, value: float) -> str:
        """With two places."""
        return str(format_decimal(value, "0.00", locale=self._locale))

    @property
    def point(self) -> str:
        """What stands between whole and parts."""
        return str(get_decimal_symbol(self._locale))

    def day(self, value: date, style: str = "d MMM") -> str:
        return _day(value, style, self.tongue)

    def moment(self, value: datetime) -> str:
        return str(format_datetime(value, "d MMM y, HH:mm", tzinfo=self._zone, locale=self._locale))

    def recent(self, value: datetime, now: datetime) -> str:
        """The clock alone where it is the same day."""
        is_today = value.astimezone(self._zone).date() == now.astimezone(self._zone).date()
        style = "HH:mm:ss" if is_today else "d MMM y, HH:mm"
        return str(format_datetime(value, style, tzinfo=self._zone, locale=self._locale))

    def from_us(self, microseconds: int) -> datetime:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def chosen_tongue(asked: str | None, cookie: str | None, accepted: str | None, default: str) -> Tongue:
    """The link's, else the cookie's, else the browser's first known, else the home's."""
    for said in (asked, cookie):
        if said in TONGUES:
            return said
    for part in (accepted or "").split(","):
        code = part.split(";")[0].strip().lower()[:2]
        for tongue in TONGUES:
            if code == tongue:
                return tongue
    return next((t for t in TONGUES if t == default), "ru")
