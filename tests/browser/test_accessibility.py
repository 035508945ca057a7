"""Each page in each theme by axe-core, on a phone, and by what axe cannot see."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Demo, Visit

pytestmark = pytest.mark.browser
AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js")).read_text("utf-8")
Arrive = Callable[..., Visit]


@pytest.fixture(scope="session")
def paths(demo: Demo) -> list[str]:
    def first(query: str) -> str:
        items = demo.get("/api/v1/publications", q=query).json()["items"]
        return f"/publication/{items[0]['id']}" if items else ""

    fixed = [
        "/",
        "/list?q=is:relevant",
        "/list?q=is:relevant&fold=1",
        "/list?q=(a",
        "/stories",
        f"/story/{demo.get('/api/v1/stories').json()['items'][0]['id']}",
        "/list?q=zzzz",
        "/searches",
        "/alerts",
        "/alerts/new",
        "/labelling",
        "/?numbers=corrected",
        "/sources",
        "/held",
        "/ledger",
        "/digest?days=7",
        "/digest?day=2999-01-01",
        "/digest/listening?days=7",
        "/api",
        "/nowhere",
        "/account",
    ]
    revised = first("is:revised")
    found = [first("is:relevant"), first("tone:critical"), revised, f"{revised}/changes" if revised else ""]
    return fixed + [p for p in found if p]


def faults(page: Any) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['impact']} {v['id']}: {n['html'][:160]} — {n['failureSummary'][:300]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(visit: Arrive, paths: list[str], theme: str, width: int) -> None:
    here = visit(
        lang="kk" if theme == "dark" else "ru",
        theme=theme,
        width=width,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    for path in paths:
        page = here.open(path)
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        assert not (found := faults(page)), f"{path} {theme} {width}\n" + "\n".join(found)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_nothing_sticks_out_on_a_phone(visit: Arrive, paths: list[str], lang: str) -> None:
    here = visit(lang=lang, width=360, has_touch=True, is_mobile=True)
    for path in paths:
        page = here.open(path)
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        small = page.evaluate(
            """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')].filter(e => {
                 const r = e.getBoundingClientRect(), inline = getComputedStyle(e).display === 'inline';
                 return r.width && !inline && !e.closest('svg') && !e.matches('.skip') && (r.width < 23.5 || r.height < 23.5);
               }).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert not small, f"{path}: {small[:5]}"


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_menus_open_within_the_window(visit: Arrive, lang: str, width: int) -> None:
    page = visit(lang=lang, width=width).open("/")
    menus = page.locator(".menu")
    assert menus.count() == 2, "the institution's and the theme's"
    for n in range(menus.count()):
        menus.nth(n).locator("summary").click()
        button = menus.nth(n).locator("summary").bounding_box()
        opened = menus.nth(n).locator("form").bounding_box()
        assert button and opened
        assert opened["x"] >= 8 and opened["x"] + opened["width"] <= width - 8, opened
        assert 0 <= opened["y"] - button["y"] - button["height"] <= 8, "right below its button"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        menus.nth(n).locator("summary").click()


def test_names_on_the_map_fit_their_tiles(visit: Arrive) -> None:
    for lang in ("kk", "ru", "en"):
        for width in (1280, 1024, 390, 360):
            page = visit(lang=lang, width=width).open("/")
            cut = page.eval_on_selector_all(
                ".map .place", "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
            )
            assert not cut, (lang, width, cut)


def test_labels_of_the_chart_do_not_touch(visit: Arrive) -> None:
    for lang in ("kk", "ru", "en"):
        page = visit(lang=lang).open("/")
        boxes = page.eval_on_selector_all(
            ".days .axis[text-anchor=middle], .days g .axis",
            "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.right])",
        )
        for (_, right), (left, _) in itertools.pairwise(boxes):
            assert left > right


def test_tone_is_told_without_colour(visit: Arrive) -> None:
    page = visit(lang="en").open("/")
    for mark in page.locator(".tones li .label, .badge").all_inner_texts():
        assert mark.strip()[0] in "▼▲●?○", mark


def test_motion_stops_when_asked(visit: Arrive) -> None:
    page = visit(reduced_motion="reduce").open("/")
    page.evaluate("document.querySelector('.item').classList.add('fresh')")
    assert page.evaluate("getComputedStyle(document.querySelector('.item')).animationName") == "none"


def test_the_page_can_be_printed(visit: Arrive) -> None:
    page = visit().open("/")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert page.locator("#days").is_visible() and page.locator(".map").is_visible()
