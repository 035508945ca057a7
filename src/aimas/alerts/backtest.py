"""What a rule would have sent on the history that is on file, before it is switched on."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from aimas.alerts.calendar import Calendar
from aimas.alerts.judging import judged, on
from aimas.alerts.spikes import Baseline, Sensitivity, episodes
from aimas.alerts.types import RuleKind
from aimas.search import conjunction, written
from aimas.search.service import Question, Search
from aimas.search.tree import Dated

DAYS = 90


class Firing(msgspec.Struct, frozen=True):
    """One day on which something would have been sent."""

    day: date
    count: int
    query: str
    """Lists exactly the counted publications, at the back-test's snapshot."""
    messages: int
    expected: float | None = None
    threshold: int | None = None
    chance: float | None = None


class Backtest(msgspec.Struct, frozen=True):
    """Counts by the day of publication as it is known now; on the day itself only what had arrived was known."""

    kind: RuleKind
    institution: str
    query: str
    snapshot: int
    since: date
    until: date
    judged_days: int
    """Of a spike rule: days with enough history before them."""
    firings: tuple[Firing, ...]
    messages: int
    per_week: float
    days: tuple[Firing, ...]
    """Of a spike rule: every judged day, also the quiet ones, with nothing to send."""
    last: Baseline | None
    """Of the last judged day: what the rule goes by now."""


def backtest(
    search: Search,
    question: Question,
    kind: RuleKind,
    calendar: Calendar,
    *,
    sensitivity: Sensitivity | None = None,
    hour: int | None = None,
    days: int = DAYS,
    until: date | None = None,
) -> Backtest:
    """The `days` days up to yesterday: today is not over. Undated publications are in no day."""
    last = until or search.today() - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    period = [first + timedelta(days=n) for n in range(days)]
    judged_count, baseline = days, None
    every_day: tuple[Firing, ...] = ()
    firings: list[Firing]
    match kind:
        case RuleKind.SPIKE:
            verdicts = judged(search, question, period, sensitivity or Sensitivity(), calendar)
            starts = set(episodes([v.day for v in verdicts if v.is_spike]))
            every_day = tuple(
                Firing(
                    v.day,
                    v.count,
                    written(on(v.day, question.node)),
                    int(v.day in starts),
                    round(v.baseline.expected, 2),
                    v.baseline.threshold,
                    v.chance,
                )
                for v in verdicts
            )
            firings = [d for d in every_day if d.messages]
            judged_count = len(verdicts)
            baseline = verdicts[-1].baseline if verdicts else None
        case _:
            firings = list(_found(search, question, kind, hour, first, last))
    messages = sum(f.messages for f in firings)
    return Backtest(
        kind=kind,
        institution=question.scope.institution,
        query=written(question.node),
        snapshot=question.scope.snapshot,
        since=first,
        until=last,
        judged_days=judged_count,
        firings=tuple(firings),
        messages=messages,
        per_week=round(messages * 7 / max(judged_count, 1), 2),
        days=every_day,
        last=baseline,
    )


def _found(
    search: Search, question: Question, kind: RuleKind, hour: int | None, first: date, last: date
) -> Iterator[Firing]:
    """Every item by itself; a digest once an hour or a day that has any."""
    scope = question.scope
    inside = search.about(conjunction(question.node, Dated(first, last)), scope.institution, scope.snapshot)
    counts = search.days(inside, first, last)
    slots: Counter[date] = Counter()
    if kind is RuleKind.EVERY:
        slots.update(counts)
    elif hour is None:
        hours = {_hour(hit.order, search) for hit in search.hits(inside, max(1, sum(counts.values())))}
        slots.update(at.date() for at in hours)
    else:
        # Of what came after the hour the next day's digest speaks.
        slots.update(dict.fromkeys(counts, 1))
    for day, count in sorted(counts.items()):
        yield Firing(day, count, written(on(day, question.node)), slots[day])


def _hour(order: int, search: Search) -> datetime:
    return datetime.fromtimestamp(order >> 32, search.zone).replace(minute=0, second=0)
