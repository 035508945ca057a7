"""Speech told by others: which words of a sentence somebody said, and who."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aimas.core import Span
from aimas.institution import speakers
from aimas.institution.quotations import Quotation
from aimas.institution.speakers import Mark, Own, Subject, Tongue

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


class Told(NamedTuple):
    start: int
    end: int
    subject: Subject


def attributed(text: str, low: str, quotation: Quotation, own: Sequence[Own]) -> Subject | None:
    """Whom the words around a quotation make its speaker."""
    assert quotation.attribution is not None
    start, end = quotation.attribution
    after = start >= quotation.end
    for tongue, pattern in speakers.SOURCES.items():
        if match := pattern.search(low, start, end):
            found = _named(text, low, match.span(), start, end, tongue, own)
            if found is not None:
                return found
    for tongue, pattern in speakers.VERBS.items():
        verbs = [m.span() for m in pattern.finditer(low, start, end) if m.group() != "деген"]
        for verb in verbs if after else reversed(verbs):
            subject = speakers.speaker(text, low, start, end, verb, tongue, own)
            if subject is not None:
                return subject
        if verbs and after and tongue == "kk":
            # «ІІМ «…» деп мәлімдеді»: the subject stands before the quotation.
            begin = max(low.rfind(mark, 0, quotation.start) for mark in ("\n", ". ", "! ", "? ")) + 1
            begin = max(begin, quotation.start - 120, 0)
            left = quotation.start - 1
            found_left = speakers.subjects(text, low, begin, left, (left, left), tongue, own)
            if found_left:
                return found_left[0]
    return None


def told(
    text: str,
    low: str,
    sentence: Span,
    own: Sequence[Own],
    quoted: Sequence[Quotation],
    marks: Sequence[Mark],
) -> Iterator[Told]:
    """Outer speech before inner; words inside marks that have a speaker of their own are passed over."""
    start, end = sentence.start, sentence.end
    here = [mark for mark in marks if start <= mark.start < end]
    if not here:
        return
    spoken = [(q.start, q.end) for q in quoted if q.attribution]
    clauses = [q.attribution for q in quoted if q.attribution]
    cited: list[Told] = []
    for mark in here:
        if mark.is_source and not _inside(mark.start, spoken) and not _inside(mark.start, clauses):
            subject = _named(text, low, (mark.start, mark.end), start, end, mark.tongue, own)
            if subject is not None:
                cited.append(Told(start, end, subject))
                if not low.startswith("со ссылкой", mark.start):
                    yield cited.pop()
    for mark in here:
        if not mark.is_source and not _inside(mark.start, spoken) and not _NO_TELLING.match(low, mark.start):
            is_taken = _inside(mark.start, clauses)
            yield from _said(text, low, start, end, (mark.start, mark.end), mark.tongue, own, is_taken)
    yield from cited


def _inside(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _named(
    text: str, low: str, cited: tuple[int, int], start: int, end: int, tongue: Tongue, own: Sequence[Own]
) -> Subject | None:
    """The source that the words at `cited` announce."""
    if tongue == "kk":
        left = max(low.rfind(mark, start, cited[0]) for mark in (",", ";", "-", "«", "»")) + 1
        return speakers.source(text, low, max(left, start), cited[0], tongue, own)
    stop = _CITED_END.search(low, cited[1], end)
    return speakers.source(text, low, cited[1], stop.start() if stop else end, tongue, own)


def _said(
    text: str,
    low: str,
    start: int,
    end: int,
    verb: tuple[int, int],
    tongue: Tongue,
    own: Sequence[Own],
    is_taken: bool,
) -> Iterator[Told]:
    """`is_taken`: the verb already speaks for a quotation, so it tells only what follows «that»."""
    if tongue == "ru":
        yield from _russian(text, low, start, end, verb, own, is_taken)
    elif tongue == "en":
        yield from _english(text, low, start, end, verb, own, is_taken)
    elif not is_taken:
        yield from _kazakh(text, low, start, end, verb, own)


def _russian(
    text: str,
    low: str,
    start: int,
    end: int,
    verb: tuple[int, int],
    own: Sequence[Own],
    is_taken: bool,
) -> Iterator[Told]:
    says = _SAYS_WHAT.search(low, verb[1], end)
    comma = max(low.rfind(",", start, verb[0]), low.rfind(" - ", start, verb[0]))
    opens = _IN_FRONT.search(low, max(start, comma), verb[0])
    is_as = _AS.search(low, max(start, comma), verb[0])
    if is_taken and (says is None or says.group() == ":"):
        return
    if says and not is_as and low.find(";", verb[1], says.start()) < 0:
        subject = speakers.speaker(text, low, start, says.start(), verb, "ru", own)
        if subject is not None:
            yield Told(says.end(), end, subject)
    elif opens and opens.start() <= max(comma, start) + 1 and (comma > start or is_as):
        stop = low.find(",", verb[1], end)
        subject = speakers.speaker(text, low, max(comma, start), end, verb, "ru", own)
        if subject is not None and subject.voice != "pronoun":
            yield Told(start, max(comma, start), subject)
            if is_as and stop > 0:
                yield Told(stop, end, subject)


def _english(
    text: str,
    low: str,
    start: int,
    end: int,
    verb: tuple[int, int],
    own: Sequence[Own],
    is_taken: bool,
) -> Iterator[Told]:
    comma = low.rfind(",", start, verb[0])
    that = _THAT.match(low, verb[1], end)
    word = low[slice(*verb)]
    inverted = comma >= 0 and not low[comma + 1 : verb[0]].strip()
    if that and not inverted:
        subject = speakers.speaker(text, low, start, that.end(), verb, "en", own)
        if subject is not None and subject.start < verb[0]:
            yield Told(that.end(), end, subject)
    elif is_taken:
        return
    elif comma >= 0 and (inverted or _DONE.match(low, verb[1], end)):
        subject = speakers.speaker(text, low, comma + 1, end, verb, "en", own)
        if subject is not None:
            yield Told(start, comma, subject)
    elif word in _SAYS_ALONE and not _DONE.match(low, verb[1], end):
        subject = speakers.speaker(text, low, start, verb[1], verb, "en", own)
        if subject is not None:
            begin = verb[1]
            if word == "told":
                named = [each for each in own if verb[1] <= each.start <= verb[1] + 12]
                begin = named[0].end if named else begin
            yield Told(begin, end, subject)


def _kazakh(
    text: str, low: str, start: int, end: int, verb: tuple[int, int], own: Sequence[Own]
) -> Iterator[Told]:
    word = low[slice(*verb)]
    if word in ("деп", "деген", "айтып"):
        return
    if word not in ("деді", "дейді") and not _DEP.search(low, max(start, verb[0] - 40), verb[0]):
        return
    after = speakers.subjects(text, low, verb[1], end, verb, "kk", own)
    if after:
        subject = speakers.nearest(after, verb, "kk")
        if subject is not None:
            yield Told(start, verb[0], subject)
        return
    before = speakers.subjects(text, low, start, verb[0], verb, "kk", own)
    if before and not re.search(r"[,;]", low[start : before[0].start]):
        yield Told(before[0].end, verb[0], before[0])
