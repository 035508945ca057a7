"""Speech told by others: which words of a sentence somebody said, and who."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aimas.core import Span
from aimas.institution.speech import speakers, words
from aimas.institution.speech.clause import Clause, Mark, Own, Subject, Tongue
from aimas.institution.speech.quotations import Quotation, quotations
from aimas.institution.stretches import Stretches

_SAYS_WHAT = re.compile(r"(?:,| -)? (?:о том, |тем, )?(?:что|чтобы|будто|как|насколько)\b|:")
_IN_FRONT = re.compile(r"[\s,-]*(?:(?:как|об этом|о чем)\s+)?$")
_AS = re.compile(r"(?:^|[,-]\s*|\s)(?:как|as)\s+$")
_DONE = re.compile(r"[^\w]*(?:$|(?:on|in|at|late|earlier|this|during|to|today|yesterday|the day)\b|\w+day\b)")
_THAT = re.compile(r"[^.;]{0,80}?\bthat ")
_DEP = re.compile(
    r"(?:\bдеп|[^\W_]+(?:[ғгқк][ае]н|атын|етін|йтін|тынд[ыі]ғ|тінд[іы]г|тіг|ділг)[ыі]н) (?:ол )?$"
)
_CITED_END = re.compile(r"[,;:«]| - ")
_NO_TELLING = re.compile(r"поблагодарил|поручил|призвал|цитиру")
_SAYS_ALONE = frozenset(("said", "says", "added", "stated", "noted", "claimed", "told"))
_DEP_ALONE = frozenset(("деп", "деген", "айтып"))


class Told(NamedTuple):
    start: int
    end: int
    subject: Subject


class Whole(NamedTuple):
    """A text, and what is known of all of it before its sentences are looked at."""

    text: str
    low: str
    """In normal form, as long as the text."""
    own: Sequence[Own]
    """In order, none overlapping."""
    marks: Sequence[Mark]
    quoted: Sequence[Quotation]
    """Those whose speaker is named."""
    spoken: Stretches
    """What they quote."""
    attributions: Stretches
    """Where their speakers are named."""

    @classmethod
    def of(cls, text: str, low: str, own: Sequence[Own], marks: Sequence[Mark]) -> "Whole":
        found = [(each, each.attribution) for each in quotations(text, low)]
        named = [(each, by) for each, by in found if by is not None]
        return cls(
            text,
            low,
            own,
            marks,
            [each for each, _ in named],
            Stretches((each.start, each.end) for each, _ in named),
            Stretches(by for _, by in named),
        )

    def clause(self, start: int, end: int, verb: tuple[int, int], tongue: Tongue) -> Clause:
        return Clause(self.text, self.low, start, end, verb, tongue, self.own)


def attributed(whole: Whole, quotation: Quotation) -> Subject | None:
    """Whom the words around a quotation make its speaker."""
    assert quotation.attribution is not None
    low, (start, end) = whole.low, quotation.attribution
    after = start >= quotation.end
    for tongue, pattern in words.SOURCES.items():
        if match := pattern.search(low, start, end):
            found = _named(whole.clause(start, end, match.span(), tongue))
            if found is not None:
                return found
    for tongue, pattern in words.VERBS.items():
        verbs = [m.span() for m in pattern.finditer(low, start, end) if m.group() != "деген"]
        for verb in verbs if after else reversed(verbs):
            subject = speakers.speaker(whole.clause(start, end, verb, tongue))
            if subject is not None:
                return subject
        if verbs and after and tongue == "kk":
            # «ІІМ «…» деп мәлімдеді»: the subject stands before the quotation.
            begin = max(low.rfind(mark, 0, quotation.start) for mark in ("\n", ". ", "! ", "? ")) + 1
            begin = max(begin, quotation.start - 120, 0)
            left = quotation.start - 1
            found_left = speakers.subjects(whole.clause(begin, left, (left, left), tongue))
            if found_left:
                return found_left[0]
    return None


def told(whole: Whole, sentence: Span) -> Iterator[Told]:
    """Outer speech before inner; words inside marks that have a speaker of their own are passed over."""
    start, end = sentence.start, sentence.end
    first = bisect_left(whole.marks, start, key=lambda mark: mark.start)
    here = whole.marks[first : bisect_left(whole.marks, end, lo=first, key=lambda mark: mark.start)]
    unspoken = [mark for mark in here if not whole.spoken.hold(mark.start)]
    cited: list[Told] = []
    for mark in unspoken:
        if mark.is_source and not whole.attributions.hold(mark.start):
            subject = _named(whole.clause(start, end, (mark.start, mark.end), mark.tongue))
            if subject is not None:
                cited.append(Told(start, end, subject))
                if not whole.low.startswith("со ссылкой", mark.start):
                    yield cited.pop()
    for mark in unspoken:
        if not mark.is_source and not _NO_TELLING.match(whole.low, mark.start):
            clause = whole.clause(start, end, (mark.start, mark.end), mark.tongue)
            yield from _said(clause, is_taken=whole.attributions.hold(mark.start))
    yield from cited


def _named(clause: Clause) -> Subject | None:
    """The source that the words at `clause.verb` announce."""
    low, (begins, ends) = clause.low, clause.verb
    if clause.tongue == "kk":
        left = max(low.rfind(mark, clause.start, begins) for mark in (",", ";", "-", "«", "»")) + 1
        return speakers.source(clause.within(max(left, clause.start), begins))
    stop = _CITED_END.search(low, ends, clause.end)
    return speakers.source(clause.within(ends, stop.start() if stop else clause.end))


def _said(clause: Clause, is_taken: bool) -> Iterator[Told]:
    """`is_taken`: the verb already speaks for a quotation, so it tells only what follows «that»."""
    if clause.tongue == "ru":
        yield from _russian(clause, is_taken)
    elif clause.tongue == "en":
        yield from _english(clause, is_taken)
    elif not is_taken:
        yield from _kazakh(clause)


def _russian(clause: Clause, is_taken: bool) -> Iterator[Told]:
    low, start, end, verb = clause.low, clause.start, clause.end, clause.verb
    says = _SAYS_WHAT.search(low, verb[1], end)
    comma = max(low.rfind(",", start, verb[0]), low.rfind(" - ", start, verb[0]))
    opens = _IN_FRONT.search(low, max(start, comma), verb[0])
    is_as = _AS.search(low, max(start, comma), verb[0])
    if is_taken and (says is None or says.group() == ":"):
        return
    if says and not is_as and low.find(";", verb[1], says.start()) < 0:
        subject = speakers.speaker(clause.within(start, says.start()))
        if subject is not None:
            yield Told(says.end(), end, subject)
    elif opens and opens.start() <= max(comma, start) + 1 and (comma > start or is_as):
        stop = low.find(",", verb[1], end)
        subject = speakers.speaker(clause.within(max(comma, start), end))
        if subject is not None and subject.voice != "pronoun":
            yield Told(start, max(comma, start), subject)
            if is_as and stop > 0:
                yield Told(stop, end, subject)


def _english(clause: Clause, is_taken: bool) -> Iterator[Told]:
    low, start, end, verb = clause.low, clause.start, clause.end, clause.verb
    comma = low.rfind(",", start, verb[0])
    that = _THAT.match(low, verb[1], end)
    inverted = comma >= 0 and not low[comma + 1 : verb[0]].strip()
    if that and not inverted:
        subject = speakers.speaker(clause.within(start, that.end()))
        if subject is not None and subject.start < verb[0]:
            yield Told(that.end(), end, subject)
    elif is_taken:
        return
    elif comma >= 0 and (inverted or _DONE.match(low, verb[1], end)):
        subject = speakers.speaker(clause.within(comma + 1, end))
        if subject is not None:
            yield Told(start, comma, subject)
    elif clause.said() in _SAYS_ALONE and not _DONE.match(low, verb[1], end):
        subject = speakers.speaker(clause.within(start, verb[1]))
        if subject is not None:
            begin = verb[1]
            if clause.said() == "told":
                named = clause.own_within(verb[1], verb[1] + 13)
                begin = named[0].end if named else begin
            yield Told(begin, end, subject)


def _kazakh(clause: Clause) -> Iterator[Told]:
    low, start, end, verb = clause.low, clause.start, clause.end, clause.verb
    word = clause.said()
    if word in _DEP_ALONE:
        return
    if word not in ("деді", "дейді") and not _DEP.search(low, max(start, verb[0] - 40), verb[0]):
        return
    subject = speakers.nearest(speakers.subjects(clause.within(verb[1], end)), clause)
    if subject is not None:
        yield Told(start, verb[0], subject)
        return
    before = speakers.subjects(clause.within(start, verb[0]))
    if before and not re.search(r"[,;]", low[start : before[0].start]):
        yield Told(before[0].end, verb[0], before[0])
