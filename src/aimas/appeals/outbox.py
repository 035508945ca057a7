"""What goes out to applicants: opened for whoever sends it, claimed once, and settled in the case that it tells of."""

from datetime import datetime

import msgspec

from aimas.appeals.admission import refusal
from aimas.appeals.notices import answer_letter, plain_language, receipt_letter, receipt_subject
from aimas.appeals.receipts import read_receipt, receipt_told
from aimas.appeals.sheets import Applicant, PartKind
from aimas.appeals.store import MessageKind, MessageState, Outgoing
from aimas.appeals.types import AnyEvent, Delivered, DeliveryFailed
from aimas.appeals.writing import PAGE, Means
from aimas.core import Actor, BadInput, Language

_SENT = (PartKind.ANSWER, PartKind.NOTICE)


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
        """It reached the applicant; of an answer the case says so."""
        self._settled(row, MessageState.SENT, by, proof)

    def mark_failed(self, row: Outgoing, reason: str, by: Actor = PAGE) -> None:
        """It could not be sent and is given up; a clerk finds another way."""
        self._settled(row, MessageState.FAILED, by, reason)

    def claim(self, row: Outgoing, until: datetime, by: Actor) -> bool:
        """Takes a message in hand, so that nobody else sends it meanwhile; False where somebody did."""
        with self._means.settle(by) as settlement:
            return self._means.store.claim_message(settlement, row.id, self._means.clock.now(), until)

    def postpone(self, row: Outgoing, due_at: datetime, by: Actor = PAGE) -> None:
        """It could not be sent for now; tried again then."""
        with self._means.settle(by) as settlement:
            self._means.store.settle_message(settlement, row.id, MessageState.WAITING, due_at)

    def _settled(self, row: Outgoing, state: MessageState, by: Actor, words: str) -> None:
        with self._means.settle(by) as settlement:
            if not self._means.store.settle_message(settlement, row.id, state, None):
                return
            writing = self._means.writing(settlement, row.case)
            event: AnyEvent = (
                Delivered(at=self._means.clock.now(), by=by, channel=row.channel, proof=words)
                if state is MessageState.SENT
                else DeliveryFailed(at=self._means.clock.now(), by=by, channel=row.channel, reason=words)
            )
            if row.kind is MessageKind.ANSWER and refusal(writing.case, event, self._means.terms) is None:
                writing.record(event)
            else:
                # A notice, or the answer to a part while the rest is open: the case does not move.
                writing.act(f"message-{state.value}", {"kind": row.kind.value, "channel": row.channel.value})
