"""Erasure: the key to a case's words is destroyed for good, and whatever was open of it ends by an event of its own."""

from aimas.appeals.cases import Case
from aimas.appeals.masking import masked
from aimas.appeals.pii import Find
from aimas.appeals.store import MessageState
from aimas.appeals.types import KeyDestroyed
from aimas.appeals.writing import Means
from aimas.core import Actor, BadInput

ERASED = "case-erased"
"""Verb of the act that says by what right."""
SHORTEST_REASON = 10
_ON_THE_WAY = (MessageState.WAITING, MessageState.BY_HAND)


class Erasing:
    def __init__(self, means: Means, find: Find) -> None:
        """`find` finds personal data: the reason outlives the words, so none may stand in it."""
        self._means = means
        self._find = find

    def erase(self, case_id: str, reason: str, by: Actor) -> Case:
        """Nobody can undo it. Raises BadInput without a reason and RefusedEvent where it was erased already."""
        if len(reason.strip()) < SHORTEST_REASON:
            raise BadInput("Say by what right it is erased, in ten characters or more: it is recorded.")
        means = self._means
        with means.settle(by) as settlement:
            writing = means.writing(settlement, case_id)
            applicant = means.persons.sheet(case_id, settlement).applicant
            told = masked(reason.strip(), applicant, self._find)
            writing.record(KeyDestroyed(at=means.clock.now(), by=by))
            means.persons.destroy_key(settlement, case_id)
            writing.act(ERASED, {"reason": told})
            for message in means.store.messages(case_id):
                # What it would have said is gone.
                if message.state in _ON_THE_WAY and means.store.settle_message(
                    settlement, message.id, MessageState.FAILED, None
                ):
                    detail = {"kind": message.kind.value, "channel": message.channel.value}
                    writing.act(f"message-{MessageState.FAILED.value}", detail)
        means.persons.sweep()
        return writing.case
