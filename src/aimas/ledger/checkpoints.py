"""A signed word about the chain's head, kept where the chain's keeper cannot reach."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aimas.core import BadInput


class Checkpoint(msgspec.Struct, frozen=True):
    home: str
    """Id of the home, drawn at its birth."""
    position: int
    head: str
    """Hex of the hash at `position`."""
    at: str
    """ISO 8601, UTC."""
    public_key: str
    """Hex of the Ed25519 key."""
    signature: str = ""

    def signed_bytes(self) -> bytes:
        return msgspec.json.encode(
            ("aimas-checkpoint-1", self.home, self.position, self.head, self.at, self.public_key)
        )


def sign(key: Ed25519PrivateKey, home: str, position: int, head: bytes, at: datetime) -> Checkpoint:
    bare = Checkpoint(
        home=home,
        position=position,
        head=head.hex(),
        at=at.astimezone(UTC).isoformat(),
        public_key=public_key_of(key),
    )
    return msgspec.structs.replace(bare, signature=key.sign(bare.signed_bytes()).hex())


def signature_is_valid(checkpoint: Checkpoint) -> bool:
    """Says that the holder of `public_key` signed it; whose key that is, the reader must know."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
        key.verify(bytes.fromhex(checkpoint.signature), checkpoint.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_of(key: Ed25519PrivateKey) -> str:
    """Hex, as a checkpoint carries it."""
    return key.public_key().public_bytes_raw().hex()


def write_checkpoint(checkpoint: Checkpoint, folder: Path) -> Path:
    """Writes `checkpoint-<position>.json`; never overwrites one that says something else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} can't hold checkpoints: {error.strerror}. Give another folder.") from None
    path = folder / f"checkpoint-{checkpoint.position:012d}.json"
    if path.exists() and read_checkpoint(path).head != checkpoint.head:
        raise BadInput(
            f"{path} already vouches for another head at position {checkpoint.position}. "
            f"Run: aimas verify --against {path}"
        )
    partial = path.with_suffix(".partial")
    try:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(checkpoint), indent=2) + b"\n")
        partial.replace(path)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}. Give another folder.") from None
    return path


def read_checkpoint(path: Path) -> Checkpoint:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Checkpoint)
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(f"{path} is not a checkpoint: {error}") from None
