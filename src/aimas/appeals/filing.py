"""What comes is registered at once: checked, numbered, sealed, and acknowledged with a signed receipt and a code."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aimas.appeals.advising import Veil, Veiling, Weigh, Weighing
from aimas.appeals.calendars import arrival
from aimas.appeals.cases import Case
from aimas.appeals.categories import SHIELDED, require_category
from aimas.appeals.deadlines import answer_term
from aimas.appeals.law import kinds
from aimas.appeals.masking import masked
from aimas.appeals.notices import plain_language
from aimas.appeals.pii import Find, personal_data
from aimas.appeals.receipts import (
    CODE_BYTES,
    Receipt,
    code_digest,
    code_of,
    commitment,
    entropy_of,
    sayable,
    signed,
)
from aimas.appeals.requests import requests_of
from aimas.appeals.sheets import Applicant, Attachment, Part, PartKind, Place, Sheet
from aimas.appeals.store import Kept, Settlement
from aimas.appeals.types import (
    Categorised,
    Channel,
    Linked,
    Received,
    Registered,
    Relation,
    Standing,
)
from aimas.appeals.writing import PAGE, Means, Writing, no_case
from aimas.core import Actor, BadInput, Language

LONGEST_TEXT = 50_000
"""Characters of an appeal; more is a file's matter."""
NUMBER = re.compile(r"(\d{4})\D{1,3}(\d{1,9})\D*$")
_NONCE = 16
"""Letters of a phone's nonce at least: who guesses one could ask for the receipt again."""

USED_NONCE = "This nonce belongs to another appeal; draw a new one."

INDEX = {
    "application": "З",
    "complaint": "Ж",
    "message": "С",
    "response": "О",
    "proposal": "П",
    "inquiry": "Н",
}
"""The letter before a number, by kind; the number alone is unique."""


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
    lacks: tuple[str, ...] = ()
    """What the applicant did not give though the law asks for it, as who took it in confirms."""


class Filed(msgspec.Struct, frozen=True):
    """What the applicant takes home; the code is shown once, only its digest is kept."""

    case: str
    number: str
    code: str
    receipt: str


class Filing:
    def __init__(
        self,
        means: Means,
        key: Callable[[], Ed25519PrivateKey],
        secret: bytes,
        weigh: Weigh,
        veil: Veil,
        find: Find = personal_data,
    ) -> None:
        """`key` signs receipts; `secret` makes the check codes of phones that ask twice; `find` finds what to mask."""
        self._means = means
        self._key = key
        self._secret = secret
        self._weigh = weigh
        self._veil = veil
        self._find = find

    def file(self, new: NewAppeal, by: Actor) -> Filed:
        """Registers at once and gives the number. Raises BadInput where it is no appeal that can be taken in."""
        self._require_fit(new)
        entropy = sayable(self._draws(new.nonce))
        content = _commitment(entropy, new)
        # Before the writer's turn is taken: to read an appeal takes longer than to file it.
        text = masked(new.text, new.applicant, self._find)
        weighed, veiled = self._weigh(text), self._veil(text)
        with self._means.settle(by) as settlement:
            if new.nonce is not None:
                known = self._means.store.by_nonce(self._nonce_digest(new.nonce), settlement)
                if known is not None:
                    return self._again(known, new, settlement)
            return self._filed(settlement, new, by, entropy, content, weighed, veiled)

    def by_number(self, number: str) -> str | None:
        """The case's id; letters and punctuation as the reader likes."""
        kept = self._by_number(number)
        return kept.case if kept else None

    def knows(self, nonce: str) -> bool:
        """Whether something was filed with it."""
        with self._means.settle(PAGE) as settlement:
            return self._means.store.by_nonce(self._nonce_digest(nonce), settlement) is not None

    def opened(self, number: str, code: str) -> str | None:
        """The case's id where number and check code belong together; a wrong number and a wrong code cost the same."""
        kept = self._by_number(number)
        entropy = entropy_of(code)
        told = code_digest(entropy if entropy is not None else bytes(CODE_BYTES))
        fits = hmac.compare_digest(told, kept.code if kept else code_digest(b"nobody"))
        return kept.case if kept is not None and entropy is not None and fits else None

    def receipt(self, case_id: str) -> str:
        """The receipt's text as it was issued."""
        kept = self._means.store.kept(case_id)
        if kept is None:
            raise no_case(case_id)
        return kept.receipt

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
        if new.received_at is not None and (
            new.received_at.tzinfo is None or new.received_at > self._means.clock.now()
        ):
            raise BadInput("The stamp of receipt is a time with its offset, and not in the future.")

    def _draws(self, nonce: str | None) -> Iterator[bytes]:
        """Random; of a phone's nonce always the same, so that the code can be shown again and is kept nowhere."""
        for n in count():
            if nonce is None:
                yield self._means.entropy(CODE_BYTES)
            else:
                mark = b"code%d\x1f" % n if n else b"code\x1f"
                yield hmac.digest(self._secret, mark + nonce.encode(), "sha256")[:CODE_BYTES]

    def _nonce_digest(self, nonce: str) -> str:
        return hmac.digest(self._secret, b"nonce\x1f" + nonce.encode(), "sha256").hex()

    def _again(self, known: Kept, new: NewAppeal, settlement: Settlement) -> Filed:
        first = self._means.store.events(known.case, settlement)[0]
        assert isinstance(first, Received)
        # Before codes were chosen to be sayable, the first draw was taken whatever it ended in.
        entropy = next(self._draws(new.nonce))
        if code_digest(entropy) != known.code:
            entropy = sayable(self._draws(new.nonce))
        if not hmac.compare_digest(first.content, _commitment(entropy, new)):
            raise BadInput(USED_NONCE)
        return Filed(known.case, known.number, code_of(entropy), known.receipt)

    def _filed(
        self,
        settlement: Settlement,
        new: NewAppeal,
        by: Actor,
        entropy: bytes,
        content: str,
        weighed: Weighing | None,
        veiled: Veiling | None,
    ) -> Filed:
        now = self._means.clock.now()
        case_id = b32encode(self._means.entropy(10)).decode().lower()
        kind = "message" if new.is_police_message else new.kind
        self._means.persons.begin(settlement, case_id)
        received = Received(
            at=new.received_at or now,
            by=by,
            case=case_id,
            kind=kind,
            standing=new.standing,
            channel=new.channel,
            language=new.language,
            content=content,
            calendar=self._means.office.calendar,
            receiver=new.receiver.strip() or self._means.office.received_by(plain_language(new.language)),
            requests=len(requests_of(new.text)) or 1,
            is_confidential=new.is_confidential or new.category in SHIELDED,
            lacks=new.lacks,
        )
        writing = Writing(self._means, settlement, case_id, None)
        parts = [Part(kind=PartKind.APPEAL, text=new.text)]
        if new.applicant is not None:
            parts.append(Part(kind=PartKind.APPLICANT, applicant=new.applicant))
        if new.place is not None:
            parts.append(Part(kind=PartKind.PLACE, place=new.place))
        writing.record(received, parts, new.attachments)
        year = self._means.terms.hours.local(now).year
        running = self._means.store.next_number(settlement, year)
        number = f"{INDEX[kind]}-{year}-{running:06d}"
        receipt = self._receipt(writing.case, number, entropy)
        kept = Kept(case_id, number, code_digest(entropy), receipt, self._means.office.calendar)
        nonce = None if new.nonce is None else self._nonce_digest(new.nonce)
        writing.record(Registered(at=now, by=by, number=number), receipt=receipt)
        self._means.store.begin(settlement, kept, year, running, nonce, writing.position)
        writing.acknowledge(new.applicant)
        if weighed is not None:
            writing.record(weighed(now))
        if new.category is not None:
            writing.record(Categorised(at=now, by=by, category=new.category))
        if veiled is not None and not writing.case.is_confidential:
            # After the category that came with it: what the applicant chose does not open what he wrote to many.
            writing.record(veiled(now))
        if new.from_signal is not None:
            writing.record(Linked(at=now, by=by, other=new.from_signal, relation=Relation.FROM_SIGNAL))
        sheet = Sheet(case=case_id, text=new.text, applicant=new.applicant, place=new.place)
        self._means.clusters.file(settlement, writing.case, sheet)
        return Filed(case_id, number, code_of(entropy), receipt)

    def _receipt(self, case: Case, number: str, entropy: bytes) -> str:
        calendar = self._means.terms.calendar(case.calendar)
        term = answer_term(case, self._means.terms)
        first = case.events[0]
        assert isinstance(first, Received)
        key = self._key()
        receipt = Receipt(
            institution=self._means.office.called(plain_language(case.language)),
            number=number,
            received_at=case.received_at,
            zone=self._means.terms.hours.zone,
            counts_from=arrival(case.received_at, calendar, self._means.terms.hours).counts_from,
            standing=case.standing,
            answer_by=term.due if term else None,
            receiver=first.receiver,
            content=first.content,
            code=code_digest(entropy),
            public_key=key.public_key().public_bytes_raw().hex(),
        )
        return signed(receipt, key)

    def _by_number(self, number: str) -> Kept | None:
        match = NUMBER.search(number[:64])
        return self._means.store.by_number(int(match[1]), int(match[2])) if match else None


def _commitment(entropy: bytes, new: NewAppeal) -> str:
    return commitment(entropy, new.text, [hashlib.sha256(a.content).digest() for a in new.attachments])
