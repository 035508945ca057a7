"""The page claims no more than what happened: what the applicant heard, what came too late, and whose term runs."""

import re

import pytest
from tests.signing import SignedClient
from tests.web.appeals.conftest import GOOD, Office
from tests.web.appeals.test_acting import post, shown, words
from tests.web.reading_pages import Node

from aimas.appeals import Channel, Stage, Standing
from aimas.appeals.law import Rule
from aimas.core import Language

EXTENDED = {"until": "2026-12-25", "reason": "ждём эксперта"}


def phoned(office: Office, **fields: object) -> str:
    office.go("2026-11-24")
    id = office.file("phoned", channel=Channel.PHONE, **fields)
    office.assign("phoned", "duty", "serik")
    return id


def telling(page: Node) -> dict[str, str]:
    (form,) = page.cssselect(".outbox .telling form")
    return {
        str(e.get("name")): str(e.get("value")) for e in form.cssselect("input[type=hidden][name=message]")
    }


def duty(office: Office, case: str) -> object:
    return next(d.done_on for d in office.app.appeals.deadlines(case) if d.rule is Rule.EXTENSION_NOTICE)


def test_who_phoned_is_told_by_a_person_who_records_how_and_when(desk: SignedClient, office: Office) -> None:
    case = phoned(office)
    desk.come_as(office.app, "bolat")
    form = words(shown(desk, f"/appeals/{case}"), "#act-extend")
    assert "Программа этого заявителю не отправит (телефон)" in form
    page = shown(desk, post(desk, f"/appeals/{case}/do/extend", EXTENDED).headers["location"])
    banner = words(page, ".done")
    assert "Срок продлён. Заявитель об этом ещё не знает (телефон)" in banner
    assert "Сообщить заявителю и записать это: Уведомление о продлении (телефон)." in banner
    assert "Заявителю сообщено" not in words(page, "#timeline")
    assert duty(office, case) is None
    office.go("2026-11-25")
    desk.come_as(office.app, "gulnar")
    message = telling(shown(desk, f"/appeals/{case}"))
    wrong = post(
        desk, f"/appeals/{case}/do/tell", message | {"channel": "phone", "on": "2026-11-20", "proof": "x"}
    )
    assert wrong.status_code == 422
    assert "Этот день раньше самого решения" in wrong.text and duty(office, case) is None
    said = message | {"channel": "phone", "on": "2026-11-24", "proof": "звонок в 15:40"}
    done = post(desk, f"/appeals/{case}/do/tell", said)
    page = shown(desk, done.headers["location"])
    assert "Записано, что заявителю сообщено." in words(page, ".done")
    assert "сообщено 24 ноября 2026: телефон" in words(page, ".outbox").replace("\u00a0", " ")
    assert not page.cssselect(".telling")
    assert "Заявителю сообщено 24 ноября 2026: Уведомление о продлении (телефон)." in words(page, "#timeline")
    assert "звонок в 15:40" in words(page, "#timeline")
    assert str(duty(office, case)) == "2026-11-24"
    told = office.app.appeals.case(case).told
    assert [each.by.name for each in told] == ["gulnar"]
    assert post(desk, f"/appeals/{case}/do/tell", said).status_code == 303
    assert office.app.appeals.case(case).told == told, "the same form sent twice records it once"


def test_a_message_of_another_case_is_not_told_here(desk: SignedClient, office: Office) -> None:
    first, other = phoned(office), office.file("other", channel=Channel.PHONE)
    desk.come_as(office.app, "bolat")
    post(desk, f"/appeals/{first}/do/extend", EXTENDED)
    desk.come_as(office.app, "gulnar")
    (row,) = office.app.appeal_store.messages(first)
    said = {"message": str(row.id), "channel": "phone", "on": "2026-11-24", "proof": "звонок"}
    assert post(desk, f"/appeals/{other}/do/tell", said).status_code == 422
    assert not office.app.appeals.case(first).told


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        pytest.param(Channel.WEB, "Заявитель может прочесть это по номеру и коду.", id="on the page"),
        pytest.param(Channel.PAPER, "Заявитель об этом ещё не знает (на бумаге)", id="on paper"),
    ],
)
def test_after_an_answer_the_page_says_what_became_of_it(
    desk: SignedClient, office: Office, channel: Channel, told: str
) -> None:
    office.go("2026-11-24")
    case = office.file("to answer", channel=channel)
    office.assign("to answer", "duty", "serik")
    desk.come_as(office.app, "serik")
    said = {"decision": "satisfied", "text": GOOD, "request": ["1", "2"]}
    page = shown(desk, post(desk, f"/appeals/{case}/do/answer", said).headers["location"])
    assert f"Ответ подписан. {told}" in words(page, ".done")


@pytest.mark.parametrize(
    ("tongue", "late", "never"),
    [
        ("ru", "Ответ подписан с опозданием", "ответа нет"),
        ("kk", "Жауапқа кешігіп қол қойылды", "жауап жоқ"),
        ("en", "The answer was signed late", "there is no answer"),
    ],
)
def test_an_answer_that_came_late_is_an_answer_and_no_past_day_is_promised(
    desk: SignedClient, office: Office, tongue: str, late: str, never: str
) -> None:
    office.go("2026-10-20")
    case = office.file("late", channel=Channel.PAPER)
    office.assign("late", "duty", "serik")
    office.go("2026-11-24")
    desk.come_as(office.app, "serik")
    desk.cookies.set("lang", tongue)
    before = shown(desk, f"/appeals/{case}")
    assert never in words(before, ".now .warn")
    steps = words(before, ".next-steps")
    assert steps and not re.search(r"\d", steps), "what is to come has no day that has passed"
    said = {"decision": "satisfied", "text": GOOD, "request": ["1", "2"]}
    after = shown(desk, post(desk, f"/appeals/{case}/do/answer", said).headers["location"])
    assert late in words(after, ".now .warn") and never not in words(after, "main")


def test_forwarding_too_late_is_told_before_it_is_done(desk: SignedClient, office: Office) -> None:
    office.go("2026-11-09")
    case = office.file("not ours", channel=Channel.PHONE)
    desk.come_as(office.app, "gulnar")
    in_time = shown(desk, f"/appeals/{case}")
    assert "Последний день для этого: 12 ноября 2026" in words(in_time, "#act-forward .note")
    office.go("2026-11-24")
    desk.come_as(office.app, "gulnar")
    late = words(shown(desk, f"/appeals/{case}"), "#act-forward .warn")
    assert "Последний день для этого прошёл: 12 ноября 2026" in late
    said = {"to": "Акимат", "reason": "дороги ведёт акимат"}
    page = shown(desk, post(desk, f"/appeals/{case}/do/forward", said).headers["location"])
    assert office.app.appeals.case(case).stage is Stage.FORWARDED
    assert "Ответит орган, которому передано обращение" in words(page, ".term")
    assert "Закон не назначает" not in words(page, ".term")
    office.file("signal elsewhere", standing=Standing.SIGNAL, language=Language.RU)
    signal = office.cases["signal elsewhere"]
    post(desk, f"/appeals/{signal}/do/forward", said)
    assert "Закон не назначает срока ответа." in words(shown(desk, f"/appeals/{signal}"), ".term")
