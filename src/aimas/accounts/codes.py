"""The second proof: codes of a phone (RFC 6238) and codes on paper."""

import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

import pyotp

STEP_S = 30
SLACK = 1
"""Steps that a phone's clock may be off, either way."""
RECOVERY_CODES = 10


def new_secret() -> bytes:
    """As long as the RFC asks for: 160 bits."""
    return secrets.token_bytes(20)


def spelled(secret: bytes) -> str:
    """As a person types it into a phone."""
    return b32encode(secret).decode()


def address(secret: bytes, name: str, issuer: str) -> str:
    """What the QR code says to the phone."""
    return pyotp.TOTP(spelled(secret), interval=STEP_S).provisioning_uri(name=name, issuer_name=issuer)


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_S


def fitting_step(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code this is, None where it is none; a step is used once, so an overheard code is dead."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit()):
        return None
    generator = pyotp.TOTP(spelled(secret), interval=STEP_S)
    found = None
    for step in range(step_of(now) - SLACK, step_of(now) + SLACK + 1):
        if compare_digest(generator.generate_otp(step), given) and step > last_step:
            found = step
    return found


def recovery_codes() -> tuple[str, ...]:
    """Each of 80 random bits, in groups of four."""
    made = (b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES))
    return tuple("-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in made)


def recovery_digest(code: str) -> str:
    plain = "".join(c for c in code.lower() if c.isalnum())
    return sha256(b"aimas-recovery\x00" + plain.encode()).hexdigest()
