"""What a person does in the first five minutes, once in each language of the interface."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.conftest import Demo, Visit
from tests.web.reading_pages import listed, numbers

pytestmark = pytest.mark.browser
Arrive = Callable[..., Visit]
SEEN_WITHIN_S = 10


def count_of(page: Any) -> int:
    return int(page.locator("#count").get_attribute("data-count"))


@pytest.mark.parametrize(
    ("lang", "button", "word"),
    [("kk", "ҚАЗ", "полицияға"), ("ru", "РУС", "полицейскими"), ("en", "ENG", "police officers")],
)
def test_a_journey(visit: Arrive, demo: Demo, lang: str, button: str, word: str) -> None:
    here = visit(lang="en" if lang != "en" else "ru")
    page = here.open("/")
    page.get_by_role("button", name=button).click()
    assert page.locator("html").get_attribute("lang") == lang

    # The month, by tone.
    assert page.locator(".summary .tones li").count() >= 8
    assert page.locator("g.day a").count() > 30

    # What a reader opened and stands on survives the update that brings new items.
    page.locator("#days-table > summary").click()
    page.locator("#more-source > summary").click()
    stop = page.locator("#more-source a.number").first
    stop.focus()
    name = stop.get_attribute("aria-label")
    before = int(page.locator("#figures").get_attribute("data-about") or 0)
    page.wait_for_function("document.getElementById('live-bar').dataset.state === 'on'")
    released = time.monotonic()
    # Eight: some will speak of the institution, and not all of their outlets are slow or down.
    demo.release(8)
    page.wait_for_function(
        "before => Number(document.getElementById('figures').dataset.about) > before",
        arg=before,
        timeout=SEEN_WITHIN_S * 1000,
    )
    assert time.monotonic() - released < SEEN_WITHIN_S
    assert any(c.isdigit() for c in page.locator("#live-news").inner_text())
    assert page.locator("#days-table").get_attribute("open") is not None
    focused = page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.outerHTML"
    )
    assert focused.split(":")[0] == (name or "").split(":")[0]

    # A number opens its list.
    number = page.locator(".summary .big a").nth(1)
    said = int(number.get_attribute("data-count") or 0)
    number.click()
    assert count_of(page) == said > 50

    # Narrowed by a filter, with the count that the filter promised.
    chip = page.locator(".filter a.chip[data-count]").first
    promised = int(chip.get_attribute("data-count") or 0)
    chip.click()
    assert count_of(page) == promised

    # A publication with its evidence.
    page.locator("#items h3 a").first.click()
    assert page.locator("mark.mention").count() >= 1
    page.locator(".mentions a").first.click()
    page.wait_for_url("**#m-1")
    assert page.locator("mark.mention:target").count() == 1

    # Its original, for a reason that is recorded.
    page.locator("#reason").fill("browser test")
    page.locator("#original button").click()
    assert page.locator("#opened pre").inner_text().strip()

    page.locator("header nav a[href='/sources']").click()
    assert page.locator("table.sources tbody tr").count() >= 12
    assert page.locator("tr.pool").count() <= 1
    page.locator("header nav a[href='/held']").click()
    assert page.locator("#held-status").inner_text().strip()
    page.locator("header nav a[href='/ledger']").click()
    assert "browser test" in page.locator("table").last.inner_text()

    # Any form of a word finds the others.
    page.locator("header nav a[href='/list']").click()
    page.locator("#q").fill(word)
    page.keyboard.press("Enter")
    page.wait_for_url("**/list?q=*")
    assert count_of(page) > 3


def test_every_number_on_every_page_opens_what_it_counts(visit: Arrive, demo: Demo) -> None:
    here = visit()
    story = f"/story/{demo.get('/api/v1/stories').json()['items'][0]['id']}"
    seen: dict[str, int] = {}
    for path in [
        "/",
        "/?i=kz-prosecutor",
        "/list",
        "/list?q=is:relevant",
        "/sources",
        "/list?q=lang:kk",
        "/stories",
        story,
    ]:
        page = here.open(path)
        found = numbers(page.content())
        assert found, path
        seen |= found
    assert len(seen) > 200
    for href, said in seen.items():
        assert listed(demo.get(href).text) == said, href


def test_the_list_counts_what_came_since(visit: Arrive, demo: Demo) -> None:
    page = visit(lang="en").open("/list?q=*")
    held = count_of(page)
    page.wait_for_timeout(500)
    demo.release(1)
    page.wait_for_selector("#newer a", timeout=SEEN_WITHIN_S * 1000)
    assert count_of(page) == held, "the list itself stays as it was"
    page.locator("#newer a").click()
    assert count_of(page) > held


def test_more_is_added_below_and_the_reader_goes_on_there(visit: Arrive) -> None:
    page = visit().open("/list?q=*")
    before = page.locator("#items > li.item").count()
    page.locator("li.more a").click()
    page.wait_for_function("n => document.querySelectorAll('#items > li.item').length > n", arg=before)
    ids = page.eval_on_selector_all("#items > li.item", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)) == 2 * before


def test_everything_works_without_scripts(visit: Arrive) -> None:
    here = visit(lang="en", java_script_enabled=False)
    page = here.open("/")
    page.locator(".menu > summary").first.click()
    page.locator('button[name="institution"][value="kz-prosecutor"]').click()
    assert "Prosecutor" in page.locator("h1").inner_text()
    page.get_by_role("button", name="РУС").click()
    assert page.locator("html").get_attribute("lang") == "ru"
    page.goto(here.base + "/list?q=*")
    first = page.locator("#items > li.item").first.get_attribute("id")
    page.locator("li.more a").click()
    assert page.locator("#items > li.item").first.get_attribute("id") != first


def test_by_keyboard_alone(visit: Arrive) -> None:
    page = visit(lang="en").open("/")
    press = page.keyboard.press
    press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    # One stop in the chart, arrows inside it.
    page.locator("#days a[tabindex='0']").focus()
    assert page.locator("#days a[tabindex='0']").count() == 1
    last = page.evaluate("document.activeElement.closest('g').id")
    press("ArrowLeft")
    assert page.evaluate("document.activeElement.closest('g').id") < last
    press("ArrowDown")
    href = page.evaluate("document.activeElement.getAttribute('href')")
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('.said')).opacity") == "1"
    press("Enter")
    page.wait_for_url("**/list?*")
    assert href in page.url.replace(page.url.split("/list")[0], "")

    # A menu opens, closes on Escape, and gives the focus back.
    page.locator(".menu > summary").first.focus()
    press("Enter")
    assert page.locator(".menu[open]").count() == 1
    press("Escape")
    assert page.locator(".menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"

    page.locator("#q").focus()
    page.locator("#q").fill("(police")
    press("Enter")
    page.wait_for_selector("#wrong mark")


def test_everything_that_takes_the_focus_shows_it(visit: Arrive) -> None:
    page = visit(lang="ru").open("/sources")
    for _ in range(25):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 })()"
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")
