"""The step after filing: what speaks of the institution is put into its chain of copies and its story.

It follows the records instead of standing before them, because a place depends on what was said around it, not on
what arrived before it: feeds list the newest first, archives come years later, and a copy may show two chains to be
one. So it takes what waits in the order in which it was said.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

import msgspec
import numpy as np

from aimas.core import Span, StoredPublication
from aimas.stories.reprints import Copy, Evidence, Reprints, Seen
from aimas.stories.stories import Stories
from aimas.stories.types import PlacedItem, Placement, Placing, StoryItem, Why
from aimas.stories.wording import wording

VERSION = "stories/3"
WINDOW = timedelta(days=14)
AHEAD = timedelta(days=3)
"""How far after itself a late arrival looks: its copies may have been gathered before it."""
EDITED = 0.5
"""Share of runs of words that a new text at an old address has in common with the one before, to be the same text."""
BATCH = 64
"""Placed and committed together."""


class Waiting(msgspec.Struct, frozen=True, order=True):
    """Speaks of an institution and has no place yet."""

    timed: datetime
    publication: int


class Account(Protocol):
    """One open settlement."""

    def place(self, placings: Sequence[Placing]) -> int: ...
    def looked_for_places(self, position: int) -> None: ...
    def tally(self, step: str, outcome: str, reason: str = "", n: int = 1) -> None: ...


class Books(Protocol):
    def settling(self) -> AbstractContextManager[Account]: ...


class Places(Protocol):
    """What is on file about places; publications come with where they stand now."""

    def waiting(self) -> tuple[list[Waiting], int]:
        """All of them, and the ledger position up to which that holds."""

    def publications(self, positions: Sequence[int]) -> list[StoredPublication]:
        """In the order asked for; what a revision replaced meanwhile is left out."""

    def placed(self, since: datetime, until: datetime | None) -> Iterator[StoredPublication]:
        """What was said in this stretch of time, both ends included, in its order."""

    def latest(self) -> datetime | None:
        """When the last placed publication was said."""

    def last_placing(self) -> int:
        """Ledger position of the last placing by anyone."""

    def chains(self, heads: Sequence[int]) -> list[Placing]:
        """Where the members of these chains stand now."""

    def of(self, publications: Sequence[int]) -> list[Placing]:
        """Where these stand now; what has no place is left out."""

    def before(self, publication: int) -> StoredPublication | None:
        """The text that this one revises."""


class _Window:
    """The texts of some days in memory, and how far they have been taken from file."""

    def __init__(self) -> None:
        self.reprints = Reprints(WINDOW.days)
        self.stories = Stories(WINDOW.days)
        self.loaded: datetime | None = None

    def restore(self, publications: Iterable[StoredPublication]) -> None:
        for p in publications:
            if p.placed is not None:
                self.take(p, p.placed.chain_at, p.placed.story_at)

    def take(self, p: StoredPublication, chain: int, story: int) -> None:
        """Where it stands is known."""
        head = None if chain == p.position else chain
        self.reprints.restore([Seen(p.position, p.title, p.text, p.timed, head)])
        self.stories.restore([PlacedItem(item_of(p), story)])

    def place(self, p: StoredPublication) -> tuple[Copy | None, Placement]:
        copy = self.reprints.place(p.position, p.title, p.text, p.timed)
        return copy, self.stories.place(item_of(p, copy))


class Placer:
    """One at a time in a home: whoever writes its search index also places."""

    def __init__(self, places: Places, books: Books) -> None:
        self._places = places
        self._books = books
        self._live: _Window | None = None
        self._looked = -1
        self._known = 0
        """The last placing that the live window has in it."""

    def any_waiting(self) -> bool:
        return bool(self._places.waiting()[0])

    def place_waiting(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Returns how many were placed; stopped at any moment, the next call goes on."""
        placed = 0
        while True:
            waiting, reached = self._places.waiting()
            if not waiting and reached == self._looked:
                return placed
            done = self._place_all(sorted(waiting), progress) if waiting else 0
            placed += done
            if done == len(waiting):
                break
        with self._books.settling() as account:
            account.looked_for_places(reached)
        self._looked = reached
        return placed

    def _place_all(self, waiting: list[Waiting], progress: Callable[[int, int], None] | None) -> int:
        """How many were placed: not all where a person ruled meanwhile."""
        if self._live is None or self._places.last_placing() != self._known:
            # A person ruled, or another process placed: begin from what is on file.
            self._known = self._places.last_placing()
            self._live = self._opened()
        latest = self._live.loaded
        late = [w for w in waiting if latest is not None and w.timed < latest - WINDOW + AHEAD]
        done = 0
        try:
            for part, window in ((late, _Window()), (waiting[len(late) :], self._live)):
                remaining = iter(part)
                while batch := list(islice(remaining, BATCH)):
                    if not self._place_batch(batch, window):
                        self._live = None
                        return done
                    done += len(batch)
                    if progress:
                        progress(done, len(waiting))
        except BaseException:
            # What is in memory may not be on file.
            self._live = None
            raise
        return done

    def _opened(self) -> _Window:
        window = _Window()
        latest = self._places.latest()
        if latest is not None:
            window.restore(self._places.placed(latest - WINDOW, None))
            window.loaded = latest
        return window

    def _place_batch(self, batch: list[Waiting], window: _Window) -> bool:
        """False where somebody else placed or ruled since the windows were opened: nothing is put on file then."""
        found = [p for p in self._places.publications([w.publication for w in batch]) if p.mentions]
        placings: dict[int, Placing] = {}
        for publication in found:
            if window is not self._live:
                self._load(window, publication.timed)
            for placing in self._placed(publication, window, placings):
                placings[placing.publication] = placing
        with self._books.settling() as account:
            # Nobody else can write now.
            if self._places.last_placing() != self._known:
                return False
            # What was revised meanwhile waits again in its new form.
            account.tally("place", "entered", n=len(found))
            account.tally("place", "passed", n=len(found))
            if placings:
                self._known = account.place(list(placings.values()))
        if window is self._live and found:
            said = [p.timed for p in found]
            window.loaded = max(said if window.loaded is None else [window.loaded, *said])
        return True

    def _load(self, window: _Window, timed: datetime) -> None:
        """A late arrival stands among what was said around it."""
        since = timed - WINDOW
        if window.loaded is not None:
            # Times on file are whole seconds; what stands at `loaded` is here already.
            since = max(window.loaded + timedelta(seconds=1), since)
        until = timed + AHEAD
        if window.loaded is None or until > window.loaded:
            window.restore(self._places.placed(since, until))
            window.loaded = until

    def _placed(
        self, publication: StoredPublication, window: _Window, now: dict[int, Placing]
    ) -> Iterator[Placing]:
        """Its own place, and the new ones of those that it shows to be of its chain."""
        before = self._places.before(publication.position) if publication.revises else None
        was = self._standing([before.position], now) if before else []
        if before and was and _is_edit(before, publication):
            # It stays where it stood, the first of its chain or the copy that it was, also with another figure in it.
            window.take(publication, was[0].chain, was[0].story)
            yield msgspec.structs.replace(
                was[0],
                publication=publication.position,
                timed=publication.timed,
                why=Why(VERSION, neighbour=before.position),
            )
            return
        copy, placement = window.place(publication)
        own = Placing(
            publication=publication.position,
            timed=publication.timed,
            chain=publication.position,
            story=placement.story,
            similarity=None,
            score=placement.score,
            why=Why(VERSION, None, placement.why, placement.neighbour),
        )
        yield from self._chained(own, copy, now) if copy else (own,)

    def _standing(self, publications: Sequence[int], now: dict[int, Placing]) -> list[Placing]:
        """Where these stand, with what this batch changes."""
        on_file = self._places.of([p for p in publications if p not in now])
        return on_file + [now[p] for p in publications if p in now]

    def _chained(self, own: Placing, copy: Copy, now: dict[int, Placing]) -> Iterator[Placing]:
        """The chain has the name of what was said first, also when that arrives after its copies."""
        # Memory keeps a chain under a text that once named it; another window may have found an earlier one.
        heads = {p.chain for p in self._standing((copy.of, *copy.joins), now)}
        members = {p.publication: p for p in self._places.chains(sorted(heads))}
        members |= {key: p for key, p in now.items() if p.chain in heads or key in members}
        first = min((own, *members.values()), key=lambda p: (p.timed, p.publication))
        if first is own:
            yield own
        else:
            why = msgspec.structs.replace(own.why, copies=copy.evidence)
            yield msgspec.structs.replace(own, chain=first.publication, similarity=copy.similarity, why=why)
        for member in members.values():
            if member.publication == first.publication:
                moved = msgspec.structs.replace(member, chain=first.publication, similarity=None)
            elif member.chain == first.publication:
                continue
            elif member.publication == copy.evidence.compared_with:
                why = msgspec.structs.replace(member.why, copies=_seen_from_there(copy.evidence, own))
                moved = msgspec.structs.replace(
                    member, chain=first.publication, similarity=copy.similarity, why=why
                )
            else:
                similarity = copy.similarity if member.similarity is None else member.similarity
                moved = msgspec.structs.replace(member, chain=first.publication, similarity=similarity)
            if moved != member:
                yield moved


def _seen_from_there(evidence: Evidence, other: Placing) -> Evidence:
    """The same comparison, told of the other text."""
    return msgspec.structs.replace(
        evidence, compared_with=other.publication, taken=evidence.kept, kept=evidence.taken
    )


def unnamed(title: str, text: str, spans: Iterable[Span]) -> tuple[str, str]:
    """Title and text with every letter of these spans, which count in what the reader is shown, put out."""
    shown = list(f"{title}\n\n{text}" if title else text)
    for span in spans:
        shown[span.start : span.end] = [c if c.isspace() else "·" for c in shown[span.start : span.end]]
    left = "".join(shown)
    return (left[: len(title)], left[len(title) + 2 :]) if title else ("", left)


def _is_edit(old: StoredPublication, new: StoredPublication) -> bool:
    """The same text in the main: half of all its runs of words are in both."""
    one, other = (np.unique(wording(p.title, p.text).grams()) for p in (old, new))
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both >= EDITED * (len(one) + len(other) - both)


def item_of(publication: StoredPublication, copy: Copy | None = None) -> StoryItem:
    """Without the words that name the institution: all these texts have them, so they tell no story from another."""
    title, text = unnamed(publication.title, publication.text, [m.span for m in publication.mentions])
    return StoryItem(
        key=publication.position,
        language=publication.language.value,
        title=title,
        text=text,
        published=publication.timed,
        places=tuple(dict.fromkeys(place.name for place in publication.places)),
        regions=tuple(dict.fromkeys(place.region for place in publication.places)),
        copy_of=copy.evidence.compared_with if copy else None,
    )
