"""The words by which a speaker is told, from `words.toml`, and the expressions that the languages share."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from aimas.institution.lexicon import Entry, Lexicon
from aimas.institution.speech.clause import Mark, Tongue

_TABLE = tomllib.loads((files("aimas.institution.speech") / "words.toml").read_text(encoding="utf-8"))
_TONGUES: tuple[Tongue, ...] = ("ru", "kk", "en")


def listed(tongue: Tongue, key: str) -> list[str]:
    said = _TABLE[tongue].get(key, "")
    return said if isinstance(said, list) else [each for each in re.split(r"[ \n]+", said) if each]


def any_of(expressions: Sequence[str]) -> str:
    """A regular expression of all of them, the longest first; `*` ends a stem."""
    longest_first = sorted((each.replace("\u00a0", " ") for each in expressions), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(each).replace(r"\*", r"\w*") for each in longest_first) + ")"


def _patterns(key: str) -> dict[Tongue, re.Pattern[str]]:
    return {tongue: re.compile(rf"\b{any_of(listed(tongue, key))}\b") for tongue in _TONGUES}


VERBS = _patterns("of_speech")
SOURCES = _patterns("sources")
ANY_VERB = re.compile(
    rf"\b{any_of([verb for t in _TONGUES for verb in listed(t, 'of_speech')] + listed('en', 'sources'))}\b"
)
_MARKS = Lexicon(
    Entry(each.rstrip("*").replace("\u00a0", " "), (tongue, key == "sources"), open_end=each.endswith("*"))
    for tongue in _TONGUES
    for key in ("of_speech", "sources")
    for each in listed(tongue, key)
)
PRONOUNS = frozenset(("он", "она", "ол", "he", "she"))
FORMER = re.compile(r"\b(?:бывш\w+|отставн\w+|former|бұрынғы|(?:экс|ex)(?=-))[ -]$")
PREPOSED = re.compile(
    r"\b(?:в|во|на|с|со|из|от|у|к|ко|о|об|по|за|при|для|без|против|через|до|под|между"
    r"|in|to|from|by|for|with|of|at|about|against|on|near|toward|towards|over|without)"
    r" (?:(?:the|a|an|his|her|their|our|local|city|regional) )*$"
)


def marks(low: str) -> list[Mark]:
    """Everything in the text by which somebody may be made a speaker, in order."""
    return sorted({Mark(hit.start, hit.end, *hit.value) for hit in _MARKS.hits(low, low)})
