"""Small secrets in the records, under the home's key: addresses of personal pages carry a handle."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from aimas.core import BadInput

_NONCE = 12


class Seal:
    def __init__(self, master_key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(master_key)

    def seal(self, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, b"aimas-record")

    def open(self, sealed: bytes) -> bytes:
        """Raises BadInput when the key is another home's or the bytes were altered."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], b"aimas-record")
        except InvalidTag:
            raise BadInput(
                "keys/master.key does not belong to these records; put the right one back."
            ) from None
