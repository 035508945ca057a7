"""Texts with marked stretches: `{kind:words}`."""

import re
from pathlib import Path

_MARK = re.compile(r"\{(\w+):([^{}]*)\}")


def unmarked(line: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text without marks, and (kind, start, end) of each."""
    text, spans, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        spans.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + line[at:], spans


def marked(name: str) -> list[tuple[str, str, list[tuple[str, int, int]]]]:
    """(language, text, spans) of each line of a file beside this one."""
    rows = []
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            language, _, rest = line.partition(" | ")
            rows.append((language, *unmarked(rest.replace("\\n", "\n"))))
    return rows
