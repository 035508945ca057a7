"""What a person says about the files handed over, and whose item a row is."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from aimas.core import POOL, Ownership
from aimas.sources.addresses import get_host
from aimas.sources.types import IMPORT, Source


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Without any, every item is a personal page's and its columns are found by their usual names."""

    source: Source = IMPORT
    """Whose items these are where nothing in the row says otherwise."""
    sources: tuple[Source, ...] = ()
    """Declared sources: a row is theirs by the name or id in its source column, or by its address's host."""
    columns: Mapping[str, str] = {}
    """Field (`text title url published_at source lang html`) → the file's own column."""
    timezone: str | None = None
    """IANA name for dates without an offset; None: the source's, else UTC."""
    max_item_bytes: int = 16 * 1024 * 1024


SHARED_HOUSES = frozenset(
    {"t.me", "telegram.me", "facebook.com", "fb.com", "instagram.com", "ok.ru", "threads.net", "tiktok.com"}
    | {"twitter.com", "vk.com", "x.com", "youtube.com", "youtu.be"}
)
"""Hosts of many voices: their addresses carry somebody's handle."""


def is_shared_house(address: str | None, owner: Source) -> bool:
    """Whether the address lies in a house of many voices and not in the owner's own declared room there."""
    host = get_host(address) if address else None
    if address is None or host is None:
        return False
    if not any(host == house or host.endswith(f".{house}") for house in SHARED_HOUSES):
        return False
    return not any(_room(address) == _room(own) for own in (owner.home, owner.address) if own)


def _room(address: str) -> tuple[str, str]:
    """Host and the path's first part: whose page it is."""
    return get_host(address) or "", urlsplit(address).path.strip("/").removeprefix("s/").partition("/")[
        0
    ].lower()


class Owners:
    """Tells whose item a row is."""

    def __init__(self, options: ImportOptions) -> None:
        self._default = options.source
        self._by_name: dict[str, Source] = {}
        self._by_host: dict[str, Source] = {}
        shared: set[str] = set()
        for source in options.sources:
            for name in (source.id, source.name):
                self._by_name[name.casefold().strip()] = source
            for host in {get_host(source.home), get_host(source.address)} - {None}:
                assert host is not None
                if host in self._by_host and self._by_host[host].ownership != source.ownership:
                    shared.add(host)
                self._by_host.setdefault(host, source)
        # t.me and other houses of many voices tell nothing by their host.
        for host in shared | SHARED_HOUSES:
            self._by_host.pop(host, None)

    def of(self, label: str | None, address: str | None) -> Source:
        """The declared source behind a row's source column or address, else the import's own."""
        if label:
            found = self._by_name.get(label.casefold().strip()) or self._by_host.get(
                get_host(f"http://{label}") or ""
            )
            if found:
                return found
        if address and self._by_host:
            host = get_host(address)
            while host and "." in host:
                if host in self._by_host:
                    return self._by_host[host]
                host = host.partition(".")[2]
        return self._default


def filed_under(source: Source) -> str:
    """The id that its publications carry: personal pages share one, so that none is a source of its own."""
    return POOL if is_personal(source) and source.id != IMPORT.id else source.id


def is_personal(source: Source) -> bool:
    return source.ownership is Ownership.PERSONAL
