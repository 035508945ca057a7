"""Who complains of the police is not read by all of the police, also before anybody said that this is a complaint; and a
message in need is read by the duty office at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.appeals.cast import case, event, registered
from tests.appeals.desk import APPLICANT, CLERK, HEAD, MONDAY, PAGE, TODAY, appeal, filed, opened
from tests.builders import StoppedClock

from aimas.accounts import Account, Right, Role, may
from aimas.app import App
from aimas.appeals.advising import Suggesting
from aimas.appeals.against import against
from aimas.appeals.routing import first_read_kinds, read_routing
from aimas.appeals.service import QueueView
from aimas.appeals.states import Press
from aimas.appeals.types import Assigned, Categorised, Shielded, Standing, Unveiled, Urgency, Veiled
from aimas.core import Actor, BadSetting, Guess
from aimas.home import create_home
from aimas.web.appeals_desk.entering import scope
from aimas.web.appeals_desk.seeing import seen_by

BEATEN = "Меня избил сотрудник полиции у входа в отдел. Прошу наказать виновных."
NEED = "Муж бьёт жену ножом, дети кричат. Улица Толе би 48."


def person(name: str, role: Role, *units: str) -> Account:
    return Account(id=name, name=name, roles=(role,), units=units, made_at=MONDAY)


DUTY = person("olzhas", Role.OFFICER, "duty")
ROADS = person("serik", Role.OFFICER, "road-police")
REGISTRY = person("dana", Role.CLERK)
HEAD_OF_ALL = person("marat", Role.HEAD, "*")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    # By the rules alone: no model has to be installed for this.
    monkeypatch.setattr("aimas.app.appealing._suggester", lambda: None)
    home = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder
    app = opened(home, StoppedClock(MONDAY))
    yield app
    app.close()


def seen(office: App, who: Account, **more: object) -> list[str]:
    """By the list, which must say the same as each case by itself."""
    fields = seen_by(who, Right.SEE_QUEUE, office.office.routing) | more
    rows = office.appeals.queue(QueueView(**fields), TODAY).rows
    every = office.appeals.queue(QueueView(sees_confidential=True), TODAY).rows
    if not more:
        allowed = {
            row.case
            for row in every
            if may(who, Right.SEE_QUEUE, scope(office, office.appeals.case(row.case)))
        }
        assert {row.case for row in rows} == allowed
    return [row.case for row in rows]


def test_a_message_is_seen_by_the_duty_office_at_once_and_the_urgent_first(office: App) -> None:
    first = office.appeals.file(
        appeal(NEED, standing=Standing.SIGNAL, is_police_message=True, applicant=None), PAGE
    ).case
    office.appeals.weigh(first, Urgency.URGENT, CLERK)
    signed = filed(office, "Во дворе брошена машина, проверьте.", is_police_message=True).case
    other = filed(office).case
    assert set(seen(office, DUTY)) == {first, signed}
    assert seen(office, ROADS) == []
    assert set(seen(office, REGISTRY)) == {first, signed, other}
    listed = office.appeals.queue(
        QueueView(**seen_by(DUTY, Right.SEE_QUEUE, office.office.routing), urgent_first=True), TODAY
    ).rows
    assert (listed[0].case, listed[0].press) == (first, Press.SAID)
    office.appeals.tell(first, Assigned(at=MONDAY, by=CLERK, unit="road-police"))
    assert seen(office, DUTY) == [signed] and seen(office, ROADS) == [first]


def test_a_message_against_the_police_is_first_read_by_no_officer(office: App) -> None:
    id = office.appeals.file(
        appeal(BEATEN, standing=Standing.SIGNAL, is_police_message=True, applicant=None), PAGE
    ).case
    for who in (DUTY, ROADS, REGISTRY):
        assert seen(office, who) == []
    assert seen(office, HEAD_OF_ALL) == [id]


def test_a_rule_that_is_read_at_once_asks_for_kinds_alone(tmp_path: Path) -> None:
    says = 'says = { ru = "а", kk = "а", en = "a" }\n'
    unit = '[units.north]\nname = { ru = "С", kk = "С", en = "N" }\n'
    rule = f'[[rule]]\nid = "m"\nunit = "north"\nis_read_at_once = true\n{says}'
    home = tmp_path / "routing.toml"
    home.write_text(unit + rule + 'kinds = ["message"]\n', "utf-8")
    assert first_read_kinds(read_routing(tmp_path), ["north"]) == ("message",)
    assert first_read_kinds(read_routing(tmp_path), ["south"]) == ()
    for wrong in ("", 'kinds = ["message"]\nwords = ["нож"]\n'):
        home.write_text(unit + rule + wrong, "utf-8")
        with pytest.raises(BadSetting, match="at once"):
            read_routing(tmp_path)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        pytest.param(BEATEN, "police_conduct", id="beaten, in Russian"),
        pytest.param("Участковый, который вымогал деньги, угрожает.", "police_conduct", id="who extorted"),
        pytest.param("Полицейлер мені ұрды, шара қолданыңыз.", "police_conduct", id="beaten, in Kazakh"),
        pytest.param("The police officer hit me twice.", "police_conduct", id="beaten, in English"),
        pytest.param("Брата держат в изоляторе без воды.", "custody_conditions", id="of custody"),
        pytest.param(NEED, None, id="a husband beats his wife"),
        pytest.param("Сосед ударил меня, полицейский не приехал.", None, id="the police did not come"),
        pytest.param(
            "Звонила участковому: сосед избил ребёнка.", None, id="told the inspector of a neighbour"
        ),
        pytest.param("Прошу починить светофор.", None, id="a lamp"),
    ],
)
def test_words_against_the_police_are_told_from_words_to_the_police(text: str, category: str | None) -> None:
    found = against(text)
    assert (found.category if found else None) == category


def test_what_speaks_against_the_police_is_closed_until_a_person_decides(office: App) -> None:
    cases = [filed(office, BEATEN).case for _ in range(4)]
    assert seen(office, REGISTRY) == []
    veil = office.appeals.case(cases[0]).veil
    assert veil is not None and veil.by.kind == "program" and veil.category == "police_conduct"
    office.appeals.tell(cases[0], Unveiled(at=MONDAY, by=HEAD, reason="о соседе"))
    office.appeals.set_category(cases[1], "neighbours_noise", HEAD)
    office.appeals.set_category(cases[2], "police_conduct", HEAD)
    office.appeals.tell(cases[3], Shielded(at=MONDAY, by=HEAD, reason="о сотрудниках"))
    assert set(seen(office, REGISTRY)) == set(cases[:2])
    for id in cases[2:]:
        assert office.appeals.case(id).is_shielded and office.appeals.case(id).veil is None
    assert not office.verify()
    office.appeals.rebuild(CLERK)
    assert not office.verify()


def test_what_the_applicant_chose_does_not_open_it(office: App) -> None:
    id = filed(office, BEATEN, category="road_safety").case
    assert office.appeals.case(id).is_confidential
    by_himself = case(
        *registered("2026-11-02"),
        event(Veiled, "2026-11-02"),
        event(Categorised, "2026-11-03", by=APPLICANT, category="other"),
    )
    assert by_himself.is_confidential


def test_a_model_that_is_sure_closes_it_too(office: App, monkeypatch: pytest.MonkeyPatch) -> None:
    class Sure:
        def category(self, text: str) -> Guess[str] | None:
            return Guess("custody_conditions", 0.94, (), "appeals/test")

        def urgency(self, text: str) -> Guess[str] | None:
            return None

        competence = urgency

    told: Suggesting = Sure()
    monkeypatch.setattr("aimas.app.appealing._suggester", lambda: told)
    monkeypatch.setattr(office.appeals._advice, "_suggesting", lambda: told)
    veil = office.appeals.case(filed(office).case).veil
    assert veil is not None
    assert (veil.category, veil.confidence, veil.by) == (
        "custody_conditions",
        0.94,
        Actor("program", "appeals/test"),
    )
