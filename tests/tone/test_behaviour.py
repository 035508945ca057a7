"""Behaviour tables, one a language: a share of each category must be right, never each row.

A row: category, group, expected tone (alternatives by |), text with the target in square brackets. Rows of a group
`t…` are translations of each other and share it across files; rows of a group `n…` differ in a name or people only.
"""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from aimas.core import Language, Span, Tone
from aimas.tone import ToneAnswer, ToneQuestion
from aimas.tone.model import TONES, OnnxTone

TABLES = Path(__file__).parent / "behaviour"

FLOORS = {
    "negation": 0.5,
    "victim": 0.5,
    "crime": 0.8,
    "selfpraise": 0.6,
    "others": 0.75,
    "two": 0.5,
    "denial": 0.5,
    "irony": 0.3,
    "names": 0.5,
    "plain": 0.75,
}
ALL = 0.68
AGREE = 0.6
SAME = 0.9


class Case(NamedTuple):
    category: str
    group: str
    expected: set[str]
    asked: ToneQuestion


def cases(language: str) -> list[Case]:
    made = []
    for line in (TABLES / f"{language}.tsv").read_text("utf-8").splitlines():
        category, group, expected, marked = line.split("\t")
        start, end = marked.index("["), marked.index("]") - 1
        text = marked.replace("[", "").replace("]", "")
        asked = ToneQuestion(text, Span(start, end), Language(language))
        made.append(Case(category, group, set(expected.split("|")), asked))
    return made


def most_probable(answer: ToneAnswer) -> Tone:
    return TONES[answer.scores.index(max(answer.scores))]


@pytest.fixture(scope="session")
def told(model: OnnxTone) -> dict[str, list[tuple[Case, ToneAnswer]]]:
    out = {}
    for language in ("ru", "kk", "en"):
        table = cases(language)
        answers = model.answers([c.asked for c in table], evidence=False)
        out[language] = list(zip(table, answers, strict=True))
    return out


def right(case: Case, answer: ToneAnswer) -> bool:
    """Abstaining counts only where the table admits it."""
    return most_probable(answer).value in case.expected or answer.guess.value.value in case.expected


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_each_category_holds_its_floor(told: dict[str, list[tuple[Case, ToneAnswer]]], language: str) -> None:
    results: defaultdict[str, list[bool]] = defaultdict(list)
    for case, answer in told[language]:
        results[case.category].append(right(case, answer))
    assert len(told[language]) >= 40
    assert results.keys() == FLOORS.keys()
    shares = {category: sum(got) / len(got) for category, got in results.items()}
    low = {c: round(s, 2) for c, s in shares.items() if s < FLOORS[c]}
    assert not low, f"{language}: below the floor"
    every = [r for got in results.values() for r in got]
    assert sum(every) / len(every) >= ALL


def test_a_sentence_and_its_translations_agree(told: dict[str, list[tuple[Case, ToneAnswer]]]) -> None:
    groups: defaultdict[str, set[Tone]] = defaultdict(set)
    for answered in told.values():
        for case, answer in answered:
            if case.group.startswith("t"):
                groups[case.group].add(most_probable(answer))
    agreeing = sum(len(tones) == 1 for tones in groups.values())
    assert len(groups) >= 16
    assert agreeing / len(groups) >= AGREE, {g: t for g, t in groups.items() if len(t) > 1}


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_names_and_peoples_do_not_change_the_tone(
    told: dict[str, list[tuple[Case, ToneAnswer]]], language: str
) -> None:
    groups: defaultdict[str, list[Tone]] = defaultdict(list)
    for case, answer in told[language]:
        if case.group.startswith("n"):
            groups[case.group].append(most_probable(answer))
    for tones in groups.values():
        assert max(tones.count(t) for t in tones) / len(tones) >= SAME
