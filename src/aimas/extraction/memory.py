"""What a site repeats from page to page is its frame: remembered for a while, in this process only."""

from collections import OrderedDict
from typing import TypeVar

from aimas.extraction.cleaning import words_key

V = TypeVar("V")

HOSTS = 500
TITLES = 1_000
"""Of other pages, a host."""
LINES = 2_000
"""Short lines, a host."""

_LINE_CHARACTERS = 120
_TITLE_CHARACTERS = 20
_OTHER_PAGES = 2
_SENTENCE_PAGES = 5
"""A whole sentence may be said of several events ("The investigation goes on."): it must be seen more often."""
_LARGEST_SHARE = 0.3
"""Where more would go, the page is a copy of others, and nothing goes."""
_SENTENCE_ENDS = (".", "!", "?", "…", "»", "”", '"', ":", ";", ",")


class Frames:
    """By host: the titles seen, and the pages, up to a few, that each short line was seen on."""

    def __init__(self) -> None:
        self._titles: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._lines: OrderedDict[str, OrderedDict[str, tuple[str, ...]]] = OrderedDict()

    def without_frame(self, host: str, title: str, text: str) -> str:
        """The text without other pages' titles, and without other pages' lines at its top and bottom.

        Between those, lines repeat because news do: subheads like «Что известно».
        """
        own = words_key(title)
        titles = _of_host(self._titles, host)
        seen = _of_host(self._lines, host)
        lines = text.split("\n")
        keys = [words_key(line) if len(line) <= _LINE_CHARACTERS else "" for line in lines]
        is_frame = [
            bool(key) and key != own and _is_repeated(line, seen.get(key, ()), own)
            for line, key in zip(lines, keys, strict=True)
        ]
        first = next((index for index, framed in enumerate(is_frame) if not framed), 0)
        last = next((index for index in range(len(lines) - 1, -1, -1) if not is_frame[index]), first)
        kept = [
            line
            for line, key in zip(lines[first : last + 1], keys[first : last + 1], strict=True)
            if key == own or len(key) < _TITLE_CHARACTERS or key not in titles
        ]
        for key in filter(None, keys):
            pages = seen.pop(key, ())
            seen[key] = pages if own in pages or len(pages) > _SENTENCE_PAGES else (*pages, own)
        _bound(seen, LINES)
        if own:
            titles.pop(own, None)
            titles[own] = None
            _bound(titles, TITLES)
        left = "\n".join(kept)
        return left if len(left) >= (1 - _LARGEST_SHARE) * len(text) else text


def _is_repeated(line: str, pages: tuple[str, ...], own: str) -> bool:
    needed = _SENTENCE_PAGES if line.endswith(_SENTENCE_ENDS) else _OTHER_PAGES
    return len(pages) - (own in pages) >= needed


def _of_host(hosts: OrderedDict[str, OrderedDict[str, V]], host: str) -> OrderedDict[str, V]:
    found = hosts.pop(host, None)
    if found is None:
        found = OrderedDict()
    hosts[host] = found
    _bound(hosts, HOSTS)
    return found


def _bound(kept: OrderedDict[str, V], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
