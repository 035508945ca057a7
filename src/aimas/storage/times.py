"""Moments and days as integers, as tables keep them."""

from datetime import UTC, date, datetime


def microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, UTC)


def ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
