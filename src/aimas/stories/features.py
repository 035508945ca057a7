"""What of a text tells its event: words, names, places, figures, and ideas that have a word in each language."""

import re
from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import msgspec

from aimas.core import Language
from aimas.stories.types import StoryItem
from aimas.text import NAME_MARK, index_terms, name_key, normal_form, stem

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
_LANGUAGES = (Language.RU, Language.KK, Language.EN)


class Features(msgspec.Struct, frozen=True):
    """Of one item; each space counts its features."""

    language: Language
    spaces: dict[Space, dict[str, float]]
    regions: frozenset[str]
    title: frozenset[str]
    """Words of the title, as `words` has them."""


def features_of(item: StoryItem) -> Features:
    language = _written_in(item)
    text = item.text[:LEAD]
    words: Counter[str] = Counter()
    names: dict[str, float] = {}
    ideas: dict[str, float] = defaultdict(float, {f"theme {theme}": 1.0 for theme in item.themes})
    figures: dict[str, float] = {}
    known = _ideas()[language]
    for part, counts in ((item.title, TITLE_COUNTS), (text, 1)):
        for term in index_terms(part, language):
            if term[0] == NAME_MARK:
                names[term] = 1.0
            elif not term[0].isdigit() and len(term) > 1:
                words[term] += counts
        for figure in _figures(part):
            figures[figure] = 1.0
    titled = frozenset(index_terms(item.title, language)) & words.keys()
    for term in words:
        for idea in known.get(term, ()):
            if idea in _WORD_FIGURES:
                figures[_written(_WORD_FIGURES[idea])] = 1.0
            elif idea not in _SCALE_IDEAS:
                ideas[idea] = max(ideas[idea], 1.5 if term in titled else 1.0)
    starts = tuple(
        NAME_MARK + name_key(word)[:_PLACE_START]
        for place in item.places
        for word in re.split(r"[\s-]+", place)
        if len(word) >= _PLACE_START
    )
    names = {name: 1.0 for name in names if not name.startswith(starts)} if starts else names
    places = dict.fromkeys(item.places, 1.0) | dict.fromkeys(item.regions, 0.5)
    spaces: dict[Space, dict[str, float]] = {
        "words": dict(words),
        "names": names,
        "places": places,
        "figures": figures,
        "ideas": dict(ideas),
    }
    return Features(language, spaces, frozenset(item.regions), frozenset(titled))


def _written_in(item: StoryItem) -> Language:
    """One of the three: mixed text is read as Kazakh, other as Russian or English by its letters."""
    if item.language in _LANGUAGES:
        return item.language
    if item.language is Language.KK_RU:
        return Language.KK
    return Language.RU if re.search("[а-яА-Я]", item.text) else Language.EN


def _figures(text: str) -> set[str]:
    found = set()
    for whole, part, scale in _FIGURE.findall(text):
        digits = re.sub(r"\D", "", whole)
        value = float(f"{digits}.{part}" if part else digits)
        if scale:
            low = scale.lower()
            value *= next(factor for start, factor in _SCALES.items() if low.startswith(start))
        elif (1950 <= value <= 2049 and not part and len(digits) == len(whole)) or value < 2:
            continue
        found.add(_written(value))
    return found


def _written(value: float) -> str:
    return f"{value:.12g}"


@cache
def _ideas() -> dict[Language, dict[str, tuple[str, ...]]]:
    """Stem to ideas, by language; an idea is named by its first English word."""
    found: dict[Language, dict[str, tuple[str, ...]]] = {language: {} for language in _LANGUAGES}
    table = files("aimas.stories").joinpath("concepts.tsv").read_text("utf-8")
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        columns = line.split("\t")
        idea = columns[2].split()[0]
        for language, column in zip(_LANGUAGES, columns, strict=True):
            of = found[language]
            for word in column.split():
                for term in {stem(word, language), normal_form(word)}:
                    if idea not in of.get(term, ()):
                        of[term] = (*of.get(term, ()), idea)
    return found
