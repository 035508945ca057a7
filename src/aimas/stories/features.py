"""What of a text tells its event: words, names, places, figures, and ideas that have a word in each language."""

import re
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files
from math import log
from typing import Literal, TypeAlias

import msgspec

from aimas.core import Language
from aimas.stories.types import StoryItem
from aimas.text import NAME_MARK, index_terms, kazakh, name_key, normal_form, stem
from aimas.text.words import WORD

Space: TypeAlias = Literal["words", "names", "places", "figures", "ideas"]
SPACES: tuple[Space, ...] = ("words", "names", "places", "figures", "ideas")

LEAD = 1_500
"""Characters of the text that are read: the event is told at the top, the background below."""
_PLACE_START = 4
"""Letters of a place's key that make a name its adjective or case: a place is counted as a place only."""
TITLE_COUNTS = 2
"""Times that a title's word counts."""

_FIGURE = re.compile(
    r"(?<![\w.,:])(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,](\d+))?"
    r"(?:[ \u00a0\u202f-]*(тыс\w*|мың|thousand|млн|миллион\w*|million|mln|млрд|миллиард\w*|billion|bln)\b)?",
    re.IGNORECASE,
)
_SCALES = {"т": 1e3, "мы": 1e3, "th": 1e3, "мл": 1e6, "ми": 1e6, "mi": 1e6, "ml": 1e6, "b": 1e9}
_WORD_FIGURES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "seventy": 70, "eighty": 80, "ninety": 90, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "hundred": 100,
}  # fmt: skip
_SCALE_IDEAS = frozenset(("thousand", "million", "billion"))
_UNIT = re.compile(
    r"[ \u00a0\u202f-]*(?:(?P<age>лет|год|жас|year-?s?[ -]old)|(?P<money>тенге|тг|теңге|tenge|доллар|dollar|руб)"
    r"|(?P<share>%|процент|пайыз|percent|per cent)|(?P<mass>кг|килограмм|келі|kg|kilogram|тонн|tonn?e)"
    r"|(?P<length>км|километр|шақырым|km|kilomet)|(?P<area>кв|квадрат|шаршы|square|гектар|hectare))",
    re.IGNORECASE,
)
ROUGHLY = "~"
ROUGH = 100
"""From here on, a figure is also known by its size: "almost 15,000" meets 14,600."""
_ROUGH_STEP = log(1.25)
_INSIDE = frozenset('.!?…:;\n«"—–•')
"""Between two words, one of these begins a sentence or a quotation."""
BEGINNING = 200
"""Characters of the text that tell the event, as a rule."""
_TABLES = ("concepts.tsv", "notions.tsv")
_SURVEYS = {
    Language.RU: """эксперты эксперт аналитик статистика ежегодно каждый хроника памятка психолог юристы юрист
        экономист правозащитник урбанист исследование опрос почему причина тенденция проблема проанализировали
        десятилетие совет лет обзор итог""",
    Language.KK: """сарапшы сарапшылар статистика жылда неге мәселе себеп зерттеу заңгер заңгерлер психолог
        жылдан дәстүр кеңес талдау""",
    Language.EN: "expert statistics survey analysis how why yearly trend years advice every",
}
_SURVEY_FULL = 3
_LANGUAGES = (Language.RU, Language.KK, Language.EN)


class Features(msgspec.Struct, frozen=True):
    """Of one item; each space counts its features."""

    language: Language
    spaces: dict[Space, dict[str, float]]
    places: tuple[str, ...]
    """In the order of the text; so the regions."""
    regions: tuple[str, ...]
    title: frozenset[str]
    """Words of the title, as `words` has them."""
    lead: frozenset[str]
    """Words, names, ideas and figures of the title and the beginning, each with its space's mark."""
    surveys: float
    """How much it speaks of many events, 0..1: experts, statistics, "every year"."""


def features_of(item: StoryItem) -> Features:
    language = _written_in(item)
    words: Counter[str] = Counter()
    titled: set[str] = set()
    names: set[str] = set()
    ideas: dict[str, float] = {f"theme {theme}": 1.0 for theme in item.themes}
    figures: set[str] = set()
    lead: set[str] = set()
    for part, is_title in ((item.title, True), (item.text[:LEAD], False)):
        begins, end, times = True, 0, TITLE_COUNTS if is_title else 1
        for match in WORD.finditer(part):
            start = match.start()
            known = _known(match.group(), language)
            for term in known.terms:
                words[term] += times
            leads = is_title or start < BEGINNING
            if leads:
                lead.update(known.marked)
            if known.names:
                if known.may_begin:
                    begins = begins or not _INSIDE.isdisjoint(part[end:start])
                if not (begins and known.may_begin):
                    names.update(known.names)
                    if leads:
                        lead.update(["n" + name for name in known.names])
            for idea in known.ideas:
                ideas[idea] = max(ideas.get(idea, 0.0), 1.5 if is_title else 1.0)
            if known.figure:
                figures.add(known.figure)
            if is_title:
                titled.update(known.terms)
            begins, end = False, match.end()
        for figure, start in _figures(part):
            figures.add(figure)
            if is_title or start < BEGINNING:
                lead.add("f" + figure)
    starts = tuple(
        NAME_MARK + name_key(word)[:_PLACE_START]
        for place in item.places
        for word in re.split(r"[\s-]+", place)
        if len(word) >= _PLACE_START
    )
    if starts:
        names = {name for name in names if not name.startswith(starts)}
        lead = {feature for feature in lead if feature[0] != "n" or feature[1:] in names}
    spaces: dict[Space, dict[str, float]] = {
        "words": dict(words),
        "names": dict.fromkeys(sorted(names), 1.0),
        "places": dict.fromkeys(item.places, 1.0) | dict.fromkeys(item.regions, 0.5),
        "figures": dict.fromkeys(sorted(figures), 1.0),
        "ideas": ideas,
    }
    surveys = len(words.keys() & _survey_terms()[language])
    return Features(
        language,
        spaces,
        item.places,
        item.regions,
        frozenset(titled),
        frozenset(lead),
        min(1.0, surveys / _SURVEY_FULL),
    )


def forms_written(item: StoryItem) -> dict[str, str]:
    """The word of the text behind each key of words and names, which have their space's mark; of several forms the
    first, and for a name the first with a capital."""
    language = _written_in(item)
    found: dict[str, str] = {}
    for part in (item.title, item.text[:LEAD]):
        for match in WORD.finditer(part):
            word = match.group()
            known = _known(word, language)
            for key in map("w".__add__, known.terms):
                found.setdefault(key, word)
            for key in map("n".__add__, known.names):
                if word[0].isupper() and not found.get(key, word)[0].isupper():
                    found[key] = word
                found.setdefault(key, word)
    return found


@cache
def concepts() -> dict[str, dict[Language, str]]:
    """What each idea is called in each language."""
    called: dict[str, dict[Language, str]] = {}
    for line in _lines("concept_names.tsv"):
        key, russian, kazakh_name = line.split("\t")
        called[key] = dict(zip(_LANGUAGES, (russian, kazakh_name, key), strict=True))
    for name in _TABLES:
        for line in _lines(name):
            first = [column.split()[0] for column in line.split("\t")]
            called.setdefault(first[2], dict(zip(_LANGUAGES, first, strict=True)))
    return {key: names | {Language.EN: key.replace("-", " ")} for key, names in called.items()}


class _Known(msgspec.Struct, frozen=True):
    """Of a word as written."""

    terms: tuple[str, ...]
    names: tuple[str, ...]
    ideas: tuple[str, ...]
    figure: str | None
    marked: tuple[str, ...]
    """Terms and ideas, each with its space's mark."""
    may_begin: bool
    """It may begin a sentence and so have its capital: no name there."""


@lru_cache(maxsize=50_000)
def _known(word: str, language: Language) -> _Known:
    found = dict.fromkeys(index_terms(word, language))
    terms = tuple(term for term in found if term[0] != NAME_MARK and not term[0].isdigit() and len(term) > 1)
    forms, by_stem = _ideas()[language]
    normal = normal_form(word)
    ideas = forms.get(normal) or tuple(dict.fromkeys(idea for t in terms for idea in by_stem.get(t, ())))
    figure = next((_written(_WORD_FIGURES[idea]) for idea in ideas if idea in _WORD_FIGURES), None)
    told = tuple(idea for idea in ideas if idea not in _WORD_FIGURES and idea not in _SCALE_IDEAS)
    return _Known(
        terms,
        tuple(term for term in found if term[0] == NAME_MARK),
        told,
        figure,
        (*map("w".__add__, terms), *map("i".__add__, told)),
        language is Language.KK and (bool(ideas) or kazakh.attested(normal)),
    )


def _written_in(item: StoryItem) -> Language:
    """One of the three: mixed text is read as Kazakh, other as Russian or English by its letters."""
    if item.language in _LANGUAGES:
        return item.language
    if item.language is Language.KK_RU:
        return Language.KK
    return Language.RU if re.search("[а-яА-Я]", item.text) else Language.EN


def _figures(text: str) -> list[tuple[str, int]]:
    """With their places: the number itself, with its unit, and its size on two grids that overlap."""
    found = []
    for match in _FIGURE.finditer(text):
        whole, part, scale = match.groups()
        digits = re.sub(r"\D", "", whole)
        value = float(f"{digits}.{part}" if part else digits)
        if scale:
            low = scale.lower()
            value *= next(factor for start, factor in _SCALES.items() if low.startswith(start))
        elif (1950 <= value <= 2049 and not part and len(digits) == len(whole)) or value < 2:
            continue
        found.append((_written(value), match.start()))
        if unit := _UNIT.match(text, match.end()):
            kind = next(k for k, v in unit.groupdict().items() if v)
            found.append((f"{_written(value)} {kind}", match.start()))
        if value >= ROUGH:
            step = log(value) / _ROUGH_STEP
            found.append((f"{ROUGHLY}{int(step)}", match.start()))
            found.append((f"{ROUGHLY}{int(step + 0.5)}'", match.start()))
    return found


def _written(value: float) -> str:
    return f"{value:.12g}"


_Table: TypeAlias = dict[str, tuple[str, ...]]


@cache
def _ideas() -> dict[Language, tuple[_Table, _Table]]:
    """Written forms to ideas and stems to ideas, by language; an idea is named by its first English word."""
    found: dict[Language, tuple[_Table, _Table]] = {language: ({}, {}) for language in _LANGUAGES}
    for name in _TABLES:
        for line in _lines(name):
            columns = line.split("\t")
            idea = columns[2].split()[0]
            for language, column in zip(_LANGUAGES, columns, strict=True):
                forms, by_stem = found[language]
                for word in column.split():
                    _file(forms, normal_form(word), idea)
                    _file(by_stem, stem(word, language), idea)
                    _file(by_stem, normal_form(word), idea)
    return found


def _lines(name: str) -> list[str]:
    table = files("aimas.stories").joinpath(name).read_text("utf-8")
    return [line for line in table.splitlines() if not line.startswith("#")]


def _file(table: _Table, term: str, idea: str) -> None:
    if idea not in table.get(term, ()):
        table[term] = (*table.get(term, ()), idea)


@cache
def _survey_terms() -> dict[Language, frozenset[str]]:
    return {
        language: frozenset(stem(word, language) for word in words.split())
        for language, words in _SURVEYS.items()
    }
