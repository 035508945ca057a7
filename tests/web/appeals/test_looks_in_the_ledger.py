"""What the ledger's page tells of looks at personal data."""

from tests.signing import SignedClient
from tests.web.appeals.conftest import Office
from tests.web.reading_pages import tree


def test_the_ledger_names_the_case_and_the_person_who_looked(desk: SignedClient, office: Office) -> None:
    office.go("2026-11-24")
    case = office.file("looked-into")
    office.assign("looked-into", "duty", "serik")
    desk.come_as(office.app, "serik")
    token = tree(desk.get("/appeals").text).cssselect("input[name=_csrf_token]")[0].get("value") or ""
    said = {"_csrf_token": token, "purpose": "Проверка хода дела"}
    assert desk.post(f"/appeals/{case}/look", data=said).status_code == 200
    desk.come_as(office.app, "dana")
    page = tree(desk.get("/ledger?act=cases&by=person:serik").text)
    (row,) = [tr for tr in page.cssselect(".acts tbody tr") if "Проверка хода дела" in tr.text_content()]
    number = office.app.appeals.case(case).number
    assert number and number in row.text_content() and "Серік Омаров" in row.text_content()
    assert row.cssselect(f'a[href="/appeals/{case}"]')
