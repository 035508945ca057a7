"""Blind labelling: drawing a sample, one mention at a time, and what the answers measure."""

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Response, Template

from aimas import labelling
from aimas.app import App
from aimas.core import BadInput, Language, Span, StoredPublication, Tone
from aimas.correcting import Stale
from aimas.labelling import Standing, Task
from aimas.measuring import Sample
from aimas.measuring.accuracy import FEWEST, TONES
from aimas.measuring.quantification import FEWEST as FEWEST_TO_CORRECT
from aimas.search import QueryError
from aimas.web import views
from aimas.web.desk import Desk, desk, page
from aimas.web.mistakes import mistaken
from aimas.web.parameters import Form, Institution
from aimas.web.persons import person
from aimas.web.signing_in import READ, WORK

AROUND = 360
"""Characters before and after the sentence that are shown with it."""
KEYS = ((Tone.POSITIVE, "1"), (Tone.CRITICAL, "2"), (Tone.NEUTRAL, "3"), (Tone.UNCLEAR, "0"))
USUAL = 120
SHOWN_FIRST = 12
"""Differences in sight; the rest unfolds."""
DAYS = 30
LANGUAGES = (Language.RU, Language.KK, Language.EN, Language.KK_RU)
By = Annotated[str | None, QueryParameter(name="by", max_length=60)]


class Passage(msgspec.Struct, frozen=True):
    """A mention in its sentence, with what stands around."""

    before: str
    sentence_before: str
    words: str
    sentence_after: str
    after: str


def passage(publication: StoredPublication, mention: Span, sentence: Span) -> Passage:
    """Cut at blanks; nothing here tells the outlet or what the model said."""
    text = publication.shown
    start, end = min(sentence.start, mention.start), max(sentence.end, mention.end)
    left, right = max(0, start - AROUND), min(len(text), end + AROUND)
    if left:
        left = max(text.rfind(" ", 0, left), text.rfind("\n", 0, left)) + 1
    if right < len(text):
        space = text.find(" ", right)
        right = len(text) if space < 0 else space
    return Passage(
        ("… " if left else "") + text[left:start],
        text[start : mention.start],
        mention.of(text),
        text[mention.end : end],
        text[end:right] + (" …" if right < len(text) else ""),
    )


@get("/labelling", opt=READ, include_in_schema=False, sync_to_thread=True)
def samples_page(
    request: Request[Any, Any, Any], app: NamedDependency[App], i: Institution = None, q: FromQuery[str] = "*"
) -> Template:
    return _samples(desk(request, app, i), {"q": q[:4_000]})


# Not at a path that is also read: the framework then forgets that a handler is to run in a thread (litestar 2.25.0).
@post("/labelling/draw", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def draw_sample(
    request: Request[Any, Any, Any], app: NamedDependency[App], data: Form, i: Institution = None
) -> Response[Any]:
    stand = desk(request, app, i)
    try:
        sample = labelling.draw(
            app,
            stand.profile.id,
            n=_whole(data, "n") or 0,
            by=person(request, app),
            query=data.get("q", "*"),
            since=_day(data, "since"),
            until=_day(data, "until"),
            lang=Language(data["lang"]) if data.get("lang") in {m.value for m in LANGUAGES} else None,
            is_stratified="stratified" in data,
            seed=_whole(data, "seed"),
        )
    except QueryError as error:
        message = mistaken(error, data.get("q", ""), stand.texts)["message"]
        return _samples(stand, data, 422, message)
    except BadInput as error:
        return _samples(stand, data, 422, stand.texts("label.refused"), str(error))
    return Redirect(f"/labelling/{sample.id}", status_code=303)


def _samples(
    stand: Desk, data: dict[str, str], status: int = 200, wrong: str = "", detail: str = ""
) -> Template:
    app = stand.app
    today = app.search.today()
    lines = [
        (sample, labelling.progress(labelling.answers(app, sample)))
        for sample in app.labels.samples()
        if sample.institution == stand.profile.id
    ]
    said = {
        "q": "*",
        "n": str(USUAL),
        "since": (today - timedelta(days=DAYS - 1)).isoformat(),
        "until": today.isoformat(),
        "lang": "",
        "seed": "",
    }
    return page(
        stand,
        "samples.html",
        status,
        lines=lines,
        said=said | data,
        is_stratified=status == 200 or "stratified" in data,
        languages=LANGUAGES,
        most=labelling.MOST,
        fewest_to_correct=FEWEST_TO_CORRECT,
        wrong=wrong,
        wrong_detail=detail,
        links=views.Links,
    )


@get("/labelling/{id:str}", opt=READ, include_in_schema=False, sync_to_thread=True)
def sample_page(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str], by: By = None
) -> Template:
    return _sample(request, app, id, by)


def _sample(
    request: Request[Any, Any, Any],
    app: App,
    id: str,
    by: str | None,
    status: int = 200,
    **notice: str,
) -> Template:
    sample = _found(app, id)
    stand = desk(request, app, sample.institution)
    given = labelling.answers(app, sample)
    mine = labelling.standing(sample, given, str(stand.common["person"]))
    # Whoever is answering stays blind, also after others have finished.
    finished = [] if mine is Standing.UNDER_WAY else labelling.finished_by(sample, given)
    chosen = by if by in finished else next(iter(finished), None)
    results = labelling.results(app, sample, chosen) if chosen else None
    return page(
        stand,
        "sample.html",
        status,
        sample=sample,
        progress=labelling.progress(given),
        is_under_way=mine is Standing.UNDER_WAY,
        is_unbegun=mine is Standing.NOT_BEGUN,
        finished=finished,
        results=results,
        others=dict(results.agreements) if results else {},
        differences=[(d, _passage(d.task)) for d in results.differences] if results else [],
        order=TONES,
        shown_first=SHOWN_FIRST,
        fewest=FEWEST,
        fewest_to_correct=FEWEST_TO_CORRECT,
        links=views.Links(sample.institution, sample.snapshot),
        wrong=notice.get("wrong", ""),
        adopted=notice.get("adopted", ""),
    )


@get("/labelling/{id:str}/ask", opt=WORK, include_in_schema=False, sync_to_thread=True)
def ask(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    n: Annotated[int | None, QueryParameter(ge=0, le=1_000_000)] = None,
) -> Response[Any]:
    """Without `n` the first mention that this person has not answered."""
    sample = _found(app, id)
    stand = desk(request, app, sample.institution)
    asked = labelling.tasks(app, sample)
    mine = labelling.answers(app, sample).get(str(stand.common["person"]), {})
    if n is not None and n >= len(asked):
        raise NotFoundException()
    task = labelling.next_task(asked, mine) if n is None else asked[n]
    if task is None:
        return Redirect(f"/labelling/{id}", status_code=303)
    label = mine.get((task.publication.read_at, task.mention.span))
    return page(
        stand,
        "ask.html",
        sample=sample,
        task=task,
        passage=_passage(task),
        count=len(asked),
        done=sum((t.publication.read_at, t.mention.span) in mine for t in asked),
        mine=label.tone.value if label else "",
        keys=KEYS,
    )


@post("/labelling/{id:str}/answer", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def give_answer(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str], data: Form
) -> Redirect:
    """Leads on to the next mention without an answer; after the last, to the results."""
    sample = _found(app, id)
    asked = labelling.tasks(app, sample)
    number = _whole(data, "n")
    tone = data.get("tone")
    if number is None or number >= len(asked) or tone not in set(Tone):
        raise BadInput("The form names no mention or no tone. Open the page again.")
    by = person(request, app)
    labelling.answer(app, sample, asked[number], Tone(tone), by)
    mine = labelling.answers(app, sample)[str(by)]
    following = labelling.next_task(asked, mine, number)
    return Redirect(f"/labelling/{id}" + (f"/ask?n={following.number}" if following else ""), status_code=303)


@post("/labelling/{id:str}/adopt", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def adopt(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str], data: Form
) -> Response[Any]:
    """A blind answer becomes a correction by the person who gave it, and who must be the one who asks for it."""
    sample = _found(app, id)
    by, number = data.get("by", ""), _whole(data, "n")
    actor = person(request, app)
    if by != str(actor):
        return _sample(request, app, id, None, 403, wrong="label.adopt.own")
    found = labelling.results(app, sample, by)
    wanted = [d for d in found.differences if d.task.number == number]
    if not wanted:
        return _sample(request, app, id, by, 409, wrong="label.adopt.gone")
    try:
        labelling.adopt(app, sample, wanted[0], actor)
    except Stale:
        return _sample(request, app, id, by, 409, wrong="correct.wrong.stale")
    return _sample(request, app, id, by, adopted=wanted[0].task.publication.id)


def _passage(task: Task) -> Passage:
    return passage(task.publication, task.mention.span, task.mention.sentence)


def _found(app: App, id: str) -> Sample:
    sample = app.labels.get_sample(id)
    if sample is None:
        raise NotFoundException()
    return sample


def _whole(data: dict[str, str], name: str) -> int | None:
    text = data.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _day(data: dict[str, str], name: str) -> date | None:
    """Raises BadInput for what is no day."""
    text = data.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"“{text}” is no date; write 2026-11-22.") from None


LABELLING = (samples_page, draw_sample, sample_page, ask, give_answer, adopt)
