"""Who is the subject of a word of speech: the institution, a citizen, another, or whoever was named before."""

import re
from collections.abc import Sequence
from typing import Protocol

from aimas.institution.speech import english, kazakh, russian
from aimas.institution.speech.clause import Clause, Subject, Voice

_NOT = re.compile(r"\b(?:не|ни разу не|not|never|n't) $")
_PARTS = re.compile(r"[,;:()«»\"“”„]| - |^\s*-\s?")
_ASIDE = re.compile(
    r"\s*(?:(?:в|во|на|с|со|из|от|у|к|о|об|по|за|при|для|без|in|to|from|by|for|with|of) )?"
    r"(?:котор\w+|где|когда|чье\w*|чей|чья|чьи|куда|откуда|если|хотя|поскольку|что|чтобы|потому|пока|после того"
    r"|who|whom|whose|which|that|when|where|while|after|before|although|because)\b"
)


class Rules(Protocol):
    """What differs by language."""

    def subjects(self, clause: Clause) -> list[Subject]: ...
    def nearest(self, found: Sequence[Subject], verb: tuple[int, int]) -> Subject: ...
    def is_aside(self, clause: Clause) -> bool: ...
    def voice_of_source(self, text: str, word: re.Match[str]) -> Voice | None: ...
    def is_bare_office(self, text: str, low: str, start: int, end: int) -> bool: ...


_RULES: dict[str, Rules] = {"ru": russian, "kk": kazakh, "en": english}


def speaker(clause: Clause) -> Subject | None:
    """The subject of the word of speech among the words of the clause; None where nobody is told."""
    if _NOT.search(clause.low, max(clause.start, clause.verb[0] - 12), clause.verb[0]):
        return None
    parts = _parts(clause)
    at = next((n for n, (part, _) in enumerate(parts) if part.holds_verb()), None)
    if at is None:
        return None
    here, is_main = parts[at]
    is_russian = clause.tongue == "ru"
    if not is_main:
        return russian.antecedent(parts[at - 1][0], here) if is_russian and at else None
    found = [subjects(part) if main else [] for part, main in parts]
    best = nearest(found[at], clause)
    if best is None and is_russian:
        best = russian.impersonal(here)
    if best is not None and best.is_name_alone:
        best = _apposition(parts, found, at) or best
    if best is not None:
        return best
    order = [*range(at - 1, -1, -1), *range(at + 1, len(parts))]
    return next((each for n in order if (each := nearest(found[n], clause))), None)


def source(clause: Clause) -> Subject | None:
    """Who is named in the words of a source: after «по словам», «according to», before «айтуынша»."""
    words = clause.words()
    for each in reversed(words) if clause.tongue == "kk" else words:
        name = clause.own_at(each.start())
        if name is not None:
            return Subject("institution", name.start, name.end)
        voice = _RULES[clause.tongue].voice_of_source(clause.text, each)
        if voice is not None:
            return Subject(voice, *each.span())
    return None


def subjects(clause: Clause) -> list[Subject]:
    """Everyone in the clause who may be the subject, in order."""
    return _RULES[clause.tongue].subjects(clause._replace(own=clause.own_inside()))


def nearest(found: Sequence[Subject], clause: Clause) -> Subject | None:
    """Whose word of speech it is, of those found."""
    return _RULES[clause.tongue].nearest(found, clause.verb) if found else None


def is_bare_office(text: str, low: str, start: int, end: int, language: str) -> bool:
    """No other house is named beside the office: «министр», never «министр здравоохранения»."""
    return _RULES[language].is_bare_office(text, low, start, end)


def _apposition(
    parts: Sequence[tuple[Clause, bool]], found: Sequence[Sequence[Subject]], at: int
) -> Subject | None:
    """What a part beside says of somebody who is named here by a proper name alone."""
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(parts) and found[beside]:
            part, first = parts[beside][0], found[beside][0]
            opens = part.tongue == "en" or not part.within(part.start, first.start).has_words()
            if first.voice != "pronoun" and not first.is_name_alone and opens:
                return first
    return None


def _parts(clause: Clause) -> list[tuple[Clause, bool]]:
    """The stretches between marks, each with whether it belongs to the main clause."""
    edges = [clause.start]
    for mark in _PARTS.finditer(clause.low, clause.start, clause.end):
        edges += [mark.start(), mark.end()]
    edges.append(clause.end)
    parts = (clause.within(*each) for each in zip(edges[::2], edges[1::2], strict=True))
    return [(part, not _is_aside(part)) for part in parts if part.has_words()]


def _is_aside(part: Clause) -> bool:
    return bool(_ASIDE.match(part.low, part.start, part.end)) or _RULES[part.tongue].is_aside(part)
