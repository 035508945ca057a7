"""Themes of a text that speaks of the institution, with the words that raised them."""

import pytest

from aimas.institution import Institutions, require_profile

MINISTRY = Institutions([require_profile("kz-mia")])


def themes(text: str) -> dict[str, list[str]]:
    found = MINISTRY.themes(text, MINISTRY.find(text))
    return {theme.theme: [span.of(text) for span in theme.evidence] for theme in found}


@pytest.mark.parametrize(
    ("text", "theme", "evidence"),
    [
        pytest.param("Полицейского осудили за взятку.", "corruption", "взятку", id="a bribe in russian"),
        pytest.param("Полиция парақорды ұстады.", "corruption", "парақорды", id="a bribe-taker in kazakh"),
        pytest.param("Police raised salaries.", "pay_and_service", "salaries", id="pay in english"),
        pytest.param(
            "Полицейским подняли денежное довольствие.",
            "pay_and_service",
            "денежное довольствие",
            id="a phrase",
        ),
        pytest.param(
            "Полиция о бытовом насилии.", "domestic_violence", "бытовом насилии", id="a phrase in a case"
        ),
        pytest.param("Полиция нашла пропавшую девочку.", "missing_persons", "пропавшую", id="a stem"),
        pytest.param("Полицейский спас ребёнка.", "rescue", "спас", id="a verb's past"),
        pytest.param("Полиция алаяқтарды ұстады.", "fraud_online", "алаяқтарды", id="fraudsters in kazakh"),
        pytest.param(
            "МВД запускает мобильное приложение.", "digital_services", "мобильное приложение", id="an app"
        ),
        pytest.param("Полиция: в ДТП погибли двое.", "road_safety", "ДТП", id="an abbreviation"),
    ],
)
def test_a_word_raises_a_theme(text: str, theme: str, evidence: str) -> None:
    assert evidence in themes(text)[theme]


def test_a_longer_expression_hides_the_word_inside() -> None:
    assert "rescue" not in themes("Спасибо полиции за работу.")
    assert "road_safety" not in themes("Полиция оцепила место: авария на ТЭЦ.")


def test_no_mention_no_theme() -> None:
    assert themes("Чиновника осудили за взятку.") == {}


def test_one_word_far_from_the_mention_is_not_a_theme_of_it() -> None:
    far = "Полиция провела рейд. " + "Погода была ясной. " * 3 + "Чиновник взял взятку."
    assert "corruption" not in themes(far)
