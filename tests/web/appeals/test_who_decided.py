"""A topic that the applicant chose is his word, not a decision of the office."""

import pytest
from tests.signing import SignedClient
from tests.web.appeals.conftest import Office
from tests.web.reading_pages import tree

from aimas.appeals import Channel
from aimas.appeals.service import APPLICANT

BURGLARY = "Квартиру обокрали: взломали дверь, унесли деньги и ноутбук. Прошу найти воров."


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_what_the_applicant_chose_is_told_as_his_until_a_person_decides(
    desk: SignedClient, office: Office, lang: str
) -> None:
    desk.come_as(office.app, "gulnar")
    case = office.file("stolen", BURGLARY, by=APPLICANT, channel=Channel.WEB, category="road_safety")
    path = f"/appeals/{case}"
    desk.cookies.set("lang", lang)

    def told() -> str:
        (found,) = tree(desk.get(path).text).cssselect("#suggest-category")
        return str(found.text_content())

    chosen = {"ru": "Заявитель выбрал", "kk": "Өтініш беруші таңдаған", "en": "The applicant chose"}[lang]
    settled = {"ru": "Человек уже решил", "kk": "Адам шешіп қойды", "en": "A person has decided"}[lang]
    before = told()
    assert chosen in before and settled not in before
    office.app.appeals.set_category(case, "crime_report", by=office.app.actor)
    after = told()
    assert chosen not in after and settled in after
