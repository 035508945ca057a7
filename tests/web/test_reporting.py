"""Digests and exports on the board: looked at, checked number by number, taken away on record."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import openpyxl
import pyarrow.parquet as pq
import pytest
from litestar.testing import TestClient
from tests.builders import NOW, TESTER, StoppedClock
from tests.reports.newsroom import LAST, SECRET, furnished, index, opened, publication
from tests.reports.newsroom import file as put
from tests.signing import signed_in
from tests.web.reading_pages import listed, tree

from aimas import digesting
from aimas.app import App
from aimas.core import BadInput, Tone
from aimas.home import create_home
from aimas.web.server import create_app

PORT = 8000
BASE = f"http://127.0.0.1:{PORT}"
WEEK = f"/digest?day={LAST.isoformat()}&days=7"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("reporting")
    made = opened(furnished(folder), folder / "newsroom")
    yield made
    made.close()


@pytest.fixture
def client(newsroom: App) -> Iterator[TestClient]:
    with signed_in(newsroom, create_app(newsroom, PORT), BASE) as made:
        yield made


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/digest",
        WEEK,
        f"/digest/listening?day={LAST.isoformat()}&days=7",
        "/digest?day=2999-01-01",
        "/list?q=*",
    ],
)
def test_pages_stand_in_every_language(client: TestClient, path: str, language: str) -> None:
    text = client.get(path, cookies={"lang": language}).text
    page = tree(text)
    assert page.get("lang") == language
    assert "⟦" not in text
    assert page.cssselect("[style], [onclick], main script") == []


def test_no_two_things_of_a_digest_have_one_id(client: TestClient) -> None:
    ids = [e.get("id") for e in tree(client.get(WEEK).text).cssselect("[id]")]
    assert len(ids) == len(set(ids)) > 5


def test_every_number_opens_the_list_it_counts(client: TestClient) -> None:
    found = tree(client.get(WEEK).text).cssselect("a[data-count]")
    assert len(found) > 150
    seen = set()
    for a in found:
        href, count = a.get("href") or "", int(a.get("data-count") or "")
        if href in seen:
            continue
        seen.add(href)
        text = client.get(href).text
        where = urlparse(href)
        if where.path == "/stories":
            assert (
                len(tree(text).cssselect("[data-story]") or tree(text).cssselect("main ol > li")) == count
            ), href
        elif "fold" in parse_qs(where.query):
            asked = tree(text).cssselect("ol#items > li")
            assert len(asked) == count, href
        else:
            assert listed(text) == count, href


def test_a_chosen_moment_is_kept_by_every_link(client: TestClient, newsroom: App) -> None:
    moment = (newsroom.clock.now() - timedelta(hours=1)).isoformat()
    page = tree(client.get("/digest", params={"day": LAST.isoformat(), "days": 7, "known": moment}).text)
    (known,) = {i.get("value") for i in page.cssselect(".digest-take input[name=known]")}
    assert known == moment.replace("+00:00", "Z")
    snapshots = {
        parse_qs(urlparse(a.get("href") or "").query)["at"][0] for a in page.cssselect("a[data-count]")
    }
    (at,) = {i.get("value") for i in page.cssselect(".digest-take input[name=at]")}
    assert snapshots == {at}


@pytest.mark.parametrize("form", ["md", "html", "docx", "pdf"])
def test_what_is_taken_away_is_what_was_seen(client: TestClient, newsroom: App, form: str) -> None:
    page = tree(client.get(WEEK).text)
    asked = {i.get("name") or "": i.get("value") or "" for i in page.cssselect(".digest-take input")}
    answer = client.get("/digest/file", params={**asked, "form": form, "language": "kk"})
    assert answer.status_code == 200
    name = f'attachment; filename="aimas-kz-mia-{LAST.isoformat()}-kk.{form}"'
    assert answer.headers["content-disposition"] == name
    again = client.get("/digest/file", params={**asked, "form": form, "language": "kk"})
    assert form == "docx" or again.content == answer.content
    assert form.upper() in client.get("/ledger").text
    if form == "md":
        assert (
            f"entry {asked['at']}"
            in client.get("/digest/file", params={**asked, "form": form, "language": "en"}).text
        )


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("day=2999-01-01", 422, id="a day ahead"),
        pytest.param("known=2999-01-01T00:00", 422, id="a moment ahead"),
        pytest.param("known=nonsense", 422, id="no moment at all"),
        pytest.param("day=0001-01-01&days=7", 422, id="before all calendars"),
        pytest.param("day=9999-12-31", 422, id="after all of them"),
        pytest.param("day=nonsense", 400, id="no day at all"),
        pytest.param("days=300", 400, id="longer than a week"),
        pytest.param(f"known={'9' * 50}", 400, id="a moment too long to be one"),
    ],
)
@pytest.mark.parametrize("path", ["/digest", "/digest/file?form=md&", "/digest/listening", "/api/v1/digest"])
def test_what_cannot_be_told_is_said_so(client: TestClient, path: str, query: str, status: int) -> None:
    answer = client.get(path + ("" if "?" in path else "?") + query)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/digest", "/digest/file?form=md&", "/digest/listening", "/api/v1/digest"])
def test_whatever_no_digest_tells_of_is_asked_in_one_place(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def require_told(*_: object) -> None:
        raise BadInput("a reason more")

    monkeypatch.setattr(digesting, "require_told", require_told)
    answer = client.get(f"{path}{'' if '?' in path else '?'}day={LAST.isoformat()}", cookies={"lang": "en"})
    assert answer.status_code == 422
    assert f"no calendar day that can be told of: {LAST.isoformat()}" in answer.text


def test_who_listened_stands_under_the_same_words_as_its_digest(client: TestClient) -> None:
    digest = tree(client.get(WEEK).text)
    links = {a.get("href") for a in digest.cssselect("a[href^='/digest/listening?']")}
    (heard,) = (href for href in links if "#" not in href and "state=" not in href)
    (said,) = digest.cssselect("p.subtitle")
    page = tree(client.get(heard).text)
    assert page.cssselect("main p.note")[0].text_content() == said.text_content()
    (back,) = page.cssselect("main a[href^='/digest?']")
    assert parse_qs(urlparse(back.get("href")).query) == parse_qs(urlparse(heard).query)


def test_an_unknown_form_is_not_there(client: TestClient) -> None:
    assert client.get("/digest/file?form=exe").status_code == 404


def test_who_listened_is_told_line_by_line_and_personal_pages_together(client: TestClient) -> None:
    text = client.get(f"/digest/listening?day={LAST.isoformat()}&days=7").text
    rows = tree(text).cssselect("#heard tbody tr")
    assert len(rows) == 4
    cells = [[c.text_content().strip() for c in row.cssselect("td")][:2] for row in rows]
    assert [sum(int(c[n]) for c in cells) for n in (0, 1)] == [6, 8]
    assert SECRET not in text
    assert len(tree(text).cssselect("#held tbody tr")) == 2


def test_the_tree_of_figures_for_programs(client: TestClient) -> None:
    told = client.get(f"/api/v1/digest?day={LAST.isoformat()}&days=7").json()
    asked = {"q": told["publications"]["query"], "at": told["known"]["position"]}
    assert (
        client.get("/api/v1/publications", params=asked).json()["count"]
        == told["publications"]["count"]
        == 11
    )


def test_a_list_can_be_taken_away_in_four_forms(client: TestClient, newsroom: App) -> None:
    page = tree(client.get("/list?q=tone:critical").text)
    hrefs = [a.get("href") or "" for a in page.cssselect("a[download]")]
    assert len(hrefs) == 4
    bodies = {urlparse(h).path.rpartition(".")[2]: client.get(h) for h in hrefs}
    counts = {
        "jsonl": len(bodies["jsonl"].text.splitlines()),
        "csv": len(bodies["csv"].text.strip().split("\r\n")) - 1,
        "xlsx": openpyxl.load_workbook(io.BytesIO(bodies["xlsx"].content))["publications"].max_row - 1,
        "parquet": pq.read_table(io.BytesIO(bodies["parquet"].content)).num_rows,
    }
    assert set(counts.values()) == {listed(client.get("/list?q=tone:critical").text)}
    assert all(b.headers["content-disposition"].startswith("attachment") for b in bodies.values())
    told = [a for a in newsroom.records.acts(4) if a["verb"] == "exported"]
    assert len(told) == 4


def test_pages_neither_skip_nor_repeat_while_items_arrive(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader pages through a list, and another exports it, while a third files, revises and indexes."""
    monkeypatch.setattr("aimas.web.api.PER_PAGE", 5)
    folder = tmp_path_factory.mktemp("arriving") / "home"
    app = App(create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty").folder, StoppedClock(), TESTER)
    put(app, *(publication(n / 10, Tone.CRITICAL, number=n) for n in range(40)))
    index(app)
    rounds: list[int] = []
    begun = threading.Event()

    def arrive() -> None:
        begun.wait(60)
        for n in range(1, 9):
            fresh = publication(-n / 1_000, Tone.POSITIVE, number=1_000 + n)
            between = publication(n / 50, Tone.CRITICAL, number=2_000 + n)
            revised = publication(
                n % 40 / 10, Tone.CRITICAL, number=n % 40, text=f"Полиция поправила текст {n}."
            )
            put(app, fresh, between, revised)
            index(app)
            rounds.append(n)

    writer = threading.Thread(target=arrive)
    snapshots = set()
    with signed_in(app, create_app(app, PORT), BASE) as client:
        writer.start()
        try:
            # As long as anything arrives, and once more.
            while writer.is_alive() or (len(rounds) == 8 and len(snapshots) < 2):
                first = client.get("/api/v1/publications?q=is:relevant").json()
                ids, below = [i["id"] for i in first["items"]], first["below"]
                asked = {"q": "is:relevant", "at": first["snapshot"]}
                while below is not None:
                    part = client.get("/api/v1/publications", params={**asked, "below": below}).json()
                    assert part["count"] == first["count"]
                    ids += [i["id"] for i in part["items"]]
                    below = part["below"]
                assert len(ids) == len(set(ids)) == first["count"]
                out = client.get("/api/v1/publications.csv", params=asked)
                assert [line.split(",")[0] for line in out.text.split("\r\n")[1:] if line] == ids
                snapshots.add(first["snapshot"])
                begun.set()
        finally:
            begun.set()
            writer.join()
    assert len(rounds) == 8
    app.close()


def test_the_page_holds_at_what_was_indexed(client: TestClient, newsroom: App) -> None:
    """What is filed and not yet indexed is in no number; the page says at which moment it stands."""
    put(newsroom, publication(0.3, Tone.CRITICAL, number=95, published_at=NOW))
    before = tree(client.get(WEEK).text).cssselect(".subtitle")[0].text_content()
    index(newsroom)
    after = tree(client.get(WEEK).text).cssselect(".subtitle")[0].text_content()
    assert before != after
