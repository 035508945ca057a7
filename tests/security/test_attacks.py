"""What an attacker tries first: words that are code, paths that climb, cookies that are planted, files that lie."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from argon2 import PasswordHasher
from litestar.testing import TestClient
from tests.builders import TESTER
from tests.security.conftest import BASE, MARKS, PLANTED, PORT, Office, csrf
from tests.signing import SignedClient
from tests.web.reading_pages import Node, token, tree

from aimas.accounts import Passwords, Role
from aimas.app import App
from aimas.web.limits import RATES, Buckets
from aimas.web.server import HEADERS, create_app

GOOD = "лошадь батарея скрепка"
ROLES = ("gulnar", "serik", "bolat", "dana", "ivan", "admin", None)
"""Each of the cast, and a stranger."""
PAGES = (
    "/sign-in?next=/list",
    "/citizen",
    "/citizen/new",
    "/citizen/police",
    "/citizen/message",
    "/citizen/case",
    "/citizen/inspector",
    "/receipt",
    "/",
    "/list?q=полиция",
    "/stories",
    "/searches",
    "/alerts",
    "/alerts/new",
    "/digest",
    "/labelling",
    "/sources",
    "/held",
    "/ledger",
    "/account",
    "/users",
    "/api",
    "/appeals",
    "/appeals/new",
    "/appeals/figures",
    "/appeals/looks",
)
SPARED = ("/sign-out", "/sign-in/demo", "/account/password", "/choose")
"""Would end the visit that goes on."""


@pytest.fixture(autouse=True)
def _quick(app: App) -> None:
    """Passwords cost little here."""
    app.accounts._given_passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def pages(client: SignedClient, app: App, office: Office, publication: str) -> list[str]:
    """Of everything there is now, whatever was made by a form before."""
    found = [*PAGES, f"/publication/{publication}", *(f"/appeals/{c}" for c in office.cases.values())]
    found += [f"/story/{s}" for s in re.findall(r'href="/story/(\w+)', client.get("/stories").text)[:2]]
    found += [f"/users/{a.id}" for a in app.accounts.all()]
    found += [f"/alerts/rules/{r.id}" for r in app.alerting.rules()]
    return found + [f"/labelling/{s.id}" for s in app.labels.samples()]


def filled(form: Node, words: str) -> dict[str, str]:
    """As a person fills it in who writes `words` wherever something can be written."""
    data: dict[str, str] = {}
    for box in form.cssselect("input, textarea, select, button"):
        name, kind = box.get("name"), box.get("type") or "text"
        if not name or kind in ("file",):
            continue
        options = [o.get("value") or o.text_content() for o in box.cssselect("option")]
        if kind in ("hidden", "radio", "checkbox", "number", "date", "datetime-local", "time", "submit"):
            if name not in data or kind == "hidden":
                data[name] = box.get("value") or "1"
        elif options:
            data[name] = next((o for o in options if o), "")
        else:
            data[name] = words
    return data


def assert_harmless(text: str, where: str) -> None:
    for mark in MARKS:
        assert mark not in text, f"{where} shows {mark} as markup"


def test_words_that_are_code_stay_words_in_every_field_of_every_form(
    client: SignedClient, app: App, office: Office, publication: str
) -> None:
    client.follow_redirects = True
    sent: set[str] = set()
    for who in ROLES:
        client.session = ""
        if who:
            client.come_as(app, who)
        for path in pages(client, app, office, publication):
            answer = client.get(path)
            assert_harmless(answer.text, path)
            if answer.status_code >= 400:
                continue
            for form in tree(answer.text).cssselect("form"):
                action = (form.get("action") or path).partition("#")[0]
                key = re.sub(r"/\w{16}\b", "/…", action.partition("?")[0])
                if action.startswith(SPARED) or key in sent:
                    continue
                sent.add(key)
                method = (form.get("method") or "get").lower()
                data = filled(form, PLANTED)
                if method == "post":
                    client.app.state.buckets = Buckets()
                    done = client.post(action, data=data)
                else:
                    done = client.get(action, params=data)
                assert done.status_code < 500, f"{who}: {method} {action} from {path}"
                assert_harmless(done.text, f"{who}: {method} {action}")
    assert len(sent) > 35, sent
    shown = 0
    for who in ROLES:
        client.session = ""
        if who:
            client.come_as(app, who)
        for path in pages(client, app, office, publication):
            answer = client.get(path)
            assert answer.status_code < 500, path
            assert_harmless(answer.text, path)
            shown += "&lt;script&gt;alert(1)" in answer.text
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
            assert all(answer.headers[name] for name in HEADERS)
            page = tree(answer.text)
            assert not page.cssselect("script:not([src]), [onclick], [onerror], [onload], [style], iframe"), (
                path
            )
    assert shown > 10, "what was written is kept and shown, as words"
    assert len(app.accounts.all()) >= 7 and app.verify() == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("' OR '1'='1", id="SQL"),
        pytest.param("x' UNION SELECT keys FROM accounts --", id="SQL that asks for more"),
        pytest.param("\x00\x1b[31m", id="signs that no keyboard has"),
        pytest.param("{{ config }}{% include '/etc/passwd' %}", id="a template"),
        pytest.param("../../keys/master.key", id="a path"),
        pytest.param("%s%n%x {0.__class__} ${jndi:ldap://x}", id="formats"),
        pytest.param("a" * 5_000, id="very much"),
        pytest.param(
            "🙂\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), id="half a sign"
        ),
    ],
)
def test_what_is_asked_for_in_an_address_is_never_obeyed(client: SignedClient, app: App, words: str) -> None:
    client.come_as(app, "ivan")
    for path, name in (
        ("/list", "q"),
        ("/stories", "q"),
        ("/", "i"),
        ("/list", "at"),
        ("/list", "lang"),
        ("/digest", "last"),
        ("/digest", "known"),
        ("/digest/file", "form"),
        ("/alerts/new", "search"),
        ("/labelling", "q"),
        ("/account", "done"),
        ("/sign-in", "next"),
        ("/set-up", "word"),
        ("/api/v1/publications", "q"),
        ("/api/v1/publications.csv", "q"),
    ):
        answer = client.get(path, params={name: words})
        assert answer.status_code < 500, f"{path}?{name}"
        assert "root:" not in answer.text and "argon2" not in answer.text
        assert words not in answer.text or "<" not in words


# Paths


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/..%2f..%2fsettings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/....//....//settings.py",
        "/static//etc/passwd",
        "/static/..\\..\\settings.py",
        "/static/%00aimas.css",
        "/citizen/../appeals",
        "/citizen/%2e%2e/appeals",
        "/citizen%2f..%2fappeals",
        "//appeals",
        "/static/../appeals",
        "/receipt/..;/appeals",
        "/feeds/..%2f..%2fkeys",
        "/sign-in/../users",
    ],
)
def test_no_path_climbs_out(client: SignedClient, path: str) -> None:
    client.follow_redirects = False
    answer = client.get(path)
    assert answer.status_code in (303, 400, 404), answer.status_code
    assert "import" not in answer.text and "root:" not in answer.text and "Сапарова" not in answer.text
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "digest", ["..%2f..%2fkeys%2fmaster.key", "0" * 64, "%00", "' OR 1=1 --", "a" * 4_000]
)
def test_an_attachment_is_found_by_its_digest_alone(
    client: SignedClient, app: App, office: Office, digest: str
) -> None:
    client.come_as(app, "serik")
    answer = client.post(
        f"/appeals/{office.cases['overdue']}/file/{digest}",
        data={"_csrf_token": csrf(client), "purpose": "to see what is there"},
    )
    assert answer.status_code in (400, 404, 422), answer.status_code


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/sign-out",
        "",
        "/" + "a" * 3_000 + "\n",
    ],
)
def test_signing_in_leads_nowhere_else(client: SignedClient, app: App, back: str) -> None:
    with_password(app)
    client.follow_redirects = False
    page = client.get("/sign-in", params={"next": back[:1_900]})
    assert page.status_code == 200
    told = str(tree(page.text).cssselect('input[name="next"]')[0].get("value"))
    form = {"name": "nurlan", "password": GOOD, "_csrf_token": token(page.text)}
    for said in (told, back):
        client.cookies.delete("aimas-session") if "aimas-session" in client.cookies else None
        done = client.post("/sign-in/enter", data=form | {"next": said})
        assert done.status_code == 303
        target = done.headers["location"]
        assert re.fullmatch(r"/(?![/\\])[^\s\\]*", target) and not target.startswith("/sign-"), target


@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1.evil.test:8000", "127.0.0.1:9", "localhost", "[::1]"]
)
def test_only_this_machines_names_are_answered(app: App, host: str) -> None:
    with TestClient(create_app(app, PORT), base_url=BASE) as stranger:
        answer = stranger.get("/sign-in", headers={"host": host})
        assert answer.status_code == 400 and "<form" not in answer.text


def test_other_names_are_answered_where_a_setting_says_so(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = app.settings.model_copy(
        update={"allowed_hosts": ("board.mvd.example",), "public_address": "https://board.mvd.example"}
    )
    monkeypatch.setattr(app, "settings", changed)
    with_password(app)
    with TestClient(create_app(app, PORT), base_url="https://board.mvd.example") as client:
        page = client.get("/sign-in", headers={"host": "board.mvd.example"})
        assert page.status_code == 200 and "Secure" in page.headers["set-cookie"]
        form = {"name": "nurlan", "password": GOOD, "_csrf_token": token(page.text)}
        done = client.post(
            "/sign-in/enter", data=form, headers={"host": "board.mvd.example"}, follow_redirects=False
        )
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Host-aimas-session=") and "Secure" in cookie and "HttpOnly" in cookie
        assert "Path=/" in cookie and "SameSite=lax" in cookie and "Domain" not in cookie
        chosen = client.post(
            "/choose",
            data={"lang": "kk", "_csrf_token": token(page.text)},
            headers={"host": "board.mvd.example"},
            follow_redirects=False,
        )
        assert chosen.status_code == 303 and "Secure" in chosen.headers["set-cookie"]


# Sessions


def with_password(app: App, name: str = "nurlan", *roles: Role) -> None:
    if app.accounts.named(name) is None:
        app.accounts.add(name, roles or (Role.ANALYST,), TESTER, password=GOOD)
    app.accounts.unlock(name, TESTER)


def enter(client: SignedClient, name: str, password: str, **more: str) -> tuple[int, str]:
    page = client.get("/sign-in")
    form = {"name": name, "password": password, "_csrf_token": token(page.text), **more}
    answer = client.post("/sign-in/enter", data=form, follow_redirects=False)
    return answer.status_code, answer.text


def test_a_planted_session_is_worth_nothing(client: SignedClient, app: App) -> None:
    with_password(app)
    client.follow_redirects = False
    client.cookies.set("aimas-session", "planted-by-somebody-else")
    assert client.get("/list").status_code == 303
    form = {"name": "nurlan", "password": GOOD, "_csrf_token": token(client.get("/sign-in").text)}
    done = client.post("/sign-in/enter", data=form)
    cookie = done.headers["set-cookie"]
    assert "planted" not in cookie and "HttpOnly" in cookie and "SameSite=lax" in cookie
    first = client.cookies.get("aimas-session", domain="127.0.0.1")
    client.cookies.clear()
    client.cookies.set("aimas-session", first or "")
    form["_csrf_token"] = token(client.get("/account").text)
    again = client.post("/sign-in/enter", data=form)
    assert again.status_code == 303 and (first or "x") not in again.headers["set-cookie"]
    assert app.accounts.session_of(first or "") is None, "the session before is over"


def test_signing_out_ends_the_session_and_not_only_the_cookie(client: SignedClient, app: App) -> None:
    session = client.come_as(app, "ivan")
    client.post("/sign-out", data={"_csrf_token": csrf(client)})
    assert app.accounts.session_of(session) is None


def test_a_lock_ends_what_is_open_at_once(client: SignedClient, app: App) -> None:
    with_password(app)
    client.come_as(app, "nurlan")
    client.follow_redirects = False
    assert client.get("/list").status_code == 200
    app.accounts.lock("nurlan", TESTER, "left the service")
    assert client.get("/list").status_code == 303
    app.accounts.unlock("nurlan", TESTER)


def test_a_given_password_opens_nothing_but_its_own_change(client: SignedClient, app: App) -> None:
    if app.accounts.named("fresh") is None:
        app.accounts.add("fresh", [Role.ANALYST], TESTER)
    app.accounts.reset("fresh", TESTER, GOOD)
    client.come_as(app, "fresh")
    client.follow_redirects = False
    assert client.get("/list").headers["location"].startswith("/account")
    assert client.get("/api/v1/stats").status_code == 403
    secret = csrf(client)
    new = {"old": GOOD, "new": "другая длинная фраза", "again": "другая длинная фраза"}
    done = client.post("/account/password", data=new | {"_csrf_token": secret})
    assert done.status_code == 303
    client.session = done.headers["set-cookie"].partition(";")[0]
    assert client.get("/list").status_code == 200


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client: SignedClient, app: App) -> None:
    with_password(app)
    answers = {
        re.sub(r'value="(?!/)[^"]*"', "", enter(client, who, "wrong")[1]) for who in ("nurlan", "nobody")
    }
    assert len(answers) == 1
    assert enter(client, "nurlan", "wrong")[0] == enter(client, "nobody", "wrong")[0] == 422
    app.accounts.unlock("nurlan", TESTER)


def test_guessing_is_shut_out_by_name_and_by_address(client: SignedClient, app: App) -> None:
    with_password(app)
    said = [enter(client, "nurlan", "wrong")[0] for _ in range(RATES["sign-in-name"].burst + 1)]
    assert said[:5] == [422] * 5 and said[-1] == 429
    client.address = "127.0.0.2"
    assert enter(client, "nurlan", GOOD)[0] == 429, "another address does not help against one name"
    client.address = "127.0.0.3"
    said = [enter(client, f"nobody{n}", "wrong")[0] for n in range(RATES["sign-in"].burst + 1)]
    assert said[0] == 422 and said[-1] == 429
    page = client.get("/sign-in")
    refused = client.post(
        "/sign-in/enter",
        data={"name": "x", "password": "y", "_csrf_token": token(page.text)},
        headers={"x-forwarded-for": "8.8.8.8"},
    )
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    app.accounts.unlock("nurlan", TESTER)


def test_receipts_can_not_be_guessed_through(client: SignedClient) -> None:
    secret = csrf(client)
    said = [
        client.post(
            "/citizen/open",
            headers={"x-csrftoken": secret},
            data={"number": f"AA-2026-{n:06}", "code": "AAAA-AAAA-AAAA-AAAA-A"},
        ).status_code
        for n in range(RATES["receipt"].burst + 2)
    ]
    assert said[-1] == 429 and 429 not in said[:5]


def test_counts_for_machines_stay_on_this_machine(client: SignedClient) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.5"}).status_code == 403
    client.address = "10.0.0.5"
    assert client.get("/metrics").status_code == 403


def test_the_demos_people_are_nobody_outside_a_demo(client: SignedClient, app: App) -> None:
    if app.accounts.named("invented") is None:
        app.accounts.add("invented", [Role.ADMIN], TESTER, is_demo=True)
    secret = csrf(client)
    answer = client.post("/sign-in/demo", data={"name": "invented", "_csrf_token": secret})
    assert answer.status_code == 404 and "aimas-session" not in answer.headers.get("set-cookie", "")
    assert "invented" not in client.get("/sign-in").text


# Files


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
LIES = [
    pytest.param(
        "photo.jpg", "image/jpeg", b"MZ\x90\x00" + b"\x00" * 200, id="a program called a photograph"
    ),
    pytest.param(
        "photo.jpg", "image/jpeg", b"<html><script>alert(1)</script>", id="a page called a photograph"
    ),
    pytest.param("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", id="a drawing with a script"),
    pytest.param("a.html", "text/html", b"<script>alert(1)</script>", id="a page"),
    pytest.param("a.png", "image/png", JPEG + b"<?php system($_GET[0]); ?>", id="a broken picture with code"),
    pytest.param("a.pdf", "application/pdf", b"#!/bin/sh\nrm -rf /", id="a script called a document"),
    pytest.param("a.pdf\x00.exe", "application/pdf", b"MZ", id="a name with a zero"),
    pytest.param("../../keys/master.key", "image/jpeg", b"\x00" * 32, id="a name that climbs"),
]


@pytest.mark.parametrize(("name", "kind", "content"), LIES)
def test_a_file_that_is_not_what_it_says_is_not_taken(
    client: SignedClient, app: App, name: str, kind: str, content: bytes
) -> None:
    head = app.records.head()
    answer = client.post(
        "/citizen/file",
        data={
            "what": "message",
            "standing": "signal",
            "language": "ru",
            "text": "Не горит светофор у школы.",
        },
        files={"files": (name, BytesIO(content), kind)},
        headers={"x-csrftoken": csrf(client), "accept": "application/json"},
    )
    assert answer.status_code == 422, answer.text[:300]
    assert app.records.head() == head
    assert (
        not list(app.home.folder.rglob("*.exe"))
        and (app.home.folder / "keys" / "master.key").stat().st_size == 32
    )


def test_what_is_too_large_is_refused_before_it_is_read(client: SignedClient, app: App) -> None:
    client.come_as(app, "ivan")
    secret = csrf(client)
    for path in ("/searches/save", "/choose", "/citizen/file"):
        answer = client.post(path, content=b"x" * 60_000_000, headers={"x-csrftoken": secret})
        assert answer.status_code in (400, 413, 422), path


def test_a_file_is_handed_out_to_be_saved_and_never_to_run(
    client: SignedClient, app: App, office: Office
) -> None:
    client.come_as(app, "gulnar")
    case = office.cases["fresh"]
    page = client.post(
        f"/appeals/{case}/look", data={"_csrf_token": csrf(client), "purpose": "to register it"}
    )
    found = re.findall(rf"/appeals/{case}/file/(\w+)", page.text)
    assert found, "the page names the file"
    answer = client.post(
        f"/appeals/{case}/file/{found[0]}",
        data={"_csrf_token": csrf(client), "purpose": "to see the photograph"},
    )
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (
        answer.headers["x-content-type-options"] == "nosniff"
        and "<b>" not in answer.headers["content-disposition"]
    )


@pytest.fixture(autouse=True)
def _still_whole(app: App) -> Iterator[None]:
    """Whatever was tried, the key and the cast are there."""
    yield
    assert app.accounts.named("ivan") and not app.accounts.require("ivan").is_closed
