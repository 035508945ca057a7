"""The demo's desk of appeals: enough of everything, every answer passed the checker, and nothing is out of order."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals.linking import Why
from aimas.appeals.queue import QueueRow
from aimas.appeals.service import Due, MessageState, QueueView
from aimas.appeals.types import Stage, Standing
from aimas.core import Language
from aimas.home import create_home
from demo import appeals

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
"""A Thursday, before noon in Almaty."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, dict[str, str]]]:
    folder = create_home(
        tmp_path_factory.mktemp("demo") / "home", profiles=["kz-mia"], timezone="Asia/Almaty", demo=True
    ).folder
    cases = appeals.bring(folder, NOW)
    app = App(folder, StoppedClock(NOW))
    yield app, cases
    app.close()


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 11, 23, 19, 8, tzinfo=UTC), id="just after midnight, a weekend behind"),
        pytest.param(datetime(2027, 1, 5, 4, 0, tzinfo=UTC), id="the first working day of a year"),
        pytest.param(datetime(2027, 3, 28, 12, 0, tzinfo=UTC), id="the Sunday after Nauryz"),
    ],
)
def test_it_can_be_begun_on_any_day(tmp_path: Path, now: datetime) -> None:
    folder = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty", demo=True).folder
    assert len(appeals.bring(folder, now)) == len(appeals.letters())


def every_row(app: App) -> list[QueueRow]:
    view = QueueView(size=200, sees_confidential=True)
    return list(app.appeals.queue(view, NOW.date()).rows)


def test_the_desk_shows_every_stage_language_and_standing(desk: tuple[App, dict[str, str]]) -> None:
    rows = every_row(desk[0])
    assert len(rows) >= 120
    assert {row.stage for row in rows} == set(Stage) - {Stage.RECEIVED}
    languages = Counter(row.language for row in rows)
    assert min(languages[language] for language in (Language.RU, Language.KK, Language.EN)) >= 12
    assert {row.standing for row in rows} == set(Standing)
    assert {row.due_state(NOW.date()) for row in rows} == set(Due)
    assert len({row.category for row in rows}) == 12
    assert any(row.extensions for row in rows)
    assert any(row.complaints for row in rows)
    assert any(row.is_repeat for row in rows)
    assert sum(row.is_confidential for row in rows) >= 8


def test_every_planned_answer_went_out_and_some_wait_for_a_clerks_hand(
    desk: tuple[App, dict[str, str]],
) -> None:
    app, cases = desk
    answers = [row for row in appeals.letters() if row.answer]
    answered = [case for case in cases.values() if app.appeals.case(case).answers]
    assert len(answered) == len(answers) >= 30
    assert {row.state for row in app.appeals.outbox.outgoing()} == {MessageState.BY_HAND}


def test_what_speaks_of_one_thing_stands_together_across_languages(desk: tuple[App, dict[str, str]]) -> None:
    app, cases = desk
    light = next(case for key, case in cases.items() if key == "due-today Ирина Ковыльная")
    members = app.appeals.cluster(light)
    assert {m.state.language for m in members} == {Language.RU, Language.KK, Language.EN}
    assert len(members) >= 5
    third = app.appeals.novelty(cases["repeat-third Нина Ромашкина"])
    assert len(third.earlier) == 2
    assert any("Участковый" in span.of(third.text) for span in third.new)
    letter = app.appeals.novelty(cases["letter Вера Малинкина"])
    assert letter.letters
    assert ["маршрут 12" in span.of(letter.text) for span in letter.unique] == [True]
    assert all(
        Why.LETTER in (m.likeness.why if m.likeness else ())
        for m in app.appeals.cluster(cases["letter Вера Малинкина"])
    )


def test_nothing_of_it_is_out_of_order(desk: tuple[App, dict[str, str]]) -> None:
    app, _ = desk
    assert not app.verify()
    times = [entry.at for entry in app.records.entries()]
    assert times == sorted(times)
