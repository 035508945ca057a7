"""Reads a mailbox by IMAP (RFC 3501) and moves every letter that was dealt with into a folder that says how.

A letter stays where it is until its outcome is on record; broken off at any moment, the next look goes on. What is held
stays in its folder for a person; nothing is ever deleted there.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import msgspec

from aimas.core import BadSetting, Unavailable
from aimas.intake.receiving import Outcome, Received

TIMEOUT_S = 30.0
PORTS = {"tls": 993, "starttls": 143, "none": 143}
AT_ONCE = 50
"""Letters of one look; the next look takes the next ones."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UIDVALIDITY = "UIDVALIDITY"


class MailboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    """Empty: no mailbox is read."""
    user: str
    password: str
    port: int = 0
    """0 is the usual one of `security`."""
    security: str = "tls"
    """`tls` from the first byte, `starttls`, or `none` for a server on this machine."""
    folder: str = "INBOX"
    done: str = "Aimas"
    """Folders for what was dealt with begin so: «Aimas-filed», «Aimas-held» …"""
    largest: int = 30 * 1024 * 1024
    """Bytes of a letter; a larger one is not fetched."""


class Receives(Protocol):
    def take(self, raw: bytes) -> Received: ...
    def too_large(self, key: str) -> Received: ...


class Mailbox:
    def __init__(self, settings: MailboxSettings, context: ssl.SSLContext | None = None) -> None:
        """`context` decides whose certificates are trusted; the system's when absent."""
        self._settings = settings
        self._context = context

    def look(self, receives: Receives) -> dict[str, int]:
        """Deals with up to `AT_ONCE` letters; returns how many had which outcome. Raises Unavailable where the server
        is down, BadSetting where it refuses us."""
        counts: dict[str, int] = {}
        with self._told(), self._server() as server:
            for uid in self._waiting(server):
                received = self._dealt_with(server, uid, receives)
                counts[received.outcome.value] = counts.get(received.outcome.value, 0) + 1
        return counts

    def _waiting(self, server: imaplib.IMAP4) -> list[bytes]:
        _require(server.select(_quoted(self._settings.folder)), "open the folder")
        answer = _require(server.uid("SEARCH", "UNDELETED"), "search the folder")
        found: bytes = answer[0] or b""
        return found.split()[:AT_ONCE]

    def _dealt_with(self, server: imaplib.IMAP4, uid: bytes, receives: Receives) -> Received:
        said = uid.decode("ascii")
        answer = _require(server.uid("FETCH", said, "(RFC822.SIZE)"), "ask for a letter's size")
        size = _SIZE.search(b" ".join(part for part in answer if isinstance(part, bytes)))
        if size and int(size[1]) > self._settings.largest:
            validity = server.response(_UIDVALIDITY)[1]
            received = receives.too_large(f"{_text(validity)}-{said}-{int(size[1])}")
        else:
            answer = _require(server.uid("FETCH", said, "(BODY.PEEK[])"), "fetch a letter")
            raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
            if raw is None:
                # Somebody else took it away meanwhile.
                return Received(outcome=Outcome.KNOWN)
            received = receives.take(raw)
        self._move(server, said, f"{self._settings.done}-{received.outcome.value}")
        return received

    def _move(self, server: imaplib.IMAP4, uid: str, folder: str) -> None:
        """RFC 6851 where the server knows it, else copy, mark and expunge."""
        # Says NO where the folder is there already.
        server.create(_quoted(folder))
        if "MOVE" in server.capabilities:
            _require(server.uid("MOVE", uid, _quoted(folder)), "move a letter")
            return
        _require(server.uid("COPY", uid, _quoted(folder)), "copy a letter")
        _require(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"), "mark a letter")
        if "UIDPLUS" in server.capabilities:
            # Only ours; without it a mark must do, and the search leaves marked ones out.
            _require(server.uid("EXPUNGE", uid), "take a letter out")

    @contextmanager
    def _server(self) -> Iterator[imaplib.IMAP4]:
        said = self._settings
        port = said.port or PORTS[said.security]
        context = self._context or ssl.create_default_context()
        server: imaplib.IMAP4 = (
            imaplib.IMAP4_SSL(said.host, port, ssl_context=context, timeout=TIMEOUT_S)
            if said.security == "tls"
            else imaplib.IMAP4(said.host, port, timeout=TIMEOUT_S)
        )
        try:
            if said.security == "starttls":
                server.starttls(ssl_context=context)
            try:
                server.login(said.user, said.password)
            except imaplib.IMAP4.error:
                raise BadSetting(
                    "The mailbox refused user name or password: imap_user, imap_password."
                ) from None
            # Some say more of what they can once they know us.
            answer = server.capability()[1]
            server.capabilities = tuple(_text(answer).upper().split())
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What imaplib and sockets raise, as what it means; its own words may quote a letter and are left out."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise BadSetting(f"The mailbox's certificate is not trusted: {error.verify_message}.") from None
        except imaplib.IMAP4.abort:
            raise Unavailable("The mailbox broke off the connection.") from None
        except imaplib.IMAP4.error as error:
            raise Unavailable(f"The mailbox does not do what it is asked: {type(error).__name__}.") from None
        except OSError as error:
            raise Unavailable(f"The mailbox can't be reached: {type(error).__name__}.") from None


def _require(answer: tuple[str, Sequence[Any]], what: str) -> Sequence[Any]:
    kind, content = answer
    if kind != "OK":
        raise Unavailable(f"The mailbox refused to {what}.")
    return content


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(answer: Sequence[object]) -> str:
    return b" ".join(part for part in answer if isinstance(part, bytes)).decode("ascii", "replace")
