"""From events to dates: each with its rule, day zero, the days skipped and the calendar that it was counted by.

The law's words stand beside the line that obeys them; articles are of the Code of 29 June 2020, No. 350-VI.
They say from which day a term runs, not whether that day counts: here day zero is the day of receipt, uncounted.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from aimas.appeals.calendars import Arrival, Calendar, Day, arrival
from aimas.appeals.cases import Case, Extension, Pause
from aimas.appeals.law import Rule, Terms, TwoMonths
from aimas.appeals.types import HearingNoticed, MovedDate, Stage, Standing, Told

FORWARD_WORKING_DAYS = 3
ANSWER_WORKING_DAYS = 15
NOTICE_WORKING_DAYS = 3
HEARING_WORKING_DAYS = 3
LIMIT_MONTHS = 2


class Period(msgspec.Struct, frozen=True):
    """Days on which the clock stood, both included."""

    first: date
    last: date


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """A date that explains itself."""

    rule: Rule
    due: date | None
    """The last day, whole; for a hearing the first day of deciding; None while the clock stands."""
    about: int = 0
    """Which forwarding, extension, hearing or reopening it belongs to, from 1; 0 where there is only one."""
    zero: date | None = None
    """Counted from this day, which is not counted; None where a decision or the calendar itself names the day."""
    working_days: int | None = None
    months: int | None = None
    skipped: tuple[Day, ...] = ()
    """Days between that are not worked, each with its reason."""
    stood: tuple[Period, ...] = ()
    """When the clock stood."""
    calendar: str
    is_official: bool
    """False: it touches a year that the state has not published; the date may move."""
    done_on: date | None = None
    """When it was done; None: not yet."""
    replaced_by: date | None = None
    """The day to which it was extended since: a lawful extension is no breach."""
    applies: bool = True
    """False: it binds only if something happens that has not (it is another body's matter; a hearing is
    needed), or no longer (the appeal was taken back or erased)."""


class Keeping(StrEnum):
    """How a deadline is kept."""

    AHEAD = "ahead"
    """Not due yet."""
    TODAY = "today"
    """Due today."""
    KEPT = "kept"
    """Done in time."""
    LATE = "late"
    """Done, too late."""
    MISSED = "missed"
    """Over, and not done."""
    TOO_SOON = "too-soon"
    """Decided before the applicant had his three days."""
    REPLACED = "replaced"
    """Extended lawfully: another date holds."""
    STANDS = "stands"
    """The clock stands."""
    CONDITIONAL = "conditional"
    """Binds only if something happens that has not."""


class Silence(msgspec.Struct, frozen=True):
    """The term ended without an answer: a refusal, of which the applicant may complain; `term.done_on` says when the
    answer was signed after all, None while it was not."""

    since: date
    """The day after the term."""
    term: Deadline


def day_zero(case: Case, terms: Terms) -> Arrival | None:
    """The day of receipt that dates count from; None where the law sets none."""
    if case.clock_at is None:
        return None
    return arrival(case.clock_at, terms.calendar(case.calendar), terms.hours)


def deadlines(case: Case, terms: Terms) -> tuple[Deadline, ...]:
    """Every date that the case has, in the order of the law; a case that was taken back or erased keeps what was due
    until then."""
    calendar = terms.calendar(case.calendar)
    receipt = arrival(case.received_at, calendar, terms.hours)
    found = [_registration(case, receipt, calendar, terms)]
    zero = day_zero(case, terms)
    if zero is not None:
        found += _forwarding(case, zero, calendar, terms)
        found += _answering(case, zero, calendar, terms)
        found += _hearings(case, found, calendar, terms)
    found += _reopened(case, calendar, terms)
    return tuple(_unless_ended(each, case, terms) for each in found)


def answer_term(case: Case, terms: Terms) -> Deadline | None:
    """The date by which the answer is owed now: ordinary or extended; None where none is owed."""
    owed = [d for d in deadlines(case, terms) if d.rule in (Rule.ANSWER, Rule.EXTENSION)]
    return owed[-1] if owed else None


def keeping(deadline: Deadline, today: date) -> Keeping:
    """Whether it was or will be kept, as seen on `today`."""
    if deadline.replaced_by is not None:
        return Keeping.REPLACED
    if deadline.due is None:
        return Keeping.STANDS
    if deadline.rule is Rule.HEARING:
        if deadline.done_on is not None and deadline.done_on < deadline.due:
            return Keeping.TOO_SOON
        return Keeping.AHEAD if deadline.done_on is None and today < deadline.due else Keeping.KEPT
    if deadline.done_on is not None:
        return Keeping.LATE if deadline.done_on > deadline.due else Keeping.KEPT
    if not deadline.applies:
        return Keeping.CONDITIONAL
    if today == deadline.due:
        return Keeping.TODAY
    return Keeping.AHEAD if today < deadline.due else Keeping.MISSED


def silence(case: Case, terms: Terms, today: date) -> Silence | None:
    """Article 91(2): no decision in time counts as a refusal. None: answered in time, still in time, or no term."""
    term = answer_term(case, terms)
    if term is None or term.due is None or case.ended_at or today <= term.due:
        return None
    if term.done_on is not None and term.done_on <= term.due:
        return None
    return Silence(term.due + timedelta(days=1), term)


def extension_limit(case: Case, terms: Terms) -> Deadline | None:
    """Article 76: "не более чем до двух месяцев", of the whole term or added to it, as the institution reads it."""
    zero = day_zero(case, terms)
    ordinary = next((d for d in deadlines(case, terms) if d.rule is Rule.ANSWER), None)
    if zero is None or ordinary is None or ordinary.due is None:
        return None
    start = zero.counts_from if terms.two_months is TwoMonths.TOTAL else ordinary.due
    calendar = terms.calendar(case.calendar)
    end = months_after(start, LIMIT_MONTHS)
    return Deadline(
        rule=Rule.EXTENSION_LIMIT,
        due=end,
        zero=start,
        months=LIMIT_MONTHS,
        calendar=calendar.version,
        is_official=ordinary.is_official,
    )


def moved(before: tuple[Deadline, ...], after: tuple[Deadline, ...]) -> tuple[MovedDate, ...]:
    """Every date that is not what it was; a rule that is only on one side has None on the other."""
    old = {(d.rule, d.about): d.due for d in before}
    new = {(d.rule, d.about): d.due for d in after}
    return tuple(
        MovedDate(rule.value, about, old.get((rule, about)), new.get((rule, about)))
        for rule, about in dict.fromkeys([*old, *new])
        if old.get((rule, about)) != new.get((rule, about))
    )


def moved_by_calendar(case: Case, version: str, terms: Terms) -> tuple[MovedDate, ...]:
    """What counting by another version would move; the event that does it must tell exactly this."""
    other = msgspec.structs.replace(case, calendar=version)
    return moved(deadlines(case, terms), deadlines(other, terms))


def months_after(start: date, months: int) -> date:
    """The same day of a later month, or its last day where it has none such."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _unless_ended(deadline: Deadline, case: Case, terms: Terms) -> Deadline:
    """What was not due yet when it was taken back or erased is not owed; what was missed before, stays missed."""
    if case.ended_at is None or deadline.done_on is not None:
        return deadline
    missed = deadline.due is not None and deadline.due < _day(case.ended_at, terms)
    return deadline if missed else msgspec.structs.replace(deadline, applies=False)


def _registration(case: Case, receipt: Arrival, calendar: Calendar, terms: Terms) -> Deadline:
    # Article 64(3): registered on the day of receipt; after hours or on a day off, the next working day.
    return Deadline(
        rule=Rule.REGISTER,
        due=receipt.counts_from,
        skipped=receipt.skipped,
        calendar=calendar.version,
        is_official=calendar.is_official(receipt.counts_from),
        done_on=_local(case.registered_at, terms),
    )


def _forwarding(case: Case, zero: Arrival, calendar: Calendar, terms: Terms) -> list[Deadline]:
    # Article 65: "келіп түскен күнінен бастап үш жұмыс күнінен кешіктірілмейтін мерзімде", also of a part.
    count = calendar.after(zero.counts_from, FORWARD_WORKING_DAYS)
    bare = Deadline(
        rule=Rule.FORWARD,
        due=count.last,
        zero=zero.counts_from,
        working_days=FORWARD_WORKING_DAYS,
        skipped=count.skipped,
        calendar=calendar.version,
        is_official=count.is_official,
    )
    if not case.forwards:
        return [msgspec.structs.replace(bare, applies=False)]
    return [
        msgspec.structs.replace(bare, about=number, done_on=_local(forward.at, terms))
        for number, forward in enumerate(case.forwards, 1)
    ]


def _answering(case: Case, zero: Arrival, calendar: Calendar, terms: Terms) -> list[Deadline]:
    if case.stage is Stage.FORWARDED and case.completed_at is None:
        # Article 65: the other body opens its own procedure; its term runs from its own receipt.
        return []
    # Article 76: "составляет пятнадцать рабочих дней со дня поступления обращения".
    found = [_term(case, zero.counts_from, calendar, terms)]
    for number, extension in enumerate(case.extensions, 1):
        # Article 76: "может быть продлен мотивированным решением руководителя … или его заместителя".
        found.append(_extended(case, number, calendar, terms))
        # Article 76: "о чем извещается участник … в течение трех рабочих дней со дня продления срока".
        decided = _day(extension.decision.at, terms)
        count = calendar.after(decided, NOTICE_WORKING_DAYS)
        found.append(
            Deadline(
                rule=Rule.EXTENSION_NOTICE,
                about=number,
                due=count.last,
                zero=decided,
                working_days=NOTICE_WORKING_DAYS,
                skipped=count.skipped,
                calendar=calendar.version,
                is_official=count.is_official,
                done_on=_told_on(extension, terms),
            )
        )
    # The term in force stands last, whatever was told of it.
    notices = [d for d in found if d.rule is Rule.EXTENSION_NOTICE]
    owed = [d for d in found if d.rule is not Rule.EXTENSION_NOTICE]
    replaced = [
        msgspec.structs.replace(old, replaced_by=extension.decision.until)
        for old, extension in zip(owed, case.extensions, strict=False)
    ]
    return [*notices, *replaced, owed[-1]]


def _term(case: Case, zero: date, calendar: Calendar, terms: Terms) -> Deadline:
    pauses = case.pauses if not case.extensions else _before_extension(case)
    stood = _stood(pauses, terms)
    is_open = bool(pauses) and pauses[-1].ended is None
    days = ANSWER_WORKING_DAYS
    while True:
        count = calendar.after(zero, days)
        lost = sum(calendar.is_working_day(on) for on in _days_of(stood, zero, count.last))
        if days == ANSWER_WORKING_DAYS + lost:
            break
        days = ANSWER_WORKING_DAYS + lost
    return Deadline(
        rule=Rule.ANSWER,
        due=None if is_open else count.last,
        zero=zero,
        working_days=ANSWER_WORKING_DAYS,
        skipped=count.skipped,
        stood=stood,
        calendar=calendar.version,
        is_official=count.is_official,
        done_on=_local(case.completed_at, terms),
    )


def _extended(case: Case, number: int, calendar: Calendar, terms: Terms) -> Deadline:
    """The day that the decision names, later by the working days on which the clock stood since."""
    decision = case.extensions[number - 1].decision
    turn = _turns(case)
    since = turn[id(decision)]
    later = turn[id(case.extensions[number].decision)] if number < len(case.extensions) else len(turn)
    pauses = tuple(pause for pause in case.pauses if since < turn[id(pause.begun)] < later)
    stood = _stood(pauses, terms)
    is_open = bool(pauses) and pauses[-1].ended is None
    lost = sum(calendar.is_working_day(on) for on in _days_of(stood, date.min, date.max))
    count = calendar.after(decision.until, lost) if lost else None
    due = count.last if count else decision.until
    return Deadline(
        rule=Rule.EXTENSION,
        about=number,
        due=None if is_open else due,
        skipped=count.skipped if count else (),
        stood=stood,
        calendar=calendar.version,
        is_official=calendar.is_official(due),
        done_on=_local(case.completed_at, terms),
    )


def _hearings(case: Case, found: list[Deadline], calendar: Calendar, terms: Terms) -> list[Deadline]:
    made = []
    untold = [each for each in case.hearings if _heard_on(case, each, terms) is None]
    if untold or not case.hearings:
        term = next((d for d in reversed(found) if d.rule in (Rule.ANSWER, Rule.EXTENSION)), None)
        if term is not None and term.due is not None and not term.done_on:
            # Article 73: at least three working days before the decision, counted back from the last day for it.
            back = calendar.before(term.due, HEARING_WORKING_DAYS)
            made.append(
                Deadline(
                    rule=Rule.HEARING_NOTICE,
                    due=back.last,
                    zero=term.due,
                    working_days=HEARING_WORKING_DAYS,
                    skipped=back.skipped,
                    calendar=calendar.version,
                    is_official=term.is_official,
                    applies=bool(untold),
                )
            )
    for number, hearing in enumerate(case.hearings, 1):
        told = _heard_on(case, hearing, terms)
        if told is None:
            continue
        # Article 73: the notice comes at least three working days before the decision.
        count = calendar.after(told, HEARING_WORKING_DAYS)
        answer = next((a for a in case.answers if a.at >= hearing.at), None)
        made.append(
            Deadline(
                rule=Rule.HEARING,
                about=number,
                due=count.last,
                zero=told,
                working_days=HEARING_WORKING_DAYS,
                skipped=count.skipped,
                calendar=calendar.version,
                is_official=count.is_official,
                done_on=_local(answer.at if answer else None, terms),
            )
        )
    return made


def _heard_on(case: Case, hearing: HearingNoticed, terms: Terms) -> date | None:
    """The day on which the preliminary decision reached the applicant; None: it has not."""
    if not hearing.notice:
        return _day(hearing.at, terms)
    told = case.told_of(hearing.notice)
    return told.on if told else None


def _reopened(case: Case, calendar: Calendar, terms: Terms) -> list[Deadline]:
    """Only where the institution promised something; the law's date was kept or missed already."""
    if terms.reopened_working_days is None or not case.reopenings:
        return []
    number = len(case.reopenings)
    zero = arrival(case.reopenings[-1].at, calendar, terms.hours).counts_from
    count = calendar.after(zero, terms.reopened_working_days)
    return [
        Deadline(
            rule=Rule.REOPENED,
            about=number,
            due=count.last,
            zero=zero,
            working_days=terms.reopened_working_days,
            skipped=count.skipped,
            calendar=calendar.version,
            is_official=count.is_official,
            done_on=_local(case.again_at, terms),
        )
    ]


def _told_on(extension: Extension, terms: Terms) -> date | None:
    notice = extension.notice
    return notice.on if isinstance(notice, Told) else _local(notice.at if notice else None, terms)


def _before_extension(case: Case) -> tuple[Pause, ...]:
    turn = _turns(case)
    first = turn[id(case.extensions[0].decision)]
    return tuple(pause for pause in case.pauses if turn[id(pause.begun)] < first)


def _turns(case: Case) -> dict[int, int]:
    """Events by their place: two of one moment still come one after another."""
    return {id(event): turn for turn, event in enumerate(case.events)}


def _stood(pauses: tuple[Pause, ...], terms: Terms) -> tuple[Period, ...]:
    """The day of the pause and the day of resuming both do not count; an open pause ends nowhere."""
    return tuple(
        Period(_day(pause.begun.at, terms), _day(pause.ended.at, terms))
        for pause in pauses
        if pause.ended is not None
    )


def _days_of(periods: tuple[Period, ...], after: date, until: date) -> set[date]:
    """Days on which the clock stood, after one day and until another, each once."""
    return {
        on
        for period in periods
        for n in range((period.last - period.first).days + 1)
        if after < (on := period.first + timedelta(days=n)) <= until
    }


def _day(at: datetime, terms: Terms) -> date:
    return terms.hours.local(at).date()


def _local(at: datetime | None, terms: Terms) -> date | None:
    return None if at is None else _day(at, terms)


def is_owed_a_date(case: Case) -> bool:
    """Whether the law sets a date at all; a signal and an anonymous message have none."""
    return case.standing is Standing.APPEAL
