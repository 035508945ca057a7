"""What may follow what, and why not; no lawful sequence loses an event or moves a date silently."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.appeals.cast import CLERK, OFFICER, PROGRAM, TERMS, at, case, event, registered

from aimas.appeals.admission import Refused, admitted, refusal
from aimas.appeals.calendars import versions
from aimas.appeals.cases import Case, folded
from aimas.appeals.deadlines import answer_term, deadlines, extension_limit, moved, moved_by_calendar
from aimas.appeals.law import Rule, TwoMonths
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Complained,
    Delivered,
    DeliveryFailed,
    Divided,
    DocumentAdded,
    Event,
    Extended,
    ExtensionNotified,
    Forwarded,
    HearingNoticed,
    Identified,
    KeyDestroyed,
    Linked,
    Paused,
    Rated,
    Recalculated,
    Received,
    Reclassified,
    Refusal,
    Registered,
    Relation,
    Released,
    Reopened,
    Resumed,
    Shielded,
    Stage,
    Standing,
    Told,
    Unlinked,
    Unveiled,
    Veiled,
    Withdrawn,
)

R = "2026-11-02"
"""The day of receipt; the ordinary term ends on 23 November, two months on 2 January."""


def after(*events: AnyEvent) -> tuple[AnyEvent, ...]:
    return (*registered(R, requests=2), *events)


ANSWERED = after(event(Answered, "2026-11-05"))
DELIVERED = (*ANSWERED, event(Delivered, "2026-11-06"))
PAUSED = after(event(Paused, "2026-11-05"))
TAKEN_BACK = after(event(Withdrawn, "2026-11-05"))
SENT_ON = after(event(Forwarded, "2026-11-04"))
PART_SENT_ON = after(event(Forwarded, "2026-11-04", requests=(2,)))
UNREGISTERED = (event(Received, R),)
SIGNAL = registered(R, standing=Standing.SIGNAL)

REFUSED: list[tuple[str, tuple[AnyEvent, ...], AnyEvent, Refusal]] = [
    ("a number before receipt", (), event(Registered, R), Refusal.NOT_RECEIVED),
    ("received twice", UNREGISTERED, event(Received, R), Refusal.ALREADY_RECEIVED),
    ("a time without an offset", UNREGISTERED, event(Registered, R, at=at(R).replace(tzinfo=None)), Refusal.NO_ZONE),
    ("before what happened", UNREGISTERED, event(Registered, "2026-11-01"), Refusal.OUT_OF_ORDER),
    ("a kind that the law does not know", (), event(Received, R, kind="petition"), Refusal.UNKNOWN_KIND),
    ("made into such a kind", after(), event(Reclassified, R, kind="petition"), Refusal.UNKNOWN_KIND),
    ("a calendar that nobody has", (), event(Received, R, calendar="kz/1999"), Refusal.UNKNOWN_CALENDAR),
    ("counted anew by such a calendar", after(), event(Recalculated, R, calendar="kz/1999"), Refusal.UNKNOWN_CALENDAR),
    ("asking for nothing", (), event(Received, R, requests=0), Refusal.NO_REQUEST),
    ("divided into nothing", after(), event(Divided, R, requests=0), Refusal.NO_REQUEST),
    ("taken in by nobody", (), event(Received, R, receiver=" "), Refusal.NO_NAME),
    ("without content", (), event(Received, R, content=""), Refusal.NO_TEXT),
    ("answered before registration", UNREGISTERED, event(Answered, R), Refusal.NOT_REGISTERED),
    ("registered twice", after(), event(Registered, R), Refusal.ALREADY_REGISTERED),
    ("an empty number", UNREGISTERED, event(Registered, R, number=" "), Refusal.NO_TEXT),
    ("signed though signed", after(), event(Identified, R), Refusal.ALREADY_AN_APPEAL),
    ("anything after it was taken back", TAKEN_BACK, event(Answered, "2026-11-09"), Refusal.WITHDRAWN),
    ("taken back twice", TAKEN_BACK, event(Withdrawn, "2026-11-09"), Refusal.WITHDRAWN),
    ("answered after all was sent on", SENT_ON, event(Answered, "2026-11-09"), Refusal.GONE),
    ("sent on once more", SENT_ON, event(Forwarded, "2026-11-09"), Refusal.GONE),
    ("a third of two requests", after(), event(Answered, R, requests=(3,)), Refusal.UNKNOWN_REQUEST),
    ("one request twice", after(), event(Forwarded, R, requests=(1, 1)), Refusal.UNKNOWN_REQUEST),
    ("answering what was sent on", PART_SENT_ON, event(Answered, "2026-11-09", requests=(2,)), Refusal.REQUEST_GONE),
    ("sending on what was answered", ANSWERED, event(Forwarded, "2026-11-09", requests=(1,)), Refusal.REQUEST_ANSWERED),
    ("answering twice", ANSWERED, event(Answered, "2026-11-09"), Refusal.REQUEST_ANSWERED),
    ("divided when a part is gone", PART_SENT_ON, event(Divided, "2026-11-09"), Refusal.DIVIDED_TOO_LATE),
    ("divided when answered", ANSWERED, event(Divided, "2026-11-09"), Refusal.DIVIDED_TOO_LATE),
    ("forwarded without a reason", after(), event(Forwarded, R, reason=""), Refusal.NO_REASON),
    ("extended without a reason", after(), event(Extended, R, until=date(2026, 12, 1), reason=" "), Refusal.NO_REASON),
    ("forwarded without notice", after(), event(Forwarded, R, notice=""), Refusal.NO_NOTICE),
    ("extended by nobody", after(), event(Extended, R, until=date(2026, 12, 1), decided_by=""), Refusal.NO_NAME),
    ("signed by nobody", after(), event(Answered, R, signed_by=" "), Refusal.NO_NAME),
    ("an answer without text", after(), event(Answered, R, content=""), Refusal.NO_TEXT),
    ("sent to nobody", after(), event(Forwarded, R, to=""), Refusal.NO_TEXT),
    ("answered by a program", after(), event(Answered, R, by=PROGRAM), Refusal.PERSON_DECIDES),
    ("forwarded by a program", after(), event(Forwarded, R, by=PROGRAM), Refusal.PERSON_DECIDES),
    ("extended by a program", after(), event(Extended, R, until=date(2026, 12, 1), by=PROGRAM), Refusal.PERSON_DECIDES),
    ("a signal extended", SIGNAL, event(Extended, R, until=date(2026, 12, 1)), Refusal.NO_LAWFUL_DATE),
    ("a signal paused", SIGNAL, event(Paused, R), Refusal.NO_LAWFUL_DATE),
    ("extended on the day after the term", after(), event(Extended, "2026-11-24", until=date(2026, 12, 1)), Refusal.EXPIRED),
    ("paused on the day after the term", after(), event(Paused, "2026-11-24"), Refusal.EXPIRED),
    ("extended to the day it ends anyway", after(), event(Extended, "2026-11-23", until=date(2026, 11, 23)), Refusal.NOT_LATER),
    ("extended beyond two months", after(), event(Extended, "2026-11-23", until=date(2027, 1, 3)), Refusal.TOO_LONG),
    ("extended when answered", ANSWERED, event(Extended, "2026-11-09", until=date(2026, 12, 1)), Refusal.REQUEST_ANSWERED),
    ("told of no extension", after(), event(ExtensionNotified, R), Refusal.NOT_EXTENDED),
    ("paused for what no law names", after(), event(Paused, R, ground="holiday"), Refusal.NO_GROUND),
    ("paused twice", PAUSED, event(Paused, "2026-11-06"), Refusal.ALREADY_PAUSED),
    ("resumed while it runs", after(), event(Resumed, R), Refusal.NOT_PAUSED),
    ("answered while the clock stands", PAUSED, event(Answered, "2026-11-06"), Refusal.CLOCK_STANDS),
    ("extended while the clock stands", PAUSED, event(Extended, "2026-11-06", until=date(2026, 12, 1)), Refusal.CLOCK_STANDS),
    ("decided two days after a hearing notice", after(event(HearingNoticed, "2026-11-09")), event(Answered, "2026-11-11"), Refusal.TOO_SOON_AFTER_NOTICE),
    ("decided before the preliminary decision was told", after(event(HearingNoticed, "2026-11-09", notice="n")), event(Answered, "2026-11-20"), Refusal.HEARING_NOT_TOLD),
    ("told once more", after(event(Told, "2026-11-20")), event(Told, "2026-11-23"), Refusal.ALREADY_TOLD),
    ("told on a day to come", after(), event(Told, "2026-11-19"), Refusal.WRONG_DAY),
    ("told before it was decided", after(event(Extended, "2026-11-20", until=date(2026, 12, 1), notice="notice-2")), event(Told, "2026-11-23", on=date(2026, 11, 19)), Refusal.WRONG_DAY),
    ("delivered before it was signed", ANSWERED, event(Delivered, "2026-11-09", on=date(2026, 11, 4)), Refusal.WRONG_DAY),
    ("told without what shows it", after(), event(Told, "2026-11-20", proof=" "), Refusal.NO_TEXT),
    ("told of nothing", after(), event(Told, "2026-11-20", notice=""), Refusal.NO_NOTICE),
    ("a hearing on what was answered", ANSWERED, event(HearingNoticed, "2026-11-09"), Refusal.REQUEST_ANSWERED),
    ("delivered before it was answered", after(), event(Delivered, R), Refusal.NOT_ANSWERED),
    ("reopened before it was answered", after(), event(Reopened, R), Refusal.NOT_ANSWERED),
    ("rated before it was delivered", ANSWERED, event(Rated, "2026-11-09"), Refusal.NOT_DELIVERED),
    ("rated with six stars", DELIVERED, event(Rated, "2026-11-09", stars=6), Refusal.NO_SUCH_RATING),
    ("answered after it was erased", after(event(KeyDestroyed, "2026-11-05")), event(Answered, "2026-11-09"), Refusal.ERASED),
    ("erased twice", after(event(KeyDestroyed, "2026-11-05")), event(KeyDestroyed, "2026-11-09"), Refusal.ERASED),
    ("erased by a program", after(), event(KeyDestroyed, R, by=PROGRAM), Refusal.PERSON_DECIDES),
    ("opened though no program veiled it", after(event(Shielded, R)), event(Unveiled, R), Refusal.NOT_VEILED),
    ("opened by a program", after(event(Veiled, R)), event(Unveiled, R, by=PROGRAM), Refusal.PERSON_DECIDES),
    ("linked to itself", after(), event(Linked, R, other="case-1"), Refusal.LINKED_TO_ITSELF),
    ("linked twice", after(event(Linked, R)), event(Linked, R), Refusal.ALREADY_LINKED),
    ("unlinked without a link", after(), event(Unlinked, R), Refusal.NOT_LINKED),
    ("released though nobody has it", after(), event(Released, R), Refusal.NOT_ASSIGNED),
    ("a calendar that moves dates in silence", registered("2026-08-10"), event(Recalculated, "2026-08-11", moved=()), Refusal.MOVES_NOT_TOLD),
]  # fmt: skip


@pytest.mark.parametrize(("before", "then", "reason"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_cannot_follow_is_refused_with_its_reason(
    before: tuple[AnyEvent, ...], then: AnyEvent, reason: Refusal
) -> None:
    now = case(*before) if before else None
    assert refusal(now, then, TERMS) is reason
    assert admitted(now, then, TERMS) == Refused(reason)


def test_every_reason_can_be_met() -> None:
    assert {reason for *_, reason in REFUSED} == set(Refusal)


ADMITTED: list[tuple[str, tuple[AnyEvent, ...], AnyEvent, Stage]] = [
    ("registered", UNREGISTERED, event(Registered, R), Stage.REGISTERED),
    ("erased after it went elsewhere", SENT_ON, event(KeyDestroyed, "2026-11-09"), Stage.ERASED),
    ("erased after it was taken back", TAKEN_BACK, event(KeyDestroyed, "2026-11-09"), Stage.ERASED),
    ("taken back before registration", UNREGISTERED, event(Withdrawn, R), Stage.WITHDRAWN),
    ("a complaint against a case taken back", TAKEN_BACK, event(Complained, "2026-11-09"), Stage.WITHDRAWN),
    ("a document for a case that went elsewhere", SENT_ON, event(DocumentAdded, "2026-11-09"), Stage.FORWARDED),
    ("all of it sent on", after(), event(Forwarded, R), Stage.FORWARDED),
    ("a part sent on", after(), event(Forwarded, R, requests=(2,)), Stage.REGISTERED),
    ("forwarded late: recorded as late", after(), event(Forwarded, "2026-11-20"), Stage.FORWARDED),
    ("the other part answered", PART_SENT_ON, event(Answered, "2026-11-09"), Stage.ANSWERED),
    ("answered late: recorded as late", after(), event(Answered, "2027-03-01"), Stage.ANSWERED),
    ("half answered", after(), event(Answered, R, requests=(1,)), Stage.REGISTERED),
    ("extended on the last day to the last day", after(), event(Extended, "2026-11-23T23:00", until=date(2027, 1, 2)), Stage.REGISTERED),
    ("paused on the last day", after(), event(Paused, "2026-11-23"), Stage.PAUSED),
    ("resumed", PAUSED, event(Resumed, "2026-11-09"), Stage.REGISTERED),
    ("decided three days after a hearing notice", after(event(HearingNoticed, "2026-11-09")), event(Answered, "2026-11-12"), Stage.ANSWERED),
    ("delivered", ANSWERED, event(Delivered, "2026-11-06"), Stage.DELIVERED),
    ("came back", ANSWERED, event(DeliveryFailed, "2026-11-06"), Stage.ANSWERED),
    ("rated", DELIVERED, event(Rated, "2026-11-09"), Stage.DELIVERED),
    ("not solved", DELIVERED, event(Reopened, "2026-11-09"), Stage.REOPENED),
    ("answered again", (*DELIVERED, event(Reopened, "2026-11-09")), event(Answered, "2026-11-10"), Stage.ANSWERED),
    ("sent on after all", (*DELIVERED, event(Reopened, "2026-11-09")), event(Forwarded, "2026-11-10"), Stage.FORWARDED),
    ("a signal becomes an appeal", SIGNAL, event(Identified, R), Stage.REGISTERED),
    ("two events of one moment", UNREGISTERED, event(Registered, R), Stage.REGISTERED),
    ("linked by a program", after(), event(Linked, R, by=PROGRAM), Stage.REGISTERED),
    ("counted anew, and nothing moves", after(), event(Recalculated, R), Stage.REGISTERED),
]  # fmt: skip


@pytest.mark.parametrize(("before", "then", "stage"), [a[1:] for a in ADMITTED], ids=[a[0] for a in ADMITTED])
def test_what_may_follow(before: tuple[AnyEvent, ...], then: AnyEvent, stage: Stage) -> None:
    result = admitted(case(*before), then, TERMS)
    assert isinstance(result, Case)
    assert result.stage is stage
    assert result.events == (*before, then)


def test_what_follows_from_a_full_life() -> None:
    life = case(
        *registered(R, requests=3, standing=Standing.APPEAL),
        event(Assigned, R, unit="roads", officer="o-1"),
        event(Reclassified, "2026-11-03"),
        event(Linked, "2026-11-03", other="case-0", relation=Relation.REPEAT),
        event(Linked, "2026-11-03", other="case-9"),
        event(Unlinked, "2026-11-03", other="case-9"),
        event(Forwarded, "2026-11-04", requests=(3,)),
        event(DocumentAdded, "2026-11-04"),
        event(Extended, "2026-11-20", until=date(2026, 12, 10)),
        event(ExtensionNotified, "2026-11-23"),
        event(Answered, "2026-12-08", requests=(1,)),
        event(Answered, "2026-12-09"),
        event(DeliveryFailed, "2026-12-09"),
        event(Delivered, "2026-12-10"),
        event(Rated, "2026-12-11", stars=2),
        event(Complained, "2026-12-14"),
        event(Reopened, "2026-12-15"),
    )
    assert (life.kind, life.unit, life.officer) == ("complaint", "roads", "o-1")
    assert life.is_repeat
    assert [link.other for link in life.links] == ["case-0"]
    assert (life.gone, life.ours, life.open) == ({3}, {1, 2}, {1, 2})
    assert [answer.requests for answer in life.answers] == [(1,), (2,)]
    assert life.completed_at == at("2026-12-09")
    assert life.extensions[0].notice is not None
    assert (life.documents, life.failed_deliveries, life.stars) == (1, 1, 2)
    assert (len(life.complaints), len(life.reopenings), len(life.forwards)) == (1, 1, 1)
    assert life.stage is Stage.REOPENED
    assert life.delivered_at is None


def test_a_fold_begins_with_the_receipt() -> None:
    with pytest.raises(ValueError, match="the first event of a case is Received, not Registered"):
        folded([event(Registered, R)])
    with pytest.raises(ValueError, match="once"):
        folded([event(Received, R), event(Received, R)])


def test_events_survive_being_written_down() -> None:
    everything = [*after(), event(Extended, R, until=date(2026, 12, 1)), event(Forwarded, R, requests=(1,))]
    written = msgspec.json.encode(everything)
    assert msgspec.json.decode(written, type=list[AnyEvent]) == everything
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(written.replace(b'"number"', b'"nummer"'), type=list[AnyEvent])


OLD = [
    (b'{"event":"extended","at":"2026-11-20T05:00:00Z","by":{"kind":"person","name":"head"},"decided_by":"B. Head",'
     b'"reason":"an expert","until":"2026-12-01"}', {"notice": ""}),
    (b'{"event":"forwarded","at":"2026-11-20T05:00:00Z","by":{"kind":"person","name":"clerk"},"notice":"n-1",'
     b'"reason":"theirs","requests":[],"to":"akimat"}', {"told_apart": False}),
    (b'{"event":"hearingnoticed","at":"2026-11-20T05:00:00Z","by":{"kind":"person","name":"officer"},'
     b'"hearing_at":null,"preliminary":"beef"}', {"notice": ""}),
    (b'{"event":"answered","at":"2026-11-20T05:00:00Z","by":{"kind":"person","name":"officer"},"content":"a1",'
     b'"decision":"refused","despite":[],"reason":null,"requests":[],"signed_by":"C."}', {"notice": ""}),
    (b'{"event":"delivered","at":"2026-11-20T05:00:00Z","by":{"kind":"person","name":"clerk"},"channel":"paper",'
     b'"proof":"n 5"}', {"on": None}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "fields"), OLD)
def test_what_older_versions_wrote_is_read(written: bytes, fields: dict[str, object]) -> None:
    read = msgspec.json.decode(written, type=AnyEvent)
    assert {name: getattr(read, name) for name in fields} == fields


def test_how_two_months_are_read_is_a_setting() -> None:
    far = event(Extended, "2026-11-23", until=date(2027, 1, 23))
    added = msgspec.structs.replace(TERMS, two_months=TwoMonths.ADDED)
    assert refusal(case(*after()), far, TERMS) is Refusal.TOO_LONG
    assert refusal(case(*after()), far, added) is None


MOVERS = (Extended, Paused, Resumed, Recalculated, Identified, Forwarded, HearingNoticed, Reopened)
"""The only events that may change a date; each says so by its name."""
MAKERS: dict[type, st.SearchStrategy[dict[str, Any]]] = {
    Registered: st.just({}),
    Identified: st.just({}),
    Reclassified: st.sampled_from([{"kind": "complaint"}, {"kind": "inquiry"}, {"kind": "nonsense"}]),
    Divided: st.integers(0, 4).map(lambda n: {"requests": n}),
    Assigned: st.just({}),
    DocumentAdded: st.just({}),
    Linked: st.sampled_from(["case-1", "case-2", "case-3"]).map(lambda other: {"other": other}),
    Unlinked: st.sampled_from(["case-2", "case-3"]).map(lambda other: {"other": other}),
    Forwarded: st.lists(st.integers(1, 4), max_size=2).map(lambda some: {"requests": tuple(some)}),
    ExtensionNotified: st.just({}),
    Told: st.dates(date(2023, 1, 1), date(2027, 12, 1)).map(lambda on: {"on": on}),
    HearingNoticed: st.just({}),
    Paused: st.just({}),
    Resumed: st.just({}),
    Answered: st.tuples(st.lists(st.integers(1, 4), max_size=2), st.sampled_from([OFFICER, PROGRAM])).map(
        lambda made: {"requests": tuple(made[0]), "by": made[1]}
    ),
    Delivered: st.just({}),
    DeliveryFailed: st.just({}),
    Rated: st.integers(0, 6).map(lambda stars: {"stars": stars}),
    Reopened: st.just({}),
    Complained: st.just({}),
    Withdrawn: st.just({}),
    Veiled: st.just({}),
    Unveiled: st.just({}),
    KeyDestroyed: st.just({}),
}


class Life(RuleBasedStateMachine):
    """A case to which anything may be tried; only what is admitted happens."""

    now: datetime
    case: Case
    told: list[AnyEvent]

    @initialize(
        day=st.dates(date(2023, 1, 1), date(2027, 6, 1)),
        hour=st.integers(0, 23),
        standing=st.sampled_from(Standing),
        requests=st.integers(1, 3),
        version=st.sampled_from(versions()),
    )
    def it_comes(self, day: date, hour: int, standing: Standing, requests: int, version: str) -> None:
        self.now = at(f"{day.isoformat()}T{hour:02}:00")
        first = event(Received, R, at=self.now, standing=standing, requests=requests, calendar=version)
        begun = admitted(None, first, TERMS)
        assert isinstance(begun, Case)
        self.case, self.told = begun, [first]

    def attempt(self, then: AnyEvent) -> bool:
        before = deadlines(self.case, TERMS)
        result = admitted(self.case, then, TERMS)
        if isinstance(result, Refused):
            assert result.reason in Refusal
            return False
        moves = moved(before, deadlines(result, TERMS))
        changed = [m for m in moves if m.before is not None and m.after is not None]
        if isinstance(then, Recalculated):
            assert then.moved == moves
        elif not isinstance(then, MOVERS):
            assert changed == [], f"{type(then).__name__} moved {changed}"
        if isinstance(then, Forwarded | HearingNoticed | Reopened):
            assert not any(m.rule in (Rule.ANSWER, Rule.EXTENSION) for m in changed)
        self.case = result
        self.told.append(then)
        return True

    @rule(hours=st.integers(1, 24 * 9))
    def time_passes(self, hours: int) -> None:
        if (self.now - self.told[0].at).days < 300:
            self.now += timedelta(hours=hours)

    @rule(data=st.data(), what=st.sampled_from(sorted(MAKERS, key=lambda kind: kind.__name__)))
    def anything_is_tried(self, data: st.DataObject, what: type) -> None:
        self.attempt(event(what, R, at=self.now, **data.draw(MAKERS[what])))

    @rule()
    def registered_if_not(self) -> None:
        due = self.case.number is None and self.case.ended_at is None
        assert self.attempt(event(Registered, R, at=self.now)) is due

    @rule(days=st.integers(-3, 90))
    def extended(self, days: int) -> None:
        before = answer_term(self.case, TERMS)
        until = self.now.date() + timedelta(days=days)
        if self.attempt(event(Extended, R, at=self.now, until=until)):
            after_it, limit = answer_term(self.case, TERMS), extension_limit(self.case, TERMS)
            assert before is not None and before.due is not None
            assert after_it is not None and after_it.due == until > before.due
            assert limit is not None and limit.due is not None and until <= limit.due

    @precondition(lambda self: self.case.is_paused)
    @rule()
    def resumed_later(self) -> None:
        term = answer_term(self.case, TERMS)
        assert term is None or term.due is None
        if self.attempt(event(Resumed, R, at=self.now)):
            assert not self.case.is_paused

    @rule(version=st.sampled_from(versions()), honest=st.booleans())
    def counted_anew(self, version: str, honest: bool) -> None:
        moves = moved_by_calendar(self.case, version, TERMS)
        told = moves if honest else ()
        done = self.attempt(event(Recalculated, R, at=self.now, calendar=version, moved=told))
        assert done is (told == moves and self.case.erased_at is None)

    @rule()
    def a_complaint_is_always_taken_where_its_words_can_be_kept(self) -> None:
        taken = self.attempt(event(Complained, R, at=self.now, by=CLERK))
        assert taken is (self.case.erased_at is None)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.case.events == tuple(self.told)
        assert folded(self.told) == self.case
        counted = {
            kind: sum(isinstance(e, kind) for e in self.told)
            for kind in (Forwarded, Answered, Reopened, Complained, Extended)
        }
        ours = self.case
        assert [
            len(x) for x in (ours.forwards, ours.answers, ours.reopenings, ours.complaints, ours.extensions)
        ] == list(counted.values())
        assert len(ours.pauses) == sum(isinstance(e, Paused) for e in self.told)

    @invariant()
    def what_is_open_gone_and_answered_is_all_of_it(self) -> None:
        assert self.case.open | self.case.gone | self.case.answered == set(range(1, self.case.requests + 1))
        assert not self.case.open & self.case.gone
        assert not self.case.open & self.case.answered

    @invariant()
    def only_an_appeal_has_a_date(self) -> None:
        if self.case.standing is not Standing.APPEAL:
            assert answer_term(self.case, TERMS) is None

    @invariant()
    def what_happened_is_in_order(self) -> None:
        times = [told.at for told in self.told]
        assert times == sorted(times)
        assert all(isinstance(told, Event) for told in self.told)


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
