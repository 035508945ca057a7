"""Ours or another state's: what the words around a name and the whole text say about the country."""

import re
from collections.abc import Sequence

from aimas.core import Span
from aimas.institution.gazetteer import Sighting

_JOINED_BEFORE = re.compile(r"^[\s«\"“]*(?:'s|’s)?\s*(?:\w+\s+)?$")
_JOINED_AFTER = re.compile(
    r"^\s*[,(]?\s*(?:(?:in|of|from|по|в|во|города|городе|г\.|области|района|республики|the)\s+){0,3}(?:the\s+|города\s+|г\.\s*)?$"
)
_LOCATIVE = re.compile(r"\b(?:в|во|на|in|at|across|near|под|outside)\s+(?:[\w-]+\s+)?$")
_FROM = re.compile(
    r"\b(?:из|граждан\w*|уроженц\w*|гост\w+ из|жител\w+|from|citizens? of|national of|nationals of|to|в сторону|для|с|со|между)\s+(?:[\w-]+\s+)?$"
)
_CITIZEN_AFTER = re.compile(
    r"^\s+(?:азамат\w*|тұрғын\w*|турист\w*|граждан\w*|citizens?|nationals?|tourists?|national|man|woman|семь\w*|жител\w*)\b"
)
_TOGETHER = re.compile(
    r"\b(?:совместн\w*|сотруднич\w*|делегаци\w*|колле\w+|бірлес\w*|ынтымақтас\w*|cooperat\w*|joint\w*|together with|counterparts?|экстрад\w*|меморандум\w*)\b"
)


def is_home(seen: Sighting) -> bool:
    return seen.named.kind == "country" or (bool(seen.regions) and not seen.doubtful)


def joined(
    low: str, start: int, end: int, sightings: Sequence[Sighting]
) -> tuple[Sighting | None, Sighting | None]:
    """The place that belongs to a name: right before it («турецкая полиция») and right after («полиция Бишкека»)."""
    before = after = None
    for seen in sightings:
        if seen.end <= start and start - seen.end <= 20 and _JOINED_BEFORE.match(low[seen.end : start]):
            gap = low[seen.end : start].strip(" '’s«\"“")
            if not gap or seen.named.attribute or seen.named.language == "kk":
                before = seen
        elif (
            seen.start >= end
            and after is None
            and seen.start - end <= 24
            and _JOINED_AFTER.match(low[end : seen.start])
        ):
            after = seen
    return before, after


def foreign_reason(
    low: str,
    start: int,
    end: int,
    sentence: Span,
    sightings: Sequence[Sighting],
    refused_before: int | None,
) -> str:
    """Why the name at start..end is another state's; empty where it is ours.

    `refused_before`: end of the last name refused as foreign, for the sentences that go on about it.
    """
    before, after = joined(low, start, end, sightings)
    for seen in (after, before):
        if seen is not None and seen.named.kind == "abroad" and not _only_origin(low, seen):
            return f"belongs to another state: {seen.named.name}"
    if (before is not None and is_home(before)) or (after is not None and is_home(after)):
        return ""
    within = [seen for seen in sightings if sentence.start <= seen.start < sentence.end]
    foreign_there = [seen for seen in within if seen.named.kind == "abroad" and _says_where(low, seen)]
    home_within = [seen for seen in within if is_home(seen)]
    if foreign_there and not home_within:
        return f"the sentence is about {foreign_there[0].named.name}"
    if home_within:
        return ""
    earlier = [seen for seen in sightings if seen.start < sentence.start]
    last_where = next((seen for seen in reversed(earlier) if is_home(seen) or _says_where(low, seen)), None)
    home = sum(is_home(seen) for seen in sightings)
    abroad = [seen for seen in sightings if seen.named.kind == "abroad"]
    if (
        last_where is not None
        and last_where.named.kind == "abroad"
        and (refused_before is not None or not home)
    ):
        return f"the text is about {last_where.named.name} at this point"
    if not home and len(abroad) >= 2 and not all(_only_origin(low, seen) for seen in abroad):
        return f"the text speaks of {abroad[0].named.name} and has no sign of Kazakhstan"
    if not home and any(seen.named.attribute or _says_where(low, seen) for seen in abroad):
        return f"the text speaks of {abroad[0].named.name} and has no sign of Kazakhstan"
    return ""


def _says_where(low: str, seen: Sighting) -> bool:
    if seen.named.kind != "abroad" or seen.named.attribute:
        return False
    if seen.named.language == "kk":
        return seen.named.there
    left = low[max(0, seen.start - 40) : seen.start]
    if seen.named.there and _LOCATIVE.search(left):
        return True
    return seen.start < 3 or left.rstrip(" ").endswith("\n")


def _only_origin(low: str, seen: Sighting) -> bool:
    """«гражданин России», «from Turkey», «Ресей азаматы»: says where someone comes from, not where it happened."""
    left = low[max(0, seen.start - 30) : seen.start]
    return bool(_FROM.search(left) or _CITIZEN_AFTER.match(low[seen.end : seen.end + 20]))
