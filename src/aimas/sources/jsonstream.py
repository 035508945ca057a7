"""A JSON document read in pieces, with memory bounded by its largest element."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from aimas.core import AimasError

_SPACE = b" \t\r\n"
# Whole strings are one token, so that brackets inside them do not count.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|"', re.DOTALL)
_SCALAR_END = re.compile(rb"[,\]}\s]")
_CHUNK = 1 << 18


class BrokenJson(AimasError):
    """Not JSON at this place."""


class CutJson(BrokenJson):
    """The document ends before its own end."""


class TooLong(AimasError):
    """One element is larger than the limit; it has been passed over."""


class JsonStream:
    """Pulls members and elements out of a document; whoever is told of a value must take or skip it."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._buffer = stream.read(_CHUNK).removeprefix(b"\xef\xbb\xbf")
        self._at = 0

    def peek(self) -> bytes:
        """The next byte that is not white space; raises CutJson at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                raise CutJson("the document ends early")

    def elements(self) -> Iterator[int]:
        """Positions in the array that begins here."""
        self._expect(b"[")
        if self.peek() == b"]":
            self._at += 1
            return
        index = 0
        while True:
            yield index
            index += 1
            if self._separator(b"]"):
                return

    def members(self) -> Iterator[str]:
        """Keys of the object that begins here."""
        self._expect(b"{")
        if self.peek() == b"}":
            self._at += 1
            return
        while True:
            if self.peek() != b'"':
                raise BrokenJson("a key was expected")
            key = msgspec.json.decode(self._raw(), type=str)
            self._expect(b":")
            yield key
            if self._separator(b"}"):
                return

    def value(self) -> Any:
        """The value that begins here; raises TooLong after passing over one beyond the limit."""
        raw = self._raw()
        try:
            return msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BrokenJson(str(error)) from None

    def decoded_object(self) -> dict[str, Any]:
        """The object that begins here."""
        found = self.value()
        if not isinstance(found, dict):
            raise BrokenJson("an object was expected")
        return found

    def skip(self) -> None:
        """Pass over the value that begins here, however large."""
        try:
            self._raw()
        except TooLong:
            return

    def _raw(self) -> bytes:
        first = self.peek()
        if first not in (b"{", b"[", b'"'):
            return self._scalar()
        depth = 0
        place = self._at
        discarded = False
        while True:
            match = _TOKEN.search(self._buffer, place)
            if match is None or match.group() == b'"':
                # Either nothing but scalars ahead, or a string that the buffer cuts.
                place = match.start() if match else len(self._buffer)
                if place - self._at > self._limit or len(self._buffer) - self._at > 2 * self._limit + _CHUNK:
                    discarded = True
                if discarded:
                    place = self._discard(place, is_string=match is not None)
                    if match is not None and depth == 0:
                        raise TooLong("a value beyond the limit")
                    continue
                place -= self._at
                if not self._more():
                    raise CutJson("the document ends inside a value")
                place += self._at
                continue
            token = match.group()
            place = match.end()
            if token in (b"{", b"["):
                depth += 1
            elif token in (b"}", b"]"):
                depth -= 1
            if depth <= 0:
                raw = self._buffer[self._at : place]
                self._at = place
                if discarded or len(raw) > self._limit:
                    raise TooLong("a value beyond the limit")
                return raw

    def _discard(self, place: int, *, is_string: bool) -> int:
        """Forget the buffer up to `place` (and a cut string there, to its end); the place to go on from."""
        self._at = place
        if not is_string:
            if not self._more():
                raise CutJson("the document ends inside a value")
            return self._at
        self._at += 1
        while True:
            end = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL).match(self._buffer, self._at)
            self._at = end.end() if end else self._at
            if self._buffer[self._at : self._at + 1] == b'"':
                self._at += 1
                return self._at
            if not self._more():
                raise CutJson("the document ends inside a string")

    def _scalar(self) -> bytes:
        while True:
            end = _SCALAR_END.search(self._buffer, self._at)
            if end or not self._more():
                stop = end.start() if end else len(self._buffer)
                raw = self._buffer[self._at : stop]
                self._at = stop
                return raw
            if len(self._buffer) - self._at > 4096:
                raise BrokenJson("a number or word of more than 4,096 characters")

    def _expect(self, mark: bytes) -> None:
        if self.peek() != mark:
            raise BrokenJson(f"'{mark.decode()}' was expected, not '{self.peek().decode('latin-1')}'")
        self._at += 1

    def _separator(self, end: bytes) -> bool:
        mark = self.peek()
        if mark not in (b",", end):
            raise BrokenJson(f"',' or '{end.decode()}' was expected, not '{mark.decode('latin-1')}'")
        self._at += 1
        return mark == end

    def _more(self) -> bool:
        """Read on; takes in as much again as is kept, so that scanning anew stays linear."""
        kept = self._buffer[self._at :]
        chunk = self._stream.read(max(_CHUNK, len(kept)))
        self._buffer = kept + chunk
        self._at = 0
        return bool(chunk)
