"""Why a publication is in its story, told so that it agrees with how it was placed."""

import re
from collections.abc import Iterator

import pytest
from litestar.testing import TestClient
from tests.signing import signed_in
from tests.web.conftest import BASE, PORT
from tests.web.reading_pages import Node, tree
from tests.web.test_stories import ARSON, ARSON_KK, opened, tell

from aimas.app import App
from aimas.core import Language
from aimas.stories.stories import shipped_calibration
from aimas.web.server import create_app
from aimas.web.texts import TONGUES, catalogue

CORRECTED = (
    "Редакция приносит извинения: бывший сторож Ержан Досымов в суде отказался от показаний. Адвокат Нурлан Бекенов "
    "требует новой экспертизы, заседание о складе «Керуен» перенесли на понедельник, подсудимый остаётся дома."
)
FLOOD = (
    "Вода подошла к дачам у Тобола: спасатели вывезли двенадцать семей на лодках, мост закрыли для грузовиков. "
    "Акимат обещает горячее питание, школьники учатся дистанционно, уровень реки поднялся на сорок сантиметров."
)


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = opened(tmp_path_factory.mktemp("why"))
    title = "Полиция Караганды нашла поджигателя «Керуена»"
    told = [
        (title, ARSON, "tengri", 30, Language.RU, "KZ-35"),
        (title, ARSON, "zakon", 28, Language.RU, "KZ-35"),
        ("Қарағанды полициясы «Керуен» өртеушісін тапты", ARSON_KK, "dala", 26, Language.KK, "KZ-35"),
        ("Полиция перекрыла мост через Тобол", FLOOD, "dala", 20, Language.RU, "KZ-39"),
    ]
    for again in (told, [("Полиция Караганды: уточнение", CORRECTED, "tengri", 30, Language.RU, "KZ-35")]):
        tell(app, again)
    yield app
    app.close()


@pytest.fixture
def reader(newsroom: App) -> Iterator[TestClient]:
    with signed_in(newsroom, create_app(newsroom, PORT), BASE) as made:
        yield made


def member(reader: TestClient, newsroom: App, outlet: str, lang: str = "ru") -> Node:
    """The outlet's text about the arson, on its story's page."""
    found = newsroom.search.everything(newsroom.search.ask("region:KZ-35", "kz-mia"))
    one = next(p for p in found if p.source == outlet)
    assert one.placed is not None
    page = tree(reader.get(f"/story/{one.placed.story}", headers={"cookie": f"lang={lang}"}).text)
    return page.cssselect(f"#p-{one.id}")[0]


def said(node: Node) -> str:
    return re.sub(r"\s+", " ", node.text_content()).strip()


def test_a_copy_whose_original_was_changed_leads_to_the_revision_that_it_repeats(
    reader: TestClient, newsroom: App
) -> None:
    copy = member(reader, newsroom, "zakon")
    assert "copy" not in (copy.get("class") or "").split(), "what it repeats does not stand here any more"
    told = next(p for p in copy.cssselect("p.meta") if "Совпадает на" in p.text_content())
    assert "прежняя редакция" in said(told) and "с тех пор изменили" in said(told)
    old = newsroom.records.get_publication((told.cssselect("a")[0].get("href") or "").split("/")[-1])
    assert old is not None and old.until is not None and old.text == ARSON


def test_as_many_are_no_copies_as_the_story_has_texts_without_reprints(
    reader: TestClient, newsroom: App
) -> None:
    for item in reader.get("/api/v1/stories").json()["items"]:
        page = tree(reader.get(f"/story/{item['id']}").text)
        own = [li for li in page.cssselect("ol.chain > li") if "copy" not in (li.get("class") or "").split()]
        assert len(own) == item["unique"]


def test_no_colon_stands_before_nothing(reader: TestClient, newsroom: App) -> None:
    for publication in newsroom.search.everything(newsroom.search.ask("is:relevant", "kz-mia")):
        page = tree(reader.get(f"/publication/{publication.id}").text)
        for p in page.cssselect("#place p"):
            assert not said(p).endswith(":"), said(p)


def test_what_began_a_story_says_so_and_what_was_nearest(reader: TestClient, newsroom: App) -> None:
    found = newsroom.search.everything(newsroom.search.ask("is:relevant", "kz-mia"))
    for publication in found:
        assert publication.placed is not None
        why = said(
            tree(reader.get(f"/publication/{publication.id}", headers={"cookie": "lang=ru"}).text).cssselect(
                "#place .why"
            )[0]
        )
        began = publication.placed.story == publication.id
        assert ("С этого текста начался сюжет" in why) == began, why
        assert "Вероятность 0" not in why and " 0 %" not in why.split("Из текста взято")[0]


def test_a_new_text_at_an_old_address_names_its_own_earlier_revision(
    reader: TestClient, newsroom: App
) -> None:
    found = newsroom.search.everything(newsroom.search.ask("is:revised", "kz-mia"))
    (changed,) = [p for p in found if p.text == CORRECTED]
    why = said(
        tree(reader.get(f"/publication/{changed.id}", headers={"cookie": "lang=ru"}).text).cssselect(
            "#place .why"
        )[0]
    )
    assert "прежняя редакция этого же" in why or "Новая редакция" in why or "начался сюжет" in why


@pytest.mark.parametrize("lang", TONGUES)
def test_reasons_are_told_in_words_and_not_in_keys(reader: TestClient, newsroom: App, lang: str) -> None:
    why = said(member(reader, newsroom, "dala", lang).cssselect(".why")[0])
    assert "@" not in why and "KZ-" not in why and "⟦" not in why
    assert {"ru": "долг", "kk": "берешек", "en": "debt"}[lang] in why
    assert "Досымов" in why, "a name as it stands in the text"


def test_each_feature_of_a_score_has_a_name_in_each_language() -> None:
    for tongue in TONGUES:
        missing = {f for f in shipped_calibration().curves if f"story.feature.{f}" not in catalogue(tongue)}
        assert not missing, tongue
