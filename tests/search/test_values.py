"""Values of fields: what they may be called in a home, and what is told of one that is not there."""

from collections.abc import Iterator

import pytest
from tests.builders import TESTER, StoppedClock, reading

from aimas.app import App
from aimas.core import Ownership
from aimas.home import create_home
from aimas.search import QueryError, written
from aimas.sources import Source, SourceKind


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = create_home(
        tmp_path_factory.mktemp("values") / "home", profiles=["kz-mia"], timezone="Asia/Almaty", language="ru"
    ).folder
    app = App(folder, StoppedClock(), TESTER)
    for id, name, ownership in (
        ("tengri.kz", "Тенгри", Ownership.OUTLET),
        ("gone.kz", "Бывшее издание", Ownership.OUTLET),
        ("page-1", "Кухня Айгерим", Ownership.PERSONAL),
    ):
        app.declare(
            Source(
                id=id,
                kind=SourceKind.FEED,
                address=f"https://{id}/rss",
                name=name,
                ownership=ownership,
                home=None,
            )
        )
    gone = reading("Полиция сообщила.", relevant=True, source="gone.kz", address="https://gone.test/1")
    with app.archive.settling():
        app.archive.file([gone])
    app.retire("gone.kz", "closed")
    writer = app.index.writer()
    app.follow(writer)
    writer.close()
    yield app
    app.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("region:KZ-75", "region:KZ-75"),
        ("region:kz-75", "region:KZ-75"),
        ("region:Алматы", "region:KZ-75"),
        ('region:"Алматы облысы"', "region:KZ-19"),
        ("region:«Алматинская область»", "region:KZ-19"),
        ('region:"Abai Region"', "region:KZ-10"),
        ("region:(ВКО OR Өскемен)", None),
        ("region:(ВКО OR «Шығыс Қазақстан»)", "region:(KZ-63 OR KZ-63)"),
        ("theme:Corruption", "theme:corruption"),
        ("source:Tengri.KZ", "source:tengri.kz"),
        ("source:тенгри", "source:tengri.kz"),
        ("source:personal", "source:personal"),
        ("source:gone.kz", "source:gone.kz"),
        ("institution:kz-prosecutor", "institution:kz-prosecutor"),
    ],
)
def test_a_value_goes_by_each_of_its_names(home: App, query: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(QueryError):
            home.search.ask(query, "kz-mia")
    else:
        assert written(home.search.ask(query, "kz-mia").node) == meant


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("region:KZ-99", "“KZ-99” is not one of KZ-"),
        ("region:Шымкен", "Did you mean Шымкент?"),
        ("theme:взятки", "“взятки” is not one of "),
        ("theme:coruption", "Did you mean corruption?"),
        ("source:nope", "Nothing is called “nope”."),
        ("source:tengri.k", "Did you mean tengri.kz?"),
        ("institution:kz-nobody", "is not one of kz-mia"),
    ],
)
def test_a_value_that_is_not_there_is_a_mistake_at_its_place(home: App, query: str, told: str) -> None:
    with pytest.raises(QueryError) as caught:
        home.search.ask(query, "kz-mia")
    assert told in str(caught.value)
    assert query[caught.value.start : caught.value.end] == query.partition(":")[2]


def test_a_personal_page_is_neither_known_nor_named(home: App) -> None:
    for said in ("page-1", "page-2", "«Кухня Айгери»"):
        with pytest.raises(QueryError) as caught:
            home.search.ask(f"source:{said}", "kz-mia")
        assert "Айгерим" not in str(caught.value) and "Did you mean page" not in str(caught.value)


def test_every_region_is_found_by_what_pages_call_it(home: App) -> None:
    from aimas.web.texts import TONGUES, catalogue

    for tongue in TONGUES:
        for key, name in catalogue(tongue).items():
            if key.startswith("region.KZ-"):
                node = home.search.ask(f"region:«{name}»", "kz-mia").node
                assert written(node) == f"region:{key.removeprefix('region.')}", (tongue, name)


def test_a_search_saved_before_its_value_was_gone_says_so_and_breaks_nothing(
    home: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home.search, "told", None)
    saved = home.searches.save("старый", "source:was.kz", "kz-mia")
    monkeypatch.undo()
    with pytest.raises(QueryError, match=r"was\.kz"):
        home.searches.question(saved)
    assert home.searches.require("старый").query == "source:was.kz"
    with pytest.raises(QueryError, match="In @старый: Nothing is called"):
        home.search.ask("@старый", "kz-mia")
    with pytest.raises(QueryError):
        home.searches.save("новый", "source:was.kz", "kz-mia")
