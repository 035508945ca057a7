"""The answer on its way out: its form, what the checker finds, and how the citizen will see it."""

from collections.abc import Sequence

import msgspec

from aimas.accounts import Right
from aimas.appeals import Case, Check, Decision, Finding, Refusal, Weight, Where
from aimas.appeals.answers import Draft, told, unfilled
from aimas.appeals.drafting import first_draft, tongue_of
from aimas.appeals.following import obstacles
from aimas.appeals.masking import masked
from aimas.appeals.requests import requests_of
from aimas.appeals.service import Sheet
from aimas.appeals.types import Answered
from aimas.web.appeals_desk.acting import told_refusal
from aimas.web.appeals_desk.entering import Room, signer, worded

DECISIONS = {decision.value: decision for decision in Decision}


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the appeal asks for, and where it stands."""

    number: int
    text: str
    """Empty where a person counted otherwise than the program finds."""
    state: str
    """`open`, `gone`, `answered`."""
    where: str = ""
    """To whom it went."""


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    check: str
    variant: str
    weight: str
    said: str
    place: str = ""
    """The words of the answer that it is about, where it does not name them itself."""
    may_be_overruled: bool = False
    """Whoever signs may send the answer all the same and say why."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the checker says, and the letter as it would be read."""

    stops: int
    hints: int
    lines: tuple[FindingLine, ...]
    passed: tuple[str, ...]
    unfilled: tuple[str, ...]
    """What is said only where something is still to be filled in."""
    preview: tuple[str, ...]
    lang: str


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """The form of an answer."""

    language: str
    lang: str
    decision: str
    text: str
    picked: tuple[str, ...]
    wrong: str
    way: str
    overruling: str = ""
    """Why the signer holds what the checker found to be wrong."""


def request_lines(room: Room, case: Case, text: str) -> tuple[RequestLine, ...]:
    """`text`: the appeal as the reader sees it, masked or not."""
    spans = [found.span for found in requests_of(text)]
    fits = len(spans) == case.requests
    went = {number: forward.to for forward in case.forwards for number in forward.requests}
    return tuple(
        RequestLine(
            number=number,
            text=worded(room, spans[number - 1].of(text)) if fits else "",
            state="gone" if number in went else "answered" if number in case.answered else "open",
            where=f"→ {went[number]}" if number in went else "",
        )
        for number in range(1, case.requests + 1)
    )


def drafted(room: Room, case: Case, sheet: Sheet, decision: Decision, picked: Sequence[int]) -> str:
    """The beginning of an answer to the requests that are picked, or to all that are open."""
    lines = request_lines(room, case, sheet.text)
    wanted = [line for line in lines if line.number in (picked or sorted(case.open))]
    return first_draft(
        case,
        decision,
        [line.text or room.texts("desk.request.n", n=line.number) for line in wanted],
        signed_by=signer(room, case.language, case.unit),
        today=room.today,
        hours=room.app.appeals.terms.hours,
    )


def answering(
    room: Room,
    case: Case,
    *,
    decision: str = "",
    text: str = "",
    picked: Sequence[str] = (),
    wrong: str = "",
    overruling: str = "",
) -> Answering:
    texts = room.texts
    key = f"desk.way.{case.channel.value}"
    return Answering(
        language=case.language.value,
        lang=tongue_of(case.language),
        decision=decision,
        text=text,
        picked=tuple(picked),
        wrong=wrong,
        way=texts(key),
        overruling=overruling,
    )


def checked(
    room: Room, case: Case, sheet: Sheet, text: str, decision: Decision | None, picked: Sequence[int]
) -> Checked:
    """By the same check that the answer must pass when it is sent; without a decision that is what it lacks first."""
    by = signer(room, case.language, case.unit)
    held_to = decision or Decision.EXPLAINED
    found = room.app.appeals.check(case.id, text, held_to, room.today, by, answered(case, picked))
    if decision is not None:
        return shown(room, case, sheet, text, found, decision)
    found = tuple(each for each in found if each.name != "decision-contradicts")
    result = shown(room, case, sheet, text, found, held_to)
    chosen = Check.DECISION.value
    first = FindingLine(
        check=chosen,
        variant="unchosen",
        weight=Weight.STOPS.value,
        said=room.texts("desk.answer.nodecision"),
    )
    return msgspec.structs.replace(
        result,
        stops=result.stops + 1,
        lines=(first, *result.lines),
        passed=tuple(check for check in result.passed if check != chosen),
        unfilled=tuple(check for check in result.unfilled if check != chosen),
    )


def answered(case: Case, picked: Sequence[int]) -> tuple[int, ...]:
    """The requests that an answer is for; none named where it is for all that are open."""
    return () if set(picked) >= case.open else tuple(picked)


def shown(
    room: Room, case: Case, sheet: Sheet, text: str, found: Sequence[Finding], decision: Decision
) -> Checked:
    lines = tuple(_line(room, sheet, text, each) for each in found)
    failed = {each.check for each in found}
    draft = Draft(answer=text, decision=decision, appeal=sheet.text, case=case, today=room.today)
    lacks = unfilled(draft) - failed
    return Checked(
        stops=sum(each.weight is Weight.STOPS for each in found),
        hints=sum(each.weight is Weight.HINT for each in found),
        lines=lines,
        passed=tuple(check.value for check in Check if check not in failed | lacks),
        unfilled=tuple(check.value for check in Check if check in lacks),
        preview=tuple(line for line in text.splitlines() if line.strip()),
        lang=tongue_of(case.language),
    )


def may_answer(room: Room, case: Case) -> bool:
    """Whether there is anything to answer and the person works on answers."""
    return bool(case.open) and case.ended_at is None and room.may(Right.DECIDE, case)


def closed(room: Room, case: Case) -> str:
    """Why nothing can be answered any more, for who wrote an answer meanwhile; empty where something can."""
    if case.open and case.ended_at is None:
        return ""
    texts, against = room.texts, obstacles(case, room.app.appeals.terms, room.app.clock.now())[Answered]
    if against is Refusal.REQUEST_ANSWERED and case.answers:
        last = case.answers[-1]
        return texts("desk.answer.already", who=room.names.who(str(last.by)), at=texts.moment(last.at))
    return texts("desk.answer.unsent", why=told_refusal(room, against) if against else "").rstrip()


def _line(room: Room, sheet: Sheet, text: str, finding: Finding) -> FindingLine:
    if sheet.is_masked and "request" in finding.words:
        # The appeal's own words: who sees it masked sees them masked.
        words = finding.words | {"request": masked(finding.words["request"], None, room.app.personal_data)}
        finding = msgspec.structs.replace(finding, words=words)
    words = finding.words
    if finding.check is Check.LANGUAGE:
        named = {key: room.texts(f"language.{value}") for key, value in words.items()}
        finding = msgspec.structs.replace(finding, words=named)
    elif finding.check is Check.READABILITY:
        measured = {key: value.replace(".", room.texts.point) for key, value in words.items()}
        finding = msgspec.structs.replace(finding, words=measured)
    in_answer = finding.where is Where.ANSWER and finding.span is not None and "text" not in words
    return FindingLine(
        check=finding.check.value,
        variant=finding.variant,
        weight=finding.weight.value,
        said=told(finding, room.texts.tongue),
        may_be_overruled=finding.may_be_overruled,
        place=_cut(finding.span.of(text)) if in_answer and finding.span else "",
    )


def _cut(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:159].rstrip()}…"
