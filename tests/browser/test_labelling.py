"""A sample is drawn and answered with the keyboard, then by touch; a tone is corrected."""

from collections.abc import Callable

import pytest
from tests.browser.conftest import CALLED, Demo, Visit

pytestmark = pytest.mark.browser
Arrive = Callable[..., Visit]


@pytest.mark.parametrize(("lang", "width"), [("kk", 1280), ("ru", 390), ("en", 1280)])
def test_a_sample_is_drawn_and_answered(visit: Arrive, lang: str, width: int) -> None:
    here = visit(lang=lang, width=width, has_touch=width < 500)
    page = here.open("/labelling")
    page.locator("#n").fill("3")
    page.locator("button.primary").click()
    page.wait_for_url("**/labelling/*")
    sample = page.url
    assert page.locator("#h-accuracy").count() == 0
    page.locator("a.primary").click()
    page.wait_for_url("**/ask")
    asked = int(page.locator("progress").get_attribute("max") or 0)
    assert asked >= 3 and page.locator("mark.target").count() == 1
    for number in range(asked):
        assert page.locator("input[name=n]").get_attribute("value") == str(number)
        following = page.expect_navigation()
        with following:
            if width < 500:
                page.locator(".answers button").nth(number % 4).tap()
            else:
                page.keyboard.press("1230"[number % 4])
        if number == 0 and asked > 1:
            # Left alone and come back to: it goes on where it stopped.
            page.goto(sample)
            page.locator("a.primary").click()
            page.wait_for_url("**/ask")
    assert page.url == sample
    assert page.locator("#h-accuracy").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_tone_is_corrected_and_the_board_follows(visit: Arrive, demo: Demo) -> None:
    before = demo.get("/api/v1/publications", q="is:corrected").json()["count"]
    id = demo.get("/api/v1/publications", q="tone:critical").json()["items"][0]["id"]
    page = visit(lang="en").open(f"/publication/{id}")
    page.locator(".correct summary").first.click()
    form = page.locator(".correct form").first
    form.locator("input[value=unclear]").check()
    form.locator("button").click()
    page.wait_for_selector("#said")
    assert CALLED in page.locator("#history").inner_text()
    page.wait_for_function(
        "async n => (await (await fetch('/api/v1/publications?q=is:corrected')).json()).count > n", arg=before
    )
