"""Where the rules of appeals meet a store: what comes is filed and registered at once, what happens is admitted and
recorded, and what the applicant must hear goes out with the event that it tells.

What people write goes into the encrypted store; the ledger's events hold commitments and, where an event asks for a
reason, the mark of the sealed words. `history` puts the words back, masked.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aimas.appeals.admission import refusal
from aimas.appeals.answers import Draft, Finding, LanguageOf, findings, may_go_out
from aimas.appeals.calendars import CURRENT, arrival
from aimas.appeals.cases import Case, applied, begun, folded
from aimas.appeals.categories import require_category
from aimas.appeals.clusters import ClusterMember, Clusters, Novelty
from aimas.appeals.deadlines import Deadline, answer_term, deadlines, moved_by_calendar
from aimas.appeals.figures import ServiceFigures, figures
from aimas.appeals.law import Terms, kinds
from aimas.appeals.linking import Mark
from aimas.appeals.notices import answer_letter, notice
from aimas.appeals.queue import Due, Order, QueuePage, QueueRow, QueueView
from aimas.appeals.receipts import CODE_BYTES, Receipt, code_digest, code_of, commitment, entropy_of, signed
from aimas.appeals.requests import requests_of
from aimas.appeals.routing import Officer, Route, Routing, route
from aimas.appeals.sheets import (
    Applicant,
    Attachment,
    AttachmentNote,
    Erased,
    Part,
    PartKind,
    Place,
    Sheet,
    Written,
)
from aimas.appeals.states import state_of
from aimas.appeals.store import (
    AppealStore,
    Kept,
    MessageKind,
    MessageState,
    Outgoing,
    PersonStore,
    Recorded,
    Settle,
    Settlement,
    Waiting,
)
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Categorised,
    Channel,
    Decision,
    Delivered,
    DeliveryFailed,
    DocumentAdded,
    Entrusted,
    Extended,
    ExtensionNotified,
    Forwarded,
    HearingNoticed,
    Identified,
    Linked,
    Recalculated,
    Received,
    Refusal,
    Registered,
    Relation,
    Shielded,
    Standing,
    Unlinked,
)
from aimas.appeals.undoing import NotUndone, opposite
from aimas.core import Actor, BadInput, Clock, Guess, Language
from aimas.text import query_terms, words

__all__ = [
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

LONGEST_TEXT = 50_000
"""Characters of an appeal; more is a file's matter."""
_NONCE = 16
"""Letters of a phone's nonce at least: who guesses one could ask for the receipt again."""
_OVERTAKEN = timedelta(seconds=20)
_NUMBER = re.compile(r"(\d{4})\D{1,3}(\d{1,9})\D*$")
_PAGE = 500
_SEALED_FIELDS = ("reason", "proof")
APPLICANT = Actor("person", "applicant")
PAGE = Actor("program", "page")


class NewAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """What came, before it is a case."""

    text: str
    language: Language
    channel: Channel
    standing: Standing
    kind: str = "application"
    """Id of a kind by law."""
    applicant: Applicant | None = None
    """None: anonymous."""
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    category: str | None = None
    """As the citizen chose it."""
    is_confidential: bool = False
    from_signal: str | None = None
    """Id of the publication that made a person open this case."""
    nonce: str | None = None
    """Of a queued phone: the same nonce with the same content gives the same receipt and never a second case."""
    is_police_message: bool = False
    """A message to the police that is not urgent: its kind is `message`, whatever else is said."""
    received_at: datetime | None = None
    """The stamp on the paper or in the import; None: now."""
    receiver: str = ""
    """Name and post of who took it in; empty: the institution's own."""


class Filed(msgspec.Struct, frozen=True):
    """What the applicant takes home; the code is shown once, only its digest is kept."""

    case: str
    number: str
    code: str
    receipt: str


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes in, and by which law and clock."""

    name: str
    receiver: str
    terms: Terms
    calendar: str = CURRENT
    routing: Routing
    least_for_ranks: int = 30
    ours: tuple[str, ...] = ()
    """Telephones, addresses and names that an answer may tell: the institution's own."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to an applicant, opened to be sent."""

    subject: str
    text: str
    language: Language
    applicant: Applicant | None


class BulkDone(msgspec.Struct, frozen=True):
    """What one act did to many cases."""

    id: str
    done: tuple[str, ...]
    refused: tuple[tuple[str, Refusal | NotUndone], ...]


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


class RefusedEvent(BadInput):
    """The event did not happen; nothing of the case changed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"Refused ({reason.value}).")
        self.refusal = reason


class AnswerStopped(BadInput):
    """The answer lacks something that it must not lack; nothing went out."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        super().__init__("The answer does not go out like this: " + ", ".join(_named(f) for f in found))
        self.findings = found


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
        staff: Callable[[], Sequence[tuple[str, tuple[str, ...]]]] = tuple,
        suggesting: Callable[[], Suggesting | None] = lambda: None,
    ) -> None:
        """`key` signs receipts; `secret` makes the check codes of phones that ask twice; `staff` names those who may be
        given cases, with their units; `suggesting` is asked only when suggestions are."""
        self._store = store
        self._persons = persons
        self._settle = settle
        self._clock = clock
        self.office = office
        self._key = key
        self._secret = secret
        self._language_of = language_of
        self._entropy = entropy
        self._staff = staff
        self._suggesting = suggesting
        self._clusters = Clusters(store, persons)

    @property
    def terms(self) -> Terms:
        return self.office.terms

    # What comes.

    def file(self, new: NewAppeal, by: Actor) -> Filed:
        """Registers at once and gives the number. Raises BadInput where it is no appeal that can be taken in."""
        self._require_fit(new)
        entropy = self._code_entropy(new.nonce)
        content = _commitment(entropy, new)
        with self._settle(by) as settlement:
            if new.nonce is not None:
                known = self._store.by_nonce(self._nonce_digest(new.nonce), settlement)
                if known is not None:
                    return self._again(known, entropy, content, settlement)
            return self._filed(settlement, new, by, entropy, content)

    def add_document(self, case_id: str, text: str, attachments: Sequence[Attachment], by: Actor) -> Case:
        """The applicant or an official added words or files."""
        if not text.strip() and not attachments:
            raise RefusedEvent(Refusal.NO_TEXT)
        with self._settle(by) as settlement:
            writing = self._writing(settlement, case_id)
            keyed = self._persons.commitment(settlement, case_id, _listed(text, attachments))
            event = DocumentAdded(at=self._now(), by=by, content=keyed)
            parts = [Part(kind=PartKind.DOCUMENT, text=text)] if text.strip() else []
            return writing.record(event, parts, attachments)

    def identify(self, case_id: str, applicant: Applicant, by: Actor) -> Case:
        """The applicant signed after all; from now on the law owes a date."""
        if not applicant.name.strip():
            raise RefusedEvent(Refusal.NO_NAME)
        with self._settle(by) as settlement:
            part = Part(kind=PartKind.APPLICANT, applicant=applicant)
            return self._writing(settlement, case_id).record(Identified(at=self._now(), by=by), [part])

    # What is known.

    def case(self, case_id: str) -> Case:
        """As its events make it; raises BadInput where there is none."""
        return _folded(case_id, self._store.events(case_id))

    def deadlines(self, case_id: str) -> tuple[Deadline, ...]:
        return deadlines(self.case(case_id), self.terms)

    def by_number(self, number: str) -> str | None:
        """The case's id; letters and punctuation as the reader likes."""
        kept = self._by_number(number)
        return kept.case if kept else None

    def knows(self, nonce: str) -> bool:
        """Whether something was filed with it."""
        with self._settle(PAGE) as settlement:
            return self._store.by_nonce(self._nonce_digest(nonce), settlement) is not None

    def opened(self, number: str, code: str) -> str | None:
        """The case's id where number and check code belong together; a wrong number and a wrong code cost the same."""
        kept = self._by_number(number)
        entropy = entropy_of(code)
        told = code_digest(entropy if entropy is not None else bytes(CODE_BYTES))
        fits = hmac.compare_digest(told, kept.code if kept else code_digest(b"nobody"))
        return kept.case if kept is not None and entropy is not None and fits else None

    def receipt(self, case_id: str) -> str:
        """The receipt's text as it was issued."""
        kept = self._store.kept(case_id)
        if kept is None:
            raise _no_case(case_id)
        return kept.receipt

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
            raise _no_case(case_id)
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
        case, text = self.case(case_id), self._persons.masked(case_id).text
        told = self._suggesting()
        category = told.category(text) if told and text else None
        chosen = case.category or (category.value if category else None)
        today = self.terms.hours.local(self._now()).date()
        return Suggestions(
            category=category,
            competence=told.competence(text) if told and text else None,
            urgency=told.urgency(text) if told and text else None,
            route=route(self.office.routing, case, text, chosen, self.officers(today), self._store.loads()),
            similar=self.cluster(case_id),
        )

    def urgency(self, case_id: str) -> Guess[str] | None:
        """Of the suggestions this one alone, for a list of many cases."""
        told = self._suggesting()
        text = self._persons.masked(case_id).text if told else ""
        return told.urgency(text) if told and text else None

    def officers(self, today: date) -> tuple[Officer, ...]:
        """Who may be given cases; whoever is away is marked."""
        away = self._store.absent(today)
        return tuple(Officer(name, units, name in away) for name, units in self._staff())

    def set_absence(self, officer: str, first: date, last: date, by: Actor) -> None:
        """Both days included; who is away is suggested for nothing."""
        if last < first:
            raise BadInput("An absence ends on its first day or later.")
        with self._settle(by) as settlement:
            detail = {"officer": officer, "first": first.isoformat(), "last": last.isoformat()}
            settlement.act("officer-absent", officer, detail)
            self._store.put_absence(settlement, officer, first, last)

    def figures(self, since: date, until: date, today: date) -> ServiceFigures:
        """Of what came in these days, both included."""
        return figures(self._store.states(since, until), since, until, today, self.office.least_for_ranks)

    # What happens.

    def tell(self, case_id: str, event: AnyEvent) -> Case:
        """Admits and records one event; raises RefusedEvent with the reason."""
        with self._settle(event.by) as settlement:
            writing = self._writing(settlement, case_id)
            last = writing.case.events[-1].at
            if event.at.tzinfo is not None and timedelta() < last - event.at <= _OVERTAKEN:
                # Somebody else's event got the lock first; neither is before what the other knew.
                event = msgspec.structs.replace(event, at=last)
            return writing.record(event)

    def set_category(self, case_id: str, category: str, by: Actor) -> Case:
        """A person's word beside the suggestion; a category that few may see makes the case confidential."""
        require_category(category)
        with self._settle(by) as settlement:
            writing = self._writing(settlement, case_id)
            writing.record(Categorised(at=self._now(), by=by, category=category))
            if category in SHIELDED and not writing.case.is_confidential:
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
    ) -> Case:
        """Checks, records and sends by the channel it came by. Raises AnswerStopped where it may not go out."""
        with self._settle(by) as settlement:
            writing = self._writing(settlement, case_id)
            event = Answered(
                at=self._now(),
                by=by,
                decision=decision,
                requests=tuple(requests),
                content=self._persons.commitment(settlement, case_id, draft),
                signed_by=signed_by,
            )
            writing.require(event)
            sheet = self._persons.sheet(case_id, settlement)
            found = self._findings(writing.case, sheet, draft, decision, today, signed_by, event.requests)
            if not may_go_out(found):
                raise AnswerStopped(found)
            writing.record(event, [Part(kind=PartKind.ANSWER, text=draft)])
            writing.send(MessageKind.ANSWER, writing.sealed[0], sheet.applicant)
            return writing.case

    def forward(self, case_id: str, to: str, requests: Iterable[int], reason: str, by: Actor) -> Case:
        """Sends the whole or a part to the body whose matter it is, and tells the applicant at the same time."""
        with self._settle(by) as settlement:
            writing = self._writing(settlement, case_id)
            key = self._notice_id()
            event = Forwarded(
                at=self._now(), by=by, to=to, requests=tuple(requests), reason=reason, notice=key
            )
            text = notice(MessageKind.FORWARDED, writing.case, self.office.name, event)
            writing.tell(event, MessageKind.FORWARDED, key, text)
            return writing.case

    def extend(self, case_id: str, until: date, reason: str, decided_by: str, by: Actor) -> Case:
        """The head or deputy prolongs the term; the applicant is told at once."""
        with self._settle(by) as settlement:
            writing = self._writing(settlement, case_id)
            key = self._notice_id()
            event = Extended(at=self._now(), by=by, until=until, reason=reason, decided_by=decided_by)
            text = notice(MessageKind.EXTENDED, writing.case, self.office.name, event)
            writing.record(event)
            writing.tell(
                ExtensionNotified(at=self._now(), by=by, notice=key), MessageKind.EXTENDED, key, text
            )
            return writing.case

    def notice_hearing(self, case_id: str, preliminary: str, hearing_at: datetime | None, by: Actor) -> Case:
        """The preliminary decision goes to the applicant, who may be heard on it."""
        if not preliminary.strip():
            raise RefusedEvent(Refusal.NO_TEXT)
        with self._settle(by) as settlement:
            writing = self._writing(settlement, case_id)
            keyed = self._persons.commitment(settlement, case_id, preliminary)
            event = HearingNoticed(at=self._now(), by=by, preliminary=keyed, hearing_at=hearing_at)
            text = notice(MessageKind.HEARING, writing.case, self.office.name, event, preliminary)
            part = Part(kind=PartKind.PRELIMINARY, text=preliminary)
            writing.tell(event, MessageKind.HEARING, self._notice_id(), text, [part])
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
                writing = self._writing(settlement, state.case)
                if writing.case.calendar == version:
                    continue
                moves = moved_by_calendar(writing.case, version, self.terms)
                event = Recalculated(at=self._now(), by=by, calendar=version, moved=moves)
                writing.record(event)
                told.append((state.case, event))
        return tuple(told)

    # Many at once.

    def bulk(self, cases: Iterable[str], make: Callable[[Case], AnyEvent], by: Actor) -> BulkDone:
        """Does to each what `make` says, in one settlement; what is refused is told and changes nothing."""
        return self._to_many(cases, make, by)

    def undo(self, bulk_id: str, by: Actor) -> BulkDone:
        """Takes a bulk act back by doing its opposite; nothing is deleted. What went out to applicants and what was
        changed since is refused."""
        positions = self._store.bulk(bulk_id)
        if positions is None:
            raise BadInput(f"There is no bulk act {bulk_id}.")
        told = {
            case_id: next(r.event for r in self._store.recorded(case_id) if r.position == position)
            for case_id, position in positions.items()
        }

        def taken_back(case: Case) -> AnyEvent | NotUndone:
            event = told[case.id]
            assert event is not None
            return opposite(case, event, self._now(), by)

        return self._to_many(positions, taken_back, by)

    def _to_many(
        self, cases: Iterable[str], make: Callable[[Case], AnyEvent | NotUndone], by: Actor
    ) -> BulkDone:
        done: dict[str, int] = {}
        refused: list[tuple[str, Refusal | NotUndone]] = []
        with self._settle(by) as settlement:
            for case_id in dict.fromkeys(cases):
                writing = self._writing(settlement, case_id)
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
            bulk = self._entropy(8).hex()
            self._store.put_bulk(settlement, bulk, done)
        return BulkDone(bulk, tuple(done), tuple(refused))

    # What is derived.

    def rebuild(self, by: Actor, progress: Callable[[int], None] | None = None) -> int:
        """Makes every derived row anew from the events, in one transaction; returns how many cases there are."""
        done = 0
        with self._settle(by) as settlement:
            self._store.empty_derived(settlement)
            for _, events, born, position in self._store.all_events():
                case = folded(events)
                self._store.put_state(settlement, state_of(case, self.terms), position, born)
                for reader in case.readers:
                    self._store.put_reader(settlement, case.id, reader)
                done += 1
                if progress is not None:
                    progress(done)
            for position, case_id, event in self._store.telling():
                case = folded(self._store.events(case_id, settlement))
                if isinstance(event, Received):
                    sheet = self._persons.sheet(case_id, settlement, position)
                    if not sheet.is_erased:
                        self._clusters.file(settlement, case, sheet)
                else:
                    self._clusters.ruled(settlement, case, event)
            settlement.act("cases-rebuilt", "appeals", {"cases": done})
        return done

    def misfits(self) -> Iterator[str]:
        """Cases whose derived row is not what their events make."""
        every = self._store.all_events()
        while page := list(islice(every, _PAGE)):
            known = self._store.rows([case_id for case_id, *_ in page])
            for case_id, events, _, position in page:
                if known.get(case_id) != (state_of(folded(events), self.terms), position):
                    yield f"the row of case {case_id} is not what its events make; run: aimas appeals rebuild"

    # What goes out.

    def outgoing(self, limit: int = 100) -> list[Outgoing]:
        """Messages that wait, to be sent by the program or by hand."""
        return self._store.outgoing(self._now(), limit)

    def letter(self, row: Outgoing) -> Letter:
        """Opens a message for the one who sends it."""
        found = self._store.get_message(row.id)
        if found is None:
            raise BadInput(f"There is no message {row.id}.")
        sheet = self._persons.sheet(row.case)
        text = next((w.text for w in sheet.written if w.position == row.position and w.kind in _SENT), "")
        return Letter(
            subject=answer_letter(row.kind, row.number, row.language),
            text=text,
            language=row.language,
            applicant=sheet.applicant,
        )

    def mark_delivered(self, row: Outgoing, proof: str, by: Actor = PAGE) -> None:
        """It reached the applicant; of an answer the case says so."""
        self._settled(row, MessageState.SENT, by, proof)

    def mark_failed(self, row: Outgoing, reason: str, by: Actor = PAGE) -> None:
        """It could not be sent and is given up; a clerk finds another way."""
        self._settled(row, MessageState.FAILED, by, reason)

    def claim(self, row: Outgoing, until: datetime, by: Actor) -> bool:
        """Takes a message in hand, so that nobody else sends it meanwhile; False where somebody did."""
        with self._settle(by) as settlement:
            return self._store.claim_message(settlement, row.id, self._now(), until)

    def postpone(self, row: Outgoing, due_at: datetime, by: Actor = PAGE) -> None:
        """It could not be sent for now; tried again then."""
        with self._settle(by) as settlement:
            self._store.settle_message(settlement, row.id, MessageState.WAITING, due_at)

    # How it is done.

    def _settled(self, row: Outgoing, state: MessageState, by: Actor, words: str) -> None:
        with self._settle(by) as settlement:
            if not self._store.settle_message(settlement, row.id, state, None):
                return
            writing = self._writing(settlement, row.case)
            event: AnyEvent = (
                Delivered(at=self._now(), by=by, channel=row.channel, proof=words)
                if state is MessageState.SENT
                else DeliveryFailed(at=self._now(), by=by, channel=row.channel, reason=words)
            )
            if row.kind is MessageKind.ANSWER and refusal(writing.case, event, self.terms) is None:
                writing.record(event)
            else:
                # A notice, or the answer to a part while the rest is open: the case does not move.
                writing.act(f"message-{state.value}", {"kind": row.kind.value, "channel": row.channel.value})

    def _require_fit(self, new: NewAppeal) -> None:
        if not new.text.strip():
            raise BadInput("An appeal without words: say what happened and what you ask for.")
        if len(new.text) > LONGEST_TEXT:
            raise BadInput(f"An appeal holds {LONGEST_TEXT} characters; attach the rest as a file.")
        if new.kind not in kinds():
            raise BadInput(f"There is no kind of appeal {new.kind!r}; there are {', '.join(kinds())}.")
        if new.category is not None:
            require_category(new.category)
        signed_by = new.applicant.name.strip() if new.applicant else ""
        if new.standing is Standing.APPEAL and not signed_by:
            raise BadInput("An appeal is signed: give the applicant's name, or file it as a signal.")
        if new.standing is Standing.ANONYMOUS and new.applicant is not None:
            raise BadInput(
                "An anonymous message has no applicant; file it as a signal to keep a way to answer."
            )
        if new.nonce is not None and len(new.nonce) < _NONCE:
            raise BadInput(f"A nonce has {_NONCE} letters at least.")
        if new.received_at is not None and (new.received_at.tzinfo is None or new.received_at > self._now()):
            raise BadInput("The stamp of receipt is a time with its offset, and not in the future.")

    def _code_entropy(self, nonce: str | None) -> bytes:
        """Random; of a phone's nonce always the same, so that the code can be shown again and is kept nowhere."""
        if nonce is None:
            return self._entropy(CODE_BYTES)
        return hmac.digest(self._secret, b"code\x1f" + nonce.encode(), "sha256")[:CODE_BYTES]

    def _nonce_digest(self, nonce: str) -> str:
        return hmac.digest(self._secret, b"nonce\x1f" + nonce.encode(), "sha256").hex()

    def _again(self, known: Kept, entropy: bytes, content: str, settlement: Settlement) -> Filed:
        first = self._store.events(known.case, settlement)[0]
        assert isinstance(first, Received)
        if not hmac.compare_digest(first.content, content):
            raise BadInput("This nonce belongs to another appeal; draw a new one.")
        return Filed(known.case, known.number, code_of(entropy), known.receipt)

    def _filed(
        self, settlement: Settlement, new: NewAppeal, by: Actor, entropy: bytes, content: str
    ) -> Filed:
        now = self._now()
        case_id = b32encode(self._entropy(10)).decode().lower()
        kind = "message" if new.is_police_message else new.kind
        self._persons.begin(settlement, case_id)
        received = Received(
            at=new.received_at or now,
            by=by,
            case=case_id,
            kind=kind,
            standing=new.standing,
            channel=new.channel,
            language=new.language,
            content=content,
            calendar=self.office.calendar,
            receiver=new.receiver.strip() or self.office.receiver,
            requests=len(requests_of(new.text)) or 1,
            is_confidential=new.is_confidential or new.category in SHIELDED,
        )
        writing = _Writing(self, settlement, case_id, None)
        parts = [Part(kind=PartKind.APPEAL, text=new.text)]
        if new.applicant is not None:
            parts.append(Part(kind=PartKind.APPLICANT, applicant=new.applicant))
        if new.place is not None:
            parts.append(Part(kind=PartKind.PLACE, place=new.place))
        writing.record(received, parts, new.attachments)
        year = self.terms.hours.local(now).year
        running = self._store.next_number(settlement, year)
        number = f"{INDEX[kind]}-{year}-{running:06d}"
        receipt = self._receipt(writing.case, number, entropy)
        kept = Kept(case_id, number, code_digest(entropy), receipt, self.office.calendar)
        nonce = None if new.nonce is None else self._nonce_digest(new.nonce)
        writing.record(Registered(at=now, by=by, number=number), receipt=receipt)
        self._store.begin(settlement, kept, year, running, nonce, writing.position)
        if new.category is not None:
            writing.record(Categorised(at=now, by=by, category=new.category))
        if new.from_signal is not None:
            writing.record(Linked(at=now, by=by, other=new.from_signal, relation=Relation.FROM_SIGNAL))
        sheet = Sheet(case=case_id, text=new.text, applicant=new.applicant, place=new.place)
        self._clusters.file(settlement, writing.case, sheet)
        return Filed(case_id, number, code_of(entropy), receipt)

    def _receipt(self, case: Case, number: str, entropy: bytes) -> str:
        calendar = self.terms.calendar(case.calendar)
        term = answer_term(case, self.terms)
        first = case.events[0]
        assert isinstance(first, Received)
        key = self._key()
        receipt = Receipt(
            institution=self.office.name,
            number=number,
            received_at=case.received_at,
            zone=self.terms.hours.zone,
            counts_from=arrival(case.received_at, calendar, self.terms.hours).counts_from,
            standing=case.standing,
            answer_by=term.due if term else None,
            receiver=first.receiver,
            content=first.content,
            code=code_digest(entropy),
            public_key=key.public_key().public_bytes_raw().hex(),
        )
        return signed(receipt, key)

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
            ours=(*self.office.ours, self.office.name, signed_by),
            requests=requests,
        )
        return findings(written, self.terms.calendar(case.calendar), self.terms.hours, self._language_of)

    def _asked_words(self, text: str) -> list[frozenset[str]]:
        """For each word the marks of its forms in three languages; none for a number."""
        if _NUMBER.search(text) or not any(len(word) > 2 and not word.isdigit() for word in text.split()):
            return []
        forms = [
            frozenset(f"{Mark.WORD}{term}" for term in query_terms(word)) for _, word in words(text[:200])
        ]
        return [self._store.keyed(each) for each in forms if each]

    def _by_number(self, number: str) -> Kept | None:
        match = _NUMBER.search(number[:64])
        return self._store.by_number(int(match[1]), int(match[2])) if match else None

    def _writing(self, settlement: Settlement, case_id: str) -> "_Writing":
        return _Writing(self, settlement, case_id, _folded(case_id, self._store.events(case_id, settlement)))

    def _notice_id(self) -> str:
        return f"notice-{self._entropy(8).hex()}"

    def _now(self) -> datetime:
        return self._clock.now()


class _Writing:
    """One case in one settlement: events are admitted one after another, each upon those before it."""

    def __init__(self, appeals: Appeals, settlement: Settlement, case_id: str, case: Case | None) -> None:
        self._appeals = appeals
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
        if reason := refusal(self._case, event, self._appeals.terms):
            raise RefusedEvent(reason)

    def record(
        self,
        event: AnyEvent,
        parts: Sequence[Part] = (),
        attachments: Sequence[Attachment] = (),
        receipt: str | None = None,
    ) -> Case:
        appeals, settlement = self._appeals, self._settlement
        self.require(event)
        event, words = self._without_words(event)
        position = settlement.position + 1
        every = [*parts, *words]
        self.sealed = (
            appeals._persons.put(settlement, self._id, position, every, attachments)
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
            appeals._store.put_reader(settlement, self._id, event.reader)
        appeals._store.put_state(settlement, state_of(self._case, appeals.terms), self.position)
        if isinstance(event, Linked | Unlinked):
            appeals._clusters.ruled(settlement, self._case, event)
        return self._case

    def tell(
        self, event: AnyEvent, kind: MessageKind, key: str, text: str, parts: Sequence[Part] = ()
    ) -> None:
        """Records the event with the notice that goes to the applicant."""
        notice_part = Part(kind=PartKind.NOTICE, text=text, about=key)
        self.record(event, [notice_part, *parts])
        applicant = self._appeals._persons.sheet(self._id, self._settlement).applicant
        self.send(kind, self.sealed[0], applicant, key)

    def send(
        self, kind: MessageKind, sealed: str, applicant: Applicant | None, key: str | None = None
    ) -> None:
        """Puts what was sealed last into the outbox; on the citizen's page it can be read at once."""
        case, appeals = self.case, self._appeals
        on_page = case.channel in (Channel.WEB, Channel.API)
        if not on_page and applicant is None:
            # Nobody to tell: it came without a name, by a way that leads nowhere back.
            return
        by_program = case.channel is Channel.EMAIL and applicant is not None and applicant.email.strip()
        state = MessageState.SENT if on_page else MessageState.WAITING if by_program else MessageState.BY_HAND
        message = Waiting(
            key=key or appeals._notice_id(),
            kind=kind,
            channel=case.channel,
            language=case.language,
            state=state,
            due_at=appeals._now(),
            sealed=sealed,
        )
        appeals._store.put_message(self._settlement, case.id, case.number or "", message, self.position)
        if on_page and kind is MessageKind.ANSWER:
            shown = Delivered(
                at=appeals._now(), by=PAGE, channel=case.channel, proof="readable on the applicant's page"
            )
            if refusal(case, shown, appeals.terms) is None:
                self.record(shown)

    def act(self, verb: str, detail: Mapping[str, Any]) -> None:
        self.position = self._settlement.act(verb, self._id, detail)
        self._appeals._store.put_act(self._settlement, self._id, self.position)

    def _without_words(self, event: AnyEvent) -> tuple[AnyEvent, list[Part]]:
        """The event with the mark of the words that a person wrote into it, and the words to be sealed."""
        parts = []
        for field in _SEALED_FIELDS:
            words = getattr(event, field, None)
            if words:
                keyed = self._appeals._persons.commitment(self._settlement, self._id, words)
                event = msgspec.structs.replace(event, **{field: f"sealed:{keyed}"})
                parts.append(Part(kind=PartKind.WORDS, text=words, about=field))
        return event, parts


SHIELDED = ("police_conduct", "custody_conditions")
"""Categories whose cases are seen by few: who complains of the police must not be read by all of the police."""

INDEX = {
    "application": "З",
    "complaint": "Ж",
    "message": "С",
    "response": "О",
    "proposal": "П",
    "inquiry": "Н",
}
"""The letter before a number, by kind; the number alone is unique."""

_SENT = (PartKind.ANSWER, PartKind.NOTICE)


def _commitment(entropy: bytes, new: NewAppeal) -> str:
    return commitment(entropy, new.text, [hashlib.sha256(a.content).digest() for a in new.attachments])


def _listed(text: str, attachments: Sequence[Attachment]) -> str:
    """Text and files as one text to commit to."""
    return "\x1f".join([text, *(hashlib.sha256(a.content).hexdigest() for a in attachments)])


def _folded(case_id: str, events: tuple[AnyEvent, ...]) -> Case:
    if not events:
        raise _no_case(case_id)
    return folded(events)


def _no_case(case_id: str) -> BadInput:
    return BadInput(f"There is no case {case_id}.")


def _named(finding: Finding) -> str:
    return f"{finding.check.value}-{finding.variant}"
