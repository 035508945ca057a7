"""The pages of accounts: signing in and out, one's own keys, and for admins everybody's account."""

from typing import Annotated, Any

import segno
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Response, Template

from aimas.accounts import Account, NotLetIn, Role, Signed, WeakPassword, codes
from aimas.accounts.particulars import TONGUES
from aimas.app import App
from aimas.core import BadInput
from aimas.web.desk import Desk, desk, page
from aimas.web.limits import TooMany, limited
from aimas.web.parameters import Form
from aimas.web.resuming import again, asked_to_sign_in, handed_back, opened, way_back
from aimas.web.signing_in import ANY, USERS, account_of, cookie_name, let_in, let_out, signed_in

LONGEST_INPUT = 400
TOKEN_DAYS = (30, 90, 365)
Next = Annotated[str, QueryParameter(name="next", max_length=2_000)]
Word = Annotated[str, QueryParameter(name="word", max_length=100)]
Why = Annotated[str, QueryParameter(max_length=20)]
Plain = Request[Any, Any, Any]


@get("/sign-in", include_in_schema=False, sync_to_thread=True)
def sign_in_page(request: Plain, app: NamedDependency[App], back: Next = "/", why: Why = "") -> Response[Any]:
    if account_of(request) is not None:
        return Redirect(way_back(back), status_code=303)
    return asked_to_sign_in(request, app, back, why="ended" if why == "ended" else "")


def _sign_in(
    request: Plain, app: App, data: Form, status: int, name: str, wrong: str, wait_s: int = 0
) -> Template:
    """Once more, with what the form brought along."""
    kept = data.get("kept", "")
    return asked_to_sign_in(
        request,
        app,
        data.get("next", "/"),
        status,
        name=name,
        wrong=wrong,
        wait_s=wait_s,
        kept=kept,
        why="kept" if kept else "",
    )


def _resumed(request: Plain, app: App, signed: Signed, data: Form) -> Response[Any]:
    """Back to where the person was, with what was written there when the session ended."""
    if signed.account.must_change:
        return _entered(app, signed, "/account")
    draft = opened(app, data.get("kept", ""), signed.account)
    if draft is None:
        return _entered(app, signed, way_back(data.get("next", "/")))
    answer = handed_back(request, app, draft)
    let_in(answer, app, signed.token)
    return answer


@post("/sign-in/enter", include_in_schema=False, status_code=200, sync_to_thread=True)
def enter(request: Plain, app: NamedDependency[App], data: Form) -> Response[Any]:
    """The same answer to a wrong name, password or code and to a locked account."""
    name = data.get("name", "")[:LONGEST_INPUT]
    try:
        limited(request, "sign-in")
        limited(request, "sign-in-name", name.casefold().strip())
        signed = app.accounts.sign_in(
            name,
            data.get("password", "")[:LONGEST_INPUT],
            data.get("code", "")[:LONGEST_INPUT],
            agent=_agent(request),
            old=request.cookies.get(cookie_name(app), ""),
        )
    except TooMany as error:
        answer = _sign_in(request, app, data, 429, name, "wait", error.wait_s)
        answer.headers["Retry-After"] = str(error.wait_s)
        return answer
    except NotLetIn:
        return _sign_in(request, app, data, 422, name, "refused")
    return _resumed(request, app, signed, data)


@post("/sign-in/demo", include_in_schema=False, status_code=200, sync_to_thread=True)
def enter_demo(request: Plain, app: NamedDependency[App], data: Form) -> Response[Any]:
    if not app.settings.demo:
        raise NotFoundException()
    limited(request, "demo")
    try:
        signed = app.accounts.sign_in_demo(
            data.get("name", ""), agent=_agent(request), old=request.cookies.get(cookie_name(app), "")
        )
    except NotLetIn:
        return _sign_in(request, app, data, 422, "", "refused")
    return _resumed(request, app, signed, data)


@post("/sign-out", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def sign_out(request: Plain, app: NamedDependency[App]) -> Response[Any]:
    app.accounts.sign_out(request.cookies.get(cookie_name(app), ""))
    answer = Redirect("/sign-in", status_code=303)
    let_out(answer, app)
    return answer


@get("/set-up", include_in_schema=False, sync_to_thread=True)
def set_up_page(request: Plain, app: NamedDependency[App], word: Word = "") -> Template:
    limited(request, "set-up")
    return _set_up(request, app, word)


def _set_up(
    request: Plain,
    app: App,
    word: str,
    status: int = 200,
    name: str = "",
    full_name: str = "",
    wrong: str = "",
) -> Template:
    is_invited = app.accounts.is_invited(word)
    return page(
        desk(request, app, None),
        "set_up.html",
        status if is_invited else 404,
        word=word,
        is_invited=is_invited,
        name=name,
        full_name=full_name,
        wrong=wrong,
    )


@post("/set-up/accept", include_in_schema=False, status_code=200, sync_to_thread=True)
def accept(request: Plain, app: NamedDependency[App], data: Form) -> Response[Any]:
    limited(request, "set-up")
    word, name, full_name = (data.get(k, "")[:LONGEST_INPUT] for k in ("word", "name", "full_name"))
    password = data.get("password", "")
    wrong = ""
    if password != data.get("again", ""):
        wrong = "different"
    else:
        try:
            signed = app.accounts.accept(word, name, password, full_name=full_name, agent=_agent(request))
            return _entered(app, signed, "/users")
        except WeakPassword as error:
            wrong = error.why
        except NotLetIn:
            pass
        except BadInput:
            wrong = "called"
    return _set_up(request, app, word, 422, name, full_name, wrong)


# One's own account


@get("/account", opt=ANY, include_in_schema=False, sync_to_thread=True)
def account_page(request: Plain, app: NamedDependency[App], done: FromQuery[str] = "") -> Template:
    return _account(request, app, done=done)


def _account(request: Plain, app: App, status: int = 200, **more: Any) -> Template:
    me = signed_in(request)
    current = app.accounts.session_of(request.cookies.get(cookie_name(app), ""), is_activity=False)
    shown: dict[str, Any] = {
        "done": "",
        "wrong": "",
        "secret": None,
        "qr": "",
        "recovery": (),
        "token": "",
    }
    stand = desk(request, app, None)
    told = page(
        stand,
        "account.html",
        status,
        units=_unit_names(stand),
        me=app.accounts.get(me.id) or me,
        sessions=app.accounts.sessions(me),
        current=current[0].id if current else "",
        tokens=app.accounts.tokens(me),
        recovery_left=app.accounts.recovery_left(me),
        token_days=TOKEN_DAYS,
        **(shown | more),
    )
    return _unkept(told)


@post("/account/password", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def change_password(request: Plain, app: NamedDependency[App], data: Form) -> Response[Any]:
    """All other browsers are signed out."""
    me = signed_in(request)
    limited(request, "password", me.id)
    if data.get("new", "") != data.get("again", ""):
        return _account(request, app, 422, wrong="different")
    try:
        signed = app.accounts.change_password(
            me, data.get("old", "")[:LONGEST_INPUT], data.get("new", ""), agent=_agent(request)
        )
    except WeakPassword as error:
        return _account(request, app, 422, wrong=error.why)
    except NotLetIn:
        return _account(request, app, 422, wrong="old")
    except BadInput:
        return _account(request, app, 422, wrong="same")
    return _entered(app, signed, "/account?done=password")


@post("/account/second/begin", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def begin_second(request: Plain, app: NamedDependency[App]) -> Template:
    me = signed_in(request)
    return _account(request, app, **_pictured(app, me, app.accounts.begin_second(me)))


def _pictured(app: App, me: Account, secret: bytes) -> dict[str, Any]:
    """The secret as a picture and as letters to type."""
    address = codes.address(secret, me.name, f"Aimas {app.profiles[0].title.en}")
    picture = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    spelled = codes.spelled(secret)
    return {"secret": " ".join(spelled[i : i + 4] for i in range(0, len(spelled), 4)), "qr": picture}


@post("/account/second/confirm", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def confirm_second(request: Plain, app: NamedDependency[App], data: Form) -> Template:
    """The codes for paper are on the page that answers, and never again."""
    me = signed_in(request)
    limited(request, "password", me.id)
    try:
        made = app.accounts.confirm_second(me, data.get("code", "")[:LONGEST_INPUT])
    except BadInput:
        secret = app.accounts.pending_second(me)
        return _account(request, app, 422, wrong="code", **(_pictured(app, me, secret) if secret else {}))
    return _account(request, app, recovery=made, done="second")


@post("/account/second/drop", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def drop_second(request: Plain, app: NamedDependency[App], data: Form) -> Response[Any]:
    me = signed_in(request)
    limited(request, "password", me.id)
    try:
        app.accounts.drop_second(me, data.get("password", "")[:LONGEST_INPUT])
    except NotLetIn:
        return _account(request, app, 422, wrong="old")
    return Redirect("/account?done=dropped", status_code=303)


@post(
    "/account/sessions/{id:str}/end", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True
)
def end_session(request: Plain, app: NamedDependency[App], id: FromPath[str]) -> Redirect:
    """One's own only: another's id is not there."""
    if not app.accounts.end_session(signed_in(request), id):
        raise NotFoundException()
    return Redirect("/account?done=ended", status_code=303)


@post("/account/tokens/add", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def add_token(request: Plain, app: NamedDependency[App], data: Form) -> Template:
    """The token is on the page that answers, and never again."""
    me = signed_in(request)
    days = data.get("days", "")
    try:
        _, told = app.accounts.add_token(
            me, data.get("label", "")[:LONGEST_INPUT], int(days) if days.isdecimal() and len(days) < 5 else 0
        )
    except BadInput:
        return _account(request, app, 422, wrong="label")
    return _account(request, app, token=told)


@post("/account/tokens/{id:str}/end", opt=ANY, include_in_schema=False, status_code=200, sync_to_thread=True)
def end_token(request: Plain, app: NamedDependency[App], id: FromPath[str]) -> Redirect:
    if not app.accounts.end_token(signed_in(request), id):
        raise NotFoundException()
    return Redirect("/account?done=token-ended", status_code=303)


# Everybody's


@get("/users", opt=USERS, include_in_schema=False, sync_to_thread=True)
def users_page(request: Plain, app: NamedDependency[App]) -> Template:
    return _users(desk(request, app, None))


def _users(stand: Desk, status: int = 200, **more: Any) -> Template:
    shown: dict[str, Any] = {"wrong": "", "detail": "", "draft": {}, "told": "", "fresh": None}
    told = page(
        stand,
        "users.html",
        status,
        users=stand.app.accounts.all(),
        roles=tuple(Role),
        units=_unit_names(stand),
        **(shown | more),
    )
    return _unkept(told)


@post("/users/add", opt=USERS, include_in_schema=False, status_code=200, sync_to_thread=True)
def add_user(request: Plain, app: NamedDependency[App], data: Form) -> Template:
    """The password is on the page that answers, and never again."""
    stand = desk(request, app, None)
    chosen = [role for role in Role if f"role-{role}" in data]
    try:
        account, told = app.accounts.add(
            data.get("name", ""),
            chosen,
            signed_in(request).actor,
            full_name=data.get("full_name", ""),
            units=_units(data),
            posts=_posts(data),
        )
    except BadInput as error:
        draft = {k: v[:LONGEST_INPUT] for k, v in data.items()}
        return _users(stand, 422, wrong="add", detail=str(error), draft=draft)
    return _users(stand, told=told, fresh=account)


@get("/users/{id:str}", opt=USERS, include_in_schema=False, sync_to_thread=True)
def user_page(
    request: Plain, app: NamedDependency[App], id: FromPath[str], done: FromQuery[str] = ""
) -> Template:
    return _user(desk(request, app, None), _known(app, id), done=done)


def _user(stand: Desk, user: Account, status: int = 200, **more: Any) -> Template:
    shown: dict[str, Any] = {"wrong": "", "detail": "", "told": "", "done": ""}
    units = _unit_names(stand)
    shown |= {"user": user, "roles": tuple(Role), "units": units}
    return _unkept(page(stand, "user.html", status, **(shown | more)))


def _unkept(answer: Template) -> Template:
    """Secrets that are shown once are not left in a browser's cache either."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post("/users/{id:str}/change", opt=USERS, include_in_schema=False, status_code=200, sync_to_thread=True)
def change_user(request: Plain, app: NamedDependency[App], id: FromPath[str], data: Form) -> Response[Any]:
    user = _known(app, id)
    try:
        app.accounts.change(
            user.name,
            signed_in(request).actor,
            full_name=data.get("full_name", ""),
            roles=[role for role in Role if f"role-{role}" in data],
            units=_units(data),
            posts=_posts(data),
        )
    except BadInput as error:
        return _user(desk(request, app, None), user, 422, wrong="change", detail=str(error))
    return Redirect(f"/users/{id}?done=changed", status_code=303)


@post("/users/{id:str}/lock", opt=USERS, include_in_schema=False, status_code=200, sync_to_thread=True)
def lock_user(request: Plain, app: NamedDependency[App], id: FromPath[str], data: Form) -> Response[Any]:
    user = _known(app, id)
    try:
        app.accounts.lock(user.name, signed_in(request).actor, data.get("reason", "")[:LONGEST_INPUT])
    except BadInput as error:
        return _user(desk(request, app, None), user, 422, wrong="lock", detail=str(error))
    return Redirect(f"/users/{id}?done=locked", status_code=303)


@post("/users/{id:str}/unlock", opt=USERS, include_in_schema=False, status_code=200, sync_to_thread=True)
def unlock_user(request: Plain, app: NamedDependency[App], id: FromPath[str]) -> Redirect:
    app.accounts.unlock(_known(app, id).name, signed_in(request).actor)
    return Redirect(f"/users/{id}?done=unlocked", status_code=303)


@post("/users/{id:str}/reset", opt=USERS, include_in_schema=False, status_code=200, sync_to_thread=True)
def reset_user(request: Plain, app: NamedDependency[App], id: FromPath[str]) -> Template:
    """The password is on the page that answers, and never again."""
    user = _known(app, id)
    told = app.accounts.reset(user.name, signed_in(request).actor)
    return _user(desk(request, app, None), _known(app, id), told=told)


def _known(app: App, id: str) -> Account:
    found = app.accounts.get(id)
    if found is None:
        raise NotFoundException()
    return found


def _posts(data: dict[str, str]) -> dict[str, str]:
    return {tongue: data.get(f"post_{tongue}", "") for tongue in TONGUES}


def _units(data: dict[str, str]) -> list[str]:
    return [key.removeprefix("unit-") for key in data if key.startswith("unit-")]


def _unit_names(stand: Desk) -> dict[str, str]:
    """Of the units that appeals are routed to."""
    return {id: unit.name[stand.texts.tongue] for id, unit in stand.app.office.routing.units.items()}


def _entered(app: App, signed: Signed, target: str) -> Redirect:
    answer = Redirect(target, status_code=303)
    let_in(answer, app, signed.token)
    return answer


def _agent(request: Plain) -> str:
    """Of what a browser calls itself only what its owner would know it by."""
    said = request.headers.get("user-agent", "")
    system = next((s for s in ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux") if s in said), "")
    browsers = (("Edg/", "Edge"), ("YaBrowser", "Yandex"), ("OPR/", "Opera"), ("Firefox", "Firefox"))
    more = (("Chrome", "Chrome"), ("Safari", "Safari"))
    browser = next((name for sign, name in (*browsers, *more) if sign in said), "")
    return " · ".join(part for part in (browser, system) if part)


ACCOUNT_PAGES = (
    sign_in_page,
    again,
    enter,
    enter_demo,
    sign_out,
    set_up_page,
    accept,
    account_page,
    change_password,
    begin_second,
    confirm_second,
    drop_second,
    end_session,
    add_token,
    end_token,
    users_page,
    add_user,
    user_page,
    change_user,
    lock_user,
    unlock_user,
    reset_user,
)
