import csv
import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import BadInput, BadSetting, Language
from aimas.evaluation.language import evaluate
from aimas.text import LanguageDetector

detector = LanguageDetector()
RU, KK, EN, MIXED, OTHER = Language.RU, Language.KK, Language.EN, Language.KK_RU, Language.OTHER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Полиция задержала подозреваемого в краже.", RU, id="a Russian sentence"),
        pytest.param("ПОЛИЦИЯ ЗАДЕРЖАЛА ПОДОЗРЕВАЕМОГО", RU, id="Russian capitals"),
        pytest.param("Полиция ұрлыққа күдіктіні ұстады.", KK, id="a Kazakh sentence"),
        pytest.param("полиция урлыкка кудиктини устады деп хабарлады", KK, id="Kazakh without its letters"),
        pytest.param("Politsia urlyqqa küdiktini ūstady dep habarlady", KK, id="Kazakh in Latin of 2021"),
        pytest.param("Qazaqstanda jańa mektepter ashyldy", KK, id="Kazakh in Latin of 2018"),
        pytest.param("Police detained a man suspected of theft.", EN, id="an English sentence"),
        pytest.param("Police detain suspect", EN, id="an English title"),
        pytest.param("Жители жалуются на дороги", RU, id="a Russian title"),
        pytest.param("Тұрғындар жолға шағымданды", KK, id="a Kazakh title"),
        pytest.param("Милиция уурулук боюнча шектүүнү кармады деп билдирди.", OTHER, id="Kyrgyz"),
        pytest.param("Полиция урлауда шикләнелгән кешене тотып алган дип хәбәр итә.", OTHER, id="Tatar"),
        pytest.param("Милиция ўғирликда гумон қилинган шахсни ушлади.", OTHER, id="Uzbek in Cyrillic"),
        pytest.param("Politsiya o‘g‘irlikda gumon qilingan shaxsni ushladi.", OTHER, id="Uzbek in Latin"),
        pytest.param("Поліція затримала підозрюваного у крадіжці.", OTHER, id="Ukrainian"),
        pytest.param("Паліцыя затрымала падазраванага ў крадзяжы.", OTHER, id="Belarusian"),
        pytest.param("Полицията задържа заподозрян за кражба.", OTHER, id="Bulgarian"),
        pytest.param("Polis hırsızlık şüphelisini yakaladı.", OTHER, id="Turkish"),
        pytest.param("Polis oğurluqda şübhəli bilinən şəxsi saxlayıb.", OTHER, id="Azerbaijani"),
        pytest.param("Die Polizei nahm einen Verdächtigen fest.", OTHER, id="German"),
        pytest.param("警方逮捕了一名盗窃嫌疑人。", OTHER, id="Chinese"),
        pytest.param("الشرطة تعتقل مشتبها به", OTHER, id="Arabic"),
        pytest.param("12.05.2024 — 3,5 % 👍", OTHER, id="no letters at all"),
        pytest.param("", OTHER, id="nothing"),
        pytest.param(
            "Кеше полиция күдіктіні ұстады. Об этом сообщили в департаменте полиции.",
            MIXED,
            id="a sentence of each",
        ),
        pytest.param(
            "Министр жиналыс өткізді, но ничего нового он там не сказал.", MIXED, id="a clause of each"
        ),
        pytest.param(
            "Олжас Бектенов Сергей Лавровпен және Владимир Путинмен кездесті.",
            KK,
            id="Russian names in a Kazakh sentence",
        ),
        pytest.param(
            "Партия «Нұр Отан» и фонд «Қазақстан халқына» выделили деньги школе.",
            RU,
            id="Kazakh names in a Russian sentence",
        ),
    ],
)
def test_a_language_is_told(text: str, expected: Language) -> None:
    assert detector.detect(text).value is expected


def test_a_mixed_text_shows_a_clause_of_each() -> None:
    text = "Кеше полиция күдіктіні ұстады. Об этом сообщили в департаменте полиции."
    shown = [span.of(text) for span in detector.detect(text).evidence]
    assert shown == ["Кеше полиция күдіктіні ұстады", "Об этом сообщили в департаменте полиции"]


def test_a_long_text_with_a_foreign_paragraph_is_mixed() -> None:
    russian = "Жители посёлка рассказали, что воды нет уже неделю и никто им не отвечает. " * 30
    kazakh = "Тұрғындар су жоқ екенін, ешкім жауап бермейтінін айтып шағымданды.\n"
    assert detector.detect(russian).value is RU
    assert detector.detect(russian + "\n" + kazakh + russian).value is MIXED


def test_one_by_one_and_together_agree() -> None:
    texts = ["Суд решил", "Сот шешті", "", "The court ruled", "Суд вирішив цю справу"] * 40
    assert detector.detect_many(texts) == [detector.detect(text) for text in texts]


@given(st.text(max_size=300))
def test_any_text_gets_a_language_and_a_probability(text: str) -> None:
    guess = detector.detect(text)
    assert 0 < guess.confidence <= 1 and guess.by.startswith("language/")


def test_weights_that_differ_from_their_card_are_refused(tmp_path: Path) -> None:
    shutil.copytree("models/language", tmp_path / "language")
    (tmp_path / "language" / "weights.npz").write_bytes(b"other")
    with pytest.raises(BadSetting, match=r"card\.json"):
        LanguageDetector(tmp_path / "language")


def test_weights_that_are_absent_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"models/language"):
        LanguageDetector(tmp_path)


def test_the_shipped_model_is_small() -> None:
    assert sum(file.stat().st_size for file in Path("models/language").iterdir()) < 3_000_000


def test_an_evaluation_counts_a_foreign_language_as_other() -> None:
    rows = [
        {"text": "Полиция задержала подозреваемого.", "lang": "ru"},
        {"text": "Милиция шектүүнү кармады деп билдирди.", "lang": "ky"},
        {"text": "Поліція затримала підозрюваного.", "lang": "other"},
        {"text": "Полиция күдіктіні ұстады.", "lang": "ru"},
        {"text": "без языка"},
    ]
    scores = evaluate(rows, Path())
    assert scores.rows == 5
    assert scores.metrics == {"accuracy": 0.75}
    assert scores.by_lang == {
        "ru": {"accuracy": 0.5},
        "ky": {"accuracy": 1.0},
        "other": {"accuracy": 1.0},
    }


def test_an_evaluation_names_the_row_without_text() -> None:
    with pytest.raises(BadInput, match="row 1"):
        evaluate([{"lang": "ru"}], Path())


FLOORS = {
    "rus_Cyrl": ("ru", 0.99),
    "kaz_Cyrl": ("kk", 0.99),
    "eng_Latn": ("en", 0.99),
    "kir_Cyrl": ("ky", 0.97),
    "tat_Cyrl": ("tt", 0.97),
    "bak_Cyrl": ("ba", 0.97),
    "uzn_Latn": ("uz", 0.97),
    "ukr_Cyrl": ("uk", 0.97),
    "bel_Cyrl": ("be", 0.97),
    "bul_Cyrl": ("bg", 0.97),
    "azj_Latn": ("az", 0.97),
}


@pytest.mark.skipif("AIMAS_DATA" not in os.environ, reason="not run: AIMAS_DATA names no folder with sib200")
@pytest.mark.parametrize("folder", FLOORS)
def test_held_out_sentences_stay_above_their_floor(folder: str) -> None:
    lang, floor = FLOORS[folder]
    with Path(os.environ["AIMAS_DATA"], "sib200", folder, "dev.tsv").open(encoding="utf-8") as file:
        rows = [
            {"text": row["text"], "lang": lang} for row in csv.DictReader(file, delimiter="\t", quoting=3)
        ]
    assert evaluate(rows, Path()).metrics["accuracy"] >= floor


def test_the_card_says_what_the_weights_were_made_of() -> None:
    card = json.loads(Path("models/language/card.json").read_text("utf-8"))
    assert {"trained_on", "licence", "seed", "command", "sha256", "metrics"} <= card.keys()
