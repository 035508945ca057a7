"""Where the rules of appeals meet a store: what comes is filed and registered at once, what happens is admitted and
recorded, and what the applicant must hear goes out with the event that it tells.

What people write goes into the encrypted store; the ledger's events hold commitments and, where an event asks for a
reason, the mark of the sealed words. `history` puts the words back, masked.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aimas.appeals.absences import Absences, Staff
from aimas.appeals.admission import RefusedEvent
from aimas.appeals.advising import Advice, Suggesting, Suggestions
from aimas.appeals.answers import AnswerStopped, Draft, Finding, LanguageOf, findings, may_go_out, overruled
from aimas.appeals.cases import Case, folded
from aimas.appeals.categories import SHIELDED, require_category
from aimas.appeals.clusters import ClusterMember, Clusters, Novelty
from aimas.appeals.deadlines import Deadline, deadlines, moved_by_calendar
from aimas.appeals.deriving import Derived
from aimas.appeals.erasing import Erasing
from aimas.appeals.figures import ServiceFigures, figures
from aimas.appeals.filing import NUMBER, Filed, Filing, NewAppeal
from aimas.appeals.law import Terms
from aimas.appeals.linking import Mark
from aimas.appeals.many import BulkDone, Many
from aimas.appeals.notices import notice, plain_language
from aimas.appeals.office import Office
from aimas.appeals.outbox import Letter, Outbox
from aimas.appeals.pii import Find, personal_data
from aimas.appeals.queue import Due, Order, QueuePage, QueueRow, QueueView
from aimas.appeals.routing import Officer, Route
from aimas.appeals.sheets import (
    Applicant,
    Attachment,
    AttachmentNote,
    Part,
    PartKind,
    Place,
    Sheet,
    Written,
)
from aimas.appeals.states import CaseState, state_of
from aimas.appeals.store import (
    AppealStore,
    MessageState,
    Outgoing,
    PersonStore,
    Recorded,
    Settle,
)
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Categorised,
    Decision,
    DocumentAdded,
    Extended,
    Forwarded,
    HearingNoticed,
    Identified,
    MessageKind,
    Recalculated,
    Refusal,
    Shielded,
    Urgency,
    Weighed,
)
from aimas.appeals.writing import Means, no_case, required
from aimas.core import Actor, Clock
from aimas.text import query_terms, words

__all__ = [
    "APPLICANT",
    "SHIELDED",
    "AnswerStopped",
    "Appeals",
    "Applicant",
    "Attachment",
    "AttachmentNote",
    "BulkDone",
    "ClusterMember",
    "Due",
    "Filed",
    "Letter",
    "MessageKind",
    "MessageState",
    "NewAppeal",
    "Novelty",
    "Office",
    "Order",
    "Outgoing",
    "PartKind",
    "Place",
    "QueuePage",
    "QueueRow",
    "QueueView",
    "Recorded",
    "RefusedEvent",
    "Route",
    "ServiceFigures",
    "Sheet",
    "Suggesting",
    "Suggestions",
    "Written",
]

_OVERTAKEN = timedelta(seconds=20)
APPLICANT = Actor("person", "applicant")


class Appeals:
    """Safe to share between threads; every write is one settlement of the ledger."""

    def __init__(
        self,
        store: AppealStore,
        persons: PersonStore,
        settle: Settle,
        clock: Clock,
        office: Office,
        key: Callable[[], Ed25519PrivateKey],
        secret: bytes,
        language_of: LanguageOf,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
        staff: Staff = tuple,
        suggesting: Callable[[], Suggesting | None] = lambda: None,
        find: Find = personal_data,
    ) -> None:
        """`key` signs receipts; `secret` makes the check codes of phones that ask twice; `staff` names those who may be
        given cases, with their units; `suggesting` is asked only when suggestions are; `find` finds personal data."""
        self._store = store
        self._persons = persons
        self._settle = settle
        self._clock = clock
        self.office = office
        self._language_of = language_of
        self._find = find
        self._clusters = Clusters(store, persons, find)
        self._means = means = Means(
            store=store,
            persons=persons,
            settle=settle,
            clock=clock,
            office=office,
            clusters=self._clusters,
            entropy=entropy,
        )
        self._many = Many(means)
        self._derived = Derived(means)
        self._erasing = Erasing(means, find)
        self.outbox = Outbox(means)
        self.absences = Absences(means, staff)
        self._advice = Advice(means, suggesting, self.absences.officers)
        self._filing = Filing(means, key, secret, self._advice.weigh, self._advice.veil, find)

    @property
    def terms(self) -> Terms:
        return self.office.terms

    # What comes.

    def file(self, new: NewAppeal, by: Actor) -> Filed:
        """Registers at once and gives the number. Raises BadInput where it is no appeal that can be taken in."""
        return self._filing.file(new, by)

    def add_document(self, case_id: str, text: str, attachments: Sequence[Attachment], by: Actor) -> Case:
        """The applicant or an official added words or files."""
        if not text.strip() and not attachments:
            raise RefusedEvent(Refusal.NO_TEXT)
        with self._settle(by) as settlement:
            writing = self._means.writing(settlement, case_id)
            keyed = writing.commitment(_listed(text, attachments))
            event = DocumentAdded(at=self._now(), by=by, content=keyed)
            parts = [Part(kind=PartKind.DOCUMENT, text=text)] if text.strip() else []
            return writing.record(event, parts, attachments)

    def identify(self, case_id: str, applicant: Applicant, by: Actor) -> Case:
        """The applicant signed after all; from now on the law owes a date."""
        if not applicant.name.strip():
            raise RefusedEvent(Refusal.NO_NAME)
        with self._settle(by) as settlement:
            part = Part(kind=PartKind.APPLICANT, applicant=applicant)
            return self._means.writing(settlement, case_id).record(Identified(at=self._now(), by=by), [part])

    # What is known.

    def case(self, case_id: str) -> Case:
        """As its events make it; raises BadInput where there is none."""
        return required(case_id, self._store.events(case_id))

    def deadlines(self, case_id: str) -> tuple[Deadline, ...]:
        return deadlines(self.case(case_id), self.terms)

    def by_number(self, number: str) -> str | None:
        """The case's id; letters and punctuation as the reader likes."""
        return self._filing.by_number(number)

    def knows(self, nonce: str) -> bool:
        """Whether something was filed with it."""
        return self._filing.knows(nonce)

    def opened(self, number: str, code: str) -> str | None:
        """The case's id where number and check code belong together; a wrong number and a wrong code cost the same."""
        return self._filing.opened(number, code)

    def receipt(self, case_id: str) -> str:
        """The receipt's text as it was issued."""
        return self._filing.receipt(case_id)

    def queue(self, view: QueueView, today: date) -> QueuePage:
        """One indexed read."""
        return self._store.queue(view, today, self._asked_words(view.text))

    def cluster(self, case_id: str) -> tuple[ClusterMember, ...]:
        """Cases that speak of the same thing. Confidential ones are among them: who asks shows only those that may be
        seen."""
        return self._clusters.cluster(case_id)

    def novelty(self, case_id: str) -> Novelty:
        """What a repeat or a form letter says that those before it did not."""
        return self._clusters.novelty(case_id)

    def history(self, case_id: str) -> tuple[Recorded, ...]:
        """Everything that happened to the case and everybody who looked, with ledger positions; the words of reasons
        with personal data masked."""
        found = self._store.recorded(case_id)
        if not found:
            raise no_case(case_id)
        sheet = self._persons.masked(case_id)
        return tuple(
            each
            if each.event is None
            else msgspec.structs.replace(
                each,
                words=sheet.words_of(each.position) or sheet.words_of(each.position, "proof"),
            )
            for each in found
        )

    def suggestions(self, case_id: str) -> Suggestions:
        """What the program believes, from the masked text; a person decides."""
        return self._advice.suggestions(case_id)

    def officers(self, today: date) -> tuple[Officer, ...]:
        """Who may be given cases; whoever is away is marked."""
        return self.absences.officers(today)

    def figures(self, since: date, until: date, today: date, at: int | None = None) -> ServiceFigures:
        """Of what came in these days, both included, as it stood at a ledger position; now where none is given."""
        head = self._store.head()
        at = head if at is None else min(at, head)
        states = self._states_at(at, since, until)
        return figures(states, since, until, today, self.office.least_for_ranks, at)

    # What happens.

    def tell(self, case_id: str, event: AnyEvent) -> Case:
        """Admits and records one event; raises RefusedEvent with the reason."""
        with self._settle(event.by) as settlement:
            writing = self._means.writing(settlement, case_id)
            last = writing.case.events[-1].at
            if event.at.tzinfo is not None and timedelta() < last - event.at <= _OVERTAKEN:
                # Somebody else's event got the lock first; neither is before what the other knew.
                event = msgspec.structs.replace(event, at=last)
            return writing.record(event)

    def set_category(self, case_id: str, category: str, by: Actor) -> Case:
        """A person's word beside the suggestion; a category that few may see makes the case confidential."""
        require_category(category)
        with self._settle(by) as settlement:
            writing = self._means.writing(settlement, case_id)
            writing.record(Categorised(at=self._now(), by=by, category=category))
            if category in SHIELDED and not writing.case.is_shielded:
                writing.record(Shielded(at=self._now(), by=by, reason=f"category {category}"))
            return writing.case

    def check(
        self,
        case_id: str,
        draft: str,
        decision: Decision,
        today: date,
        signed_by: str = "",
        requests: Iterable[int] = (),
    ) -> tuple[Finding, ...]:
        """What the answer lacks, before anybody signs."""
        sheet = self._persons.sheet(case_id)
        return self._findings(self.case(case_id), sheet, draft, decision, today, signed_by, tuple(requests))

    def answer(
        self,
        case_id: str,
        draft: str,
        requests: Iterable[int],
        decision: Decision,
        signed_by: str,
        by: Actor,
        today: date,
        overruling: str = "",
    ) -> Case:
        """Checks, records and sends by the channel it came by. Raises AnswerStopped where it may not go out.

        `overruling`: why the signer holds findings that rest on reading to be wrong; recorded with their names.
        """
        with self._settle(by) as settlement:
            writing = self._means.writing(settlement, case_id)
            event = Answered(
                at=self._now(),
                by=by,
                decision=decision,
                requests=tuple(requests),
                content=writing.commitment(draft),
                signed_by=signed_by,
                notice=self._means.notice_id(),
            )
            writing.require(event)
            sheet = self._persons.sheet(case_id, settlement)
            found = self._findings(writing.case, sheet, draft, decision, today, signed_by, event.requests)
            if not may_go_out(found, overruling):
                raise AnswerStopped(found)
            if despite := overruled(found):
                event = msgspec.structs.replace(event, despite=despite, reason=overruling.strip())
            writing.record(event, [Part(kind=PartKind.ANSWER, text=draft)])
            writing.send(MessageKind.ANSWER, writing.sealed[0], sheet.applicant, event.notice)
            return writing.case

    def forward(self, case_id: str, to: str, requests: Iterable[int], reason: str, by: Actor) -> Case:
        """Sends the whole or a part to the body whose matter it is, with the notice for the applicant: what can't be
        sent by the program waits to be told by hand."""
        with self._settle(by) as settlement:
            writing = self._means.writing(settlement, case_id)
            key = self._means.notice_id()
            event = Forwarded(
                at=self._now(),
                by=by,
                to=to,
                requests=tuple(requests),
                reason=reason,
                notice=key,
                told_apart=True,
            )
            text = notice(MessageKind.FORWARDED, writing.case, self._called(writing.case), event)
            writing.tell(event, MessageKind.FORWARDED, key, text)
            return writing.case

    def extend(self, case_id: str, until: date, reason: str, decided_by: str, by: Actor) -> Case:
        """The head or deputy prolongs the term, with the notice for the applicant; until he heard of it, to tell him
        stays a duty with a date."""
        with self._settle(by) as settlement:
            writing = self._means.writing(settlement, case_id)
            key = self._means.notice_id()
            event = Extended(
                at=self._now(), by=by, until=until, reason=reason, decided_by=decided_by, notice=key
            )
            text = notice(MessageKind.EXTENDED, writing.case, self._called(writing.case), event)
            writing.tell(event, MessageKind.EXTENDED, key, text)
            return writing.case

    def notice_hearing(self, case_id: str, preliminary: str, hearing_at: datetime | None, by: Actor) -> Case:
        """The preliminary decision is for the applicant, who may be heard on it: the three working days run from when
        it reached him."""
        if not preliminary.strip():
            raise RefusedEvent(Refusal.NO_TEXT)
        with self._settle(by) as settlement:
            writing = self._means.writing(settlement, case_id)
            keyed = writing.commitment(preliminary)
            key = self._means.notice_id()
            event = HearingNoticed(
                at=self._now(), by=by, preliminary=keyed, hearing_at=hearing_at, notice=key
            )
            text = notice(MessageKind.HEARING, writing.case, self._called(writing.case), event, preliminary)
            part = Part(kind=PartKind.PRELIMINARY, text=preliminary)
            writing.tell(event, MessageKind.HEARING, key, text, [part])
            return writing.case

    def recalculate(self, version: str, by: Actor) -> tuple[tuple[str, Recalculated], ...]:
        """Counts every open case by another calendar; each case tells the dates that move."""
        if not self.terms.knows(version):
            raise RefusedEvent(Refusal.UNKNOWN_CALENDAR)
        told: list[tuple[str, Recalculated]] = []
        for state in self._store.states(None, None):
            if not state.is_open:
                continue
            with self._settle(by) as settlement:
                writing = self._means.writing(settlement, state.case)
                if writing.case.calendar == version:
                    continue
                moves = moved_by_calendar(writing.case, version, self.terms)
                event = Recalculated(at=self._now(), by=by, calendar=version, moved=moves)
                writing.record(event)
                told.append((state.case, event))
        return tuple(told)

    def weigh(self, case_id: str, urgency: Urgency, by: Actor) -> Case:
        """A person's word on whether it is urgent, above the suggestion."""
        return self.tell(case_id, Weighed(at=self._now(), by=by, urgency=urgency))

    def weigh_open(self, by: Actor) -> int:
        """Looks at open cases that nobody weighed, as those of older versions; returns how many."""
        return self._advice.weigh_open(by)

    def bulk(self, cases: Iterable[str], make: Callable[[Case], AnyEvent], by: Actor) -> BulkDone:
        """Does to each what `make` says, in one settlement; what is refused is told and changes nothing."""
        return self._many.bulk(cases, make, by)

    def undo(self, bulk_id: str, by: Actor) -> BulkDone:
        """Takes a bulk act back by doing its opposite; what went out and what was changed since is refused."""
        return self._many.undo(bulk_id, by)

    def erase(self, case_id: str, reason: str, by: Actor) -> Case:
        """Destroys the key to everything written in it, for good: an open case ends by it. `reason`: by what right."""
        return self._erasing.erase(case_id, reason, by)

    # What is derived.

    def rebuild(self, by: Actor, progress: Callable[[int], None] | None = None) -> int:
        """Makes every derived row anew from the events, in one transaction; returns how many cases there are."""
        return self._derived.rebuild(by, progress)

    def misfits(self) -> Iterator[str]:
        """Cases whose derived row is not what their events make."""
        return self._derived.misfits()

    # How it is done.

    def _states_at(self, position: int, since: date, until: date) -> Iterator[CaseState]:
        """What happened since is left out by folding anew: that takes long only for what changed since."""
        for state, changed in self._store.states_at(position, since, until):
            if changed > position:
                state = state_of(folded(self._store.events_until(state.case, position)), self.terms)
            yield state

    def _called(self, case: Case) -> str:
        """As letters about this case sign."""
        return self.office.called(plain_language(case.language))

    def _findings(
        self,
        case: Case,
        sheet: Sheet,
        draft: str,
        decision: Decision,
        today: date,
        signed_by: str,
        requests: tuple[int, ...],
    ) -> tuple[Finding, ...]:
        written = Draft(
            answer=draft,
            decision=decision,
            appeal=sheet.text,
            case=case,
            today=today,
            own=sheet.applicant.told() if sheet.applicant else (),
            ours=(*self.office.ours, self.office.name, *self.office.names.values(), signed_by),
            requests=requests,
        )
        return findings(
            written, self.terms.calendar(case.calendar), self.terms.hours, self._language_of, self._find
        )

    def _asked_words(self, text: str) -> list[frozenset[str]]:
        """For each word the marks of its forms in three languages; none for a number."""
        if NUMBER.search(text) or not any(len(word) > 2 and not word.isdigit() for word in text.split()):
            return []
        forms = [
            frozenset(f"{Mark.WORD}{term}" for term in query_terms(word)) for _, word in words(text[:200])
        ]
        return [self._store.keyed(each) for each in forms if each]

    def _now(self) -> datetime:
        return self._clock.now()


def _listed(text: str, attachments: Sequence[Attachment]) -> str:
    """Text and files as one text to commit to."""
    return "\x1f".join([text, *(hashlib.sha256(a.content).hexdigest() for a in attachments)])
