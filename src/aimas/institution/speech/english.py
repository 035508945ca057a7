"""Subjects in English: in front of the verb, after no preposition; behind it where nothing stands in front."""

import re
from collections.abc import Sequence

from aimas.institution.speech.clause import Clause, Subject, Voice
from aimas.institution.speech.words import PREPOSED, PRONOUNS, listed

_CITIZENS = frozenset(listed("en", "citizens"))
_OTHERS = frozenset(listed("en", "others"))
_OFFICIALS = frozenset(listed("en", "officials"))
_NO_SUBJECT = frozenset(listed("en", "fillers"))
_NO_NAMES = frozenset(("the", "a", "an", "on", "in", "at", "but", "and"))
_ASIDE = re.compile(r"\s*(?:\w+ly )?(?:\w+ing|\w+ed|seen|caught|beaten) ")
_RELATIVE = re.compile(r"\b(?:who|whom|whose|which)\b")
_OBJECT_OF = re.compile(r"\b(?:\w+ed|told|by|met|saw|found) (?:the )?$")
_LED = re.compile(r"\b(\w+) (?:of|for|from|at|in|with) (?:the )?$")
_FORMER = re.compile(r"\b(?:former|ex) ?-?$")
_OF_ANOTHER_HOUSE = re.compile(r"\b(?:health|foreign|justice|finance|defen[cs]e) $")
_BEFORE_AN_OFFICE = re.compile(
    r"(?:^|[^\w ]|\b(?:the|our|this|that|deputy|vice|by|to|told|said|says|added|and) )\s*$"
)


def subjects(clause: Clause) -> list[Subject]:
    text, low, verb = clause.text, clause.low, clause.verb
    found: list[Subject] = []
    relative = _RELATIVE.search(low, clause.start, clause.end)
    passed = clause.start
    for match in clause.words():
        if match.start() < passed or verb[0] <= match.start() < verb[1]:
            continue
        if relative and match.start() > relative.start():
            is_beyond = relative.start() > verb[1] or verb[0] > match.start()
            if is_beyond:
                continue
        before = clause.before(match.start(), 30)
        free = not PREPOSED.search(before)
        if found and found[-1].end < match.start() and _OBJECT_OF.search(before):
            free = False
        name = clause.own_at(match.start())
        if name is not None:
            passed = name.end
            is_told_to = name.start >= verb[1] and clause.said() == "told"
            if low[name.end : name.end + 2] == "'s" or is_told_to:
                continue
            led = _LED.search(before)
            if not free and led and led.group(1) in _OFFICIALS and found:
                found[-1] = Subject("institution", found[-1].start, name.end)
            elif free:
                is_another = _FORMER.search(before) or _OF_ANOTHER_HOUSE.search(before)
                found.append(Subject("other" if is_another else "institution", name.start, name.end))
            continue
        word = match.group()
        if not free:
            continue
        if word in PRONOUNS:
            found.append(Subject("pronoun", *match.span()))
        elif word in _CITIZENS:
            found.append(Subject("citizen", *match.span()))
        elif word in _OTHERS or word in _OFFICIALS:
            found.append(Subject("other", *match.span()))
        elif text[match.start()].isupper() and word not in _NO_NAMES:
            found.append(Subject("other", *match.span(), True))
    if not found and clause.holds_verb():
        # A noun that no list has is a subject all the same.
        rest = [each for each in clause.words() if each.group() not in _NO_SUBJECT]
        beside = [each for each in rest if each.end() <= verb[0] or each.start() >= verb[1]][:1]
        found = [Subject("other", *each.span()) for each in beside]
    return found


def nearest(found: Sequence[Subject], verb: tuple[int, int]) -> Subject:
    before = [each for each in found if each.end <= verb[0]]
    told = [each for each in before or found if not each.is_name_alone] or before or found
    return told[-1] if before else told[0]


def is_aside(clause: Clause) -> bool:
    return not clause.holds_verb() and _ASIDE.match(clause.low, clause.start, clause.end) is not None


def voice_of_source(text: str, word: re.Match[str]) -> Voice | None:
    if word.group() in _CITIZENS:
        return "citizen"
    if word.group() in _OFFICIALS:
        return None
    return "other" if word.group() in _OTHERS or text[word.start()].isupper() else None


def is_bare_office(text: str, low: str, start: int, end: int) -> bool:
    is_before = _BEFORE_AN_OFFICE.search(low[max(0, start - 24) : start])
    return bool(is_before) and not re.match(r" (?:of|for) ", low[end : end + 5])
