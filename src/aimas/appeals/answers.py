"""What an answer lacks before it goes out: each finding with its place and its reason. A person decides and signs.

It sees whether a thing is said, not whether it is true. `Weight.STOPS` keeps an answer from going out until a person
has changed it; `Weight.HINT` is shown and may stay.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from aimas.appeals.calendars import Calendar, OfficeHours, arrival
from aimas.appeals.cases import Case
from aimas.appeals.drafting import blanks
from aimas.appeals.forms import is_careful, is_common
from aimas.appeals.pii import Find, Pii, PiiKind, personal_data
from aimas.appeals.readability import readability
from aimas.appeals.requests import Request, cue, is_taken_up, requests_of
from aimas.appeals.requests import told as spoken_of
from aimas.appeals.spoken_numbers import spoken_numbers
from aimas.appeals.stances import Stance, contradiction, stance
from aimas.appeals.types import Decision
from aimas.appeals.wording import in_words, said
from aimas.appeals.written_dates import WrittenDate, written_dates
from aimas.core import BadInput, Guess, Language, Span
from aimas.institution.lexicon import normal, one_of
from aimas.text import name_key, sentences
from aimas.text import words as words_of

LanguageOf = Callable[[str], Guess[Language]]
SURE = 0.7
"""Confidence from which another language is a fact; below it the answer passes, with a hint."""
SURE_OF_PERSONAL = 0.8
"""Confidence from which somebody else's personal data stops an answer; below it a person decides."""


class Check(StrEnum):
    """What is looked at."""

    DECISION = "decision"
    """The answer says what was decided, and nothing against it."""
    REASON = "reason"
    """It says why."""
    NEXT = "next"
    """It says what happens next, or what the applicant can do."""
    DATE = "date"
    """It names a date or a term."""
    COMPLAINT = "complaint"
    """It says how to complain, and to whom."""
    LANGUAGE = "language"
    """It is in the appeal's language."""
    REQUEST = "request"
    """It takes up each request of the appeal."""
    READABILITY = "readability"
    """It can be read without a lawyer."""
    PERSONAL_DATA = "personal-data"
    """It tells nothing of other people."""
    CASE_DATES = "case-dates"
    """Its dates and number are those of the case."""
    BLANK = "blank"
    """Nothing of the template is left to be filled in."""


class Weight(StrEnum):
    """What a finding does."""

    STOPS = "stops"
    """The answer does not go out like this."""
    HINT = "hint"
    """Shown; the person decides."""


class Where(StrEnum):
    """In which text a finding's place is."""

    ANSWER = "answer"
    APPEAL = "appeal"


class Finding(msgspec.Struct, frozen=True):
    check: Check
    variant: str
    """Which reason, a key of the texts: `finding.<check>-<variant>`."""
    weight: Weight
    where: Where = Where.ANSWER
    span: Span | None = None
    """None: it is nowhere, and that is the finding."""
    words: dict[str, str] = {}
    """What the reason names."""
    is_guess: bool = False
    """A model alone says so: no rule agrees."""

    @property
    def name(self) -> str:
        return f"{self.check.value}-{self.variant}"

    @property
    def may_be_overruled(self) -> bool:
        """It stops, but by a reading that can be wrong: whoever signs may send the answer and say why."""
        return self.weight is Weight.STOPS and (self.is_guess or self.name in _BY_READING)


_BY_READING = frozenset(
    {
        "decision-contradicts",
        "reason-missing",
        "next-missing",
        "date-missing",
        "language-other",
        "request-missing",
    }
)
"""Not among them: that a decision and the way to complain are told, nothing that a rule takes for others' data is, and
dates are right."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it would go out, with what it is held against."""

    answer: str
    decision: Decision
    appeal: str
    case: Case
    today: date
    own: tuple[str, ...] = ()
    """What may be told to the applicant: his own name, address, numbers."""
    ours: tuple[str, ...] = ()
    """The institution's: the signer, the executor, their telephones."""
    requests: tuple[int, ...] = ()
    """Those that it answers, by number; empty: all that are open."""


def findings(
    draft: Draft,
    calendar: Calendar,
    hours: OfficeHours,
    language_of: LanguageOf,
    find: Find = personal_data,
) -> tuple[Finding, ...]:
    """In the order of `Check`; empty where nothing is wrong."""
    return (
        *_parts(draft),
        *_language(draft, language_of),
        *_requests(draft),
        *_readability(draft, language_of),
        *_people(draft, find),
        *_case_dates(draft, normal(draft.answer), calendar, hours),
        *_blank(draft),
    )


def unfilled(draft: Draft) -> frozenset[Check]:
    """What is said in no other sentence than those that still have a blank: there, and not there yet."""
    holes = blanks(draft.answer)
    if not holes:
        return frozenset()
    whole = [s for s in sentences(draft.answer) if not any(s.overlaps(hole) for hole in holes)]
    rest = msgspec.structs.replace(draft, answer="\n".join(s.of(draft.answer) for s in whole))
    lacking, already = (
        {finding.check for finding in (*_parts(each), *_requests(each))} for each in (rest, draft)
    )
    return frozenset(lacking - already)


def _parts(draft: Draft) -> Iterator[Finding]:
    """What every answer has: what was decided and why, what comes next and when, and how to complain."""
    low = normal(draft.answer)
    said_here = stance(draft.answer, _asked(draft))
    says_no = draft.decision is not Decision.SATISFIED or said_here.against is not None
    yield from _decision(draft, said_here)
    yield from _reason(low, says_no)
    yield from _next(draft)
    yield from _dated(draft, low)
    yield from _complaint(draft, low, says_no)


def may_go_out(found: tuple[Finding, ...], reason: str = "") -> bool:
    """`reason`: why whoever signs holds the findings that rest on reading to be wrong; empty: nobody says so."""
    return all(
        finding.weight is not Weight.STOPS or (finding.may_be_overruled and reason.strip())
        for finding in found
    )


def overruled(found: tuple[Finding, ...]) -> tuple[str, ...]:
    """Names of those that a signer would have to overrule, each once."""
    return tuple(dict.fromkeys(finding.name for finding in found if finding.may_be_overruled))


def told(finding: Finding, language: str) -> str:
    """The reason, in words."""
    words = dict(finding.words)
    for name, value in words.items():
        if name.startswith("day"):
            words[name] = in_words(date.fromisoformat(value), language)
    return said(f"finding.{finding.check}-{finding.variant}", language, **words)


_NOT = re.compile(r"(?:\bне|\bnot|n't)\s+$")
_BESIDE = 40
"""Letters within which "you may" and "complain" are one thought."""


def _decision(draft: Draft, said_here: Stance) -> Iterator[Finding]:
    if said_here.is_silent:
        yield Finding(Check.DECISION, "missing", Weight.STOPS)
    elif against := contradiction(said_here, draft.decision):
        yield Finding(Check.DECISION, "contradicts", Weight.STOPS, span=against)


def _said(name: str, low: str) -> Span | None:
    """The first place where it is said and not denied."""
    for match in cue(name).finditer(low):
        if not _NOT.search(low[max(0, match.start() - 5) : match.start()]):
            return Span(*match.span())
    return None


def _reason(low: str, says_no: bool) -> Iterator[Finding]:
    if _said("reason", low) is None:
        yield Finding(Check.REASON, "missing", Weight.STOPS if says_no else Weight.HINT)


def _next(draft: Draft) -> Iterator[Finding]:
    # To whom was refused may complain, and that is what he can do next; to whom was not, it tells nothing.
    may_be_complaint = draft.decision in (Decision.REFUSED, Decision.PARTLY)
    for sentence in sentences(draft.answer):
        text = normal(sentence.of(draft.answer))
        complaint = None if may_be_complaint else _said("complaint", text)
        for match in cue("next").finditer(text):
            if complaint is None or _apart(match.span(), complaint) > _BESIDE:
                return
    yield Finding(Check.NEXT, "missing", Weight.STOPS)


def _apart(one: tuple[int, int], other: Span) -> int:
    return max(one[0] - other.end, other.start - one[1])


def _dated(draft: Draft, low: str) -> Iterator[Finding]:
    dates = written_dates(draft.answer, draft.today)
    if not dates and _said("term", low) is None:
        yield Finding(Check.DATE, "missing", Weight.STOPS)
        return
    for sentence in sentences(draft.answer):
        part = normal(sentence.of(draft.answer))
        promise = _said("promise", part)
        dated = written_dates(part) or _said("term", part) or re.search(r"\d{1,2}\s+[^\W\d_]{3,}", part)
        if promise and not dated and _said("complaint", part) is None:
            yield Finding(Check.DATE, "promise", Weight.HINT, span=sentence)


def _complaint(draft: Draft, low: str, says_no: bool) -> Iterator[Finding]:
    # A refusal without the way to complain leaves the applicant alone; where all was granted it is a courtesy.
    weight = Weight.STOPS if says_no else Weight.HINT
    places = [
        sentence
        for sentence in sentences(draft.answer)
        if _said("complaint", normal(sentence.of(draft.answer)))
    ]
    if not places:
        yield Finding(Check.COMPLAINT, "missing", weight)
    elif _said("complaint-where", low) is None:
        yield Finding(Check.COMPLAINT, "nowhere", weight, span=places[0])


def _language(draft: Draft, language_of: LanguageOf) -> Iterator[Finding]:
    guess = language_of(draft.answer)
    asked = draft.case.language
    fitting = {asked} if asked is not Language.KK_RU else {Language.KK, Language.RU, Language.KK_RU}
    if asked is Language.OTHER or guess.value in fitting:
        return
    sure = guess.confidence >= SURE
    words = {"asked": asked.value, "found": guess.value.value}
    yield Finding(Check.LANGUAGE, "other", Weight.STOPS if sure else Weight.HINT, words=words)


def _requests(draft: Draft) -> Iterator[Finding]:
    answer, owed = spoken_of(draft.answer), _owed(draft)
    missed: list[Request] = [
        r for r in owed if not is_taken_up(r, answer, [other for other in owed if other is not r])
    ]
    for request in missed:
        words = {"request": _short(request.span.of(draft.appeal))}
        yield Finding(Check.REQUEST, "missing", Weight.STOPS, Where.APPEAL, request.span, words)


def _asked(draft: Draft) -> frozenset[str]:
    """Keys of what should be done; English verbs look like nouns, so that any English word may be one."""
    return frozenset(
        key
        for request in _owed(draft)
        for words, is_verb in ((request.deeds, True), (request.things, False))
        for word in words
        if is_verb or all(key.isascii() for key in word)
        for key in word
    )


def _owed(draft: Draft) -> tuple[Request, ...]:
    """What it must take up: not what another body answers. All, where a person counted otherwise than is found here."""
    found = requests_of(draft.appeal)
    if len(found) != draft.case.requests:
        return found
    wanted = draft.requests or draft.case.open
    return tuple(request for number, request in enumerate(found, 1) if number in wanted)


def _readability(draft: Draft, language_of: LanguageOf) -> Iterator[Finding]:
    language = language_of(draft.answer).value
    measured = readability(draft.answer, language)
    if measured.is_hard and measured.ease is not None:
        words = {"ease": f"{measured.ease:.0f}"}
        yield Finding(Check.READABILITY, "hard", Weight.HINT, span=measured.longest, words=words)
    elif measured.longest is not None:
        number = sum(1 for _ in words_of(measured.longest.of(draft.answer)))
        yield Finding(
            Check.READABILITY, "long", Weight.HINT, span=measured.longest, words={"words": str(number)}
        )
    if measured.ease is None and measured.words:
        words = {"sentence": f"{measured.words_a_sentence:.1f}", "letters": f"{measured.letters_a_word:.1f}"}
        yield Finding(Check.READABILITY, "uncalibrated", Weight.HINT, words=words)


def _people(draft: Draft, find: Find) -> Iterator[Finding]:
    known = _values(" \n ".join((*draft.own, *draft.ours)), find, plain=(*draft.own, *draft.ours))
    repeated, mine = _values(draft.appeal, find), _called_mine(draft.appeal, find)
    # Of a place the words around its numbers may have stood anywhere: «во дворе», «двор дома 22».
    placed = repeated | {name_key(word) for _, word in words_of(draft.appeal) if word[0].isalpha()}
    found, small = find(draft.answer), _small(draft)
    for pii in (*found, *_spoken(draft.answer, found)):
        value = _value(pii, draft.answer)
        if value <= known or (_is_guessed_name(pii, draft.answer) and value <= small):
            continue
        words = {"kind": pii.kind.value, "text": pii.span.of(draft.answer)}
        words |= {"by": pii.by, "sure": f"{pii.confidence:.0%}".rstrip("%")}
        told = placed if pii.kind is PiiKind.ADDRESS else repeated
        if value <= told and (pii.kind not in _NUMBERS or value <= mine):
            yield Finding(Check.PERSONAL_DATA, "repeated", Weight.HINT, span=pii.span, words=words)
        else:
            weight = Weight.STOPS if pii.confidence >= SURE_OF_PERSONAL else Weight.HINT
            yield Finding(
                Check.PERSONAL_DATA,
                "others",
                weight,
                span=pii.span,
                words=words,
                is_guess=not pii.is_ruled,
            )


def _small(draft: Draft) -> frozenset[str]:
    """Keys of what is written with a small letter where names have a capital: «Светофор починен» names nobody if a
    traffic light is spoken of."""
    texts = [text for text in (draft.answer, draft.appeal) if is_careful(text)]
    return frozenset(name_key(word) for text in texts for _, word in words_of(text) if word.islower())


def _is_guessed_name(pii: Pii, text: str) -> bool:
    """Only a model takes it for a name, and every word of it is one of a dictionary."""
    return pii.kind is PiiKind.NAME and not pii.is_ruled and is_common(pii.span.of(text))


_NUMBERS = frozenset(
    {PiiKind.PHONE, PiiKind.IIN, PiiKind.IBAN, PiiKind.CARD, PiiKind.DOC_NUMBER, PiiKind.EMAIL}
)
"""What reaches one person by itself: that the appeal told it makes it no less somebody else's, unless it says "my"."""
_MINE = re.compile(
    r"(?<!\w)(?:мо[йяеёи]|моего|моему|моим|моей|менің|my|mine|өзімнің|[^\W\d_]+(?:ым|ім))(?!\w)[^.\n]{0,25}$"
)


def _called_mine(appeal: str, find: Find) -> frozenset[str]:
    low = normal(appeal)
    return frozenset(
        part
        for pii in find(appeal)
        if _MINE.search(low[max(0, pii.span.start - 50) : pii.span.start])
        for part in _value(pii, appeal)
    )


def _spoken(text: str, found: Iterable[Pii]) -> Iterator[Pii]:
    """Telephones in words that the finder did not see."""
    for number in spoken_numbers(text):
        if not any(number.span.overlaps(pii.span) for pii in found):
            yield Pii(PiiKind.PHONE, number.span)


def _values(text: str, find: Find, plain: tuple[str, ...] = ()) -> frozenset[str]:
    """All that is told of people in the text, and every word and number of what is given plainly."""
    found = {part for pii in find(text) for part in _value(pii, text)}
    for each in plain:
        found |= {name_key(word) for _, word in words_of(each)}
        found |= {re.sub(r"\D", "", number)[-10:] for number in re.findall(r"[+\d][\d ()-]{4,}\d", each)}
        found.add(normal(each))
    return frozenset(found)


def _value(pii: Pii, text: str) -> frozenset[str]:
    """What makes two writings of one thing one: keys of names and streets, digits of numbers."""
    written = pii.span.of(text)
    if pii.kind in (PiiKind.NAME, PiiKind.ADDRESS):
        keys = (name_key(word) if word[0].isalpha() else word for _, word in words_of(written))
        return frozenset(key for key in keys if len(key) > 1 or key.isdigit())
    if pii.kind is PiiKind.EMAIL:
        return frozenset((normal(written),))
    if pii.kind in (PiiKind.PLATE, PiiKind.IBAN, PiiKind.DOC_NUMBER):
        return frozenset((re.sub(r"[\W_]", "", normal(written)),))
    spoken = spoken_numbers(written)
    digits = spoken[0].digits if spoken else re.sub(r"\D", "", written)
    return frozenset((digits[-10:],))


_APPEAL = one_of(
    r"""обращени\w* заявлени\w* жалоб\w* өтініш\w* арыз\w* шағым\w* жолданым\w* appeal application
    complaint"""
)
_CAME = one_of(
    r"""запрос\w* предложени\w* поступи\w* зарегистр\w* сұрау\w* тіркел\w* келіп\sтүс\w* letter inquiry
    received registered"""
)
_ABOUT_THE_APPEAL = re.compile(rf"(?:{_APPEAL}|{_CAME})[^.\n]{{0,25}}$")
_KAZAKH_OF_THE_APPEAL = re.compile(
    r"^\w{0,4}(?: күнгі| күні)?[^.,;\n]{0,25}(?:өтініш|арыз|шағым|жолданым|тіркел|түскен)"
)
_OF = re.compile(
    r"(?:(?<!\w)от|\bof|\bdated|\bfrom|(?:поступ|получен|зарегистр|received|registered)[^\s]*(?: on)?)\s+$"
)
_KAZAKH_OF = re.compile(r"^\w{0,3}ғ[ыі]|^\w{0,4}(?: күні)?(?: келіп)? (?:түс|тіркел)|^ күнгі")
_NUMBER = re.compile(rf"{_APPEAL}[^.\n№]{{0,40}}(?:№|no\.?|n)\s?(?P<number>[\w/-]*\d[\w/-]*)")
_UNTIL = re.compile(r"(?<!\w)(?:до|не позднее|к|by|until|no later than|before)\s+$")
_KAZAKH_UNTIL = re.compile(r"^\w{0,3}(?: күніне?)?\s?(?:дейін|кешіктірмей)")


def _case_dates(draft: Draft, low: str, calendar: Calendar, hours: OfficeHours) -> Iterator[Finding]:
    came = arrival(draft.case.received_at, calendar, hours)
    right = {came.came_on, came.counts_from}
    if draft.case.registered_at:
        right.add(hours.local(draft.case.registered_at).date())
    for written in written_dates(draft.answer, draft.today):
        if written.day is None:
            yield Finding(Check.CASE_DATES, "impossible", Weight.STOPS, span=written.span)
        elif _speaks_of_the_appeal(low, written) and not _is_one_of(written, right):
            words = {"day": written.day.isoformat(), "day_right": came.came_on.isoformat()}
            yield Finding(Check.CASE_DATES, "received", Weight.STOPS, span=written.span, words=words)
        elif written.day < draft.today and _is_promised(low, written):
            words = {"day": written.day.isoformat()}
            yield Finding(Check.CASE_DATES, "past", Weight.STOPS, span=written.span, words=words)
    if draft.case.number:
        for match in _NUMBER.finditer(low):
            if match["number"].strip("/-") != normal(draft.case.number):
                span = Span(*match.span("number"))
                words = {"number": span.of(draft.answer), "number_right": draft.case.number}
                yield Finding(Check.CASE_DATES, "number", Weight.STOPS, span=span, words=words)


def _blank(draft: Draft) -> Iterator[Finding]:
    for span in blanks(draft.answer):
        words = {"text": _short(span.of(draft.answer))}
        yield Finding(Check.BLANK, "left", Weight.STOPS, span=span, words=words)


def _speaks_of_the_appeal(low: str, written: WrittenDate) -> bool:
    before, after = low[max(0, written.span.start - 60) : written.span.start], low[written.span.end :][:60]
    if not written.has_year and not (_OF.search(before) or _KAZAKH_OF.match(after)):
        # "By your appeal the tree was felled on 12 November": without a year it is of the appeal only where it says so.
        return False
    return bool(_ABOUT_THE_APPEAL.search(before) or _KAZAKH_OF_THE_APPEAL.match(after))


def _is_one_of(written: WrittenDate, days: Iterable[date]) -> bool:
    """A day without its year has the year that fits."""
    on = written.day
    return any(
        on == day or (on is not None and not written.has_year and (on.month, on.day) == (day.month, day.day))
        for day in days
    )


def _is_promised(low: str, written: WrittenDate) -> bool:
    before, after = low[max(0, written.span.start - 20) : written.span.start], low[written.span.end :][:30]
    return bool(_UNTIL.search(before) or _KAZAKH_UNTIL.match(after))


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117].rstrip()}…"


class AnswerStopped(BadInput):
    """The answer lacks something that it must not lack; nothing went out."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        super().__init__(
            "The answer does not go out like this: "
            + ", ".join(f.name for f in found if f.weight is Weight.STOPS)
        )
        self.findings = found
