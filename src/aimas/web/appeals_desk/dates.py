"""Every date of a case as the page shows it: with its rule, the law's words and whether it was kept."""

from datetime import date

import msgspec

from aimas.appeals import (
    Case,
    Deadline,
    Keeping,
    Rule,
    Terms,
    answer_term,
    arrival,
    deadlines,
    extension_limit,
    keeping,
    law,
    silence,
)
from aimas.appeals.types import Recalculated
from aimas.appeals.wording import arrival_told, explanation, headline, moved_told, overdue, silence_told

_WAITING = (Keeping.AHEAD, Keeping.TODAY, Keeping.MISSED)


class DateLine(msgspec.Struct, frozen=True, kw_only=True):
    """A date that explains itself."""

    rule: str
    due: date | None
    keeping: str
    headline: str
    lines: tuple[str, ...]
    quote: str
    """The law's own words; empty where they could not be read in a source."""
    quote_language: str
    source: str
    replaced_by: date | None


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    all: tuple[DateLine, ...]
    term: DateLine | None
    """The one by which the answer is owed now."""
    receipt: str | None
    """Why the day of receipt is not the day on the clock."""
    silence: str | None
    """That the term is over and silence counts as a refusal, or that the answer came late."""
    moves: tuple[str, ...]
    """Dates that another calendar moved."""


def dates(case: Case, terms: Terms, today: date, tongue: str) -> Dates:
    calendar = terms.calendar(case.calendar)

    def line(found: Deadline) -> DateLine:
        rule = law().rules[found.rule]
        return DateLine(
            rule=found.rule.value,
            due=found.due,
            keeping=keeping(found, today).value,
            headline=headline(found, tongue),
            lines=explanation(found, case, calendar, tongue)[1:],
            quote=rule.quote,
            quote_language=rule.quote_language,
            source=rule.source[tongue],
            replaced_by=found.replaced_by,
        )

    term = answer_term(case, terms)
    found = deadlines(case, terms)
    limit = extension_limit(case, terms) if case.open and case.completed_at is None else None
    over = silence(case, terms, today)
    shown = (*found, *([_unbinding(limit)] if limit and not over else []))
    return Dates(
        all=tuple(line(each) for each in shown if not _is_past(each, today)),
        term=line(term) if term is not None and term.applies else None,
        receipt=arrival_told(arrival(case.received_at, calendar, terms.hours), tongue),
        silence=silence_told(over, tongue)[0] if over else None,
        moves=tuple(
            said
            for event in case.events
            if isinstance(event, Recalculated)
            for said in moved_told(event.moved, tongue)
        ),
    )


def waiting(case: Case, terms: Terms, today: date, tongue: str) -> list[str]:
    """What is to be done, by when: dates that are not kept yet, and those that bind if something is needed. A day that
    has passed is named among the dates, not as what is to come."""
    told = []
    for found in deadlines(case, terms):
        state = keeping(found, today)
        conditional = state is Keeping.CONDITIONAL and found.due is not None and found.due >= today
        if found.rule is not Rule.HEARING and (state in _WAITING or (conditional and case.ended_at is None)):
            told.append(overdue(found, tongue) if state is Keeping.MISSED else headline(found, tongue))
    return told


def _is_past(found: Deadline, today: date) -> bool:
    """What would have bound if something had been needed, and can no more."""
    return keeping(found, today) is Keeping.CONDITIONAL and found.due is not None and found.due < today


def _unbinding(limit: Deadline) -> Deadline:
    return msgspec.structs.replace(limit, applies=False)
