"""One digest in four forms and three languages: the same numbers, the same links, every letter."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

import docx
import msgspec
import pypdf
import pytest
from tests.reports.newsroom import LAST, SECRET
from tests.web.reading_pages import tree

from aimas import digesting
from aimas.app import App
from aimas.rendering import pdf
from aimas.rendering.document import Chart, Document, Run, Table, sections, text_of
from aimas.rendering.html import html
from aimas.rendering.markdown import escaped, markdown
from aimas.rendering.word import word
from aimas.reports import Digest
from aimas.reports.types import week
from aimas.web.digests import document_of, told_in

LANGUAGES = ("ru", "kk", "en")
HOSTILE = '</script><img src=x onerror=alert(1)> | *полиция* _и_ [ссылка](http://x.test) `код` #set page(width: 1pt) & "\x07'
FONTS = Path(pdf.__file__).parent / "fonts"


def document(app: App, language: str = "ru") -> Document:
    told = digesting.digest_of(app, "kz-mia", week(LAST), digesting.undisturbed(app))
    return document_of(app, told, app.profiles[0], language, "http://board.test")


def telling_of(app: App, title: str, sentence: str = "") -> Digest:
    """A digest whose first story is called so, and quotes that."""
    told = digesting.digest_of(app, "kz-mia", week(LAST), digesting.undisturbed(app))
    line = next(s for s in told.top if s.evidence)
    assert line.evidence is not None
    quoted = msgspec.structs.replace(line.evidence, sentence=sentence or title, words=())
    line = msgspec.structs.replace(line, titles={"ru": title}, evidence=quoted)
    return msgspec.structs.replace(told, top=(line,))


def runs(shown: Document) -> list[Run]:
    found: list[Run] = []
    for section in sections(shown):
        for block in section.blocks:
            match block:
                case Table(rows=rows):
                    found += [r for row in rows for cell in row for r in cell.runs]
                case Chart():
                    pass
                case _ if hasattr(block, "runs"):
                    found += block.runs
                case _:
                    for entry in block.entries:  # type: ignore[union-attr]
                        found += entry.title
                        found += [r for p in entry.paragraphs for r in p.runs]
    return found


def links(shown: Document) -> set[str]:
    return {r.href for r in runs(shown) if r.href}


def text_in_pdf(raw: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(newsroom: App, language: str) -> None:
    raw = markdown(document(newsroom, language)).decode()
    assert "⟦" not in raw
    assert "{" not in raw


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_has_every_link_and_asks_nothing_of_any_network(newsroom: App, language: str) -> None:
    shown = document(newsroom, language)
    page = tree(html(shown).decode())
    assert page.get("lang") == language
    assert links(shown) <= {a.get("href") for a in page.cssselect("a[href]")}
    assert page.cssselect("script, link, img, iframe, [src], [onload]") == []
    assert len(page.cssselect("svg.days rect.bar-critical")) == 4, "on four days"
    assert [h.text_content() for h in page.cssselect("h1")] == [shown.title]


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_has_every_link_number_and_a_chart_of_its_own(newsroom: App, language: str) -> None:
    shown = document(newsroom, language)
    raw = word(shown, newsroom.clock.now())
    opened = docx.Document(io.BytesIO(raw))
    related = {r.target_ref for r in opened.part.rels.values() if r.is_external}
    assert links(shown) <= related
    tables = [b for s in sections(shown) for b in s.blocks if isinstance(b, Table)]
    assert len(opened.tables) == len(tables)
    for table, meant in zip(opened.tables, tables, strict=True):
        assert len(table.rows) == len(meant.rows) + 1
        for row, cells in zip(list(table.rows)[1:], meant.rows, strict=True):
            assert [c.text.lstrip("▼▲●?○ ") for c in row.cells] == [text_of(cell.runs) for cell in cells]
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        (chart,) = [n for n in parts.namelist() if n.startswith("word/charts/")]
        drawn = parts.read(chart).decode()
    assert drawn.count("<c:ser>") == 5
    assert [p.text for p in opened.paragraphs if p.style.name == "Title"] == [shown.title]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_is_tagged_embeds_its_letters_and_can_be_searched(newsroom: App, language: str) -> None:
    shown = document(newsroom, language)
    raw = pdf.pdf(shown, newsroom.clock.now())
    read = pypdf.PdfReader(io.BytesIO(raw))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert b"pdfuaid:part" in raw or "pdfuaid" in read.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    assert read.metadata is not None and read.metadata.title == shown.title
    uris = {
        a["/A"]["/URI"]
        for page in read.pages
        for a in (n.get_object() for n in page.get("/Annots") or ())
        if "/A" in a
    }
    assert links(shown) <= uris
    for page in read.pages:
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            assert "/FontFile2" in inner.get_object()["/FontDescriptor"].get_object()
    text = squeezed(text_in_pdf(raw))
    for section in sections(shown):
        if section.heading:
            assert squeezed(section.heading.text) in text


def test_kazakh_letters_come_back_out_of_a_pdf(newsroom: App) -> None:
    letters = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі Ёё"
    raw = told_in(newsroom, telling_of(newsroom, letters), newsroom.profiles[0], "pdf", "kk")
    assert squeezed(letters) in squeezed(text_in_pdf(raw))


def test_letters_that_the_print_lacks_are_marked_and_break_nothing(newsroom: App) -> None:
    told = telling_of(newsroom, "Полиция 警察 🚓 ستة")
    assert "Полиция ��" in text_in_pdf(told_in(newsroom, told, newsroom.profiles[0], "pdf", "ru"))


@pytest.mark.parametrize("form", ["md", "html", "docx", "pdf"])
def test_a_publication_cannot_become_markup_in_any_form(newsroom: App, form: str) -> None:
    told = telling_of(newsroom, HOSTILE, f"Полиция {HOSTILE}")
    raw = told_in(newsroom, told, newsroom.profiles[0], form, "ru")
    match form:
        case "html":
            page = tree(raw.decode())
            assert page.cssselect("script, img") == []
            assert "onerror=alert(1)" in page.text_content()
        case "md":
            # What is not escaped is ours: whatever follows a backslash is only a sign.
            bare = re.sub(rb"\\.", b"", raw)
            assert (
                b"<img" not in bare
                and b"[\xd1\x81\xd1\x81\xd1\x8b" not in bare
                and "*полиция*".encode() not in bare
            )
        case "docx":
            texts = [p.text for p in docx.Document(io.BytesIO(raw)).paragraphs]
            assert any("<img src=x onerror=alert(1)>" in t for t in texts)
        case "pdf":
            assert squeezed("#set page(width: 1pt)") in squeezed(text_in_pdf(raw))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a|b", r"a\|b", id="a cell's border"),
        pytest.param("- слово", r"\- слово", id="a list"),
        pytest.param("12. слово", r"\12. слово", id="a numbered list"),
        pytest.param("два\nслова", "два слова", id="a line's end"),
        pytest.param("слово - слово", "слово - слово", id="a dash within is left alone"),
    ],
)
def test_markdown_signs_are_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize("form", ["md", "html", "docx", "pdf"])
def test_no_personal_page_is_named(newsroom: App, form: str) -> None:
    told = digesting.digest_of(newsroom, "kz-mia", week(LAST), digesting.undisturbed(newsroom))
    raw = told_in(newsroom, told, newsroom.profiles[0], form, "ru")
    match form:
        case "docx":
            with zipfile.ZipFile(io.BytesIO(raw)) as parts:
                text = "".join(parts.read(n).decode("utf-8", "ignore") for n in parts.namelist())
        case "pdf":
            text = text_in_pdf(raw)
        case _:
            text = raw.decode()
    assert squeezed("Личные страницы") in squeezed(text)
    assert squeezed(SECRET) not in squeezed(text)


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_a_form_is_the_same_bytes_again(newsroom: App, form: str) -> None:
    known = digesting.undisturbed(newsroom)
    told = digesting.digest_of(newsroom, "kz-mia", week(LAST), known)
    first, again = (told_in(newsroom, told, newsroom.profiles[0], form, "kk") for _ in range(2))
    assert first == again


def test_a_story_has_a_title_in_the_readers_language(newsroom: App) -> None:
    told = digesting.digest_of(newsroom, "kz-mia", week(LAST), digesting.undisturbed(newsroom))
    line = msgspec.structs.replace(told.top[0], titles={"ru": "Мальчик найден", "kk": "Бала табылды"})
    told = msgspec.structs.replace(told, top=(line,), critical=(), positive=())
    shown = {
        language: markdown(document_of(newsroom, told, newsroom.profiles[0], language, "")).decode()
        for language in LANGUAGES
    }
    assert "Бала табылды" in shown["kk"] and "Мальчик найден" not in shown["kk"]
    assert "Мальчик найден" in shown["ru"]
    assert "Мальчик найден" in shown["en"], "as first published, where none is in the reader's language"


def test_the_fonts_are_those_that_the_card_names() -> None:
    card = msgspec.json.decode((FONTS / "card.json").read_bytes())
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in FONTS.glob("*.ttf")}
    assert found == card["sha256"]
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")
    assert all(pdf.has_letter(c) for c in "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁё«»—…−×№")
    assert not any(map(pdf.has_letter, "警🚓▼"))


def test_numbers_and_days_are_written_as_each_language_writes_them(newsroom: App) -> None:
    shown = {language: document(newsroom, language).subtitle for language in LANGUAGES}
    assert shown["ru"].startswith("6 мая 2026 г. — 12 мая 2026 г. · ")
    assert shown["kk"].startswith("2026 жылғы 6 мамыр — 2026 жылғы 12 мамыр · ")
    assert shown["en"].startswith("6 May 2026 — 12 May 2026 · ")
