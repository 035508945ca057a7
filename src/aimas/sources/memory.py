"""A store of sources in memory: for tests and for trying a source before it is added."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from aimas.sources.types import AHEAD, LONGEST_LEASE, ItemMark, Poll, PollState, Source, SourceKind, Standing

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class MemorySources:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: dict[str, Source] = {}
        self._states: dict[str, PollState] = {}
        self._claims: dict[str, datetime] = {}
        self._seen: dict[tuple[str, str], str] = {}
        self._polls: dict[str, list[Poll]] = {}

    def put(self, source: Source) -> None:
        with self._lock:
            self._sources[source.id] = source

    def get_source(self, source_id: str) -> Source | None:
        return self._sources.get(source_id)

    def sources(self) -> list[Source]:
        with self._lock:
            return sorted(self._sources.values(), key=lambda source: source.id)

    def state_of(self, source_id: str) -> PollState:
        return self._states.get(source_id) or PollState(source=source_id)

    def due(self, now: datetime, limit: int) -> list[tuple[Source, PollState]]:
        with self._lock:
            found = [
                (source, self.state_of(source.id))
                for source in self._sources.values()
                if self._is_due(source, now)
            ]
        found.sort(key=lambda pair: (pair[1].next_due or _LONG_AGO, pair[0].id))
        return found[:limit]

    def claim(self, source_id: str, now: datetime, until: datetime) -> bool:
        with self._lock:
            source = self._sources.get(source_id)
            if source is None or not self._is_due(source, now):
                return False
            self._claims[source_id] = until
            return True

    def save(self, state: PollState, poll: Poll, marks: Sequence[ItemMark]) -> None:
        with self._lock:
            self._states[state.source] = state
            self._polls.setdefault(poll.source, []).append(poll)
            for mark in marks:
                self._seen[state.source, mark.key] = mark.digest
            self._claims.pop(state.source, None)

    def release(self, source_id: str) -> None:
        with self._lock:
            self._claims.pop(source_id, None)

    def set_right(self, now: datetime) -> int:
        with self._lock:
            lost = [id for id, until in self._claims.items() if until > now + LONGEST_LEASE]
            for source_id in lost:
                del self._claims[source_id]
            waiting = [
                source_id
                for source_id, state in self._states.items()
                if state.next_due is not None
                and state.next_due > now
                and self._polls[source_id][-1].at > now + AHEAD
            ]
            for source_id in waiting:
                self._states[source_id] = msgspec.structs.replace(self._states[source_id], next_due=now)
        return len(lost) + len(waiting)

    def polls(self, source_id: str, limit: int) -> list[Poll]:
        with self._lock:
            return self._polls.get(source_id, [])[::-1][:limit]

    def standings(self, source: str, marks: Sequence[ItemMark]) -> list[Standing]:
        with self._lock:
            kept = [self._seen.get((source, mark.key)) for mark in marks]
        return [
            Standing.NEW if old is None else Standing.KNOWN if old == mark.digest else Standing.CHANGED
            for old, mark in zip(kept, marks, strict=True)
        ]

    def _is_due(self, source: Source, now: datetime) -> bool:
        state = self.state_of(source.id)
        claimed_until = self._claims.get(source.id)
        return (
            source.kind is not SourceKind.IMPORT
            and not state.dead
            and (state.next_due is None or state.next_due <= now)
            and (claimed_until is None or claimed_until <= now)
        )
