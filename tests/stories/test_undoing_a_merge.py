"""A merge is undone by one act, and the address of a story that ended leads where its texts are."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.builders import NOW, TESTER, StoppedClock, reading

from aimas.app import App
from aimas.core import Language
from aimas.home import create_home
from aimas.stories.rulings import Refused

TEXTS = {
    "arson": "Сорокалетний сторож Ержан Досымов признался, что поджёг склад «Керуен» из-за долга в 700 тысяч тенге.",
    "bribe": "Начальник миграционной полиции Талгат Искаков взял 2,5 миллиона тенге за вид на жительство в Шымкенте.",
    "flood": "Вода подошла к дачам у Тобола: спасатели вывезли двенадцать семей на лодках, полиция закрыла мост.",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = App(create_home(tmp_path / "home", profiles=["kz-mia"]).folder, StoppedClock(), TESTER)
    with made.archive.settling():
        made.archive.file(
            [
                reading(
                    text,
                    title=name,
                    language=Language.RU,
                    relevant=True,
                    address=f"https://t.test/{name}",
                    published_at=NOW,
                )
                for name, text in TEXTS.items()
            ]
        )
    made.catch_up()
    yield made
    made.close()


def ids(app: App) -> dict[str, str]:
    return {p.title: p.id for p in app.search.everything(app.search.ask("is:relevant", "kz-mia"))}


def stands(app: App) -> dict[str, str]:
    """In which story each text stands, by the title of the text that named it."""
    app.catch_up()
    called = {id: title for title, id in ids(app).items()}
    found = app.search.everything(app.search.ask("is:relevant", "kz-mia"))
    return {p.title: called[p.placed.story] for p in found if p.placed}


APART = {name: name for name in TEXTS}


def merged(app: App, story: str, into: str) -> int:
    app.rulings.merge(ids(app)[story], ids(app)[into])
    last = app.places.last_merge(ids(app)[into])
    assert last is not None
    return last.position


def test_after_undoing_all_stands_as_before_and_both_acts_are_on_record(app: App) -> None:
    known = ids(app)
    before = app.places.of(
        [p.publication for p in app.places.story(app.places.positions([known["bribe"]])[known["bribe"]])]
    )
    merge = merged(app, "bribe", "arson")
    assert stands(app) == APART | {"bribe": "arson"}
    assert app.rulings.undo_merge(known["arson"], merge) == known["bribe"]
    assert stands(app) == APART
    (again,) = app.places.of([before[0].publication])
    assert again == before[0], "the program's own reasons hold again"
    verbs = [a["verb"] for a in app.records.acts_of(("story-merged", "story-unmerged"))]
    assert verbs == ["story-unmerged", "story-merged"]
    assert app.verify() == []


def test_a_merge_of_merged_stories_is_undone_step_by_step(app: App) -> None:
    known = ids(app)
    first = merged(app, "flood", "bribe")
    second = merged(app, "bribe", "arson")
    assert set(stands(app).values()) == {"arson"}
    with pytest.raises(Refused, match="since"):
        app.rulings.undo_merge(known["bribe"], first)
    app.rulings.undo_merge(known["arson"], second)
    assert stands(app) == APART | {"flood": "bribe"}
    app.rulings.undo_merge(known["bribe"], first)
    assert stands(app) == APART


@pytest.mark.parametrize("rule", ["split", "pin", "merge", "undo"])
def test_what_was_ruled_about_since_is_not_undone(app: App, rule: str) -> None:
    known = ids(app)
    merge = merged(app, "bribe", "arson")
    match rule:
        case "split":
            app.rulings.split(known["arson"], [known["bribe"]])
        case "pin":
            app.rulings.pin(known["bribe"], known["flood"])
        case "merge":
            app.rulings.merge(known["flood"], known["arson"])
        case _:
            app.rulings.undo_merge(known["arson"], merge)
    with pytest.raises(Refused) as refused:
        app.rulings.undo_merge(known["arson"], merge)
    assert refused.value.reason == "overtaken"


def test_a_new_title_does_not_stand_in_the_way(app: App) -> None:
    known = ids(app)
    merge = merged(app, "bribe", "arson")
    app.rulings.rename(known["arson"], "Склад")
    app.rulings.undo_merge(known["arson"], merge)
    assert stands(app) == APART


def test_the_record_names_the_texts_and_how_the_person_saw_the_stories_called(app: App) -> None:
    known = ids(app)
    app.rulings.merge(known["bribe"], known["arson"], ("Взятка в Шымкенте", "Пожар"))
    (act,) = app.records.acts_of(("story-merged",))
    detail = msgspec.json.decode(act["detail"])
    assert (detail["from_title"], detail["into_title"]) == ("Взятка в Шымкенте", "Пожар")
    assert detail["texts"] == [known["bribe"]]


def test_a_merge_on_file_that_does_not_tell_texts_and_titles_is_undone_too(app: App) -> None:
    known = ids(app)
    positions = app.places.positions([known["bribe"], known["arson"]])
    with app.archive.settling() as account:
        account.act("story-merged", known["arson"], {"from": known["bribe"], "publications": 1})
        account.place(
            [
                msgspec.structs.replace(p, story=positions[known["arson"]], ruled_by=str(TESTER))
                for p in app.places.story(positions[known["bribe"]])
            ]
        )
    last = app.places.last_merge(known["arson"])
    assert last is not None and last.titles is None
    app.rulings.undo_merge(known["arson"], last.position)
    assert stands(app) == APART


def test_the_old_address_leads_to_where_the_texts_are_not_to_where_they_were_merged(app: App) -> None:
    known = ids(app)
    merged(app, "flood", "bribe")
    merged(app, "bribe", "arson")
    assert app.places.successors(known["bribe"]) == [known["arson"]]
    app.rulings.split(known["arson"], [known["flood"]])
    stands(app)
    assert app.places.successors(known["flood"]) == [], "it stands again"
    app.rulings.pin(known["bribe"], known["flood"])
    assert app.places.successors(known["bribe"]) == [known["flood"]]


def test_where_a_storys_texts_were_scattered_all_their_stories_are_named(app: App) -> None:
    known = ids(app)
    merged(app, "flood", "bribe")
    merged(app, "bribe", "arson")
    app.rulings.split(known["arson"], [known["flood"]])
    assert set(app.places.successors(known["bribe"])) == {known["arson"], known["flood"]}
