import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.appeals.desk import MONDAY, opened
from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals.service import Order, QueueView
from aimas.appeals.types import Channel, Standing
from aimas.cli.main import _run
from aimas.core import BadInput
from aimas.home import create_home
from aimas.intake.rows import Field, Report, columns_of, read_rows

LAMP = "Прошу починить светофор на углу Толе би и Сейфуллина."
TABLE = f"""id;текст;дата;фио;телефон;категория;канал
1;{LAMP};2026-10-20;Сейтжанова Айгуль;+7 701 555 12 34;road_safety;paper
2;"Шум ночью;
каждый день";21.10.2026 14:30;;8 702 111 22 33;;
3;Кто-то поджёг сарай;;;;;
3;Тот же номер;;;;;
;Без номера;;;;;
5;;2026-10-20;;;;
6;Из будущего;2027-01-01;;;;
7;Когда-то;позавчера;;;;
8;Что-то;;;;музыка;
9;Что-то;;;;;голубь
10;лишнее;;;;;;;;
"""
HELD = {"twice": 1, "no-id": 1, "no-text": 1, "bad-date": 2, "refused": 1, "bad-value": 1, "malformed": 1}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_home(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def app(home: Path) -> App:
    return opened(home)


def table(tmp_path: Path, text: str = TABLE, name: str = "old.csv", encoding: str = "utf-8") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding, newline="")
    return file


def taken(app: App, file: Path, **said: str) -> Report:
    return app.rows_in.take(
        read_rows(file), "old", app.actor, columns_of(f"{k}={v}" for k, v in said.items()), app.appeals.knows
    )


def cases(app: App) -> list:
    return app.appeals.queue(QueueView(order=Order.NEWEST, sees_confidential=True), date(2026, 11, 2)).rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_every_row_is_filed_or_held_and_the_counts_add_up(app: App, tmp_path: Path, encoding: str) -> None:
    report = taken(app, table(tmp_path, encoding=encoding))
    assert (report.rows, report.filed, report.known, report.held) == (11, 3, 0, HELD)
    assert report.rows == report.filed + report.known + sum(report.held.values())
    assert len(report.named) == sum(report.held.values())
    assert len(cases(app)) == 3


def test_a_row_keeps_what_it_says(app: App, tmp_path: Path) -> None:
    taken(app, table(tmp_path))
    lamp = next(row for row in cases(app) if row.category == "road_safety")
    assert lamp.standing is Standing.APPEAL and lamp.channel is Channel.PAPER
    assert lamp.received_at == datetime(2026, 10, 20, 7, tzinfo=UTC)
    sheet = app.persons.sheet(lamp.case)
    assert sheet.text == LAMP and sheet.applicant is not None and sheet.applicant.phone == "+7 701 555 12 34"
    assert sorted(row.standing.value for row in cases(app)) == ["anonymous", "appeal", "signal"]


def test_run_again_it_goes_on_where_it_stopped_and_files_nothing_twice(app: App, tmp_path: Path) -> None:
    lines = TABLE.splitlines(keepends=True)
    taken(app, table(tmp_path, "".join(lines[:2])))
    report = taken(app, table(tmp_path))
    assert (report.filed, report.known) == (2, 1)
    again = taken(app, table(tmp_path))
    assert (again.filed, again.known, again.held) == (0, 3, HELD)
    assert len(cases(app)) == 3


def test_a_row_that_says_something_else_the_second_time_is_held(app: App, tmp_path: Path) -> None:
    taken(app, table(tmp_path))
    report = taken(app, table(tmp_path, TABLE.replace(LAMP, "Прошу другое.")))
    assert report.held["changed"] == 1
    assert len(cases(app)) == 3


def test_columns_go_by_other_names_where_that_is_said(app: App, tmp_path: Path) -> None:
    file = table(tmp_path, "Рег №,Суть дела\n17,Шум во дворе\n")
    assert taken(app, file, id="Рег №", text="суть ДЕЛА").filed == 1


def test_lines_of_json_are_rows_too(app: App, tmp_path: Path) -> None:
    rows = [
        {
            "id": 1,
            "text": "Көшемізде бір айдан бері жарық жоқ, жөндеп беруіңізді сұраймын.",
            "lat": 51.1,
            "lon": 71.4,
        },
        {"id": 2, "text": ["x"]},
    ]
    file = table(tmp_path, "\n".join(map(json.dumps, rows)) + "\n{broken\n", "old.jsonl")
    report = taken(app, file)
    assert (report.filed, report.held) == (1, {"malformed": 2})
    assert cases(app)[0].language.value == "kk"


def test_the_ledger_tells_of_the_import_without_a_word_of_it(app: App, tmp_path: Path) -> None:
    taken(app, table(tmp_path))
    assert app.verify() == []
    records = b"".join(path.read_bytes() for path in app.home.folder.glob("records*"))
    assert b"appeals-imported" in records
    assert "Сейтжанова".encode() not in records and "поджёг".encode() not in records


@pytest.mark.parametrize(
    "said", ["text", "colour=Цвет", "text="], ids=["no column", "no such field", "empty"]
)
def test_a_wrong_mapping_names_the_fields_there_are(said: str) -> None:
    with pytest.raises(BadInput, match=Field.TEXT.value):
        columns_of([said])


def test_the_command_counts_and_says_by_its_exit_that_rows_are_held(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimas.app.ground.SystemClock", lambda: StoppedClock(MONDAY))
    said = ["--home", str(home), "appeals", "import", str(table(tmp_path)), "--json"]
    assert _run(said) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["filed"] == 3 and report["held"] == HELD
