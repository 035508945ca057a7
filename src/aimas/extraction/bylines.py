"""Authors' names and handles leave a text here; people whom the text speaks of stay: they are the news."""

import re

from aimas.extraction.credits import NAME, NAME_WORD, NAMES, credit_of, is_place
from aimas.extraction.handles import ADDRESS_GONE, without_handles

# These with a colon are enough; the others need a name behind them, for a text may be about an editor.
_SURE_LABEL = (
    r"(?:авторы?(?:\s+(?:текста|материала|статьи|публикации|и\s+фото))?|авторлар(?:ы)?|мәтін\s+авторы"
    r"|мақала\s+авторы|материал\s+подготовил[аи]?|подготовил[аи]?|дайындаған|әзірлеген|беседовал[аи]?"
    r"|сұхбаттасқан|authors?|written\s+by|reported\s+by|reporting\s+by|report\s+by|story\s+by|edited\s+by"
    r"|editing\s+by|words\s+by|text\s+by)"
)
_AUTHOR_LABEL = (
    rf"(?:{_SURE_LABEL}|текст|мәтін|записал[аи]?|жазған|корреспондент|корр\.?|тілші|редактор|шеф-редактор)"
)
_LABELLED_LINE = re.compile(
    rf"^[\s*•–—\-|]*(?:(?i:{_SURE_LABEL})\s*:\s*[^\n]{{1,120}}"
    rf"|(?i:{_AUTHOR_LABEL})\s*[:–—-]\s*{NAMES}(?:\s*[,|/][^.!?\n]{{1,60}})?[\s.|]*)$"
)
_LABELLED_START = re.compile(rf"^(?i:{_AUTHOR_LABEL})\s*:\s*{NAMES}(?:\s*[.|;]\s+|\s+[–—|]\s+)(?=\S)")
_UNCOLONED_LINE = re.compile(rf"^(?i:{_AUTHOR_LABEL})\s+{NAMES}(?:\s*,[^.!?\n]{{1,60}})?[\s.]*$")
_BY_LINE = re.compile(
    rf"^(?:By|BY)\s+{NAMES}(?:\s*[,|•·–—-]\s*[^.!?\n]{{1,80}}|\s+(?:for|in)\s+[A-Z][^.!?\n]{{1,60}})?\s*$"
)
_WIRE_SIGNATURE = re.compile(
    rf"^\(?(?:Additional\s+|Writing\s+and\s+)?(?:Reporting|Writing|Editing|Compiled)\s+by\s+{NAME}[^\n]{{0,200}}$"
)
_CREDIT_LINE = re.compile(
    r"^[\s(*•–—-]*(?:фото(?:граф(?:ия|ии)?)?(?:\s+(?:из|с|предоставлено|сделано|автора|на\s+превью|обложки)[^:\n]{0,60})?"
    r"|фото\s*/\s*видео|видео|иллюстрация|коллаж|инфографика|скриншот|сурет(?:ті|тер)?(?:\s+(?:түсірген|авторы|көзі))?"
    r"|суретті\s+түсірген|бейне(?:жазба)?|photos?(?:\s+(?:by|credit|courtesy))?|photograph(?:s|y)?(?:\s+by)?"
    r"|image(?:s)?(?:\s+(?:by|credit|source))?|picture(?:s)?(?:\s+by)?|illustration(?:\s+by)?|video(?:\s+by)?|credits?)"
    r"\s*[:©]\s*[^\n]{1,160}$",
    re.IGNORECASE,
)
_CREDIT_BY_LINE = re.compile(
    rf"^(?i:photos?|photographs?|pictures?|images?|illustrations?|videos?)\s+by\s+{NAMES}[^.!?\n]{{0,80}}$"
)
_CREDIT_BRACKET = re.compile(
    r"\s*[(\[]\s*(?:фото|сурет|иллюстрация|коллаж|photo|image|picture)\s*[:©][^()\[\]\n]{1,100}[)\]]",
    re.IGNORECASE,
)
_CREDIT_END = re.compile(
    r"(?<=[.!?;,|/»\"])\s*(?:фото|сурет|иллюстрация|коллаж|photo|image|picture)\s*[:©]\s*"
    r"(?:[^.!?\n]|(?<=\b\w)\.){1,80}\.?$",
    re.IGNORECASE,
)
"""At the end of a caption: "The river in spring. Photo: Jane Doe"."""
_COPYRIGHT_LINE = re.compile(rf"^(?:©|\(c\)|Copyright)\s*(?:\d{{4}}\s*)?{NAMES}[\s.]*$", re.IGNORECASE)
_COMMENT = re.compile(rf"{re.escape(ADDRESS_GONE)}\s*:")
"""A reader's line below a text."""
_SIGNED_END = re.compile(
    rf"(?<=[.!?…»\"])\s+[–—-]?\s*(?:{NAMES}|{NAME_WORD})\s*[,(|/]\s*{re.escape(ADDRESS_GONE)}\)?\.?$"
)
_SIGNATURE = re.compile(
    rf"^[–—\-*\s]*(?P<name>{NAME_WORD}\s+{NAME_WORD}(?:\s+{NAME_WORD})?)"
    r"(?:\s*[,|/]\s*[^.!?\n,]{2,40}|\s*,\s*[\w«»\" -]{2,30}\.(?:kz|ru|com|org|info|net))?\s*$"
)
_TOP_LINES = 5
_BOTTOM_LINES = 6


def without_bylines(text: str) -> str:
    """Without authors' names, credits and handles; doing it twice changes nothing more.

    A name alone on the last line is a signature, unless a name or a colon stands before it: that is a list.
    """
    text = without_handles(text)
    while True:
        shorter = _without_credit_lines(text)
        if shorter == text:
            return text
        text = shorter


def is_byline(line: str) -> bool:
    """The whole line names an author, as it may at the top or the bottom of a text."""
    if len(line) > 220:
        return False
    if credit := credit_of(line):
        return credit.is_sure or bool(credit.names and credit.dates and not line.endswith("."))
    return bool(
        _LABELLED_LINE.match(line)
        or _UNCOLONED_LINE.match(line)
        or _BY_LINE.match(line)
        or _WIRE_SIGNATURE.match(line)
        or _COPYRIGHT_LINE.match(line)
    )


def is_credit(line: str) -> bool:
    """The whole line says who made a picture."""
    return len(line) <= 240 and bool(_CREDIT_LINE.match(line) or _CREDIT_BY_LINE.match(line))


def _without_credit_lines(text: str) -> str:
    lines = text.split("\n")
    last = len(lines) - 1
    kept: list[str] = []
    for index, line in enumerate(lines):
        near_edge = index < _TOP_LINES or index > last - _BOTTOM_LINES
        if is_credit(line) or (near_edge and is_byline(line) and (last or _names(line))):
            continue
        if index > last - _BOTTOM_LINES and _COMMENT.match(line) and not _announced(kept):
            continue
        if near_edge:
            line = _LABELLED_START.sub("", line)
        if index == last and ADDRESS_GONE in line:
            line = _SIGNED_END.sub("", line)
        if ":" in line or "©" in line:
            line = _CREDIT_END.sub("", _CREDIT_BRACKET.sub("", line))
        kept.append(line)
    if len(kept) > 1 and _is_signature(kept[-1], kept[-2]):
        kept.pop()
    return "\n".join(kept)


def _names(line: str) -> bool:
    credit = credit_of(line)
    return credit is None or credit.names > 0


def _announced(kept: list[str]) -> bool:
    return not kept or kept[-1].rstrip().endswith(":")


def _is_signature(line: str, before: str) -> bool:
    found = _SIGNATURE.match(line)
    if not found or before.rstrip().endswith(":") or _SIGNATURE.match(before):
        return False
    return len(line) < 50 and not is_place(found["name"])
