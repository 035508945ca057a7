"""Which lines say who wrote a text and nothing of what happened: names beside dates, handles, author words."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from aimas.extraction.dates import DATE_PATTERNS, without_dates
from aimas.extraction.handles import ADDRESS_GONE, EMAIL_GONE, without_handles

# One word of a person's name: "Иван", "ИВАНОВ", "Jane", "O'Neil", "Касым-Жомарт", "А.", "Б.С."
# Possessive throughout: a line made of capitals must not be tried in every division.
_CAPITAL = "[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]"
NAME_WORD = rf"(?>{_CAPITAL}\.(?:\s?{_CAPITAL}\.)?|{_CAPITAL}[\w'’]*+(?:-{_CAPITAL}[\w'’]*+)*+)"
NAME = rf"(?>{NAME_WORD}(?:\s++{NAME_WORD}){{1,3}}+)"
"""Of a person, as a pattern: two to four capitalised words or initials."""
NAMES = rf"(?>{NAME}(?:\s*+(?:[,;&]|и\b|және\b|мен\b|and\b)\s*+{NAME})*+)"

CREDIT_CHARACTERS = 250
"""Longer lines are never credits."""

# Not behind a letter; a digit may be glued to it by a page that separates with style sheets: "7461Автор".
_START = r"(?<![^\W\d_])"
_LABEL = re.compile(
    _START
    + r"(?i:авторы?(?:\s+(?:текста|материала|статьи|публикации|колонки|блога|и\s+фото))?|автор\s+мақалы"
    r"|авторлар(?:ы|дан)?|(?:мәтін|мақала|материал)(?:нің|дің|дың)?\s+авторы|мәтінді?\s*(?=:)|текст\s*(?=:)|(?:материал\s+)?подготовил[аи]?"
    r"|дайындаған(?:дар)?|әзірлеген|жазған|беседовал[аи]?|записал[аи]?|сұхбаттасқан|authors?|(?:written|reported|reporting"
    r"|edited|editing|posted|published|story|report|words|text|photos?|article)\s+by|фото\s*(?=[:©])|сурет\s*(?=[:©]))(?!\w)"
    + "|"
    + _START
    + r"(?:By|BY|by)(?=\s|$)"
)
_ROLE = re.compile(
    _START
    + r"(?:(?:собственный|специальный|старший|наш|арнайы|меншікті|біздің|senior|staff|chief|special|political|news"
    r"|business|crime|deputy|managing|contributing|guest)\s+)?(?:корреспондент(?:ы)?|корр\.|журналист(?:ка)?|обозреватель|колумнист"
    r"|репортёр|репортер|(?:шеф-|выпускающий\s+|главный\s+)?редактор(?:ы)?|фотограф|блогер|тілші(?:сі)?|шолушы(?:сы)?"
    r"|reporter|correspondent|writer|editor|journalist|columnist|contributor|photographer|blogger)(?!\w)",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"(?:[◉👁👀💬🕒⏱📅]\ufe0f?\s*)?\d[\d\s.,]*\s*(?:[kк]\b)?\s*(?:просмотр\w*|прочтени\w*|комментари\w*|мин(?:\.|ут\w*)?(?:\s+(?:чтения|на\s+чтение|оқу))?"
    r"|рет\s+қаралды|қаралым\w*|пікір\w*|минут\w*\s+оқу|views?|reads?|comments?|shares?|min(?:s|utes?)?(?:\s+read)?)?(?!\w)",
    re.IGNORECASE,
)
_AROUND = re.compile(
    _START
    + r"(?:опубликован[оа]?|обновлен[оа]|обновлено|размещено|добавлено|просмотр(?:ов|ы)|прочтений|комментари(?:ев|и|й)"
    r"|время\s+чтения|дата"
    r"|жарияланды|жарияланған|жаңартылды|жаңартылған|қаралды|қаралым(?:дар)?|күні|published|updated|posted|modified"
    r"|views|comments|last|on|at|in|for|and|в|и|және|сағат|г|года|жыл|ж)(?!\w)",
    re.IGNORECASE,
)
_MASK = re.compile(f"{re.escape(EMAIL_GONE)}|{re.escape(ADDRESS_GONE)}")
_NAME = re.compile(NAME)
_ADJECTIVE = re.compile(r"\w+(?:ый|ий|ая|яя|ое|ее|ые|ие)\s")
_SINGLE = re.compile(r"(?<!\w)[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w'’.-]{0,24}(?!\w)")
_LETTER = re.compile(r"[^\W\d_]")
_STRANGE_CHARACTERS = 4
"""Shorter words are not judged by their beginning."""


def _beginnings(patterns: Iterable[re.Pattern[str]]) -> frozenset[str]:
    """First two or three letters of every run of letters that the patterns spell out."""
    found: set[str] = set()
    for pattern in patterns:
        spelled = re.sub(r"\\.", " ", pattern.pattern).lower()
        found.update(run[:3] for run in re.findall(r"[^\W\d_]{2,}", spelled))
    return frozenset(found)


_BEGINNINGS = _beginnings((_LABEL, _ROLE, _COUNTER, _AROUND, *DATE_PATTERNS))


class Credit(msgspec.Struct, frozen=True):
    """What a line is made of, if nothing but credits and what stands beside them."""

    names: int
    single: int
    """Words that may be a name of one word, a town or an agency."""
    labels: int
    """Author words."""
    marks: int
    """Author words, handles and names known to be authors'."""
    handles: int
    dates: int

    @property
    def is_sure(self) -> bool:
        """Wherever it stands."""
        return self.marks > 0 and self.names + self.single + self.handles > 0


def credit_of(line: str, known: Sequence[str] = ()) -> Credit | None:
    """None where the line says more than who wrote, when, and how often it was read; `known` are authors."""
    if len(line) > CREDIT_CHARACTERS or not line.strip() or _says_more(line, known):
        return None
    return _credit_of(line, tuple(known))


def _says_more(line: str, known: Sequence[str]) -> bool:
    """Sure, and cheap: the line holds a small word that no pattern below begins with, nor a known name has."""
    return any(
        len(word) >= _STRANGE_CHARACTERS
        and word.isalpha()
        and word.islower()
        and word[:3] not in _BEGINNINGS
        and word[:2] not in _BEGINNINGS
        and not any(word in name for name in known)
        for word in line.split()
    )


@lru_cache(maxsize=2048)
def _credit_of(line: str, known: tuple[str, ...]) -> Credit | None:
    rest = without_handles(line)
    given = 0
    for name in known:
        given += rest.count(name)
        rest = rest.replace(name, "|")
    rest, handles = _MASK.subn(" | ", rest)
    rest, dates = without_dates(rest)
    rest, labels = _LABEL.subn("|", rest)
    rest, roles = _ROLE.subn("|", rest)
    rest = _AROUND.sub(" ", _COUNTER.sub("|", rest))
    rest, names = _NAME.subn("|", rest)
    single = 0
    if labels or handles or given or (dates and names):
        # A town, an agency or a name of one word.
        rest, single = _SINGLE.subn("|", rest, count=1)
    if _LETTER.search(rest):
        return None
    marks = labels + handles + given + (1 if roles and (handles or labels) else 0)
    return Credit(
        names=names + given, single=single, labels=labels, marks=marks, handles=handles, dates=dates
    )


def is_place(name: str) -> bool:
    """Begins with an adjective: «Северный Казахстан»."""
    return _ADJECTIVE.match(name) is not None


def is_bare_name(text: str) -> bool:
    """Two to four capitalised words and nothing else."""
    text = text.strip(" \t\n.,|·•—–-")
    return _NAME.fullmatch(text) is not None and not is_place(text)
