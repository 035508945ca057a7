"""A head says who is away; of officers of other units nothing is said or shown."""

from datetime import date

from tests.signing import SignedClient
from tests.web.appeals.conftest import TESTER, Office
from tests.web.appeals.test_acting import post, shown, words

PAGE = "/appeals/absences"


def test_a_head_says_who_is_away_and_ends_it(desk: SignedClient, office: Office) -> None:
    office.go("2026-11-24")
    desk.come_as(office.app, "bolat")
    said = {"officer": "roza", "first": "2026-11-24", "last": "2026-11-26"}
    assert post(desk, f"{PAGE}/set", said).headers["location"] == f"{PAGE}?done=set"
    page = shown(desk, PAGE)
    assert "Роза Ким отсутствует 24 ноября 2026" in words(page, "#away-1")
    assert shown(desk, "/appeals").cssselect(
        "#bulk-officer option[value='officer:road-police:roza'][disabled]"
    )
    assert "person:bolat" in {act["actor"] for act in office.app.records.acts_of(("officer-absent",))}
    assert post(desk, f"{PAGE}/end", {"officer": "roza", "first": "2026-11-24"}).status_code == 303
    assert not shown(desk, "/appeals").cssselect(
        "#bulk-officer option[value='officer:road-police:roza'][disabled]"
    )
    again = post(desk, f"{PAGE}/end", {"officer": "roza", "first": "2026-11-24"})
    assert again.status_code == 422 and "уже завершено" in again.text


def test_what_cannot_be_is_told_beside_the_form(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "bolat")
    for first, last, told in (
        ("2026-11-26", "2026-11-24", "не может быть раньше первого"),
        ("", "", "Нужен день"),
        ("soon", "", "Нужен день"),
    ):
        answer = post(desk, f"{PAGE}/set", {"officer": "serik", "first": first, "last": last})
        assert answer.status_code == 422 and told in answer.text, (first, last)


def test_officers_of_other_units_are_nobodys_to_send_away(desk: SignedClient, office: Office) -> None:
    app = office.app
    if app.accounts.named("zhanna") is None:
        from aimas.accounts import Role

        app.accounts.add("zhanna", (Role.OFFICER,), TESTER, units=("migration",), can_sign_in=False)
    app.appeals.absences.put("zhanna", date(2026, 11, 24), date(2026, 12, 24), TESTER)
    desk.come_as(app, "bolat")
    assert "zhanna" not in desk.get(PAGE).text
    assert post(desk, f"{PAGE}/set", {"officer": "zhanna", "first": "2026-11-24"}).status_code == 422
    assert post(desk, f"{PAGE}/end", {"officer": "zhanna", "first": "2026-11-24"}).status_code == 422
    assert [a.officer for a in app.appeals.absences.known(date(2026, 12, 24))] == ["zhanna"]
