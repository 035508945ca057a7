"""Who may be given cases, and who of them is away: set by a person, in the ledger with the name of who set it."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from aimas.appeals.routing import Absence, Officer
from aimas.appeals.writing import Means
from aimas.core import Actor, BadInput

LONGEST_DAYS = 366
Staff = Callable[[], Sequence[tuple[str, tuple[str, ...]]]]
"""Names of those who may be given cases, with their units."""


class Absences:
    def __init__(self, means: Means, staff: Staff) -> None:
        self._means = means
        self._staff = staff

    def officers(self, today: date) -> tuple[Officer, ...]:
        """Who may be given cases; whoever is away is marked."""
        away = self._means.store.absent(today)
        return tuple(Officer(name, units, name in away) for name, units in self._staff())

    def known(self, since: date) -> list[Absence]:
        """Those that last until this day or longer, by their first day."""
        return self._means.store.absences(since)

    def put(self, officer: str, first: date, last: date, by: Actor) -> None:
        """Both days included; who is away is suggested for nothing. In place of one that begins on the same day."""
        if last < first:
            raise BadInput("An absence ends on its first day or later.")
        if (last - first).days > LONGEST_DAYS:
            raise BadInput(f"An absence lasts {LONGEST_DAYS} days at most; say a longer one anew.")
        if officer not in {name for name, _ in self._staff()}:
            raise BadInput("There is no officer of this name.")
        absence = Absence(officer, first, last)
        with self._means.settle(by) as settlement:
            settlement.act("officer-absent", officer, _told(absence))
            self._means.store.put_absence(settlement, absence)

    def end(self, officer: str, first: date, today: date, by: Actor) -> None:
        """From today on the officer is here again; one that has not begun is called off."""
        with self._means.settle(by) as settlement:
            store = self._means.store
            known = next((a for a in store.absences(today) if (a.officer, a.first) == (officer, first)), None)
            if known is None or not store.end_absence(settlement, officer, first):
                raise BadInput("There is no such absence.")
            settlement.act("officer-back", officer, _told(known))
            if first < today:
                store.put_absence(settlement, Absence(officer, first, today - timedelta(days=1)))


def _told(absence: Absence) -> dict[str, str]:
    return {
        "officer": absence.officer,
        "first": absence.first.isoformat(),
        "last": absence.last.isoformat(),
    }
