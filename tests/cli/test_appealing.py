"""The desk of appeals by hand and by script."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.appeals.desk import MONDAY
from tests.builders import StoppedClock

from aimas.appeals.receipts import Receipt, proven
from aimas.cli.main import _run

TEXT = "У дома Садовая 5 не горит фонарь. Прошу починить его. Мой телефон 8 701 555 12 34."


class Said(dict[str, Any]):
    """Exit code, stdout, stderr."""

    @property
    def json(self) -> Any:
        return json.loads(self["out"])


@pytest.fixture
def aimas(
    home: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    # Calendars end with a year: dates are counted from a day that they will always know.
    monkeypatch.setattr("aimas.app.ground.SystemClock", lambda: StoppedClock(MONDAY))

    def call(*arguments: object) -> Said:
        capfdbinary.readouterr()
        code = _run([*(str(a) for a in arguments), "--home", str(home)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Said(code=code, out=out.decode(), err=err.decode())

    return call


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_a_letter_is_filed_listed_shown_and_counted(aimas: Callable[..., Said], letter: Path) -> None:
    filed = aimas(
        "appeals",
        "file",
        letter,
        "--language",
        "ru",
        "--name",
        "Алия Вымышленная",
        "--category",
        "road_safety",
        "--json",
    ).json
    assert filed["number"].endswith("-000001")
    assert filed["receipt"].startswith("AIMAS1:")
    listed = aimas("appeals", "list", "--text", "фонарь", "--json").json
    assert [row["number"] for row in listed["rows"]] == [filed["number"]]
    shown = aimas("appeals", "show", filed["number"])
    assert "не горит фонарь" in shown["out"]
    assert "555 12 34" not in shown["out"]
    assert "Алия" not in shown["out"]
    counted = aimas("appeals", "figures", "--json").json
    assert counted["whole"]["received"] == [filed["case"]]
    assert aimas("verify")["code"] == 0


def test_words_are_opened_only_for_a_reason_and_on_record(aimas: Callable[..., Said], letter: Path) -> None:
    number = aimas(
        "appeals", "file", letter, "--language", "ru", "--name", "Алия Вымышленная", "--json"
    ).json["number"]
    opened = aimas("appeals", "show", number, "--why", "готовлю ответ", "--json").json
    assert "555 12 34" in opened["sheet"]["text"]
    looks = [each for each in opened["history"] if each["act"] == "case-looked"]
    assert [each["detail"]["purpose"] for each in looks] == ["готовлю ответ"]


def test_a_case_is_erased_for_a_reason_and_ends(aimas: Callable[..., Said], letter: Path) -> None:
    number = aimas("appeals", "file", letter, "--language", "ru", "--name", "А. Б.", "--json").json["number"]
    assert aimas("appeals", "erase", number, "--yes")["code"] != 0
    done = aimas("appeals", "erase", number, "--reason", "решение суда от 2 ноября", "--yes", "--json").json
    assert done["stage"] == "erased"
    shown = aimas("appeals", "show", number)["out"]
    assert "(erased)" in shown and "фонарь" not in shown and "KeyDestroyed" in shown
    assert aimas("appeals", "erase", number, "--reason", "решение суда от 2 ноября", "--yes")["code"] != 0
    assert aimas("verify")["code"] == 0


def test_a_case_tells_its_hours_with_the_offset_of_the_office(
    aimas: Callable[..., Said], letter: Path
) -> None:
    number = aimas("appeals", "file", letter, "--language", "ru", "--json").json["number"]
    lines = [line for line in aimas("appeals", "show", number)["out"].splitlines() if "Registered" in line]
    assert lines and all(re.search(r"\d\d:\d\d \+0[0-9]00 ", line) for line in lines)


def test_a_letter_without_a_name_is_a_signal(aimas: Callable[..., Said], letter: Path) -> None:
    number = aimas("appeals", "file", letter, "--language", "ru", "--json").json["number"]
    assert "due —" in aimas("appeals", "list")["out"]
    assert aimas("appeals", "show", number)["code"] == 0


def test_the_key_is_the_one_that_receipts_are_signed_with(aimas: Callable[..., Said], letter: Path) -> None:
    receipt = aimas("appeals", "file", letter, "--language", "ru", "--name", "А. Б.", "--json").json[
        "receipt"
    ]
    keys = aimas("appeals", "key", "--json").json["ed25519"]
    assert isinstance(proven(receipt, keys), Receipt)
    assert aimas("appeals", "key")["out"].split() == keys


def test_rows_are_made_anew_and_dates_counted_by_another_calendar(
    aimas: Callable[..., Said], letter: Path
) -> None:
    aimas("appeals", "file", letter, "--language", "ru", "--name", "А. Б.")
    assert aimas("appeals", "rebuild", "--json").json == {"cases": 1}
    assert len(aimas("appeals", "recalculate", "kz/2026-01", "--json").json) == 1
    assert aimas("appeals", "recalculate", "kz/1999")["code"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("show", "2026-7"), id="a number that nobody has"),
        pytest.param(("list", "--after", "nonsense"), id="a page that is none"),
        pytest.param(
            ("figures", "--since", "2026-02-01", "--until", "2026-01-01"),
            id="a period that ends before it begins",
        ),
    ],
)
def test_what_cannot_be_done_is_told(aimas: Callable[..., Said], arguments: tuple[str, ...]) -> None:
    said = aimas("appeals", *arguments)
    assert said["code"] == 1
    assert said["err"].startswith("BadInput")


def test_an_officer_is_sent_away_and_comes_back(aimas: Callable[..., Said]) -> None:
    made = aimas(
        "users", "add", "serik", "--role", "officer", "--unit", "duty", "--post-ru", "инспектор", "--json"
    )
    assert made.json["posts"] == {"ru": "инспектор"}
    assert aimas("users", "post", "serik", "--post-kk", "аға инспектор", "--json").json["posts"] == {
        "ru": "инспектор",
        "kk": "аға инспектор",
    }
    assert aimas("appeals", "away", "serik", "2999-01-01", "2999-01-05")["code"] == 0
    (known,) = aimas("appeals", "absences", "--json").json
    assert known == {"officer": "serik", "first": "2999-01-01", "last": "2999-01-05"}
    assert aimas("appeals", "back", "serik", "2999-01-01")["code"] == 0
    assert aimas("appeals", "absences", "--json").json == []
    assert "no officer" in aimas("appeals", "away", "nobody", "2999-01-01", "2999-01-05")["err"]


def test_what_is_urgent_is_listed_alone_and_letters_are_counted(
    aimas: Callable[..., Said], tmp_path: Path
) -> None:
    door = tmp_path / "door.txt"
    door.write_text(
        "Помогите, прямо сейчас муж ломает дверь и кричит, что убьёт нас! Приезжайте скорее!", "utf-8"
    )
    number = aimas("appeals", "file", door, "--language", "ru", "--name", "Асан Үсенов", "--json").json[
        "number"
    ]
    listed = aimas("appeals", "list", "--urgent", "--json").json
    assert [row["number"] for row in listed["rows"]] == [number] and listed["total"] == 1
    assert "(seems urgent)" in aimas("appeals", "list")["out"]
    assert aimas("appeals", "weigh", "--json").json == {"cases": 0}
    told = aimas("stats", "--json").json["letters"]
    assert told == {"waiting": 0, "by-hand": 0, "sent": 0, "failed": 0}


def test_a_key_is_changed_and_both_are_published(aimas: Callable[..., Said], letter: Path) -> None:
    receipt = aimas("appeals", "file", letter, "--language", "ru", "--name", "Асан Үсенов", "--json").json[
        "receipt"
    ]
    past = aimas("appeals", "rotate-key", "--json").json
    keys = aimas("appeals", "key", "--json").json
    assert keys["ed25519"] == [past["next"], past["key"]] and keys["past"] == [past]
    assert isinstance(proven(receipt, keys["ed25519"]), Receipt)
