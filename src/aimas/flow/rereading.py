"""Reading again what older versions read: a newer reading is put beside the old one, which stays."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from aimas.core import Outcome, Passed, Publication, Reading, StoredPublication
from aimas.flow.understanding import Understanding
from aimas.tone import carried

BATCH = 128

Spread = Callable[[Iterable[Sequence[Publication]]], Iterator[Sequence[Outcome[Reading]]]]
"""Has batches understood somewhere and gives what came of them, in order."""


class RereadAccount(Protocol):
    """One open settlement."""

    def reread(self, publication: int, reading: Reading, instead_of: int | None = None) -> int:
        """Raises ValueError where a revision, a correction or another reread came first."""


class RereadBooks(Protocol):
    def settling(self) -> AbstractContextManager[RereadAccount]: ...


class CurrentPublications(Protocol):
    def current(self, after: int, limit: int) -> list[StoredPublication]:
        """Current publications with their current readings, by the publication's position, from `after` on."""


class RereadReport(msgspec.Struct, frozen=True):
    looked: int
    reread: int
    """Got a newer reading; the rest was read by the present versions already."""
    changed: int
    """Of these, the ones whose mentions, tones, places, themes or language came out otherwise."""


def reread(
    understanding: Understanding,
    publications: CurrentPublications,
    books: RereadBooks,
    progress: Callable[[int], None] | None = None,
    spread: Spread | None = None,
) -> RereadReport:
    """Batch by batch; stopped at any moment, the next run goes on with what is left.

    With `spread` others understand; `understanding` then only says which versions are the present ones.
    """
    looked = done = changed = 0
    waiting: deque[tuple[int, list[StoredPublication]]] = deque()

    def stale() -> Iterator[Sequence[Publication]]:
        for batch in _batches(publications):
            old = [p for p in batch if set(p.versions) != set(understanding.versions(bool(p.mentions)))]
            waiting.append((len(batch), old))
            yield [_publication(p) for p in old]

    for outcomes in (spread or _here(understanding))(stale()):
        entered, batch = waiting.popleft()
        looked += entered
        if batch:
            now_done, now_changed = _settled(batch, outcomes, books)
            done += now_done
            changed += now_changed
        if progress:
            progress(looked)
    return RereadReport(looked, done, changed)


def _here(understanding: Understanding) -> Spread:
    def understood(batches: Iterable[Sequence[Publication]]) -> Iterator[Sequence[Outcome[Reading]]]:
        for batch in batches:
            yield understanding.understand(batch) if batch else []

    return understood


def _settled(
    batch: Sequence[StoredPublication], outcomes: Sequence[Outcome[Reading]], books: RereadBooks
) -> tuple[int, int]:
    """How many got a newer reading, and how many of these say something else."""
    done = changed = 0
    with books.settling() as account:
        for stored, outcome in zip(batch, outcomes, strict=True):
            if not isinstance(outcome, Passed):
                continue
            newer = with_corrections(stored, outcome.value)
            try:
                account.reread(stored.position, newer, instead_of=stored.read_at)
            except ValueError:
                # A revision took its place: that one was read by the present versions. Or a person
                # corrected a tone meanwhile: the next run reads it with that.
                continue
            done += 1
            changed += _findings(stored) != _findings(newer)
    return done, changed


def _batches(publications: CurrentPublications) -> Iterator[Sequence[StoredPublication]]:
    after = 0
    while batch := publications.current(after, BATCH):
        yield batch
        after = batch[-1].position


def _findings(found: StoredPublication | Reading) -> tuple[object, ...]:
    return found.language.value, found.mentions, found.places, found.themes


def with_corrections(older: StoredPublication | Reading, newer: Reading) -> Reading:
    """What persons said of a mention goes on to the same mention in the newer reading."""
    was = older.shown if isinstance(older, StoredPublication) else older.publication.shown
    mentions = carried(older.mentions, was, newer.mentions, newer.publication.shown)
    return msgspec.structs.replace(newer, mentions=mentions)


def as_filed(p: StoredPublication) -> Reading:
    """The reading that it has on file, to be put beside it with a change."""
    return Reading(
        publication=_publication(p),
        language=p.language,
        mentions=p.mentions,
        places=p.places,
        themes=p.themes,
        versions=p.versions,
    )


def _publication(p: StoredPublication) -> Publication:
    """As it was when it was read first; the original is not needed for reading."""
    return Publication(
        source=p.source,
        address=p.address,
        title=p.title,
        text=p.text,
        site_name=p.site_name,
        published_at=p.published_at,
        dated_by=p.dated_by,
        fetched_at=p.fetched_at,
        language_hint=None,
        original=b"",
        media_type=p.media_type,
        name=p.name,
    )
