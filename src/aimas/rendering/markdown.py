"""A digest as Markdown: the same bytes for the same figures, so that two of them can be compared."""

import re

from aimas.rendering.document import (
    SIGNS,
    Block,
    Chart,
    Document,
    Entries,
    Entry,
    Heading,
    Paragraph,
    Run,
    Table,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_LIST_LIKE = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def markdown(document: Document) -> bytes:
    parts = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    parts += [text for text in map(_block, document.blocks) if text]
    parts += ["---", escaped(document.foot)]
    return ("\n\n".join(parts) + "\n").encode()


def escaped(text: str) -> str:
    """Nothing of a publication's text may turn into a link, a heading or HTML."""
    return _LIST_LIKE.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split("\n"))))


def _block(block: Block) -> str:
    match block:
        case Heading(text=text):
            return f"## {escaped(text)}"
        case Paragraph():
            return _paragraph(block)
        case Table():
            return _table(block)
        case Entries(entries=entries):
            return "\n\n".join(_entry(f"{n}. ", entry) for n, entry in enumerate(entries, 1))
        case Chart():
            # Its numbers stand in the table that follows it.
            return ""


def _paragraph(paragraph: Paragraph) -> str:
    match paragraph.style:
        case "command":
            return f"```sh\n{''.join(r.text for r in paragraph.runs)}\n```"
        case "quote":
            return f"> {_runs(paragraph.runs)}"
        case "warning":
            return f"**!** {_runs(paragraph.runs)}"
        case _:
            return _runs(paragraph.runs)


def _entry(number: str, entry: Entry) -> str:
    parts = [_runs(entry.title), *map(_paragraph, entry.paragraphs)]
    return number + "\n\n".join(parts).replace("\n", "\n" + " " * len(number)).replace(
        "\n" + " " * len(number) + "\n", "\n\n"
    )


def _table(table: Table) -> str:
    lines = [_row([escaped(h) for h in table.head])]
    lines.append(_row(["---", *("---:" for _ in table.head[1:])]))
    lines += [_row([_runs(cell.runs) for cell in row]) for row in table.rows]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _runs(runs: tuple[Run, ...]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    text = escaped(run.text)
    if run.look in SIGNS and not run.text.strip().isdecimal() and run.href is None:
        text = f"{SIGNS[run.look]} {text}"
    if run.look in ("evidence", "strong") and text.strip():
        lead, core, tail = _cut(text)
        text = f"{lead}**{core}**{tail}"
    if run.href:
        text = f"[{text}](<{run.href.replace('>', '%3E').replace('<', '%3C')}>)"
    return text


def _cut(text: str) -> tuple[str, str, str]:
    """Markdown's stars must touch a letter."""
    core = text.strip()
    start = text.index(core)
    return text[:start], core, text[start + len(core) :]
