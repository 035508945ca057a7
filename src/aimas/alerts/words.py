"""What alerts say, in Russian, Kazakh and English; numbers and dates as each language writes them."""

import tomllib
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

TONGUES = ("ru", "kk", "en")


@cache
def catalogue(tongue: str) -> dict[str, str]:
    return tomllib.loads(files("aimas.alerts").joinpath("texts", f"{tongue}.toml").read_text("utf-8"))


class Words:
    """One language, in the home's time zone."""

    def __init__(self, tongue: str, zone: tzinfo) -> None:
        """What is not known is told in Russian."""
        self.tongue = tongue if tongue in TONGUES else TONGUES[0]
        self._said = catalogue(self.tongue)
        self._locale = Locale(self.tongue)
        self._zone = zone

    def __call__(self, key: str, **values: object) -> str:
        return self._said[key].format(**values)

    def plural(self, key: str, n: int, **values: object) -> str:
        """`key.one`, `key.few` … by the language's own rule."""
        chosen = f"{key}.{self._locale.plural_form(n)}"
        return self(chosen if chosen in self._said else f"{key}.other", n=self.number(n), **values)

    def number(self, n: float) -> str:
        """One digit after the point where there is less than ten."""
        pattern = "#,##0" if isinstance(n, int) or n >= 10 else "#,##0.#" if n >= 0.1 else "#,##0.##"
        return str(format_decimal(n, pattern, locale=self._locale))

    def day(self, value: date) -> str:
        return str(format_date(value, "d MMMM y", locale=self._locale))

    def moment(self, value: datetime) -> str:
        return str(format_datetime(value, "d MMMM y, HH:mm", tzinfo=self._zone, locale=self._locale))
