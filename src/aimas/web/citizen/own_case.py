"""A case in plain words, as its applicant reads it."""

from collections.abc import Sequence

import msgspec

from aimas.appeals.admission import refusal
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import Deadline, Keeping, keeping, silence
from aimas.appeals.law import Rule, Terms, law
from aimas.appeals.requests import requests_of
from aimas.appeals.service import APPLICANT, Recorded
from aimas.appeals.sheets import Sheet, Written
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Divided,
    Extended,
    Forwarded,
    Rated,
    Received,
    Registered,
    Reopened,
    Standing,
    Told,
    Withdrawn,
)
from aimas.appeals.wording import explanation, headline, silence_told, standing_told
from aimas.web.citizen import talons
from aimas.web.citizen.stand import Stand
from aimas.web.texts import Texts

TOLD_RULES = (Rule.ANSWER, Rule.EXTENSION, Rule.FORWARD, Rule.HEARING, Rule.SILENCE, Rule.REOPENED)
"""Dates that concern the citizen; the rest is the office's housekeeping."""


class Dated(msgspec.Struct, frozen=True):
    headline: str
    explanation: tuple[str, ...]
    keeping: str


class Answer(msgspec.Struct, frozen=True):
    text: str
    told: str
    decision: str
    about: str
    """Which requests it takes up; empty where there is but one."""


class Own(msgspec.Struct, frozen=True):
    """What the applicant filed, as it is kept."""

    text: str
    requests: tuple[str, ...]
    """Numbered as answers and notices name them; none where there is but one."""
    files: tuple[str, ...]
    """Names."""


class Notice(msgspec.Struct, frozen=True):
    title: str
    text: str


class Step(msgspec.Struct, frozen=True):
    at: str
    when: str
    told: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its applicant reads it."""

    number: str
    stage: str
    means: str
    """The stage in a sentence."""
    standing: str
    own: Own
    language: str
    silence: tuple[str, ...]
    answers: tuple[Answer, ...]
    notices: tuple[Notice, ...]
    dates: tuple[Dated, ...]
    has_term: bool
    steps: tuple[Step, ...]
    stars: int | None
    may_rate: bool
    may_reopen: bool
    may_withdraw: bool
    may_sign: bool
    complaint_law: str
    receipt: str
    qr: str


def view(
    case: Case,
    dates: Sequence[Deadline],
    sheet: Sheet,
    history: Sequence[Recorded],
    receipt: str,
    terms: Terms,
    here: Stand,
) -> View:
    t, tongue = here.texts, here.tongue
    now = here.app.clock.now()
    today = terms.hours.local(now).date()
    late = silence(case, terms, today)
    calendar = terms.calendar(case.calendar)

    def may(event: AnyEvent) -> bool:
        return refusal(case, event, terms) is None

    told = [d for d in dates if d.rule in TOLD_RULES and d.applies]
    return View(
        number=case.number or "",
        stage=case.stage.value,
        means=_means(case, t),
        standing=standing_told(case.standing, tongue),
        own=_own(case, sheet),
        language=case.language.value,
        silence=silence_told(late, tongue) if late else (),
        answers=_answers(case, sheet, t) if case.delivered_at else (),
        notices=_notices(sheet, history, t),
        dates=tuple(
            Dated(
                headline(d, tongue),
                explanation(d, case, calendar, tongue),
                "" if (kept := keeping(d, today)) is Keeping.CONDITIONAL else kept.value,
            )
            for d in told
        ),
        has_term=case.standing is Standing.APPEAL,
        steps=_steps(history, t),
        stars=case.stars,
        may_rate=may(Rated(at=now, by=APPLICANT, stars=5)),
        may_reopen=may(Reopened(at=now, by=APPLICANT, reason="-")),
        may_withdraw=may(Withdrawn(at=now, by=APPLICANT, reason="-")) and bool(case.open),
        may_sign=case.standing is not Standing.APPEAL and not case.ended_at and bool(case.ours),
        complaint_law=law().complaint.says[tongue],
        receipt=receipt,
        qr=talons.qr(receipt),
    )


def _means(case: Case, t: Texts) -> str:
    """Nobody is said to be at work before somebody is."""
    key = f"citizen.stage.{case.stage.value}.means"
    waits = f"{key}.unassigned"
    return t(talons.by_standing(waits if case.unit is None and t.has(waits) else key, case.standing, t))


def _own(case: Case, sheet: Sheet) -> Own:
    spans = [found.span for found in requests_of(sheet.text)]
    is_counted_so = case.requests > 1 and len(spans) == case.requests
    return Own(
        text=sheet.text,
        requests=tuple(span.of(sheet.text) for span in spans) if is_counted_so else (),
        files=tuple(note.name for note in sheet.attachments),
    )


def _about(case: Case, requests: Sequence[int], t: Texts) -> str:
    if case.requests < 2 or not requests:
        return ""
    numbers = ", ".join(t.number(n) for n in sorted(requests))
    return t("citizen.answer.request" if len(requests) == 1 else "citizen.answer.requests", n=numbers)


def _answers(case: Case, sheet: Sheet, t: Texts) -> tuple[Answer, ...]:
    """The latest first."""
    made = [
        Answer(
            written.text,
            t("citizen.answer.told", who=answer.signed_by, day=t.moment(answer.at)),
            answer.decision.value,
            _about(case, answer.requests, t),
        )
        for answer, written in zip(case.answers, sheet.answers, strict=False)
    ]
    return tuple(reversed(made))


def _notices(sheet: Sheet, history: Sequence[Recorded], t: Texts) -> tuple[Notice, ...]:
    at = {each.position: each.at for each in history}

    def title(written: Written) -> str:
        on = at.get(written.position)
        return t("citizen.notice.of", day=t.moment(on) if on else "")

    return tuple(Notice(title(written), written.text) for written in sheet.notices)


HIDDEN_STEPS = ("categorised", "weighed", "linked", "unlinked", "released", "veiled", "unveiled")
"""What only the office needs to see."""


def _steps(history: Sequence[Recorded], t: Texts) -> tuple[Step, ...]:
    """Latest first; looks and the office's own marks are left to the auditor."""
    made: list[Step] = []
    for each in reversed(history):
        event = each.event
        if event is None:
            continue
        kind = type(event).__name__.lower()
        if kind in HIDDEN_STEPS or not t.has(f"citizen.step.{kind}"):
            continue
        words = _words_of(event, t)
        key = f"citizen.step.{kind}"
        if isinstance(event, Received):
            key = talons.by_standing(key, event.standing, t)
        made.append(Step(event.at.isoformat(), t.moment(event.at), t(key, **words)))
    return tuple(made)


def _words_of(event: AnyEvent, t: Texts) -> dict[str, object]:
    match event:
        case Registered():
            return {"number": event.number}
        case Divided():
            return {"n": t.number(event.requests)}
        case Forwarded():
            return {"to": event.to}
        case Extended():
            return {"day": t.day(event.until, "d MMMM y")}
        case Told():
            return {"what": t(f"citizen.told.{event.about.value}"), "day": t.day(event.on, "d MMMM y")}
        case Rated():
            return {"n": event.stars}
        case Assigned() | Answered():
            return {}
    return {}
