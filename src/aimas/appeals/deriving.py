"""What is derived from events and sealed words: made anew, and held against them."""

from collections.abc import Callable, Iterator
from itertools import islice

from aimas.appeals.cases import folded
from aimas.appeals.states import state_of
from aimas.appeals.types import Received
from aimas.appeals.writing import Means
from aimas.core import Actor

_PAGE = 500


class Derived:
    def __init__(self, means: Means) -> None:
        self._means = means

    def rebuild(self, by: Actor, progress: Callable[[int], None] | None = None) -> int:
        """Makes every derived row anew from the events, in one transaction; returns how many cases there are."""
        done = 0
        with self._means.settle(by) as settlement:
            self._means.store.empty_derived(settlement)
            for _, events, born, position in self._means.store.all_events():
                case = folded(events)
                self._means.store.put_state(settlement, state_of(case, self._means.terms), position, born)
                for reader in case.readers:
                    self._means.store.put_reader(settlement, case.id, reader)
                done += 1
                if progress is not None:
                    progress(done)
            for position, case_id, event in self._means.store.telling():
                case = folded(self._means.store.events(case_id, settlement))
                if isinstance(event, Received):
                    sheet = self._means.persons.sheet(case_id, settlement, position)
                    if not sheet.is_erased:
                        self._means.clusters.file(settlement, case, sheet)
                else:
                    self._means.clusters.ruled(settlement, case, event)
            settlement.act("cases-rebuilt", "appeals", {"cases": done})
        return done

    def misfits(self) -> Iterator[str]:
        """Cases whose derived row is not what their events make."""
        every = self._means.store.all_events()
        while page := list(islice(every, _PAGE)):
            known = self._means.store.rows([case_id for case_id, *_ in page])
            for case_id, events, _, position in page:
                if known.get(case_id) != (state_of(folded(events), self._means.terms), position):
                    yield f"the row of case {case_id} is not what its events make; run: aimas appeals rebuild"
