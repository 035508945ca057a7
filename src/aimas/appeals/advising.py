"""What the program believes about a case, and to whom it would give it; a person decides."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

import msgspec

from aimas.appeals.against import BY, CONFIDENCE, against
from aimas.appeals.categories import SHIELDED
from aimas.appeals.clusters import ClusterMember
from aimas.appeals.routing import Officer, Route, route
from aimas.appeals.types import Urgency, Veiled, Weighed
from aimas.appeals.writing import Means, required
from aimas.core import Actor, Guess

_READER = Actor("program", "appeals")
"""Who looked and could not tell."""


class Suggesting(Protocol):
    """Says what a text is about; `appeals.suggesting` does."""

    def category(self, text: str) -> Guess[str] | None: ...
    def urgency(self, text: str) -> Guess[str] | None: ...
    def competence(self, text: str) -> Guess[str] | None: ...


Weighing = Callable[[datetime], Weighed]
"""The event, once it is known when it is entered."""
Weigh = Callable[[str], Weighing | None]
"""Of a masked text; None: nobody looked."""
Veiling = Callable[[datetime], Veiled]
"""The event, once it is known when it is entered."""
Veil = Callable[[str], Veiling | None]
"""Of a masked text; None: nothing says that few may see it."""


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

    def weigh(self, text: str) -> Weighing | None:
        """The suggestion of a masked text as an event; None where no model is installed."""
        told = self._suggesting()
        if told is None or not text:
            return None
        guess = told.urgency(text)

        def weighed(at: datetime) -> Weighed:
            if guess is None:
                return Weighed(at=at, by=_READER, urgency=None)
            by = Actor("program", guess.by)
            return Weighed(at=at, by=by, urgency=Urgency(guess.value), confidence=round(guess.confidence, 3))

        return weighed

    def veil(self, text: str) -> Veiling | None:
        """What speaks against the police or of custody is seen by few until a person has looked: as the model suggests,
        or as the words say by rules."""
        told = self._suggesting()
        guess = told.category(text) if told and text else None
        if guess is not None and guess.value in SHIELDED:
            category, confidence, by = guess.value, guess.confidence, guess.by
        elif found := against(text):
            category, confidence, by = found.category, CONFIDENCE, BY
        else:
            return None

        def veiled(at: datetime) -> Veiled:
            return Veiled(at=at, by=Actor("program", by), category=category, confidence=round(confidence, 3))

        return veiled

    def weigh_open(self, by: Actor) -> int:
        """Looks at open cases that nobody weighed, as those of older versions; returns how many."""
        done, means = 0, self._means
        for state in means.store.states(None, None):
            case = required(state.case, means.store.events(state.case))
            if not state.is_open or case.weighed is not None:
                continue
            text = means.persons.masked(case.id).text
            weighed, veiled = self.weigh(text), self.veil(text)
            if weighed is None:
                continue
            with means.settle(by) as settlement:
                writing = means.writing(settlement, case.id)
                if writing.case.weighed is None:
                    writing.record(weighed(means.clock.now()))
                    if (
                        veiled is not None
                        and not writing.case.is_confidential
                        and writing.case.category is None
                    ):
                        writing.record(veiled(means.clock.now()))
                    done += 1
        return done
