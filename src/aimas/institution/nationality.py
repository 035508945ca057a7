"""Ours or another state's: what the words around a name, its sentence and the text say about the country."""

import re
from collections.abc import Sequence

from aimas.core import Span
from aimas.institution.gazetteer import Sighting
from aimas.institution.lexicon import one_of

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


def joined(
    low: str, start: int, end: int, sightings: Sequence[Sighting]
) -> tuple[Sighting | None, Sighting | None]:
    """The places that belong to a name: before («турецкая полиция»), after («полиция Бишкека»)."""
    before = after = None
    for seen in sightings:
        if seen.end <= start and start - seen.end <= 24 and _JOINED_BEFORE.fullmatch(low, seen.end, start):
            adjective = seen.named.attribute or seen.named.language == "kk"
            if adjective or _NOTHING_BETWEEN.fullmatch(low, seen.end, start):
                before = seen
        elif seen.start >= end:
            if seen.start - end <= 24 and _JOINED_AFTER.fullmatch(low, end, seen.start):
                after = seen
            break
    return before, after


def foreign_reason(
    low: str, start: int, end: int, sentence: Span, sightings: Sequence[Sighting], *, after_refusal: bool
) -> str:
    """Why the name at start..end is another state's; empty where it is ours, which is the rule.

    `after_refusal`: a name before it was another state's, so the text may be going on about that one.
    """
    before, after = joined(low, start, end, sightings)
    for seen in (after, before if before is None or not _is_origin(low, before) else None):
        if seen is not None and seen.named.kind == "abroad":
            shared = _is_shared(low, seen, sightings)
            return "" if shared else f"belongs to another state: {seen.named.name}"
    if any(seen is not None and seen.is_home for seen in (before, after)):
        return ""
    within = [seen for seen in sightings if sentence.start <= seen.start < sentence.end]
    if any(_is_home_place(low, seen) for seen in within):
        return ""
    for seen in within:
        if _is_foreign_place(low, seen):
            return f"the sentence is about {seen.named.name}"
        if _is_near_adjective(low, seen, start) and not any(other.is_home for other in within):
            return f"stands near {low[seen.start : seen.end]!r} in a sentence without a sign of Kazakhstan"
    earlier = [seen for seen in sightings if seen.start < sentence.start]
    place = next((s for s in reversed(earlier) if _is_home_place(low, s) or _is_foreign_place(low, s)), None)
    sure_home = any(seen.is_home and not seen.named.attribute for seen in sightings)
    if place is not None and place.named.kind == "abroad" and (after_refusal or not sure_home):
        return f"the text is about {place.named.name} at this point"
    abroad = [seen for seen in sightings if seen.named.kind == "abroad" and not _is_origin(low, seen)]
    if not any(seen.is_home for seen in sightings) and (
        len(abroad) > 1 or any(_is_foreign_place(low, seen) or _is_plain(seen) for seen in abroad)
    ):
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


def _is_shared(low: str, seen: Sighting, sightings: Sequence[Sighting]) -> bool:
    """«МВД России и Казахстана», «казахстанские и российские полицейские»: ours as well."""
    index = sightings.index(seen)
    beside = [*sightings[max(0, index - 1) : index], *sightings[index + 1 : index + 2]]
    return any(
        other.is_home and _AND.fullmatch(low, min(other.end, seen.end), max(other.start, seen.start))
        for other in beside
    )


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
