"""Proof that an appeal was filed: a check code to look it up, and a signed receipt that anyone verifies offline.

A receipt's canonical bytes are the JSON array of `Receipt.signed_bytes`; its text is `AIMAS1:` followed by those bytes,
the Ed25519 signature over them and four letters of their hash, each in Crockford's base32, joined by colons. The
text is upper-case letters, digits, hyphens and colons, so that a QR code holds it in its densest mode.

The signed text holds the check code's digest, never the code: who shows the receipt does not give away the case.
"""

import hashlib
import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aimas.appeals.law import Rule, law
from aimas.appeals.types import Standing
from aimas.appeals.wording import in_words, said, standing_told

CODE_BYTES = 10
"""80 bits, less a fifth of one that `sayable` takes: with rate limits nobody guesses one."""

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = _DIGITS + "*~$=U"
"""Crockford's check symbols: the number modulo 37 finds every wrong symbol and every swap of neighbours."""
_TO_OURS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _DIGITS)
_FROM_OURS = str.maketrans(_DIGITS, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_AS_MEANT = str.maketrans("OILАВЕНКМОРСТХУІ", "011ABEHKM0PCTXY1")
"""What a hand or a Cyrillic keyboard makes of it."""
_CODE = re.compile(rf"[{_DIGITS}]{{16}}[{re.escape(_CHECKS)}]")
_MARK = "AIMAS1"
_FORMAT = "aimas-receipt-1"
_HASH_LETTERS = 4
_LONGEST = 8_000
"""Characters; a longer text is no receipt."""


def code_of(entropy: bytes) -> str:
    """The check code for ten random bytes, in groups that a person can read aloud."""
    if len(entropy) != CODE_BYTES:
        raise ValueError(f"a check code is made of {CODE_BYTES} random bytes, got {len(entropy)}")
    symbols = _base32(entropy) + _CHECKS[int.from_bytes(entropy) % 37]
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def sayable(draws: Iterable[bytes]) -> bytes:
    """The first of the draws whose code has digits and letters only: a * or a ~ is hard to dictate and to find on a
    phone's keyboard. Five of 37 codes are passed over; those issued with such a sign are read as ever."""
    return next(entropy for entropy in draws if code_of(entropy)[-1] in _DIGITS)


def entropy_of(code: str) -> bytes | None:
    """The bytes of a code as a person types it: any case, O for 0, l for 1, Cyrillic look-alikes. None: a slip."""
    plain = re.sub(r"[\s\-–—]", "", code).upper().translate(_AS_MEANT)
    if not _CODE.fullmatch(plain):
        return None
    entropy = b32decode(plain[:16].translate(_FROM_OURS))
    return entropy if _CHECKS[int.from_bytes(entropy) % 37] == plain[16] else None


def code_digest(entropy: bytes) -> str:
    """Hex; what is kept of a code."""
    return hashlib.sha256(b"aimas-code-1" + entropy).hexdigest()


def commitment(entropy: bytes, text: str, attachments: Sequence[bytes] = ()) -> str:
    """Hex; binds the text and the attachments' SHA-256 digests. Without the code nobody can guess at the content."""
    content = msgspec.json.encode(("aimas-content-1", text, [digest.hex() for digest in attachments]))
    return hmac.digest(entropy, content, "sha256").hex()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the institution cannot deny."""

    institution: str
    number: str
    received_at: datetime
    zone: str
    """The office's, for the reader."""
    counts_from: date
    """The day of receipt by law: the next working day for what came after hours."""
    standing: Standing
    answer_by: date | None
    """As counted when it was issued; None where the law sets no date."""
    receiver: str
    """Name and post (article 64(2))."""
    content: str
    """Hex commitment to what was filed."""
    code: str
    """Hex digest of the check code."""
    public_key: str
    """Hex of the institution's Ed25519 key."""

    def signed_bytes(self) -> bytes:
        """Canonical: a JSON array without spaces, in the order below, times in UTC with microseconds."""
        return msgspec.json.encode(
            (
                _FORMAT,
                self.institution,
                self.number,
                int(self.received_at.timestamp() * 1_000_000),
                self.zone,
                self.counts_from,
                self.standing,
                self.answer_by,
                self.receiver,
                self.content,
                self.code,
                self.public_key,
            )
        )


_Fields = tuple[str, str, str, int, str, date, Standing, date | None, str, str, str, str]


class Fault(StrEnum):
    """Why a text proves nothing."""

    NOT_A_RECEIPT = "not-a-receipt"
    """It is something else."""
    DAMAGED = "damaged"
    """A part of it is missing or mistyped: try to read it again."""
    OTHER_KEY = "other-key"
    """Signed with a key that is not the institution's."""
    RETIRED_KEY = "retired-key"
    """It says that it was signed after the institution had given this key up."""
    FORGED = "forged"
    """The signature does not belong to this content."""


class Unproven(msgspec.Struct, frozen=True):
    fault: Fault


def signed(receipt: Receipt, key: Ed25519PrivateKey) -> str:
    """The receipt's text, also what its QR code holds. The receipt must name this very key."""
    if key.public_key().public_bytes_raw().hex() != receipt.public_key:
        raise ValueError("the receipt names another public key than the one that signs it")
    content = receipt.signed_bytes()
    return ":".join((_MARK, _base32(content), _base32(key.sign(content)), _hash(content)))


def proven(text: str, keys: Iterable[str], until: Mapping[str, datetime] | None = None) -> Receipt | Unproven:
    """What the text proves, given the institution's public keys (hex), old ones among them, and until when each of
    those signed; asks no network."""
    plain = re.sub(r"\s", "", text[:_LONGEST]).upper()
    mark, *parts = plain.split(":")
    if mark != _MARK:
        return Unproven(Fault.NOT_A_RECEIPT)
    if len(text) > _LONGEST or len(parts) != 3:
        return Unproven(Fault.DAMAGED)
    content, signature = _bytes(parts[0]), _bytes(parts[1])
    if content is None or signature is None or _hash(content) != parts[2]:
        return Unproven(Fault.DAMAGED)
    receipt = _read(content)
    if receipt is None:
        return Unproven(Fault.NOT_A_RECEIPT)
    if receipt.public_key not in set(keys):
        return Unproven(Fault.OTHER_KEY)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(receipt.public_key)).verify(signature, content)
    except (InvalidSignature, ValueError):
        return Unproven(Fault.FORGED)
    last = (until or {}).get(receipt.public_key)
    if last is not None and receipt.received_at > last:
        return Unproven(Fault.RETIRED_KEY)
    return receipt


def read_receipt(text: str) -> Receipt | None:
    """What the text says, whoever signed it; None where it is no receipt."""
    parts = re.sub(r"\s", "", text[:_LONGEST]).upper().split(":")
    content = _bytes(parts[1]) if len(parts) == 4 and parts[0] == _MARK else None
    return None if content is None else _read(content)


def proves(receipt: Receipt, code: str, text: str, attachments: Sequence[bytes] = ()) -> bool:
    """Whether this very text with these attachments' digests was filed; only the code's holder can show it."""
    entropy = entropy_of(code)
    if entropy is None or not hmac.compare_digest(code_digest(entropy), receipt.code):
        return False
    return hmac.compare_digest(commitment(entropy, text, attachments), receipt.content)


def receipt_told(
    receipt: Receipt, language: str, retold: Callable[[str, str], str] = lambda words, _: words
) -> tuple[str, ...]:
    """The talon in words, line by line; `retold` gives a name of the office in the reader's language."""
    here = receipt.received_at.astimezone(ZoneInfo(receipt.zone))
    lines = [
        said("receipt.institution", language, institution=retold(receipt.institution, language)),
        said("receipt.number", language, number=receipt.number),
        said("receipt.received", language, day=in_words(here.date(), language), time=f"{here:%H:%M:%S}"),
    ]
    if receipt.counts_from != here.date():
        counted = in_words(receipt.counts_from, language)
        # The law speaks of appeals; of a message nobody promises that it is registered by a day.
        if receipt.standing is Standing.APPEAL:
            says = law().rules[Rule.REGISTER].says[language]
            lines.append(said("receipt.counts-from", language, day=counted, says=says))
        else:
            lines.append(said("receipt.counts-from-message", language, day=counted))
    lines.append(said("receipt.receiver", language, receiver=retold(receipt.receiver, language)))
    lines.append(standing_told(receipt.standing, language))
    if receipt.answer_by is not None:
        lines.append(said("receipt.answer-by", language, day=in_words(receipt.answer_by, language)))
    return tuple(lines)


def fault_told(fault: Fault, language: str) -> str:
    return said(f"fault.{fault}", language)


def _base32(content: bytes) -> str:
    return b32encode(content).decode().rstrip("=").translate(_TO_OURS)


def _bytes(symbols: str) -> bytes | None:
    symbols = symbols.translate(_AS_MEANT)
    if not set(symbols) <= set(_DIGITS):
        return None
    try:
        content = b32decode(symbols.translate(_FROM_OURS) + "=" * (-len(symbols) % 8))
    except NotBase32:
        return None
    # Unused bits must be zero: one content has one text.
    return content if _base32(content) == symbols else None


def _hash(content: bytes) -> str:
    return _base32(hashlib.sha256(content).digest())[:_HASH_LETTERS]


def _read(content: bytes) -> Receipt | None:
    try:
        mark, institution, number, at, zone, counts, standing, by, receiver, filed, code, key = (
            msgspec.json.decode(content, type=_Fields)
        )
        receipt = Receipt(
            institution=institution,
            number=number,
            received_at=datetime.fromtimestamp(at / 1_000_000, ZoneInfo("UTC")),
            zone=zone,
            counts_from=counts,
            standing=standing,
            answer_by=by,
            receiver=receiver,
            content=filed,
            code=code,
            public_key=key,
        )
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):
        return None
    return receipt if mark == _FORMAT and receipt.signed_bytes() == content else None
