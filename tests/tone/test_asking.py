"""What a tone model is asked about a mention: its sentence, the neighbours that have room and the title, never another
paragraph."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import publication

from aimas.app import build_understanding
from aimas.core import Guess, Language, Mention, Passed, Reading, Span, Tone
from aimas.evaluation.tone import question
from aimas.flow.understanding import ASKED_MOST, EXPLAINED_MOST, Understanding
from aimas.text.sentences import sentences
from aimas.tone import ToneAnswer, ToneQuestion, verdict
from aimas.tone.asking import CONTEXT, ROOM, TITLED, Asked, questions_about
from aimas.tone.encoding import REACH
from aimas.tone.model import OnnxTone, load_tone

BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
SET = Path(__file__).parents[2] / "quality" / "sets" / "tone.jsonl"


def mention(text: str, span: Span) -> Mention:
    sentence = next((s for s in sentences(text) if s.start <= span.start < s.end), span)
    return Mention(institution="kz-mia", target="police", span=span, sentence=sentence, why="полиция")


def asked(marked: str) -> tuple[str, ToneQuestion, int]:
    """The target stands in square brackets."""
    span = Span(marked.index("["), marked.index("]") - 1)
    text = marked.replace("[", "").replace("]", "")
    (each,) = questions_about(text, [mention(text, span)], Language.RU)
    assert_in_place(each, text, span)
    return text, each.question, each.start


def assert_in_place(each: Asked, text: str, span: Span) -> None:
    """What is asked stands in the text as it is, but for the line after the title."""
    made, lead = each.question, each.lead
    assert made.text[:lead] == text[:lead]
    assert text[each.start : each.start + len(made.text) - lead] == made.text[lead:]
    assert made.target.of(made.text) == span.of(text)
    assert each.in_text(made.target) == span
    assert not lead or len(made.text) <= TITLED


LONG = "Слово" + " слово" * 50 + " конец."

QUESTIONS = [
    pytest.param("[Полиция] молчит.", "Полиция молчит.", id="nothing but the sentence"),
    pytest.param(
        "Жители жалуются. [Полиция] молчит. Так было всегда.",
        "Жители жалуются. Полиция молчит. Так было всегда.",
        id="a short text in one line is asked whole",
    ),
    pytest.param(
        "[Полиция] приехала. Прошло три часа. Дом сгорел.",
        "Полиция приехала. Прошло три часа. Дом сгорел.",
        id="two sentences on one side",
    ),
    pytest.param(
        f"{LONG} [Полиция] молчит. {LONG}",
        "Полиция молчит.",
        id="neighbours without room are left out whole",
    ),
    pytest.param(
        f"{LONG} Жители ждут. [Полиция] молчит. {LONG}",
        "Жители ждут. Полиция молчит.",
        id="the near one has room, the far one has not",
    ),
    pytest.param(
        f"Жители ждут. {LONG[:-6]}[полиция] молчит. Так было всегда.",
        f"{LONG[:-6]}полиция молчит.",
        id="a long sentence is asked alone",
    ),
    pytest.param(
        f"{'а' * 140} {'а' * 3}. [Полиция] молчит. {'Б' * 140}.",
        f"Полиция молчит. {'Б' * 140}.",
        id="where one of two has room, the following",
    ),
    pytest.param(
        "Заголовок винит\n\nЖители ждут. [Полиция] молчит.\nПозор.",
        "Заголовок винит\n\nЖители ждут. Полиция молчит.",
        id="a paragraph ends at its line, the title stands above",
    ),
    pytest.param(
        "Заголовок\n\nПервый абзац.\nЖители ждут. [Полиция] молчит.",
        "Заголовок\n\nЖители ждут. Полиция молчит.",
        id="above a later paragraph too",
    ),
    pytest.param(
        "[Полиция] молчит? Да\n\nЖители ждут. Три часа.\nПозор.",
        "Полиция молчит? Да\n\nЖители ждут. Три часа.",
        id="a title takes what follows it",
    ),
    pytest.param(
        f"Заголовок\n\n{LONG[:-6]}[полиция] молчит, как и всегда в таких делах до самого конца и ни слова больше.",
        f"{LONG[:-6]}полиция молчит, как и всегда в таких делах до самого конца и ни слова больше.",
        id="no title above what is long",
    ),
    pytest.param(
        f"{'З' * 90}\n\n{'А' * 140} {'а' * 3}. [Полиция] молчит. {'Б' * 130}.",
        f"{'З' * 90}\n\nПолиция молчит. {'Б' * 130}.",
        id="neighbours give way to the title",
    ),
    pytest.param(
        f"{'З' * 191}\n\nЖители ждут. [Полиция] молчит.",
        "Жители ждут. Полиция молчит.",
        id="a title of more than half is none",
    ),
    pytest.param(
        "Строка\nдругая\n\nЖители ждут. [Полиция] молчит.",
        "Жители ждут. Полиция молчит.",
        id="two lines are no title",
    ),
    pytest.param(
        f"[Полиция] молчит. {'Б' * (ROOM - 17)}. Ждут.",
        f"Полиция молчит. {'Б' * (ROOM - 17)}.",
        id="a neighbour that just fits",
    ),
    pytest.param(
        f"[Полиция] молчит. {'Б' * (ROOM - 16)}. Ждут.",
        "Полиция молчит.",
        id="and one that just does not",
    ),
    pytest.param("Ждут.\u2028[Полиция] молчит.\r\nПозор.", "Полиция молчит.", id="other ends of a line"),
    pytest.param("👮🤡 [Полиция] молчит 🤡. 👏👏", "👮🤡 Полиция молчит 🤡. 👏👏", id="emoji"),
    pytest.param(
        "\u200bЖдут. \u200b[По\u200bлиция] молчит.\ufeff Да.",
        "\u200bЖдут. \u200bПо\u200bлиция молчит.\ufeff Да.",
        id="unseen characters",
    ),
    pytest.param("Молчит [полиция]", "Молчит полиция", id="the end of the text"),
    pytest.param("  Ждут. [Полиция]", "Ждут. Полиция", id="space at the start"),
]


@pytest.mark.parametrize(("marked", "expected"), QUESTIONS)
def test_a_mention_is_asked_about_with_neighbours_that_have_room(marked: str, expected: str) -> None:
    _, made, _ = asked(marked)
    assert made.text == expected


def test_a_text_of_many_paragraphs_asks_nothing_beyond_the_paragraph() -> None:
    paragraphs = [f"Абзац {n}. [Полиция] молчит. Так было." for n in range(40)]
    for n in (0, 17, 39):
        marked = "\n".join(
            p if m == n else p.replace("[", "").replace("]", "") for m, p in enumerate(paragraphs)
        )
        _, made, _ = asked(marked)
        assert made.text == f"Абзац {n}. Полиция молчит. Так было."


def test_an_article_on_one_line_asks_about_what_is_near() -> None:
    _, made, _ = asked("Прошёл дождь. " * 400 + "[Полиция] молчит. " + "Вышло солнце. " * 400)
    assert len("Полиция молчит.") < len(made.text) <= ROOM
    assert set(made.text.split(". ")) <= {"Прошёл дождь", "Полиция молчит", "Вышло солнце", "Вышло солнце."}


def test_an_endless_sentence_is_cut_at_spaces_no_nearer_than_the_encoder_looks() -> None:
    assert CONTEXT >= REACH
    text, made, start = asked("слово " * 280 + "[полиция] " + "слово " * 40)
    assert set(made.text.split()) == {"слово", "полиция"}
    assert REACH - 6 <= made.target.start <= CONTEXT
    assert text[start - 1] == " "


def test_a_mention_over_the_end_of_its_sentence_brings_both_whole() -> None:
    text = "Вот ответ ДП г. Тараз молчит об этом. Позор."
    whole = Mention(institution="kz-mia", target="police", span=Span(10, 21), sentence=Span(0, 15), why="ДП")
    ((made, start, _),) = questions_about(text, [whole], Language.RU)
    assert (made.text, start) == (text, 0)


anything = st.text(st.characters() | st.sampled_from("а. \n\u200b\ud83d"), max_size=500)


@given(
    anything | st.builds("{}\n\n{}".format, st.text(st.sampled_from("а. !"), max_size=200), anything),
    st.integers(0, 500),
    st.integers(1, 30),
)
def test_any_mention_of_any_text_keeps_its_place(text: str, start: int, length: int) -> None:
    text += "x" * max(0, start + length - len(text))
    span = Span(start, start + length)
    found = mention(text, span)
    (each,) = questions_about(text, [found], Language.OTHER)
    assert_in_place(each, text, span)
    own = text[min(found.sentence.start, span.start) : max(found.sentence.end, span.end)]
    breaks = len(BREAK.findall(each.question.text[each.lead :])) - len(BREAK.findall(own))
    title, ends, _ = text.partition("\n\n")
    above = bool(ends) and not BREAK.search(title) and span.start < len(title + ends)
    assert 0 <= breaks <= 2 * above, "no other paragraph but that below the title"


needs_model = pytest.mark.skipif(load_tone() is None, reason="no tone model is installed here")


@pytest.fixture(scope="module")
def model() -> OnnxTone:
    found = load_tone()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return build_understanding(("kz-mia",), evidence=True)


def understood(understanding: Understanding, *texts: str) -> list[Reading]:
    outcomes = understanding.understand([publication(text) for text in texts])
    return [outcome.value for outcome in outcomes if isinstance(outcome, Passed)]


def most_probable(answer: ToneAnswer) -> int:
    return answer.scores.index(max(answer.scores))


@needs_model
def test_the_product_and_the_measurement_ask_the_same_of_short_texts(model: OnnxTone) -> None:
    """Rows are named by their number alone."""
    rows = [json.loads(line) for line in SET.read_text("utf-8").splitlines()]
    short = [(n, row) for n, row in enumerate(rows, 1) if len(sentences(row["text"])) <= 3]
    measured = [question(n, row)[0] for n, row in short]
    made = [questions_about(q.text, [mention(q.text, q.target)], q.language)[0].question for q in measured]
    several = [n for n, row in short if len(sentences(row["text"])) > 1]
    assert (len(rows), len(several)) == (390, 71)
    expected = model.answers(measured, evidence=False)
    got = model.answers(made, evidence=False)
    otherwise = [
        n
        for (n, _), a, b in zip(short, expected, got, strict=True)
        if most_probable(a) != most_probable(b) or a.scores != b.scores
    ]
    assert otherwise == []


READ = [
    pytest.param("Полиция Алматы приехала на вызов. Ей нет никакого дела до людей.", id="ru, two"),
    pytest.param(
        "В доме кричали. Полиция Алматы приехала через пять минут. Спасибо им за спасённую жизнь!",
        id="ru, three",
    ),
    pytest.param("Көшеде төбелес болды. Алматы полициясы келмеді. Бұл масқара.", id="kk, three"),
    pytest.param(
        "The Almaty police came at once. They found the girl alive. Her mother is grateful.", id="en, three"
    ),
]


@needs_model
@pytest.mark.parametrize("text", READ)
def test_a_reading_says_what_the_measurement_says(
    model: OnnxTone, understanding: Understanding, text: str
) -> None:
    (reading,) = understood(understanding, text)
    assert reading.mentions
    for found in reading.mentions:
        (answer,) = model.answers([ToneQuestion(text, found.span, reading.language.value)])
        assert found.tone is not None and found.scores == answer.scores
        assert (found.tone.value, found.tone.evidence) == (answer.guess.value, answer.guess.evidence)


class Pointing:
    """Blames wherever it is asked, for one word, and keeps the questions."""

    version = "tone/pointing"
    word = "отказались"

    def __init__(self) -> None:
        self.asked: list[ToneQuestion] = []

    def answers(self, questions: Sequence[ToneQuestion], evidence: bool = True) -> list[ToneAnswer]:
        self.asked += questions
        answers = []
        for each in questions:
            found = [m.start() for m in re.finditer(self.word, each.text)] if evidence else []
            spans = tuple(Span(at, at + len(self.word)) for at in found)
            answers.append(ToneAnswer(Guess(Tone.CRITICAL, 0.9, spans, self.version), (0.05, 0.9, 0.05)))
        return answers


@pytest.mark.parametrize("later", [False, True], ids=["words found at once", "words found later"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "", id="the text has nothing else"),
        pytest.param("Погода 🌧 на завтра\n\nЖдут дождя.\n", "\nОни отказались.", id="emoji before"),
        pytest.param("\u200b\u2066Итоги\u2069\ufeff дня\n", " 🤡\u200b", id="unseen characters around"),
        pytest.param("Что-то ещё произошло в городе. " * 90, LONG, id="the middle of a long line"),
    ],
)
def test_evidence_in_a_neighbour_lies_where_its_words_stand(before: str, after: str, later: bool) -> None:
    text = before + "Вызвали полицию Алматы. \u200bТам 👮 отказались ехать." + after
    model = Pointing()
    whole = build_understanding(("kz-mia",))
    understanding = Understanding(
        whole._detector, whole._institutions, whole._gazetteer, model, evidence=not later
    )
    (reading,) = understood(understanding, text)
    mentions = reading.mentions
    if later:
        mentions = understanding.with_evidence(text, reading.language.value, mentions)
    (found,) = mentions
    assert found.tone is not None
    assert found.tone.evidence == (Span(text.index("отказались"), text.index("отказались") + 10),)
    assert len({q.text for q in model.asked}) == 1


@pytest.mark.parametrize("later", [False, True], ids=["words found at once", "words found later"])
@pytest.mark.parametrize(
    "text",
    [
        "Снова отказались\n\nВызвали полицию Алматы. Прошло три часа.",
        "Снова отказались\n\nСнег.\nотказались ехать, хотя вызвали полицию Алматы.",
        "Полиция Алматы: отказались\n\nТри часа ждали. Там отказались ехать.",
    ],
    ids=["in the title", "in the title and below it", "asked about in the title"],
)
def test_evidence_in_the_title_lies_where_its_words_stand(text: str, later: bool) -> None:
    model = Pointing()
    whole = build_understanding(("kz-mia",))
    understanding = Understanding(
        whole._detector, whole._institutions, whole._gazetteer, model, evidence=not later
    )
    title, _, body = text.partition("\n\n")
    source = publication(body, title=title)
    (outcome,) = understanding.understand([source])
    assert isinstance(outcome, Passed)
    mentions = outcome.value.mentions
    if later:
        mentions = understanding.with_evidence(text, outcome.value.language.value, mentions)
    (found,) = mentions
    assert found.tone is not None
    expected = tuple(Span(m.start(), m.end()) for m in re.finditer("отказались", text))
    assert found.tone.evidence == expected


SIDED = "Вызвали полицию Алматы. Полицейские отказались принять заявление и нагрубили избитой женщине."


@needs_model
def test_words_sought_later_are_those_of_the_same_question(understanding: Understanding) -> None:
    (told,) = understood(understanding, SIDED)
    (silent,) = understood(build_understanding(("kz-mia",)), SIDED)
    assert all(m.tone and not m.tone.evidence for m in silent.mentions)
    assert any(m.tone and m.tone.evidence for m in told.mentions)
    assert understanding.with_evidence(SIDED, silent.language.value, silent.mentions) == told.mentions


@needs_model
def test_an_equal_question_is_answered_out_of_memory(
    understanding: Understanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a reprint, of the same paragraph elsewhere; other neighbours make another question."""
    model = load_tone()
    assert model is not None
    monkeypatch.setattr(understanding, "_tone", model)
    monkeypatch.setattr(understanding, "_evidence", False)
    paragraph = "Полиция Алматы приехала. Жители ждали три часа."
    understood(understanding, paragraph)
    once = model._remembered.cache_info()
    understood(understanding, paragraph, f"Заголовок\n{paragraph}\nКонец.")
    again = model._remembered.cache_info()
    assert (again.misses, again.hits - once.hits) == (once.misses, 2 * once.misses)
    understood(understanding, "Полиция Алматы приехала. Жители сказали спасибо.")
    assert model._remembered.cache_info().misses == 2 * once.misses


@needs_model
def test_how_it_is_asked_is_part_of_the_version(model: OnnxTone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert model.version in build_understanding(("kz-mia",)).versions(is_relevant=True)
    monkeypatch.setattr("aimas.tone.model.QUESTIONS", 1)
    older = load_tone()
    assert older is not None and older.version != model.version


def test_of_a_page_full_of_names_the_first_thousand_are_asked_about() -> None:
    """One item must not hold up all others: what lies beyond is a mention without a tone, and no word is lost."""
    model = Pointing()
    whole = build_understanding(("kz-mia", "kz-prosecutor"))
    both = Understanding(whole._detector, whole._institutions, whole._gazetteer, model)
    names = "Вызвали полицию Алматы, там отказались.\n" * 1_200 + "Генпрокуратура промолчала. "
    (reading,) = understood(both, names)
    ours = [m for m in reading.mentions if m.institution == "kz-mia"]
    (other,) = [m for m in reading.mentions if m.institution == "kz-prosecutor"]
    assert [m.tone is not None for m in ours] == [n < ASKED_MOST for n in range(1_200)]
    assert other.tone is not None, "each institution has a thousand of its own"
    assert len(model.asked) == ASKED_MOST + 1
    assert [bool(m.tone and m.tone.evidence) for m in ours] == [n < EXPLAINED_MOST for n in range(1_200)]
    later = both.with_evidence(names, reading.language.value, ours)
    assert sum(bool(m.tone and m.tone.evidence) for m in later) == 2 * EXPLAINED_MOST
    decided = verdict("kz-mia", ours)
    assert decided is not None and decided.tone is Tone.CRITICAL
