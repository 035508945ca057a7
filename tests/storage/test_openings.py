"""A line is masked once for each state of its case, told anew after every event, and goes with the case's key."""

from pathlib import Path

import pytest
from tests.appeals.desk import CLERK, LAMP, PAGE, appeal, filed, opened

from aimas.app import App
from aimas.appeals import finding
from aimas.appeals.masking import masked_opening
from aimas.appeals.pii import Pii, personal_data
from aimas.appeals.sheets import Applicant, PartKind, Sheet, Written
from aimas.appeals.types import Channel, Identified, Standing
from aimas.home import create_home
from aimas.storage.openings import Openings


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that personal data was looked for in."""
    texts: list[str] = []

    def found(text: str) -> tuple[Pii, ...]:
        texts.append(text)
        return personal_data(text)

    monkeypatch.setattr(finding, "found", found)
    return texts


@pytest.fixture
def office(tmp_path: Path, read: list[str]) -> App:
    create_home(tmp_path / "home")
    return opened(tmp_path / "home")


def test_a_line_is_the_beginning_of_the_masked_sheet_and_reads_nothing_else() -> None:
    read: list[str] = []

    def find(text: str) -> tuple[Pii, ...]:
        read.append(text)
        return personal_data(text)

    text = "Прошу помочь. " * 11 + "Меня зовут Сейтжанова Айгуль Маратовна, живу у моста."
    sheet = Sheet(case="c", text=text, written=(Written(PartKind.ANSWER, 2, "Ответ.", ""),))
    for most in range(20, 230):
        line = masked_opening(sheet, most, find)
        assert len(line) <= most
        assert "Сейтжан" not in line and "Айгуль" not in line
    assert set(read) == {text}
    short = Sheet(case="c", text="Два\n\n  слова", applicant=Applicant(name="Слова"))
    assert masked_opening(short, 180) == "Два [name]"


def test_a_line_is_masked_once_until_something_happens_to_the_case(office: App, read: list[str]) -> None:
    new = appeal(LAMP, standing=Standing.SIGNAL, applicant=None)
    case = office.appeals.file(new, PAGE).case
    position = office.appeals.history(case)[-1].position
    read.clear()
    before = office.persons.opening(case, position)
    assert len(read) == 1
    assert office.persons.opening(case, position) == before
    assert len(read) == 1
    office.appeals.identify(case, Applicant(name="Светофор"), CLERK)
    assert isinstance(office.appeals.case(case).events[-1], Identified)
    read.clear()
    after = office.persons.opening(case, office.appeals.history(case)[-1].position)
    # What the applicant told of himself is masked from then on.
    assert read and "не горит светофор" in before and "не горит [name]" in after


def test_what_is_erased_is_remembered_no_longer(office: App) -> None:
    done = filed(office, channel=Channel.PAPER)
    position = office.appeals.history(done.case)[-1].position
    assert office.persons.opening(done.case, position)
    office.appeals.erase(done.case, "решение суда от 5 ноября", CLERK)
    assert office.persons.opening(done.case, position) == ""


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    openings, made = Openings(2), list[str]()

    def asked(case: str, position: int = 1) -> str:
        def make() -> str:
            made.append(f"{case}{position}")
            return made[-1]

        return openings.line(case, position, make)

    assert [asked(case) for case in ("a", "b", "a", "c", "a")] == ["a1", "b1", "a1", "c1", "a1"]
    assert made == ["a1", "b1", "c1"]
    assert asked("b") == "b1" and made[-1] == "b1" and len(made) == 4
    assert asked("b", 2) == "b2"
    openings.forget("b")
    assert asked("b", 2) == "b2" and made[-2:] == ["b2", "b2"]
