"""Texts in a column of SQLite, packed; PostgreSQL packs long values by itself."""

from typing import cast

from isal import isal_zlib
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

LEAST = 160
"""Bytes; below that there is little to gain."""
_RAW = -15
"""What zlib calls bare DEFLATE with the widest window: any program can unpack it, now and later."""
_DAMAGED = cast(type[Exception], isal_zlib.error)
"""The library's stub calls it an exception, and it is a class of them."""


class PackedText(TypeDecorator[str]):
    """A string here, DEFLATE or plain text in the file: SQLite says of each value which of the two it is.

    So rows that were written as plain text are read as they are.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | bytes | None:
        if value is None or dialect.name != "sqlite":
            return value
        return packed(value)

    def process_result_value(self, value: str | bytes | None, dialect: Dialect) -> str | None:
        """Damaged bytes become a text that says so: `verify` then finds it unlike its digest."""
        if not isinstance(value, bytes):
            return value
        try:
            return unpacked(value)
        except ValueError as error:
            return f"\ufffd ({error})"


def packed(text: str) -> str | bytes:
    """The text itself where packing gains nothing."""
    raw = text.encode()
    if len(raw) < LEAST:
        return text
    # Half of the bytes at 7 to 13 µs a text; a dictionary would save a tenth more and have to be kept for ever.
    small: bytes = isal_zlib.compress(raw, 1, _RAW)
    return small if len(small) < len(raw) else text


def unpacked(small: bytes) -> str:
    """Raises ValueError for bytes that are not what was written."""
    try:
        raw: bytes = isal_zlib.decompress(small, _RAW)
        return raw.decode()
    except (_DAMAGED, UnicodeDecodeError) as error:
        raise ValueError(f"no packed text: {error}") from None
