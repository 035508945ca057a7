"""Takes what applicants must hear to where they hear it, again and again until it is there or given up; the case says
which. What goes by hand waits for a clerk."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from aimas.appeals.outbox import Letter, Outbox
from aimas.appeals.store import MessageState, Outgoing
from aimas.core import Actor, AimasError, Clock

WAITS_S = (30, 300, 1_800, 7_200, 21_600)
"""Pauses after failed tries; the last one repeats."""
GIVE_UP = timedelta(days=3)
"""A mailbox that takes nothing for so long gets its answer another way: the law's clock runs."""
CLAIM = timedelta(minutes=5)
"""How long whoever took a message may be silent."""
BY = Actor("program", "post")

log = structlog.get_logger(__name__)


class NotSent(AimasError):
    """Raised by a postman; its text names no address."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


class Postman(Protocol):
    def send(self, letter: Letter, to: str, key: str, at: datetime) -> str:
        """Returns what proves it, once the other side accepted it; raises NotSent. The same key: the same letter."""


class Posting:
    def __init__(self, outbox: Outbox, postman: Postman | None, clock: Clock) -> None:
        """Without a postman nothing is tried: what waits, waits, and a clerk sees it."""
        self._outbox = outbox
        self._postman = postman
        self._clock = clock

    def send_due(self) -> int:
        """Tries what waits for the program; returns how many were tried."""
        if self._postman is None:
            return 0
        waiting = [row for row in self._outbox.outgoing() if row.state is MessageState.WAITING]
        return sum(self._try(row) for row in waiting)

    def _try(self, row: Outgoing) -> bool:
        now = self._clock.now()
        if not self._outbox.claim(row, now + CLAIM, BY):
            return False
        letter = self._outbox.letter(row)
        to = letter.applicant.email.strip() if letter.applicant else ""
        assert self._postman is not None
        try:
            if not letter.text:
                raise NotSent("What was to be sent was erased.", is_final=True)
            proof = self._postman.send(letter, to, row.key, now)
        except NotSent as error:
            self._failed(row, error, now)
        else:
            self._outbox.mark_delivered(row, proof, BY)
        return True

    def _failed(self, row: Outgoing, error: NotSent, now: datetime) -> None:
        log.warning("answer.not-sent", message=row.id, final=error.is_final, why=str(error))
        if error.is_final or now - row.made_at > GIVE_UP:
            self._outbox.mark_failed(row, str(error), BY)
        else:
            wait_s = WAITS_S[min(row.tries, len(WAITS_S) - 1)]
            self._outbox.postpone(row, now + timedelta(seconds=wait_s), BY)
