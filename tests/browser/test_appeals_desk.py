"""The working day of an appeal at the desk, once in each language: registered, a part forwarded, extended, answered,
and every step and look seen by the auditor."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, expect
from tests.browser.conftest import Demo, Visit
from tests.browser.test_accessibility import faults
from tests.web.reading_pages import tree

pytestmark = pytest.mark.browser
Arrive = Callable[..., Visit]
CLERK, OFFICER, HEAD, AUDITOR = "dosova", "seitov", "akhmetov", "zhaksybekov"
PURPOSE = "desk journey"

APPEAL = {
    "ru": "Прошу починить уличный фонарь у школы на улице Достык. Также прошу убрать мусор во дворе дома 12.",
    "kk": "Достық көшесіндегі мектептің жанындағы көше шамын жөндеуді сұраймын. Аулада жиналған қоқысты шығаруды өтінемін.",
    "en": "Please repair the street lamp near the school in Dostyk street. Could you also remove the rubbish from the yard?",
}
BODY = {"ru": "Акимат района", "kk": "Аудан әкімдігі", "en": "District akimat"}
REASON = {
    "ru": "Уборка дворов — дело акимата",
    "kk": "Ауланы тазалау — әкімдіктің ісі",
    "en": "Yards are the matter of the akimat",
}
EXPERT = {
    "ru": "Нужен ответ энергетиков",
    "kk": "Энергетиктердің жауабы керек",
    "en": "The power company must reply",
}
BAD = {
    "ru": "Мы получили ваше письмо. Спасибо за внимание к порядку на улицах города.",
    "kk": "Біз сіздің хатыңызды алдық. Қала көшелеріндегі тәртіпке көңіл бөлгеніңізге рақмет.",
    "en": "We have got your letter. Thank you for your attention to the order in the streets of our city.",
}
GOOD = {
    "ru": "Здравствуйте! Ваша просьба удовлетворена: уличный фонарь у школы на улице Достык исправлен, так как проверка "
    "показала обрыв провода. Если фонарь погаснет снова, вы можете позвонить нам до конца года. Если вы не согласны с "
    "ответом, его можно обжаловать: подайте жалобу нам, её рассмотрит вышестоящий орган.",
    "kk": "Сәлеметсіз бе! Өтінішіңіз қанағаттандырылды: Достық көшесіндегі мектептің жанындағы көше шамы жөнделді, себебі "
    "тексеру барысында сымның үзілгені анықталды. Шам қайта сөнсе, жылдың соңына дейін бізге хабарласа аласыз. Жауаппен "
    "келіспесеңіз, шағым бере аласыз: шағым бізге беріледі, оны жоғары тұрған орган қарайды.",
    "en": "Hello, your request was granted: the street lamp near the school in Dostyk street was repaired, because the "
    "inspection found that its cable was broken. If the lamp fails again, you can call us by the end of the year. If you "
    "disagree, you may complain to us; the higher body decides the complaint.",
}
NAME = {"ru": "Ержан Тулегенов", "kk": "Ержан Төлегенов", "en": "Yerzhan Tulegenov"}


def registered(visit: Arrive, lang: str) -> tuple[str, str]:
    """By the clerk, as it came on paper; the case's address and its number."""
    page = visit(lang=lang, person=CLERK).open("/appeals")
    page.locator("a[href='/appeals/new']").click()
    page.wait_for_url("**/appeals/new")
    page.locator("#n-text").fill(APPEAL[lang])
    page.locator("#n-language").select_option(lang)
    page.locator("#n-name").fill(NAME[lang])
    page.locator("#n-address").fill("Абай көшесі, 5")
    page.locator(".typing button.primary").click()
    page.locator("#code").wait_for()
    assert page.locator("#code").inner_text().count("-") == 4
    number = page.locator(".talon .big").inner_text()
    page.locator("a.primary-link").click()
    page.locator(".requests").wait_for()
    assert page.locator(".requests li").count() == 2
    page.locator("#act-assign > summary").click()
    page.locator("#assign-to").select_option("officer:road-police:seitov")
    page.locator("#act-assign form button").click()
    page.locator(".done").first.wait_for()

    # One part is another body's matter.
    page.locator("#act-forward > summary").click()
    page.locator("#forward-to").fill(BODY[lang])
    page.locator("#act-forward input[name=request][value='2']").check()
    page.locator("#forward-reason").fill(REASON[lang])
    page.locator("#act-forward form button").click()
    page.get_by_text(BODY[lang]).first.wait_for()
    assert BODY[lang] in page.locator(".done").inner_text()
    assert page.locator(".request-gone").count() == 1 and page.locator(".request-open").count() == 1
    # It may extend nothing: that is the head's.
    assert page.locator("#act-extend").count() == 0
    return page.url.partition("?")[0].partition("://")[2].partition("/")[2], number


def extended(visit: Arrive, lang: str, path: str) -> None:
    page = visit(lang=lang, person=HEAD).open(f"/{path}")
    page.locator("#act-extend > summary").click()
    until = page.locator("#extend-until")
    latest = str(until.get_attribute("max"))
    assert page.locator("#act-extend form > p.note").count() >= 3
    # Past what the law allows: the browser's own check is set aside, the rules are asked.
    page.locator("#act-extend form").evaluate("form => { form.noValidate = true; }")
    until.fill(f"{int(latest[:4]) + 1}{latest[4:]}")
    page.locator("#extend-reason").fill(EXPERT[lang])
    page.locator("#act-extend form button").click()
    page.locator("#wrong-extend").first.wait_for()
    page.locator("#extend-until").fill(latest)
    page.locator("#act-extend form button").click()
    page.locator(".done").first.wait_for()
    assert page.locator(".keeping-replaced").count() >= 1


def answered(visit: Arrive, lang: str, path: str) -> None:
    page = visit(lang=lang, person=OFFICER).open(f"/{path}")
    assert NAME[lang].split()[1] not in page.locator("main").inner_text()
    page.locator("#purpose").fill(PURPOSE)
    page.locator(".look button").click()
    page.locator(".applicant").wait_for()
    assert NAME[lang] in page.locator(".applicant").inner_text()

    page.goto(page.url.removesuffix("/look"))
    page.locator("input[name=decision][value=satisfied]").check()
    page.locator("button[formaction$='/draft']").click()
    page.wait_for_function("() => document.getElementById('answer-text').value.includes('[')")
    page.locator("[data-finding='blank-left']").first.wait_for()
    page.locator("#answer-text").fill(BAD[lang])
    page.locator("[data-finding='decision-missing']").wait_for()
    assert page.locator(".finding-stops").count() >= 3
    page.locator("#answer-form button.primary").click()
    page.locator("#answer .warn").first.wait_for()
    assert page.locator("#answer-text").input_value() == BAD[lang]

    page.locator("#answer-text").fill(GOOD[lang])
    page.locator(".verdict.ok").wait_for()
    assert page.locator(".finding-stops").count() == 0
    page.locator("#preview > summary").click()
    assert GOOD[lang].split(":")[0] in page.locator("#preview .letter").inner_text()
    page.locator("#answer-form button.primary").click()
    page.locator(".done").first.wait_for()
    page.locator(".now .stage-answered").first.wait_for()
    assert GOOD[lang].split(":")[0] in page.locator("#written").inner_text()


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_day_at_the_desk(visit: Arrive, demo: Demo, lang: str) -> None:
    path, number = registered(visit, lang)
    extended(visit, lang, path)
    answered(visit, lang, path)

    page = visit(lang=lang, person=AUDITOR).open(f"/{path}")
    steps = page.locator(".timeline > li").count()
    assert steps >= 8
    assert page.locator(".step-look").count() == 1
    assert NAME[lang].split()[1] not in page.locator("main").inner_text()
    assert page.locator("#acts").count() == 0 and page.locator(".look").count() == 0
    page.goto(f"{page.url.partition('/appeals')[0]}/appeals/looks")
    page.locator("#f-number").fill(number)
    page.locator(".queue-filters button").click()
    page.wait_for_url("**/looks?**")
    row = page.locator("#items tbody tr")
    assert row.count() == 1 and PURPOSE in row.inner_text() and number in row.inner_text()


def test_who_has_typed_is_asked_before_the_language_changes(visit: Arrive) -> None:
    page = visit(lang="ru", person=CLERK).open("/appeals/new")
    page.get_by_role("button", name="ENG").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    asked: list[str] = []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stays)
    page.locator("#n-text").fill(APPEAL["en"])
    page.get_by_role("button", name="ҚАЗ").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("#n-text")).to_have_value(APPEAL["en"])
    expect(page.locator("html")).to_have_attribute("lang", "en")
    # Sending it is no slip.
    page.locator("#n-language").select_option("en")
    page.locator("#n-name").fill(NAME["en"])
    page.locator("#n-address").fill("5 Abay Street")
    page.locator(".typing button.primary").click()
    page.wait_for_load_state()
    expect(page.locator("#n-text")).to_have_count(0)
    assert len(asked) == 1


def test_the_queue_obeys_the_keyboard(visit: Arrive) -> None:
    page = visit(person=CLERK).open("/appeals")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator(".case").first.locator("input").is_checked()
    assert "1" in page.locator("[data-picked]").inner_text()
    number = page.locator(".case h3 a").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/appeals/*")
    assert number in page.locator("h1").inner_text()


def test_every_number_of_the_desk_opens_what_it_counts(visit: Arrive, demo: Demo) -> None:
    here = visit(person=AUDITOR)
    for path in ("/appeals", "/appeals?signals=1", "/appeals/figures"):
        found = {
            str(a.get("href")): int(str(a.get("data-count")))
            for a in tree(here.open(path).content()).cssselect("a[data-count]")
        }
        assert found, path
        for href, said in list(found.items())[:60]:
            assert int(str(here.open(href).locator("#count").get_attribute("data-count"))) == said, href


def desk_paths(here: Any) -> list[str]:
    first = [str(a.get("href")) for a in tree(here.open("/appeals").content()).cssselect(".case h3 a")]
    return ["/appeals", "/appeals?signals=1", "/appeals?text=zzzz", *first[:4]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360], ids=["desk", "phone"])
def test_axe_finds_nothing_serious_at_the_desk(visit: Arrive, theme: str, width: int) -> None:
    for person, more in (
        (CLERK, ["/appeals/new"]),
        (HEAD, ["/appeals/figures"]),
        (AUDITOR, ["/appeals/looks"]),
    ):
        here = visit(
            lang="kk" if theme == "dark" else "ru",
            theme=theme,
            width=width,
            person=person,
            bypass_csp=True,
            reduced_motion="reduce",
        )
        for path in [*(desk_paths(here) if person == HEAD else []), *more]:
            page = here.open(path)
            page.evaluate(
                "document.querySelectorAll('main details').forEach(d => { d.removeAttribute('name'); d.open = true; })"
            )
            assert not (found := faults(page)), f"{path} {theme} {width}\n" + "\n".join(found)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_nothing_of_the_desk_sticks_out_on_a_phone(visit: Arrive, lang: str) -> None:
    for person, more in (
        (CLERK, ["/appeals/new"]),
        (HEAD, ["/appeals/figures"]),
        (AUDITOR, ["/appeals/looks"]),
    ):
        here = visit(lang=lang, width=360, person=person, has_touch=True, is_mobile=True)
        for path in [*(desk_paths(here) if person == HEAD else []), *more]:
            page = here.open(path)
            assert not page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            ), path
