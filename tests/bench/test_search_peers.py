"""What searches are held against is what a reader would count, and our index finds exactly that."""

from pathlib import Path

import pytest
from bench.corpus import Corpus, Row
from bench.search_peers import EACH, Asked, Fts5, Ours, PostgresText, Scan, System, inflected, searches, words
from tests.postgres import PostgresServer

ROWS = list(Corpus(3).rows(250))
SCAN = Scan(ROWS)
ASKED = searches(ROWS, SCAN)


def row(title: str, text: str) -> Row:
    return Row("https://a.example/1", title, text, "2026-01-01T00:00:00+00:00", "a", "ru")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param(Asked("word", ("еще",)), {0}, id="ё is е"),
        pytest.param(Asked("phrase", ("дом", "стоит")), {1}, id="side by side"),
        pytest.param(
            Asked("phrase", ("новый", "дом")), set(), id="no phrase runs from the title into the text"
        ),
        pytest.param(Asked("and", ("дом", "стоит")), {0, 1}, id="both"),
        pytest.param(Asked("not", ("дом", "еще")), {1, 2}, id="one without the other"),
        pytest.param(Asked("prefix", ("сто",)), {0, 1}, id="a beginning"),
        pytest.param(Asked("languages mixed", ("еще", "бұл")), {0, 2}, id="either"),
    ],
)
def test_a_scan_finds_what_a_reader_would(asked: Asked, found: set[int]) -> None:
    rows = [row("Дом", "Стоит ещё."), row("Дом стоит", ""), row("Новый", "дом бұл")]
    assert Scan(rows).found(asked) == found


def test_every_kind_is_asked_for_in_words_that_stand_somewhere() -> None:
    assert {a.kind for a in ASKED} == set(EACH)
    assert all(SCAN.found(a) for a in ASKED if a.kind != "not")
    assert searches(ROWS, SCAN) == ASKED


@pytest.fixture(params=["ours", "fts5", "postgresql"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> System:
    made: System
    match request.param:
        case "ours":
            made = Ours(tmp_path / "home", ROWS)
        case "fts5":
            made = Fts5(tmp_path, ROWS)
        case _:
            server: PostgresServer = request.getfixturevalue("postgres")
            made = PostgresText(server, ROWS)
    request.addfinalizer(made.close)
    made.build()
    return made


def test_each_counts_what_it_lists(system: System) -> None:
    for asked in ASKED:
        count, newest = system.ask(asked)
        listed = system.all(asked)
        assert (count, len(newest)) == (len(listed), min(20, len(listed))), asked
    assert system.bytes() > 0


def test_ours_finds_the_very_texts_that_have_the_words_and_those_with_other_forms(tmp_path: Path) -> None:
    ours = Ours(tmp_path / "home", ROWS)
    ours.build()
    for asked in ASKED:
        assert ours.all(asked, exact=True) == SCAN.found(asked), asked
    forms = inflected(ours, SCAN)
    assert min(forms["ru"]["recall"], forms["kk"]["recall"]) > 0.9
    assert words("Ещё, раз") == ["еще", "раз"]
    ours.close()
