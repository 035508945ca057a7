"""Keys that signed receipts and sign no more: what they signed stays proven, and each vouches for the one after it."""

from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_VOUCH = b"aimas-receipt-key-1:"


class PastKey(msgspec.Struct, frozen=True, kw_only=True):
    """The public half; the private one is destroyed."""

    key: str
    """Hex."""
    until: datetime
    """What claims to be signed later with it is no receipt."""
    next: str
    """Hex of the key that came after it."""
    vouches: str = ""
    """Hex of its signature over the next one, by which who remembers only this key trusts that one. Empty where it
    leaked: whoever has it could vouch for a key of his own."""


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def given_up(key: Ed25519PrivateKey, next_key: str, at: datetime, *, is_leaked: bool) -> PastKey:
    vouches = "" if is_leaked else key.sign(_VOUCH + bytes.fromhex(next_key)).hex()
    return PastKey(key=public_hex(key), until=at, next=next_key, vouches=vouches)


def past_keys(content: bytes) -> tuple[PastKey, ...]:
    """As they are kept, the latest first; raises MsgspecError for what is no such list."""
    return msgspec.json.decode(content, type=tuple[PastKey, ...])


def does_vouch(past: PastKey) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(past.key))
        key.verify(bytes.fromhex(past.vouches), _VOUCH + bytes.fromhex(past.next))
    except (InvalidSignature, ValueError):
        return False
    return True
