"""What the program believes about a case, and to whom it would give it; a person decides."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

import msgspec

from aimas.appeals.clusters import ClusterMember
from aimas.appeals.routing import Officer, Route, route
from aimas.appeals.writing import Means, required
from aimas.core import Guess


class Suggesting(Protocol):
    """Says what a text is about; `appeals.suggesting` does."""

    def category(self, text: str) -> Guess[str] | None: ...
    def urgency(self, text: str) -> Guess[str] | None: ...
    def competence(self, text: str) -> Guess[str] | None: ...


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """Spans count in the masked text. None: nobody looked, or nothing can be said."""

    category: Guess[str] | None
    competence: Guess[str] | None
    urgency: Guess[str] | None
    route: Route | None
    similar: tuple[ClusterMember, ...]


class Advice:
    def __init__(
        self,
        means: Means,
        suggesting: Callable[[], Suggesting | None],
        officers: Callable[[date], Sequence[Officer]],
    ) -> None:
        self._means = means
        self._suggesting = suggesting
        self._officers = officers

    def suggestions(self, case_id: str) -> Suggestions:
        """What the program believes, from the masked text; a person decides."""
        case = required(case_id, self._means.store.events(case_id))
        text = self._means.persons.masked(case_id).text
        told = self._suggesting()
        category = told.category(text) if told and text else None
        chosen = case.category or (category.value if category else None)
        today = self._means.terms.hours.local(self._means.clock.now()).date()
        return Suggestions(
            category=category,
            competence=told.competence(text) if told and text else None,
            urgency=told.urgency(text) if told and text else None,
            route=route(
                self._means.office.routing,
                case,
                text,
                chosen,
                self._officers(today),
                self._means.store.loads(),
            ),
            similar=self._means.clusters.cluster(case_id),
        )

    def urgency(self, case_id: str) -> Guess[str] | None:
        """Of the suggestions this one alone, for a list of many cases."""
        told = self._suggesting()
        text = self._means.persons.masked(case_id).text if told else ""
        return told.urgency(text) if told and text else None
