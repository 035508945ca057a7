"""Who is away is suggested for nothing, and the ledger names who said so; on whatever database."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.appeals.desk import HEAD, TODAY, opened

from aimas.accounts import Role
from aimas.app import App
from aimas.appeals.routing import Absence
from aimas.core import BadInput
from aimas.home import create_home

pytestmark = pytest.mark.both_records
MORROW = TODAY + timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path, records_address: str) -> Iterator[App]:
    where = {"records_url": records_address} if records_address else {}
    folder = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty", **where).folder
    made = opened(folder)
    made.accounts.add("berik", (Role.OFFICER,), HEAD, units=("duty",), can_sign_in=False)
    yield made
    assert made.verify() == []
    made.close()


def away(app: App, day: date) -> bool:
    (berik,) = app.appeals.officers(day)
    return berik.is_absent


def acts(app: App) -> list[tuple[str, str, str]]:
    found = app.records.acts_of(("officer-absent", "officer-back"))
    return [(act["verb"], act["actor"], json.loads(act["detail"])["last"]) for act in reversed(found)]


def test_both_days_of_an_absence_are_absent_and_it_can_be_called_off(office: App) -> None:
    absences = office.appeals.absences
    absences.put("berik", MORROW, MORROW + timedelta(days=1), HEAD)
    told = [away(office, TODAY + timedelta(days=n)) for n in range(4)]
    assert told == [False, True, True, False]
    absences.end("berik", MORROW, TODAY, HEAD)
    assert absences.known(TODAY) == [] and not away(office, MORROW)
    last = (MORROW + timedelta(days=1)).isoformat()
    assert acts(office) == [("officer-absent", str(HEAD), last), ("officer-back", str(HEAD), last)]


def test_who_comes_back_early_was_away_until_yesterday(office: App) -> None:
    absences, week = office.appeals.absences, timedelta(days=7)
    absences.put("berik", TODAY - week, TODAY + week, HEAD)
    assert away(office, TODAY)
    absences.end("berik", TODAY - week, TODAY, HEAD)
    assert not away(office, TODAY) and away(office, TODAY - timedelta(days=1))


def test_an_absence_said_anew_stands_in_place_of_the_one_that_begins_on_the_same_day(office: App) -> None:
    absences = office.appeals.absences
    absences.put("berik", TODAY, TODAY, HEAD)
    absences.put("berik", TODAY, MORROW, HEAD)
    assert absences.known(TODAY) == [Absence("berik", TODAY, MORROW)]


@pytest.mark.parametrize(
    ("officer", "days", "told"),
    [
        pytest.param("berik", -1, "first day or later", id="ends before it begins"),
        pytest.param("berik", 367, "366 days", id="for ever"),
        pytest.param("nobody", 1, "no officer", id="of nobody"),
    ],
)
def test_what_is_no_absence_is_not_recorded(office: App, officer: str, days: int, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        office.appeals.absences.put(officer, TODAY, TODAY + timedelta(days=days), HEAD)
    assert acts(office) == []
    with pytest.raises(BadInput, match="no such absence"):
        office.appeals.absences.end(officer, TODAY, TODAY, HEAD)
