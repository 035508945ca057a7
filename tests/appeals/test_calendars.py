"""Which days are worked, and why not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.appeals.calendars import (
    CURRENT,
    Calendar,
    Day,
    DayKind,
    OfficeHours,
    arrival,
    calendar,
    versions,
)
from aimas.core import BadInput

KZ = calendar(CURRENT)
HOURS = OfficeHours()
PLAIN = [
    line.split()
    for line in (Path(__file__).parent / "plain_calendar.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
DAYS = st.dates(date(2023, 1, 1), date(2028, 10, 31))


@pytest.mark.parametrize(
    ("month", "number", "days"), [(m, n, d) for m, n, *d in PLAIN], ids=[p[0] for p in PLAIN]
)
def test_the_working_days_of_a_month_are_those_of_the_production_calendar(
    month: str, number: str, days: list[str]
) -> None:
    first = date.fromisoformat(f"{month}-01")
    in_month = [first + timedelta(days=n) for n in range(31)]
    worked = [day.day for day in in_month if day.month == first.month and KZ.is_working_day(day)]
    assert worked == [int(day) for day in days]
    assert len(days) == int(number)


WHY = [
    pytest.param("2025-01-05", Day(date(2025, 1, 5), DayKind.WORKING_WEEKEND, None, date(2025, 1, 3)), id="a working sunday"),
    pytest.param("2025-01-03", Day(date(2025, 1, 3), DayKind.SWAPPED, None, date(2025, 1, 5)), id="the friday given for it"),
    pytest.param("2024-05-04", Day(date(2024, 5, 4), DayKind.WORKING_WEEKEND, None, date(2024, 5, 8)), id="a working saturday"),
    pytest.param("2023-07-07", Day(date(2023, 7, 7), DayKind.SWAPPED, None, date(2023, 7, 1)), id="the day after capital day 2023"),
    pytest.param("2026-03-24", Day(date(2026, 3, 24), DayKind.STAND_IN, "nauryz", date(2026, 3, 21)), id="nauryz on a saturday moves"),
    pytest.param("2026-03-25", Day(date(2026, 3, 25), DayKind.STAND_IN, "nauryz", date(2026, 3, 22)), id="nauryz on a sunday moves behind it"),
    pytest.param("2024-01-08", Day(date(2024, 1, 8), DayKind.WORKING), id="christmas on a sunday does not move"),
    pytest.param("2024-06-17", Day(date(2024, 6, 17), DayKind.HOLIDAY, "kurban-ait"), id="kurban ait as the country kept it"),
    pytest.param("2026-08-31", Day(date(2026, 8, 31), DayKind.WORKING), id="the old constitution day is worked after the referendum"),
    pytest.param("2027-03-15", Day(date(2027, 3, 15), DayKind.HOLIDAY, "constitution-day"), id="the new constitution day"),
    pytest.param("2026-11-21", Day(date(2026, 11, 21), DayKind.WEEKEND), id="a saturday"),
]  # fmt: skip


@pytest.mark.parametrize(("on", "day"), WHY)
def test_each_day_says_why(on: str, day: Day) -> None:
    assert KZ.day(date.fromisoformat(on)) == day


def test_the_versions_differ_only_by_the_constitution_day() -> None:
    old = calendar("kz/2026-01")
    assert versions() == ("kz/2026-01", "kz/2026-07")
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(6 * 365)]
    differing = {d for d in days if old.is_working_day(d) != KZ.is_working_day(d)}
    assert differing == {
        date(2026, 8, 31),
        date(2027, 3, 15),
        date(2027, 8, 30),
        date(2028, 3, 15),
        date(2028, 8, 30),
    }


def test_every_holiday_has_its_name_in_three_languages() -> None:
    for version in versions():
        each = calendar(version)
        used = {off.holiday for year in each.years.values() for off in year.off}
        assert used == set(each.names)
        assert all(set(names) == {"ru", "kk", "en"} and all(names.values()) for names in each.names.values())


def test_a_year_that_nobody_published_is_not_official() -> None:
    assert [KZ.is_official(date(year, 6, 1)) for year in range(2023, 2029)] == [True] * 4 + [False] * 2
    assert KZ.after(date(2026, 12, 15), 5).is_official
    assert not KZ.after(date(2026, 12, 28), 15).is_official


def test_a_day_beyond_the_calendar_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="kz/2026-07 knows 2023–2028, not 2029"):
        KZ.is_working_day(date(2029, 1, 1))
    with pytest.raises(BadInput, match="there are kz/2026-01, kz/2026-07"):
        calendar("kz/1999-01")
    with pytest.raises(BadInput, match="Not a calendar"):
        Calendar.read(b"{}")


def at(text: str) -> datetime:
    """Local time in Almaty, written as on the office's wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)


ARRIVALS = [
    ("2026-11-20T10:00", "2026-11-20", False, 0, "in office hours"),
    ("2026-11-20T07:30", "2026-11-20", False, 0, "before opening on a working day"),
    ("2026-11-20T18:00", "2026-11-20", False, 0, "at the closing minute"),
    ("2026-11-20T18:00:01", "2026-11-23", True, 2, "a second after closing on a friday"),
    ("2026-11-19T23:59", "2026-11-20", True, 0, "late on a thursday"),
    ("2026-11-21T12:00", "2026-11-23", False, 2, "on a saturday"),
    ("2026-11-22T23:00", "2026-11-23", False, 1, "on a sunday evening"),
    ("2025-01-04T12:00", "2025-01-05", False, 1, "on a saturday before a working sunday"),
    ("2025-01-05T12:00", "2025-01-05", False, 0, "on a working sunday"),
    ("2025-01-05T20:00", "2025-01-06", True, 0, "on a working sunday after hours"),
    ("2026-03-20T18:30", "2026-03-26", True, 5, "after hours on the eve of nauryz"),
    ("2026-03-22T12:00", "2026-03-26", False, 4, "in the middle of nauryz"),
    ("2025-12-31T19:00", "2026-01-05", True, 4, "on new year's eve after hours"),
    ("2024-06-16T10:00", "2024-06-18", False, 2, "on the sunday before kurban ait"),
    ("2023-12-16T10:00", "2023-12-19", False, 3, "on independence day that fell on a saturday"),
]


@pytest.mark.parametrize(
    ("came", "counts", "after_hours", "skipped"), [a[:4] for a in ARRIVALS], ids=[a[4] for a in ARRIVALS]
)
def test_the_day_of_receipt(came: str, counts: str, after_hours: bool, skipped: int) -> None:
    found = arrival(at(came), KZ, HOURS)
    assert found.counts_from == date.fromisoformat(counts)
    assert found.came_on == date.fromisoformat(came[:10])
    assert found.after_hours is after_hours
    assert len(found.skipped) == skipped


def test_the_office_has_its_own_midnight() -> None:
    late = datetime(2026, 11, 19, 19, 30, tzinfo=UTC)
    assert arrival(late, KZ, HOURS).came_on == date(2026, 11, 20)
    assert HOURS.is_open(datetime(2026, 11, 20, 4, 0, tzinfo=UTC), KZ)
    assert not HOURS.is_open(datetime(2026, 11, 20, 3, 59, tzinfo=UTC), KZ)


@given(DAYS, st.integers(1, 30))
def test_counted_and_skipped_days_are_all_the_days_between(zero: date, number: int) -> None:
    count = KZ.after(zero, number)
    assert (count.last - zero).days == number + len(count.skipped)
    assert KZ.is_working_day(count.last)
    assert not any(day.works for day in count.skipped)


@given(DAYS.filter(lambda day: day > date(2023, 1, 10)), st.integers(1, 30))
def test_counting_back_undoes_counting_on(zero: date, number: int) -> None:
    count = KZ.after(zero, number)
    back = KZ.before(count.last, number)
    assert back.last == zero if KZ.is_working_day(zero) else back.last < zero


@given(DAYS, st.integers(1, 20))
def test_one_more_holiday_never_brings_a_term_forward(zero: date, number: int) -> None:
    lost = KZ.after(zero, 1).last
    path = Path(__file__).parents[2] / "src/aimas/appeals/data/calendars/kz-2026-07.json"
    content = msgspec.json.decode(path.read_bytes())
    year = content["years"][str(lost.year)]
    given_for_it = [swap["off"] for swap in year["swaps"] if swap["works"] == lost.isoformat()]
    year["swaps"] = [swap for swap in year["swaps"] if swap["works"] != lost.isoformat()]
    year["off"] += [{"date": day, "holiday": "nauryz"} for day in (lost.isoformat(), *given_for_it)]
    one_more = Calendar.read(msgspec.json.encode(content))
    assert one_more.after(zero, number).last > KZ.after(zero, number).last
