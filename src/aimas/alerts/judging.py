"""Counts a saved search's days by the same tree and snapshot as everything, and asks whether one of them is a spike."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from aimas.alerts.calendar import Calendar
from aimas.alerts.spikes import WEEKS, Baseline, Sensitivity, baseline
from aimas.search import Node, conjunction
from aimas.search.service import Question, Search
from aimas.search.tree import Dated, Everything


class Judged(msgspec.Struct, frozen=True):
    """One day, its count and what was to be expected."""

    day: date
    count: int
    baseline: Baseline

    @property
    def is_spike(self) -> bool:
        return self.count >= self.baseline.threshold

    @property
    def chance(self) -> float:
        return self.baseline.chance(self.count)


def on(day: date, node: Node) -> Node:
    """The publications of one day."""
    return conjunction(node, Dated(day, day))


def judged(
    search: Search, question: Question, days: Iterable[date], sensitivity: Sensitivity, calendar: Calendar
) -> list[Judged]:
    """In order; days with too little history before them are left out."""
    wanted = sorted(days)
    first = wanted[0] - timedelta(weeks=WEEKS)
    scope = question.scope
    everything = search.about(Everything(), scope.institution, scope.snapshot)
    counts = search.days(question, first, wanted[-1])
    listened = search.days(everything, first, wanted[-1])
    return judged_days(counts, listened, wanted, sensitivity, calendar)


def judged_days(
    counts: Mapping[date, int],
    listened: Mapping[date, int],
    days: Iterable[date],
    sensitivity: Sensitivity,
    calendar: Calendar,
) -> list[Judged]:
    found = []
    for day in days:
        expected = baseline(counts, listened, day, sensitivity, calendar)
        if expected is not None:
            found.append(Judged(day, counts.get(day, 0), expected))
    return found
