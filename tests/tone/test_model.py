"""What every answer promises, whatever is asked."""

import random
import re
import threading
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copy

import numpy as np
import pytest

from aimas.core import BadSetting, Language, Span, Tone
from aimas.tone import ToneAnswer, ToneQuestion
from aimas.tone.encoding import UNSEEN
from aimas.tone.model import _FOLDERS, _WORD, TONES, OnnxTone, _deciding, _without, _words_near, load_tone


def question(marked: str, language: Language = Language.RU) -> ToneQuestion:
    """The target stands in square brackets."""
    start, end = marked.index("["), marked.index("]") - 1
    return ToneQuestion(marked.replace("[", "").replace("]", ""), Span(start, end), language)


BLAME = question("Жители жалуются: [полиция] отказалась принять заявление и нагрубила избитой женщине.")
PRAISE = question("Родители благодарят [полицейских], которые спасли их ребёнка из огня.")
REPORT = question("В [полиции] сообщили, что движение по улице закрыто до вечера.")

ODD = [
    pytest.param(question("[Полиция]"), id="nothing but the target"),
    pytest.param(question("[Полиция] молчит"), id="target at the start"),
    pytest.param(question("молчит [полиция]"), id="target at the end"),
    pytest.param(
        question("слово " * 9_000 + "[полиция]" + " слово" * 9_000), id="a hundred thousand characters"
    ),
    pytest.param(question("👏👏 [полиция] 🤡\u200b\u200d"), id="emoji and unseen characters"),
    pytest.param(question("Опять \ud83d [поли\udc4dция] не приехала \udfff"), id="halves of characters"),
    pytest.param(question("[\u200b]"), id="a target that shows nothing"),
    pytest.param(
        question("The [police] бүгін не приехала", Language.KK_RU), id="three languages in a sentence"
    ),
    pytest.param(question("[Polis] negizinde kelmedi", Language.OTHER), id="another language"),
]


@pytest.mark.parametrize("asked", ODD)
def test_an_odd_question_gets_an_honest_answer(model: OnnxTone, asked: ToneQuestion) -> None:
    (answer,) = model.answers([asked])
    assert sum(answer.scores) == pytest.approx(1.0)
    assert answer.guess.confidence == max(answer.scores)
    assert answer.guess.by == model.version
    for span in answer.guess.evidence:
        assert 0 <= span.start < span.end <= len(asked.text)
        assert not span.overlaps(asked.target)


@pytest.mark.parametrize(
    ("asked", "tone"),
    [
        pytest.param(BLAME, Tone.CRITICAL, id="plain blame"),
        pytest.param(PRAISE, Tone.POSITIVE, id="plain praise"),
        pytest.param(REPORT, Tone.NEUTRAL, id="plain report"),
    ],
)
def test_plain_cases_are_right(model: OnnxTone, asked: ToneQuestion, tone: Tone) -> None:
    (answer,) = model.answers([asked])
    assert answer.guess.value is tone


def test_nothing_asked_nothing_answered(model: OnnxTone) -> None:
    assert model.answers([]) == []


def test_a_target_outside_its_text_is_refused(model: OnnxTone) -> None:
    with pytest.raises(ValueError, match="outside"):
        model.answers([ToneQuestion("", Span(0, 1), Language.RU)])


def test_company_in_the_batch_changes_no_answer(model: OnnxTone) -> None:
    alone = [model.answers([q])[0] for q in (BLAME, PRAISE, REPORT)]
    together = model.answers([BLAME, PRAISE, REPORT, question("слово " * 60 + "[полиция]")])[:3]
    assert together == alone


def test_below_the_threshold_of_its_language_the_answer_is_unclear(model: OnnxTone) -> None:
    asked = [*(p.values[0] for p in ODD), BLAME, PRAISE, REPORT]
    for each, answer in zip(asked, model.answers(asked), strict=True):  # type: ignore[arg-type]
        top = TONES[int(np.argmax(answer.scores))]
        least = model.calibration_of(each.language).threshold  # type: ignore[attr-defined]
        assert answer.guess.value is (top if max(answer.scores) >= least else Tone.UNCLEAR)


def test_a_neutral_answer_has_no_evidence_and_a_sided_one_has(model: OnnxTone) -> None:
    blame, praise, report = model.answers([BLAME, PRAISE, REPORT])
    assert report.guess.evidence == ()
    assert 1 <= len(blame.guess.evidence) <= 4
    assert 1 <= len(praise.guess.evidence) <= 4
    assert model.answers([BLAME], evidence=False)[0].guess.evidence == ()


@pytest.mark.parametrize(
    ("costs", "spans"),
    [
        ([2.0, 1.0, 0.1], (Span(0, 7),)),
        ([2.0, 0.1, 0.7], (Span(0, 3), Span(8, 11))),
        ([-0.1, 0.5, -2.0], (Span(4, 7),)),
        ([-0.1, 0.0, -2.0], ()),
    ],
    ids=["neighbours are one", "far ones are two", "what speaks against is none", "nothing speaks for it"],
)
def test_evidence_is_what_the_answer_rests_on(costs: list[float], spans: tuple[Span, ...]) -> None:
    words = [Span(0, 3), Span(4, 7), Span(8, 11)]
    assert _deciding(words, np.array(costs)) == spans


def test_taking_evidence_out_costs_more_than_taking_random_words(model: OnnxTone) -> None:
    texts = [
        "Мать поблагодарила [полицию] за то, что её сына нашли живым через сорок минут.",
        "[Полицейские] три часа ехали на вызов и отказались принять заявление у соседей.",
        "Сотрудник [департамента полиции] попался на взятке и был уволен в тот же день.",
        "В [полиции] нам нахамили и выгнали на мороз, хотя мы просто спросили про справку.",
        "Жители Талгара довольны: [участковый] всегда на связи и быстро решает любой вопрос.",
        "[Полиция] скрыла от учёта сорок заявлений, чтобы улучшить показатели за квартал.",
    ]
    dice = random.Random(7)
    by_evidence, by_chance = [], []
    for asked in map(question, texts):
        (answer,) = model.answers([asked])
        top = int(np.argmax(answer.scores))
        if TONES[top] is Tone.NEUTRAL:
            continue
        encoded = model._encoder.encoded([(asked.text, asked.target)])[0]
        words = [
            Span(m.start(), m.end())
            for m in re.finditer(r"\w+", asked.text)
            if not Span(m.start(), m.end()).overlaps(asked.target)
        ]
        count = sum(any(w.overlaps(e) for e in answer.guess.evidence) for w in words)
        shortened = [_without(encoded, answer.guess.evidence)]
        shortened += [_without(encoded, dice.sample(words, count)) for _ in range(10)]
        left = model._chances(model._logits(shortened), [asked.language] * len(shortened))[:, top]
        by_evidence.append(max(answer.scores) - left[0])
        by_chance.append(max(answer.scores) - left[1:].mean())
    assert len(by_evidence) >= 4
    assert np.mean(by_evidence) > 2 * max(0.0, float(np.mean(by_chance)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("от\u200bказалась ехать", ["от\u200bказалась", "ехать"], id="a zero-width space"),
        pytest.param("нагру\u00adби\u00adли", ["нагру\u00adби\u00adли"], id="soft hyphens"),
        pytest.param("кое\u2060-\u2060как", ["кое\u2060-\u2060как"], id="joiners around a hyphen"),
        pytest.param("\u2068спасли\u2069\u200b", ["спасли"], id="none at the ends"),
        pytest.param("спасли\u200b \u200bвсех", ["спасли", "всех"], id="beside a space"),
        pytest.param("прика\u0301з й\u0438\u0306", ["прика\u0301з", "й\u0438\u0306"], id="accents apart"),
        pytest.param("кто-то don’t x_y", ["кто-то", "don’t", "x", "y"], id="hyphen and apostrophe"),
        pytest.param("позор🤡👏", ["позор", "🤡", "👏"], id="emoji"),
    ],
)
def test_a_word_is_whole(text: str, words: list[str]) -> None:
    assert [m.group() for m in _WORD.finditer(text)] == words


def test_evidence_does_not_split_a_word(model: OnnxTone) -> None:
    strewn = question(
        "Жители жалуются: [полиция] от\u200bка\u00adзалась при\u2060нять заяв\u200bление и на\u200bгрубила избитой женщине."
    )
    plain, broken = (model.answers([asked])[0] for asked in (BLAME, strewn))
    assert broken.scores == plain.scores
    assert plain.guess.evidence
    shown = ["".join(c for c in s.of(strewn.text) if c not in UNSEEN) for s in broken.guess.evidence]
    assert shown == [s.of(BLAME.text) for s in plain.guess.evidence]


def test_a_word_that_the_encoder_saw_in_part_is_whole(model: OnnxTone) -> None:
    asked = question("непереосвидетельствованный " * 40 + "[полиция]" + " непереосвидетельствованный" * 40)
    (encoded,) = model._encoder.encoded([(asked.text, asked.target)])
    assert asked.text[encoded.spans[1][0] - 1].isalpha(), "the encoder's cut is within a word"
    assert {w.of(asked.text) for w in _words_near(asked, encoded)} == {"непереосвидетельствованный"}


def test_many_threads_are_answered_as_one(model: OnnxTone) -> None:
    """The same and different questions at once, of a model that remembers nothing yet."""
    asked = [BLAME, PRAISE, REPORT, *(p.values[0] for p in ODD)]
    expected = [model.answers([each])[0] for each in asked]
    fresh = load_tone()
    assert fresh is not None
    start = threading.Barrier(8)

    def ask(first: int) -> list[ToneAnswer]:
        start.wait()
        order = [(first + n) % len(asked) for n in range(len(asked))]
        told = {n: fresh.answers([asked[n]])[0] for n in order}
        return [told[n] for n in range(len(asked))]

    with ThreadPoolExecutor(8) as threads:
        answered = list(threads.map(ask, range(8)))
    assert all(told == expected for told in answered)


def test_what_is_remembered_is_changed_by_nobody(model: OnnxTone) -> None:
    (encoded,) = model._encoder.encoded([(BLAME.text, BLAME.target)])
    model._logits([encoded])[0, 0] += 1
    kept = model._remembered(array("I", encoded.ids).tobytes(), bytes(encoded.roles))
    with pytest.raises(ValueError, match="read-only"):
        kept[0] += 1
    assert (model._logits([encoded])[0] == kept).all()


def test_no_weights_no_model(tmp_path: Path) -> None:
    assert load_tone(tmp_path) is None


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    shipped = next(f for f in _FOLDERS if (f / "card.json").exists())
    for name in ("card.json", "tokenizer.json"):
        copy(shipped / name, tmp_path / name)
    (tmp_path / "model.onnx").write_bytes(b"not the model")
    with pytest.raises(BadSetting, match="restore models/tone"):
        load_tone(tmp_path)


def test_a_card_without_weights_is_refused(tmp_path: Path) -> None:
    copy(next(f for f in _FOLDERS if (f / "card.json").exists()) / "card.json", tmp_path / "card.json")
    with pytest.raises(BadSetting, match=r"model\.onnx"):
        load_tone(tmp_path)
