"""Writes src/aimas/alerts/calendars/kz.json from the `holidays` package; run it after a new version of the package.

    uv venv /tmp/calendar && uv pip install --python /tmp/calendar/bin/python holidays==0.109
    /tmp/calendar/bin/python training/calendar/freeze.py

The package is no dependency: the baseline of an alert must not move because somebody upgraded a library.
"""

import json
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import holidays

TARGET = Path(__file__).parents[2] / "src" / "aimas" / "alerts" / "calendars" / "kz.json"
YEARS = range(2015, 2032)
MOVED = {date(2024, 6, 16): date(2024, 6, 17)}
"""As the country kept it, where the package counts from the moon; training/appeals/freeze_calendar.py says whence."""
REVISION = 2
"""Of what is made of one version of the package."""


def frozen() -> dict[str, object]:
    """Days off and working weekends, year by year; the package knows the transfers that were decreed so far."""
    known = holidays.country_holidays("KZ", years=YEARS, language="en_US")
    off = {MOVED.get(day, day).isoformat(): name for day, name in known.items()}
    first, last = date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31)
    everyday = (first + timedelta(days=n) for n in range((last - first).days + 1))
    working = [d.isoformat() for d in everyday if d.weekday() >= 5 and known.is_working_day(d)]
    return {
        "version": f"kz/{version('holidays')}-{REVISION}",
        "source": "the package `holidays`, which quotes the Law on holidays of the Republic of Kazakhstan "
        "(No. 267 of 13.12.2001) and the decrees on transferred days",
        "licence": "MIT",
        "first": first.isoformat(),
        "last": last.isoformat(),
        "off": dict(sorted(off.items())),
        "working_weekends": working,
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(frozen(), ensure_ascii=False, indent=1) + "\n", "utf-8")
