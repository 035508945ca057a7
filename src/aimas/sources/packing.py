"""Compressed bodies unpacked piece by piece, so that a bomb stops at the limit and never in memory."""

import zlib
from collections.abc import Iterable
from typing import Protocol

import brotli

from aimas.core import BadInput

MAX_LAYERS = 2
_STEP = 1 << 18


class TooLarge(BadInput):
    """The body goes on beyond the limit."""


class Bomb(TooLarge):
    """A small body that unpacks beyond the limit."""


class BadPacking(BadInput):
    """The body is not packed as it says."""


class CutPacking(BadPacking):
    """The packed body ends before its own end."""


class _Layer(Protocol):
    def feed(self, data: bytes) -> Iterable[bytes]: ...

    def is_whole(self) -> bool: ...


class _Zlib:
    def __init__(self, *, gzip: bool) -> None:
        self._is_gzip = gzip
        self._machine = zlib.decompressobj(31 if gzip else 15)
        self._has_begun = False

    def feed(self, data: bytes) -> Iterable[bytes]:
        while data:
            if self._machine.eof:
                # A gzip file may hold several members; anything else after the end is padding.
                if not self._is_gzip or not data.lstrip(b"\x00").startswith(b"\x1f\x8b"):
                    return
                self._machine = zlib.decompressobj(31)
            try:
                out = self._machine.decompress(data, _STEP)
            except zlib.error as error:
                if self._has_begun or self._is_gzip:
                    raise BadPacking(f"the compressed body is damaged: {error}") from None
                # "deflate" means zlib by the standard and raw deflate by half of the servers.
                self._machine = zlib.decompressobj(-15)
                self._has_begun = True
                continue
            self._has_begun = True
            if out:
                yield out
            data = self._machine.unused_data if self._machine.eof else self._machine.unconsumed_tail

    def is_whole(self) -> bool:
        return self._machine.eof or not self._has_begun


class _Brotli:
    def __init__(self) -> None:
        self._machine = brotli.Decompressor()
        self._has_begun = False

    def feed(self, data: bytes) -> Iterable[bytes]:
        try:
            self._has_begun = True
            out = self._machine.process(data, output_buffer_limit=_STEP)
            while out or not self._machine.can_accept_more_data():
                if out:
                    yield out
                if self._machine.can_accept_more_data():
                    return
                out = self._machine.process(b"", output_buffer_limit=_STEP)
        except brotli.error:
            raise BadPacking("the compressed body is damaged") from None

    def is_whole(self) -> bool:
        return bool(self._machine.is_finished()) or not self._has_begun


def unpacked(chunks: Iterable[bytes], encoding: str, packed_limit: int, limit: int) -> tuple[bytes, int]:
    """The body and its size on the wire; raises TooLarge, Bomb, BadPacking or CutPacking."""
    names = [
        name
        for name in (part.strip().lower() for part in encoding.split(","))
        if name not in {"", "identity"}
    ]
    if len(names) > MAX_LAYERS:
        raise Bomb(f"packed {len(names)} times over")
    layers = [_layer(name) for name in reversed(names)]
    received = 0
    body = bytearray()
    for chunk in chunks:
        received += len(chunk)
        if received > packed_limit:
            raise TooLarge(f"the body is larger than {packed_limit} bytes")
        for piece in _through(layers, chunk):
            body += piece
            if len(body) > limit:
                raise (Bomb if layers else TooLarge)(f"the body is larger than {limit} bytes once unpacked")
    if not all(layer.is_whole() for layer in layers):
        raise CutPacking("the compressed body ends early")
    return bytes(body), received


def _through(layers: list[_Layer], chunk: bytes) -> Iterable[bytes]:
    if not layers:
        yield chunk
        return
    for piece in layers[0].feed(chunk):
        yield from _through(layers[1:], piece)


def _layer(name: str) -> _Layer:
    match name:
        case "gzip" | "x-gzip":
            return _Zlib(gzip=True)
        case "deflate":
            return _Zlib(gzip=False)
        case "br":
            return _Brotli()
        case _:
            raise BadPacking(f"packed as '{name[:20]}', which was not asked for")
