"""What is suggested of an appeal, with the words that made it so; what is not sure is not said."""

import pytest

from aimas.appeals.categories import categories, require_category
from aimas.appeals.competence import bodies
from aimas.appeals.encoder import Encoder
from aimas.appeals.suggesting import OURS, URGENT, USUAL, Suggester, load_suggester
from aimas.appeals.urgency import NOW, PAST, signs
from aimas.core import BadInput, BadSetting


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    made = load_suggester()
    assert made is not None
    return made


CLEAR = [
    pytest.param(
        "Сосед сверху каждую ночь включает музыку до трёх часов, спать невозможно.",
        "neighbours_noise",
        id="noise in Russian",
    ),
    pytest.param(
        "Үш айдан бері жалақымызды бермей отыр, құрылыста жұмыс істейміз.",
        "wages_labour",
        id="wages in Kazakh",
    ),
    pytest.param(
        "I was called by a fake bank employee and lost my savings after telling the code.",
        "fraud_online",
        id="fraud in English",
    ),
    pytest.param(
        "Мой брат сидит в колонии, ему не дают лекарства и не пускают врача.",
        "custody_conditions",
        id="prison in Russian",
    ),
    pytest.param(
        "Большое спасибо участковому, он нашёл мою собаку и был очень вежлив!",
        "thanks",
        id="thanks in Russian",
    ),
    pytest.param(
        "Жеке куәлігім әлі дайын болмады, қашан аламын?", "documents_services", id="documents in Kazakh"
    ),
]


@pytest.mark.parametrize(("text", "category"), CLEAR)
def test_a_clear_appeal_is_told_with_words_of_its_own(suggester: Suggester, text: str, category: str) -> None:
    guess = suggester.category(text)
    assert guess is not None and guess.value == category
    assert 0.5 <= guess.confidence <= 1
    assert guess.by.startswith("appeals/")
    assert guess.evidence
    assert all(span.of(text).strip() for span in guess.evidence)


URGENCY = [
    pytest.param(
        "Муж прямо сейчас ломает дверь и кричит, что убьёт нас, приезжайте!", URGENT, id="danger now"
    ),
    pytest.param(
        "Балам жоғалды, 6 жаста, екі сағаттан бері таба алмай жүрміз, көмектесіңіздер!",
        URGENT,
        id="a missing child",
    ),
    pytest.param(
        "В прошлом году муж ломал дверь, суд дал ему условно. Прошу копию решения.",
        USUAL,
        id="the same, past",
    ),
    pytest.param(
        "I urgently need a passport because my flight is next week.", USUAL, id="urgent for the writer alone"
    ),
]


@pytest.mark.parametrize(("text", "urgency"), URGENCY)
def test_danger_now_is_told_from_danger_past(suggester: Suggester, text: str, urgency: str) -> None:
    assert suggester.answer(text).urgency.value == urgency


def test_what_belongs_to_another_body_is_told_with_the_body(suggester: Suggester) -> None:
    wages = suggester.answer("Работодатель третий месяц не платит зарплату, нас двенадцать человек.")
    assert wages.competence.value == "labour"
    theft = suggester.answer("У меня украли велосипед из подъезда, прошу принять заявление.")
    assert theft.competence.value == OURS


def test_what_is_not_sure_is_not_said(suggester: Suggester) -> None:
    text = "Здравствуйте."
    assert suggester.category(text) is None or suggester.answer(text).category.confidence >= 0.5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Прямо сейчас дерутся", [NOW]),
        ("дәл қазір болып жатыр", [NOW]),
        ("it happened last year", [PAST]),
        ("Что делать, если вдруг загорится дом?", [PAST]),
        ("Сейчас живу у сестры", []),
        ("Прошу выдать справку", []),
    ],
)
def test_rules_of_urgency_say_which_words_spoke(text: str, says: list[str]) -> None:
    assert list(dict.fromkeys(sign.says for sign in signs(text))) == says


def test_a_folder_without_the_model_says_what_to_restore(tmp_path) -> None:
    with pytest.raises(BadSetting, match="models/appeals"):
        Encoder(tmp_path)


def test_categories_and_bodies_are_told_in_three_languages() -> None:
    assert len(categories()) == 12 and categories()[-1].id == "other"
    for each in (*categories(), *bodies()):
        assert set(each.name) == set(each.says) == {"ru", "kk", "en"}
        assert all(each.name.values()) and all(each.says.values())
    with pytest.raises(BadInput, match="neighbours_noise"):
        require_category("dragons")
