"""The words that decided a tone, kept once they were found: a model takes 50 ms to say why, and the same few
publications are opened again and again."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from aimas.core import Mention, StoredPublication

KEPT = 2_000
"""Publications; some kilobytes each."""


class Explained:
    """Publications with their evidence, by the reading: another model or a person's word makes another one. That no
    word was found is kept too: it took the model as long to say.

    Many threads may ask; `explain` is called by several of them at once, outside the lock, so that nobody waits for
    another's publication. Two that open a new one in the same moment may both have it explained."""

    def __init__(self, explain: Callable[[StoredPublication], StoredPublication], limit: int = KEPT) -> None:
        self._explain = explain
        self._limit = limit
        self._lock = threading.Lock()
        self._known: OrderedDict[int, tuple[tuple[Mention, ...], tuple[Mention, ...]]] = OrderedDict()

    def __call__(self, publication: StoredPublication) -> StoredPublication:
        key, asked = publication.read_at, publication.mentions
        with self._lock:
            known = self._known.get(key)
            if known is not None and known[0] == asked:
                self._known.move_to_end(key)
                return msgspec.structs.replace(publication, mentions=known[1])
        told = self._explain(publication)
        if told is not publication:
            with self._lock:
                self._known[key] = (asked, told.mentions)
                while len(self._known) > self._limit:
                    self._known.popitem(last=False)
        return told
