"""A person says what the tone of a mention is: filed as a newer reading beside the old one, with who and why."""

from collections.abc import Iterator

import msgspec

from aimas.app import App
from aimas.core import Actor, BadInput, Guess, Mention, Span, StoredPublication, Tone
from aimas.flow.rereading import as_filed
from aimas.storage.labels import CORRECTED, Recorded
from aimas.tone import Correction, corrected
from aimas.tone.asking import questions_about

LONGEST_REASON = 300
LABELS = (Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL)
"""What a model can be taught; `unclear` is no answer to learn."""


class Stale(BadInput):
    """Somebody was faster: what this person looked at no longer holds. Nothing was written."""


class TrainingRow(msgspec.Struct, frozen=True):
    """One line of `aimas eval tone`; who said it is left out on purpose."""

    id: str
    lang: str
    text: str
    target: str
    start: int
    end: int
    label: str


def correct(
    app: App,
    publication: str,
    institution: str,
    span: Span,
    tone: Tone | None,
    *,
    seen: int,
    by: Actor,
    reason: str = "",
) -> int:
    """Returns the position of the new reading. `seen` is the reading that the person looked at; raises Stale where
    it is no longer the current one, BadInput where there is nothing to correct."""
    stored = app.records.get_publication(publication)
    if stored is None:
        raise BadInput(f"There is no publication {publication}.")
    if stored.until is not None:
        raise BadInput("This is an earlier revision; correct the latest one.")
    if stored.read_at != seen:
        raise Stale("This publication was read or corrected again meanwhile.")
    mention = mention_at(stored, institution, span)
    if tone is None and mention.corrected is None:
        raise BadInput("Nobody corrected this mention: there is nothing to take back.")
    guess = None if tone is None else Guess(tone, 1.0, (), str(by))
    if guess is not None and mention.corrected == guess:
        raise BadInput("You said so already.")
    reading = as_filed(stored)
    reading = msgspec.structs.replace(reading, mentions=corrected(reading.mentions, institution, span, guess))
    with app.archive.settling() as settlement:
        try:
            position = settlement.reread(stored.position, reading, instead_of=seen)
        except ValueError:
            raise Stale("This publication was read or corrected again meanwhile.") from None
        told = Correction(
            publication=publication,
            institution=institution,
            target=mention.target,
            span=span,
            instead_of=seen,
            model=mention.tone.value if mention.tone else None,
            model_by=mention.tone.by if mention.tone else None,
            before=mention.stands.value if mention.stands else None,
            before_by=mention.stands.by if mention.stands else None,
            tone=tone,
            by=str(by),
            reason=" ".join(reason.split())[:LONGEST_REASON],
        )
        settlement.act(CORRECTED, publication, msgspec.to_builtins(told))
    return position


def mention_at(stored: StoredPublication, institution: str, span: Span) -> Mention:
    """Raises BadInput where none stands there."""
    for mention in stored.mentions:
        if mention.institution == institution and mention.span == span:
            return mention
    raise BadInput(f"No mention of {institution} stands at {span.start}..{span.end} of this publication.")


def history(app: App, publication: StoredPublication) -> list[Recorded]:
    """What persons said of this publication in all its revisions, oldest first; also of mentions that newer
    readings no longer find."""
    return app.labels.corrections_of([r.position for r in app.records.revisions(publication)])


def training_rows(app: App) -> Iterator[TrainingRow]:
    """The last word on every mention that was ever corrected, in the text that the person saw; unclear ones and
    those taken back are left out."""
    last: dict[tuple[str, str, Span], Recorded] = {}
    for recorded in app.labels.corrections():
        said = recorded.correction
        last[said.publication, said.institution, said.span] = recorded
    for recorded in last.values():
        said = recorded.correction
        if said.tone not in LABELS:
            continue
        (stored,) = app.records.by_reading([recorded.position - 1])
        mention = mention_at(stored, said.institution, said.span)
        (asked,) = questions_about(stored.shown, [mention], stored.language.value)
        question = asked.question
        yield TrainingRow(
            id=f"{said.publication}:{said.span.start}",
            lang=stored.language.value.value,
            text=question.text,
            target=question.target.of(question.text),
            start=question.target.start,
            end=question.target.end,
            label=said.tone.value,
        )


def record_corrections_export(app: App, count: int) -> None:
    """Who took them out, before they leave."""
    with app.archive.settling() as settlement:
        settlement.act("exported", "corrections", {"count": count, "format": "jsonl"})
