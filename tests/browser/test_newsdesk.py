"""An analyst's morning, once in each language: story, evidence, saved search, back-test, alert, digest, export."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import CALLED, Demo, Visit
from tests.web.reading_pages import listed, numbers

pytestmark = pytest.mark.browser
Arrive = Callable[..., Visit]
ALERTED_WITHIN_S = 30


def said(link: Any) -> int:
    return int(link.get_attribute("data-count") or -1)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_an_analysts_morning(visit: Arrive, demo: Demo, lang: str, tmp_path: Path) -> None:
    page = visit(lang=lang).open("/stories?q=is:relevant")

    # A story, with the numbers that its line promised, titled in the reader's language where it can be.
    line = page.locator("li.story").first
    promised = said(line.locator("a.number").first)
    line.locator("h3 a").click()
    assert page.locator("html").get_attribute("lang") == lang
    whole = page.locator(".summary .big a.number")
    assert said(whole) == promised > 3
    assert sum(said(a) for a in page.locator(".summary .tones a").all()) == promised
    whole_href = whole.get_attribute("href") or ""
    assert listed(demo.get(whole_href).text) == promised

    # Why a text is there, its evidence, and the way back.
    page.locator("details.why summary").nth(1).click()
    assert page.locator("details.why[open] p").first.inner_text().strip()
    page.locator("ol.chain h3 a").first.click()
    assert page.locator("mark.mention").count() >= 1
    assert said(page.locator("#place a[data-count]").first) == promised
    page.locator("#place a").first.click()
    page.wait_for_url("**/story/**")

    # The search is saved from its list; its line counts what the list counts.
    name = f"Таң {lang}"
    page.goto(f"{demo.base}/list?q=*")
    page.locator("details.save summary").click()
    page.locator("#save-name").fill(name)
    page.locator("details.save button").click()
    page.wait_for_url("**/searches**")
    row = page.locator("table.stack tbody tr").filter(has_text=name)
    for link in row.locator("a.number").all():
        assert listed(demo.get(link.get_attribute("href") or "").text) == said(link)

    # Tried on history before it is switched on.
    row.locator("a[href^='/alerts/new']").click()
    page.locator("#name").fill(name)
    page.locator("#kind-spike").check()
    page.locator("button[formaction='/alerts/backtest']").click()
    page.locator("#backtest").wait_for()
    for href, count in list(numbers(page.content()).items())[:12]:
        assert listed(demo.get(href).text) == count, href
    page.locator("#kind-every").check()
    page.locator("#atom").check()
    page.locator("form button.primary").click()
    page.locator("#mute").wait_for()
    feed = page.locator("dd a[href*='/feeds/']").get_attribute("href") or ""

    # Something is published: the alert comes, opens exactly what it counts, and is acknowledged by name.
    demo.release(3)
    rule = page.url
    begun = time.monotonic()
    while not page.locator(".alert-item").count():
        assert time.monotonic() - begun < ALERTED_WITHIN_S, "no alert came"
        page.wait_for_timeout(500)
        page.goto(rule)
    page.locator(".alert-item h3 a").first.click()
    counted = page.locator("h1 a.number")
    assert listed(demo.get(counted.get_attribute("href") or "").text) == said(counted) >= 1
    page.locator("#ack button").click()
    assert CALLED in page.locator("#ack").inner_text()
    assert feed.startswith(demo.base)
    assert name in demo.get(feed.removeprefix(demo.base)).text

    # The digest of the week says what the lists say.
    page.goto(f"{demo.base}/digest?days=7")
    told = numbers(page.locator("article.digest").inner_html())
    assert len(told) > 20
    for href, count in list(told.items())[:40]:
        assert listed(demo.get(href).text) == count, href
    with page.expect_download() as taken:
        page.locator(".digest-take button[value='docx']").click()
    assert Path(taken.value.path()).stat().st_size > 5_000

    # The export holds what the list counts.
    page.goto(f"{demo.base}{whole_href}")
    with page.expect_download() as taken:
        page.locator("a[download][href*='jsonl']").click()
    rows = [json.loads(row) for row in Path(taken.value.path()).read_text("utf-8").splitlines()]
    assert len(rows) == promised
    page.goto(f"{demo.base}/ledger")
    assert CALLED in page.content() or name in page.content()
