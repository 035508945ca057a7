"""A template is used only while it reads what the teacher reads."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality.make_pages import DESIGNS, Page, pages_of
from tests.extraction.test_extractor import NOW

from aimas.core import Fetched, Passed
from aimas.extraction import (
    Extractor,
    MemoryTemplates,
    Template,
    TemplateState,
    packed,
    sites,
    teacher,
    unpacked,
)
from aimas.extraction import store as crossing
from aimas.extraction.agreement import agreement
from aimas.extraction.templates import Walker, learned, votes

PAGES = 20
HELD_OUT = 8
"""The last pages of a site, read after its template is trusted."""


def read(extractor: Extractor, page: Page, body: bytes | None = None) -> str:
    outcome = extractor.extract(
        Fetched(
            source="test",
            address=page.address,
            media_type="text/html",
            body=body or page.body,
            fetched_at=NOW,
            name=page.address,
        )
    )
    assert isinstance(outcome, Passed), outcome
    return outcome.value.shown


@pytest.fixture
def teacher_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one at each page that the teacher reads."""
    calls: list[int] = []
    real = teacher.main_text

    def counted(tree: object) -> str:
        calls.append(1)
        return real(tree)  # type: ignore[arg-type]

    monkeypatch.setattr(teacher, "main_text", counted)
    return calls


@pytest.mark.parametrize("site", DESIGNS)
def test_a_site_is_learned_and_read_as_well_as_by_the_teacher(site: str, teacher_calls: list[int]) -> None:
    store = MemoryTemplates()
    extractor = Extractor(store)
    pages = pages_of(site, PAGES)
    for page in pages[:-HELD_OUT]:
        read(extractor, page)
    template = store.get(f"{site}.example")
    assert template is not None
    assert template.state is TemplateState.TRUSTED
    teacher_calls.clear()
    for page in pages[-HELD_OUT:]:
        shown = read(extractor, page)
        assert agreement(f"{page.title}\n{page.text}", shown) >= 0.98
        assert page.author not in shown
    assert not teacher_calls


@pytest.mark.parametrize("site", DESIGNS)
def test_no_author_is_in_any_reading(site: str) -> None:
    extractor = Extractor(MemoryTemplates())
    for page in pages_of(site, 10, seed=2):
        shown = read(extractor, page)
        assert page.author not in shown
        assert "@" not in shown.replace("@…", "")
        assert "t.me/" not in shown


def test_a_redesigned_site_is_learned_anew(teacher_calls: list[int]) -> None:
    store = MemoryTemplates()
    extractor = Extractor(store)
    for page in pages_of("dala-vesti", PAGES):
        read(extractor, page)
    before = store.get("dala-vesti.example")
    for page in pages_of("dala-vesti", 30, seed=3):
        redesigned = page.body.replace(b"entry-content", b"story-text")
        assert agreement(read(Extractor(), page, redesigned), read(extractor, page, redesigned)) >= 0.9
    after = store.get("dala-vesti.example")
    assert before is not None
    assert after is not None
    assert after.state is TemplateState.TRUSTED
    assert after.kept != before.kept


def test_every_so_many_pages_the_teacher_reads_too(teacher_calls: list[int]) -> None:
    extractor = Extractor(MemoryTemplates())
    pages = pages_of("bilik-press", sites.CHECK_EVERY + 20)
    for page in pages[:15]:
        read(extractor, page)
    teacher_calls.clear()
    for page in pages[15:]:
        read(extractor, page)
    assert 1 <= len(teacher_calls) <= 2


def test_a_template_that_has_drifted_is_dropped() -> None:
    store = MemoryTemplates()
    extractor = Extractor(store)
    for page in pages_of("bilik-press", 12):
        read(extractor, page)
    trusted = store.get("bilik-press.example")
    assert trusted is not None
    lost = tuple(path for path in trusted.kept if path.endswith(("li", "h2", "blockquote > p")))
    narrowed = tuple(path for path in trusted.kept if path not in lost)
    store.put("bilik-press.example", msgspec.structs.replace(trusted, kept=narrowed, dropped=lost))
    for page in pages_of("bilik-press", sites.CHECK_EVERY, seed=4):
        read(extractor, page)
    found = store.get("bilik-press.example")
    assert found is not None
    assert found.state is TemplateState.LEARNING


def test_without_an_address_nothing_is_learned() -> None:
    store = MemoryTemplates()
    extractor = Extractor(store)
    for page in pages_of("kenes", 10):
        read(extractor, page._replace(address=""))
    assert store.get("kenes.example") is None


def test_a_template_survives_being_written_down() -> None:
    template = Template(state=TemplateState.TRUSTED, kept=("div.a > p",), checks=(1.0, 0.99))
    assert msgspec.json.decode(msgspec.json.encode(template), type=Template) == template


def test_nothing_is_learned_where_the_text_stands_among_its_frame() -> None:
    assert learned(votes([], "text")) is None


PATHS = st.lists(st.sampled_from(["div.a", "div.b > p", "section > div.c > p"]), max_size=3, unique=True)


@given(PATHS, PATHS)
def test_every_kept_path_has_its_way(kept: list[str], dropped: list[str]) -> None:
    walker = Walker(kept, dropped)
    for path in kept:
        parts = path.split(" > ")
        for depth in range(1, len(parts) + 1):
            assert walker.leads_to_text(" > ".join(parts[:depth]), " > ".join(parts[: depth - 1]))


def test_agreement_is_one_for_equal_texts_and_none_for_strangers() -> None:
    assert agreement("а б в г д", "а б в г д") == 1.0
    assert agreement("а б в г д", "е ё ж з и") == 0.0
    assert agreement("", "") == 1.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_agreement_is_the_same_both_ways(one: str, other: str) -> None:
    assert agreement(one, other) == agreement(other, one)
    assert 0.0 <= agreement(one, other) <= 1.0


TRUSTED = Template(state=TemplateState.TRUSTED, kept=("main > p",), checks=(1.0,))


def test_what_came_to_be_trusted_is_told_once() -> None:
    store = MemoryTemplates(packed([("known.kz", TRUSTED)]))
    store.put("known.kz", msgspec.structs.replace(TRUSTED, checks=(0.99,)))
    store.put("learning.kz", Template(pages=1))
    for template in (Template(), TRUSTED, Template()):
        store.put("fallen.kz", template)
    assert store.learned() == b""
    store.put("learning.kz", TRUSTED)
    assert unpacked(store.learned()) == [("learning.kz", TRUSTED)]
    store.put("learning.kz", TRUSTED)
    assert store.learned() == b""
    assert store.get("known.kz") != TRUSTED, "it goes on learning on top of what it was given"


def test_how_many_pages_each_trusted_template_has_read_is_told() -> None:
    store = MemoryTemplates(packed([("known.kz", TRUSTED)]))
    extractor = Extractor(store)
    pages = pages_of("bilik-press", PAGES)
    for page in pages[:-HELD_OUT]:
        read(extractor, page)
    before = extractor.read_by_template()
    for page in pages[-HELD_OUT:]:
        read(extractor, page)
    learned_from = sites.LEARNING_PAGES + sites.CHECK_PAGES
    assert before == {"known.kz": 0, "bilik-press.example": PAGES - HELD_OUT - learned_from}
    assert extractor.read_by_template() == {"known.kz": 0, "bilik-press.example": PAGES - learned_from}
    store.put("bilik-press.example", Template())
    assert extractor.read_by_template() == {"known.kz": 0}
    assert Extractor().read_by_template() == {}


def test_what_is_too_much_to_cross_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    large = msgspec.structs.replace(TRUSTED, kept=("main > p" * 100,))
    told = [("a.kz", TRUSTED), ("large.kz", large), ("b.kz", TRUSTED), ("c.kz", TRUSTED)]
    monkeypatch.setattr(crossing, "CROSSING_BYTES", 2 * len(packed(told[:1])) + 5)
    assert unpacked(packed(told)) == [told[0], told[2]]
    assert len(packed(told)) <= crossing.CROSSING_BYTES
    assert (packed([]), unpacked(b"")) == (b"", [])
