"""What a home knows of a site's pages goes with a run to other processes, and what they learn comes back."""

from collections.abc import Sequence

import msgspec
import pytest
from quality.make_pages import Page, pages_of
from tests.builders import NOW, fetched

from aimas.app import App, ingesting
from aimas.core import Fetched, Outcome, Passed, Unavailable
from aimas.extraction import MemoryTemplates, Template, TemplateState, packed
from aimas.extraction import store as crossing
from aimas.storage.templates import SqlTemplates

STORY = "В городе открыли школу, и строили её два года, как и обещали жителям этого района. " * 8
BULLETIN = "Полиция сообщила, что на перекрёстке двух улиц сегодня ночью задержали вора с мешком. " * 2
KNOWN = Template(state=TemplateState.TRUSTED, kept=("div.bulletin",), dropped=("div.story",), checks=(1.0,))
"""Of a site whose publications stand below a text that every page repeats: no teacher could know."""
DESIGN = "dala-vesti"


def odd(number: int) -> Outcome[Fetched]:
    body = (
        f"<html><head><title>Сводка номер {number}</title></head><body><div class='story'><p>{STORY}</p></div>"
        f"<div class='bulletin'>{BULLETIN}Всего их было {number}.</div></body></html>"
    )
    return page(f"https://odd.example/{number}", body.encode())


def page(address: str, body: bytes) -> Outcome[Fetched]:
    item = fetched("", address=address, body=body, media_type="text/html", name=address, fetched_at=NOW)
    return Passed(msgspec.structs.replace(item, text=None))


def from_site(pages: Sequence[Page]) -> list[Outcome[Fetched]]:
    return [page(p.address, p.body) for p in pages]


def templates(app: App) -> SqlTemplates:
    """As another process would find them."""
    return SqlTemplates(app._engine)


def texts(app: App) -> list[str]:
    return [p.text for p in app.records.current(0, 100)]


@pytest.mark.both_records
def test_a_site_that_the_home_knows_is_known_from_its_first_page_on(app: App) -> None:
    app.ingest([odd(1)], source="import", workers=2)
    assert STORY.strip() in texts(app)[0], "nobody knows the site yet"
    templates(app).put("odd.example", KNOWN)
    report = app.ingest([odd(n) for n in (2, 3)], source="import", workers=2)
    assert report.filed == 2
    assert texts(app)[1:] == [f"{BULLETIN}Всего их было {n}." for n in (2, 3)]


def test_what_a_run_learned_is_known_to_the_home_and_what_the_home_knew_stays(app: App) -> None:
    pages = pages_of(DESIGN, 12)
    templates(app).put("odd.example", KNOWN)
    app.ingest([*from_site(pages), odd(1)], source="import", workers=2)
    learned = templates(app).get(f"{DESIGN}.example")
    assert learned is not None and learned.state is TemplateState.TRUSTED
    assert templates(app).get("odd.example") == KNOWN
    here = MemoryTemplates()
    extract = ingesting._reading(app.settings.profiles, app.settings.timezone, here)[0]
    extract.run([p.value for p in from_site(pages) if isinstance(p, Passed)])
    assert here.get(f"{DESIGN}.example") == learned


def test_a_run_whose_lessons_cannot_be_kept_has_filed_all_the_same(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> int:
        raise Unavailable("another process writes", 1.0)

    monkeypatch.setattr(SqlTemplates, "keep", busy)
    report = app.ingest(from_site(pages_of(DESIGN, 12)), source="import", workers=2)
    assert report.filed == 12
    assert templates(app).get(f"{DESIGN}.example") is None


def test_of_each_site_the_first_lesson_is_kept_and_no_more_than_may_cross(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lessons = ingesting._Lessons()
    monkeypatch.setattr(ingesting, "CROSSING_BYTES", 2 * len(packed([("a.kz", KNOWN)])))
    other = Template(state=TemplateState.TRUSTED, kept=("main",))
    lessons.hear(packed([("a.kz", KNOWN)]))
    for host in ("a.kz", "b.kz"):
        lessons.hear(packed([(host, other)]))
    lessons.hear(packed([("c.kz", KNOWN), ("d.kz", KNOWN)]))
    assert lessons.templates == {"a.kz": KNOWN, "b.kz": other}


def test_no_more_templates_than_may_cross_are_given_to_other_processes(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("a.kz", "b.kz", "c.kz"):
        templates(app).put(host, KNOWN)
    one = len(packed([("a.kz", KNOWN)]))
    monkeypatch.setattr(crossing, "CROSSING_BYTES", 2 * one + 5)
    profiles, zone, known = app._given_elsewhere()
    assert (type(profiles[0]), type(zone), type(known)) == (str, str, bytes)
    assert one < len(known) <= crossing.CROSSING_BYTES
    there = MemoryTemplates(known)
    assert [host for host in ("a.kz", "b.kz", "c.kz") if there.get(host) == KNOWN] == ["a.kz", "b.kz"]
