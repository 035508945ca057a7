"""Static files, held in memory; an address that carries a file's hash may be kept forever."""

import hashlib
import mimetypes
from pathlib import Path

import msgspec

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TEXT = ("text/", "image/svg+xml")


class Asset(msgspec.Struct, frozen=True):
    body: bytes
    media_type: str
    version: str
    """First digits of the SHA-256 of the body."""


class Assets:
    """All files under one folder by their path in it."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _asset(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def get(self, path: str) -> Asset | None:
        return self._files.get(path)

    def url(self, path: str) -> str:
        """Raises KeyError for a file that does not exist: a template's mistake shows at once."""
        return f"/static/{path}?v={self._files[path].version}"


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    if kind.startswith(TEXT):
        kind += "; charset=utf-8"
    return Asset(body, kind, hashlib.sha256(body).hexdigest()[:16])
