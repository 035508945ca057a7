"""What an answer says was decided, for and against: the verdict on a request, and single things done or not done.

Read by cues and by the grammar of verbs, clause by clause. What is denied counts as its opposite; what is supposed, or
was so before, counts as nothing.
"""

import re
from collections.abc import Iterator

import msgspec

from aimas.appeals.deeds import is_told, keys
from aimas.appeals.requests import cue
from aimas.appeals.types import Decision
from aimas.core import Span
from aimas.institution.lexicon import normal, one_of
from aimas.text import sentences
from aimas.text import words as words_of

_CLAUSE = re.compile(r"[,;:()—–\n]| - | но | а | ал | бірақ | but ")
_AND = re.compile(r" (?:и|and|және) ")
_FOUND_OUT = re.compile(
    r"причин|факт|личност|обстоятельств|нарушени|(?<!\w)вин[аыу](?!\w)|проверк|(?<!\w)что(?!\w)"
)
"""Beside these «установлено» is what was found out, not what was put up."""
_BEFORE_OR_IF = one_of(
    r"""если в\sслучае чтобы бы ранее раньше прежн\w* прошл\w* егер бұрын\w* алдыңғы болса
    if unless should\syou previously earlier formerly"""
)
_SUPPOSED = re.compile(rf"(?<!\w){_BEFORE_OR_IF}(?!\w)")
_ENDED = re.compile(r"отмен(?:ен|ил|яе)|незаконн|overturned|overruled|cancelled|күші жойыл|заңсыз")
_DENIED_BEFORE = re.compile(
    r"(?:(?<!\w)(?:не|ни)(?: (?:был[аои]?|будет|будут|может быть|могут быть|может|могут|можем|удалось|смогли))?"
    r"|\bnot(?: be| been| yet| yet been)?|n't(?: be)?|\bcannot(?: be)?|\bno longer(?: be)?|\bnever(?: been)?)\s+$"
)
_POSSIBLE = re.compile(r"(?:(?:может|могут) быть|\b(?:may|might|could|can))\s+$")
_DENIED_AFTER = re.compile(
    r"^\s*(?:не (?:буд\w+|был[аои]?|может|можем|представляется)|невозможн|нельзя|нет возможности|мүмкін емес|емес|жоқ)"
)
_KAZAKH_NOT = re.compile(
    r"[^\W\d_]{2,}[мбп][ае](?:й(?:ды|ді|мыз|міз|мын|мін|тын|тін)|ды|ді|дық|дік|ған|ген|с)$"
)
_KAZAKH_UNABLE = re.compile(r"(?<!\w)алма(?:й|д)\w+")
_BEING = re.compile(r"\b(?:is|was|are|were|been|be)\s+(?:\w+ly\s+)?$")
_ENGLISH_TOLD = re.compile(r"(?:is|was|are|were|been|be|will|have|has|we|and)\s+(?:\w+ly\s+)?$")


class Stance(msgspec.Struct, frozen=True):
    """Where an answer says what was decided; None: nowhere."""

    granted: Span | None = None
    """The request is said to be granted."""
    refused: Span | None = None
    """The request is said to be refused."""
    done: Span | None = None
    """Something was or will be done."""
    undone: Span | None = None
    """Something was not or will not be done."""
    partly: Span | None = None
    explained: Span | None = None

    @property
    def is_silent(self) -> bool:
        return not any((self.granted, self.refused, self.done, self.undone, self.partly, self.explained))

    @property
    def against(self) -> Span | None:
        """Where it says no, whatever else it says."""
        return self.refused or self.undone


def stance(answer: str, asked: frozenset[str] = frozenset()) -> Stance:
    """`asked`: keys of what was asked for, so that it is known again though no list names it."""
    found: dict[str, Span] = {}
    low = normal(answer)
    for sentence in sentences(answer):
        for name, span in _of_sentence(low[sentence.start : sentence.end], asked):
            found.setdefault(name, Span(sentence.start + span.start, sentence.start + span.end))
    return Stance(**found)


def contradiction(stance: Stance, decision: Decision) -> Span | None:
    """Where it says otherwise than was decided; a partial decision may say both."""
    said_yes, said_no = stance.granted or stance.done, stance.refused or stance.undone
    match decision:
        case Decision.SATISFIED:
            return stance.refused or (None if said_yes else stance.undone)
        case Decision.REFUSED:
            return None if stance.partly else stance.granted or (None if said_no else stance.done)
        case Decision.EXPLAINED:
            return stance.refused or stance.granted
        case Decision.PARTLY if stance.partly is None:
            if stance.refused and not said_yes:
                return stance.refused
            return stance.granted if not said_no and not stance.done else None
    return None


def _of_sentence(text: str, asked: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """`text` in normal form."""
    for clause in _clauses(text, _CLAUSE):
        # What was so before may stand beside what is so now.
        parts = (
            _clauses(clause.of(text), _AND)
            if _SUPPOSED.search(clause.of(text))
            else [Span(0, clause.end - clause.start)]
        )
        for inner in parts:
            start = clause.start + inner.start
            part = text[start : clause.start + inner.end]
            verdict = cue("verdict.refused").search(part) or cue("verdict.granted").search(part)
            # The way to complain of a refusal is no refusal.
            if _SUPPOSED.search(part) or (cue("complaint").search(part) and not verdict):
                continue
            for name, span in _of_clause(part, asked):
                yield name, Span(start + span.start, start + span.end)


def _of_clause(part: str, asked: frozenset[str]) -> Iterator[tuple[str, Span]]:
    end = _ENDED.search(part)
    ended = end is not None and not _is_denied(part, end)
    for match in cue("verdict.refused").finditer(part):
        if not _is_denied(part, match) and not ended and not _POSSIBLE.search(part[: match.start()]):
            yield "refused", Span(*match.span())
    for match in cue("verdict.granted").finditer(part):
        yield ("refused" if _is_denied(part, match) else "granted"), Span(*match.span())
    for match in cue("decision.satisfied").finditer(part):
        yield ("undone" if _is_denied(part, match) else "done"), Span(*match.span())
    for match in cue("decision.refused").finditer(part):
        if not _is_denied(part, match) and not ended:
            yield "undone", Span(*match.span())
    for name in ("partly", "explained"):
        for match in cue(f"decision.{name}").finditer(part):
            yield name, Span(*match.span())
    yield from _deeds(part, asked)


def _deeds(part: str, asked: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """Verbs of what authorities do and of what was asked, in the forms that tell."""
    for match, word in words_of(part):
        is_asked = not keys(word).isdisjoint(asked)
        if _IS_ABOUT_US.match(word) or not (is_asked or any(k.startswith("deed:") for k in keys(word))):
            continue
        if word.startswith("установл") and _FOUND_OUT.search(part):
            continue
        before, after = part[max(0, match.start - 30) : match.start], part[match.end :]
        if (
            _KAZAKH_NOT.fullmatch(word)
            or _KAZAKH_UNABLE.match(after.lstrip())
            or _DENIED_BEFORE.search(before)
            or _DENIED_AFTER.match(after)
        ):
            yield "undone", match
        elif is_told(word) or (
            word.isascii() and (is_asked or word.endswith("ed")) and _ENGLISH_TOLD.search(before)
        ):
            yield "done", match


_IS_ABOUT_US = re.compile(
    one_of(
        r"""рассм\w* изуч\w* зарегистр\w* провер\w* сообщ\w* информир\w* уведом\w* поясн\w* разъясн\w*
        ответ\w* поступ\w* принят\w* прин\w* можете
        мож\w* наход\w* нахож\w* найд\w* осмотр\w* начал\w* начн\w*
        қара\w* тіркел\w* тексер\w* зертте\w* хабарла\w* түсіндір\w* айт\w* мәлімде\w* жауап\w*
        бар баста\w* алды[қм] алған\w* қабылдады[қм] құқы\w* бере бере\w{0,2} келе алас\w* ал ала
        жүр\w* тап\w* табыс\w*
        review\w* look\w* check\w* inspect\w* inform\w* explain\w* answer\w* regist\w* notif\w*
        not note examin\w* investigat\w* start\w*"""
    )
    + r"$"
)
"""What is done to every appeal, or said in every answer, decides nothing."""


def _is_denied(part: str, match: re.Match[str]) -> bool:
    before, after = part[max(0, match.start() - 30) : match.start()], part[match.end() :]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after))


def _clauses(text: str, marks: re.Pattern[str]) -> Iterator[Span]:
    start = 0
    for mark in marks.finditer(text):
        if text[start : mark.start()].strip():
            yield Span(start, mark.start())
        start = mark.end()
    if text[start:].strip():
        yield Span(start, len(text))
