"""The board's counts corrected for measured error, as JSON."""

from datetime import date

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from aimas.app import App
from aimas.core import Tone
from aimas.labelling import estimated
from aimas.measuring import Corrected, Interval, Refused
from aimas.search.board import Figure, board
from aimas.web.parameters import Institution, Snapshot
from aimas.web.signing_in import READ


class EstimatedTone(msgspec.Struct, frozen=True):
    tone: Tone
    counted: int
    query: str
    """Lists what was counted."""
    estimate: float
    low: float
    high: float
    """Publications, at the 95 per cent level."""


class EstimatedBoard(msgspec.Struct, frozen=True):
    """Estimates, not counts; `refused` says why there are none."""

    institution: str
    snapshot: int
    since: date
    until: date
    method: str | None
    sample: str | None
    labelled: int
    """Publications that a person checked."""
    versions: list[str]
    """The tone models whose errors were measured, and the rule from mentions to publications."""
    refused: str | None
    tones: list[EstimatedTone]


@get(
    "/board/corrected",
    opt=READ,
    summary="The tones of the last 30 days corrected for the error that blind labelling measured",
    sync_to_thread=True,
)
def api_corrected(
    app: NamedDependency[App],
    i: Institution = None,
    at: Snapshot = None,
    until: FromQuery[date | None] = None,
) -> EstimatedBoard:
    institution = i if i in {p.id for p in app.profiles} else app.profiles[0].id
    figures = board(app.search, institution, at=at, until=until)
    counts = {Tone(f.key): f for f in figures.tones}
    numbers = {tone: f.count for tone, f in counts.items()}
    found = estimated(app, institution, numbers, figures.since, figures.until, figures.snapshot)
    outcome = found.outcome if found else None
    told = outcome if isinstance(outcome, Corrected) else None
    refused = outcome.why if isinstance(outcome, Refused) else None if outcome else "none"
    return EstimatedBoard(
        institution=institution,
        snapshot=figures.snapshot,
        since=figures.since,
        until=figures.until,
        method=told.method if told else None,
        sample=found.sample.id if found else None,
        labelled=told.labelled if told else 0,
        versions=list(found.versions) if told and found else [],
        refused=refused,
        tones=[_told(counts[tone], tone, share, told.total) for tone, share in told.shares] if told else [],
    )


def _told(counted: Figure, tone: Tone, share: Interval, total: int) -> EstimatedTone:
    return EstimatedTone(
        tone=tone,
        counted=counted.count,
        query=counted.query,
        estimate=round(share.share * total, 1),
        low=round(share.low * total, 1),
        high=round(share.high * total, 1),
    )
