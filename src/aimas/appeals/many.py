"""One act of a person on many cases, in one settlement, and its undoing."""

from collections.abc import Callable, Iterable

import msgspec

from aimas.appeals.admission import RefusedEvent
from aimas.appeals.cases import Case
from aimas.appeals.sheets import Erased
from aimas.appeals.types import AnyEvent, Refusal
from aimas.appeals.undoing import NotUndone, opposite
from aimas.appeals.writing import Means
from aimas.core import Actor, BadInput


class BulkDone(msgspec.Struct, frozen=True):
    """What one act did to many cases."""

    id: str
    done: tuple[str, ...]
    refused: tuple[tuple[str, Refusal | NotUndone], ...]


class Many:
    def __init__(self, means: Means) -> None:
        self._means = means

    def bulk(self, cases: Iterable[str], make: Callable[[Case], AnyEvent], by: Actor) -> BulkDone:
        """Does to each what `make` says, in one settlement; what is refused is told and changes nothing."""
        return self._to_many(cases, make, by)

    def undo(self, bulk_id: str, by: Actor) -> BulkDone:
        """Takes a bulk act back by doing its opposite; nothing is deleted. What went out to applicants and what was
        changed since is refused."""
        positions = self._means.store.bulk(bulk_id)
        if positions is None:
            raise BadInput(f"There is no bulk act {bulk_id}.")
        told = {
            case_id: next(r.event for r in self._means.store.recorded(case_id) if r.position == position)
            for case_id, position in positions.items()
        }

        def taken_back(case: Case) -> AnyEvent | NotUndone:
            event = told[case.id]
            assert event is not None
            return opposite(case, event, self._means.clock.now(), by)

        return self._to_many(positions, taken_back, by)

    def _to_many(
        self, cases: Iterable[str], make: Callable[[Case], AnyEvent | NotUndone], by: Actor
    ) -> BulkDone:
        done: dict[str, int] = {}
        refused: list[tuple[str, Refusal | NotUndone]] = []
        with self._means.settle(by) as settlement:
            for case_id in dict.fromkeys(cases):
                writing = self._means.writing(settlement, case_id)
                event = make(writing.case)
                if isinstance(event, NotUndone):
                    refused.append((case_id, event))
                    continue
                try:
                    writing.record(event)
                except RefusedEvent as error:
                    refused.append((case_id, error.refusal))
                except Erased:
                    refused.append((case_id, NotUndone.ERASED))
                else:
                    done[case_id] = writing.position
            bulk = self._means.entropy(8).hex()
            self._means.store.put_bulk(settlement, bulk, done)
        return BulkDone(bulk, tuple(done), tuple(refused))
