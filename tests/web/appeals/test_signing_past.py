"""The signer's way past a wrong finding, from the form to what the auditor reads."""

from tests.signing import SignedClient
from tests.web.appeals.conftest import Office
from tests.web.appeals.test_acting import post, shown, words
from tests.web.reading_pages import tree

from aimas.appeals import Stage

UNREAD = (
    "Здравствуйте! Ваша просьба удовлетворена: сделали всё, о чём вы просили, так как проверка подтвердила ваши слова. "
    "Если что-то ещё не так, вы можете позвонить нам до 20 декабря. "
    "Если вы не согласны с ответом, подайте жалобу нам, её рассмотрит вышестоящий орган."
)
WHY = "Заявитель назвал две просьбы, ответ говорит об обеих."


def test_a_wrong_stop_is_overruled_in_the_form_and_the_auditor_reads_why(
    desk: SignedClient, office: Office
) -> None:
    office.go("2026-11-24")
    case = office.file("overruled")
    office.assign("overruled", "duty", "serik")
    desk.come_as(office.app, "serik")
    fields = {"decision": "satisfied", "text": UNREAD, "request": ["1", "2"]}
    refused = post(desk, f"/appeals/{case}/do/answer", fields)
    assert refused.status_code == 422
    page = tree(refused.text)
    stops = {e.get("data-finding") for e in page.cssselect(".finding-stops")}
    assert stops == {"request-missing"}
    assert len(page.cssselect(".finding-overruled")) == len(page.cssselect(".finding-stops"))
    assert post(desk, f"/appeals/{case}/do/answer", fields | {"overruling": WHY}).status_code == 303
    assert office.app.appeals.case(case).stage is Stage.ANSWERED
    desk.come_as(office.app, "dana")
    page = shown(desk, f"/appeals/{case}")
    assert WHY in words(page, ".step-words")
    assert "вопреки замечаниям проверки: все просьбы" in words(shown(desk, f"/appeals/{case}"), "main")


def test_all_is_said_of_requests_only_where_it_was_all(desk: SignedClient, office: Office) -> None:
    office.go("2026-11-24")
    case = office.file("in parts")
    office.assign("in parts", "duty", "serik")
    desk.come_as(office.app, "gulnar")
    went = {"to": "Акимат", "reason": "мусор вывозит акимат", "request": ["2"]}
    assert post(desk, f"/appeals/{case}/do/forward", went).status_code == 303
    desk.come_as(office.app, "serik")
    answer = UNREAD.replace("сделали всё, о чём вы просили", "уличный фонарь исправлен")
    fields = {"decision": "satisfied", "text": answer, "request": ["1"]}
    assert post(desk, f"/appeals/{case}/do/answer", fields).status_code == 303
    said = words(shown(desk, f"/appeals/{case}"), ".step-said")
    assert "Ответ подписан: удовлетворено. Просьбы: 1." in said
    assert "Просьбы: все" not in said
