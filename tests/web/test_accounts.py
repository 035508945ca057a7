"""The pages of accounts as people use them: signing in, one's own keys, everybody's rights."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from argon2 import PasswordHasher
from tests.builders import TESTER, StoppedClock
from tests.signing import SignedClient
from tests.web.reading_pages import token, tree

from aimas.accounts import Passwords, Role
from aimas.app import App
from aimas.web import api, signing_in
from aimas.web.server import create_app
from aimas.web.texts import TONGUES

PORT = 8000
GOOD, OTHER = "лошадь батарея скрепка", "степь широкая зелёная"


@pytest.fixture
def client(app: App) -> Iterator[SignedClient]:
    app.accounts._given_passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with SignedClient(create_app(app, PORT), base_url=f"http://127.0.0.1:{PORT}") as made:
        yield made


def post(client: SignedClient, path: str, page: str = "/account", **data: str) -> object:
    secret = token(client.get(page).text)
    return client.post(path, data=data | {"_csrf_token": secret}, follow_redirects=False)


def enter(client: SignedClient, name: str, password: str, **more: str) -> object:
    return post(client, "/sign-in/enter", "/sign-in", name=name, password=password, **more)


def test_every_page_stands_in_every_language(client: SignedClient, app: App) -> None:
    word = app.accounts.invite()
    client.headers["accept-language"] = "en"
    for tongue in TONGUES:
        pages = {
            path: client.get(path, headers={"cookie": f"lang={tongue}"}).text
            for path in (f"/set-up?word={word}", "/set-up?word=x")
        }
        client.come_as(app, "salta", *Role, units=("duty", "*")) if tongue == "en" else None
        pages |= {"/sign-in": client.get("/sign-in", headers={"cookie": f"lang={tongue}"}).text}
        for path, text in pages.items():
            assert "⟦" not in text, f"{path} lacks a text: {re.findall('⟦.*?⟧', text)}"
    for tongue in TONGUES:
        for path in (
            "/account",
            "/account?done=password",
            "/users",
            f"/users/{app.accounts.all()[0].id}",
            "/ledger",
        ):
            answer = client.get(path, headers={"cookie": f"lang={tongue}"})
            page = tree(answer.text)
            assert answer.status_code == 200 and "⟦" not in answer.text, path
            assert page.get("lang") == tongue and len(page.cssselect("h1")) == 1
            ids = [e.get("id") for e in page.cssselect("[id]")]
            assert len(ids) == len(set(ids)), f"{path} has an id twice"
            labelled = {e.get("for") for e in page.cssselect("label[for]")}
            named = [e for e in page.cssselect("main input, main select") if e.get("type") != "hidden"]
            assert {e.get("id") for e in named} <= labelled, f"{path} has a field without a label"


def test_the_first_admin_is_made_by_the_link_and_makes_the_others(client: SignedClient, app: App) -> None:
    word = app.accounts.invite()
    assert client.get("/list").url.path == "/sign-in", "nobody is in before"
    way = f"/set-up?word={word}"
    weak = post(client, "/set-up/accept", way, word=word or "", name="salta", password="short", again="short")
    assert weak.status_code == 422 and tree(weak.text).cssselect("#wrong")  # type: ignore[attr-defined]
    unlike = post(client, "/set-up/accept", way, word=word or "", name="salta", password=GOOD, again=OTHER)
    assert unlike.status_code == 422 and not app.accounts.all()  # type: ignore[attr-defined]
    done = post(client, "/set-up/accept", way, word=word or "", name="salta", password=GOOD, again=GOOD)
    assert done.headers["location"] == "/users"  # type: ignore[attr-defined]
    assert client.get(way).status_code == 404, "the link is dead"
    data = {"name": "Айгерім", "role-officer": "on", "unit-duty": "on", "full_name": "Айгерім Д."}
    made = post(client, "/users/add", "/users", **data)
    (told,) = tree(made.text).cssselect("#once code")  # type: ignore[attr-defined]
    account = app.accounts.require("айгерім")
    assert (account.roles, account.units, account.must_change) == ((Role.OFFICER,), ("duty",), True)
    assert made.headers["cache-control"] == "no-store"  # type: ignore[attr-defined]
    assert told.text_content() not in client.get("/users").text, "shown once"
    nothing = post(client, "/users/add", "/users", name="nobody")
    assert nothing.status_code == 422 and len(app.accounts.all()) == 2  # type: ignore[attr-defined]
    changed = post(client, f"/users/{account.id}/change", "/users", **{"role-clerk": "on"})
    assert changed.status_code == 303 and app.accounts.require("айгерім").roles == (Role.CLERK,)  # type: ignore[attr-defined]
    posted = {"role-clerk": "on", "post_ru": " специалист  канцелярии ", "post_kk": ""}
    assert post(client, f"/users/{account.id}/change", "/users", **posted).status_code == 303
    assert app.accounts.require("айгерім").posts == {"ru": "специалист канцелярии"}  # type: ignore[attr-defined]
    long = post(client, f"/users/{account.id}/change", "/users", **{"role-clerk": "on", "post_ru": "я" * 121})
    assert long.status_code == 422
    me = app.accounts.require("salta")
    for path, more in (("change", {"role-clerk": "on"}), ("lock", {"reason": "by mistake"})):
        last = post(client, f"/users/{me.id}/{path}", "/users", **more)
        assert last.status_code == 422 and Role.ADMIN in app.accounts.require("salta").roles  # type: ignore[attr-defined]
    locked = post(client, f"/users/{account.id}/lock", "/users", reason="left the service")
    assert locked.status_code == 303 and app.accounts.require("айгерім").is_closed  # type: ignore[attr-defined]
    ledger = client.get("/ledger?lang=en").text
    assert "Account Айгерім locked: left the service" in ledger


def test_a_person_comes_in_changes_the_password_and_goes_on(client: SignedClient, app: App) -> None:
    _, told = app.accounts.add("aigerim", [Role.ANALYST], TESTER)
    first = enter(client, "AIGERIM", told, next="/list?q=a")
    assert first.headers["location"] == "/account"  # type: ignore[attr-defined]
    assert client.get("/list").url.path == "/account", "nothing else before the password is one's own"
    for data in (
        {"old": "wrong", "new": GOOD, "again": GOOD},
        {"old": told, "new": GOOD, "again": OTHER},
        {"old": told, "new": "short", "again": "short"},
        {"old": told, "new": told, "again": told},
    ):
        wrong = post(client, "/account/password", **data)
        assert wrong.status_code == 422 and tree(wrong.text).cssselect("#wrong")  # type: ignore[attr-defined]
    done = post(client, "/account/password", old=told, new=GOOD, again=GOOD)
    assert done.headers["location"] == "/account?done=password"  # type: ignore[attr-defined]
    assert client.get("/list").url.path == "/list"
    post(client, "/sign-out")
    assert client.get("/list?q=a").url.query == b"next=/list%3Fq%3Da"
    assert enter(client, "aigerim", GOOD, next="/list?q=a").headers["location"] == "/list?q=a"  # type: ignore[attr-defined]


def test_codes_are_turned_on_by_a_picture_and_asked_from_then_on(client: SignedClient, app: App) -> None:
    account, _ = app.accounts.add("aigerim", [Role.ANALYST], TESTER, password=GOOD)
    assert isinstance(app.clock, StoppedClock)
    enter(client, "aigerim", GOOD)
    begun = tree(post(client, "/account/second/begin").text)  # type: ignore[attr-defined]
    assert begun.cssselect("svg.qr path") and not begun.cssselect("[style]")
    phone = pyotp.TOTP(begun.cssselect("code.once")[0].text_content().replace(" ", ""))
    wrong = post(client, "/account/second/confirm", code="1")
    assert wrong.status_code == 422 and tree(wrong.text).cssselect("svg.qr")  # type: ignore[attr-defined]
    done = post(client, "/account/second/confirm", code=phone.at(app.clock.time))
    paper = [c.text_content() for c in tree(done.text).cssselect(".codes code")]  # type: ignore[attr-defined]
    assert len(paper) == 10 and paper[0] not in client.get("/account").text
    post(client, "/sign-out")
    assert enter(client, "aigerim", GOOD).status_code == 422  # type: ignore[attr-defined]
    app.clock.advance(seconds=30)
    assert enter(client, "aigerim", GOOD, code=phone.at(app.clock.time)).status_code == 303  # type: ignore[attr-defined]
    post(client, "/sign-out")
    assert enter(client, "aigerim", GOOD, code=paper[0]).status_code == 303  # type: ignore[attr-defined]
    assert post(client, "/account/second/drop", password="wrong").status_code == 422  # type: ignore[attr-defined]
    assert post(client, "/account/second/drop", password=GOOD).status_code == 303  # type: ignore[attr-defined]
    assert not app.accounts.require(account.name).has_second


def test_sessions_and_tokens_are_listed_and_ended(client: SignedClient, app: App) -> None:
    client.come_as(app, "tester")
    other = app.accounts.open_session(app.accounts.require("tester"), agent="Firefox · Linux").token
    page = tree(client.get("/account").text)
    ends = [f.get("action") or "" for f in page.cssselect("form") if "/sessions/" in (f.get("action") or "")]
    assert len(ends) == 1, "the session one sits in is ended by signing out"
    assert post(client, ends[0]).status_code == 303  # type: ignore[attr-defined]
    assert app.accounts.session_of(other) is None
    made = post(client, "/account/tokens/add", label="weekly report", days="30")
    told = tree(made.text).cssselect("#once code")[0].text_content()  # type: ignore[attr-defined]
    assert told not in client.get("/account").text
    client.session, session = "", client.session
    bearer = {"authorization": f"Bearer {told}"}
    assert client.get("/api/v1/stats", headers=bearer).status_code == 200
    client.session = session
    page = tree(client.get("/account").text)
    (end,) = [
        f.get("action") or ""
        for f in page.cssselect("form")
        if re.search(r"/tokens/\w{16}/end", f.get("action") or "")
    ]
    post(client, end)
    client.session = ""
    assert client.get("/api/v1/stats", headers=bearer).status_code == 401


def test_what_a_person_does_on_the_board_is_that_persons_act(client: SignedClient, app: App) -> None:
    client.come_as(app, "Айгерим")
    post(client, "/searches/save", "/searches", name="полиция", q="полиция")
    app.searches.save("by hand", "вор", "kz-mia")
    by_hand, act = app.records.acts(2)
    assert (act["verb"], act["actor"]) == ("search-saved", "person:Айгерим")
    assert by_hand["actor"] == "person:tester", "outside of a request it is who runs the program"


@pytest.fixture
def demo(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setattr(app, "settings", app.settings.model_copy(update={"demo": True}))
    app.accounts.add("dosova", [Role.CLERK], TESTER, full_name="Айгерим Досова", is_demo=True)
    app.accounts.add("closed", [Role.HEAD], TESTER, is_demo=True)
    app.accounts.add("salta", [Role.ADMIN], TESTER, password=GOOD)
    app.accounts.lock("closed", TESTER, "left the demo")
    return app


def test_the_demos_people_come_in_with_one_click(client: SignedClient, demo: App) -> None:
    page = tree(client.get("/sign-in?next=/digest").text)
    assert [b.get("value") for b in page.cssselect(".people button")] == ["dosova"]
    done = post(client, "/sign-in/demo", "/sign-in", name="dosova", next="/digest")
    assert done.status_code == 303 and client.get("/digest").status_code == 200  # type: ignore[attr-defined]
    for name in ("closed", "salta", "nobody"):
        client.cookies.clear()
        assert post(client, "/sign-in/demo", "/sign-in", name=name).status_code == 422  # type: ignore[attr-defined]


def test_an_open_stream_ends_with_its_session(
    client: SignedClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(api, "STILL_IN_EVERY_S", 0.02)
    client.come_as(app, "tester")
    looks = 0

    def is_still_in(_: object) -> bool:
        nonlocal looks
        looks += 1
        if looks == 3:
            app.accounts.lock("tester", TESTER, "left the service")
        return signing_in.is_still_in(_)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "is_still_in", is_still_in)
    app.accounts.add("salta", [Role.ADMIN], TESTER, password=GOOD)
    with client.stream("GET", "/events") as stream:
        told = "".join(stream.iter_text())
    assert "event: hello" in told and looks == 3
