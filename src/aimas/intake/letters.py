"""A letter as it came by mail → who wrote it, what it says and what is enclosed; or why a person must look at it.

1. What a machine sent (a bounce, an absence notice, a list) is told apart by its headers and never answered (RFC 3834).
2. The words: plain text where there is some, else what a page would show; without signature and quoted letters.
3. What is encrypted, has no sender or can't be decoded is held; nothing is guessed.
"""

import hashlib
import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from enum import StrEnum

import msgspec
from selectolax.lexbor import LexborHTMLParser


class Machine(StrEnum):
    """Why a letter is from no person."""

    BOUNCE = "bounce"
    """What we sent came back."""
    AUTO_REPLY = "auto-reply"
    """An absence notice or another robot."""
    LIST = "list"
    """A list or an advertisement."""
    OURSELVES = "ourselves"
    """Our own letter: a loop."""


class Hold(StrEnum):
    """Why a person must look at a letter or a row; a reason that nobody counts is a reason that nobody fixes."""

    TOO_LARGE = "too-large"
    """Larger than a letter may be: it was not even fetched."""
    MALFORMED = "malformed"
    """No letter by its headers."""
    NO_SENDER = "no-sender"
    """Nobody, or several, stand as its sender."""
    ENCRYPTED = "encrypted"
    """Encrypted: only whoever has the key can read it."""
    UNREADABLE = "unreadable"
    """Its bytes are in no encoding that it names."""
    NO_WORDS = "no-words"
    """Nothing but files, or nothing at all."""
    STRANGER = "stranger"
    """It names a case of somebody with another address."""
    TOO_MANY = "too-many"
    """More letters from one address in a day than a person writes: perhaps two machines answer each other."""
    REFUSED = "refused"
    """It can't be taken in as it is; the detail says why."""


class Enclosure(msgspec.Struct, frozen=True):
    """A file as declared; nothing of it was checked."""

    name: str
    declared_type: str
    content: bytes


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote."""

    key: str
    """The same for the same Message-ID."""
    address: str
    """In small letters."""
    name: str
    subject: str
    text: str
    enclosures: tuple[Enclosure, ...] = ()


class FromMachine(msgspec.Struct, frozen=True):
    key: str
    kind: Machine


class HeldLetter(msgspec.Struct, frozen=True):
    key: str
    reason: Hold
    detail: str = ""


_QUOTE_OPENS = re.compile(
    r"^(?:>|-{2,} ?(?:original message|исходное сообщение|пересылаемое сообщение|бастапқы хабарлама)"
    r"|(?:on .{6,90} wrote|.{6,120} (?:пишет|писал\(?а?\)?|написал\(?а?\)?|жазды)):\s*$"
    r"|(?:from|от|кімнен): .+@.+$)",
    re.IGNORECASE,
)
_SIGNATURE = "-- "
_LONGEST_SUBJECT = 300


def read(raw: bytes, ours: frozenset[str] = frozenset()) -> Letter | FromMachine | HeldLetter:
    """`ours`: the institution's own addresses, in small letters."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(message, EmailMessage)
        key = _key(message, raw)
        if kind := _machine(message, ours):
            return FromMachine(key, kind)
        senders = [
            (name, address) for name, address in getaddresses([str(message.get("From", ""))]) if address
        ]
        if len(senders) != 1 or not re.fullmatch(r"[^@\s]+@[^@\s]+", senders[0][1]):
            return HeldLetter(key, Hold.NO_SENDER)
        if message.get_content_type() in (
            "multipart/encrypted",
            "application/pkcs7-mime",
            "application/x-pkcs7-mime",
        ):
            return HeldLetter(key, Hold.ENCRYPTED)
        text = _words(message)
        subject = " ".join(str(message.get("Subject", "")).split())[:_LONGEST_SUBJECT]
        enclosures = tuple(_enclosures(message))
    except (UnicodeError, LookupError) as error:
        return HeldLetter(_digest(raw), Hold.UNREADABLE, type(error).__name__)
    except (MessageError, ValueError, AssertionError, IndexError, AttributeError, KeyError) as error:
        # The parser's own ways to say that headers are none.
        return HeldLetter(_digest(raw), Hold.MALFORMED, type(error).__name__)
    if "-----BEGIN PGP MESSAGE-----" in text:
        return HeldLetter(key, Hold.ENCRYPTED)
    if not text.strip():
        if not re.search(r"[^\W\d_]{3}", subject):
            return HeldLetter(key, Hold.NO_WORDS)
        text = subject
    name, address = senders[0]
    return Letter(
        key=key,
        address=address.lower(),
        name=" ".join(name.split())[:120],
        subject=subject,
        text=text,
        enclosures=enclosures,
    )


def without_quotes(text: str) -> str:
    """Before the signature and the letter that it answers; all of it where nothing would be left."""
    kept: list[str] = []
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line == _SIGNATURE or line.rstrip() == "--":
            break
        if _QUOTE_OPENS.match(line.strip()):
            if line.lstrip().startswith(">") and any(
                rest.strip() and not rest.lstrip().startswith(">") for rest in lines[at:]
            ):
                # Answered line by line: what is quoted goes, what follows stays.
                continue
            break
        kept.append(line)
    return "\n".join(kept).strip() or text.strip()


def _key(message: EmailMessage, raw: bytes) -> str:
    said = "".join(str(message.get("Message-ID", "")).split())
    return _digest(said.encode()) if said else _digest(raw)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _machine(message: EmailMessage, ours: frozenset[str]) -> Machine | None:
    def said(name: str) -> str:
        return str(message.get(name, "")).strip().lower()

    sender = [address.lower() for _, address in getaddresses([said("From")])]
    # What comes back is told first: a bounce of our own letter carries our name.
    if said("Return-Path") == "<>" or message.get_content_type() == "multipart/report":
        return Machine.BOUNCE
    if any(address.partition("@")[0] in ("mailer-daemon", "postmaster", "mail-daemon") for address in sender):
        return Machine.BOUNCE
    if ours & set(sender):
        return Machine.OURSELVES
    if said("Auto-Submitted").partition(";")[0] not in ("", "no"):
        return Machine.AUTO_REPLY
    if any(message.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From")):
        return Machine.AUTO_REPLY
    if said("Precedence") == "auto_reply":
        return Machine.AUTO_REPLY
    if (
        said("Precedence") in ("bulk", "junk", "list")
        or message.get("List-Id")
        or message.get("List-Unsubscribe")
    ):
        return Machine.LIST
    return None


def _words(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    assert isinstance(part, EmailMessage)
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(part.get_payload()).encode()
    said = part.get_content_charset()
    text = raw.decode(said) if said else _unsaid(raw)
    if part.get_content_subtype() == "html":
        text = _shown(text)
    return without_quotes(text.replace("\r\n", "\n").replace("\x00", ""))


def _unsaid(raw: bytes) -> str:
    """Without a named encoding: UTF-8, else what old Russian programs write."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1251")


def _shown(html: str) -> str:
    tree = LexborHTMLParser(html)
    for unseen in tree.css("script, style, head, template, title"):
        unseen.decompose()
    for quoted in tree.css("blockquote, .gmail_quote"):
        quoted.decompose()
    for edge in tree.css("br, p, div, tr, li, h1, h2, h3, h4"):
        edge.insert_before("\n")
    text = tree.body.text() if tree.body else ""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _enclosures(message: EmailMessage) -> "list[Enclosure]":
    found = []
    for part in message.iter_attachments():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            found.append(Enclosure(part.get_filename() or "", part.get_content_type(), payload))
    return found
