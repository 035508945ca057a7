"""Dates as sites write them; nothing is filled in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.extraction import dates

ZONE = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        pytest.param("2024-05-17T10:30:00Z", datetime(2024, 5, 17, 10, 30, tzinfo=UTC), id="utc"),
        pytest.param("2024-05-17T10:30:00.123+0600", datetime(2024, 5, 17, 4, 30, tzinfo=UTC), id="no colon"),
        pytest.param("2024-05-17 10:30", datetime(2024, 5, 17, 5, 30, tzinfo=UTC), id="no offset"),
        pytest.param("20240517", datetime(2024, 5, 16, 19, 0, tzinfo=UTC), id="compact"),
        pytest.param("Fri, 17 May 2024 10:30:00 GMT", datetime(2024, 5, 17, 10, 30, tzinfo=UTC), id="mail"),
        pytest.param("1715941800", datetime(2024, 5, 17, 10, 30, tzinfo=UTC), id="unix seconds"),
        pytest.param("1715941800000", datetime(2024, 5, 17, 10, 30, tzinfo=UTC), id="unix milliseconds"),
        pytest.param("17 мая 2024 г., 10:30", datetime(2024, 5, 17, 5, 30, tzinfo=UTC), id="for readers"),
        pytest.param("2024-13-40", None, id="no such month"),
        pytest.param("2024-05-17T10:30:00+99:00", datetime(2024, 5, 17, 5, 30, tzinfo=UTC), id="mad offset"),
        pytest.param("вчера", None, id="a word"),
        pytest.param("", None, id="empty"),
    ],
)
def test_claims(claim: str, expected: datetime | None) -> None:
    assert dates.claimed_date(claim, ZONE) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("17 мая 2024", (2024, 5, 17), id="russian"),
        pytest.param("17 мая 2024 года", (2024, 5, 17), id="russian with the word year"),
        pytest.param("17 мамыр 2024 жыл", (2024, 5, 17), id="kazakh, day first"),
        pytest.param("2024 жылғы 17 мамыр", (2024, 5, 17), id="kazakh, year first"),
        pytest.param("2024 ж. 17 қыркүйек", (2024, 9, 17), id="kazakh, short year"),
        pytest.param("May 17th, 2024", (2024, 5, 17), id="english, month first"),
        pytest.param("17 May 2024", (2024, 5, 17), id="english, day first"),
        pytest.param("17.05.2024", (2024, 5, 17), id="dots"),
        pytest.param("2024-05-17", (2024, 5, 17), id="iso"),
        pytest.param("17 мая", None, id="no year"),
        pytest.param("май 2024", None, id="no day"),
        pytest.param("05/06/2024", None, id="slashes do not say which is the day"),
        pytest.param("версия 1.17.05.2024", None, id="a version number"),
        pytest.param("31 апреля 2024", None, id="no such day"),
    ],
)
def test_visible_dates(line: str, expected: tuple[int, int, int] | None) -> None:
    found = dates.visible_date(line, ZONE)
    local = found.astimezone(ZONE) if found else None
    assert (local and (local.year, local.month, local.day)) == expected


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        pytest.param("АСТАНА, 17 мая 2024 года. Пожар потушен.", True, id="town, date, stop"),
        pytest.param("Алматы. 17 мая 2024 — Суд вынес приговор.", True, id="town, date, dash"),
        pytest.param("17 мая 2024 года, Астана. Суд вынес приговор.", True, id="date, town"),
        pytest.param("17.05.2024\nСуд вынес приговор.", True, id="date on its own line"),
        pytest.param("ALMATY, May 17, 2024 - A court ruled.", True, id="english"),
        pytest.param("17 мая 2024 года в Алматы вынесли приговор.", False, id="date of an event"),
        pytest.param("Суд вынес приговор 17 мая 2024 года. Точка.", False, id="date inside a sentence"),
        pytest.param("Как сообщили 17 мая 2024 года, суд вынес приговор.", False, id="date of a statement"),
        pytest.param("АСТАНА, 17 мая. Пожар потушен.", False, id="no year"),
        pytest.param("Суд вынес приговор. " * 9 + "17 мая 2024.", False, id="far from the start"),
    ],
)
def test_datelines(text: str, dated: bool) -> None:
    assert (dates.dateline_date(text, ZONE) is not None) is dated


@given(st.text(max_size=120))
def test_any_text_is_survived(text: str) -> None:
    dates.claimed_date(text, ZONE)
    dates.visible_date(text, ZONE)
    dates.dateline_date(text, ZONE)
    dates.is_date_line(text)
    dates.address_date(text, ZONE)


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_iso_says_is_what_is_read(moment: datetime) -> None:
    aware = moment.replace(microsecond=0)
    assert dates.claimed_date(aware.isoformat(), ZONE) == aware
