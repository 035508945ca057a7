"""A correction at the publication's page: recorded, shown with who said so, refused where somebody was faster."""

import re
from collections.abc import Iterator

import pytest
from litestar.testing import TestClient
from tests.builders import reading, with_
from tests.signing import SignedClient, signed_in
from tests.web.reading_pages import listed, numbers, token, tree

from aimas.app import App
from aimas.core import Guess, Mention, Span, Tone
from aimas.web.server import create_app
from aimas.web.texts import TONGUES

PORT = 8000
TEXT = "Полиция задержала вора. «Полиция спасла ребёнка», — сказал её начальник."


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    critical = Guess(Tone.CRITICAL, 0.81, (Span(8, 17),), "tone/test")
    praise = Guess(Tone.POSITIVE, 0.9, (), "tone/test")
    mentions = (
        Mention(
            institution="kz-mia",
            target="police",
            span=Span(0, 7),
            sentence=Span(0, 23),
            why="полиция",
            tone=critical,
        ),
        Mention(
            institution="kz-mia",
            target="police",
            span=Span(25, 32),
            sentence=Span(24, 72),
            why="полиция",
            tone=praise,
            speaker="institution",
        ),
    )
    only_praise = (
        with_(reading(TEXT, relevant=True, address="https://tengri.test/2"), mentions=mentions[1:]),
    )
    with app.archive.settling():
        app.archive.file(
            [
                with_(reading(TEXT, relevant=True, address="https://tengri.test/1"), mentions=mentions),
                *only_praise,
            ]
        )
    follow(app)
    with signed_in(app, create_app(app, PORT), f"http://127.0.0.1:{PORT}") as made:
        yield made


def follow(app: App) -> None:
    writer = app.index.writer()
    app.follow(writer)
    writer.close()


def path_of(client: TestClient, query: str = "tone:critical") -> str:
    return f"/publication/{client.get('/api/v1/publications', params={'q': query}).json()['items'][0]['id']}"


def send(client: TestClient, path: str, number: int = 1, page: str | None = None, **changes: str) -> object:
    """The form of one mention as a person fills it in, from the page as it was seen."""
    text = page or client.get(path).text
    form = tree(text).cssselect(f"#correct-{number} form")[0]
    data = {
        i.get("name") or "": i.get("value") or "" for i in form.cssselect("input") if i.get("type") != "radio"
    }
    data |= {"_csrf_token": token(client.get(path).text)} | changes
    return client.post((form.get("action") or "").partition("#")[0], data=data, follow_redirects=False)


def test_a_correction_shows_who_said_so_beside_the_model(client: SignedClient, app: App) -> None:
    client.come_as(app, "Айгерим")
    path = path_of(client)
    sent = send(client, path, tone="neutral", reason="сообщает <b>сухо</b>")
    assert sent.status_code == 303  # type: ignore[attr-defined]
    page = tree(client.get(sent.headers["location"].partition("#")[0]).text)  # type: ignore[attr-defined]
    assert page.cssselect("#said[role=status]")
    first = page.cssselect(".mentions > li")[0].text_content()
    assert "Айгерим" in first and "81" in first, "the model's answer stands beside the person's"
    assert "сообщает <b>сухо</b>" in page.cssselect("#history")[0].text_content()
    assert page.cssselect("mark#m-1")[0].get("class") == "mention tone-neutral"
    assert not page.cssselect(".text mark.evidence"), "the model's words did not decide"
    assert not page.cssselect('#correct-1 input[name="person"]'), "nobody speaks in another's name"
    follow(app)
    assert listed(client.get("/list?q=tone:critical").text) == 0
    assert listed(client.get("/list?q=is:corrected").text) == 1
    told = client.get("/api/v1" + path.replace("publication/", "publications/")).json()
    assert told["tone"] == "neutral" and told["tone_by"] == "person:Айгерим+verdict/3"
    assert told["mentions"][0]["tone"]["value"] == "critical"
    assert told["mentions"][0]["corrected"]["by"] == "person:Айгерим"


def test_the_second_person_keeps_what_was_written_and_sees_what_holds(client: SignedClient, app: App) -> None:
    client.come_as(app, "aigerim")
    path = path_of(client)
    seen = client.get(path, headers={"cookie": "lang=en"}).text
    assert send(client, path, page=seen, tone="neutral").status_code == 303  # type: ignore[attr-defined]
    client.come_as(app, "bolat")
    head = app.records.head()
    late = send(client, path, page=seen, tone="positive", reason="спасла")
    assert late.status_code == 409 and app.records.head() == head  # type: ignore[attr-defined]
    page = tree(late.text)  # type: ignore[attr-defined]
    (box,) = page.cssselect("#correct-1[open]")
    assert "aigerim" in box.cssselect("[role=alert]")[0].text_content()
    assert [i.get("value") for i in box.cssselect("input[checked]")] == ["positive"]
    assert box.cssselect('input[name="reason"]')[0].get("value") == "спасла"
    again = send(client, path, page=late.text, tone="positive", reason="спасла")  # type: ignore[attr-defined]
    assert again.status_code == 303  # type: ignore[attr-defined]
    history = tree(client.get(path).text).cssselect("#history")[0].text_content()
    assert "aigerim" in history and "bolat" in history


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({}, 422, id="no tone chosen"),
        pytest.param({"tone": "loud"}, 422, id="a tone that is none"),
        pytest.param({"tone": "neutral", "start": "3"}, 422, id="no mention there"),
        pytest.param({"tone": "neutral", "end": "0"}, 422, id="a place that is none"),
        pytest.param({"tone": "neutral", "seen": "x"}, 422, id="no reading named"),
        pytest.param({"tone": "neutral", "seen": "1" * 30}, 422, id="a number too large"),
        pytest.param({"tone": "model"}, 422, id="nothing to take back"),
    ],
)
def test_made_up_forms_write_nothing(
    client: TestClient, app: App, changes: dict[str, str], status: int
) -> None:
    head = app.records.head()
    assert send(client, path_of(client), **changes).status_code == status  # type: ignore[attr-defined]
    assert app.records.head() == head


def test_nothing_is_corrected_without_the_token(client: TestClient, app: App) -> None:
    assert send(client, path_of(client), tone="neutral", _csrf_token="").status_code == 403  # type: ignore[attr-defined]


def test_a_correction_is_taken_back(client: TestClient) -> None:
    path = path_of(client)
    send(client, path, tone="neutral")
    assert send(client, path, tone="model").status_code == 303  # type: ignore[attr-defined]
    page = tree(client.get(path).text)
    assert page.cssselect("mark#m-1")[0].get("class") == "mention tone-critical"
    assert len(page.cssselect("#history li")) == 2


@pytest.mark.parametrize("tongue", TONGUES)
def test_the_page_and_the_ledger_stand_in_every_language(client: TestClient, tongue: str) -> None:
    path = path_of(client)
    send(client, path, tone="neutral", reason="why")
    wrong = send(client, path, tone="loud")
    for text in [
        client.get(p, headers={"cookie": f"lang={tongue}"}).text
        for p in (path, path + "?said=0", "/ledger", "/list?q=is:self-praise")
    ] + [wrong.text]:  # type: ignore[attr-defined]
        assert "⟦" not in text, re.findall("⟦.*?⟧", text)
        page = tree(text)
        ids = [e.get("id") for e in page.cssselect("[id]")]
        assert len(ids) == len(set(ids))
        for label in page.cssselect("label[for]"):
            assert page.cssselect(f"#{label.get('for')}"), label.get("for")


def test_self_praise_stands_apart_on_board_list_and_page(client: TestClient) -> None:
    board = client.get("/").text
    apart = {h: n for h, n in numbers(board).items() if "self-praise" in h}
    assert sorted(apart.values()) == [2, 2], "today's and the month's"
    for href, n in apart.items():
        assert listed(client.get(href).text) == n
    assert listed(client.get("/list?q=tone:positive").text) == 0
    assert listed(client.get("/list?q=is:self-praise tone:neutral").text) == 1
    page = tree(
        client.get(path_of(client, "is:self-praise tone:neutral"), headers={"cookie": "lang=en"}).text
    )
    assert "Self-praise" in page.cssselect("aside .apart")[0].text_content()
    (chip,) = [
        a
        for a in tree(client.get("/list", headers={"cookie": "lang=en"}).text).cssselect("a.chip")
        if "Self-praise" in a.text_content()
    ]
    assert chip.get("data-count") == "2"
