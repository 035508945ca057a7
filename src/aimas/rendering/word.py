"""A digest as DOCX: real headings, tables and links, and a chart that Word itself draws and an editor can restyle."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor

from aimas.rendering.document import (
    SIGNS,
    Block,
    Chart,
    Document,
    Entries,
    Heading,
    Paragraph,
    Run,
    Table,
)

FONT = "Arial"
"""On every office machine, and with all Kazakh letters."""
INK = {
    "critical": "A8330F",
    "positive": "17599C",
    "neutral": "7B8794",
    "unclear": "5D4B8C",
    "unlooked": "AEB7C2",
}
LINK, SOFT, MARK, WARN = "14507F", "505B69", "FDEEB0", "FDF1E7"
LOCALES = {"ru": "ru-RU", "kk": "kk-KZ", "en": "en-GB"}
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
BORDERS = (
    f"<w:tblBorders {nsdecls('w')}>"
    + "".join(
        f'<w:{side} w:val="{kind}" w:sz="4" w:space="0" w:color="D6DCE3"/>'
        for side, kind in (
            ("top", "single"),
            ("left", "nil"),
            ("bottom", "single"),
            ("right", "nil"),
            ("insideH", "single"),
            ("insideV", "nil"),
        )
    )
    + "</w:tblBorders>"
)
WIDTH, HEIGHT = Mm(170), Mm(72)


def word(document: Document, known_at: datetime) -> bytes:
    """`known_at` is the date that the file says of itself."""
    return _Writer(document, known_at).written()


class _Writer:
    def __init__(self, document: Document, known_at: datetime) -> None:
        self._told = document
        self._docx: Any = new_document()
        self._charts = 0
        self._set_up(known_at)

    def written(self) -> bytes:
        self._docx.add_heading(_legal(self._told.title), 0)
        self._paragraph((Run(self._told.subtitle),), "note")
        for block in self._told.blocks:
            self._block(block)
        self._paragraph((Run(self._told.foot),), "note")
        stream = io.BytesIO()
        self._docx.save(stream)
        return stream.getvalue()

    def _set_up(self, known_at: datetime) -> None:
        told, docx = self._told, self._docx
        section = docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin = section.bottom_margin = Mm(20)
        about = docx.core_properties
        about.title, about.author, about.language = _legal(told.title), "Aimas", LOCALES[told.language]
        about.comments, about.subject = "", _legal(told.subtitle)[:255]
        about.created = about.modified = known_at.replace(tzinfo=None, microsecond=0)
        about.last_modified_by = "Aimas"
        for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3"):
            style = docx.styles[name]
            style.font.name = FONT
            properties = style.element.get_or_add_rPr()
            fonts = properties.get_or_add_rFonts()
            for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(attribute), None)
            for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
                fonts.set(qn(attribute), FONT)
        docx.styles["Normal"].font.size = Pt(10)
        docx.styles["Normal"].paragraph_format.space_after = Pt(4)
        docx.styles["Title"].font.size = Pt(18)
        docx.styles["Heading 1"].font.size = Pt(13)
        for name in ("Title", "Heading 1"):
            docx.styles[name].font.color.rgb = RGBColor.from_string("18212C")
        defaults = docx.styles.element.find(qn("w:docDefaults"))
        spoken = defaults.find(f".//{qn('w:lang')}")
        if spoken is not None:
            spoken.set(qn("w:val"), LOCALES[told.language])

    def _block(self, block: Block) -> None:
        match block:
            case Heading(text=text):
                self._docx.add_heading(_legal(text), 1)
            case Paragraph(runs=runs, style=style):
                self._paragraph(runs, style)
            case Table():
                self._table(block)
            case Entries(entries=entries):
                for n, entry in enumerate(entries, 1):
                    self._paragraph((Run(f"{n}. "), *entry.title), "entry")
                    for paragraph in entry.paragraphs:
                        self._paragraph(paragraph.runs, paragraph.style, indent=Mm(6))
            case Chart():
                self._chart(block)

    def _paragraph(self, runs: Sequence[Run], style: str, indent: Any = None) -> None:
        paragraph = self._docx.add_paragraph()
        if indent is not None:
            paragraph.paragraph_format.left_indent = indent
        if style == "entry":
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = Pt(8)
        if style in ("quote", "warning"):
            _edge(
                paragraph,
                INK["critical"] if style == "warning" else "D6DCE3",
                WARN if style == "warning" else None,
            )
        size = Pt(8.5) if style in ("note", "command") else None
        for run in runs:
            self._run(
                paragraph,
                run,
                size,
                SOFT if style == "note" else None,
                "Courier New" if style == "command" else None,
            )

    def _run(self, paragraph: Any, run: Run, size: Any, ink: str | None, font: str | None = None) -> None:
        text = _legal(run.text)
        if run.look in SIGNS and run.href is None:
            text = f"{SIGNS[run.look]} {text}"
        made = paragraph.add_run(text)
        if size is not None:
            made.font.size = size
        if font is not None:
            made.font.name = font
        ink = INK.get(run.look, ink) if run.href is None else LINK
        if run.look == "unlooked" and run.href is None:
            ink = SOFT
        if ink:
            made.font.color.rgb = RGBColor.from_string(ink)
        made.bold = True if run.look in ("strong", "evidence") else None
        if run.look == "quiet":
            made.font.size = Pt(8)
        if run.look == "evidence":
            _shade(made._r.get_or_add_rPr(), MARK)
        if run.lang in LOCALES:
            spoken = OxmlElement("w:lang")
            spoken.set(qn("w:val"), LOCALES[run.lang])
            made._r.get_or_add_rPr().append(spoken)
        if run.href is not None:
            made.underline = True
            link = OxmlElement("w:hyperlink")
            related = paragraph.part.relate_to(run.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), related)
            paragraph._p.remove(made._r)
            link.append(made._r)
            paragraph._p.append(link)

    def _table(self, told: Table) -> None:
        table = self._docx.add_table(rows=1, cols=len(told.head))
        table.style = "Table Grid"
        table.autofit = True
        borders = parse_xml(BORDERS)
        table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
        described = parse_xml(f"<w:tblCaption {nsdecls('w')} w:val={quoteattr(_legal(told.caption))}/>")
        table._tbl.tblPr.append(described)
        for n, (cell, text) in enumerate(zip(table.rows[0].cells, told.head, strict=True)):
            self._fill(cell, (Run(text, look="strong"),), is_number=n > 0)
        repeated = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
        for row in told.rows:
            cells = table.add_row().cells
            for n, (cell, said) in enumerate(zip(cells, row, strict=True)):
                self._fill(cell, said.runs, is_number=n > 0)
        self._docx.add_paragraph().paragraph_format.space_after = Pt(2)

    def _fill(self, cell: Any, runs: Sequence[Run], *, is_number: bool) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if is_number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for run in runs:
            self._run(paragraph, run, Pt(9), None)

    def _chart(self, chart: Chart) -> None:
        self._charts += 1
        name = PackURI(f"/word/charts/chart{self._charts}.xml")
        package = self._docx.part.package
        part = PackagePart(name, CHART_TYPE, _chart_xml(chart, self._told.language).encode(), package)
        related = self._docx.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        named, described = quoteattr(_legal(chart.caption)), quoteattr(_legal(chart.said))
        drawing = f"""<w:drawing {nsdecls("w", "wp", "a", "r")}>
          <wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{Emu(WIDTH)}" cy="{Emu(HEIGHT)}"/>
          <wp:docPr id="{1000 + self._charts}" name={named} descr={described}/>
          <wp:cNvGraphicFramePr/><a:graphic>
          <a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
          <c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{related}"/>
          </a:graphicData></a:graphic></wp:inline></w:drawing>"""
        self._docx.add_paragraph().add_run()._r.append(parse_xml(drawing))


def _chart_xml(chart: Chart, language: str) -> str:
    labels = [c.label for c in chart.columns]
    series = []
    for n, (look, label) in enumerate(chart.legend):
        counts = [sum(p.count for p in c.parts if p.tone == look) for c in chart.columns]
        points = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(counts))
        named = "".join(f'<c:pt idx="{i}"><c:v>{escape(v)}</c:v></c:pt>' for i, v in enumerate(labels))
        series.append(
            f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/>'
            f"<c:tx><c:v>{escape(_legal(label))}</c:v></c:tx>"
            f'<c:spPr><a:solidFill><a:srgbClr val="{INK[look]}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
            f'<c:cat><c:strLit><c:ptCount val="{len(labels)}"/>{named}</c:strLit></c:cat>'
            f'<c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(counts)}"/>{points}</c:numLit>'
            "</c:val></c:ser>"
        )
    small = (
        '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="800"/></a:pPr>'
        f'<a:endParaRPr lang="{LOCALES[language]}"/></a:p></c:txPr>'
    )
    axes = (
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="b"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>{small}'
        '<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines><c:spPr><a:ln><a:solidFill><a:srgbClr val="D6DCE3"/>'
        '</a:solidFill></a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode="0" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/>{small}<c:crossAx val="1"/></c:valAx>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<c:lang val="{LOCALES[language]}"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{"".join(series)}<c:gapWidth val="40"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        f"{axes}</c:plotArea>"
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{small}</c:legend><c:plotVisOnly val="1"/></c:chart>'
        "</c:chartSpace>"
    )


def _edge(paragraph: Any, ink: str, ground: str | None) -> None:
    """A line at the left, and a ground where one is given."""
    properties = paragraph._p.get_or_add_pPr()
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="12" w:space="6" w:color="{ink}"/></w:pBdr>'
    )
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    if ground:
        shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>')
        properties.insert_element_before(shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _shade(properties: Any, ground: str) -> None:
    properties.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>'))


def _legal(text: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 0x20 and c not in "\ufffe\uffff"))
