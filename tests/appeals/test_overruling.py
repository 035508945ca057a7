"""A reading that can be wrong is no wall: whoever signs may say why and send; what the law asks cannot be passed so."""

from pathlib import Path

import pytest
from tests.appeals.desk import GOOD_ANSWER, MONDAY, OFFICER, TODAY, filed, opened

from aimas.app import App
from aimas.appeals import finding
from aimas.appeals.admission import RefusedEvent
from aimas.appeals.answers import AnswerStopped
from aimas.appeals.pii import Pii, PiiKind
from aimas.appeals.types import Answered, Decision, Refusal, Stage
from aimas.core import Span
from aimas.home import create_home

UNREAD = """Здравствуйте! Ваше обращение № {number} от 2 ноября 2026 года рассмотрено. Просьба удовлетворена, потому что осмотр
подтвердил ваши слова. Подрядчик закончит работу до 20 ноября. Если вы не согласны, подайте жалобу в вышестоящий орган."""
WHY = "Светофор назван «работой подрядчика», заявитель поймёт. Звонил ему: 8 701 555 12 34."


@pytest.fixture
def office(tmp_path: Path) -> App:
    create_home(tmp_path / "home")
    return opened(tmp_path / "home")


def signed(office: App, case: str, text: str, why: str) -> None:
    office.appeals.answer(case, text, (), Decision.SATISFIED, "С. Ахметов, инспектор", OFFICER, TODAY, why)


def test_a_finding_that_rests_on_reading_is_overruled_by_a_signer_who_says_why(office: App) -> None:
    done = filed(office)
    text = UNREAD.format(number=done.number)
    for silence in ("", "  \n"):
        with pytest.raises(AnswerStopped) as stopped:
            signed(office, done.case, text, silence)
        assert "request-missing" in str(stopped.value)
    signed(office, done.case, text, WHY)
    assert office.appeals.case(done.case).stage is Stage.DELIVERED
    (recorded,) = [each for each in office.appeals.history(done.case) if isinstance(each.event, Answered)]
    assert isinstance(recorded.event, Answered)
    assert recorded.event.despite == ("request-missing",)
    assert "заявитель поймёт" in recorded.words and "555 12 34" not in recorded.words
    assert (recorded.event.reason or "").startswith("sealed:")


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param((" Просьба удовлетворена, потому", " Письмо прочитано, потому"), id="no decision"),
        pytest.param(("Подрядчик", "Ваша соседка Гульнара Ибраева"), id="of other people"),
        pytest.param(("2 ноября 2026", "3 октября 2026"), id="another day of receipt"),
        pytest.param(("до 20 ноября", "до 31 ноября"), id="a day that is not"),
    ],
)
def test_what_the_law_asks_is_not_overruled(office: App, flaw: tuple[str, str]) -> None:
    done = filed(office)
    with pytest.raises(AnswerStopped):
        signed(office, done.case, UNREAD.replace(*flaw).format(number=done.number), WHY)
    assert office.appeals.case(done.case).open


def test_what_a_model_alone_took_for_a_name_is_sent_and_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(text: str) -> tuple[Pii, ...]:
        at = text.find("Шлагбаум")
        return (Pii(PiiKind.NAME, Span(at, at + 8), None, 0.97, "appeals/test"),) if at >= 0 else ()

    monkeypatch.setattr(finding, "found", found)
    create_home(tmp_path / "home")
    office = opened(tmp_path / "home")
    done = filed(office)
    text = GOOD_ANSWER.format(number=done.number) + " Шлагбаум исправен."
    with pytest.raises(AnswerStopped) as stopped:
        signed(office, done.case, text, "")
    assert "personal-data-others" in str(stopped.value)
    signed(office, done.case, text, "Шлагбаум — не имя.")
    (answer,) = office.appeals.case(done.case).answers
    assert answer.despite == ("personal-data-others",)
    assert (answer.reason or "").startswith("sealed:")


def test_words_beside_an_answer_that_nothing_stops_are_not_recorded(office: App) -> None:
    done = filed(office)
    signed(office, done.case, GOOD_ANSWER.format(number=done.number), WHY)
    (answer,) = office.appeals.case(done.case).answers
    assert (answer.despite, answer.reason) == ((), None)


def test_no_event_overrules_without_a_reason(office: App) -> None:
    done = filed(office)
    event = Answered(
        at=MONDAY,
        by=OFFICER,
        decision=Decision.SATISFIED,
        content="00",
        signed_by="С. Ахметов",
        despite=("request-missing",),
    )
    with pytest.raises(RefusedEvent) as refused:
        office.appeals.tell(done.case, event)
    assert refused.value.refusal is Refusal.NO_REASON
