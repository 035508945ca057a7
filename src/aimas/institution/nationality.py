"""Ours or another state's: what the words around a name, its sentence and the text say about the country."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from aimas.core import Span
from aimas.institution.gazetteer import Sighting
from aimas.institution.lexicon import one_of

_BESIDE = 24
"""Characters between a name and a place that belongs to it, at most."""

_JOINED_BEFORE = re.compile(r"[\s«\"“]*(?:'s\s+)?(?:қала\w*\s+|облыс\w*\s+|аудан\w*\s+)?(?:\w+\s+)?")
_NOTHING_BETWEEN = re.compile(r"[\s'«\"“]*s?\s*(?:қала\w*\s+|аудан\w*\s+|city\s+)?")
_JOINED_AFTER = re.compile(
    r"\s*[,(]?\s*(?:(?:in|of|from|из|по|в|во|города|городе|г\.|области|района|республики|the)\s+){0,3}"
    r"(?:the\s+|города\s+|г\.\s*)?"
)
_WHERE = re.compile(r"\b" + one_of("в во на in at across near under outside inside") + r"\s+(?:[\w-]+\s+)?$")
_AND = re.compile(r"\s*(?:,|-|\s(?:и|мен|пен|бен|және|and)\s)\s*")
_CLAUSE = re.compile(r"[,;:(]")
_OPENING, _DATELINE = re.compile(r"(?:[.!?]\s+|\s{2,})$"), re.compile(r"\s*(?:,\s*\d{1,2}\s|\.\s|-\s)")
_ORIGIN = re.compile(
    r"\b"
    + one_of(
        r"""из граждан\w* уроженц\w* жител\w+ гост\w+ от до для с со между как from citizens?\sof
        nationals?\sof residents?\sof to like unlike"""
    )
    + r"\s+(?:[\w-]+\s+)?$"
)
_KAZAKH_THERE = re.compile(r"\s+(?:қала|облыс|аудан|штат|ел|аэропорт)\w*(?:нда|нде|нан|нен)\b")
_PEOPLE_AFTER = re.compile(
    r"\s+"
    + one_of(
        r"""азамат\w* тұрғын\w* турист\w* граждан\w* семь\w* жител\w* кино\w* фильм\w* номер\w*
        водител\w* студент\w* артист\w* певец\w* певц\w* блогер\w* границ\w* рубл\w* border drivers? students?
        citizens? nationals? tourists? residents? man woman"""
    )
    + r"\b"
)


class Signs:
    """The places, countries and foreign names of one text, in order and none overlapping, as they bear on its names."""

    def __init__(self, low: str, sightings: Sequence[Sighting]) -> None:
        """`low`: the text in normal form."""
        self._low, self._all = low, sightings
        self._starts = [seen.start for seen in sightings]
        self._ends = [seen.end for seen in sightings]

    @cached_property
    def has_home(self) -> bool:
        return any(seen.is_home for seen in self._all)

    def joined(self, start: int, end: int) -> tuple[Sighting | None, Sighting | None]:
        """The places that belong to a name: before («турецкая полиция»), after («полиция Бишкека»)."""
        before = after = None
        first, last = bisect_left(self._ends, start - _BESIDE), bisect_right(self._ends, start)
        for seen in self._all[first:last]:
            if _JOINED_BEFORE.fullmatch(self._low, seen.end, start):
                adjective = seen.named.attribute or seen.named.language == "kk"
                if adjective or _NOTHING_BETWEEN.fullmatch(self._low, seen.end, start):
                    before = seen
        following = bisect_left(self._starts, end)
        if following < len(self._all):
            seen = self._all[following]
            if seen.start - end <= _BESIDE and _JOINED_AFTER.fullmatch(self._low, end, seen.start):
                after = seen
        return before, after

    def foreign_reason(self, start: int, end: int, sentence: Span, *, after_refusal: bool) -> str:
        """Why the name at start..end is another state's; empty where it is ours, which is the rule.

        `after_refusal`: a name before it was another state's, so the text may be going on about that one.
        """
        low = self._low
        before, after = self.joined(start, end)
        for seen in (after, before if before is None or not _is_origin(low, before) else None):
            if seen is not None and seen.named.kind == "abroad":
                return "" if self._is_shared(seen) else f"belongs to another state: {seen.named.name}"
        if any(seen is not None and seen.is_home for seen in (before, after)):
            return ""
        first = bisect_left(self._starts, sentence.start)
        within = self._all[first : bisect_left(self._starts, sentence.end)]
        if any(_is_home_place(low, seen) for seen in within):
            return ""
        for seen in within:
            if _is_foreign_place(low, seen):
                return f"the sentence is about {seen.named.name}"
            if _is_near_adjective(low, seen, start) and not any(other.is_home for other in within):
                return (
                    f"stands near {low[seen.start : seen.end]!r} in a sentence without a sign of Kazakhstan"
                )
        place = self._scenes[first - 1] if first else None
        if place is not None and place.named.kind == "abroad" and (after_refusal or not self._has_sure_home):
            return f"the text is about {place.named.name} at this point"
        return self._foreign_throughout

    def _is_shared(self, seen: Sighting) -> bool:
        """«МВД России и Казахстана», «казахстанские и российские полицейские»: ours as well."""
        index = bisect_left(self._starts, seen.start)
        beside = [*self._all[max(0, index - 1) : index], *self._all[index + 1 : index + 2]]
        return any(
            other.is_home
            and _AND.fullmatch(self._low, min(other.end, seen.end), max(other.start, seen.start))
            for other in beside
        )

    @cached_property
    def _scenes(self) -> list[Sighting | None]:
        """After each sighting, the one that last said where things happen, at home or abroad."""
        scenes: list[Sighting | None] = []
        scene: Sighting | None = None
        for seen in self._all:
            if _is_home_place(self._low, seen) or _is_foreign_place(self._low, seen):
                scene = seen
            scenes.append(scene)
        return scenes

    @cached_property
    def _has_sure_home(self) -> bool:
        return any(seen.is_home and not seen.named.attribute for seen in self._all)

    @cached_property
    def _foreign_throughout(self) -> str:
        """Why every name that nothing near makes ours is another state's; empty where the text does not say so."""
        if self.has_home:
            return ""
        low = self._low
        abroad = [seen for seen in self._all if seen.named.kind == "abroad" and not _is_origin(low, seen)]
        if len(abroad) > 1 or any(_is_foreign_place(low, seen) or _is_plain(seen) for seen in abroad):
            return f"the text speaks of {abroad[0].named.name} and has no sign of Kazakhstan"
        return ""


def _is_home_place(low: str, seen: Sighting) -> bool:
    """A place of the country, or the country itself as more than somebody's origin or citizenship."""
    is_sign_only = seen.named.attribute or (seen.named.kind == "country" and seen.named.lower)
    return seen.is_home and not is_sign_only and not _is_origin(low, seen)


def _is_foreign_place(low: str, seen: Sighting) -> bool:
    """Says that something happens abroad: «в Анкаре», Анкарада, in Ankara; or opens the text."""
    if seen.named.kind != "abroad" or seen.named.attribute:
        return False
    if seen.named.language == "kk":
        return seen.named.there or bool(_KAZAKH_THERE.match(low, seen.end))
    if seen.named.there and _WHERE.search(low[max(0, seen.start - 24) : seen.start]):
        return not _PEOPLE_AFTER.match(low, seen.end)
    opens = _OPENING.search(low[max(0, seen.start - 4) : seen.start])
    return seen.start == 0 or bool(opens and _DATELINE.match(low, seen.end))


def _is_near_adjective(low: str, seen: Sighting, start: int) -> bool:
    """«афганскую армию или полицию»."""
    if seen.named.kind != "abroad" or not seen.named.attribute or _is_origin(low, seen):
        return False
    return seen.end <= start <= seen.end + 24 and not _CLAUSE.search(low, seen.end, start)


def _is_plain(seen: Sighting) -> bool:
    """Without a sign of Kazakhstan a foreign city is enough («на улицах Парижа»), in English a country."""
    return not seen.named.attribute and (seen.named.city or seen.named.language == "en")


def _is_origin(low: str, seen: Sighting) -> bool:
    """«гражданин России», «from Turkey», «Ресей азаматы»: says whence someone is, not where it happened."""
    return bool(
        _ORIGIN.search(low[max(0, seen.start - 30) : seen.start]) or _PEOPLE_AFTER.match(low, seen.end)
    )
