"""The nouns of an appeal: what may happen to it, as events, and the words that events use.

Personal data is in no event: the text stands behind a commitment, the applicant is "applicant".
"""

from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from aimas.core import Actor, Language


class Standing(StrEnum):
    """What the law owes to what came; the receipt says which."""

    APPEAL = "appeal"
    """Identified and signed: the law sets a date."""
    SIGNAL = "signal"
    """A publication, a post, a message without a signature: no lawful date."""
    ANONYMOUS = "anonymous"
    """Nobody stands behind it: sent on if it tells of a crime or a threat; no date is promised."""


class Channel(StrEnum):
    """The way it came, and the way an answer goes."""

    WEB = "web"
    """The citizen's page."""
    PAPER = "paper"
    """By post or over the counter."""
    RECEPTION = "reception"
    """Said in person and written down by an official."""
    EMAIL = "email"
    """A letter to the institution's mailbox."""
    PHONE = "phone"
    """Said on the telephone and written down."""
    PORTAL = "portal"
    """Taken over from the state's single system of appeals."""
    API = "api"
    """Open311 or another program."""
    IMPORT = "import"
    """A row of a file."""


class Decision(StrEnum):
    """How an answer ends a request."""

    SATISFIED = "satisfied"
    """What was asked for is done or granted."""
    PARTLY = "partly"
    """A part of it is."""
    REFUSED = "refused"
    """It is not, for a reason that is told."""
    EXPLAINED = "explained"
    """Nothing was to be decided; the law or the state of things was explained."""


class MessageKind(StrEnum):
    """What is told to the applicant."""

    ANSWER = "answer"
    FORWARDED = "forwarded"
    EXTENDED = "extended"
    HEARING = "hearing"
    RECEIPT = "receipt"
    """That it was registered, without the check code."""


class Urgency(StrEnum):
    """Whether somebody seems to be in danger now."""

    URGENT = "urgent"
    USUAL = "usual"


class Relation(StrEnum):
    """How another case stands to this one; neither loses its clock, receipt or answer."""

    SIMILAR = "similar"
    """About the same thing, from somebody else."""
    REPEAT = "repeat"
    """The same person again on the same matter."""
    FROM_SIGNAL = "from-signal"
    """A person opened this case because of that publication or message."""


class Event(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="event",
    tag=lambda name: name.lower(),
    forbid_unknown_fields=True,
):
    """Something that happened to a case; never changed, never taken back."""

    at: datetime
    """Aware."""
    by: Actor
    """Who did it; the applicant is the person "applicant"."""


class Received(Event, frozen=True, kw_only=True):
    """It came; the clock is the server's, or the stamp on the paper."""

    case: str
    kind: str
    """Id of a kind by law, see `law.KINDS`."""
    standing: Standing
    channel: Channel
    language: Language
    """The appeal's, and so the answer's."""
    content: str
    """Hex commitment to text and attachments."""
    calendar: str
    """Version that its dates are counted by, until a `Recalculated`."""
    receiver: str
    """Name and post of who took it in (article 64(2)); of an automatic intake, its name."""
    requests: int = 1
    """How many things it asks for."""
    is_confidential: bool = False
    lacks: tuple[str, ...] = ()
    """Fields of the applicant that the law asks for and that who took it in says were not given."""


class Registered(Event, frozen=True, kw_only=True):
    """It got the number that it keeps for life."""

    number: str


class Identified(Event, frozen=True, kw_only=True):
    """The applicant signed after all: from now on it is an appeal, and its clock starts now."""


class Reclassified(Event, frozen=True, kw_only=True):
    """A person found that it is of another kind by law."""

    kind: str
    reason: str


class Released(Event, frozen=True, kw_only=True):
    """Nobody's work any more: it waits to be assigned again."""

    reason: str


class Categorised(Event, frozen=True, kw_only=True):
    """The applicant or an official said what it is about; a suggestion of the program is no event."""

    category: str | None
    """Id of a category of the institution; None: what was said is taken back."""


class Shielded(Event, frozen=True, kw_only=True):
    """A person found that it must be seen by few: from now on it is confidential."""

    reason: str


class Veiled(Event, frozen=True, kw_only=True):
    """A program suggests that it speaks against the police or of custody: confidential until a person decides."""

    category: str
    confidence: float


class Unveiled(Event, frozen=True, kw_only=True):
    """A person found that what a program veiled may be seen like any other case."""

    reason: str


class Entrusted(Event, frozen=True, kw_only=True):
    """Somebody was let in to a confidential case."""

    reader: str
    """Name of the account."""
    reason: str


class Weighed(Event, frozen=True, kw_only=True):
    """Whether it is urgent: as a program suggests, or as a person says; the person's word stands above."""

    urgency: Urgency | None
    """None: it was looked at and nothing can be told."""
    confidence: float | None = None
    """Of a program's suggestion, which `by` names; None: a person said so."""


class Divided(Event, frozen=True, kw_only=True):
    """A person counted anew how many things it asks for."""

    requests: int
    reason: str


class Assigned(Event, frozen=True, kw_only=True):
    """Who works on it; the clock does not notice."""

    unit: str
    officer: str | None = None


class DocumentAdded(Event, frozen=True, kw_only=True):
    """The applicant or an official added a document."""

    content: str
    """Hex commitment."""


class Linked(Event, frozen=True, kw_only=True):
    """It belongs with another case, or with a publication."""

    other: str
    relation: Relation


class Unlinked(Event, frozen=True, kw_only=True):
    """A person took a link away; that it stood remains on record."""

    other: str
    reason: str


class Forwarded(Event, frozen=True, kw_only=True):
    """Sent to the body whose matter it is, whole or in part, with notice to the applicant at the same time."""

    to: str
    requests: tuple[int, ...] = ()
    """Numbers from 1; empty: all that are still here."""
    reason: str
    notice: str
    """Id of the notice that is for the applicant."""
    told_apart: bool = False
    """Whether a `Told` says when the applicant heard of it; False in what older versions wrote: at once."""


class Extended(Event, frozen=True, kw_only=True):
    """The head or deputy prolonged the term, for a reason, to a day."""

    until: date
    reason: str
    decided_by: str
    """Name and post of the head or the deputy."""
    notice: str = ""
    """Id of the notice of which a `Told` says that it was told; empty in what older versions wrote."""


class ExtensionNotified(Event, frozen=True, kw_only=True):
    """The applicant was told of the last extension, as older versions wrote it, also where nobody had told him yet."""

    notice: str


class Told(Event, frozen=True, kw_only=True):
    """The applicant heard what a notice, or the answer to a part, says: a program sent it or a person told it."""

    about: MessageKind
    notice: str
    """Its id."""
    channel: Channel
    on: date
    """By the office's clock; `at` is when it was recorded."""
    proof: str
    """What shows it: a message id, a post number, the time of a call."""


class HearingNoticed(Event, frozen=True, kw_only=True):
    """The preliminary decision went to the applicant, who may be heard on it."""

    preliminary: str
    """Hex commitment to the preliminary decision."""
    hearing_at: datetime | None = None
    notice: str = ""
    """Id of the notice of which a `Told` says that it was told; empty in what older versions wrote: told at once."""


class Paused(Event, frozen=True, kw_only=True):
    """The clock stands, on a ground that the settings name with its law."""

    ground: str
    reason: str


class Resumed(Event, frozen=True, kw_only=True):
    """The clock runs on from the next working day."""


class Answered(Event, frozen=True, kw_only=True):
    """A person signed an answer."""

    decision: Decision
    requests: tuple[int, ...] = ()
    """Those that it answers; empty: all that are open."""
    content: str
    """Hex commitment to the answer's text."""
    signed_by: str
    """Name and post."""
    despite: tuple[str, ...] = ()
    """Findings of the checker that the signer held to be wrong, see `answers.Finding.name`."""
    reason: str | None = None
    """Why they are wrong; needed wherever there are any."""
    notice: str = ""
    """Id of the message that brings it, which a `Delivered` or a `Told` follows; empty in what older versions wrote."""


class Delivered(Event, frozen=True, kw_only=True):
    """The answer reached the applicant."""

    channel: Channel
    proof: str
    """What shows it: a message id, a post number, a signature."""
    on: date | None = None
    """By the office's clock; None in what older versions wrote: the day on which it was recorded."""


class DeliveryFailed(Event, frozen=True, kw_only=True):
    """The answer came back or could not be sent."""

    channel: Channel
    reason: str


class Rated(Event, frozen=True, kw_only=True):
    """The applicant said how good the answer was."""

    stars: int
    """1 to 5."""


class Reopened(Event, frozen=True, kw_only=True):
    """The applicant says "not solved", or an official looks again; the lawful date is not given anew."""

    reason: str


class Complained(Event, frozen=True, kw_only=True):
    """A complaint came; it goes through this body to the higher one. Never refused: to take it is a duty."""

    to: str
    """The body that decides it."""
    reason: str


class Withdrawn(Event, frozen=True, kw_only=True):
    """The applicant took it back."""

    reason: str


class KeyDestroyed(Event, frozen=True, kw_only=True):
    """What was written in it was lawfully made unreadable, and all work on it ended; by what right says the act that is
    entered beside it."""


class MovedDate(msgspec.Struct, frozen=True):
    """A date that is not what it was."""

    rule: str
    about: int
    before: date | None
    after: date | None


class Recalculated(Event, frozen=True, kw_only=True):
    """Counted by another calendar from now on; every date that moved is told here."""

    calendar: str
    moved: tuple[MovedDate, ...]


AnyEvent: TypeAlias = (
    Received
    | Registered
    | Identified
    | Reclassified
    | Released
    | Categorised
    | Weighed
    | Shielded
    | Veiled
    | Unveiled
    | Entrusted
    | Divided
    | Assigned
    | DocumentAdded
    | Linked
    | Unlinked
    | Forwarded
    | Extended
    | ExtensionNotified
    | Told
    | HearingNoticed
    | Paused
    | Resumed
    | Answered
    | Delivered
    | DeliveryFailed
    | Rated
    | Reopened
    | Complained
    | Withdrawn
    | KeyDestroyed
    | Recalculated
)


class Stage(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    """Not registered yet."""
    REGISTERED = "registered"
    """At work."""
    PAUSED = "paused"
    """The clock stands, lawfully."""
    FORWARDED = "forwarded"
    """All of it went to other bodies."""
    ANSWERED = "answered"
    """All that is ours has an answer that has not been delivered yet."""
    DELIVERED = "delivered"
    """The answer reached the applicant."""
    REOPENED = "reopened"
    """At work again."""
    WITHDRAWN = "withdrawn"
    """Taken back."""
    ERASED = "erased"
    """Ended by erasure: nobody can read it any more."""


class Refusal(StrEnum):
    """Why an event cannot follow; a reason that nobody counts is a reason that nobody fixes."""

    NOT_RECEIVED = "not-received"
    """The first event of a case is that it came."""
    ALREADY_RECEIVED = "already-received"
    """A case comes once."""
    NO_ZONE = "no-zone"
    """A time without an offset is no time."""
    OUT_OF_ORDER = "out-of-order"
    """It would stand before what already happened."""
    UNKNOWN_KIND = "unknown-kind"
    """The law knows no such kind of appeal."""
    UNKNOWN_CALENDAR = "unknown-calendar"
    """There is no calendar of that version."""
    NO_REQUEST = "no-request"
    """An appeal asks for one thing at least."""
    NOT_REGISTERED = "not-registered"
    """It has no number yet: register it first."""
    ALREADY_REGISTERED = "already-registered"
    """It keeps its number for life."""
    ALREADY_AN_APPEAL = "already-an-appeal"
    """Somebody already stands behind it."""
    WITHDRAWN = "withdrawn"
    """The applicant took it back."""
    ERASED = "erased"
    """Nobody can read it any more: nothing can be done or added."""
    GONE = "gone"
    """All of it was forwarded: the other body answers."""
    UNKNOWN_REQUEST = "unknown-request"
    """It asks for fewer things than that."""
    REQUEST_GONE = "request-gone"
    """That request was forwarded."""
    REQUEST_ANSWERED = "request-answered"
    """That request has its answer; reopen it to answer again."""
    DIVIDED_TOO_LATE = "divided-too-late"
    """Parts of it were forwarded or answered already."""
    NO_REASON = "no-reason"
    """What is decided against or without the applicant needs a reason."""
    NO_NOTICE = "no-notice"
    """The applicant must be told at the same time."""
    NO_NAME = "no-name"
    """The person who decides or signs must be named with the post."""
    NO_TEXT = "no-text"
    """There is nothing that the commitment, proof or address stands for."""
    PERSON_DECIDES = "person-decides"
    """A program may suggest this; only a person does it."""
    NO_LAWFUL_DATE = "no-lawful-date"
    """A signal or anonymous message has no term that could be extended or paused."""
    EXPIRED = "expired"
    """The term is over: silence already counts as a refusal."""
    NOT_LATER = "not-later"
    """An extension ends after the present date."""
    TOO_LONG = "too-long"
    """An extension ends within two months."""
    NOT_EXTENDED = "not-extended"
    """No extension waits for its notice."""
    NO_GROUND = "no-ground"
    """The settings name no law that lets the clock stand for this."""
    ALREADY_PAUSED = "already-paused"
    """The clock stands already."""
    NOT_PAUSED = "not-paused"
    """The clock runs."""
    CLOCK_STANDS = "clock-stands"
    """Let the clock run first."""
    TOO_SOON_AFTER_NOTICE = "too-soon-after-notice"
    """Between the notice of a hearing and the decision lie three working days at least."""
    HEARING_NOT_TOLD = "hearing-not-told"
    """The preliminary decision has not reached the applicant yet, so he could not speak to it."""
    ALREADY_TOLD = "already-told"
    """The applicant heard of it, and the case says so."""
    WRONG_DAY = "wrong-day"
    """Nobody is told before there is something to tell, or on a day that has not come."""
    NOT_ANSWERED = "not-answered"
    """There is no complete answer yet."""
    NOT_DELIVERED = "not-delivered"
    """The answer has not reached the applicant."""
    NO_SUCH_RATING = "no-such-rating"
    """One to five."""
    LINKED_TO_ITSELF = "linked-to-itself"
    """A case is not another case."""
    ALREADY_LINKED = "already-linked"
    """The link stands."""
    NOT_LINKED = "not-linked"
    """There is no such link."""
    NOT_VEILED = "not-veiled"
    """No program's veil lies on it: what a person made confidential stays so."""
    NOT_ASSIGNED = "not-assigned"
    """It is nobody's work yet."""
    MOVES_NOT_TOLD = "moves-not-told"
    """The dates that move are not those that the event tells."""
