"""Stories as a reader meets them: every number opens its list, and what he rules is done and recorded."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from tests.builders import NOW, TESTER, StoppedClock, reading
from tests.signing import signed_in
from tests.web.conftest import BASE, PORT
from tests.web.reading_pages import listed, numbers, token, tree

from aimas.app import App
from aimas.core import Language, Ownership
from aimas.home import create_home
from aimas.sources import Source, SourceKind
from aimas.web.server import create_app

ARSON = (
    "Сорокалетний бывший сторож Ержан Досымов признался, что поджёг склад торгового дома «Керуен» из-за долга "
    "в 700 тысяч тенге. Пожар тушили шесть часов, ущерб оценили в 48 миллионов тенге, сообщил Нурлан Бекенов."
)
ARSON_KK = (
    "Бұрынғы күзетші Ержан Досымов «Керуен» сауда үйінің қоймасын 700 мың теңге қарыз үшін өртегенін мойындады. "
    "Қарағанды полициясы шығын 48 миллион теңге деп отыр, деді Нұрлан Бекенов."
)
BRIBE = (
    "Начальник отдела миграционной полиции Талгат Искаков взял 2,5 миллиона тенге за вид на жительство. "
    "Антикоррупционная служба провела обыск в его кабинете, а самого отстранили от должности на время следствия."
)


Said = tuple[str, str, str, int, Language, str]
"""Title, text, outlet, hours ago, language, region."""


def opened(folder: Path) -> App:
    """A newsroom of three outlets."""
    app = App(
        create_home(folder / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder,
        StoppedClock(),
        TESTER,
    )
    for name in ("tengri", "zakon", "dala"):
        app.declare(
            Source(
                id=name,
                kind=SourceKind.FEED,
                address=f"https://{name}.test/rss",
                name=name.title(),
                ownership=Ownership.OUTLET,
            )
        )
    return app


def tell(app: App, said: Sequence[Said]) -> None:
    with app.archive.settling():
        app.archive.file(
            [
                reading(
                    text,
                    title=title,
                    source=source,
                    language=language,
                    relevant=True,
                    regions=(region,),
                    address=f"https://{source}.test/{hours}",
                    published_at=NOW - timedelta(hours=hours),
                )
                for title, text, source, hours, language, region in said
            ]
        )
    app.catch_up()


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = opened(tmp_path_factory.mktemp("stories"))
    arson = "Полиция Караганды нашла поджигателя «Керуена»"
    tell(
        app,
        [
            (arson, ARSON, "tengri", 30, Language.RU, "KZ-35"),
            (arson, ARSON, "zakon", 28, Language.RU, "KZ-35"),
            ("Қарағанды полициясы «Керуен» өртеушісін тапты", ARSON_KK, "dala", 26, Language.KK, "KZ-35"),
            ("В Шымкенте задержан начальник миграционной полиции", BRIBE, "tengri", 20, Language.RU, "KZ-79"),
        ],
    )
    yield app
    app.close()


@pytest.fixture
def reader(newsroom: App) -> Iterator[TestClient]:
    with signed_in(newsroom, create_app(newsroom, PORT), BASE) as made:
        yield made


def stories(reader: TestClient) -> dict[str, str]:
    """Ids by title."""
    page = tree(reader.get("/stories", headers={"cookie": "lang=ru"}).text)
    return {
        li.cssselect("h3")[0].text_content(): li.get("id").removeprefix("s-")
        for li in page.cssselect("li.story")
    }


def story_of(reader: TestClient, word: str) -> str:
    return next(id for title, id in stories(reader).items() if word in title)


def post(reader: TestClient, path: str, **data: str) -> object:
    fields = {"_csrf_token": token(reader.get("/").text), **data}
    return reader.post(path, data=fields, follow_redirects=True)


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_pages_stand_in_every_language(reader: TestClient, lang: str) -> None:
    id = story_of(reader, "поджигателя")
    first = reader.get("/api/v1/publications", params={"q": f"story:{id}"}).json()["items"][0]["id"]
    for path, status in {
        "/stories": 200,
        "/stories?q=(open": 422,
        "/stories?q=nothinglikethis": 200,
        "/stories?order=newest": 200,
        f"/story/{id}": 200,
        f"/publication/{first}": 200,
        "/list?q=is:relevant&fold=1": 200,
        "/story/nowhere": 404,
    }.items():
        answer = reader.get(path, headers={"cookie": f"lang={lang}"})
        assert answer.status_code == status, path
        assert "⟦" not in answer.text, f"{path} lacks a text: {re.findall('⟦.*?⟧', answer.text)}"


def test_every_number_about_stories_opens_what_it_counts(reader: TestClient) -> None:
    id = story_of(reader, "поджигателя")
    seen: dict[str, int] = {}
    for path in (
        "/stories",
        "/stories?q=lang:kk",
        f"/story/{id}",
        "/list?q=is:relevant&fold=1",
        "/list?q=is:relevant",
        "/",
    ):
        seen |= numbers(reader.get(path).text)
    assert len(seen) > 30
    for href, count in seen.items():
        assert listed(reader.get(href).text) == count, href


def test_a_story_is_titled_in_the_readers_language(reader: TestClient) -> None:
    id = story_of(reader, "поджигателя")
    for lang, title in (
        ("ru", "Полиция Караганды"),
        ("kk", "Қарағанды полициясы"),
        ("en", "Полиция Караганды"),
    ):
        page = tree(reader.get(f"/story/{id}", headers={"cookie": f"lang={lang}"}).text)
        assert title in page.cssselect("h1")[0].text_content()


def test_who_told_it_first_stands_first_and_copies_say_of_whom(reader: TestClient) -> None:
    page = tree(reader.get(f"/story/{story_of(reader, 'поджигателя')}").text)
    members = page.cssselect("ol.chain > li")
    assert [li.cssselect(".meta span:not(.hidden):not(.badge)")[0].text_content() for li in members] == [
        "Tengri",
        "Zakon",
        "Dala",
    ]
    assert ["copy" in li.get("class") for li in members] == [False, True, False]
    assert "Tengri" in members[1].cssselect("p.meta a")[0].text_content()


def test_a_folded_list_has_one_line_a_text(reader: TestClient) -> None:
    page = tree(reader.get("/list", params={"q": "is:relevant", "fold": "1"}).text)
    assert len(page.cssselect("li.item")) == 3 == listed(reader.get("/list?q=is:relevant&fold=1").text)
    copies = page.cssselect("li.item a[data-count]")
    assert [a.get("data-count") for a in copies] == ["2"]


def test_a_readers_rulings_are_done_recorded_and_undone(reader: TestClient, newsroom: App) -> None:
    arson, bribe = story_of(reader, "поджигателя"), story_of(reader, "Шымкенте")
    then = newsroom.search.lag().indexed
    answer = post(reader, f"/story/{bribe}/merge", into=arson)
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert list(stories(reader).values()) == [arson]
    moved = reader.get(f"/story/{bribe}").text
    assert f"/story/{arson}" in moved
    assert reader.get(f"/story/{bribe}?at={then}").status_code == 200, "the past stays as it was"

    members = newsroom.search.ask(f"story:{arson}", "kz-mia")
    piece = next(p.id for p in newsroom.search.everything(members) if "Шымкенте" in p.title)
    post(reader, f"/story/{arson}/split", **{f"p-{piece}": "1"})
    assert set(stories(reader).values()) == {arson, piece}

    post(reader, f"/story/{arson}/rename", title="Пожар в «Керуене»")
    page = tree(reader.get(f"/story/{arson}", headers={"cookie": "lang=en"}).text)
    assert page.cssselect("h1")[0].text_content() == "Пожар в «Керуене»"
    post(reader, f"/story/{arson}/rename", title="")

    post(reader, f"/publication/{piece}/story", story=arson)
    assert list(stories(reader).values()) == [arson]
    post(reader, f"/story/{arson}/split", **{f"p-{piece}": "1"})
    ledger = reader.get("/ledger", headers={"cookie": "lang=ru"}).text
    assert "присоединён сюжет" in ledger and "отделён сюжет" in ledger and "назван: «" in ledger
    told = tree(ledger).cssselect('a[href^="/story/"]')
    assert {a.get("href") for a in told} == {f"/story/{arson}"}
    said = " ".join(a.text_content() for a in told)
    assert "поджигателя" in said and not any(id in said for id in (arson, bribe, piece)), "names, not ids"
    assert "возвращено его собственное название" in said
    assert newsroom.verify() == []


def test_a_ruling_that_makes_no_sense_says_why(reader: TestClient) -> None:
    arson = story_of(reader, "поджигателя")
    answer = post(reader, f"/story/{arson}/merge", into=arson)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "с самим собой" in answer.text  # type: ignore[attr-defined]
    assert post(reader, f"/story/{arson}/erase").status_code == 404  # type: ignore[attr-defined]


def test_programs_get_the_same_numbers(reader: TestClient) -> None:
    found = reader.get("/api/v1/stories").json()
    assert (found["publications"], found["unique"], found["stories"], found["placed"]) == (4, 3, 2, 4)
    assert [item["count"] for item in found["items"]] == [3, 1]
    one = reader.get(f"/api/v1/stories/{found['items'][0]['id']}").json()
    assert sum(day["total"]["count"] for day in one["days"]) == 3
    assert reader.get("/api/v1/stories/nowhere").status_code == 404


@pytest.mark.parametrize("step", [1, 2, 500])
def test_a_folded_list_has_each_chain_once_however_it_is_read(
    newsroom: App, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr("aimas.search.service.FOLDED_STEP", step)
    for query in ("*", "is:relevant", "lang:ru", "is:reprint"):
        question = newsroom.search.ask(query, "kz-mia")
        whole = newsroom.search.folded(question, limit=50)
        assert len(whole) == newsroom.search.distinct(question).unique
        assert sum(1 + copies for _, copies in whole) == newsroom.search.count(question)
        one_by_one = [
            line for n in range(len(whole)) for line in newsroom.search.folded(question, limit=1, skip=n)
        ]
        assert one_by_one == whole
        assert newsroom.search.folded(question, limit=5, skip=len(whole)) == []


def test_a_story_is_called_the_same_with_and_without_its_numbers(newsroom: App) -> None:
    question = newsroom.search.ask("is:relevant", "kz-mia")
    lines, names = newsroom.stories.lines(question), newsroom.stories.names(question)
    began = newsroom.stories.beginnings([line.id for line in lines], question.scope)
    assert [(line.id, line.titles) for line in lines] == [(name.id, name.titles) for name in names]
    for line, name in zip(lines, names, strict=True):
        assert began[line.id].first == line.first
        for tongue in ("ru", "kk", "en"):
            assert line.title(tongue) == name.title(tongue) == began[line.id].name.title(tongue)


def test_a_merge_is_recorded_as_it_was_seen_and_undone_by_one_act(reader: TestClient, newsroom: App) -> None:
    before = stories(reader)
    arson, bribe = story_of(reader, "поджигателя"), story_of(reader, "Шымкенте")
    post(reader, f"/story/{bribe}/rename", title="Дело о виде на жительство")
    post(reader, f"/story/{bribe}/merge", into=arson)
    page = tree(reader.get(f"/story/{arson}", headers={"cookie": "lang=ru"}).text)
    told = page.cssselect("#merged")[0].text_content()
    assert "Дело о виде на жительство" in told
    ruling = next(li for li in page.cssselect("ol.plain > li") if "присоединён" in li.text_content())
    assert "Дело о виде на жительство" in ruling.text_content(), "as it was shown to who merged it"
    assert len(ruling.cssselect('li a[href^="/publication/"]')) == 1, "the texts that moved"

    merge = page.cssselect("#merged input[name=merge]")[0].get("value") or ""
    done = post(reader, f"/story/{arson}/unmerge", merge=merge)
    assert done.history[0].headers["location"].startswith(f"/story/{bribe}?")  # type: ignore[attr-defined]
    post(reader, f"/story/{bribe}/rename", title="")
    assert stories(reader) == before
    page = tree(reader.get(f"/story/{arson}", headers={"cookie": "lang=ru"}).text)
    assert not page.cssselect("#merged"), "nothing is left to undo"
    assert "Отменено объединение" in page.text_content()
    again = post(reader, f"/story/{arson}/unmerge", merge=merge)
    assert again.status_code == 422 and "решали ещё раз" in again.text  # type: ignore[attr-defined]
    assert newsroom.verify() == []
