"""Long tables come in parts; no row is lost between them, and each is found by its name or its state."""

from collections.abc import Iterator
from datetime import timedelta

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
from aimas.sources.types import Poll, PollOutcome, PollState
from aimas.web.paging import Narrowed, part
from aimas.web.server import create_app

OUTLETS, PAGES, FAILING = 130, 3, 7
SECRET = "Кухня Айгерим"
LISTENING = f"/digest/listening?day={NOW.date()}&days=7"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Outlets enough for three parts, the last of them in trouble, and personal pages."""
    folder = create_home(tmp_path_factory.mktemp("crowd") / "home", profiles=["kz-mia"]).folder
    app = App(folder, StoppedClock(NOW - timedelta(hours=3)), TESTER)
    for n in range(OUTLETS + PAGES):
        is_outlet = n < OUTLETS
        source = Source(
            id=f"o-{n}",
            kind=SourceKind.FEED,
            address=f"https://o-{n}.test/rss",
            name=f"Газета {n:03}" if is_outlet else f"{SECRET} {n}",
            home=f"https://o-{n}.test/" if is_outlet else None,
            ownership=Ownership.OUTLET if is_outlet else Ownership.PERSONAL,
        )
        app.declare(source)
        failed = OUTLETS - FAILING <= n < OUTLETS
        at = NOW - timedelta(hours=1)
        state = PollState(
            source=source.id,
            last_ok_at=None if failed else at,
            last_error="503" if failed else None,
            consecutive_failures=int(failed),
            next_due=NOW + timedelta(minutes=5),
        )
        outcome = PollOutcome.FAILED if failed else PollOutcome.OK
        app.sources.save(state, Poll(source=source.id, at=at, outcome=outcome), [])
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
    assert str(PAGES) in parts[-1][-1]


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


@pytest.mark.parametrize(
    ("path", "state", "count"),
    [
        ("/sources", "failing", FAILING),
        ("/sources", "alive", OUTLETS - FAILING),
        ("/sources", "dead", 0),
        (LISTENING, "ill", FAILING),
        (LISTENING, "well", OUTLETS - FAILING + 1),
        (LISTENING, "never", 0),
    ],
)
def test_rows_are_found_by_state(client: TestClient, path: str, state: str, count: int) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}state={state}"
    assert sum(map(len, walked(client, asked))) == count
    offered = {
        str(a.get("aria-label")).rpartition(": ")[2]
        for a in tree(client.get(path).text).cssselect(".chips a")
    }
    assert str(count) in offered or not count


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
