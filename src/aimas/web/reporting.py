"""Digests to look at and take away, who listened in their period, and exports in every form."""

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Response, Stream, Template

from aimas import digesting
from aimas.app import App
from aimas.core import POOL, BadInput, Unavailable
from aimas.institution import Profile
from aimas.rendering.html import body
from aimas.rendering.links import asked
from aimas.rendering.tables import About, exported
from aimas.rendering.wording import subtitle
from aimas.reports import Digest, Known, Period
from aimas.reports.exports import MEDIA_TYPES as EXPORT_TYPES
from aimas.reports.exports import Form
from aimas.reports.listening import bounds, listening
from aimas.reports.types import DAY, WEEK, SourceTold, day, week
from aimas.web.desk import desk, page
from aimas.web.digests import MEDIA_TYPES, document_of, told_in
from aimas.web.paging import Narrowed, part
from aimas.web.parameters import Ask, Institution, Skip, Snapshot, Sought
from aimas.web.signing_in import EXPORT, READ
from aimas.web.texts import TONGUES
from aimas.web.views import Names

LATEST_HELD = 200
Last = Annotated[date | None, QueryParameter(name="day")]
Days = Annotated[int, QueryParameter(name="days", ge=DAY, le=WEEK)]
KnownAt = Annotated[str | None, QueryParameter(name="known", max_length=40)]
"""A moment; without an offset in the home's time zone, as a browser's field gives it."""


class Unasked(Exception):
    """What was asked for can't be told of; `key` is the text that says why."""

    def __init__(self, key: str, what: str = "") -> None:
        super().__init__(key)
        self.key, self.what = key, what


def digest_asked(
    app: App, institution: str, last: date | None, days: int, known: str | None, at: int | None
) -> Digest:
    """Raises Unasked."""
    period, settled = asked_for(app, last, days, known, at)
    return digesting.digest_of(app, institution, period, settled)


def asked_for(
    app: App, last: date | None, days: int, known: str | None, at: int | None
) -> tuple[Period, Known]:
    """Days that can be told of, as known when. Raises Unasked."""
    try:
        moment = _moment(app, known)
        settled = digesting.settled(app, moment, at if known else None)
    except (ValueError, OverflowError, BadInput):
        raise Unasked("digest.wrong.known", known or "") from None
    except Unavailable:
        raise Unasked("digest.wrong.behind") from None
    last = last or settled.moment.astimezone(app.search.zone).date()
    try:
        period = _period(last, days)
        digesting.require_told(app, period, settled)
    except digesting.NotBegun:
        raise Unasked("digest.wrong.early") from None
    except (OverflowError, BadInput):
        raise Unasked("digest.wrong.day", last.isoformat()) from None
    return period, settled


def _moment(app: App, known: str | None) -> datetime | None:
    if not known or not known.strip():
        return None
    moment = datetime.fromisoformat(known.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=app.settings.zone)


def _period(last: date, days: int) -> Period:
    return week(last) if days > DAY else day(last)


@get("/digest", opt=READ, include_in_schema=False, sync_to_thread=True)
def digest_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    last: Last = None,
    days: Days = DAY,
    known: KnownAt = None,
    at: Snapshot = None,
) -> Template:
    stand = desk(request, app, i)
    chosen: dict[str, Any] = {
        "day": last or app.search.today(),
        "days": WEEK if days > DAY else DAY,
        "known": known or "",
    }
    try:
        told = digest_asked(app, stand.profile.id, last, days, known, at)
    except Unasked as error:
        wrong = stand.texts(error.key, what=error.what)
        return page(stand, "digest.html", 422, told=None, wrong=wrong, chosen=chosen)
    chosen["day"] = told.period.until
    if known:
        local = told.known.moment.astimezone(app.settings.zone)
        chosen["known"] = local.replace(tzinfo=None, microsecond=0).isoformat()
    document = document_of(app, told, stand.profile, stand.texts.tongue, "")
    return page(
        stand,
        "digest.html",
        told=told,
        wrong=None,
        chosen=chosen,
        document=document,
        body=body(document),
        asked=asked(told.institution, told.period, told.known),
        forms=tuple(MEDIA_TYPES),
    )


@get("/digest/file", opt=EXPORT, include_in_schema=False, sync_to_thread=True)
def digest_file(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    form: Annotated[str, QueryParameter(name="form", max_length=10)],
    i: Institution = None,
    last: Last = None,
    days: Days = DAY,
    known: KnownAt = None,
    at: Snapshot = None,
    language: Annotated[str | None, QueryParameter(name="language", max_length=10)] = None,
) -> Response[bytes] | Template:
    """Made whole, recorded, then handed out."""
    stand = desk(request, app, i)
    tongue = language if language in TONGUES else stand.texts.tongue
    try:
        if form not in MEDIA_TYPES:
            raise Unasked("error.404")
        told = digest_asked(app, stand.profile.id, last, days, known, at)
    except Unasked as error:
        status = 404 if form not in MEDIA_TYPES else 422
        return page(stand, "error.html", status, message=stand.texts(error.key, what=error.what), detail="")
    made = told_in(app, told, stand.profile, form, tongue)
    digesting.record(app, told, form, tongue)
    name = f"aimas-{told.institution}-{told.period.until.isoformat()}-{tongue}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=MEDIA_TYPES[form], headers=headers)


class Answer(StrEnum):
    """What came of a page's or another source's polls in a period."""

    ILL = "ill"
    NEVER = "never"
    WELL = "well"


def _answers(told: SourceTold) -> Counter[Answer]:
    """Of one source, or of each personal page; without what came of none."""
    return +Counter({Answer.ILL: told.failing, Answer.NEVER: told.silent, Answer.WELL: told.well})


@get("/digest/listening", opt=READ, include_in_schema=False, sync_to_thread=True)
def listening_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    last: Last = None,
    days: Days = DAY,
    known: KnownAt = None,
    at: Snapshot = None,
    name: Sought = "",
    only: Annotated[Answer | None, QueryParameter(name="state")] = None,
    skip: Skip = 0,
) -> Template:
    """What the digest's statement of coverage counts, line by line, at the same moment."""
    stand = desk(request, app, i)
    try:
        period, settled = asked_for(app, last, days, known, at)
    except Unasked as error:
        return page(stand, "error.html", 422, message=stand.texts(error.key, what=error.what), detail="")
    begun, over = bounds(period, app.search.zone)
    heard = listening(app.watch, period, settled, app.search.zone)
    then = Names(stand.texts, stand.profile, digesting.sources_of(app, settled))
    again = asked(stand.profile.id, period, settled)
    sought = Narrowed(request.url.path, name.strip(), only.value if only else "", again)
    fitting = [told for told in heard.told if sought.fits(then.source(told.source))]
    counted = sum(map(_answers, fitting), Counter[Answer]())
    rows = [told for told in fitting if only is None or _answers(told)[only]]
    pool = next((told for told in rows if told.source == POOL), None)
    shown = part([told for told in rows if told is not pool], skip, sought.link)
    pages = (_answers(pool)[only] if only else pool.pages) if pool else 0
    return page(
        stand,
        "digest_listening.html",
        subtitle=subtitle(stand.texts, period, settled, str(app.search.zone)),
        heard=heard,
        part=shown,
        rows=[*shown.rows, pool] if pool and shown.is_end else shown.rows,
        pages=pages,
        sought=sought,
        choices=sought.choices(
            [(a.value, stand.texts(f"digest.heard.{a.value}"), counted[a]) for a in Answer]
        ),
        answers=lambda told: [(answer.value, n) for answer, n in _answers(told).items()],
        held=app.watch.held(begun, over, settled.position, LATEST_HELD),
        then=then,
        asked=again,
    )


def export_as(app: App, institution: str, query: str, at: int | None, form: Form) -> Stream:
    """Recorded when asked for, streamed after."""
    question = app.search.ask(query.strip() or "*", institution, at)
    scope = question.scope
    about = About(query, institution, scope.snapshot, app.search.count(question), app.settings.zone)
    app.record_export(question, form.value)
    return Stream(
        exported(app.search.everything(question), form, about),
        media_type=EXPORT_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="aimas-{scope.snapshot}.{form.value}"'},
    )


def _exporter(form: Form, said: str) -> Any:
    @get(
        f"/publications.{form.value}",
        opt=EXPORT,
        summary=f"All publications that a query finds as {said}; recorded in the ledger",
        sync_to_thread=True,
        operation_id=f"export_{form.value}",
    )
    def export(app: NamedDependency[App], q: Ask = "*", i: Institution = None, at: Snapshot = None) -> Stream:
        return export_as(app, profile_of(app, i).id, q, at, form)

    return export


def profile_of(app: App, id: str | None) -> Profile:
    return next((p for p in app.profiles if p.id == id), app.profiles[0])


@get(
    "/digest",
    opt=READ,
    summary="A day or a week as a tree of figures, each with its query; as known at a moment",
    sync_to_thread=True,
)
def api_digest(
    app: NamedDependency[App],
    i: Institution = None,
    last: Last = None,
    days: Days = DAY,
    known: KnownAt = None,
    at: Snapshot = None,
) -> Digest:
    try:
        return digest_asked(app, profile_of(app, i).id, last, days, known, at)
    except Unasked as error:
        raise BadInput(WRONG[error.key].format(what=error.what)) from None


WRONG = {
    "digest.wrong.known": "That moment is still ahead or not understood: {what}.",
    "digest.wrong.behind": "The index has not reached that moment yet. Try again in a few seconds.",
    "digest.wrong.early": "At that moment that day had not begun.",
    "digest.wrong.day": "This is no calendar day that can be told of: {what}.",
}

EXPORTS = (
    _exporter(Form.JSONL, "JSON Lines"),
    _exporter(Form.CSV, "CSV"),
    _exporter(Form.XLSX, "an Excel workbook"),
    _exporter(Form.PARQUET, "Parquet"),
)
REPORTING = (digest_page, digest_file, listening_page)
