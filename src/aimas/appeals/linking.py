"""Which appeals speak of the same thing: by place, by time, by meaning across languages, or because one letter was
written for many. Nothing is merged: each applicant keeps his own case, clock and answer; the program suggests, a person
links.

What a text is known by are its marks: squares of the map, streets, stems, ideas that have a word in each language,
runs of five words, and who wrote. A store keeps them as keyed digests, so that likeness is found without opening a
single appeal.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import asin, cos, exp, floor, log, radians, sin, sqrt

import msgspec

from aimas.appeals.addresses import addresses
from aimas.appeals.requests import cue
from aimas.appeals.sheets import Applicant, Place
from aimas.core import Language, Span
from aimas.institution.lexicon import normal
from aimas.stories.features import features_of
from aimas.stories.types import StoryItem
from aimas.text import name_key, sentences, stems, words

NEAR_M = 250
"""Metres within which two places are one."""
WINDOW_DAYS = 60
"""How far back something of the same kind still is the same."""
_SQUARE = 0.00225
"""Degrees of latitude: 250 metres."""
_RUN = 5
"""Words of a shingle."""
_SHINGLES = 12
"""Kept of a text: those with the smallest hashes, so that two copies keep the same ones."""
_WORDS, _IDEAS = 40, 16
_SHORT = 4


class Mark(StrEnum):
    """What kind of thing is known of a text; the letter stands before the mark."""

    SQUARE = "c"
    STREET = "s"
    WORD = "w"
    IDEA = "i"
    MATTER = "m"
    CATEGORY = "k"
    SHINGLE = "g"
    PERSON = "p"


class Why(StrEnum):
    """What two appeals have in common."""

    PLACE = "place"
    """Within 250 metres."""
    STREET = "street"
    """The same street or quarter is named."""
    WORDS = "words"
    """The same words."""
    IDEAS = "ideas"
    """The same matters, in whatever language."""
    LETTER = "letter"
    """Long runs of the same words: one letter written for many."""
    PERSON = "person"
    """The same applicant."""
    LINKED = "linked"
    """A person linked them."""


class Likeness(msgspec.Struct, frozen=True):
    """How alike two appeals are, and by what."""

    score: float
    """0..1; fitted on invented letters, so rather a rank than a chance."""
    why: tuple[Why, ...]

    @property
    def is_repeat(self) -> bool:
        """The same person again on the same matter."""
        return Why.PERSON in self.why


ENOUGH = 0.3
"""Score from which two appeals stand in one cluster."""
_BIAS = -11.6
_WEIGHTS = {
    "words": 6.5,
    "matters": 8.5,
    "ideas": 3.6,
    "near": 1.0,
    "far": -2.0,
    "category": 5.7,
    "both": 1.2,
}
"""Fitted by logistic regression on all pairs of the demo's invented letters; docs/decisions say what that is worth."""
_UNSAID = 0.5
"""Of the weight of the same category, where one of the two has none."""
_PRIVATE = ("domestic_violence", "custody_conditions")
"""Each family's and each prisoner's trouble is its own: being of the same kind brings nobody together."""
_SAME_PERSON = 2.0
_ONE_LETTER = 0.5
_STREETS = re.compile(
    r"(?:(?i:улиц\w+|ул\.?|проспект\w*|просп\.|пр\.|переул\w+|мкр\.?|микрорайон\w*|бульвар\w*|площад\w+|рынк\w+"
    r"|посёл\w+|посел\w+|школ\w+ ?№?))\s+(?P<after>[A-ZА-ЯӘҒҚҢӨҰҮҺІ\d][\w-]{2,}|\d{1,3})"
    r"|(?P<before>[A-ZА-ЯӘҒҚҢӨҰҮҺІ][\w-]{2,})\s+(?i:көшесі\w*|даңғыл\w*|шағын ?аудан\w*|ықшам ?аудан\w*|базары\w*"
    r"|ауылы\w*|street|avenue|ave\.?|st\.|road|district|market|village)"
)
_STREET_WORDS = frozenset(
    """улица улице улицы улицу проспект переулок дом дома доме квартира кв микрорайон мкр көшесі үй пәтер даңғылы street
    avenue house apartment город қаласы city село ауылы область облысы район ауданы""".split()  # noqa: SIM905
)


def marks_of(
    text: str,
    language: Language,
    place: Place | None,
    applicant: Applicant | None,
    category: str | None = None,
) -> frozenset[str]:
    """Everything that the appeal is found again by."""
    found = {f"{Mark.STREET}{key}" for key in _streets(text, place)}
    found |= meaning_of(text, language)
    found |= {f"{Mark.SHINGLE}{h}" for h in sorted(shingles(text))[:_SHINGLES]}
    if place is not None:
        found.add(f"{Mark.SQUARE}{_square(place)}")
    if category is not None and category not in _PRIVATE:
        found.add(f"{Mark.CATEGORY}{category}")
    if applicant is not None:
        found |= {f"{Mark.PERSON}{key}" for key in _person_keys(applicant)}
    return frozenset(found)


def meaning_of(text: str, language: Language) -> frozenset[str]:
    """Stems of the language and ideas across languages, without the words of asking."""
    item = StoryItem(
        key=0, language=language, title="", text=text, published=datetime(2000, 1, 1, tzinfo=UTC)
    )
    spaces = features_of(item).spaces
    counted = spaces["words"]
    kept = [w for w in counted if len(w) >= _SHORT and not cue("request").match(w)]
    often = sorted(kept, key=lambda w: (-counted[w], -len(w), w))[:_WORDS]
    ideas = sorted(spaces["ideas"])[:_IDEAS]
    return frozenset(
        [
            *(f"{Mark.WORD}{w}" for w in often),
            *(f"{Mark.MATTER}{m}" for m in _matters(text)),
            *(f"{Mark.IDEA}{i}" for i in ideas),
        ]
    )


def _matters(text: str) -> set[str]:
    low = normal(text) + " "
    return {name for name, pattern in _matter_patterns() if pattern.search(low)}


@cache
def _matter_patterns() -> tuple[tuple[str, "re.Pattern[str]"], ...]:
    """Words of `matters.tsv` in all three languages; `_` is a space, or at its end the end of the word."""
    lines = files("aimas.appeals").joinpath("data", "matters.tsv").read_text("utf-8").splitlines()
    found = []
    for line in lines:
        if line.startswith("#"):
            continue
        columns = line.split("\t")
        name = columns[2].split()[0]
        beginnings = [
            re.sub(r"_$", r"(?!\\w)", word).replace("_", r"\s+").replace("ё", "е")
            for column in columns
            for word in column.split()
        ]
        found.append((name, re.compile(rf"(?<!\w)(?:{'|'.join(beginnings)})")))
    return tuple(found)


def asked_marks(marks: Collection[str], place: Place | None) -> frozenset[str]:
    """What to look for: the appeal's own marks and the squares around its own."""
    if place is None:
        return frozenset(marks)
    return frozenset(marks) | {f"{Mark.SQUARE}{square}" for square in _squares_around(place)}


def likeness(
    mine: Collection[str], other: Collection[str], rare: Mapping[str, float], metres: float | None
) -> Likeness | None:
    """Of two appeals by their marks; `rare` weighs a mark by how few others have it, `metres` is None where one has no
    place. None: they have nothing in common that would matter."""
    shared = set(mine) & set(other)
    words, matters, ideas = (
        _overlap(kind, least, mine, other, shared, rare)
        for kind, least in ((Mark.WORD, 6), (Mark.MATTER, 3), (Mark.IDEA, 6))
    )
    letter = _overlap(Mark.SHINGLE, 6, mine, other, shared, {})
    meaning = max(words, matters)
    is_letter = letter >= _ONE_LETTER
    if meaning < _LEAST_MEANING and not is_letter:
        # A place alone, or a person alone, is no matter.
        return None
    is_near = metres is not None and metres <= NEAR_M
    is_same_street = _shares(Mark.STREET, shared)
    is_same_person = _shares(Mark.PERSON, shared)
    is_located = is_near or is_same_street
    values = {
        "words": words,
        "matters": matters,
        "ideas": ideas,
        "near": float(is_located),
        "far": float(metres is not None and not is_located),
        "category": _category(mine, other),
        "both": meaning * is_located,
    }
    odds = _BIAS + sum(_WEIGHTS[name] * value for name, value in values.items())
    score = 1 / (1 + exp(-(odds + _SAME_PERSON * is_same_person)))
    found = {
        Why.PLACE: is_near,
        Why.STREET: is_same_street,
        Why.LETTER: is_letter,
        Why.PERSON: is_same_person,
        Why.WORDS: words >= _TOLD,
        Why.IDEAS: max(matters, ideas) >= _TOLD,
    }
    return Likeness(
        round(max(score, letter if is_letter else 0.0), 3),
        tuple(why for why, holds in found.items() if holds),
    )


_LEAST_MEANING = 0.08
_TOLD = 0.15
"""From here on a likeness of words or matters is told as a reason."""


def _shares(kind: Mark, shared: Collection[str]) -> bool:
    return any(mark[0] == kind for mark in shared)


def _category(mine: Collection[str], other: Collection[str]) -> float:
    here, there = ({m for m in marks if m[0] == Mark.CATEGORY} for marks in (mine, other))
    return float(here == there) if here and there else _UNSAID


def rarity(found: int, most: int) -> float:
    """Weight of a mark that so many recent appeals have, of `most` that were looked at."""
    return log(1 + most / max(1, found))


def metres_between(a: Place, b: Place) -> float:
    """Great circle."""
    lat1, lat2 = radians(a.latitude), radians(b.latitude)
    dlat, dlon = lat2 - lat1, radians(b.longitude - a.longitude)
    h = sin(dlat / 2) ** 2 + cos(lat1) * cos(lat2) * sin(dlon / 2) ** 2
    return 12_742_000 * asin(sqrt(h))


def new_sentences(text: str, earlier: Sequence[str]) -> tuple[Span, ...]:
    """Sentences of a repeat that say what none of the earlier texts said."""
    told = [frozenset(stems(each)) for each in earlier]
    found = []
    for span in sentences(text):
        said = frozenset(s for s in stems(span.of(text)) if len(s) >= _SHORT)
        if said and all(len(said & known) < _SAID_BEFORE * len(said) for known in told):
            found.append(span)
    return tuple(found)


_SAID_BEFORE = 0.6
"""Share of a sentence's words that an earlier text has, to have said it."""


def unique_parts(text: str, others: Sequence[str]) -> tuple[Span, ...]:
    """What of a form letter only this applicant wrote: stretches that share no run of five words with the others."""
    told = frozenset().union(*(shingles(each) for each in others)) if others else frozenset[int]()
    placed = list(words(text))
    covered = [False] * len(placed)
    for at in range(len(placed) - _RUN + 1):
        if _hash([word for _, word in placed[at : at + _RUN]]) in told:
            covered[at : at + _RUN] = [True] * _RUN
    found: list[Span] = []
    begun: int | None = None
    for n, is_shared in enumerate([*covered, True]):
        if not is_shared and begun is None:
            begun = n
        elif is_shared and begun is not None:
            found.append(Span(placed[begun][0].start, placed[n - 1][0].end))
            begun = None
    return tuple(found)


def shingles(text: str) -> frozenset[int]:
    """Hashes of every run of five words."""
    said = [word for _, word in words(text)]
    return frozenset(_hash(said[at : at + _RUN]) for at in range(len(said) - _RUN + 1))


def _hash(run: Sequence[str]) -> int:
    digest = hashlib.blake2b(" ".join(word.casefold() for word in run).encode(), digest_size=8)
    return int.from_bytes(digest.digest())


def _overlap(
    kind: Mark,
    fewest: int,
    mine: Collection[str],
    other: Collection[str],
    shared: Collection[str],
    rare: Mapping[str, float],
) -> float:
    """Weighted share of the shorter one's marks that both have; less than `fewest` marks prove less."""
    here = [m for m in mine if m[0] == kind]
    there = [m for m in other if m[0] == kind]
    if not here or not there:
        return 0.0
    middle = sorted(rare.get(m, 1.0) for m in here)[len(here) // 2]
    weight = sum(rare.get(m, 1.0) for m in shared if m[0] == kind)
    least = min(sum(rare.get(m, 1.0) for m in here), sum(rare.get(m, middle) for m in there))
    return weight / max(least, fewest * middle)


def _streets(text: str, place: Place | None) -> set[str]:
    found: set[str] = set()
    for told in (text, place.words if place else ""):
        for span in addresses(told):
            found |= {
                name_key(word)
                for _, word in words(span.of(told))
                if len(word) >= _SHORT and word.casefold() not in _STREET_WORDS and not word.isdigit()
            }
        for match in _STREETS.finditer(told):
            found.add(name_key(match["after"] or match["before"]))
    return {key for key in found if len(key) >= 3 or key.isdigit()}


def _person_keys(applicant: Applicant) -> set[str]:
    found = {re.sub(r"\D", "", number)[-10:] for number in (applicant.iin, applicant.phone)}
    found.add(applicant.email.strip().casefold())
    if applicant.address.strip():
        named = sorted(name_key(w) for _, w in words(applicant.name))
        lives = sorted(name_key(w) for _, w in words(applicant.address))
        found.add(" ".join([*named, *lives]))
    return {key for key in found if len(key) >= 6}


def _square(place: Place) -> str:
    row = floor(place.latitude / _SQUARE)
    return f"{row}:{floor(place.longitude / _width(row))}"


def _squares_around(place: Place) -> set[str]:
    middle = floor(place.latitude / _SQUARE)
    return {
        f"{row}:{floor(place.longitude / _width(row)) + aside}"
        for row in (middle - 1, middle, middle + 1)
        for aside in (-1, 0, 1)
    }


def _width(row: int) -> float:
    """Degrees of longitude that are 250 metres there."""
    return _SQUARE / max(0.05, cos(radians(row * _SQUARE)))
