"""What goes out to applicants: opened for whoever sends it, claimed once, and settled in the case that it tells of."""

from datetime import date, datetime

import msgspec

from aimas.appeals.admission import RefusedEvent, refusal
from aimas.appeals.notices import answer_letter, plain_language, receipt_letter, receipt_subject
from aimas.appeals.receipts import read_receipt, receipt_told
from aimas.appeals.sheets import Applicant, PartKind
from aimas.appeals.store import MessageState, Outgoing
from aimas.appeals.types import Channel, Delivered, DeliveryFailed, MessageKind, Refusal
from aimas.appeals.writing import PAGE, Means, Reached, Writing
from aimas.core import Actor, BadInput, Language

_SENT = (PartKind.ANSWER, PartKind.NOTICE)
_BY_HAND = (MessageState.BY_HAND, MessageState.FAILED)
_SETTLED_ANYWAY = (Refusal.ALREADY_TOLD, Refusal.WITHDRAWN, Refusal.GONE)
"""Why a case may say no more of a message, though it went out."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to an applicant, opened to be sent."""

    subject: str
    text: str
    language: Language
    applicant: Applicant | None


class Outbox:
    def __init__(self, means: Means) -> None:
        self._means = means

    def outgoing(self, limit: int = 100) -> list[Outgoing]:
        """Messages that wait, to be sent by the program or by hand."""
        return self._means.store.outgoing(self._means.clock.now(), limit)

    def letter(self, row: Outgoing) -> Letter:
        """Opens a message for the one who sends it."""
        found = self._means.store.get_message(row.id)
        if found is None:
            raise BadInput(f"There is no message {row.id}.")
        sheet = self._means.persons.sheet(row.case)
        if row.kind is MessageKind.RECEIPT:
            subject, text = self._receipt(row)
        else:
            subject = answer_letter(row.kind, row.number, row.language)
            written = (w.text for w in sheet.written if w.position == row.position and w.kind in _SENT)
            text = next(written, "")
        return Letter(
            subject=subject,
            text=text,
            language=row.language,
            applicant=sheet.applicant,
        )

    def _receipt(self, row: Outgoing) -> tuple[str, str]:
        """Subject and text, by what it was when it came: who signed later has the receipt of a message."""
        kept = self._means.store.kept(row.case)
        receipt = read_receipt(kept.receipt) if kept else None
        if kept is None or receipt is None:
            return answer_letter(row.kind, row.number, row.language), ""
        language, office = plain_language(row.language), self._means.office
        told = receipt_told(receipt, language, office.retold)
        return (
            receipt_subject(receipt.standing, row.number, row.language),
            receipt_letter(told, kept.receipt, row.number, language, receipt.standing),
        )

    def mark_delivered(self, row: Outgoing, proof: str, by: Actor = PAGE) -> None:
        """It reached the applicant, and the case says so."""
        today = self._means.terms.hours.local(self._means.clock.now()).date()
        self._arrived(row, Reached(channel=row.channel, on=today, proof=proof, by=by), must=False)

    def told_by_hand(self, row: Outgoing, channel: Channel, on: date, proof: str, by: Actor) -> bool:
        """A person brought it to the applicant's knowledge on a day, by the office's clock; False where that was
        recorded already. Raises RefusedEvent for a day on which it can't have been, and without what shows it."""
        return self._arrived(row, Reached(channel=channel, on=on, proof=proof.strip(), by=by), must=True)

    def handed_over(self, case_id: str, channel: Channel, on: date, proof: str, by: Actor) -> None:
        """The answer reached the applicant: nothing of it waits for a clerk's hand any more. Raises RefusedEvent."""
        means = self._means
        with means.settle(by) as settlement:
            writing = means.writing(settlement, case_id)
            at = means.clock.now()
            writing.record(Delivered(at=at, by=by, channel=channel, proof=proof.strip(), on=on))
            for message in means.store.messages(case_id):
                if message.kind is MessageKind.ANSWER and message.state in _BY_HAND:
                    means.store.settle_message(settlement, message.id, MessageState.SENT, None)

    def mark_failed(self, row: Outgoing, reason: str, by: Actor = PAGE) -> None:
        """It could not be sent and is given up; a clerk finds another way."""
        with self._means.settle(by) as settlement:
            if not self._means.store.settle_message(settlement, row.id, MessageState.FAILED, None):
                return
            writing = self._means.writing(settlement, row.case)
            at = self._means.clock.now()
            event = DeliveryFailed(at=at, by=by, channel=row.channel, reason=reason)
            if row.kind is MessageKind.ANSWER and refusal(writing.case, event, self._means.terms) is None:
                writing.record(event)
            else:
                # A notice, or the answer to a part while the rest is open: the case does not move.
                _act(writing, row, MessageState.FAILED, row.channel)

    def claim(self, row: Outgoing, until: datetime, by: Actor) -> bool:
        """Takes a message in hand, so that nobody else sends it meanwhile; False where somebody did."""
        with self._means.settle(by) as settlement:
            return self._means.store.claim_message(settlement, row.id, self._means.clock.now(), until)

    def postpone(self, row: Outgoing, due_at: datetime, by: Actor = PAGE) -> None:
        """It could not be sent for now; tried again then."""
        with self._means.settle(by) as settlement:
            self._means.store.settle_message(settlement, row.id, MessageState.WAITING, due_at)

    def _arrived(self, row: Outgoing, how: Reached, *, must: bool) -> bool:
        """`must`: refused where the case can't say so, instead of being entered beside the case."""
        with self._means.settle(how.by) as settlement:
            if not self._means.store.settle_message(settlement, row.id, MessageState.SENT, None):
                return False
            writing = self._means.writing(settlement, row.case)
            if row.kind is MessageKind.RECEIPT:
                # That it was registered is known since the check code was shown.
                _act(writing, row, MessageState.SENT, how.channel)
            elif reason := writing.reached(row.kind, row.key, how):
                if must and reason not in _SETTLED_ANYWAY:
                    raise RefusedEvent(reason)
                _act(writing, row, MessageState.SENT, how.channel)
        return True


def _act(writing: Writing, row: Outgoing, state: MessageState, channel: Channel) -> None:
    writing.act(f"message-{state.value}", {"kind": row.kind.value, "channel": channel.value})
