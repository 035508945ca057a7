"""Whether the words named as evidence decided: what an answer loses without them, and without random words instead.

A deletion test, after ERASER's comprehensiveness (DeYoung et al. 2020). Of each answer that leans to a side the words
of its evidence are cut out of the text, and the question is asked again; then as many words are drawn by lot from those
that the model tried, several times.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from aimas.core import Span, Tone
from aimas.evaluation.scores import Row, Scores, by_language
from aimas.evaluation.tone import question, require_model
from aimas.tone import ToneAnswer, ToneQuestion
from aimas.tone.model import TONES, OnnxTone

DRAWS = 5
"""Random draws an answer; their mean stands against its evidence."""
SEED = 20261123
LEAST_CHANCE = 0.01
"""In the ratio a loss by chance counts for at least this much: one about nothing would make any ratio great."""


class Deletion(msgspec.Struct, frozen=True):
    """What one answer loses: probability of the tone that it gave, and that tone's place as the most probable."""

    words: int
    """Words of evidence; 0 where a side was taken and none was named."""
    drop: float = 0.0
    turned: float = 0.0
    chance_drop: float = 0.0
    chance_turned: float = 0.0
    """Share of the draws."""


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """Rows are those of tone; only answers that lean to a side count. Raises BadSetting where no model is installed."""
    model = require_model()
    questions = [question(number, row)[0] for number, row in enumerate(rows, 1)]
    by_language(rows)
    deletions = {
        id(row): deletion
        for row, deletion in zip(rows, deleted(model, questions), strict=True)
        if deletion is not None
    }

    def of(part: Sequence[Row]) -> dict[str, float]:
        return metrics([deletions[id(row)] for row in part if id(row) in deletions])

    return Scores(
        "evidence", len(rows), of(rows), {lang: of(part) for lang, part in sorted(by_language(rows).items())}
    )


def metrics(deletions: Sequence[Deletion]) -> dict[str, float]:
    """Empty where no answer leans to a side. All but `named` are means over the answers that have evidence."""
    if not deletions:
        return {}
    having = [deletion for deletion in deletions if deletion.words]
    made = {"sided": float(len(deletions)), "named": len(having) / len(deletions)}
    if not having:
        return made
    drop = float(np.mean([deletion.drop for deletion in having]))
    chance = float(np.mean([deletion.chance_drop for deletion in having]))
    return made | {
        "words": float(np.mean([deletion.words for deletion in having])),
        "evidence_drop": drop,
        "chance_drop": chance,
        "drop_ratio": drop / max(chance, LEAST_CHANCE),
        "evidence_turned": float(np.mean([deletion.turned for deletion in having])),
        "chance_turned": float(np.mean([deletion.chance_turned for deletion in having])),
    }


def deleted(model: OnnxTone, questions: Sequence[ToneQuestion]) -> list[Deletion | None]:
    """None for an answer that takes no side. The draws of a question hang on its text and target alone."""
    found: list[Deletion | None] = []
    for asked, answer in zip(questions, model.answers(questions), strict=True):
        if answer.guess.value not in (Tone.POSITIVE, Tone.CRITICAL):
            found.append(None)
            continue
        tried = model.words_tried(asked)
        named = [word for word in tried if any(word.overlaps(span) for span in answer.guess.evidence)]
        if not named:
            found.append(Deletion(0))
            continue
        lot = random.Random(f"{SEED} {asked.target.start} {asked.text}")
        cuts = [named, *(lot.sample(tried, len(named)) for _ in range(DRAWS))]
        left = model.answers([without(asked, words) for words in cuts], evidence=False)
        found.append(_deletion(len(named), answer, left))
    return found


def _deletion(words: int, answer: ToneAnswer, left: Sequence[ToneAnswer]) -> Deletion:
    """`left`: the answer without the evidence, then those of the draws."""
    top = TONES.index(answer.guess.value)
    drops = [answer.scores[top] - each.scores[top] for each in left]
    turned = [float(np.argmax(each.scores) != top) for each in left]
    return Deletion(words, drops[0], turned[0], float(np.mean(drops[1:])), float(np.mean(turned[1:])))


def without(asked: ToneQuestion, words: Sequence[Span]) -> ToneQuestion:
    """The same question of a text that never had these words, nor the space behind each; the target stays.

    Raises ValueError for a word inside the target.
    """
    text, target = asked.text, asked.target
    for word in sorted(words, reverse=True):
        if word.overlaps(target):
            raise ValueError(f"the word at {word.start}..{word.end} is of the target")
        end = word.end + (word.end != target.start and text[word.end : word.end + 1] == " ")
        text = text[: word.start] + text[end:]
        if word.start < target.start:
            target = Span(target.start - (end - word.start), target.end - (end - word.start))
    return ToneQuestion(text, target, asked.language)
