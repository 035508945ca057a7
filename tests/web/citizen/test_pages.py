"""What stands on each of the citizen's pages, in each language."""

import json
import re
from collections.abc import Iterator

import pytest
from litestar.testing import TestClient
from tests.builders import TESTER, StoppedClock
from tests.web.citizen.conftest import MONDAY_MORNING
from tests.web.citizen.desk import DEMO, Citizen
from tests.web.reading_pages import tree

from aimas.app import App
from aimas.home import create_home
from aimas.web.citizen.shell import FILES, PAGES
from aimas.web.server import create_app


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Citizen]:
    """One home for all pages that change nothing in it."""
    folder = tmp_path_factory.mktemp("open") / "home"
    app = App(
        create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty", language="ru").folder,
        StoppedClock(MONDAY_MORNING),
        TESTER,
    )
    app.inspectors.replace(DEMO.read_bytes(), TESTER)
    with TestClient(create_app(app, 8000), base_url="http://127.0.0.1:8000") as client:
        yield Citizen(client, app)
    app.close()


FORMS = (
    "/citizen/new",
    "/citizen/message",
    "/citizen/police",
    "/citizen/case",
    "/citizen/inspector",
    "/receipt",
)


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_open_to_everybody_and_says_all_its_words(visitor: Citizen, path: str, lang: str) -> None:
    answer = visitor.get(path, lang=lang)
    page = tree(answer.text)
    assert answer.status_code == 200 and page.get("lang") == lang
    assert "⟦" not in answer.text
    assert not page.cssselect("script:not([src]), style, [style], [onclick], [onload]")
    policy = answer.headers["content-security-policy"]
    assert "worker-src 'self'" in policy and "manifest-src 'self'" in policy and "unsafe" not in policy
    assert "geolocation=(self)" in answer.headers["permissions-policy"]
    assert not page.cssselect("a[href='/ledger'], a[href='/list'], a[href='/sign-in']"), "the staff's menu"


@pytest.mark.parametrize("path", [p for p in PAGES if p != "/citizen/calendar"])
def test_first_of_all_comes_whom_to_call(visitor: Citizen, path: str) -> None:
    links = [a.get("href") for a in tree(visitor.get(path).text).cssselect("body a:not(.skip)")]
    assert links[:3] == ["tel:102", "tel:112", "/citizen/calendar"]


def test_the_page_to_leave_to_betrays_nothing(visitor: Citizen) -> None:
    page = visitor.get("/citizen/calendar", lang="en").text
    assert "November 2026" in page
    body = tree(page).cssselect("body")[0].text_content()
    assert not re.search(r"(?i)appeal|police|citizen|102", body)
    assert not tree(page).cssselect("body a, script, form")


def test_leaving_shuts_the_appeal_that_was_open(citizen: Citizen) -> None:
    assert citizen.opened(citizen.file()).status_code == 200
    citizen.get("/citizen/calendar")
    assert citizen.get("/citizen/mine").status_code == 401


@pytest.mark.parametrize("path", FORMS)
def test_every_field_has_a_label_and_every_form_a_token(visitor: Citizen, path: str) -> None:
    page = tree(visitor.get(path).text)
    for form in page.cssselect("main form[method=post]"):
        assert len(form.cssselect("input[name=_csrf_token]")) == 1
        for field in form.cssselect("input:not([type=hidden]), select, textarea"):
            within = f"label input[name='{field.get('name')}']"
            named = page.cssselect(f"label[for='{field.get('id')}'], {within}")
            assert named, field.get("name")
            for id in (field.get("aria-describedby") or "").split():
                assert page.cssselect(f"#{id}"), f"{field.get('name')} is described by #{id}"


def test_the_language_that_a_link_chose_is_remembered(visitor: Citizen) -> None:
    visitor.get("/citizen", lang="kk")
    assert tree(visitor.get("/citizen/new").text).get("lang") == "kk"


def test_what_does_not_work_is_told_in_the_citizens_own_page(visitor: Citizen) -> None:
    answer = visitor.get("/citizen/nowhere", lang="en")
    assert answer.status_code == 404 and "There is no such page" in answer.text and "tel:102" in answer.text
    data = visitor.client.get("/citizen/nowhere", headers={"accept": "application/json"})
    assert data.status_code == 404 and data.json() == {"message": "There is no such page."}


def test_the_worker_stores_pages_that_exist_and_may_rule_them(visitor: Citizen) -> None:
    answer = visitor.get("/citizen/sw.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["content-type"].startswith("text/javascript")
    told = dict(re.findall(r"^const ([A-Z]+) = (.+);$", answer.text, re.M))
    assert json.loads(told["PAGES"]) == list(PAGES) and len(json.loads(told["FILES"])) == len(FILES) + 2
    for address in (*json.loads(told["FILES"]), json.loads(told["QUEUE"]), json.loads(told["KEYS"])):
        assert visitor.client.get(address).status_code == 200, address


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_the_app_can_be_installed(visitor: Citizen, lang: str) -> None:
    answer = visitor.get("/citizen/manifest.webmanifest", lang=lang)
    assert answer.headers["content-type"] == "application/manifest+json"
    said = answer.json()
    assert (said["lang"], said["start_url"], said["scope"], said["display"]) == (
        lang,
        "/citizen",
        "/citizen",
        "standalone",
    )
    assert {i["sizes"] for i in said["icons"]} == {"192x192", "512x512"}
    for icon in said["icons"]:
        assert visitor.client.get(icon["src"]).content.startswith(b"\x89PNG")
    assert all(visitor.client.get(s["url"]).status_code == 200 for s in said["shortcuts"])
