"""What the program suggests about a case, each with its confidence and evidence; a person accepts or says otherwise."""

from collections.abc import Sequence

import msgspec

from aimas.accounts import Right
from aimas.appeals import Case
from aimas.appeals.clusters import ClusterMember, Novelty
from aimas.appeals.competence import bodies
from aimas.appeals.routing import handed_on
from aimas.appeals.service import APPLICANT, Suggestions
from aimas.appeals.types import Categorised
from aimas.core import Guess, Span
from aimas.web.appeals_desk import acting
from aimas.web.appeals_desk.entering import Room

OURS = "ours"


class Accept(msgspec.Struct, frozen=True):
    """The act that takes the suggestion, and the form where a person says otherwise."""

    verb: str
    fields: tuple[tuple[str, str], ...]
    other: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    said: str
    confidence: float | None
    why: str = ""
    evidence: tuple[str, ...] = ()
    by: str
    accept: Accept | None = None
    is_settled: bool = False
    """A person has said what it is."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A case about the same thing; one that the reader may not see is only counted."""

    case: str
    number: str
    stage: str
    why: str
    is_linked: bool
    score: float | None


class FormLetter(msgspec.Struct, frozen=True):
    copies: int
    unique: tuple[str, ...]


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    lines: tuple[Line, ...]
    members: tuple[Member, ...]
    hidden: int
    """Cases of the cluster that the reader may not see."""
    new: tuple[str, ...]
    """Sentences that no earlier one of the cluster has."""
    new_spans: tuple[Span, ...]
    form_letter: FormLetter | None
    turns: tuple[str, ...]
    """How often it was handed on, in words."""


def suggested(room: Room, case: Case) -> Suggested:
    """Evidence and news are told in the words of the masked text."""
    told = room.app.appeals.suggestions(case.id)
    novelty = room.app.appeals.novelty(case.id)
    text = novelty.text
    lines = [
        line
        for line in (
            _category(room, case, told.category, text),
            _urgency(room, case, told.urgency, text),
            _competence(room, case, told.competence, text),
            _route(room, case, told, text),
        )
        if line is not None
    ]
    seen = [member for member in told.similar if _may_see(room, member)]
    return Suggested(
        lines=tuple(lines),
        members=tuple(_member(room, member) for member in seen),
        hidden=len(told.similar) - len(seen),
        new=_words(novelty.new, text) if novelty.earlier else (),
        new_spans=novelty.new if novelty.earlier else (),
        form_letter=_letter(novelty),
        turns=_turns(room, case),
    )


def _category(room: Room, case: Case, guess: Guess[str] | None, text: str) -> Line | None:
    if guess is None:
        return None
    accept = Accept("categorise", (("category", guess.value),), "categorise")
    chosen = next((e for e in reversed(case.events) if isinstance(e, Categorised)), None)
    is_applicants = chosen is not None and chosen.by == APPLICANT
    is_said = case.category is not None and not is_applicants
    told = room.names.category(case.category) if case.category and is_applicants else ""
    return Line(
        key="category",
        said=room.names.category(guess.value),
        confidence=guess.confidence,
        why=room.texts("desk.suggest.applicant", category=told) if told else "",
        evidence=_words(guess.evidence, text),
        by=guess.by,
        accept=accept
        if not is_said and case.category != guess.value and _may(room, case, "categorise")
        else None,
        is_settled=is_said,
    )


def _urgency(room: Room, case: Case, guess: Guess[str] | None, text: str) -> Line | None:
    if guess is None:
        return None
    key = f"desk.urgency.{guess.value}"
    is_said = case.weighed is not None and case.weighed.by.kind == "person"
    accept = Accept("weigh", (("urgency", guess.value),), "weigh")
    return Line(
        key="urgency",
        said=room.texts(key) if room.texts.has(key) else guess.value,
        confidence=guess.confidence,
        evidence=_words(guess.evidence, text),
        by=guess.by,
        accept=accept if not is_said and _may(room, case, "weigh") else None,
        is_settled=is_said,
    )


def _competence(room: Room, case: Case, guess: Guess[str] | None, text: str) -> Line | None:
    if guess is None:
        return None
    tongue = room.texts.tongue
    body = next((each.name[tongue] for each in bodies() if each.id == guess.value), None)
    can_forward = body is not None and case.open and _may(room, case, "forward")
    return Line(
        key="competence",
        said=body or room.texts("desk.competence.ours"),
        confidence=guess.confidence,
        evidence=_words(guess.evidence, text),
        by=guess.by,
        # Forwarding needs a reason in a person's words: the suggestion leads to the form.
        accept=Accept("", (), "forward") if can_forward else None,
    )


def _route(room: Room, case: Case, told: Suggestions, text: str) -> Line | None:
    route = told.route
    if route is None or case.erased_at is not None:
        return None
    texts, tongue = room.texts, room.texts.tongue
    said = room.names.unit(route.unit)
    if route.officer:
        load = texts.number(route.load)
        said = texts("desk.route.officer", unit=said, officer=room.names.who(route.officer), load=load)
    why = texts("desk.route.why", rule=route.rule.says[tongue])
    if route.absent:
        why += " " + texts("desk.route.absent", who=", ".join(map(room.names.who, route.absent)))
    is_waiting = case.unit is None and bool(case.open) and case.ended_at is None
    return Line(
        key="route",
        said=said,
        confidence=None,
        why=why,
        evidence=_words(route.evidence, text),
        by=f"routing/{route.rule.id}",
        accept=Accept("assign", (("to", acting.choice_of(route.unit, route.officer)),), "assign")
        if is_waiting and _may(room, case, "assign")
        else None,
        is_settled=case.unit is not None,
    )


def _may(room: Room, case: Case, act: str) -> bool:
    return acting.may_do(room, case, acting.BY_NAME[act])


def _may_see(room: Room, member: ClusterMember) -> bool:
    return room.may(Right.SEE_QUEUE, room.app.appeals.case(member.state.case))


def _member(room: Room, member: ClusterMember) -> Member:
    texts = room.texts
    why = member.likeness.why if member.likeness else ()
    return Member(
        case=member.state.case,
        number=member.state.number,
        stage=member.state.stage.value,
        why=", ".join(texts(f"desk.why.{each.value}") for each in why) or texts("desk.why.through"),
        is_linked=member.is_linked,
        score=member.likeness.score if member.likeness else None,
    )


def _letter(novelty: Novelty) -> FormLetter | None:
    if not novelty.letters:
        return None
    return FormLetter(len(novelty.letters), _words(novelty.unique, novelty.text))


def _turns(room: Room, case: Case) -> tuple[str, ...]:
    turns, texts = handed_on(case), room.texts
    told = []
    if turns.outside:
        told.append(texts.plural("desk.forwards", turns.outside))
    if turns.between_units:
        told.append(texts.plural("desk.turns", turns.between_units))
    if turns.back:
        told.append(texts.plural("desk.turns.back", turns.back))
    if turns.is_ping_pong:
        told.append(texts("desk.pingpong"))
    return tuple(told)


def _words(spans: Sequence[Span], text: str) -> tuple[str, ...]:
    """The words under the spans, each once; what stands side by side is one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start - joined[-1].end <= 1:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(dict.fromkeys(" ".join(span.of(text).split()) for span in joined))
