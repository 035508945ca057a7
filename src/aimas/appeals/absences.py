"""Who may be given cases, and who of them is away: set by a person, in the ledger with the name of who set it."""

from collections.abc import Callable, Sequence
from datetime import date

from aimas.appeals.routing import Officer
from aimas.appeals.writing import Means
from aimas.core import Actor, BadInput

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

    def put(self, officer: str, first: date, last: date, by: Actor) -> None:
        """Both days included; who is away is suggested for nothing."""
        if last < first:
            raise BadInput("An absence ends on its first day or later.")
        with self._means.settle(by) as settlement:
            detail = {"officer": officer, "first": first.isoformat(), "last": last.isoformat()}
            settlement.act("officer-absent", officer, detail)
            self._means.store.put_absence(settlement, officer, first, last)
