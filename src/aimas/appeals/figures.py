"""How well appeals are answered, by unit: every share with its denominator, its interval and the very cases that it
counts. Speed is never told without how many came back, and few cases are never ranked."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from statistics import median

import msgspec

from aimas.appeals.states import CaseState
from aimas.appeals.types import Decision, Stage
from aimas.measuring.intervals import Interval, wilson

UPHELD = (Decision.SATISFIED, Decision.PARTLY)


class Measure(StrEnum):
    """What is counted, and of what."""

    ON_TIME = "on-time"
    """Answered within the term that held, of those whose term is over or kept."""
    FORWARDED = "forwarded"
    """Sent to another body, whole or in part, of all."""
    HANDED_ON = "handed-on"
    """Sent on more than once, of all."""
    REOPENED = "reopened"
    """The applicant said "not solved", of those that were answered."""
    REPEATED = "repeated"
    """Linked by a person as a repeat of an earlier one, of all."""
    COMPLAINED = "complained"
    """A complaint came about how it was handled, of all."""
    UPHELD = "upheld"
    """Satisfied wholly or in part, of those decided; what was only explained is not decided."""
    EXTENDED = "extended"
    """The term was prolonged, of those that have one."""
    RATED_WELL = "rated-well"
    """Four or five stars, of those that the applicant rated."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A count of a count."""

    measure: Measure
    cases: tuple[str, ...]
    """Those counted."""
    among: tuple[str, ...]
    """Those that could have been."""
    interval: Interval | None
    """Wilson's, at 95 %; None where nothing could be counted."""

    @property
    def n(self) -> int:
        return len(self.cases)

    @property
    def of(self) -> int:
        return len(self.among)


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """Hours until the applicant first heard more than the receipt, never without how many came back."""

    median_hours: float
    ninth_hours: float
    """Nine in ten heard within that."""
    cases: tuple[str, ...]
    still_silent: tuple[str, ...]
    """Those that have heard nothing yet; they are in no average."""
    reopened: Share


class UnitFigures(msgspec.Struct, frozen=True, kw_only=True):
    unit: str | None
    """None: of nobody yet."""
    received: tuple[str, ...]
    open: tuple[str, ...]
    overdue: tuple[str, ...]
    erased: tuple[str, ...]
    """Of those received: nobody can read them any more, and nothing of them is owed."""
    shares: dict[Measure, Share]
    speed: Speed | None
    """None: nobody has heard anything yet."""
    is_ranked: bool
    """Enough cases to stand beside others."""


class ServiceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of what came from `since` to `until`, both included, as it stands on `today`."""

    since: date
    until: date
    today: date
    snapshot: int
    """Ledger position at which everything was counted: asked for again at it, every number and list is the same."""
    least: int
    """Cases below which a unit is not ranked."""
    whole: UnitFigures
    units: tuple[UnitFigures, ...]
    """By name; who is best is no order of this list."""

    def ranked(self, measure: Measure) -> tuple[str, ...]:
        """Units with enough cases, by the lower end of the interval, the best first."""
        enough = [u for u in self.units if u.is_ranked and u.unit and u.shares[measure].interval]
        return tuple(u.unit or "" for u in sorted(enough, key=lambda u: -_low(u.shares[measure])))


def figures(
    states: Iterable[CaseState], since: date, until: date, today: date, least: int, snapshot: int
) -> ServiceFigures:
    every = [state for state in states if since <= state.received_on <= until]
    units: dict[str | None, list[CaseState]] = {}
    for state in every:
        units.setdefault(state.unit, []).append(state)
    return ServiceFigures(
        since=since,
        until=until,
        today=today,
        snapshot=snapshot,
        least=least,
        whole=_of(None, every, today, least),
        units=tuple(
            _of(unit, units[unit], today, least) for unit in sorted(units, key=lambda u: (u is None, u or ""))
        ),
    )


_Test = Callable[[CaseState, date], bool]

_COUNTED: dict[Measure, tuple[_Test, _Test]] = {
    Measure.ON_TIME: (
        lambda s, today: s.done_on is not None and s.term is not None and s.done_on <= s.term,
        lambda s, today: s.term is not None and (s.done_on is not None or today > s.term),
    ),
    Measure.FORWARDED: (lambda s, today: s.forwards > 0, lambda s, today: True),
    Measure.HANDED_ON: (lambda s, today: s.forwards > 1, lambda s, today: True),
    Measure.REOPENED: (lambda s, today: s.reopenings > 0, lambda s, today: s.done_on is not None),
    Measure.REPEATED: (lambda s, today: s.is_repeat, lambda s, today: True),
    Measure.COMPLAINED: (lambda s, today: s.complaints > 0, lambda s, today: True),
    Measure.UPHELD: (
        lambda s, today: s.decision in UPHELD,
        lambda s, today: s.decision is not None and s.decision is not Decision.EXPLAINED,
    ),
    Measure.EXTENDED: (lambda s, today: s.extensions > 0, lambda s, today: s.term is not None),
    Measure.RATED_WELL: (
        lambda s, today: s.stars is not None and s.stars >= 4,
        lambda s, today: s.stars is not None,
    ),
}
"""What is counted, and among what."""


def _of(unit: str | None, states: Sequence[CaseState], today: date, least: int) -> UnitFigures:
    shares = {measure: _share(measure, states, today) for measure in Measure}
    return UnitFigures(
        unit=unit,
        received=tuple(s.case for s in states),
        open=tuple(s.case for s in states if s.is_open),
        overdue=tuple(s.case for s in states if s.due is not None and s.due < today),
        erased=tuple(s.case for s in states if s.stage is Stage.ERASED),
        shares=shares,
        speed=_speed(states, shares[Measure.REOPENED]),
        is_ranked=len(states) >= least,
    )


def _share(measure: Measure, states: Sequence[CaseState], today: date) -> Share:
    counts, could = _COUNTED[measure]
    among = [s for s in states if could(s, today)]
    cases = tuple(s.case for s in among if counts(s, today))
    return Share(
        measure=measure,
        cases=cases,
        among=tuple(s.case for s in among),
        interval=wilson(len(cases) / len(among), len(among)) if among else None,
    )


def _speed(states: Sequence[CaseState], reopened: Share) -> Speed | None:
    heard = [(s, s.contact_at) for s in states if s.contact_at is not None]
    if not heard:
        return None
    hours = sorted((at - s.received_at).total_seconds() / 3600 for s, at in heard)
    return Speed(
        median_hours=round(median(hours), 1),
        ninth_hours=round(hours[min(len(hours) - 1, int(0.9 * len(hours)))], 1),
        cases=tuple(s.case for s, _ in heard),
        still_silent=tuple(s.case for s in states if s.contact_at is None and s.is_open),
        reopened=reopened,
    )


def _low(share: Share) -> float:
    return share.interval.low if share.interval else 0.0
