"""A story is called what the records say; where they lack what the index tells of, it is left out."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.builders import NOW
from tests.reports.newsroom import furnished, opened

from aimas import digesting
from aimas.app import App
from aimas.core import StoredPublication
from aimas.reports import Digest
from aimas.reports.types import week
from aimas.search.service import Question
from aimas.search.stories import Storyteller


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("stories"))


@pytest.fixture
def newsroom(folder: Path, tmp_path: Path) -> Iterator[App]:
    made = opened(folder, tmp_path / "newsroom")
    yield made
    made.close()


def relevant(app: App) -> Question:
    return app.search.ask("is:relevant", "kz-mia")


def told(app: App) -> Digest:
    return digesting.digest_of(app, "kz-mia", week(NOW.date()), digesting.undisturbed(app))


def lose(app: App, table: str, position: int) -> None:
    """As where the records are older than the index."""
    with app._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE position = {position}")
        connection.commit()
        connection.invalidate()


@pytest.mark.parametrize("end", [0, -1], ids=["its last", "its first"])
def test_a_story_of_which_the_records_lack_a_publication_is_left_out(newsroom: App, end: int) -> None:
    counts = newsroom.search.stories(relevant(newsroom))
    lost = max(counts, key=lambda c: len(c.readings))
    before = told(newsroom)
    assert lost.story in [line.id for line in before.top]
    lose(newsroom, "readings", lost.readings[end])
    others = [c.story for c in counts if c.story != lost.story]
    question = relevant(newsroom)
    assert [line.id for line in newsroom.stories.lines(question)] == others
    began = newsroom.stories.beginnings([c.story for c in counts], question.scope)
    assert [id for id in began if id != lost.story] == others
    if lost.readings[end] == lost.readings[-1]:
        assert lost.story not in began
        anew = Storyteller(newsroom.search, newsroom.places)
        assert [name.id for name in anew.names(question)] == others
        assert newsroom.stories.story(lost.story, "kz-mia") is None
        assert lost.story not in [line.id for line in told(newsroom).top]
    assert told(newsroom).publications == before.publications


def test_a_story_of_which_the_records_lack_the_name_is_left_out(newsroom: App) -> None:
    counts = newsroom.search.stories(relevant(newsroom))
    positions = {c.story: newsroom.search.publications(c.readings[-1:], 10_000)[0].position for c in counts}
    lost = counts[0]
    lose(newsroom, "publications", positions[lost.story])
    assert [c.story for c in newsroom.search.stories(relevant(newsroom))] == [c.story for c in counts[1:]]


def test_other_records_call_a_story_otherwise(newsroom: App, monkeypatch: pytest.MonkeyPatch) -> None:
    question = relevant(newsroom)
    before = [name.titles for name in newsroom.stories.names(question)]
    real = newsroom.search.publications

    def others(readings: list[int], at: int) -> list[StoredPublication]:
        return [msgspec.structs.replace(p, title=f"Совсем другое {p.read_at}") for p in real(readings, at)]

    monkeypatch.setattr(newsroom.search, "publications", others)
    assert [name.titles for name in newsroom.stories.names(question)] == before
    writer = newsroom.index.writer()
    writer.rebuild(newsroom.records, lambda *_: None)
    writer.close()
    for name in newsroom.stories.names(question):
        assert all(title.text.startswith("Совсем другое") for title in name.titles.values())
