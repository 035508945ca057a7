"""What appeals need of a store: events that are only added, a derived row a case, sealed words, messages to go out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import msgspec

from aimas.appeals.queue import QueuePage, QueueView
from aimas.appeals.routing import Absence
from aimas.appeals.sheets import Attachment, Part, Place, Sheet
from aimas.appeals.states import CaseState
from aimas.appeals.types import AnyEvent, Channel, MessageKind
from aimas.core import Actor, Language


class Settlement(Protocol):
    """One transaction of the ledger's only writer."""

    @property
    def connection(self) -> Any: ...

    @property
    def position(self) -> int:
        """Of the last entry."""

    def act(self, verb: str, subject: str, detail: Mapping[str, Any]) -> int:
        """Returns the ledger position."""

    def case_event(
        self, case: str, turn: int, event: AnyEvent, sealed: Sequence[str], receipt: str | None = None
    ) -> int:
        """Enters what happened to a case, with the ids of what was sealed for it; returns the ledger position."""


Settle: TypeAlias = Callable[[Actor], AbstractContextManager[Settlement]]
"""In whose name the entries are written."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger entry about a case."""

    position: int
    at: datetime
    """When it was entered."""
    by: str
    """`person:…` or `program:…`."""
    event: AnyEvent | None = None
    """None: an act about the case that changes nothing in it, as a look."""
    act: str | None = None
    """Verb of the act: `case-looked`, `case-erased`, …"""
    detail: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """Of the act."""
    words: str = ""
    """Reason or proof that a person wrote into the event, personal data masked."""


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    """A program sends it."""
    BY_HAND = "by-hand"
    """A clerk sends it: on paper, by telephone, through another system."""
    SENT = "sent"
    FAILED = "failed"
    """Given up; a clerk sends it another way."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to an applicant that waits; where it goes and what it says is sealed."""

    id: int
    case: str
    number: str
    key: str
    """The same for every try."""
    kind: MessageKind
    channel: Channel
    language: Language
    state: MessageState
    tries: int
    made_at: datetime
    due_at: datetime
    position: int
    """Ledger position of the event that it tells."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is put into the outbox with its event."""

    key: str
    kind: MessageKind
    channel: Channel
    language: Language
    state: MessageState
    due_at: datetime
    sealed: str
    """Id of the sealed text."""


class Kept(msgspec.Struct, frozen=True):
    """What is on file for looking a case up."""

    case: str
    number: str
    code: str
    """Digest of the check code, hex."""
    receipt: str
    calendar: str


class Pair(msgspec.Struct, frozen=True):
    """Two cases that are alike, as the program finds or as a person said."""

    newer: str
    older: str
    score: float
    why: tuple[str, ...]
    ruled: int = 0
    """1: a person linked them; -1: a person took the link away."""


class CaseStore(Protocol):
    """What happened, and how a case is found by number."""

    def events(self, case: str, settlement: Settlement | None = None) -> tuple[AnyEvent, ...]:
        """In order; inside a settlement, as it stands there. Empty: there is no such case."""

    def all_events(self) -> Iterator[tuple[str, tuple[AnyEvent, ...], int, int]]:
        """Every case with its events, the position of the first and of the last, in the order in which they came."""

    def telling(self) -> Iterator[tuple[int, str, AnyEvent]]:
        """Events by which cases stand beside each other, by position: that one came, was linked, or no longer is."""

    def recorded(self, case: str) -> tuple[Recorded, ...]:
        """Every entry about the case, events and acts, by position."""

    def kept(self, case: str) -> Kept | None: ...

    def by_number(self, year: int, running: int) -> Kept | None: ...

    def by_nonce(self, digest: str, settlement: Settlement) -> Kept | None: ...

    def next_number(self, settlement: Settlement, year: int) -> int:
        """The next one of the year, never given before; the writer's lock keeps two processes apart."""

    def begin(
        self, settlement: Settlement, kept: Kept, year: int, running: int, nonce: str | None, position: int
    ) -> None:
        """A new case that can be looked up."""

    def put_act(self, settlement: Settlement, case: str, position: int) -> None:
        """Says that the act at this position is about the case."""

    def put_bulk(self, settlement: Settlement, id: str, positions: Mapping[str, int]) -> None:
        """Remembers which events one act of a person made, by case, with an act of its own."""

    def bulk(self, id: str) -> dict[str, int] | None:
        """Positions by case; None: there was none."""


class StateStore(Protocol):
    """The derived row a case."""

    def put_state(
        self, settlement: Settlement, state: CaseState, position: int, born: int | None = None
    ) -> None:
        """In place of the row before, where there is one; `born` is when the case came, `position` where it did now."""

    def rows(self, cases: Sequence[str]) -> dict[str, tuple[CaseState, int]]:
        """Derived rows with the positions that they are of."""

    def states(self, since: date | None, until: date | None) -> Iterator[CaseState]:
        """Of cases that came in these days."""

    def head(self) -> int:
        """Position of the last event of any case that is on file."""

    def states_at(
        self, position: int, since: date | None, until: date | None
    ) -> Iterator[tuple[CaseState, int]]:
        """Of cases that came in these days and by this position, with the position that each row is of: a later one
        means that something happened to the case since."""

    def events_until(self, case: str, position: int) -> tuple[AnyEvent, ...]:
        """Those entered up to a position."""

    def put_reader(self, settlement: Settlement, case: str, reader: str) -> None:
        """Derived: who was let in."""


class QueueStore(Protocol):
    """The rows as lists ask for them."""

    def queue(self, view: QueueView, today: date, words: Sequence[Collection[str]]) -> QueuePage:
        """`words` are keyed marks; of each group one must be there."""

    def loads(self) -> dict[str, int]:
        """Open cases by officer."""


class LikenessStore(Protocol):
    """Marks are keyed, and nobody can read them back."""

    def keyed(self, marks: Collection[str]) -> frozenset[str]:
        """The same for the same mark, with its first letter; under the home's key."""

    def put_marks(self, settlement: Settlement, case: str, marks: Collection[str]) -> int:
        """Returns when the case came, as a ledger position."""

    def having(self, settlement: Settlement, mark: str, before: int, since: date, limit: int) -> list[int]:
        """The latest cases with the mark that came before one and not before a day, by when they came."""

    def marks(self, settlement: Settlement, born: Sequence[int]) -> dict[int, tuple[str, frozenset[str]]]:
        """Case and marks of each."""

    def put_pair(self, settlement: Settlement, pair: Pair) -> None:
        """In place of what was known of the two."""

    def pairs(self, cases: Sequence[str], settlement: Settlement | None = None) -> list[Pair]:
        """Of which one is among these."""

    def unite(self, settlement: Settlement, cases: Sequence[str]) -> None:
        """From now on these and all that stand with them are one cluster, named by the earliest."""

    def divide(self, settlement: Settlement, parts: Sequence[Sequence[str]]) -> None:
        """What was one cluster is these."""

    def members(self, case: str, limit: int, settlement: Settlement | None = None) -> list[CaseState]:
        """All of its cluster, the earliest first; itself where it is alone."""


class MessageStore(Protocol):
    """What goes out."""

    def put_message(
        self, settlement: Settlement, case: str, number: str, message: Waiting, position: int
    ) -> None: ...

    def outgoing(self, now: datetime, limit: int) -> list[Outgoing]: ...

    def message_counts(self) -> dict[MessageState, int]:
        """How many letters have which outcome; every state, also with none."""

    def get_message(self, id: int) -> tuple[Outgoing, str] | None:
        """With the id of its sealed text."""

    def messages(self, case: str) -> list[Outgoing]:
        """Everything that was to go out of a case, the earliest first."""

    def claim_message(self, settlement: Settlement, id: int, now: datetime, until: datetime) -> bool:
        """Puts it off, where it waits and is due; False where not."""

    def settle_message(
        self, settlement: Settlement, id: int, state: MessageState, due_at: datetime | None
    ) -> bool:
        """False where it was settled already."""


class AbsenceStore(Protocol):
    """Who is away, and when."""

    def absent(self, today: date) -> frozenset[str]:
        """Officers who are away."""

    def absences(self, since: date) -> list[Absence]:
        """Those that last until this day or longer, by their first day."""

    def put_absence(self, settlement: Settlement, absence: Absence) -> None:
        """In place of one that begins on the same day."""

    def end_absence(self, settlement: Settlement, officer: str, first: date) -> bool:
        """False where there is none that begins on this day."""


class AppealStore(CaseStore, StateStore, QueueStore, LikenessStore, MessageStore, AbsenceStore, Protocol):
    """All of it, in one settlement."""

    def empty_derived(self, settlement: Settlement) -> None:
        """Before everything that is derived is made anew."""


class PersonStore(Protocol):
    def begin(self, settlement: Settlement, case: str) -> None:
        """Draws the case's key."""

    def put(
        self,
        settlement: Settlement,
        case: str,
        position: int,
        parts: Sequence[Part],
        attachments: Sequence[Attachment] = (),
    ) -> list[str]:
        """Seals, in order; returns the ids that the ledger vouches for. Raises BadInput for an erased case."""

    def commitment(self, settlement: Settlement, case: str, text: str) -> str:
        """Hex; keyed by the case's key, so that nobody can guess at the text once it is erased."""

    def place_of(self, case: str, settlement: Settlement) -> Place | None:
        """Without opening anything else."""

    def sheet(self, case: str, settlement: Settlement | None = None, until: int | None = None) -> Sheet:
        """Everything, or up to a ledger position, opened for the program's own use: what a person sees goes through
        `look` or `masked`."""

    def masked(self, case: str) -> Sheet: ...

    def destroy_key(self, settlement: Settlement, case: str) -> None:
        """What was sealed with it is noise from now on, and what was derived from its words is gone."""

    def sweep(self) -> None:
        """After a key was destroyed: no log beside the records holds it any more."""
