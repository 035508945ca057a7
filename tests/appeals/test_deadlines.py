"""From events to dates: what a pencil finds on a plain calendar, and laws that hold for any day."""

import re
import string
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.appeals.cast import TERMS, at, case, event, registered

from aimas.appeals.calendars import Calendar, OfficeHours, arrival, calendar
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import (
    Deadline,
    Keeping,
    answer_term,
    deadlines,
    extension_limit,
    keeping,
    months_after,
    moved_by_calendar,
    silence,
)
from aimas.appeals.law import Rule, TwoMonths, kinds, law
from aimas.appeals.types import (
    Answered,
    Extended,
    ExtensionNotified,
    Forwarded,
    HearingNoticed,
    Identified,
    MovedDate,
    Paused,
    Recalculated,
    Received,
    Reopened,
    Resumed,
    Standing,
    Withdrawn,
)
from aimas.appeals.wording import (
    LANGUAGES,
    arrival_told,
    explanation,
    moved_told,
    silence_told,
    standing_told,
    texts,
)

GOLDEN = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "dates.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ADDED = msgspec.structs.replace(TERMS, two_months=TwoMonths.ADDED)


def one(found: tuple[Deadline, ...], rule: Rule) -> Deadline:
    (only,) = [deadline for deadline in found if deadline.rule is rule]
    return only


def date_of(rule: str, options: list[str], days: list[str]) -> date | None:
    version = "kz/2026-01" if "old" in options else "kz/2026-07"
    terms = ADDED if "added" in options else TERMS
    start = days[0]
    if rule in ("answer", "forward", "hearing-notice"):
        return one(deadlines(case(*registered(start, calendar=version)), terms), Rule(rule)).due
    if rule == "extension-limit":
        limit = extension_limit(case(*registered(start, calendar=version)), terms)
        return limit.due if limit else None
    if rule == "silence":
        found = silence(case(*registered(start)), terms, date(2028, 1, 1))
        return found.since if found else None
    if rule == "pause":
        paused = [event(kind, day) for kind, day in zip([Paused, Resumed] * 2, days[1:], strict=False)]
        return one(deadlines(case(*registered(start), *paused), terms), Rule.ANSWER).due
    before = (at(start) - timedelta(days=5)).date().isoformat()
    later = {
        "extension-notice": lambda: [event(Extended, start, until=date(2027, 1, 1))],
        "hearing": lambda: [event(HearingNoticed, start)],
        "reopened": lambda: [event(Answered, before), event(Reopened, start)],
    }[rule]()
    return one(deadlines(case(*registered(before), *later), terms), Rule(rule)).due


@pytest.mark.parametrize(
    ("rule", "starts", "expected"), [g[:3] for g in GOLDEN], ids=[f"{g[0]}: {g[3]}, {g[1]}" for g in GOLDEN]
)
def test_a_date_is_what_a_pencil_finds(rule: str, starts: str, expected: str) -> None:
    name, *options = rule.split()
    assert date_of(name, options, starts.split()) == date.fromisoformat(expected)


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(GOLDEN) >= 150
    assert len({g[:2] for g in GOLDEN}) == len(GOLDEN)


# What follows from events beside the counting.


def due(found: Case) -> date | None:
    term = answer_term(found, TERMS)
    return term.due if term else None


def test_a_signal_and_an_anonymous_message_have_no_lawful_date() -> None:
    for standing in (Standing.SIGNAL, Standing.ANONYMOUS):
        found = deadlines(case(*registered("2026-11-02", standing=standing)), TERMS)
        assert [d.rule for d in found] == [Rule.REGISTER]


def test_the_clock_starts_when_somebody_stands_behind_it() -> None:
    signed = case(*registered("2026-11-02", standing=Standing.SIGNAL), event(Identified, "2026-11-20"))
    assert due(signed) == date(2026, 12, 11)
    assert one(deadlines(signed, TERMS), Rule.REGISTER).due == date(2026, 11, 2)


def test_forwarding_a_part_leaves_the_rest_its_term() -> None:
    found = case(*registered("2026-11-02", requests=2), event(Forwarded, "2026-11-06", requests=(2,)))
    forward = one(deadlines(found, TERMS), Rule.FORWARD)
    assert (forward.due, forward.done_on) == (date(2026, 11, 5), date(2026, 11, 6))
    assert keeping(forward, date(2026, 11, 9)) is Keeping.LATE
    assert due(found) == date(2026, 11, 23)


def test_forwarding_the_whole_ends_the_term_here() -> None:
    found = case(*registered("2026-11-02", requests=2), event(Forwarded, "2026-11-04"))
    assert due(found) is None
    assert silence(found, TERMS, date(2027, 1, 1)) is None
    assert keeping(one(deadlines(found, TERMS), Rule.FORWARD), date(2026, 11, 9)) is Keeping.KEPT


def test_a_lawful_extension_is_no_breach() -> None:
    longer = event(Extended, "2026-11-20", until=date(2026, 12, 25))
    found = case(*registered("2026-11-02"), longer, event(ExtensionNotified, "2026-11-26"))
    answer, extended = one(deadlines(found, TERMS), Rule.ANSWER), one(deadlines(found, TERMS), Rule.EXTENSION)
    assert due(found) == extended.due == date(2026, 12, 25)
    assert keeping(answer, date(2026, 12, 1)) is Keeping.REPLACED
    assert keeping(extended, date(2026, 12, 25)) is Keeping.TODAY
    notice = one(deadlines(found, TERMS), Rule.EXTENSION_NOTICE)
    assert (notice.due, keeping(notice, date(2026, 12, 1))) == (date(2026, 11, 25), Keeping.LATE)
    assert silence(found, TERMS, date(2026, 12, 1)) is None
    assert one(deadlines(found, TERMS), Rule.HEARING_NOTICE).due == date(2026, 12, 22)


def test_a_pause_after_an_extension_moves_the_day_that_was_named() -> None:
    found = case(
        *registered("2026-11-02"),
        event(Extended, "2026-11-20", until=date(2026, 12, 1)),
        event(Paused, "2026-11-24"),
        event(Resumed, "2026-11-26"),
    )
    assert due(found) == date(2026, 12, 4)


def test_while_the_clock_stands_there_is_no_date() -> None:
    found = case(*registered("2026-11-02"), event(Paused, "2026-11-10"))
    assert due(found) is None
    assert silence(found, TERMS, date(2027, 6, 1)) is None
    assert keeping(one(deadlines(found, TERMS), Rule.ANSWER), date(2027, 6, 1)) is Keeping.STANDS


SEEN = [
    pytest.param("2026-11-22", None, Keeping.AHEAD, id="the day before"),
    pytest.param("2026-11-23", None, Keeping.TODAY, id="on the last day"),
    pytest.param("2026-11-24", None, Keeping.MISSED, id="the day after"),
    pytest.param("2026-11-24", "2026-11-23T23:59", Keeping.KEPT, id="answered a minute before midnight"),
    pytest.param("2026-11-24", "2026-11-24T00:00", Keeping.LATE, id="answered at midnight"),
]


@pytest.mark.parametrize(("today", "answered", "expected"), SEEN)
def test_how_a_term_is_kept(today: str, answered: str | None, expected: Keeping) -> None:
    events = [event(Answered, answered)] if answered else []
    found = one(deadlines(case(*registered("2026-11-02"), *events), TERMS), Rule.ANSWER)
    assert keeping(found, date.fromisoformat(today)) is expected


def test_a_late_answer_does_not_undo_the_silence_before_it() -> None:
    late = case(*registered("2026-11-02"), event(Answered, "2026-12-01"))
    found = silence(late, TERMS, date(2026, 12, 2))
    assert found is not None
    assert found.since == date(2026, 11, 24)
    assert (
        silence(case(*registered("2026-11-02"), event(Answered, "2026-11-23")), TERMS, date(2027, 1, 1))
        is None
    )


def test_a_part_of_an_answer_is_no_answer() -> None:
    half = case(*registered("2026-11-02", requests=2), event(Answered, "2026-11-05", requests=(1,)))
    assert one(deadlines(half, TERMS), Rule.ANSWER).done_on is None
    rest_sent_on = case(*half.events, event(Forwarded, "2026-11-06", requests=(2,)))
    assert one(deadlines(rest_sent_on, TERMS), Rule.ANSWER).done_on == date(2026, 11, 5)


def test_deciding_before_the_applicant_had_his_days_is_too_soon() -> None:
    heard = case(
        *registered("2026-11-02"), event(HearingNoticed, "2026-11-09"), event(Answered, "2026-11-11")
    )
    assert keeping(one(deadlines(heard, TERMS), Rule.HEARING), date(2026, 12, 1)) is Keeping.TOO_SOON
    in_time = case(
        *registered("2026-11-02"), event(HearingNoticed, "2026-11-09"), event(Answered, "2026-11-12")
    )
    assert keeping(one(deadlines(in_time, TERMS), Rule.HEARING), date(2026, 12, 1)) is Keeping.KEPT


def test_what_was_taken_back_is_owed_no_more_but_what_was_missed_stays_missed() -> None:
    early = case(*registered("2026-11-02"), event(Withdrawn, "2026-11-20"))
    assert keeping(one(deadlines(early, TERMS), Rule.ANSWER), date(2026, 12, 1)) is Keeping.CONDITIONAL
    assert silence(early, TERMS, date(2026, 12, 1)) is None
    on_the_day = case(*registered("2026-11-02"), event(Withdrawn, "2026-11-23"))
    assert keeping(one(deadlines(on_the_day, TERMS), Rule.ANSWER), date(2026, 12, 1)) is Keeping.CONDITIONAL
    late = case(*registered("2026-11-02"), event(Withdrawn, "2026-11-24"))
    assert keeping(one(deadlines(late, TERMS), Rule.ANSWER), date(2026, 12, 1)) is Keeping.MISSED


def test_reopening_gives_no_lawful_date_anew() -> None:
    again = case(*registered("2026-11-02"), event(Answered, "2026-11-10"), event(Reopened, "2026-11-12"))
    answer = one(deadlines(again, TERMS), Rule.ANSWER)
    assert keeping(answer, date(2027, 1, 1)) is Keeping.KEPT
    silent = msgspec.structs.replace(TERMS, reopened_working_days=None)
    assert Rule.REOPENED not in {d.rule for d in deadlines(again, silent)}
    done = case(*again.events, event(Answered, "2026-11-20"))
    assert keeping(one(deadlines(done, TERMS), Rule.REOPENED), date(2027, 1, 1)) is Keeping.LATE


# A calendar changes: what moved is told.


def test_another_calendar_moves_dates_in_the_open() -> None:
    found = case(*registered("2026-08-10"))
    moves = moved_by_calendar(found, "kz/2026-01", TERMS)
    assert moves == (MovedDate("answer", 0, date(2026, 8, 31), date(2026, 9, 1)),)
    told = moved_told(moves, "en")
    assert "was 31 August 2026 (Monday), is 1 September 2026 (Tuesday)" in told[0]
    assert moved_by_calendar(case(*registered("2026-11-02")), "kz/2026-01", TERMS) == ()


def test_a_new_calendar_moves_nothing_by_being_there() -> None:
    found = case(*registered("2026-08-10", calendar="kz/2026-01"))
    assert due(found) == date(2026, 9, 1)
    moves = moved_by_calendar(found, "kz/2026-07", TERMS)
    assert due(
        case(*found.events, event(Recalculated, "2026-08-12", calendar="kz/2026-07", moved=moves))
    ) == date(2026, 8, 31)


# Laws.

FIRST, LAST = datetime(2023, 1, 1), datetime(2028, 6, 30)  # noqa: DTZ001 - hypothesis wants naive bounds
RECEIVED = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@st.composite
def poorer_calendars(draw: st.DrawFn) -> Calendar:
    """The calendar with some more days off."""
    path = Path(__file__).parents[2] / "src/aimas/appeals/data/calendars/kz-2026-07.json"
    content = msgspec.json.decode(path.read_bytes())
    for day in draw(st.lists(st.dates(date(2023, 1, 1), date(2028, 12, 1)), max_size=40)):
        year = content["years"][str(day.year)]
        year["swaps"] = [s for s in year["swaps"] if day.isoformat() not in (s["works"], s["off"])]
        year["off"].append({"date": day.isoformat(), "holiday": "nauryz"})
        year["off"] += [
            {"date": s["off"], "holiday": "nauryz"}
            for s in msgspec.json.decode(path.read_bytes())["years"][str(day.year)]["swaps"]
            if s not in year["swaps"]
        ]
    content["version"] = "kz/poorer"
    return Calendar.read(msgspec.json.encode(content))


@given(RECEIVED, poorer_calendars())
def test_more_holidays_never_bring_a_date_forward(when: datetime, poorer: Calendar) -> None:
    terms = msgspec.structs.replace(TERMS, calendars={"kz/poorer": poorer})
    plain = deadlines(case(event(Received, "2026-11-02", at=when)), terms)
    poor = deadlines(case(event(Received, "2026-11-02", at=when, calendar="kz/poorer")), terms)
    for ours, theirs in zip(plain, poor, strict=True):
        assert ours.rule is theirs.rule
        assert ours.due is not None and theirs.due is not None
        if ours.rule is not Rule.HEARING_NOTICE:
            assert theirs.due >= ours.due


@given(RECEIVED, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_what_comes_later_is_never_due_earlier(when: datetime, later: timedelta) -> None:
    first = deadlines(case(event(Received, "2026-11-02", at=when)), TERMS)
    second = deadlines(case(event(Received, "2026-11-02", at=when + later)), TERMS)
    assert all(a.due <= b.due for a, b in zip(first, second, strict=True) if a.due and b.due)


@given(RECEIVED)
def test_a_term_ends_on_a_working_day_and_explains_every_day(when: datetime) -> None:
    kz = calendar("kz/2026-07")
    for found in deadlines(case(event(Received, "2026-11-02", at=when)), TERMS):
        assert found.due is not None and kz.is_working_day(found.due)
        if found.working_days:
            assert found.zero is not None
            assert abs((found.due - found.zero).days) == found.working_days + len(found.skipped)


@given(RECEIVED, st.integers(0, 20), st.integers(0, 30))
def test_a_pause_never_brings_the_answer_forward(when: datetime, wait: int, length: int) -> None:
    begun, ended = when + timedelta(days=wait), when + timedelta(days=wait + length)
    plain = case(event(Received, "2026-11-02", at=when))
    paused = case(
        *plain.events, event(Paused, "2026-11-02", at=begun), event(Resumed, "2026-11-02", at=ended)
    )
    ours, theirs = due(plain), due(paused)
    assert ours is not None and theirs is not None
    assert theirs >= ours
    assert (theirs - ours).days <= length + 14 + 9


@given(st.dates(date(2023, 1, 1), date(2030, 12, 31)), st.integers(0, 14))
def test_months_keep_the_day_or_take_the_last(start: date, months: int) -> None:
    later = months_after(start, months)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or (later + timedelta(days=1)).day == 1


# Dates that explain themselves.


def test_every_rule_says_what_it_rests_on() -> None:
    rules = law().rules
    assert set(rules) == set(Rule)
    for rule, text in rules.items():
        assert set(text.says) == set(LANGUAGES) and all(text.says.values())
        assert set(text.source) == set(LANGUAGES) and all(text.source.values())
        assert not re.search(r"\bart\.|quotes", text.source["ru"] + text.source["kk"])
        assert bool(text.article) is (rule is not Rule.REOPENED)
    assert all(set(kind.names) == set(LANGUAGES) for kind in kinds().values())


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ["kk", "en"])
def test_the_texts_are_the_same_in_every_language(language: str) -> None:
    ours, theirs = texts("ru"), texts(language)
    assert set(ours) == set(theirs)
    for key, text in ours.items():
        assert slots(text) == slots(theirs[key]), key
        assert theirs[key].strip()


def test_a_date_tells_rule_article_zero_and_each_skipped_day() -> None:
    found = case(*registered("2026-03-20T18:30", kind="complaint"))
    term = one(deadlines(found, TERMS), Rule.ANSWER)
    told = "\n".join(explanation(term, found, calendar(found.calendar), "ru"))
    assert "Ответить не позднее 16 апреля 2026" in told
    assert "Статья 76 АППК" in told
    assert "Отсчёт от 26 марта 2026" in told
    assert "28 марта 2026\u00a0г. (суббота) — выходной" in told
    assert "Календарь kz/2026-07" in told
    assert "другой срок" in told, "a complaint carries its caution"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deadline_can_be_told_in_every_language(language: str) -> None:
    found = case(
        *registered("2026-12-15", requests=2),
        event(Forwarded, "2026-12-17", requests=(1,)),
        event(Paused, "2026-12-18"),
        event(Resumed, "2026-12-21"),
        event(Extended, "2026-12-22", until=date(2027, 1, 29)),
        event(HearingNoticed, "2026-12-24"),
        event(Answered, "2026-12-30"),
        event(Reopened, "2026-12-31"),
    )
    limit = extension_limit(found, TERMS)
    assert limit is not None
    told = [
        explanation(d, found, calendar(found.calendar), language) for d in (*deadlines(found, TERMS), limit)
    ]
    assert all(len(sentences) >= 3 for sentences in told)
    unofficial = texts(language)["date.unofficial"]
    assert any(unofficial in sentences for sentences in told)
    for standing in Standing:
        assert standing_told(standing, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_silence_tells_the_way_to_complain(language: str) -> None:
    found = silence(case(*registered("2026-11-02")), TERMS, date(2026, 12, 1))
    assert found is not None
    says, complain = silence_told(found, language)
    assert "91(2)" in says
    assert "91(3)–(4)" in complain


@pytest.mark.parametrize(
    ("language", "late"),
    [
        ("ru", "Ответ подписан с опозданием: 1 декабря 2026"),
        ("kk", "Жауапқа кешігіп қол қойылды: 2026 ж. 1 желтоқсан"),
        ("en", "signed late, on 1 December 2026"),
    ],
)
def test_a_late_answer_is_told_as_an_answer(language: str, late: str) -> None:
    answered = case(*registered("2026-11-02"), event(Answered, "2026-12-01"))
    found = silence(answered, TERMS, date(2026, 12, 2))
    assert found is not None
    says, complain = silence_told(found, language)
    assert late in says.replace("\u00a0", " ")
    assert not any(none in says for none in ("ответа нет", "жауап жоқ", "there is no answer"))
    assert "91(3)–(4)" in complain


def test_what_can_be_missed_can_be_told_without_its_day() -> None:
    rules = {rule.value for rule in Rule} - {"hearing", "silence", "extension-limit"}
    assert rules == {key.partition(".")[2] for key in texts("ru") if key.startswith("overdue.")}
    assert not any(slots(texts(tongue)[f"overdue.{rule}"]) for tongue in LANGUAGES for rule in rules)


def test_the_day_of_receipt_is_told_where_it_is_not_the_day_on_the_clock() -> None:
    kz, hours = calendar("kz/2026-07"), OfficeHours()
    assert arrival_told(arrival(at("2026-11-20"), kz, hours), "en") is None
    late = arrival_told(arrival(at("2026-11-20T19:00"), kz, hours), "en")
    assert late == (
        "Came on 20 November 2026 (Friday) after hours: counts as received on 23 November 2026 (Monday)."
    )
