"""Every role at every route: in, or 403, as the table says; and nobody at another's case."""

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from tests.builders import TESTER
from tests.security.conftest import PEOPLE, Office, csrf, routes
from tests.security.rights import OPEN, SIGNED, TABLE, TOKENLESS
from tests.signing import SignedClient
from tests.web.reading_pages import tree

from aimas.accounts import RIGHTS, Right, Role
from aimas.app import App
from aimas.web.signing_in import OPEN_PATHS, SIGNED_IN, is_open

OF_ROLE = {
    Role.CLERK: "gulnar",
    Role.OFFICER: "serik",
    Role.HEAD: "bolat",
    Role.AUDITOR: "dana",
    Role.ANALYST: "ivan",
    # Not the one of the others' tests, whom their forms lock, reset and give every role.
    Role.ADMIN: "keeper",
}
ENDLESS = ("GET /events",)
"""Never comes to an end for who is let in."""
LEAVING = ("POST /sign-out", "POST /account/second/begin")
"""Would change the very account that asks on."""


def filled(path: str) -> str:
    """Of the right shape, and of nothing that is there."""
    path = re.sub(r"\{\w+:int\}", "999999", path)
    return re.sub(r"\{\w+:\w+\}", "nowhere", path)


def test_every_route_stands_in_the_table_as_it_declares_itself(served: Litestar) -> None:
    declared = {}
    for route, opt in routes(served).items():
        path = route.partition(" ")[2]
        right = opt.get("right")
        declared[route] = OPEN if is_open(path) else SIGNED if right == SIGNED_IN else right
    assert declared == TABLE


def test_what_is_open_is_a_short_list() -> None:
    assert len(OPEN_PATHS) == 11
    assert not any(is_open(p) for p in ("/", "/appeals", "/citizens", "/receipts", "/staticx", "/sign-out"))


@pytest.fixture
def asking(client: SignedClient, app: App) -> Iterator[SignedClient]:
    if app.accounts.named(OF_ROLE[Role.ADMIN]) is None:
        app.accounts.add(OF_ROLE[Role.ADMIN], (Role.ADMIN,), TESTER, can_sign_in=False)
    client.follow_redirects = False
    yield client


def ask(client: SignedClient, route: str, secret: str) -> int:
    method, _, path = route.partition(" ")
    headers = {"x-csrftoken": secret} if method == "POST" else {}
    return client.request(
        method, filled(path), headers=headers, data={} if method == "POST" else None
    ).status_code


@pytest.mark.parametrize("role", list(Role))
def test_a_role_comes_in_where_it_may_and_nowhere_else(asking: SignedClient, app: App, role: Role) -> None:
    asking.come_as(app, OF_ROLE[role])
    secret = csrf(asking)
    wrong = []
    for route, right in TABLE.items():
        if route in LEAVING or (route in ENDLESS and right in RIGHTS[role]):
            continue
        status = ask(asking, route, secret)
        is_let_in = right in (OPEN, SIGNED) or right in RIGHTS[role]
        if (status == 403) == is_let_in or status >= 500:
            wrong.append((route, status))
    assert wrong == []


def test_a_stranger_is_led_to_sign_in_from_everywhere_else(asking: SignedClient) -> None:
    secret = csrf(asking)
    for route, right in TABLE.items():
        method, _, path = route.partition(" ")
        if right == OPEN:
            continue
        answer = asking.request(
            method, filled(path), headers={"x-csrftoken": secret}, data={} if method == "POST" else None
        )
        if path.startswith("/api/"):
            assert answer.status_code == 401 and "error" in answer.json(), route
            assert answer.headers["www-authenticate"].startswith("Bearer")
        else:
            assert answer.status_code == (307 if method == "POST" else 303), route
            assert answer.headers["location"].startswith("/sign-in"), route


def test_programs_and_parts_of_pages_are_told_in_their_own_way(asking: SignedClient, app: App) -> None:
    part = asking.get("/board/live", headers={"hx-request": "true", "hx-current-url": "http://x/list?q=a"})
    assert part.status_code == 401 and part.headers["hx-redirect"] == "/sign-in?next=/list%3Fq%3Da"
    stream = asking.get("/events", headers={"accept": "text/event-stream"})
    assert stream.status_code == 401 and "html" not in stream.headers["content-type"]
    account = app.accounts.require("ivan")
    _, told = app.accounts.add_token(account, "report", 30)
    bearer = {"authorization": f"Bearer {told}"}
    assert asking.get("/api/v1/stats", headers=bearer).status_code == 200
    assert asking.get("/api/v1/publications.jsonl", headers=bearer).status_code == 200
    for wrong in (f"Bearer {told}x", "Bearer ", f"Basic {told}", told):
        assert asking.get("/api/v1/stats", headers={"authorization": wrong}).status_code == 401
    assert asking.get("/account", headers=bearer).status_code == 303, "a token opens data, not the account"
    admin, admins = app.accounts.require("admin"), None
    _, admins = app.accounts.add_token(admin, "report", 30)
    refused = asking.get("/api/v1/publications.jsonl", headers={"authorization": f"Bearer {admins}"})
    assert refused.status_code == 403, "a token may what its owner may"


@pytest.mark.parametrize("role", list(Role))
def test_no_page_offers_what_answers_403(
    asking: SignedClient, app: App, office: Office, role: Role, publication: str
) -> None:
    asking.come_as(app, OF_ROLE[role])
    patterns = [
        (method, re.compile(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(path)) + "$"), right)
        for method, path, right in ((*route.split(" "), right) for route, right in TABLE.items())
    ]

    def right_of(method: str, href: str) -> str:
        path = href.partition("?")[0].partition("#")[0]
        return next((r for m, p, r in patterns if m == method and p.match(path)), OPEN)

    seen = 0
    pages = ["/", "/list", f"/publication/{publication}", "/stories", "/alerts", "/searches", "/digest"]
    pages += ["/labelling", "/sources", "/held", "/ledger", "/account", "/users", "/appeals"]
    pages += [f"/appeals/{case}" for case in office.cases.values()]
    for path in pages:
        answer = asking.get(path)
        if answer.status_code == 403:
            continue
        page = tree(answer.text)
        offered = [("GET", a.get("href") or "") for a in page.cssselect("a[href^='/']")]
        offered += [
            ((f.get("method") or "get").upper(), f.get("action") or "") for f in page.cssselect("form")
        ]
        for method, href in offered:
            right = right_of(method, href)
            seen += 1
            assert right in (OPEN, SIGNED) or right in RIGHTS[role], f"{path} offers {method} {href}"
    assert seen > 20


# Another's things

CASES = sorted(route for route in TABLE if "{case_id:str}" in route)


@pytest.mark.parametrize("route", CASES)
def test_another_units_officer_gets_nowhere_with_a_case(
    asking: SignedClient, app: App, office: Office, route: str
) -> None:
    """Serik works in `duty`, Roza on the roads; `closed` is confidential."""
    method, _, path = route.partition(" ")
    for who, case in (("roza", "overdue"), ("serik", "english"), ("serik", "closed"), ("gulnar", "closed")):
        asking.come_as(app, who)
        secret = csrf(asking)
        for verb in ("answer", "assign", "forward", "extend", "close", "shield", "entrust", "link", "look"):
            head = app.records.head()
            there = path.replace("{case_id:str}", office.cases[case]).replace("{verb:str}", verb)
            there = there.replace("{digest:str}", "0" * 64)
            answer = asking.request(
                method,
                there,
                headers={"x-csrftoken": secret},
                data={"purpose": "just looking", "reason": "x"} if method == "POST" else None,
            )
            if answer.status_code == 400:
                # It takes forms with files alone.
                form = {"reason": "x", "text": "y"}
                files = {"files": ("a.txt", b"words", "text/plain")}
                answer = asking.post(there, headers={"x-csrftoken": secret}, data=form, files=files)
            assert answer.status_code in (403, 404), f"{who} at {case}: {there}"
            assert "Сапарова" not in answer.text and app.records.head() == head
            if "{verb:str}" not in path:
                break


def test_a_list_holds_no_case_that_could_not_be_opened(
    asking: SignedClient, app: App, office: Office
) -> None:
    for who in PEOPLE:
        asking.come_as(app, who)
        answer = asking.get("/appeals")
        if answer.status_code == 403:
            continue
        listed = set(re.findall(r"/appeals/(\w{16})", answer.text))
        may_open = {c for c in office.cases.values() if asking.get(f"/appeals/{c}").status_code == 200}
        assert listed & set(office.cases.values()) <= may_open, who


def test_only_an_auditor_reads_in_the_ledger_who_looked(
    asking: SignedClient, app: App, office: Office
) -> None:
    app.persons.look(office.cases["overdue"], app.accounts.require("serik").actor, "to answer it")
    app.catch_up()
    asking.come_as(app, "dana")
    assert "to answer it" in asking.get("/ledger").text
    for who in ("ivan", "gulnar", "admin"):
        asking.come_as(app, who)
        told = asking.get("/ledger").text
        assert "to answer it" not in told and office.cases["overdue"] not in told
    asking.come_as(app, "ivan")
    assert "Account gulnar" not in asking.get("/ledger").text


def test_another_persons_session_token_and_account_are_not_there(asking: SignedClient, app: App) -> None:
    theirs = app.accounts.open_session(app.accounts.require("roza")).token
    found = app.accounts.session_of(theirs)
    token, told = app.accounts.add_token(app.accounts.require("roza"), "report", 30)
    assert found
    asking.come_as(app, "serik")
    secret = csrf(asking)
    for path in (f"/account/sessions/{found[0].id}/end", f"/account/tokens/{token.id}/end"):
        assert asking.post(path, headers={"x-csrftoken": secret}).status_code == 404
    assert app.accounts.session_of(theirs) and app.accounts.token_of(told)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA-A", "0" * 17, "' OR 1=1 --"])
def test_another_citizens_case_does_not_open_without_its_code(
    asking: SignedClient, app: App, office: Office, code: str
) -> None:
    case = app.appeals.case(office.cases["today"])
    secret = csrf(asking)
    known = asking.post(
        "/citizen/open", headers={"x-csrftoken": secret}, data={"number": case.number or "", "code": code}
    )
    unknown = asking.post(
        "/citizen/open", headers={"x-csrftoken": secret}, data={"number": "ZZ-2026-999999", "code": code}
    )
    assert known.status_code == unknown.status_code and known.status_code != 200
    assert "Абай" not in known.text


@pytest.mark.parametrize("right", list(Right))
def test_each_right_opens_something_or_is_asked_inside(right: Right) -> None:
    """Rights that no route names alone are asked about one case, inside a page of the desk."""
    inside = {Right.FORWARD, Right.EXTEND, Right.SEE_CONFIDENTIAL, Right.ERASE}
    assert right in TABLE.values() or right in inside


def test_every_post_without_its_token_is_refused(asking: SignedClient, app: App) -> None:
    for who in (None, *OF_ROLE.values()):
        if who:
            asking.come_as(app, who)
        head = app.records.head()
        for route in TABLE:
            method, _, path = route.partition(" ")
            if method != "POST" or route in TOKENLESS:
                continue
            for headers in ({}, {"x-csrftoken": "0" * 128}):
                answer = asking.post(filled(path), headers=headers, data={"name": "x", "text": "y"})
                assert answer.status_code == 403, route
        assert app.records.head() == head
