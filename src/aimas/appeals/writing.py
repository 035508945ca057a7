"""One case in one settlement: events admitted one after another, the words in them sealed, and what the applicant must
hear put into the outbox with the event that it tells."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from aimas.appeals.admission import RefusedEvent, refusal
from aimas.appeals.cases import Case, applied, begun, folded
from aimas.appeals.clusters import Clusters
from aimas.appeals.law import Terms
from aimas.appeals.office import Office
from aimas.appeals.sheets import Applicant, Attachment, Part, PartKind
from aimas.appeals.states import state_of
from aimas.appeals.store import (
    AppealStore,
    MessageState,
    PersonStore,
    Settle,
    Settlement,
    Waiting,
)
from aimas.appeals.types import (
    AnyEvent,
    Channel,
    Delivered,
    Entrusted,
    Linked,
    MessageKind,
    Received,
    Refusal,
    Told,
    Unlinked,
)
from aimas.core import Actor, BadInput, Clock

PAGE = Actor("program", "page")
MAILED = "-mail"
"""Ends the key of a message that goes by letter beside another."""
_SEALED_FIELDS = ("reason", "proof")


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What everything that is done to cases is done with."""

    store: AppealStore
    persons: PersonStore
    settle: Settle
    clock: Clock
    office: Office
    clusters: Clusters
    entropy: Callable[[int], bytes]

    @property
    def terms(self) -> Terms:
        return self.office.terms

    def notice_id(self) -> str:
        return f"notice-{self.entropy(8).hex()}"

    def writing(self, settlement: Settlement, case_id: str) -> "Writing":
        return Writing(self, settlement, case_id, required(case_id, self.store.events(case_id, settlement)))


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How and when a message came to the applicant's knowledge."""

    channel: Channel
    on: date
    """By the office's clock."""
    proof: str
    by: Actor
    """Who says so."""


def required(case_id: str, events: tuple[AnyEvent, ...]) -> Case:
    """As its events make it; raises BadInput where there are none."""
    if not events:
        raise no_case(case_id)
    return folded(events)


def no_case(case_id: str) -> BadInput:
    return BadInput(f"There is no case {case_id}.")


class Writing:
    """Each event is admitted upon those before it."""

    def __init__(self, means: Means, settlement: Settlement, case_id: str, case: Case | None) -> None:
        self._means = means
        self._settlement = settlement
        self._id = case_id
        self._case = case
        self.position = settlement.position
        self.sealed: list[str] = []
        """Of the last event."""

    @property
    def case(self) -> Case:
        assert self._case is not None
        return self._case

    def require(self, event: AnyEvent) -> None:
        if reason := refusal(self._case, event, self._means.terms):
            raise RefusedEvent(reason)

    def commitment(self, text: str) -> str:
        """Hex, keyed by the case's key; raises RefusedEvent where that is destroyed."""
        if self.case.erased_at:
            raise RefusedEvent(Refusal.ERASED)
        return self._means.persons.commitment(self._settlement, self._id, text)

    def record(
        self,
        event: AnyEvent,
        parts: Sequence[Part] = (),
        attachments: Sequence[Attachment] = (),
        receipt: str | None = None,
    ) -> Case:
        means, settlement = self._means, self._settlement
        self.require(event)
        event, words = self._without_words(event)
        position = settlement.position + 1
        every = [*parts, *words]
        self.sealed = (
            means.persons.put(settlement, self._id, position, every, attachments)
            if every or attachments
            else []
        )
        turn = len(self._case.events) + 1 if self._case else 1
        self.position = settlement.case_event(self._id, turn, event, self.sealed, receipt)
        if self._case is None:
            assert isinstance(event, Received)
            self._case = begun(event)
        else:
            self._case = applied(self._case, event)
        if isinstance(event, Entrusted):
            means.store.put_reader(settlement, self._id, event.reader)
        means.store.put_state(settlement, state_of(self._case, means.terms), self.position)
        if isinstance(event, Linked | Unlinked):
            means.clusters.ruled(settlement, self._case, event)
        return self._case

    def tell(
        self, event: AnyEvent, kind: MessageKind, key: str, text: str, parts: Sequence[Part] = ()
    ) -> None:
        """Records the event with the notice that is for the applicant, and sends it: that he heard of it is an event of
        its own, see `reached`."""
        notice_part = Part(kind=PartKind.NOTICE, text=text, about=key)
        self.record(event, [notice_part, *parts])
        applicant = self._means.persons.sheet(self._id, self._settlement).applicant
        self.send(kind, self.sealed[0], applicant, key)

    def send(
        self, kind: MessageKind, sealed: str, applicant: Applicant | None, key: str | None = None
    ) -> None:
        """Puts what was sealed last into the outbox; on the citizen's page it can be read at once. What goes by hand
        waits there until a person says how and when it was told."""
        case, means = self.case, self._means
        on_page = case.channel in (Channel.WEB, Channel.API)
        if not on_page and applicant is None:
            # Nobody to tell: it came without a name, by a way that leads nowhere back.
            return
        by_program = case.channel is Channel.EMAIL and applicant is not None and applicant.email.strip()
        state = MessageState.SENT if on_page else MessageState.WAITING if by_program else MessageState.BY_HAND
        key = key or means.notice_id()
        self._put(key, kind, case.channel, state, sealed)
        if case.channel is not Channel.EMAIL:
            self._mail(f"{key}{MAILED}", kind, sealed, applicant)
        if on_page:
            today = means.terms.hours.local(means.clock.now()).date()
            proof = "readable on the applicant's page"
            self.reached(kind, key, Reached(channel=case.channel, on=today, proof=proof, by=PAGE))

    def reached(self, kind: MessageKind, key: str, how: Reached) -> Refusal | None:
        """Records that a message came to the applicant's knowledge: of the answer to all that is ours as its delivery.
        Returns why the case can't say so, where it can't; nothing is recorded then."""
        at, notice = self._means.clock.now(), key.removesuffix(MAILED)
        event: AnyEvent
        if kind is MessageKind.ANSWER and not self.case.open:
            event = Delivered(at=at, by=how.by, channel=how.channel, proof=how.proof, on=how.on)
        else:
            event = Told(
                at=at, by=how.by, about=kind, notice=notice, channel=how.channel, on=how.on, proof=how.proof
            )
        if reason := refusal(self.case, event, self._means.terms):
            return reason
        self.record(event)
        return None

    def acknowledge(self, applicant: Applicant | None) -> None:
        """The receipt by letter, to who was told that letters come; a letter itself was answered at once."""
        if self.case.channel not in (Channel.EMAIL, Channel.IMPORT):
            self._mail(self._means.notice_id(), MessageKind.RECEIPT, "", applicant)

    def _mail(self, key: str, kind: MessageKind, sealed: str, applicant: Applicant | None) -> None:
        """Whoever left an address was promised what concerns him there, by whatever way he came."""
        if self._means.office.sends_mail and applicant is not None and applicant.email.strip():
            self._put(key, kind, Channel.EMAIL, MessageState.WAITING, sealed)

    def _put(self, key: str, kind: MessageKind, channel: Channel, state: MessageState, sealed: str) -> None:
        case, means = self.case, self._means
        message = Waiting(
            key=key,
            kind=kind,
            channel=channel,
            language=case.language,
            state=state,
            due_at=means.clock.now(),
            sealed=sealed,
        )
        means.store.put_message(self._settlement, case.id, case.number or "", message, self.position)

    def act(self, verb: str, detail: Mapping[str, Any]) -> None:
        self.position = self._settlement.act(verb, self._id, detail)
        self._means.store.put_act(self._settlement, self._id, self.position)

    def _without_words(self, event: AnyEvent) -> tuple[AnyEvent, list[Part]]:
        """The event with the mark of the words that a person wrote into it, and the words to be sealed."""
        parts = []
        for field in _SEALED_FIELDS:
            words = getattr(event, field, None)
            if words:
                keyed = self._means.persons.commitment(self._settlement, self._id, words)
                event = msgspec.structs.replace(event, **{field: f"sealed:{keyed}"})
                parts.append(Part(kind=PartKind.WORDS, text=words, about=field))
        return event, parts
