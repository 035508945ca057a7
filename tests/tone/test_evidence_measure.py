"""The deletion test of evidence: what is cut out, what is counted, and that both are the same each time."""

from pathlib import Path
from typing import Any

import pytest

from aimas.core import Language, Span
from aimas.evaluation.evidence import LEAST_CHANCE, Deletion, deleted, evaluate, metrics, without
from aimas.tone import ToneQuestion
from aimas.tone.model import OnnxTone


def question(marked: str) -> tuple[ToneQuestion, list[Span]]:
    """The target stands in square brackets, words to cut out in braces."""
    text, target, words, opened = "", None, [], 0
    for character in marked:
        if character in "[{":
            opened = len(text)
        elif character == "]":
            target = Span(opened, len(text))
        elif character == "}":
            words.append(Span(opened, len(text)))
        else:
            text += character
    assert target
    return ToneQuestion(text, target, Language.RU), words


@pytest.mark.parametrize(
    ("marked", "left"),
    [
        pytest.param("Жители {бранят} [полицию] города", "Жители [полицию] города", id="before the target"),
        pytest.param("Жители бранят [полицию] {города}", "Жители бранят [полицию] ", id="the last word"),
        pytest.param("{Жители} {бранят} [полицию] города", "[полицию] города", id="neighbours"),
        pytest.param("{Опять} [полицию] {снова} бранят", "[полицию] бранят", id="on both sides"),
        pytest.param("Жители «{бранят}» [полицию]", "Жители «» [полицию]", id="a word in quotation marks"),
        pytest.param("{Анти}[полиция] молчит", "[полиция] молчит", id="a word that touches the target"),
        pytest.param("Жители бранят [полицию]", "Жители бранят [полицию]", id="nothing"),
    ],
)
def test_cut_out_words_are_gone_and_the_target_stays(marked: str, left: str) -> None:
    asked, words = question(marked)
    assert without(asked, words) == without(asked, words[::-1]) == question(left)[0]


def test_nothing_is_cut_out_of_the_target() -> None:
    with pytest.raises(ValueError, match="target"):
        without(ToneQuestion("полиция молчит", Span(0, 7), Language.RU), [Span(3, 9)])


def test_figures_by_hand() -> None:
    got = metrics([Deletion(2, 0.6, 1.0, 0.1, 0.2), Deletion(1, 0.2, 0.0, 0.0, 0.0), Deletion(0)])
    assert got == {
        "sided": 3,
        "named": pytest.approx(2 / 3),
        "words": 1.5,
        "evidence_drop": pytest.approx(0.4),
        "chance_drop": pytest.approx(0.05),
        "drop_ratio": pytest.approx(8),
        "evidence_turned": 0.5,
        "chance_turned": pytest.approx(0.1),
    }


@pytest.mark.parametrize("chance", [0.0, 0.001, -0.2])
def test_a_loss_by_chance_about_nothing_makes_no_great_ratio(chance: float) -> None:
    assert metrics([Deletion(1, 0.3, 0.0, chance)])["drop_ratio"] == pytest.approx(0.3 / LEAST_CHANCE)


def test_where_no_answer_leans_to_a_side_there_is_no_figure() -> None:
    assert metrics([]) == {}


BLAME = "Жители жалуются: [полиция] отказалась принять заявление и нагрубила избитой женщине."
REPORT = "В [полиции] сообщили, что движение по улице закрыто до вечера."


def test_only_answers_that_take_a_side_are_tested_and_each_alike_every_time(model: OnnxTone) -> None:
    asked = [question(BLAME)[0], question(REPORT)[0]]
    blame, report = deleted(model, asked)
    assert report is None
    assert blame is not None and blame.words >= 1 and blame.drop > blame.chance_drop
    assert deleted(model, asked[::-1]) == [None, blame]


def test_each_language_has_figures_of_its_own(model: object) -> None:
    def row(marked: str, **changes: Any) -> dict[str, Any]:
        asked = question(marked)[0]
        place = {"start": asked.target.start, "end": asked.target.end}
        return {"text": asked.text, **place, "label": "critical", "lang": "ru"} | changes

    scores = evaluate([row(BLAME), row(REPORT, lang="kk"), row(BLAME, lang=None)], Path())
    assert scores.rows == 3
    assert scores.metrics["sided"] == 2 and scores.by_lang["ru"]["sided"] == 1
    assert scores.by_lang["kk"] == {}
