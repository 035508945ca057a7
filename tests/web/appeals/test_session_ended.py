"""A session that ends loses nothing: it is told why, and after signing in the same person goes on where he was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from tests.builders import TESTER, StoppedClock
from tests.signing import SignedClient
from tests.web.appeals.conftest import BASE, LAMP, PORT
from tests.web.reading_pages import Node, tree

from aimas.accounts import Role
from aimas.accounts.passwords import Passwords
from aimas.app import App
from aimas.appeals import Channel, Standing
from aimas.appeals.service import Applicant, NewAppeal
from aimas.core import Language
from aimas.home import create_home
from aimas.web.server import create_app
from aimas.web.signing_in import cookie_name

ANSWER = "Здравствуйте! Фонарь исправят до 20 декабря 2026 года, потому что наряд уже выдан.\nВторая строка."
PASSWORD = "семь синих слонов у реки"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 11, 2, 4, 30, tzinfo=UTC))


@pytest.fixture
def app(tmp_path: Path, clock: StoppedClock) -> Iterator[App]:
    folder = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty", language="ru").folder
    made = App(folder, clock, TESTER)
    made.accounts._given_passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("bolat", "dana"):
        made.accounts.add(name, (Role.HEAD,), TESTER, units=("*",), password=PASSWORD)
    yield made
    made.close()


@pytest.fixture
def desk(app: App) -> Iterator[SignedClient]:
    with SignedClient(create_app(app, PORT), base_url=BASE) as client:
        client.cookies.set("lang", "ru")
        # A browser's own cookie, which also goes where it is sent on to.
        client.cookies.set(cookie_name(app), client.come_as(app, "bolat"), domain="127.0.0.1", path="/")
        client.session = ""
        yield client


@pytest.fixture
def case(app: App) -> str:
    new = NewAppeal(
        text=LAMP,
        language=Language.RU,
        channel=Channel.PAPER,
        standing=Standing.APPEAL,
        applicant=Applicant(name="Сапарова Айгерим"),
    )
    return app.appeals.file(new, TESTER).case


def token(page: Node) -> str:
    return str(page.cssselect("input[name=_csrf_token]")[0].get("value"))


def answered_late(desk: SignedClient, clock: StoppedClock, case: str) -> httpx.Response:
    """The head signs after two hours of nothing: what the browser shows then."""
    form = {"_csrf_token": token(tree(desk.get("/appeals").text)), "decision": "refused", "text": ANSWER}
    clock.advance(hours=2)
    return desk.post(f"/appeals/{case}/do/answer", data=form, headers={"referer": f"{BASE}/appeals/{case}"})


def enter(desk: SignedClient, page: Node, name: str, password: str = PASSWORD) -> httpx.Response:
    form = {
        field.get("name"): field.get("value") for field in page.cssselect(".sign-form input[type=hidden]")
    }
    return desk.post("/sign-in/enter", data=form | {"name": name, "password": password})


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_an_answer_signed_too_late_comes_back_to_the_case_it_was_for(
    desk: SignedClient, app: App, clock: StoppedClock, case: str, lang: str
) -> None:
    desk.cookies.set("lang", lang)
    asked = answered_late(desk, clock, case)
    page = tree(asked.text)
    assert asked.status_code == 401 and page.cssselect("#why") and "⟦" not in asked.text
    assert "Фонарь" not in asked.text, "who comes by the screen reads nothing of it"
    mistyped = tree(enter(desk, page, "bolat", "не то слово вовсе").text)
    back = enter(desk, mistyped, "bolat")
    form = tree(back.text).cssselect("#resumed")[0]
    assert back.headers["cache-control"] == "no-store" and "⟦" not in back.text
    assert form.get("action") == f"/appeals/{case}/check", "what is final is not done by going on"
    fields = {i.get("name"): i.get("value") for i in form.cssselect("input[type=hidden]")}
    (text,) = form.cssselect("textarea")
    assert text.text_content().removeprefix("\n") == ANSWER
    went_on = tree(desk.post(str(form.get("action")), data=fields | {"text": ANSWER}).text)
    assert went_on.cssselect("#answer-text")[0].text_content().strip() == ANSWER
    assert went_on.cssselect("input[name=decision][value=refused][checked]")
    assert not app.appeals.case(case).answers


def test_nobody_else_gets_what_a_colleague_wrote(desk: SignedClient, clock: StoppedClock, case: str) -> None:
    page = tree(answered_late(desk, clock, case).text)
    other = enter(desk, page, "dana")
    assert other.url.path == f"/appeals/{case}" and "Фонарь исправят" not in other.text


def test_what_was_kept_is_not_kept_for_long(desk: SignedClient, clock: StoppedClock, case: str) -> None:
    page = tree(answered_late(desk, clock, case).text)
    clock.advance(minutes=31)
    late = enter(desk, page, "bolat")
    assert late.url.path == f"/appeals/{case}" and not tree(late.text).cssselect("#resumed")


def test_a_page_that_is_asked_for_too_late_says_why_and_is_come_back_to(
    desk: SignedClient, clock: StoppedClock, case: str
) -> None:
    clock.advance(hours=2)
    asked = desk.get(f"/appeals/{case}?done=assign")
    page = tree(asked.text)
    assert asked.url.path == "/sign-in" and "Сеанс закончился" in page.cssselect("#why")[0].text_content()
    assert str(enter(desk, page, "bolat").url).endswith(f"/appeals/{case}?done=assign")


def test_who_was_never_in_is_not_told_that_he_was_put_out(desk: SignedClient) -> None:
    desk.cookies.clear()
    assert not tree(desk.get("/list").text).cssselect("#why")


def test_files_are_chosen_again(desk: SignedClient, clock: StoppedClock, case: str) -> None:
    form = {"_csrf_token": token(tree(desk.get("/appeals").text)), "text": "Справка от дворника."}
    clock.advance(hours=2)
    asked = desk.post(
        f"/appeals/{case}/do/document", data=form, files={"files": ("a.txt", b"hello", "text/plain")}
    )
    back = tree(enter(desk, tree(asked.text), "bolat").text)
    assert "Файлы не сохранились" in back.text_content() and back.cssselect("#resumed input[type=file]")
