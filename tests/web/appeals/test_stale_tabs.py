"""A tab that does not know what happened meanwhile: nothing is done, it says so first, and what was typed still stands."""

from typing import Any

import pytest
from tests.signing import SignedClient
from tests.web.appeals.conftest import GOOD, Office
from tests.web.appeals.test_acting import post, words
from tests.web.reading_pages import tree

from aimas.appeals.types import Reopened

OTHER = GOOD + " Спасибо за терпение."
FIELDS = {"decision": "satisfied", "text": OTHER, "request": ["1", "2"], "overruling": "Так и есть."}


@pytest.fixture
def case(office: Office, desk: SignedClient) -> str:
    """Answered by one tab; the other one still shows the form."""
    office.go("2026-11-24")
    id = office.file("two tabs")
    office.assign("two tabs", "duty", "serik")
    desk.come_as(office.app, "serik")
    sent = post(desk, f"/appeals/{id}/do/answer", FIELDS | {"text": GOOD})
    assert sent.status_code == 303
    return id


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("do/answer", 422, id="signed a second time"),
        pytest.param("check", 200, id="checked, or sent on after signing in again"),
    ],
)
def test_a_second_answer_is_not_sent_and_says_so_with_its_words(
    desk: SignedClient, office: Office, case: str, path: str, status: int
) -> None:
    before = office.app.appeals.case(case)
    answer = post(desk, f"/appeals/{case}/{path}", FIELDS)
    assert answer.status_code == status
    page = tree(answer.text)
    (first,) = page.cssselect("#refused[role=alert]")
    assert "Ответ уже подписан: Серік Омаров, 24 нояб. 2026" in words(page, "#refused")
    assert "Ваш ответ не отправлен" in words(page, "#refused")
    (link,) = first.cssselect("a")
    assert page.cssselect(str(link.get("href")))
    (kept,) = page.cssselect("#unsent-text[readonly]")
    assert kept.text_content() == OTHER
    assert words(page, "#unsent-overruling") == "Так и есть."
    assert office.app.appeals.case(case) == before


def test_the_check_beside_the_form_says_that_it_was_answered(
    desk: SignedClient, office: Office, case: str
) -> None:
    found = post(desk, f"/appeals/{case}/check", FIELDS, headers={"hx-request": "true"})
    assert "Ответ уже подписан" in words(tree(found.text), ".warn")
    assert "Можно отправлять" not in found.text


def test_what_was_taken_back_is_not_answered_and_the_words_stand(
    desk: SignedClient, office: Office, case: str
) -> None:
    applicant = office.app.appeals.case(case).events[-1].by
    office.app.appeals.tell(case, Reopened(at=office.now(), by=applicant, reason="снова темно"))
    desk.come_as(office.app, "gulnar")
    assert post(desk, f"/appeals/{case}/do/withdraw", {"reason": "позвонил сам"}).status_code == 303
    desk.come_as(office.app, "serik")
    page = tree(post(desk, f"/appeals/{case}/do/answer", FIELDS).text)
    assert words(page, "#refused strong") == "Ответ не отправлен. Заявитель отозвал обращение."
    assert page.cssselect("#unsent-text")[0].text_content() == OTHER


STALE: list[Any] = [
    pytest.param("forward", {"to": "Акимат", "reason": "дворы убирает акимат"}, "gulnar", "На это уже есть ответ", id="forwarded"),
    pytest.param("extend", {"until": "2026-12-25", "reason": "ждём эксперта"}, "bolat", "На это уже есть ответ", id="extended"),
    pytest.param("hearing", {"preliminary": "Отказать: нет оснований."}, "serik", "На это уже есть ответ", id="a hearing"),
    pytest.param("divide", {"requests": "3", "reason": "три просьбы"}, "serik", "Поздно пересчитывать", id="counted anew"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "said", "who", "why"), STALE)
def test_an_act_that_cannot_be_any_more_says_so_first_and_keeps_its_form(
    desk: SignedClient, office: Office, case: str, act: str, said: dict[str, str], who: str, why: str
) -> None:
    desk.come_as(office.app, who)
    before = office.app.appeals.case(case)
    answer = post(desk, f"/appeals/{case}/do/{act}", said)
    assert answer.status_code == 422
    page = tree(answer.text)
    assert "не выполнено" in words(page, "#refused") and why in words(page, "#refused")
    (form,) = page.cssselect(f"#act-{act}[open]")
    assert page.cssselect("#refused a")[0].get("href") == f"#act-{act}"
    typed = {e.get("name"): e.get("value") or e.text_content() for e in form.cssselect("input, textarea")}
    assert all(typed[name] == value for name, value in said.items())
    assert office.app.appeals.case(case) == before
