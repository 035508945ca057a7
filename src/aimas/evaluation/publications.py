"""How well a whole publication's tone toward the institution is told: found, read and ruled as the product does it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from aimas.core import BadInput, Passed, Publication, Tone
from aimas.evaluation.mentions import DEFAULT_PROFILE
from aimas.evaluation.scores import Row, Scores, by_language, named, optional_text, required_text, shown
from aimas.evaluation.tone import require_model
from aimas.flow.understanding import Understanding
from aimas.institution import Institutions, gazetteer, require_profile
from aimas.text import LanguageDetector
from aimas.tone import verdict

_LABELS = {tone.value: tone for tone in (Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL)}
_OPPOSITE = {Tone.POSITIVE: Tone.CRITICAL, Tone.CRITICAL: Tone.POSITIVE}
_READ_AT = datetime(2026, 1, 1, tzinfo=UTC)


def evaluate(rows: Sequence[Row], base: Path, profile: str = DEFAULT_PROFILE) -> Scores:
    """Raises BadSetting where no model is installed."""
    by_language(rows)
    truth = {id(row): _label(number, row) for number, row in enumerate(rows, 1)}
    publications = [_publication(number, row) for number, row in enumerate(rows, 1)]
    told: dict[int, Tone | None] = {}
    for row, outcome in zip(rows, _understanding(profile).understand(publications), strict=True):
        assert isinstance(outcome, Passed)
        ruled = verdict(profile, outcome.value.mentions)
        told[id(row)] = ruled.tone if ruled else None

    def of(part: Sequence[Row]) -> dict[str, float]:
        return metrics([truth[id(row)] for row in part], [told[id(row)] for row in part])

    return Scores(
        "publications",
        len(rows),
        of(rows),
        {lang: of(part) for lang, part in sorted(by_language(rows).items())},
    )


def metrics(truth: Sequence[Tone], told: Sequence[Tone | None]) -> dict[str, float]:
    """`found`: share with a mention (None is without). Of those found, `coverage` is the share not unclear and
    `opposite` the share told the other side; of those not unclear, `accuracy_at_threshold` is the share right. Of all
    critical ones, found or not, `critical_recall` is the share told so; `positive_recall` likewise."""
    found = [(t, said) for t, said in zip(truth, told, strict=True) if said is not None]
    answered = [(t, said) for t, said in found if said is not Tone.UNCLEAR]
    if not truth:
        return {}

    def share(right: int, of: int) -> float:
        return right / of if of else 0.0

    figures = {
        "found": share(len(found), len(truth)),
        "coverage": share(len(answered), len(found)),
        "accuracy_at_threshold": share(sum(t is said for t, said in answered), len(answered)),
        "opposite": share(sum(_OPPOSITE.get(t) is said for t, said in answered), len(found)),
    }
    for side in (Tone.CRITICAL, Tone.POSITIVE):
        of = [said for t, said in zip(truth, told, strict=True) if t is side]
        figures[f"{side.value}_recall"] = share(of.count(side), len(of))
    return figures


@cache
def _understanding(profile: str) -> Understanding:
    institutions = Institutions([require_profile(profile)])
    return Understanding(LanguageDetector(), institutions, gazetteer(), require_model(), evidence=False)


def _label(number: int, row: Row) -> Tone:
    label = required_text(number, row, "label")
    if label not in _LABELS:
        raise BadInput(f"{named(number, row)}: label {shown(label)} is none of {', '.join(_LABELS)}")
    return _LABELS[label]


def _publication(number: int, row: Row) -> Publication:
    text = required_text(number, row, "text")
    return Publication(
        source="evaluation",
        address=None,
        title=optional_text(number, row, "title") or "",
        text=text,
        site_name=None,
        published_at=None,
        dated_by=None,
        fetched_at=_READ_AT,
        language_hint=None,
        original=text.encode(),
        media_type="text/plain",
        name=str(number),
    )
