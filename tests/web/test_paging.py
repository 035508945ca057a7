"""Long tables come in parts; no row is lost between them, and each is found by its name or its state."""

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args
from urllib.parse import parse_qs, urlparse

import pytest
from litestar.testing import TestClient
from tests.builders import NOW, TESTER, StoppedClock
from tests.signing import signed_in
from tests.web.conftest import BASE, PORT
from tests.web.reading_pages import tree

from aimas.app import App
from aimas.core import Ownership
from aimas.home import create_home
from aimas.sources import Source, SourceKind
from aimas.sources.health import Health
from aimas.sources.types import Poll, PollOutcome, PollState
from aimas.web.paging import Narrowed, part
from aimas.web.server import create_app
from aimas.web.sources import State
from aimas.web.views import TROUBLE

OUTLETS, FAILING = 130, 7
PAGES = (2, 1, 1)
"""Personal pages that answer, that fail, and that nobody has polled."""
SECRET = "Кухня Айгерим"
LISTENING = f"/digest/listening?day={NOW.date()}&days=7"


def declare(
    app: App, id: str, name: str, ownership: Ownership = Ownership.OUTLET, kind: SourceKind = SourceKind.FEED
) -> None:
    home = f"https://{id}.test/" if ownership is Ownership.OUTLET else None
    app.declare(
        Source(id=id, kind=kind, address=f"https://{id}.test/rss", name=name, home=home, ownership=ownership)
    )


def poll(app: App, id: str, was_answered: bool, due: timedelta = timedelta(minutes=5)) -> None:
    at = NOW - timedelta(hours=1)
    state = PollState(
        source=id,
        last_ok_at=at if was_answered else None,
        last_error=None if was_answered else "503",
        consecutive_failures=int(not was_answered),
        next_due=NOW + due,
    )
    outcome = PollOutcome.OK if was_answered else PollOutcome.FAILED
    app.sources.save(state, Poll(source=id, at=at, outcome=outcome), [])


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Outlets enough for three parts, the last of them in trouble; personal pages in every state."""
    folder = create_home(tmp_path_factory.mktemp("crowd") / "home", profiles=["kz-mia"]).folder
    app = App(folder, StoppedClock(NOW - timedelta(hours=3)), TESTER)
    well, ill, _ = PAGES
    for n in range(OUTLETS):
        declare(app, f"o-{n}", f"Газета {n:03}")
        poll(app, f"o-{n}", n < OUTLETS - FAILING)
    for n in range(sum(PAGES)):
        declare(app, f"p-{n}", f"{SECRET} {n}", Ownership.PERSONAL)
        if n < well + ill:
            poll(app, f"p-{n}", n < well)
    app.clock.advance(hours=3)  # type: ignore[attr-defined]
    app.catch_up()
    yield app
    app.close()


@pytest.fixture
def client(crowded: App) -> Iterator[TestClient]:
    with signed_in(crowded, create_app(crowded, PORT), BASE) as made:
        yield made


def walked(client: TestClient, path: str | None) -> list[list[str]]:
    """The names in each part, by the links from one to the next."""
    parts = []
    while path:
        page = tree(client.get(path).text)
        parts.append([th.text_content().strip() for th in page.cssselect("table tbody tr th")])
        onward = page.cssselect("nav a[rel=next]")
        path = onward[0].get("href") if onward else None
    return parts


@pytest.mark.parametrize("path", ["/sources", LISTENING])
def test_every_row_stands_in_one_part_and_personal_pages_at_the_end(client: TestClient, path: str) -> None:
    parts = walked(client, path)
    assert [len(p) for p in parts] == [50, 50, 31]
    named = [name for p in parts for name in p][:-1]
    assert sorted(named) == [f"Газета {n:03}" for n in range(OUTLETS)]
    assert named[:FAILING] == [f"Газета {n:03}" for n in range(OUTLETS - FAILING, OUTLETS)]
    assert str(sum(PAGES)) in parts[-1][-1]


@pytest.mark.parametrize("path", ["/sources", LISTENING])
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param("name=газета+07", [f"Газета 07{n}" for n in range(10)], id="part of a name"),
        pytest.param("name=nobody", [], id="a name that nobody has"),
        pytest.param("name=" + SECRET.replace(" ", "+"), [], id="a personal page's name"),
    ],
)
def test_rows_are_found_by_name(client: TestClient, path: str, asked: str, names: list[str]) -> None:
    path = f"{path}{'&' if '?' in path else '?'}{asked}"
    assert walked(client, path) == [names]
    assert SECRET not in client.get(path).text.replace('value="' + SECRET, "")


def test_an_outlet_is_found_by_its_address(client: TestClient) -> None:
    assert walked(client, "/sources?name=O-12.test") == [["Газета 012"]]


def offered(client: TestClient, path: str) -> dict[str, int]:
    """How many there are in each state, as the page offers them."""
    chips = tree(client.get(path).text).cssselect(".chips a:not([aria-current])")
    return {
        parse_qs(urlparse(a.get("href")).query)["state"][0]: int(a.get("aria-label").rpartition(": ")[2])
        for a in chips
    }


@pytest.mark.parametrize(
    ("path", "state", "outlets", "pages"),
    [
        ("/sources", "failing", FAILING, PAGES[1]),
        ("/sources", "troubled", FAILING, PAGES[1]),
        ("/sources", "alive", OUTLETS - FAILING, PAGES[0]),
        ("/sources", "new", 0, PAGES[2]),
        ("/sources", "dead", 0, 0),
        (LISTENING, "ill", FAILING, PAGES[1]),
        (LISTENING, "well", OUTLETS - FAILING, PAGES[0]),
        (LISTENING, "never", 0, PAGES[2]),
    ],
)
def test_rows_are_found_by_state(client: TestClient, path: str, state: str, outlets: int, pages: int) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}state={state}"
    rows = [name for names in walked(client, asked) for name in names]
    assert sum(name.startswith("Газета") for name in rows) == outlets
    assert len(rows) - outlets == bool(pages), "all personal pages are one row"
    assert offered(client, path).get(state, 0) == outlets + pages
    said = tree(client.get(asked).text).cssselect("#part")[0].text_content()
    assert (str(outlets) in said) == bool(outlets)
    assert (f"строкой: {pages}" in said) == bool(pages)
    assert ("Ничего не подходит" in said) == (not outlets and not pages)


@pytest.mark.parametrize("path", ["/sources", LISTENING])
def test_a_name_is_counted_without_the_personal_pages(client: TestClient, path: str) -> None:
    found = offered(client, f"{path}{'&' if '?' in path else '?'}name=газета")
    well, ill = ("alive", "failing") if path == "/sources" else ("well", "ill")
    assert (found[well], found[ill]) == (OUTLETS - FAILING, FAILING)


def test_who_listened_is_counted_in_the_sentence_as_in_the_choices(client: TestClient) -> None:
    page = tree(client.get(LISTENING, headers={"cookie": "lang=ru"}).text)
    (said,) = page.cssselect("section[aria-labelledby=h-heard] > p:not(.note)")
    failing, silent = FAILING + PAGES[1], PAGES[2]
    assert f"неудачен у {failing}, ни разу не опрошены {silent}." in said.text_content()
    well = OUTLETS - FAILING + PAGES[0]
    assert offered(client, LISTENING) == {"ill": failing, "never": silent, "well": well}


def test_a_digests_failing_and_silent_open_as_they_were_counted(client: TestClient) -> None:
    page = tree(client.get(LISTENING.replace("/listening", "")).text)
    told = {a.get("href"): int(a.text_content()) for a in page.cssselect("a[href*='state=']")}
    assert sorted(told.values()) == sorted((FAILING + PAGES[1], PAGES[2]))
    for href, count in told.items():
        rows = [name for names in walked(client, href) for name in names]
        assert sum(name.startswith("Газета") for name in rows) + PAGES[1] == count or count == PAGES[2]


def test_a_page_that_nobody_polled_makes_the_others_not_ill(app: App) -> None:
    app.clock.advance(hours=-3)  # type: ignore[attr-defined]
    for n in range(2):
        declare(app, f"p-{n}", f"{SECRET} {n}", Ownership.PERSONAL)
    poll(app, "p-0", True)
    app.clock.advance(hours=3)  # type: ignore[attr-defined]
    app.catch_up()
    with signed_in(app, create_app(app, PORT), BASE) as client:
        assert offered(client, LISTENING) == {"well": 1, "never": 1}
        assert not tree(client.get(LISTENING).text).cssselect("#heard .bad")
        assert "Не отвечали к концу" not in client.get(LISTENING.replace("/listening", "")).text


def test_the_numbers_of_the_coverage_open_what_they_counted(app: App) -> None:
    for n in range(3):
        declare(app, f"well-{n}", f"Газета {n}")
        poll(app, f"well-{n}", True)
    declare(app, "ill", "Сбойная")
    poll(app, "ill", False)
    declare(app, "late", "Забытая")
    poll(app, "late", True, due=-timedelta(days=1))
    declare(app, "new", "Новая")
    declare(app, "paper", "Бумажная", kind=SourceKind.IMPORT)
    declare(app, "ended", "Закрытая")
    poll(app, "ended", False)
    app.retire("ended", "closed")
    declare(app, "page", SECRET, Ownership.PERSONAL)
    poll(app, "page", False)
    with signed_in(app, create_app(app, PORT), BASE) as client:
        for path in ("/", "/sources"):
            page = tree(client.get(path).text)
            well, ill = page.cssselect("main a[href^='/sources?state=']:not(.chip)")
            assert well.text_content() == "Отвечают источники: 3 из 7"
            assert walked(client, well.get("href")) == [["Газета 0", "Газета 1", "Газета 2"]]
            assert ill.text_content() == "Не отвечают: 3."
            ((*rows, pool),) = walked(client, ill.get("href"))
            assert rows == ["Забытая", "Сбойная"] and pool.startswith("Личные страницы")


def test_where_there_are_only_personal_pages_nothing_is_said_not_to_fit(app: App) -> None:
    declare(app, "page", SECRET, Ownership.PERSONAL)
    with signed_in(app, create_app(app, PORT), BASE) as client:
        page = tree(client.get("/sources").text)
        assert len(page.cssselect("tr.pool")) == 1 and not page.cssselect("#part")
        none = tree(client.get("/sources?state=dead").text)
        assert not none.cssselect("tr.pool")
        assert "Ничего не подходит" in none.cssselect("#part")[0].text_content()


def test_who_failed_stands_before_who_was_not_polled_and_each_by_name(app: App) -> None:
    app.clock.advance(hours=-3)  # type: ignore[attr-defined]
    for id, name, was_answered in (
        ("a", "Яик", True),
        ("b", "Алатау", True),
        ("c", "Весть", None),
        ("d", "Степь", False),
        ("e", "Дала", False),
    ):
        declare(app, id, name)
        if was_answered is not None:
            poll(app, id, was_answered)
    app.clock.advance(hours=3)  # type: ignore[attr-defined]
    app.catch_up()
    with signed_in(app, create_app(app, PORT), BASE) as client:
        assert walked(client, LISTENING) == [["Дала", "Степь", "Весть", "Алатау", "Яик"]]


def test_every_health_can_be_sought_and_what_is_no_trouble_is_named() -> None:
    assert set(get_args(State)) == {"troubled", *Health}
    assert set(Health) - set(TROUBLE) == {Health.ALIVE, Health.NEW, Health.RETIRED}


@pytest.mark.parametrize("path", ["/sources", LISTENING])
def test_a_search_keeps_what_was_chosen_and_can_be_taken_back(client: TestClient, path: str) -> None:
    well = "alive" if path == "/sources" else "well"
    asked = f"{path}{'&' if '?' in path else '?'}state={well}&name=газета"
    page = tree(client.get(asked).text)
    (chosen,) = page.cssselect(".chips a[aria-current]")
    assert sum(map(len, walked(client, chosen.get("href")))) == OUTLETS
    fields = {i.get("name"): i.get("value") for i in page.cssselect("form[role=search] input")}
    assert fields["state"] == well and fields["name"] == "газета"
    (back,) = page.cssselect("#part a")
    assert sum(map(len, walked(client, back.get("href")))) == OUTLETS + 1


def test_a_state_that_there_is_not_is_refused(client: TestClient) -> None:
    for path in ("/sources?state=odd", f"{LISTENING}&state=odd", "/sources?skip=-1"):
        assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    ("count", "skip", "first", "last", "ways"),
    [
        pytest.param(0, 0, 0, 0, (None, None), id="nothing"),
        pytest.param(0, 50, 0, 0, (None, None), id="nothing, further down"),
        pytest.param(10, 0, 1, 10, (None, None), id="as many as fit"),
        pytest.param(11, 0, 1, 10, (None, "10"), id="one more than fits"),
        pytest.param(11, 10, 11, 11, ("0", None), id="the rest"),
        pytest.param(25, 10, 11, 20, ("0", "20"), id="in the middle"),
        pytest.param(25, 5, 6, 15, ("0", "15"), id="from between"),
        pytest.param(25, 900, 21, 25, ("10", None), id="beyond the end"),
    ],
)
def test_a_part_knows_its_place(
    count: int, skip: int, first: int, last: int, ways: tuple[str | None, str | None]
) -> None:
    found = part(range(count), skip, str, size=10)
    assert (found.first, found.last, found.of) == (first, last, count)
    assert (found.earlier, found.later) == ways
    assert list(found.rows) == list(range(first - 1 if count else 0, last))


def test_a_link_says_only_what_was_asked() -> None:
    asked = Narrowed("/sources", "", "", {})
    assert (asked.link(), asked.link(50), asked.link(state="dead")) == (
        "/sources",
        "/sources?skip=50",
        "/sources?state=dead",
    )
    assert Narrowed("/s", "a&b", "dead", {"i": "x"}).link(50) == "/s?i=x&name=a%26b&state=dead&skip=50"
