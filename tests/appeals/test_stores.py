"""One behaviour of cases on file, whatever database keeps the records."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.appeals.desk import (
    CLERK,
    CORNER,
    HEAD,
    MONDAY,
    OFFICER,
    PHOTO,
    TODAY,
    filed,
    opened,
)

from aimas.app import App
from aimas.appeals.figures import Measure
from aimas.appeals.service import MessageState, QueueView
from aimas.appeals.types import Assigned, Channel, Linked, Relation, Stage, Unlinked
from aimas.home import create_home
from aimas.ledger import Breach

pytestmark = pytest.mark.both_records
OTHER = "У дома Толе би 48 не горит светофор, прошу починить светофор на углу."


@pytest.fixture
def office(tmp_path: Path, records_address: str) -> Iterator[App]:
    where = {"records_url": records_address} if records_address else {}
    folder = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty", **where).folder
    made = opened(folder)
    yield made
    made.close()


def test_a_case_is_filed_found_worked_on_and_proven(office: App) -> None:
    appeals = office.appeals
    one = filed(office, attachments=(PHOTO,), place=CORNER, nonce="a-nonce-of-a-phone")
    assert filed(office, attachments=(PHOTO,), place=CORNER, nonce="a-nonce-of-a-phone") == one
    two = filed(office, OTHER, place=CORNER, category="road_safety")
    assert [one.number, two.number] == ["З-2026-000001", "З-2026-000002"]
    assert appeals.opened(two.number, two.code) == two.case

    many = appeals.bulk([one.case, two.case], lambda c: Assigned(at=MONDAY, by=CLERK, unit="duty"), CLERK)
    assert appeals.queue(QueueView(unit="duty"), TODAY).total == 2
    assert set(appeals.undo(many.id, CLERK).done) == {one.case, two.case}
    assert appeals.queue(QueueView(is_unassigned=True, size=1), TODAY).next is not None

    appeals.tell(two.case, Linked(at=MONDAY, by=CLERK, other=one.case, relation=Relation.REPEAT))
    assert [m.state.case for m in appeals.cluster(one.case)] == [two.case]
    assert appeals.forward(one.case, "akimat", (), "дороги их", CLERK).stage is Stage.FORWARDED
    assert appeals.queue(QueueView(text="светофоры"), TODAY).total == 2

    office.persons.look(one.case, OFFICER, "веду дело")
    assert [r.act for r in appeals.history(one.case) if r.act] == ["case-looked"]
    view = QueueView(sees_confidential=True)
    before = appeals.queue(view, TODAY)
    assert not office.verify()
    appeals.rebuild(CLERK)
    assert appeals.queue(view, TODAY) == before
    office.appeals.erase(one.case, "решение суда номер 5", HEAD)
    assert office.persons.masked(one.case).is_erased
    assert not office.verify()


def test_a_link_taken_away_parts_what_only_it_held_together(office: App) -> None:
    appeals = office.appeals
    a, b, c = (
        filed(office, text).case
        for text in (
            "Прошу вернуть паспорт.",
            "Шумят соседи ночью, примите меры.",
            "Пропала корова в степи, найдите.",
        )
    )
    for one, other in ((b, a), (c, b)):
        appeals.tell(one, Linked(at=MONDAY, by=CLERK, other=other, relation=Relation.SIMILAR))
    assert {m.state.case for m in appeals.cluster(a)} == {b, c}
    appeals.tell(c, Unlinked(at=MONDAY, by=CLERK, other=b, reason="о другом"))
    assert {m.state.case for m in appeals.cluster(a)} == {b}
    assert appeals.cluster(c) == ()
    appeals.rebuild(CLERK)
    assert {m.state.case for m in appeals.cluster(a)} == {b}
    assert appeals.cluster(c) == ()


def test_a_derived_row_that_is_wrong_is_found(office: App) -> None:
    filed(office)
    with office.database.begin() as connection:
        connection.exec_driver_sql("UPDATE case_states SET unit = 'nobody'")
    assert office.verify()[0].breach is Breach.DERIVED


def test_figures_asked_for_again_at_their_position_are_the_same_whatever_came_since(office: App) -> None:
    appeals = office.appeals
    one, two = filed(office).case, filed(office, OTHER, place=CORNER).case
    appeals.tell(one, Assigned(at=MONDAY, by=CLERK, unit="duty"))
    before = appeals.figures(TODAY, TODAY, TODAY)
    assert [u.unit for u in before.units] == ["duty", None]

    appeals.tell(one, Assigned(at=MONDAY, by=CLERK, unit="registry"))
    appeals.forward(two, "akimat", (), "дороги их", CLERK)
    filed(office, "Шумят соседи ночью, примите меры.")
    now = appeals.figures(TODAY, TODAY, TODAY)
    assert len(now.whole.received) == 3 and now.whole.shares[Measure.FORWARDED].cases == (two,)

    assert appeals.figures(TODAY, TODAY, TODAY, before.snapshot) == before
    appeals.rebuild(CLERK)
    assert appeals.figures(TODAY, TODAY, TODAY, before.snapshot) == before
    assert appeals.figures(TODAY, TODAY, TODAY, 2**50) == now


def test_every_letter_is_counted_by_what_became_of_it(office: App) -> None:
    appeals, outbox = office.appeals, office.appeals.outbox
    assert set(office.appeal_store.message_counts().values()) == {0}
    for channel in (Channel.WEB, Channel.EMAIL, Channel.EMAIL, Channel.PAPER):
        appeals.forward(filed(office, channel=channel).case, "akimat", (), "дороги их", CLERK)
    failed = next(row for row in outbox.outgoing() if row.state is MessageState.WAITING)
    outbox.mark_failed(failed, "ящик переполнен")
    assert office.appeal_store.message_counts() == {
        MessageState.WAITING: 1,
        MessageState.BY_HAND: 1,
        MessageState.SENT: 1,
        MessageState.FAILED: 1,
    }
