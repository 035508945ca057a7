"""Whatever lawful people do with cases, in whatever order: no event is lost, no date moves in silence, nobody sees what he
may not."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import event as database_event
from tests.appeals.desk import AIGUL, APPLICANT, CLERK, HEAD, MONDAY, OFFICER, PAGE, appeal, opened
from tests.builders import StoppedClock

from aimas.accounts import Account, Right, Role
from aimas.accounts.roles import may
from aimas.app import App
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import answer_term, deadlines, moved
from aimas.appeals.service import Due, QueueView, RefusedEvent
from aimas.appeals.states import state_of
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Categorised,
    Channel,
    Complained,
    Decision,
    Delivered,
    DeliveryFailed,
    Divided,
    Entrusted,
    Extended,
    Identified,
    Linked,
    Paused,
    Rated,
    Recalculated,
    Reclassified,
    Refusal,
    Relation,
    Released,
    Reopened,
    Resumed,
    Shielded,
    Stage,
    Standing,
    Unlinked,
    Withdrawn,
)
from aimas.home import create_home
from aimas.web.appeals_desk.entering import scope
from aimas.web.appeals_desk.seeing import seen_by

UNITS = ("duty", "road-police")
PEOPLE = tuple(
    Account(id=name, name=name, roles=(role,), units=units, made_at=MONDAY)
    for name, role, units in (
        ("dana", Role.CLERK, ()),
        ("serik", Role.OFFICER, ("road-police",)),
        ("olzhas", Role.OFFICER, ("duty",)),
        ("marat", Role.HEAD, ("duty",)),
        ("auditor", Role.AUDITOR, ()),
        ("admin", Role.ADMIN, ()),
    )
)
MOVES_THE_TERM = (Identified, Extended, Paused, Resumed, Recalculated)
"""Nothing else may change the day by which an answer is owed."""
TEXTS = (
    "На углу не горит светофор. Прошу починить его.",
    "Светофор на углу не работает, прошу починить светофор.",
    "Соседи шумят ночью. Прошу проверить. Прошу ответить письменно.",
)
PAUSES = '[inspection]\nnames = { ru = "проверка", kk = "тексеру", en = "inspection" }\narticle = "0"\nsource = "a test"\n'


class CaseLife(RuleBasedStateMachine):
    cases = Bundle("cases")

    @initialize()
    def open_office(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="aimas-life-"))
        home = create_home(self._folder / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder
        (home / "pauses.toml").write_text(PAUSES)
        self.clock = StoppedClock(MONDAY)
        self.app: App = opened(home, self.clock)
        database_event.listen(
            self.app.database, "checkout", lambda c, *_: c.execute("PRAGMA synchronous=OFF")
        )
        self.told: dict[str, list[AnyEvent]] = {}
        self.erased: set[str] = set()
        self.looks: dict[str, int] = {}
        self.touched: str | None = None

    def teardown(self) -> None:
        if hasattr(self, "app"):
            assert not self.app.verify()
            self.app.appeals.rebuild(CLERK)
            assert not self.app.verify()
            self.app.close()
            shutil.rmtree(self._folder)

    @rule(
        target=cases,
        text=st.sampled_from(TEXTS),
        standing=st.sampled_from(Standing),
        channel=st.sampled_from((Channel.WEB, Channel.EMAIL, Channel.PAPER)),
        is_confidential=st.booleans(),
        is_police_message=st.booleans(),
    )
    def file(
        self,
        text: str,
        standing: Standing,
        channel: Channel,
        is_confidential: bool,
        is_police_message: bool,
    ) -> str:
        applicant = None if standing is Standing.ANONYMOUS else AIGUL
        done = self.app.appeals.file(
            appeal(
                text,
                standing=standing,
                channel=channel,
                is_confidential=is_confidential,
                applicant=applicant,
                is_police_message=is_police_message,
            ),
            PAGE,
        )
        self.told[done.case] = list(self.app.appeals.case(done.case).events)
        self.touched = done.case
        return done.case

    @rule(hours=st.sampled_from((1, 20, 24 * 4, 24 * 17)))
    def wait(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @rule(case=cases, data=st.data())
    def something_happens(self, case: str, data: st.DataObject) -> None:
        self._try(case, data.draw(self._events(case)))

    @rule(case=cases, requests=st.sampled_from(((), (1,), (2,))))
    def forward(self, case: str, requests: tuple[int, ...]) -> None:
        self._act(case, lambda: self.app.appeals.forward(case, "akimat", requests, "дороги их", CLERK))

    @rule(case=cases, days=st.integers(1, 70))
    def extend(self, case: str, days: int) -> None:
        until = self.clock.now().date() + timedelta(days=days)
        self._act(case, lambda: self.app.appeals.extend(case, until, "запрос", "М. Оспанов, начальник", HEAD))

    @rule(case=cases)
    def notice_a_hearing(self, case: str) -> None:
        self._act(case, lambda: self.app.appeals.notice_hearing(case, "Отказать.", None, OFFICER))

    @rule(case=cases)
    def add_a_document(self, case: str) -> None:
        self._act(case, lambda: self.app.appeals.add_document(case, "ещё письмо", (), APPLICANT))

    @precondition(lambda self: self.told)
    @rule(version=st.sampled_from(("kz/2026-01", "kz/2026-07")))
    def count_by_another_calendar(self, version: str) -> None:
        before = {case: self.app.appeals.case(case) for case in self.told}
        open_before = {case for case in before if state_of(before[case], self.app.appeals.terms).is_open}
        told = dict(self.app.appeals.recalculate(version, CLERK))
        for case in told:
            self._explained(before[case], self.app.appeals.case(case))
            self.told[case] = list(self.app.appeals.case(case).events)
        assert {case for case in open_before if before[case].calendar != version} == set(told)

    @precondition(lambda self: self.told)
    @rule(unit=st.sampled_from(UNITS), is_undone=st.booleans())
    def give_all_to_one_unit_and_perhaps_not(self, unit: str, is_undone: bool) -> None:
        before = {case: self.app.appeals.case(case) for case in self.told}
        done = self.app.appeals.bulk(
            self.told, lambda c: Assigned(at=self.clock.now(), by=CLERK, unit=unit), CLERK
        )
        if is_undone:
            back = self.app.appeals.undo(done.id, CLERK)
            kept = {case for case, _ in back.refused}
            assert set(back.done) == set(done.done) - kept
            assert kept <= self.erased, "only what was erased can't be told why it is taken back"
        for case in self.told:
            now = self.app.appeals.case(case)
            assert now.events[: len(before[case].events)] == before[case].events
            if is_undone and case not in kept:
                assert (now.unit, now.officer) == (before[case].unit, before[case].officer)
            self.told[case] = list(now.events)

    @rule(case=cases)
    def look(self, case: str) -> None:
        self.app.persons.look(case, OFFICER, "веду дело")
        self.looks[case] = self.looks.get(case, 0) + 1

    @rule(case=cases)
    def erase(self, case: str) -> None:
        if case not in self.erased:
            self.app.appeals.erase(case, "решение суда от сегодня", HEAD)
            self.told[case] = list(self.app.appeals.case(case).events)
            self.erased.add(case)
        assert self.app.persons.sheet(case).is_erased

    # What must hold.

    @invariant()
    def no_event_is_lost(self) -> None:
        for case, told in getattr(self, "told", {}).items():
            kept = self.app.appeals.case(case)
            assert list(kept.events) == told
            history = self.app.appeals.history(case)
            assert [each.event for each in history if each.event is not None] == told
            assert sum(each.act == "case-looked" for each in history) == self.looks.get(case, 0)
            positions = [each.position for each in history]
            assert positions == sorted(set(positions))

    @invariant()
    def the_row_is_what_the_events_make(self) -> None:
        rows = self.app.appeal_store.rows(list(getattr(self, "told", {}))) if hasattr(self, "app") else {}
        for case in getattr(self, "told", {}):
            assert rows[case][0] == state_of(self.app.appeals.case(case), self.app.appeals.terms)

    @invariant()
    def what_is_erased_has_come_to_an_end(self) -> None:
        far = self.clock.now().date() + timedelta(days=400) if hasattr(self, "app") else date.max
        for case in getattr(self, "erased", ()):
            state = state_of(self.app.appeals.case(case), self.app.appeals.terms)
            assert (state.stage, state.is_open, state.due) == (Stage.ERASED, False, None)
        if hasattr(self, "app"):
            late = self.app.appeals.queue(QueueView(size=200, due=Due.OVERDUE, sees_confidential=True), far)
            assert not {row.case for row in late.rows} & self.erased

    @invariant()
    def everybody_sees_what_he_may_and_nothing_else(self) -> None:
        scopes = {case: scope(self.app, self.app.appeals.case(case)) for case in getattr(self, "told", {})}
        for account in PEOPLE:
            if not may(account, Right.SEE_QUEUE):
                continue
            view = QueueView(size=200, **seen_by(account, Right.SEE_QUEUE, self.app.office.routing))
            page = self.app.appeals.queue(view, date(2026, 11, 2))
            allowed = {case for case, scope in scopes.items() if may(account, Right.SEE_QUEUE, scope)}
            assert {row.case for row in page.rows} == allowed, account.name
            assert page.total == len(allowed)

    # How.

    def _events(self, case: str) -> st.SearchStrategy[AnyEvent]:
        now, others = self.clock.now(), [c for c in self.told if c != case]
        other = others[0] if others else case

        def make(what: type, by: Any, **fields: Any) -> AnyEvent:
            made: AnyEvent = what(at=now, by=by, **fields)
            return made

        return st.sampled_from(
            [
                make(Assigned, CLERK, unit="road-police", officer="serik"),
                make(Assigned, CLERK, unit="duty"),
                make(Released, CLERK, reason="болеет"),
                make(Categorised, CLERK, category="other"),
                make(Shielded, HEAD, reason="о сотрудниках"),
                make(Entrusted, HEAD, reader="olzhas", reason="проверяет"),
                make(Divided, CLERK, requests=2, reason="две просьбы"),
                make(Reclassified, CLERK, kind="complaint", reason="это жалоба"),
                make(Identified, APPLICANT),
                make(Linked, CLERK, other=other, relation=Relation.SIMILAR),
                make(Unlinked, CLERK, other=other, reason="о другом"),
                make(Paused, HEAD, ground="inspection", reason="проверка"),
                make(Resumed, HEAD),
                make(
                    Answered, OFFICER, decision=Decision.PARTLY, requests=(1,), content="c0", signed_by="О."
                ),
                make(Answered, OFFICER, decision=Decision.SATISFIED, content="c0", signed_by="О."),
                make(Delivered, CLERK, channel=Channel.PAPER, proof="квитанция"),
                make(DeliveryFailed, CLERK, channel=Channel.PAPER, reason="нет адресата"),
                make(Rated, APPLICANT, stars=2),
                make(Reopened, APPLICANT, reason="не решено"),
                make(Complained, APPLICANT, to="department", reason="нет ответа"),
                make(Withdrawn, APPLICANT, reason="передумал"),
            ]
        )

    def _try(self, case: str, event: AnyEvent) -> None:
        self._act(case, lambda: self.app.appeals.tell(case, event))

    def _act(self, case: str, act: Any) -> None:
        before, head = self.app.appeals.case(case), self.app.records.head()
        try:
            act()
        except RefusedEvent as refused:
            assert self.app.records.head() == head
            assert (refused.refusal is Refusal.ERASED) <= (case in self.erased)
            return
        assert case not in self.erased
        now = self.app.appeals.case(case)
        assert now.events[: len(before.events)] == before.events
        assert len(now.events) > len(before.events)
        self._explained(before, now)
        self.told[case] = list(now.events)

    def _explained(self, before: Case, now: Case) -> None:
        """Whenever the day moves, an event of those that may is the cause; a calendar tells every date it moves."""
        terms = self.app.appeals.terms
        was, is_ = answer_term(before, terms), answer_term(now, terms)
        new = now.events[len(before.events) :]
        if (was and was.due) != (is_ and is_.due):
            # What went elsewhere whole is owed by others.
            assert any(isinstance(event, MOVES_THE_TERM) for event in new) or not now.ours
        for event in new:
            if isinstance(event, Recalculated):
                other = msgspec.structs.replace(before, calendar=event.calendar)
                assert event.moved == moved(deadlines(before, terms), deadlines(other, terms))


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    # A life of a home is long: what failed is told as it was, not searched for a shorter one.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
