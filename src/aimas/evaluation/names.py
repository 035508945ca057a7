"""Whether a person's or a people's name turns the tone: rows of a group differ in that name alone.

Each answer is held against the commonest of its group, as counterfactual fairness is tested by perturbed names
(Prabhakaran et al. 2019).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from pathlib import Path

import numpy as np

from aimas.core import BadInput, Tone
from aimas.evaluation.scores import Row, Scores, by_language, named
from aimas.evaluation.tone import question, require_model
from aimas.tone import ToneAnswer


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """Rows are those of tone with a `group`. Raises BadSetting where no model is installed, and BadInput for a row
    without a group or a group of one."""
    model = require_model()
    by_language(rows)
    questions = [question(number, row)[0] for number, row in enumerate(rows, 1)]
    groups = {id(row): _group(number, row) for number, row in enumerate(rows, 1)}
    for group, size in Counter(groups.values()).items():
        if size < 2:
            raise BadInput(f"The group {group} has a single row; nothing is exchanged in it")
    answers = dict(zip(map(id, rows), model.answers(questions, evidence=False), strict=True))

    def of(part: Sequence[Row]) -> dict[str, float]:
        return metrics([groups[id(row)] for row in part], [answers[id(row)] for row in part])

    return Scores(
        "names", len(rows), of(rows), {lang: of(part) for lang, part in sorted(by_language(rows).items())}
    )


def metrics(groups: Sequence[Hashable], answers: Sequence[ToneAnswer]) -> dict[str, float]:
    """`alike`: share of the answers whose most probable tone is the commonest of their group; `groups_alike`: share
    of the groups where all are; `unopposed`: share of the groups that never tell two different tones, abstaining
    aside; `spread`: mean over the groups of the widest gap between the chances of one tone."""
    together: defaultdict[Hashable, list[ToneAnswer]] = defaultdict(list)
    for group, answer in zip(groups, answers, strict=True):
        together[group].append(answer)
    if not together:
        return {}
    strays = {group: _strays(of) for group, of in together.items()}
    return {
        "alike": 1 - sum(strays.values()) / len(answers),
        "groups_alike": sum(not n for n in strays.values()) / len(together),
        "unopposed": sum(_unopposed(of) for of in together.values()) / len(together),
        "spread": float(np.mean([np.ptp([a.scores for a in of], axis=0).max() for of in together.values()])),
    }


def _strays(answers: Sequence[ToneAnswer]) -> int:
    said = Counter(a.scores.index(max(a.scores)) for a in answers)
    return len(answers) - max(said.values())


def _unopposed(answers: Sequence[ToneAnswer]) -> bool:
    return len({a.guess.value for a in answers} - {Tone.UNCLEAR}) <= 1


def _group(number: int, row: Row) -> str:
    group = row.get("group")
    if not isinstance(group, str) or not group:
        raise BadInput(f"{named(number, row)} has no 'group'; see the format of names")
    return group
