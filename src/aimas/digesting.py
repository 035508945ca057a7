"""A home's digests: the moment they speak of is settled, the parts are joined, what leaves is recorded first."""

from datetime import UTC, date, datetime, timedelta

from aimas.app import App
from aimas.core import BadInput, Ownership, Unavailable
from aimas.reports import Digest, Known, Period, digest
from aimas.reports.listening import bounds
from aimas.sources import Source, SourceKind

EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)


def settled(app: App, moment: datetime | None = None, position: int | None = None) -> Known:
    """The ledger's last entry at a past moment; without one, what the index has taken in by now.

    With `position` too, exactly that one: a page hands on what it showed. Raises BadInput for a moment still ahead,
    Unavailable while the index has not reached it.
    """
    now, reached = app.clock.now(), app.index.position()
    if moment is None:
        following = app.watch.written_after(reached)
        moment = now if following is None else min(now, following - timedelta(microseconds=1))
        return Known(moment, min(_position_at(app, moment), reached))
    if moment > now:
        raise BadInput(f"{moment.isoformat()} is still ahead: nothing is known of it yet.")
    last = _position_at(app, moment) if position is None else min(position, _position_at(app, moment))
    if last > reached:
        raise Unavailable(
            f"The search index is {last - reached} entries behind that moment. Let it catch up, or run: aimas reindex",
            5.0,
        )
    return Known(moment.astimezone(UTC), last)


def undisturbed(app: App) -> Known:
    """The present, taken while nobody writes: no entry can come later that says it is older."""
    with app.archive.settling():
        return settled(app)


class NotBegun(BadInput):
    """At the moment that the digest speaks of, none of its days had begun."""


def require_told(app: App, period: Period, known: Known) -> None:
    """Raises NotBegun, and BadInput for days that no calendar holds."""
    if not EARLIEST <= period.before.since <= period.until <= LATEST:
        raise BadInput(f"{period.until} is no day that a digest can tell of.")
    begun, _ = bounds(period, app.search.zone)
    if begun > known.moment:
        raise NotBegun(f"On {known.moment.isoformat()} the {period.since} had not begun yet.")


def digest_of(app: App, institution: str, period: Period, known: Known) -> Digest:
    """Raises BadInput for days that are not to be told of."""
    require_told(app, period, known)
    return digest(app.search, app.stories, app.watch, institution, period, known)


def sources_of(app: App, known: Known) -> list[Source]:
    """Under the names that they had then; personal pages have none."""
    return [
        Source(
            id=declared.id,
            kind=SourceKind(declared.kind),
            address="",
            name=declared.name,
            ownership=Ownership.PERSONAL if not declared.name else declared.ownership,
        )
        for declared in app.watch.declared(known.position)
    ]


def record(app: App, told: Digest, form: str, language: str) -> None:
    """Who took which digest out, before it leaves."""
    with app.archive.settling() as settlement:
        detail = {
            "institution": told.institution,
            "since": told.period.since.isoformat(),
            "until": told.period.until.isoformat(),
            "known_at": told.known.moment.isoformat(),
            "snapshot": told.known.position,
            "query": told.publications.query,
            "count": told.publications.count,
            "format": form,
            "language": language,
        }
        settlement.act("digest-exported", told.institution, detail)


def _position_at(app: App, moment: datetime) -> int:
    return app.records.position_at(round(moment.timestamp() * 1_000_000))
