"""Who was listening in a period, told only from what was on record at the moment the digest speaks of."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

import msgspec

from aimas.core import POOL, Ownership
from aimas.reports.types import Known, Listening, Period, SourceTold

SETTLING = timedelta(seconds=30)
"""A poll is written down when all it brought is read, so for a while one that ended may still be unwritten."""


class Declared(msgspec.Struct, frozen=True):
    """A source as the ledger knows it."""

    id: str
    kind: str
    ownership: Ownership
    name: str
    """Empty for a personal page."""
    is_polled: bool = True
    """False for what a person hands over."""


class Polls(msgspec.Struct, frozen=True):
    """Of one source, with one outcome."""

    source: str
    was_answered: bool
    count: int
    last: datetime


class Broken(msgspec.Struct, frozen=True):
    """Items held in the period, and those of them that still waited."""

    held: int
    waiting: int


class Watch(Protocol):
    """What remembers polls and held items."""

    def declared(self, position: int) -> Sequence[Declared]:
        """As last declared at or before this ledger position."""

    def polls(self, since: datetime, until: datetime, ended: datetime) -> Sequence[Polls]:
        """That began at or after `since` and before `until`, and had ended by `ended`; what belongs together may come
        in several parts."""

    def broken(self, since: datetime, until: datetime, position: int) -> Broken:
        """`until` excluded; as things stood at this ledger position."""


def bounds(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """Its first moment, and the first that is no longer in it."""
    return (
        datetime.combine(period.since, time(), zone),
        datetime.combine(period.until + timedelta(days=1), time(), zone),
    )


def listening(watch: Watch, period: Period, known: Known, zone: tzinfo) -> Listening:
    begun, over = bounds(period, zone)
    heard = min(over, known.moment - SETTLING)
    declared = {d.id: d for d in watch.declared(known.position) if d.is_polled}
    told = {id: _Heard() for id in declared}
    deaf: list[date] = []
    for day in _days(begun.date(), min(heard, over - timedelta(microseconds=1)).astimezone(zone).date()):
        since, until = (datetime.combine(d, time(), zone) for d in (day, day + timedelta(days=1)))
        # What began at the very moment that is told of last had ended by then where it took no time.
        until = min(until, heard + timedelta(microseconds=1))
        polls = watch.polls(since, until, heard) if heard > begun else ()
        is_deaf = True
        for poll in polls:
            if poll.source in told:
                told[poll.source].add(poll)
                is_deaf = is_deaf and not poll.was_answered
        if is_deaf:
            deaf.append(day)
    broken = watch.broken(begun, over, known.position)
    heard_of = [t for t in told.values() if t.last is not None]
    return Listening(
        until=heard,
        sources=len(declared),
        answered=sum(t.good > 0 for t in heard_of),
        failing=sum(not t.is_well for t in heard_of),
        silent=len(told) - len(heard_of),
        polls_good=sum(t.good for t in heard_of),
        polls_failed=sum(t.failed for t in heard_of),
        held=broken.held,
        waiting=broken.waiting,
        deaf_days=tuple(deaf),
        told=tuple(_told(declared, told)),
    )


class _Heard:
    """What came of one source's polls."""

    __slots__ = ("failed", "good", "is_well", "last")

    def __init__(self) -> None:
        self.good = self.failed = 0
        self.last: datetime | None = None
        self.is_well = False

    def add(self, polls: Polls) -> None:
        if polls.was_answered:
            self.good += polls.count
        else:
            self.failed += polls.count
        if self.last is None or (polls.last, polls.was_answered) > (self.last, self.is_well):
            self.last, self.is_well = polls.last, polls.was_answered


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _told(declared: Mapping[str, Declared], heard: Mapping[str, _Heard]) -> list[SourceTold]:
    """Outlets and institutions each by name, the failing first, then the silent; all personal pages as one line."""
    named: list[SourceTold] = []
    pooled: list[_Heard] = []
    for id, source in sorted(declared.items()):
        if source.ownership is Ownership.PERSONAL:
            pooled.append(heard[id])
        else:
            named.append(_source(id, [heard[id]]))
    named.sort(
        key=lambda told: (told.is_well, told.silent, declared[told.source].name.casefold(), told.source)
    )
    if pooled:
        named.append(_source(POOL, pooled))
    return named


def _source(id: str, pages: Sequence[_Heard]) -> SourceTold:
    return SourceTold(
        id,
        len(pages),
        sum(page.good for page in pages),
        sum(page.failed for page in pages),
        all(page.is_well for page in pages),
        failing=sum(page.last is not None and not page.is_well for page in pages),
        silent=sum(page.last is None for page in pages),
    )
