"""The sources: who is listened to, how each is doing, and how much came from it."""

from collections import Counter
from typing import Annotated, Any, Literal

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Template

from aimas.app import App
from aimas.coverage import coverage, source_lines
from aimas.sources.health import Health
from aimas.web import views
from aimas.web.desk import desk, page
from aimas.web.paging import Narrowed, part
from aimas.web.parameters import Skip, Sought
from aimas.web.signing_in import READ

State = Literal["troubled", "new", "alive", "failing", "dead", "unwatched", "retired"]
"""A source's health, or all that the coverage counts as not answering."""


@get("/sources", opt=READ, include_in_schema=False, sync_to_thread=True)
def sources_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    name: Sought = "",
    only: Annotated[State | None, QueryParameter(name="state")] = None,
    skip: Skip = 0,
) -> Template:
    """`name` is part of a name or an address; all personal pages stand together at the end, as they have neither."""
    stand = desk(request, app, None)
    question = app.search.ask("*", stand.profile.id)
    lines = source_lines(app)
    named, pool = views.pooled(lines)
    sought = Narrowed("/sources", name.strip(), only or "", {})
    fitting = [line for line in named if sought.fits(line.source.name, line.source.home)]
    pooled = dict(pool.healths) if pool and sought.fits(stand.texts("pub.personal")) else {}
    counted = Counter(line.health for line in fitting) + Counter(pooled)
    wanted = _healths(only)
    shown = part([line for line in fitting if line.health in wanted], skip, sought.link)
    pages = sum(n for health, n in pooled.items() if health in wanted)
    states = [("troubled", stand.texts("sources.troubled"), sum(counted[h] for h in views.TROUBLE))]
    states += [(h.value, stand.texts(f"health.{h.value}"), counted[h]) for h in Health]
    return page(
        stand,
        "sources.html",
        part=shown,
        sought=sought,
        choices=sought.choices(states),
        pages=pages,
        pool=pool if pages and shown.is_end else None,
        is_empty=not named and pool is None,
        coverage=coverage(app, lines),
        counts=app.search.facet(question, "source"),
        links=views.Links(stand.profile.id, question.scope.snapshot),
        now=app.clock.now(),
    )


def _healths(only: State | None) -> tuple[Health, ...]:
    if only == "troubled":
        return views.TROUBLE
    return tuple(Health) if only is None else (Health(only),)


SOURCE_PAGES = (sources_page,)
