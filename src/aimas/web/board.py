"""The board: today and a month in figures, who is listening, the stories of the week, and the latest."""

from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from aimas.app import App
from aimas.core import Tone
from aimas.coverage import coverage
from aimas.labelling import Estimated, estimated
from aimas.search import conjunction, written
from aimas.search.board import Board, board
from aimas.search.tree import Dated, Marked
from aimas.web import chart, views
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import Institution, Snapshot
from aimas.web.signing_in import READ, READ_LIVE

LATEST = 12
TOP_STORIES = 5
Numbers = Literal["counted", "corrected"]
"""Whether the board tells what was counted, or that corrected for measured error."""


@get("/", opt=READ, include_in_schema=False, sync_to_thread=True)
def board_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    at: Snapshot = None,
    until: FromQuery[date | None] = None,
    numbers: FromQuery[Numbers] = "counted",
) -> Template:
    stand = desk(request, app, i)
    is_live = at is None and until is None
    return page(stand, "board.html", is_live=is_live, **board_values(stand, at, until, numbers))


@get("/board/live", opt=READ_LIVE, include_in_schema=False, sync_to_thread=True)
def board_live(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    numbers: FromQuery[Numbers] = "counted",
) -> Template:
    """The part of the board that changes, alone."""
    stand = desk(request, app, i)
    return page(stand, "board_live.html", is_live=True, **board_values(stand, None, None, numbers))


def board_values(stand: Desk, at: int | None, until: date | None, numbers: Numbers) -> dict[str, Any]:
    app = stand.app
    figures = board(app.search, stand.profile.id, at=at, until=until)
    month = app.search.ask(figures.relevant.query, stand.profile.id, figures.snapshot)
    week = Dated(figures.until - timedelta(days=6), figures.until)
    lately = app.search.within(conjunction(Marked("relevant"), week), month.scope)
    stories = app.stories.lines(lately, limit=TOP_STORIES)
    latest = app.search.page(app.search.within(Marked("relevant"), month.scope), limit=LATEST)
    return {
        "board": figures,
        "links": views.Links(stand.profile.id, figures.snapshot),
        "distinct": app.search.distinct(month),
        "stories": stories,
        "stories_most": max((line.count.count for line in stories), default=1),
        "chart": chart.chart(figures.days),
        "today_tones": _with_rest(figures.today, figures.today_tones),
        "month_tones": _with_rest(figures.relevant, figures.tones),
        "table": [(d, _with_rest(d.total, d.tones)) for d in reversed(figures.days)],
        "has_unlooked": chart.unlooked(figures.relevant, figures.tones).count > 0,
        "tiles": views.tiles(figures.regions, figures.critical_regions, figures.relevant, figures.tones[0]),
        "latest": [views.row(p, stand.profile.id) for p in latest.publications],
        "latest_query": written(Marked("relevant")),
        "about": _about(figures),
        "coverage": coverage(app),
        "critical_today": figures.today_tones[0].count,
        "numbers": numbers,
        "numbers_links": _ways(stand.profile.id, at, until),
        "estimated": _estimated(app, figures) if numbers == "corrected" else None,
    }


def _ways(institution: str, at: int | None, until: date | None) -> dict[str, str]:
    """The same board with its numbers told the one way and the other."""
    asked = {"i": institution, "at": at, "until": until}
    here = {k: v for k, v in asked.items() if v is not None}
    return {way: "/?" + urlencode(here | {"numbers": way}) for way in ("counted", "corrected")}


def _estimated(app: App, figures: Board) -> Estimated | None:
    counts = {Tone(f.key): f.count for f in figures.tones}
    return estimated(app, figures.institution, counts, figures.since, figures.until, figures.snapshot)


def _with_rest(total: Any, tones: Any) -> tuple[Any, ...]:
    """The tones, and what nobody looked at where there is any: parts equal their total."""
    rest = chart.unlooked(total, tones)
    return (*tones, rest) if rest.count else tuple(tones)


def _about(figures: Board) -> int:
    """How many publications the board speaks of: what grows when a new one comes."""
    return figures.relevant.count + figures.undated.count


BOARD_PAGES = (board_page, board_live)
