"""Authors' names and handles leave a text here; people whom the text speaks of stay: they are the news."""

import re

# One word of a person's name: "Иван", "ИВАНОВ", "Jane", "O'Neil", "Касым-Жомарт", "А.", "Б.С."
# Possessive throughout: a line made of capitals must not be tried in every division.
_CAPITAL = "[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]"
_NAME_WORD = rf"(?>{_CAPITAL}\.(?:\s?{_CAPITAL}\.)?|{_CAPITAL}[\w'’]*+(?:-{_CAPITAL}[\w'’]*+)*+)"
_NAME = rf"(?>{_NAME_WORD}(?:\s++{_NAME_WORD}){{1,3}}+)"
_NAMES = rf"(?>{_NAME}(?:\s*+(?:[,;&]|и\b|және\b|мен\b|and\b)\s*+{_NAME})*+)"

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
    rf"|(?i:{_AUTHOR_LABEL})\s*[:–—-]\s*{_NAMES}(?:\s*[,|/][^.!?\n]{{1,60}})?[\s.|]*)$"
)
_LABELLED_START = re.compile(rf"^(?i:{_AUTHOR_LABEL})\s*:\s*{_NAMES}(?:\s*[.|;]\s+|\s+[–—|]\s+)(?=\S)")
_UNCOLONED_LINE = re.compile(rf"^(?i:{_AUTHOR_LABEL})\s+{_NAMES}(?:\s*,[^.!?\n]{{1,60}})?[\s.]*$")
_BY_LINE = re.compile(
    rf"^(?:By|BY)\s+{_NAMES}(?:\s*[,|•·–—-]\s*[^.!?\n]{{1,80}}|\s+(?:for|in)\s+[A-Z][^.!?\n]{{1,60}})?\s*$"
)
_WIRE_SIGNATURE = re.compile(
    rf"^\(?(?:Additional\s+|Writing\s+and\s+)?(?:Reporting|Writing|Editing|Compiled)\s+by\s+{_NAME}[^\n]{{0,200}}$"
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
    rf"^(?i:photos?|photographs?|pictures?|images?|illustrations?|videos?)\s+by\s+{_NAMES}[^.!?\n]{{0,80}}$"
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
_COPYRIGHT_LINE = re.compile(rf"^(?:©|\(c\)|Copyright)\s*(?:\d{{4}}\s*)?{_NAMES}[\s.]*$", re.IGNORECASE)
_SIGNATURE = re.compile(
    rf"^[–—\-*\s]*(?P<name>{_NAME_WORD}\s+{_NAME_WORD}(?:\s+{_NAME_WORD})?)"
    r"(?:\s*[,|/]\s*[^.!?\n,]{2,40}|\s*,\s*[\w«»\" -]{2,30}\.(?:kz|ru|com|org|info|net))?\s*$"
)
_SURNAME = re.compile(
    r"(?:ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ский|цкий|ская|цкая|ко|ук|юк|чук|ян|ич|швили|дзе|ұлы|улы|ыұлы|қызы|кызы|бай|бек"
    r"|бекқызы|гелді|жан|хан|тай|ogly|uly|qyzy)$",
    re.IGNORECASE,
)
_CYRILLIC = re.compile(r"[а-яёәғқңөұүһі]", re.IGNORECASE)

_TOP_LINES = 5
_BOTTOM_LINES = 6

_EMAIL = re.compile(r"(?<![\w.+%-])@?[\w.+%-]++@[\w-]++(?:\.[\w-]++)++")
_PROFILE = re.compile(
    r"(?<![\w.@-])(?:https?://)?(?:[\w-]{1,12}\.)?(?:t\.me|telegram\.(?:me|dog|org)|instagram\.com|instagr\.am|facebook\.com|fb\.com"
    r"|fb\.me|x\.com|twitter\.com|vk\.com|vk\.ru|vkontakte\.ru|tiktok\.com|threads\.(?:net|com)|ok\.ru|linkedin\.com/in"
    r"|youtube\.com/(?:@|c/|user/|channel/)?|wa\.me|bsky\.app/profile)(?:/[^\s<>\"'«»,;()\[\]]*[^\s<>\"'«»,;()\[\].!?:])",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@…])[@＠](?=[\w.]*\w)[\w][\w.]*(?<!\.)")

ADDRESS_GONE = "@…"
EMAIL_GONE = "…@…"


def without_handles(text: str) -> str:
    """Handles and profile addresses become "@…", e-mail addresses "…@…"."""
    if "@" in text or "＠" in text:
        text = _EMAIL.sub(EMAIL_GONE, text)
        text = _HANDLE.sub(ADDRESS_GONE, text)
    if "/" in text:
        text = _PROFILE.sub(ADDRESS_GONE, text)
    return text


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
        if is_credit(line) or (near_edge and is_byline(line)):
            continue
        if near_edge:
            line = _LABELLED_START.sub("", line)
        kept.append(_CREDIT_END.sub("", _CREDIT_BRACKET.sub("", line)))
    if len(kept) > 1 and _is_signature(kept[-1], kept[-2]):
        kept.pop()
    return "\n".join(kept)


def _is_signature(line: str, before: str) -> bool:
    found = _SIGNATURE.match(line)
    if not found or before.rstrip().endswith(":") or _SIGNATURE.match(before):
        return False
    if _CYRILLIC.search(found["name"]):
        return any(_SURNAME.search(word) for word in found["name"].split())
    return len(line) < 50
