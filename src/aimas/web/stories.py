"""Pages about stories: which there are, one story, and what a person rules about it."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template

from aimas.app import App
from aimas.search import QueryError, conjunction, written
from aimas.search.stories import StoryView
from aimas.search.tree import Dated, Is, Marked
from aimas.stories.rulings import Merged, Refused
from aimas.web import chart, places, views
from aimas.web.desk import Desk, desk, page
from aimas.web.mistakes import mistaken
from aimas.web.parameters import Ask, Form, Institution, Skip, Snapshot
from aimas.web.persons import person
from aimas.web.signing_in import READ, WORK
from aimas.web.understood import in_words

PER_PAGE = 20
MEMBERS = 200
"""Publications of a story that its page lists, the newest; the rest opens as a list."""
Order = Annotated[str | None, QueryParameter(name="order", max_length=10)]


def default_query(app: App) -> str:
    today = app.search.today()
    return written(conjunction(Marked("relevant"), Dated(today - timedelta(days=6), today)))


@get("/stories", opt=READ, include_in_schema=False, sync_to_thread=True)
def stories_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    q: Ask = "",
    i: Institution = None,
    at: Snapshot = None,
    skip: Skip = 0,
    order: Order = None,
) -> Template:
    stand = desk(request, app, i)
    text = q.strip() or default_query(app)
    try:
        question = app.search.ask(text, stand.profile.id, at)
    except QueryError as error:
        return page(stand, "stories.html", status=422, q=text, wrong=mistaken(error, text, stand.texts))
    text = question.text
    is_newest = order == "newest"
    distinct = app.search.distinct(question)
    lines = app.stories.lines(question, limit=PER_PAGE, skip=skip, newest_first=is_newest)
    links = views.Links(stand.profile.id, question.scope.snapshot)
    return page(
        stand,
        "stories.html",
        q=text,
        wrong=None,
        understood=written(question.node),
        in_words=in_words(question.node, stand.names, stand.texts),
        distinct=distinct,
        snapshot=question.scope.snapshot,
        lines=lines,
        most=max((line.count.count for line in lines), default=1),
        links=links,
        periods=_periods(app, text, links, stand),
        skip=skip,
        more=skip + PER_PAGE if skip + PER_PAGE < distinct.stories else None,
        order="newest" if is_newest else "largest",
    )


def _periods(app: App, text: str, links: views.Links, stand: Desk) -> list[tuple[str, str, bool]]:
    """Label, link, and whether it is what is shown."""
    today = app.search.today()
    found = []
    for key, days in (("today", 1), ("week", 7), ("month", 30)):
        query = written(conjunction(Marked("relevant"), Dated(today - timedelta(days=days - 1), today)))
        found.append((stand.texts(f"filter.{key}"), links.stories(query), query == text))
    everything = written(Marked("relevant"))
    found.append((stand.texts("stories.ever"), links.stories(everything), everything == text))
    return found


@get("/story/{id:str}", opt=READ, include_in_schema=False, sync_to_thread=True)
def story_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    i: Institution = None,
    at: Snapshot = None,
) -> Template:
    stand = desk(request, app, i)
    return _story(stand, id, at)


def _story(stand: Desk, id: str, at: int | None, status: int = 200, **more: Any) -> Template:
    app = stand.app
    view = app.stories.story(id, stand.profile.id, at)
    if view is None:
        if not (successors := app.places.successors(id)):
            raise NotFoundException()
        return page(stand, "story_moved.html", successors=[(s, _title(stand, s)) for s in successors], id=id)
    is_past = at is not None and view.snapshot < app.search.lag().indexed
    links = views.Links(stand.profile.id, view.snapshot)
    everything = app.search.about(Is("story", (id,)), stand.profile.id, view.snapshot)
    merged = None if is_past else app.places.last_merge(id)
    newest = app.search.page(everything, limit=MEMBERS)
    return page(
        stand,
        "story.html",
        status=status,
        view=view,
        line=view.line,
        title=view.line.title(stand.texts.tongue),
        links=links,
        query=written(everything.node),
        members=places.members(
            app,
            newest.publications,
            stand.profile.id,
            stand.names,
            stand.texts,
            view.snapshot,
            is_whole=newest.next_below is None,
        ),
        is_cut=newest.next_below is not None,
        chart=chart.chart(view.days),
        has_unlooked=chart.unlooked(view.line.count, view.line.tones).count > 0,
        month_tones=_with_rest(view),
        candidates=[]
        if is_past
        else places.candidates(app, view.since, view.until, stand.profile.id, stand.texts.tongue, id),
        rulings=views.acts(
            app.records.acts_of(STORY_ACTS, subject=id),
            stand.texts,
            stand.names,
            places.titles(app, stand.profile.id, stand.texts.tongue),
            stand.people.called,
        ),
        is_past=is_past,
        merged=merged,
        merged_title=_merged_title(stand, merged) if merged else "",
        **({"wrong": None, "done": None} | more),
    )


STORY_ACTS = ("story-merged", "story-unmerged", "story-split", "story-pinned", "story-renamed")


def _title(stand: Desk, story: str) -> str:
    """As the reader sees it called now; its id where it has none."""
    app = stand.app
    named = app.stories.names(app.search.about(Is("story", (story,)), stand.profile.id), limit=1)
    return named[0].title(stand.texts.tongue).text if named else story


def _merged_title(stand: Desk, merged: Merged) -> str:
    """As it was called when it was merged."""
    if merged.titles:
        return merged.titles[0]
    first = stand.app.records.get_publication(merged.story)
    return views.title_of(first) if first else merged.story


def _with_rest(view: StoryView) -> tuple[Any, ...]:
    rest = chart.unlooked(view.line.count, view.line.tones)
    return (*view.line.tones, rest) if rest.count else view.line.tones


@post("/story/{id:str}/{ruling:str}", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def rule(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    ruling: FromPath[str],
    data: Form,
    i: Institution = None,
) -> Template | Redirect:
    """Recorded under the person's name; the page that follows shows it done."""
    stand = desk(request, app, i)
    target, rulings = id, app.rulings_of(person(request, app))
    try:
        match ruling:
            case "rename":
                rulings.rename(id, data.get("title", ""))
            case "merge":
                target = data.get("into", "").strip()
                rulings.merge(id, target, (_title(stand, id), _title(stand, target)))
            case "unmerge":
                merge = data.get("merge", "")
                position = int(merge) if merge.isascii() and merge.isdigit() and len(merge) < 19 else 0
                target = rulings.undo_merge(id, position)
            case "split":
                chosen = [key.removeprefix("p-") for key in data if key.startswith("p-")]
                target = rulings.split(id, chosen)
            case _:
                raise NotFoundException()
    except Refused as error:
        return _story(stand, id, None, 422, wrong=error.reason)
    app.catch_up()
    return Redirect(f"/story/{target}?" + urlencode({"i": stand.profile.id}), status_code=303)


@post("/publication/{id:str}/story", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def pin(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    data: Form,
    i: Institution = None,
) -> Template | Redirect:
    """This publication tells another story."""
    stand = desk(request, app, i)
    story = data.get("story", "").strip()
    try:
        app.rulings_of(person(request, app)).pin(id, story)
    except Refused as error:
        return _story(stand, story, None, 422, wrong=error.reason)
    app.catch_up()
    return Redirect(f"/publication/{id}?" + urlencode({"i": stand.profile.id}) + "#place", status_code=303)


STORY_PAGES = (stories_page, story_page, rule, pin)
