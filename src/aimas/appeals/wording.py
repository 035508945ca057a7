"""What dates say of themselves, in the reader's language."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from babel.dates import format_date

from aimas.appeals.calendars import Arrival, Calendar, Day
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import Deadline, Silence
from aimas.appeals.law import Rule, kinds, law
from aimas.appeals.types import MovedDate, Standing

LANGUAGES = ("ru", "kk", "en")
_LOCALES = {"ru": "ru", "kk": "kk", "en": "en_GB"}
_BACKWARDS = (Rule.HEARING_NOTICE,)


@cache
def texts(language: str) -> dict[str, str]:
    """Every text by dotted key."""
    content = files("aimas.appeals").joinpath("data", "texts", f"{language}.toml").read_text("utf-8")
    return {
        f"{table}.{key}": text for table, rows in tomllib.loads(content).items() for key, text in rows.items()
    }


def said(key: str, language: str, **words: object) -> str:
    return texts(language)[key].format(**words)


def in_words(day: date, language: str) -> str:
    """Month written out, weekday in brackets: so it stands in any sentence undeclined."""
    locale = _LOCALES[language]
    written = f"{format_date(day, 'long', locale=locale)} ({format_date(day, 'EEEE', locale=locale)})"
    return written.replace("\u202f", "\u00a0")


def headline(deadline: Deadline, language: str) -> str:
    """What is to be done by when, in one line."""
    if deadline.due is None:
        return said("date.stands", language)
    return said(f"rule.{deadline.rule}", language, due=in_words(deadline.due, language))


def overdue(deadline: Deadline, language: str) -> str:
    """What is still to be done though its day has passed: that day is no promise any more, so none is named."""
    return said(f"overdue.{deadline.rule}", language)


def explanation(deadline: Deadline, case: Case, calendar: Calendar, language: str) -> tuple[str, ...]:
    """Sentence by sentence why it is this day: the rule, its article, day zero, each day skipped, the calendar."""
    rule = law().rules[deadline.rule]
    basis = "date.article" if rule.article else "date.promise"
    told = [
        headline(deadline, language),
        said(basis, language, article=rule.article, says=rule.says[language]),
    ]
    if deadline.zero is not None:
        counted = "date.back" if deadline.rule in _BACKWARDS else "date.zero"
        told.append(said(counted, language, zero=in_words(deadline.zero, language)))
    if deadline.working_days is not None:
        told.append(said("date.working-days", language, days=deadline.working_days))
        told.append(_skipped(deadline.skipped, calendar, language))
    if deadline.months is not None:
        told.append(said("date.months", language, months=deadline.months))
    if deadline.rule is Rule.EXTENSION:
        told.append(said("date.decided", language))
    for period in deadline.stood:
        first, last = in_words(period.first, language), in_words(period.last, language)
        told.append(said("date.stood", language, first=first, last=last))
    told.append(said("date.calendar", language, version=deadline.calendar))
    if not deadline.is_official:
        told.append(said("date.unofficial", language))
    if deadline.rule in (Rule.ANSWER, Rule.EXTENSION) and (caution := kinds()[case.kind].caution):
        told.append(caution[language])
    return tuple(told)


def arrival_told(found: Arrival, language: str) -> str | None:
    """Why the day of receipt is not the day on the clock; None where it is."""
    if found.came_on == found.counts_from:
        return None
    came, counts = in_words(found.came_on, language), in_words(found.counts_from, language)
    return said(
        "date.after-hours" if found.after_hours else "date.day-off", language, came=came, counts=counts
    )


def silence_told(found: Silence, language: str) -> tuple[str, str]:
    """That silence is a refusal, or was until the answer came late, and the way to complain."""
    rules = law()
    assert found.term.due is not None
    done = found.term.done_on
    return (
        said(
            "silence.answered" if done else "silence.says",
            language,
            done=in_words(done, language) if done else "",
            due=in_words(found.term.due, language),
            since=in_words(found.since, language),
            article=rules.rules[Rule.SILENCE].article,
        ),
        said(
            "silence.complain",
            language,
            says=rules.complaint.says[language],
            article=rules.complaint.article,
        ),
    )


def moved_told(moves: Sequence[MovedDate], language: str) -> tuple[str, ...]:
    """One line a date that moved."""

    def shown(day: date | None) -> str:
        return in_words(day, language) if day else said("date.none", language)

    return tuple(
        said(
            "date.moved",
            language,
            rule=law().rules[Rule(move.rule)].says[language].rstrip("."),
            before=shown(move.before),
            after=shown(move.after),
        )
        for move in moves
    )


def standing_told(standing: Standing, language: str) -> str:
    return said(f"standing.{standing}", language)


def day_told(day: Day, calendar: Calendar, language: str) -> str:
    return said(
        f"day.{day.kind}",
        language,
        date=in_words(day.on, language),
        name=calendar.names[day.holiday][language] if day.holiday else "",
        other=in_words(day.other, language) if day.other else "",
    )


def _skipped(days: Sequence[Day], calendar: Calendar, language: str) -> str:
    if not days:
        return said("date.nothing-skipped", language)
    return said("date.skipped", language, days="; ".join(day_told(day, calendar, language) for day in days))
