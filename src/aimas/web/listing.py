"""The list of publications that a query finds, and how many came since it was opened."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from aimas.app import App
from aimas.search import QueryError, written
from aimas.search.service import Question
from aimas.web import filters, views
from aimas.web.advising import advice
from aimas.web.desk import desk, page
from aimas.web.mistakes import mistaken
from aimas.web.parameters import Ask, Below, Institution, Snapshot
from aimas.web.signing_in import READ, READ_LIVE
from aimas.web.understood import in_words

PER_PAGE = 30


@get("/list", opt=READ, include_in_schema=False, sync_to_thread=True)
def list_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    q: Ask = "*",
    i: Institution = None,
    at: Snapshot = None,
    below: Below = None,
    fold: FromQuery[bool] = False,
    skip: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Template:
    """With `fold` each chain of copies is one line; then `skip` pages, as its order holds no single key."""
    stand = desk(request, app, i)
    text = q.strip() or "*"
    try:
        question = app.search.ask(text, stand.profile.id, at)
    except QueryError as error:
        wrong = mistaken(error, text, stand.texts)
        return page(stand, "list.html", status=422, q=text, typed=text, wrong=wrong, result=None)
    typed, text = text, question.text
    links = views.Links(stand.profile.id, question.scope.snapshot)
    distinct = app.search.distinct(question)
    copies: dict[str, int] = {}
    if fold:
        folded = app.search.folded(question, limit=PER_PAGE, skip=skip)
        rows = [views.row(p, stand.profile.id) for p, _ in folded]
        copies = {p.id: n for p, n in folded if n}
        result = app.search.page(question, limit=1)
        more = links.folded(text, skip=skip + PER_PAGE) if skip + PER_PAGE < distinct.unique else None
    else:
        result = app.search.page(question, limit=PER_PAGE, below=below)
        rows = [views.row(p, stand.profile.id) for p in result.publications]
        more = None if result.next_below is None else links.query(text, below=result.next_below)
    is_more = bool(request.headers.get("hx-request") and (below or skip))
    return page(
        stand,
        "list_more.html" if is_more else "list.html",
        q=text,
        typed=typed,
        wrong=None,
        result=result,
        understood=written(question.node),
        in_words=in_words(question.node, stand.names, stand.texts),
        groups=[] if is_more else filters.groups(app.search, question, links, stand.names, stand.texts),
        is_continued=below is not None or skip > 0,
        rows=rows,
        advice=None
        if rows or is_more
        else advice(app.search, typed, question, links, stand.names, stand.texts),
        more=more,
        links=links,
        distinct=distinct,
        is_folded=fold,
        copies=copies,
    )


@get("/list/newer", opt=READ_LIVE, include_in_schema=False, sync_to_thread=True)
def list_newer(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    at: FromQuery[int],
    q: Ask = "*",
    i: Institution = None,
) -> Template:
    """How many came since a list was opened, alone."""
    stand = desk(request, app, i)
    question = app.search.ask(q.strip() or "*", stand.profile.id, at)
    links = views.Links(stand.profile.id, at)
    return page(stand, "list_newer.html", newer=_newer(app, question), links=links, q=q)


def _newer(app: App, question: Question) -> int:
    latest = app.search.about(question.node, question.scope.institution)
    return max(0, app.search.count(latest) - app.search.count(question))


LIST_PAGES = (list_page, list_newer)
