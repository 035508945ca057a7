"""Who was listening in a period, told only from what was on record at the moment the digest speaks of."""

from collections import defaultdict
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
    """Of one source, within one quarter of an hour, with one outcome."""

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

    def polls(self, since: datetime, until: datetime) -> Sequence[Polls]:
        """That began at or after `since` and ended by `until`."""

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
    polls = [p for p in watch.polls(begun, heard) if p.source in declared] if heard > begun else []
    by_source: dict[str, list[Polls]] = defaultdict(list)
    for poll in polls:
        by_source[poll.source].append(poll)
    is_well = {id: _is_well(found) for id, found in by_source.items()}
    answered = {p.source for p in polls if p.was_answered}
    broken = watch.broken(begun, over, known.position)
    return Listening(
        until=heard,
        sources=len(declared),
        answered=len(answered),
        failing=sum(not well for well in is_well.values()),
        silent=len(declared.keys() - by_source.keys()),
        polls_good=sum(p.count for p in polls if p.was_answered),
        polls_failed=sum(p.count for p in polls if not p.was_answered),
        held=broken.held,
        waiting=broken.waiting,
        deaf_days=tuple(_deaf(polls, begun.date(), min(heard, over - timedelta(microseconds=1)), zone)),
        told=tuple(_told(declared, by_source, is_well)),
    )


def _is_well(polls: Sequence[Polls]) -> bool:
    return max(polls, key=lambda p: (p.last, p.was_answered)).was_answered


def _deaf(polls: Sequence[Polls], first: date, last: datetime, zone: tzinfo) -> list[date]:
    heard = {p.last.astimezone(zone).date() for p in polls if p.was_answered}
    days = (last.astimezone(zone).date() - first).days + 1
    return [d for d in (first + timedelta(days=n) for n in range(days)) if d not in heard]


def _told(
    declared: Mapping[str, Declared], polls: Mapping[str, Sequence[Polls]], is_well: Mapping[str, bool]
) -> list[SourceTold]:
    """Outlets and institutions each, the failing first; all personal pages as one line, at the end."""
    named: list[SourceTold] = []
    pooled: list[SourceTold] = []
    for id, source in sorted(declared.items()):
        good = sum(p.count for p in polls.get(id, ()) if p.was_answered)
        failed = sum(p.count for p in polls.get(id, ()) if not p.was_answered)
        told = SourceTold(id, 1, good, failed, is_well.get(id, False))
        (pooled if source.ownership is Ownership.PERSONAL else named).append(told)
    named.sort(key=lambda told: (told.is_well, told.source))
    if pooled:
        good, failed = sum(t.good for t in pooled), sum(t.failed for t in pooled)
        named.append(SourceTold(POOL, len(pooled), good, failed, all(t.is_well for t in pooled)))
    return named
