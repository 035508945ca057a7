"""Pages of saved searches: what each counts today and this month, and who goes by it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from aimas.alerts import (
    Rule,
    SavedSearch,
)
from aimas.alerts.judging import on
from aimas.alerts.searches import reference
from aimas.app import App
from aimas.core import BadInput
from aimas.search import QueryError, parse, written
from aimas.search.board import Figure
from aimas.web import mistakes, views
from aimas.web.alerting.refusals import told_wrong
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import Form, Institution
from aimas.web.persons import named
from aimas.web.signing_in import READ, WORK


class SearchLine(msgspec.Struct, frozen=True):
    saved: SavedSearch
    reference: str
    today: Figure | None
    """None where the query can't be asked."""
    month: Figure | None
    links: views.Links | None
    trouble: str
    rules: int


@get("/searches", opt=READ, include_in_schema=False, sync_to_thread=True)
def searches_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    q: FromQuery[str] = "",
    saved: FromQuery[str] = "",
) -> Template:
    """`q` fills the form, `saved` names what was saved just now."""
    stand = desk(request, app, i)
    return _searches(stand, draft={"name": "", "q": q[:4_000]}, saved=saved[:100])


def _searches(stand: Desk, status: int = 200, **values: Any) -> Template:
    rules = stand.app.alerting.rules()
    lines = [_search_line(stand, s, rules) for s in stand.app.searches.all()]
    about: dict[str, Any] = {"wrong": "", "place": None, "saved": "", "draft": {"name": "", "q": ""}}
    about |= {"lines": lines, "here": "/searches"}
    return page(stand, "searches.html", status, **(about | values))


def _search_line(stand: Desk, saved: SavedSearch, rules: Sequence[Rule]) -> SearchLine:
    app = stand.app
    known = sum(r.search == saved.id for r in rules)
    name = reference(saved.name)
    try:
        question = app.searches.question(saved)
    except QueryError as error:
        return SearchLine(saved, name, None, None, None, mistakes.told(error, stand.texts), known)
    scope, today = question.scope, app.search.today()
    counts = app.search.days(question, today - timedelta(days=29), today)
    span = f"date:{today - timedelta(days=29)}..{today}"
    month = written(parse(f"({written(question.node)}) {span}", today))
    return SearchLine(
        saved,
        name,
        Figure("today", counts.get(today, 0), written(on(today, question.node))),
        Figure("month", sum(counts.values()), month),
        views.Links(scope.institution, scope.snapshot),
        "",
        known,
    )


@post("/searches/save", opt=WORK, include_in_schema=False, sync_to_thread=True)
def save_search(
    request: Request[Any, Any, Any], app: NamedDependency[App], data: Form, i: Institution = None
) -> Response[Any]:
    stand = desk(request, app, i)
    name, query = data.get("name", "")[:200], data.get("q", "")[:4_000]
    try:
        saved = app.searches.save(name, query, stand.profile.id, by=named(request, app))
    except BadInput as error:
        return _searches(stand, 422, draft={"name": name, "q": query}, **told_wrong(stand, error))
    return Redirect("/searches?" + urlencode({"saved": saved.name}), status_code=303)


@post("/searches/{id:str}/change", opt=WORK, include_in_schema=False, sync_to_thread=True)
def change_search(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str], data: Form
) -> Response[Any]:
    stand = desk(request, app, None)
    saved = _saved(app, id)
    name, query = data.get("name", "")[:200], data.get("q", "")[:4_000]
    try:
        changed = app.searches.change(saved, name=name, query=query, by=named(request, app))
    except BadInput as error:
        return _searches(stand, 422, **told_wrong(stand, error))
    return Redirect("/searches?" + urlencode({"saved": changed.name}), status_code=303)


@post("/searches/{id:str}/retire", opt=WORK, include_in_schema=False, sync_to_thread=True)
def retire_search(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str]
) -> Response[Any]:
    stand = desk(request, app, None)
    try:
        app.searches.retire(_saved(app, id), by=named(request, app))
    except BadInput as error:
        return _searches(stand, 422, **told_wrong(stand, error))
    return Redirect("/searches", status_code=303)


def _saved(app: App, id: str) -> SavedSearch:
    found = next((s for s in app.searches.all() if s.id == id), None)
    if found is None:
        raise NotFoundException()
    return found


class PublicSearch(msgspec.Struct, frozen=True):
    name: str
    query: str
    institution: str
    saved_at: datetime
    position: int
    """The act in the ledger."""


@get("/searches", opt=READ, summary="Saved searches; a query names one as @name", sync_to_thread=True)
def api_searches(app: NamedDependency[App]) -> list[PublicSearch]:
    return [PublicSearch(s.name, s.query, s.institution, s.at, s.position) for s in app.searches.all()]


PAGES = (searches_page, save_search, change_search, retire_search)
