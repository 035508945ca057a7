"""What a person's answers say of one publication: as it was read when it was drawn, or as it was read later."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from aimas.core import Guess, Mention, Span, StoredPublication, Tone
from aimas.measuring.types import Unit
from aimas.tone import carried, verdict


def asked_about(mentions: Sequence[Mention], institution: str) -> list[Mention]:
    """One for each place: an answer is kept by where it stands."""
    ours = {m.span: m for m in mentions if m.institution == institution and m.stands}
    return list(ours.values())


def read_by(mentions: Sequence[Mention], institution: str) -> tuple[str, ...]:
    """The tone models that looked at the institution's mentions: one, where all is well."""
    return tuple(sorted({m.tone.by for m in mentions if m.institution == institution and m.tone}))


def judged(
    drawn: StoredPublication,
    now: StoredPublication,
    answers: Mapping[Span, Tone],
    institution: str,
    *,
    stratum: int,
    day: date | None,
) -> Unit | None:
    """The answers given on the drawn reading, put to what `now` reads in the same publication, by the rules by which
    corrections are carried on. None where a mention has no answer, or none is left.

    Corrections count as they stood when it was drawn: later ones tell of the drawn publications alone, and would
    flatter the model.
    """
    read = [msgspec.structs.replace(m, corrected=None) for m in now.mentions]
    counted_as = drawn.mentions
    labelled = _with_answers(drawn.mentions, institution, answers)
    if now.read_at != drawn.read_at:
        counted_as = carried(drawn.mentions, drawn.shown, read, now.shown)
        labelled = carried(labelled, drawn.shown, read, now.shown)
    asked = asked_about(counted_as, institution)
    said = {m.span: m.corrected.value for m in labelled if m.institution == institution and m.corrected}
    if not asked or any(m.span not in said for m in asked):
        return None
    pairs = tuple((m, said[m.span]) for m in sorted(asked, key=lambda m: m.span))
    counted = verdict(institution, counted_as)
    truth = verdict(institution, [_answered(m, tone) for m, tone in pairs])
    assert counted is not None and truth is not None
    return Unit(
        stratum=stratum,
        lang=now.language.value,
        day=day,
        counted=counted.tone,
        truth=truth.tone,
        asked=pairs,
        versions=read_by(counted_as, institution),
    )


def _with_answers(
    mentions: Sequence[Mention], institution: str, answers: Mapping[Span, Tone]
) -> tuple[Mention, ...]:
    """In place of all corrections."""
    return tuple(
        _answered(m, answers[m.span])
        if m.institution == institution and m.span in answers
        else msgspec.structs.replace(m, corrected=None)
        for m in mentions
    )


def _answered(mention: Mention, tone: Tone) -> Mention:
    return msgspec.structs.replace(mention, corrected=Guess(tone, 1.0, (), "person:blind"))
