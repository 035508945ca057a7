"""What the interface says, in Russian, Kazakh and English; numbers and dates as each language writes them."""

import tomllib
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

Tongue = Literal["ru", "kk", "en"]
TONGUES: tuple[Tongue, ...] = ("ru", "kk", "en")


@cache
def catalogue(tongue: Tongue) -> dict[str, str]:
    raw = files("aimas.web").joinpath("texts", f"{tongue}.toml").read_text("utf-8")
    return tomllib.loads(raw)


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
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        return key in self._said

    def plural(self, key: str, n: int) -> str:
        """`key.one`, `key.few` … by the language's own rule, with the number written in."""
        form = self._locale.plural_form(n)
        chosen = f"{key}.{form}" if f"{key}.{form}" in self._said else f"{key}.other"
        return self(chosen, n=self.number(n))

    def number(self, n: int) -> str:
        return str(format_decimal(n, locale=self._locale))

    def percent(self, share: float) -> str:
        return str(format_percent(share, locale=self._locale))

    def day(self, value: date, style: str = "d MMM") -> str:
        return str(format_date(value, style, locale=self._locale))

    def moment(self, value: datetime) -> str:
        return str(format_datetime(value, "d MMM y, HH:mm", tzinfo=self._zone, locale=self._locale))


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
