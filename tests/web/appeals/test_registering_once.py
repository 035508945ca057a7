"""A form that is sent twice registers once; what is too long is refused whole."""

import httpx
import pytest
from tests.signing import SignedClient
from tests.web.appeals.conftest import LAMP, SECRET, Office
from tests.web.appeals.test_acting import post
from tests.web.reading_pages import tree

SENT = {
    "text": LAMP,
    "language": "ru",
    "channel": "paper",
    "standing": "appeal",
    "kind": "application",
    "name": SECRET,
    "address": "улица Абая, дом 5",
}


def nonce_of(desk: SignedClient) -> str:
    (field,) = tree(desk.get("/appeals/new").text).cssselect("input[name=nonce]")
    return str(field.get("value"))


def filed(desk: SignedClient, sent: dict[str, str]) -> httpx.Response:
    """As a browser sends a form that could bring files."""
    return post(desk, "/appeals/new/file", sent, files={"files": ("", b"")})  # type: ignore[no-any-return]


def shown(text: str) -> tuple[str, str]:
    page = tree(text)
    return page.cssselect(".big")[0].text_content(), page.cssselect("#code")[0].text_content()


def test_the_same_form_sent_twice_registers_once_and_shows_the_same_receipt(
    desk: SignedClient, office: Office
) -> None:
    desk.come_as(office.app, "gulnar")
    sent = SENT | {"nonce": nonce_of(desk)}
    first, again = (filed(desk, sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200), first.text[:2000]
    assert shown(first.text) == shown(again.text)
    other = filed(desk, SENT | {"nonce": nonce_of(desk)})
    assert shown(other.text) != shown(first.text), "another form registers another appeal"


def test_the_same_form_with_another_text_is_refused_and_may_be_sent_as_a_new_one(
    desk: SignedClient, office: Office
) -> None:
    desk.come_as(office.app, "gulnar")
    sent = SENT | {"nonce": nonce_of(desk)}
    filed(desk, sent)
    answer = filed(desk, sent | {"text": "Прошу выдать справку."})
    page = tree(answer.text)
    assert answer.status_code == 422 and "другое обращение" in page.cssselect("#wrong")[0].text_content()
    assert page.cssselect("#n-text")[0].text_content().strip() == "Прошу выдать справку."
    assert page.cssselect("input[name=nonce]")[0].get("value") != sent["nonce"]


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        pytest.param("text", "ж" * 50_001, "#n-text", id="an appeal"),
        pytest.param("name", "ж" * 301, "#n-name", id="a name"),
    ],
)
def test_what_is_too_long_to_register_is_refused_and_kept(
    desk: SignedClient, office: Office, field: str, value: str, where: str, lang: str
) -> None:
    desk.come_as(office.app, "gulnar")
    desk.cookies.set("lang", lang)
    answer = filed(desk, SENT | {"nonce": nonce_of(desk), field: value})
    (kept,) = tree(answer.text).cssselect(where)
    assert answer.status_code == 422 and "⟦" not in answer.text
    assert "300" in answer.text or "50" in tree(answer.text).cssselect("#wrong")[0].text_content()
    assert (kept.get("value") or kept.text_content().strip()) == value


def test_an_answer_and_a_document_that_are_too_long_are_refused_and_kept(
    desk: SignedClient, office: Office
) -> None:
    desk.come_as(office.app, "bolat")
    case = office.cases["overdue"]
    long = "ж" * 20_001
    answer = post(desk, f"/appeals/{case}/do/answer", {"decision": "refused", "text": long})
    assert answer.status_code == 422 and "длиннее 20 000" in answer.text
    assert tree(answer.text).cssselect("#answer-text")[0].text_content().strip() == long
    added = post(desk, f"/appeals/{case}/do/document", {"text": long}, files={"files": ("", b"")})
    assert added.status_code == 422 and "длиннее 20 000" in added.text
    assert tree(added.text).cssselect("#document-text")[0].text_content().strip() == long
    assert office.app.appeals.case(case).documents == 0
