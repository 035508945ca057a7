"""Pages that the HTML path is measured on carry their texts, and new sites are met too seldom to be learned."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.__main__ import warm_up
from bench.web_pages import KNOWN_SITES, by_template, hosts, made, written
from quality.make_pages import DESIGNS, Page
from selectolax.lexbor import LexborHTMLParser

from aimas.app import App
from aimas.core import Fetched, Held, Passed
from aimas.extraction import Template, TemplateState
from aimas.extraction.decoding import decoded
from aimas.extraction.sites import CHECK_PAGES, LEARNING_PAGES
from aimas.sources import ImportOptions, read_files
from aimas.storage.templates import SqlTemplates

ROWS = 20


def pages() -> list[Page]:
    return list(made(ROWS, hosts("known", ROWS), 1))


def test_every_page_carries_its_text_and_title_and_weighs_as_much_as_a_news_page() -> None:
    found = pages()
    assert len(found) == ROWS and {page.lang for page in found} == {"ru", "kk"}
    assert len({page.site.rsplit("-", 2)[0] for page in found}) == len(DESIGNS)
    for page in found:
        characters = decoded(page.body, None)
        assert not isinstance(characters, Held)
        body = LexborHTMLParser(characters.text).body
        assert body is not None
        shown = body.text(separator="\n")
        assert all(line in shown for line in [page.title, *page.text.split("\n")]), page.address
        assert 69_000 < len(page.body) < 75_000


def test_equal_arguments_give_equal_pages() -> None:
    assert pages() == pages()
    assert not {page.text for page in pages()} & {p.text for p in made(ROWS, hosts("known", ROWS), 2)}


def test_a_new_site_has_too_few_pages_for_a_template_and_a_known_one_does_not() -> None:
    new = Counter(page.site for page in made(ROWS, hosts("new", ROWS), 1))
    assert set(new.values()) <= {2, 3} and max(new.values()) < LEARNING_PAGES + CHECK_PAGES
    assert len(hosts("known", 6_000)) == KNOWN_SITES


def test_the_archive_hands_over_the_same_pages(tmp_path: Path) -> None:
    archive = tmp_path / "pages.warc"
    sample = written(archive, ROWS, hosts("known", ROWS), 1)
    items = list(read_files([archive], ImportOptions(), datetime.now(UTC)))
    bodies = [
        item.value.body for item in items if isinstance(item, Passed) and isinstance(item.value, Fetched)
    ]
    assert bodies == [page.body for page in pages()]
    assert [(true.address, true.text) for true in sample] == [(page.address, page.text) for page in pages()]


def test_every_reading_process_says_which_sites_the_home_knew(app: App) -> None:
    SqlTemplates(app._engine).put("known.example", Template(state=TemplateState.TRUSTED, kept=("main > p",)))
    with app.workers(2) as pool:
        app.engine(pool).run(warm_up(2), source="bench")
        told = by_template(pool)
    assert len({pid for pid, _ in told}) == 2
    assert {(host, seen) for (_, host), seen in told.items()} == {("known.example", 0)}
