"""A person says at a publication's page that the tone of a mention is otherwise."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from aimas.app import App
from aimas.core import BadInput, Span, Tone
from aimas.correcting import LONGEST_REASON, Stale, correct
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import Form, Institution
from aimas.web.persons import person
from aimas.web.publication import publication_values
from aimas.web.signing_in import WORK

TAKE_BACK = "model"
"""As the form says that the model's answer is to hold again."""


@post("/publication/{id:str}/tone", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def correct_tone(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    data: Form,
    i: Institution = None,
) -> Response[Any]:
    """Filed, or told that somebody was faster with what this person wrote still in the form."""
    stand = desk(request, app, i)
    span, seen = _span(data), _number(data, "seen")
    said = data.get("tone", "")
    if said not in {*Tone, TAKE_BACK}:
        return _again(stand, id, data, 422, "choose")
    by = person(request, app)
    tone = None if said == TAKE_BACK else Tone(said)
    reason = data.get("reason", "")[:LONGEST_REASON]
    try:
        correct(app, id, stand.profile.id, span, tone, seen=seen, by=by, reason=reason)
    except Stale:
        return _again(stand, id, data, 409, "stale")
    return Redirect(f"/publication/{id}?i={stand.profile.id}&said={span.start}#said", status_code=303)


def _again(stand: Desk, id: str, data: dict[str, str], status: int, wrong: str) -> Template:
    values = publication_values(stand, id)
    draft = {
        "start": _number(data, "start"),
        "tone": data.get("tone", ""),
        "reason": data.get("reason", "")[:LONGEST_REASON],
        "wrong": wrong,
    }
    return page(stand, "publication.html", status, **(values | {"draft": draft}))


def _span(data: dict[str, str]) -> Span:
    try:
        return Span(_number(data, "start"), _number(data, "end"))
    except ValueError:
        raise BadInput("The form names no place in the text.") from None


def _number(data: dict[str, str], name: str) -> int:
    """Raises BadInput for what no form of ours sends."""
    text = data.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadInput(f"The form lacks {name}. Open the page again.")
    return int(text)


CORRECTING = (correct_tone,)
