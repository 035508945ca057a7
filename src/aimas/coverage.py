"""What stands beside every count: who was listening, and what is still waiting."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from aimas.app import App
from aimas.core import Ownership
from aimas.search.service import Lag
from aimas.sources import PollState, Source
from aimas.sources.health import Health, health


class SourceLine(msgspec.Struct, frozen=True):
    source: Source
    state: PollState
    health: Health
    good: int
    failed: int
    new: int
    """Polls and new items of the last 24 hours."""


class Coverage(msgspec.Struct, frozen=True):
    sources: int
    alive: int
    troubled: tuple[SourceLine, ...]
    polls_good: int
    polls_failed: int
    held: int
    lag: Lag

    @property
    def is_deaf(self) -> bool:
        """Nobody listened: silence means nothing."""
        return self.alive == 0 or self.polls_good == 0


def source_lines(app: App) -> list[SourceLine]:
    """By name, personal pages last and without one."""
    return sorted(
        _lines(app), key=lambda line: (line.source.ownership is Ownership.PERSONAL, line.source.name.lower())
    )


def _lines(app: App) -> list[SourceLine]:
    now = app.clock.now()
    recent = app.sources.polls_since(now - timedelta(hours=24))
    found = []
    for source, state in app.sources.states():
        counts = recent.get(source.id, {})
        found.append(
            SourceLine(
                source,
                state,
                health(source, state, now),
                counts.get("ok", 0),
                counts.get("failed", 0),
                counts.get("new", 0),
            )
        )
    return found


def coverage(app: App, known: Sequence[SourceLine] | None = None) -> Coverage:
    """Of the lines where the caller has them already."""
    lines = [
        line
        for line in (_lines(app) if known is None else known)
        if line.source.kind.value != "import" and line.health is not Health.RETIRED
    ]
    well = (Health.ALIVE, Health.NEW)
    return Coverage(
        sources=len(lines),
        alive=sum(line.health is Health.ALIVE for line in lines),
        troubled=tuple(line for line in lines if line.health not in well),
        polls_good=sum(line.good for line in lines),
        polls_failed=sum(line.failed for line in lines),
        held=app.records.held_count(),
        lag=app.search.lag(),
    )
