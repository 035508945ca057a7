"""The first rule that fits, with its reason; who is away is passed over; a case handed to and fro is seen."""

from datetime import date
from pathlib import Path

import pytest
from tests.appeals.cast import case, event, registered

from aimas.appeals.categories import categories
from aimas.appeals.routing import Officer, handed_on, is_away, read_routing, route
from aimas.appeals.types import Assigned, Forwarded, Standing
from aimas.core import BadSetting, Language

SHIPPED = read_routing(Path("/nowhere"))
CASE = case(*registered("2026-11-02"))


def test_every_category_is_somebodys_and_every_rule_says_why_in_three_languages() -> None:
    for category in categories():
        found = route(SHIPPED, CASE, "Прошу помочь.", category.id)
        assert found is not None
        assert set(found.rule.says) == {"ru", "kk", "en"}
    assert all(set(unit.name) == {"ru", "kk", "en"} for unit in SHIPPED.units.values())


def test_what_nobody_knows_goes_to_the_registry() -> None:
    found = route(SHIPPED, CASE, "Прошу помочь.", None)
    assert found is not None
    assert (found.unit, found.rule.id) == ("registry", "rest")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Во дворе человек с ножом!", ["ножом"], id="in Russian"),
        pytest.param("Аулада адам пышақпен жүр.", ["пышақпен"], id="in Kazakh"),
        pytest.param("A man with a knife is here.", ["knife"], id="in English"),
    ],
)
def test_a_message_of_danger_goes_to_the_duty_office_with_its_words(text: str, words: list[str]) -> None:
    message = case(*registered("2026-11-02", kind="message", standing=Standing.SIGNAL))
    found = route(SHIPPED, message, text, "road_safety")
    assert found is not None
    assert found.unit == "duty"
    assert [span.of(text) for span in found.evidence] == words


def _home(tmp_path: Path, rules: str) -> Path:
    (tmp_path / "routing.toml").write_text(
        '[units.north]\nname = { ru = "Север", kk = "Солтүстік", en = "North" }\n'
        '[units.rest]\nname = { ru = "Прочее", kk = "Басқа", en = "Rest" }\n' + rules,
        "utf-8",
    )
    return tmp_path


SAYS = 'says = { ru = "а", kk = "а", en = "a" }\n'
NORTH = f'[[rule]]\nid = "n"\nunit = "north"\nregions = ["KZ-11"]\nlanguages = ["ru"]\n{SAYS}[[rule]]\nid = "r"\nunit = "rest"\n{SAYS}'


def test_a_home_has_its_own_units_and_rules(tmp_path: Path) -> None:
    routing = read_routing(_home(tmp_path, NORTH))

    def unit(text: str, language: Language = Language.RU) -> str | None:
        found = route(routing, case(*registered("2026-11-02", language=language)), text, None)
        return found.unit if found else None

    assert unit("В Кокшетау не горит свет.") == "north"
    assert unit("В Алматы не горит свет.") == "rest"
    assert unit("В Кокшетау не горит свет.", Language.KK) == "rest"


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(f'[[rule]]\nid = "x"\nunit = "south"\n{SAYS}', id="a unit that is none"),
        pytest.param('[[rule]]\nid = "x"\n', id="a rule without a unit"),
        pytest.param(
            f'[[rule]]\nid = "x"\nunit = "rest"\ncolour = "red"\n{SAYS}', id="a condition that is none"
        ),
        pytest.param("[[rule]\n", id="no TOML"),
    ],
)
def test_a_wrong_file_is_told_by_name(tmp_path: Path, rules: str) -> None:
    with pytest.raises(BadSetting, match=r"routing\.toml"):
        read_routing(_home(tmp_path, rules))


def test_the_least_laden_of_those_who_are_here_is_suggested() -> None:
    officers = (
        Officer("anel", ("road-police",)),
        Officer("berik", ("road-police",), is_absent=True),
        Officer("dina", ("duty",)),
    )
    found = route(SHIPPED, CASE, "Прошу помочь.", "road_safety", officers, {"anel": 7})
    assert found is not None
    assert (found.officer, found.load, found.absent) == ("anel", 7, ("berik",))
    nobody = route(SHIPPED, CASE, "Прошу помочь.", "custody_conditions", officers, {})
    assert nobody is not None
    assert nobody.officer is None


def test_a_case_that_goes_to_and_fro_is_seen() -> None:
    quiet = case(*registered("2026-11-02"), event(Assigned, "2026-11-02", unit="a"))
    assert not handed_on(quiet).is_ping_pong
    moved = case(
        *registered("2026-11-02", requests=3),
        *(event(Assigned, "2026-11-03", unit=unit) for unit in ("a", "b", "b", "a")),
        event(Forwarded, "2026-11-04", requests=(2,)),
    )
    found = handed_on(moved)
    assert (found.outside, found.between_units, found.back) == (1, 2, 1)
    assert found.is_ping_pong


def test_both_days_of_an_absence_are_absent() -> None:
    away = ((date(2026, 11, 2), date(2026, 11, 4)),)
    assert [is_away(away, date(2026, 11, day)) for day in (1, 2, 4, 5)] == [False, True, True, False]
