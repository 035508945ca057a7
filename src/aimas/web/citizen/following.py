"""My appeals: opened by number and code, and the page of the case that is open."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from aimas.app import App
from aimas.web.citizen.forms import Errors, Sent, Shown, sent
from aimas.web.citizen.own_case import view
from aimas.web.citizen.stand import PRIVATE, Stand, page, stand
from aimas.web.citizen.trust import let_open, opened, shut
from aimas.web.limits import limited


@get("/citizen/case", include_in_schema=False, sync_to_thread=True)
def case_form(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    answer = form_page(stand(request, app), request)
    shut(answer)
    return answer


def form_page(
    here: Stand,
    request: Request[Any, Any, Any],
    status: int = 200,
    wrong: str = "",
    said: Mapping[str, str] | None = None,
) -> Template:
    return page(
        here,
        request,
        "case_form.html",
        status,
        is_private=bool(wrong),
        errors={"number": here.texts(wrong)} if wrong else {},
        said=said or {},
    )


@post("/citizen/open", include_in_schema=False, status_code=200)
async def open_case(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Response[Any]:
    """One answer, and the same work, for a wrong number and a wrong code."""
    # In a thread of its own: this limit is kept in the records.
    await sync_to_thread(limited, request, "receipt")
    said = await sent(request)
    return await sync_to_thread(_opened, request, app, said)


def _opened(request: Request[Any, Any, Any], app: App, said: Sent) -> Response[Any]:
    here = stand(request, app)
    number, code = said.word("number", 60), said.word("code", 60)
    case = app.appeals.opened(number, code)
    if case is None:
        return form_page(here, request, 422, "citizen.case.wrong", {"number": number})
    answer = Redirect("/citizen/mine", status_code=303, headers=PRIVATE)
    let_open(answer, app, case)
    return answer


@get("/citizen/mine", include_in_schema=False, sync_to_thread=True)
def mine(
    request: Request[Any, Any, Any], app: NamedDependency[App], done: FromQuery[str] = ""
) -> Response[Any]:
    case = opened(request, app)
    here = stand(request, app)
    if case is None:
        return form_page(here, request, 401, "citizen.case.closed")
    known = done if here.texts.has(f"citizen.done.{done}") else ""
    return case_page(here, request, case, done=known)


def case_page(
    here: Stand,
    request: Request[Any, Any, Any],
    case_id: str,
    *,
    done: str = "",
    errors: Errors | None = None,
    said: Mapping[str, str] | None = None,
) -> Template:
    app = here.app
    # To open it is work for the server, so who has the code may not look without end.
    limited(request, "upload", f"case:{case_id}")
    # His own words, shown to himself: that is nobody's look, and leaves no line that tells when he read it.
    sheet = app.persons.sheet(case_id)
    shown = view(
        app.appeals.case(case_id),
        app.appeals.deadlines(case_id),
        sheet,
        app.appeals.history(case_id),
        app.appeals.receipt(case_id),
        app.office.terms,
        here,
    )
    # What cannot be done any more has no form on the page that a mistake could lead to.
    gone = {
        "rate": not shown.may_rate,
        "reopen": not shown.may_reopen,
        "withdraw": not shown.may_withdraw,
        "sign": not shown.may_sign,
        "document": shown.stage == "erased",
        "complain": shown.stage == "erased",
    }
    answer = page(
        here,
        request,
        "case.html",
        422 if errors else 200,
        is_private=True,
        c=shown,
        done=done,
        errors={"" if gone.get(name) else name: told for name, told in (errors or {}).items()},
        said=said or {},
        limits=Shown(),
    )
    let_open(answer, app, case_id)
    return answer


FOLLOWING = (case_form, open_case, mine)
