"""Writes the calendars of Kazakhstan as data, from the `holidays` package and the corrections below."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import holidays

TARGET = Path(__file__).parents[2] / "src" / "aimas" / "appeals" / "data" / "calendars"
YEARS = range(2023, 2029)
MADE_ON = "2026-11-22"

NAMES = {
    "new-year": ("Новый год", "Жаңа жыл", "New Year"),
    "christmas": ("Православное Рождество", "Православиелік Рождество", "Orthodox Christmas"),
    "womens-day": ("Международный женский день", "Халықаралық әйелдер күні", "International Women's Day"),
    "constitution-day": ("День Конституции", "Конституция күні", "Constitution Day"),
    "nauryz": ("Наурыз мейрамы", "Наурыз мейрамы", "Nauryz"),
    "unity-day": (
        "Праздник единства народа Казахстана",
        "Қазақстан халқының бірлігі мерекесі",
        "Kazakhstan People's Unity Day",
    ),
    "defender-day": ("День защитника Отечества", "Отан қорғаушы күні", "Defender of the Fatherland Day"),
    "victory-day": ("День Победы", "Жеңіс күні", "Victory Day"),
    "kurban-ait": ("Первый день Курбан-айта", "Құрбан айттың бірінші күні", "First day of Kurban Ait"),
    "capital-day": ("День столицы", "Астана күні", "Capital Day"),
    "republic-day": ("День Республики", "Республика күні", "Republic Day"),
    "independence-day": ("День Независимости", "Тәуелсіздік күні", "Independence Day"),
}
IDS = {
    "New Year's Day": "new-year",
    "Orthodox Christmas": "christmas",
    "International Women's Day": "womens-day",
    "Constitution Day": "constitution-day",
    "Nowruz Holiday": "nauryz",
    "Kazakhstan's People Solidarity Holiday": "unity-day",
    "Defender of the Fatherland Day": "defender-day",
    "Victory Day": "victory-day",
    "Eid al-Adha": "kurban-ait",
    "Capital Day": "capital-day",
    "Republic Day": "republic-day",
    "Independence Day": "independence-day",
}
OFFICIAL = {
    2023: "Law on holidays No. 267-II; Government resolution P2300000326 (1 July for 7 July)",
    2024: "Production calendar of the Ministry of Labour for 2024; transfer G24G0000109 (4 May for 8 May)",
    2025: "Law on holidays No. 267-II; transfer G24G0000436 (5 January for 3 January)",
    2026: "Production calendar of the Ministry of Labour for 2026, published 5 December 2025",
}
MAY_HAVE_NO_SUBSTITUTE = {"christmas", "kurban-ait"}
"""Days off that are no state holidays: on a weekend they are lost (Law on holidays, article 5)."""

# The package counts from the moon; the country kept 17 June (Ministry of Labour: 19 working days in June 2024).
KURBAN_AIT = {2024: date(2024, 6, 17)}
# The package knows the new Constitution; until March 2026 the published calendar had 30 August, moved to 31.
BEFORE_THE_REFERENDUM = {
    date(2026, 8, 30): ("constitution-day", None),
    date(2026, 8, 31): ("constitution-day", date(2026, 8, 30)),
    date(2027, 8, 30): ("constitution-day", None),
    date(2028, 8, 30): ("constitution-day", None),
}


def days_off(year: int) -> dict[date, tuple[str, date | None]]:
    """Each holiday with its id and, where it stands in for one lost to a weekend, that one's date."""
    known = holidays.Kazakhstan(years=year, language="en_US")
    found: dict[date, tuple[str, date | None]] = {}
    for day, name in sorted(known.items()):
        plain = name.split(" (")[0]
        if plain == "Day off" or "(observed" in name:
            continue
        if IDS[plain] == "kurban-ait":
            day = KURBAN_AIT.get(year, day)
        found[day] = (IDS[plain], None)
    for lost in [
        day for day, (id, _) in found.items() if id not in MAY_HAVE_NO_SUBSTITUTE and day.weekday() > 4
    ]:
        stand_in = lost
        while stand_in.weekday() > 4 or stand_in in found:
            stand_in += timedelta(days=1)
        found[stand_in] = (found[lost][0], lost)
    told = {day for day, name in known.items() if "(observed" in name}
    assert told == {day for day, (_, instead) in found.items() if instead}, (year, told)
    return found


def swaps(year: int) -> list[tuple[date, date]]:
    """(day off, weekend day that works for it), by the Government."""
    return [
        (date(year, off_month, off_day), date(year, month, day))
        for off_month, off_day, month, day in _tuples(year)
    ]


def _tuples(year: int) -> list[tuple[int, int, int, int]]:
    held = holidays.countries.kazakhstan.KazakhstanStaticHolidays.special_public_holidays.get(year, ())
    return [held] if held and isinstance(held[0], int) else list(held)


def one_year(year: int, extra: dict[date, tuple[str, date | None]]) -> dict[str, object]:
    off = days_off(year)
    if extra:
        off = {day: why for day, why in off.items() if year < 2026 or why[0] != "constitution-day"}
        off |= {day: why for day, why in extra.items() if day.year == year}
    return {
        "official": year in OFFICIAL,
        "source": OFFICIAL.get(year, "Not published yet: the fixed days of the law, Kurban Ait by astronomy"),
        "off": [
            {"date": day.isoformat(), "holiday": id} | ({"instead_of": lost.isoformat()} if lost else {})
            for day, (id, lost) in sorted(off.items())
        ],
        "swaps": [{"off": free.isoformat(), "works": works.isoformat()} for free, works in swaps(year)],
    }


def calendar(
    version: str, as_of: str, sources: list[str], extra: dict[date, tuple[str, date | None]]
) -> None:
    content = {
        "version": version,
        "country": "KZ",
        "as_of": as_of,
        "made_on": MADE_ON,
        "made_from": f"holidays {holidays.__version__}, with the corrections of training/appeals/freeze_calendar.py",
        "licence": "MIT (holidays); dates of official acts",
        "sources": sources,
        "names": {id: dict(zip(("ru", "kk", "en"), names, strict=True)) for id, names in NAMES.items()},
        "years": {str(year): one_year(year, extra) for year in YEARS},
    }
    path = TARGET / f"{version.replace('/', '-')}.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(path, file=sys.stderr)


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    portal = "https://egov.kz/cms/en/articles/holidays-calend"
    calendar(
        "kz/2026-01",
        "2026-01-02",
        [portal, "https://prg.kz/m/amp/document/33673598", "https://help.inbuh.kz/6801/"],
        BEFORE_THE_REFERENDUM,
    )
    calendar(
        "kz/2026-07",
        "2026-07-01",
        [
            portal,
            "https://adilet.zan.kz/kaz/docs/Z010000267_/history",
            "https://taspanews.kz/novosti-kazakhstana/v-etom-godu-u-kazakhstantsev-ne-budet-odnogo-vykhodnogo-795514517615",
        ],
        {},
    )
