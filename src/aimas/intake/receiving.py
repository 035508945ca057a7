"""What becomes of a letter: a new case, a document of one that is there, nothing, or something for a person.

Every letter has exactly one outcome, which the ledger keeps; the same Message-ID is taken in once, whatever breaks off.
"""

import re
import tomllib
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Protocol

import msgspec
import structlog

from aimas.appeals.posting import NotSent, Postman
from aimas.appeals.service import Appeals, Applicant, Attachment, NewAppeal
from aimas.appeals.service import Letter as Outward
from aimas.appeals.sheets import Sheet
from aimas.appeals.store import Settle
from aimas.appeals.types import Channel, Standing
from aimas.core import Actor, BadInput, Clock, Language, Unavailable
from aimas.intake.attachments import LIMITS, Limits, RefusedAttachment, checked, refuse_too_much
from aimas.intake.letters import Enclosure, FromMachine, HeldLetter, Hold, Letter, read

BY = Actor("program", "mailbox")
VERB = "letter-received"
A_DAY = timedelta(days=1)
_NUMBER = re.compile(r"(?<!\d)\d{4}\s?[-/–]\s?\d{1,9}(?!\d)")

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """Exactly one for every letter."""

    FILED = "filed"
    """A new case."""
    ADDED = "added"
    """A document of a case."""
    IGNORED = "ignored"
    """From a machine: neither filed nor answered."""
    KNOWN = "known"
    """Taken in before."""
    HELD = "held"
    """For a person."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    outcome: Outcome
    reason: str = ""
    """Of what is held or ignored."""
    case: str | None = None


class Registry(Protocol):
    """What is kept of letters: no words and no address."""

    def is_known(self, key: str) -> bool: ...


class LettersIn:
    """For one thread: it counts who wrote how often."""

    def __init__(
        self,
        appeals: Appeals,
        sheet: Callable[[str], Sheet],
        registry: Registry,
        settle: Settle,
        postman: Postman | None,
        clock: Clock,
        language_of: Callable[[str], Language],
        *,
        ours: frozenset[str] = frozenset(),
        limits: Limits = LIMITS,
        link: str = "",
        local: Callable[[datetime], datetime] = lambda at: at,
        daily: int = 20,
        language: Language = Language.RU,
    ) -> None:
        """`sheet` opens a case for the program alone; without a postman nothing is sent back. `daily`: letters that one
        address may send in a day."""
        self._appeals = appeals
        self._sheet = sheet
        self._registry = registry
        self._settle = settle
        self._postman = postman
        self._clock = clock
        self._language_of = language_of
        self._ours = ours
        self._limits = limits
        self._link = link
        self._local = local
        self._daily = daily
        self._language = language
        self._writers: dict[str, deque[datetime]] = {}

    def take(self, raw: bytes) -> Received:
        """Raises Unavailable where the receipt can't be sent just now: the same letter may be taken again, and nothing
        is filed twice."""
        found = read(raw, self._ours)
        if self._registry.is_known(found.key):
            return Received(outcome=Outcome.KNOWN)
        if isinstance(found, FromMachine):
            return self._recorded(found.key, Received(outcome=Outcome.IGNORED, reason=found.kind.value))
        if isinstance(found, HeldLetter):
            return self._held(found.key, found.reason)
        if self._is_too_many(found.address):
            return self._held(found.key, Hold.TOO_MANY)
        number = next((m.group() for m in _NUMBER.finditer(found.subject)), None)
        case = self._appeals.by_number(number) if number else None
        try:
            return self._filed(found) if case is None else self._added(found, case)
        except BadInput as error:
            log.warning("letter.refused", why=str(error))
            return self._held(found.key, Hold.REFUSED)

    def too_large(self, key: str) -> Received:
        """A letter that was not fetched; `key` tells it from others."""
        if self._registry.is_known(key):
            return Received(outcome=Outcome.KNOWN)
        return self._held(key, Hold.TOO_LARGE)

    def _filed(self, letter: Letter) -> Received:
        taken, refused = self._checked(letter.enclosures)
        applicant = Applicant(name=letter.name, email=letter.address)
        language = self._told_language(letter.text)
        text = letter.text
        if letter.subject and letter.subject not in text:
            text = f"{letter.subject}\n\n{text}"
        filed = self._appeals.file(
            NewAppeal(
                text=text,
                language=language,
                channel=Channel.EMAIL,
                standing=Standing.SIGNAL,
                applicant=applicant,
                attachments=taken,
                nonce=f"letter-{letter.key}",
            ),
            BY,
        )
        said = texts(language)
        self._send(
            Outward(
                subject=said["subject"].format(number=filed.number),
                text=said["text"].format(
                    number=filed.number,
                    code=filed.code,
                    at=self._at(),
                    standing=said["signal"],
                    link=self._link,
                    receipt=filed.receipt,
                    refused=_told(said, refused),
                ),
                language=language,
                applicant=applicant,
            ),
            letter,
        )
        return self._recorded(letter.key, Received(outcome=Outcome.FILED, case=filed.case))

    def _added(self, letter: Letter, case_id: str) -> Received:
        sheet = self._sheet(case_id)
        theirs = sheet.applicant.email.strip().lower() if sheet.applicant else ""
        if not theirs or theirs != letter.address:
            return self._held(letter.key, Hold.STRANGER, case_id)
        taken, refused = self._checked(letter.enclosures)
        if all(letter.text != written.text for written in sheet.written) or taken:
            self._appeals.add_document(case_id, letter.text, taken, BY)
        language = self._told_language(sheet.text)
        said = texts(language)
        number = self._appeals.case(case_id).number or ""
        self._send(
            Outward(
                subject=said["added_subject"].format(number=number),
                text=said["added"].format(number=number, at=self._at(), refused=_told(said, refused)),
                language=language,
                applicant=sheet.applicant,
            ),
            letter,
        )
        return self._recorded(letter.key, Received(outcome=Outcome.ADDED, case=case_id))

    def _checked(self, enclosures: tuple[Enclosure, ...]) -> tuple[tuple[Attachment, ...], list[str]]:
        """Those that are taken, and the names of those that are not with the reason."""
        taken: list[Attachment] = []
        refused: list[str] = []
        for enclosure in enclosures:
            name = enclosure.name or "file"
            try:
                one = checked(name, enclosure.declared_type, enclosure.content, limits=self._limits)
                refuse_too_much([len(each.content) for each in (*taken, one)], self._limits)
            except RefusedAttachment as error:
                refused.append(f"{name[:80]}: {error}")
            else:
                taken.append(one)
        return tuple(taken), refused

    def _send(self, outward: Outward, letter: Letter) -> None:
        if self._postman is None:
            return
        try:
            self._postman.send(outward, letter.address, f"receipt-{letter.key}", self._clock.now())
        except NotSent as error:
            if not error.is_final:
                raise Unavailable(str(error)) from None
            log.warning("letter.receipt-not-sent", why=str(error))

    def _is_too_many(self, address: str) -> bool:
        now = self._clock.now()
        times = self._writers.setdefault(address, deque(maxlen=self._daily))
        while times and now - times[0] >= A_DAY:
            times.popleft()
        if len(times) == self._daily:
            return True
        times.append(now)
        return False

    def _held(self, key: str, reason: Hold, case: str | None = None) -> Received:
        return self._recorded(key, Received(outcome=Outcome.HELD, reason=reason.value, case=case))

    def _recorded(self, key: str, received: Received) -> Received:
        with self._settle(BY) as settlement:
            detail = {"outcome": received.outcome.value, "reason": received.reason, "case": received.case}
            settlement.act(VERB, key, detail)
        return received

    def _told_language(self, text: str) -> Language:
        told = self._language_of(text)
        if told is Language.KK_RU:
            return Language.KK
        return told if told in (Language.RU, Language.KK, Language.EN) else self._language

    def _at(self) -> str:
        return f"{self._local(self._clock.now()):%d.%m.%Y %H:%M}"


def _told(said: dict[str, str], refused: list[str]) -> str:
    return "\n".join(["", said["refused"], *(f"- {each}" for each in refused), ""]) if refused else ""


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("aimas.intake").joinpath("texts.toml").read_text("utf-8"))


def texts(language: Language) -> dict[str, str]:
    return _texts()[language.value]
