"""Where learned templates are kept between pages of a site, and how they cross to processes that read elsewhere."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from aimas.extraction.types import Template, TemplateState

CROSSING_BYTES = 32 * 1024 * 1024
"""Of encoded templates that cross in one direction for one run: some thousands of sites; the rest is learned again."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, Template]]).decode


class TemplateStore(Protocol):
    """One record a host. Losing a write costs relearning, never a wrong text."""

    def get(self, host: str) -> Template | None: ...

    def put(self, host: str, template: Template) -> None: ...

    def trusted(self) -> Iterable[tuple[str, Template]]: ...


class MemoryTemplates:
    """Lasts as long as the process; begins with what `packed` gave it."""

    def __init__(self, known: bytes = b"") -> None:
        self._templates = dict(unpacked(known))
        self._learned: dict[str, Template] = {}

    def get(self, host: str) -> Template | None:
        return self._templates.get(host)

    def put(self, host: str, template: Template) -> None:
        before = self._templates.get(host)
        self._templates[host] = template
        if template.state is not TemplateState.TRUSTED:
            self._learned.pop(host, None)
        elif before is None or before.state is not TemplateState.TRUSTED:
            self._learned[host] = template

    def trusted(self) -> list[tuple[str, Template]]:
        return [(h, t) for h, t in self._templates.items() if t.state is TemplateState.TRUSTED]

    def learned(self) -> bytes:
        """Packed: what came to be trusted since it was last asked; empty where nothing did."""
        said = packed(self._learned.items()) if self._learned else b""
        self._learned.clear()
        return said


def packed(templates: Iterable[tuple[str, Template]]) -> bytes:
    """Hosts and their templates, as plain bytes for `unpacked`; one that would go beyond CROSSING_BYTES is left out."""
    kept: list[msgspec.Raw] = []
    # A list begins with its length.
    size = 5
    for host, template in templates:
        one = _encode((host, template))
        if size + len(one) <= CROSSING_BYTES:
            kept.append(msgspec.Raw(one))
            size += len(one)
    return _encode(kept) if kept else b""


def unpacked(said: bytes) -> list[tuple[str, Template]]:
    return _decode(said) if said else []
