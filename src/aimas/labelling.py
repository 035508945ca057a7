"""Blind labelling: a sample is drawn, persons answer without seeing the model, the answers measure it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from aimas.app import App
from aimas.core import Actor, BadInput, Guess, Language, Mention, Span, StoredPublication, Tone
from aimas.core.ids import short_id
from aimas.correcting import correct
from aimas.measuring import (
    Corrected,
    Kappa,
    Label,
    Measurement,
    Refused,
    Sample,
    Stratum,
    Unit,
    adjusted,
    by_sample,
    drawn,
    kappa,
    measured,
)
from aimas.search import Node, conjunction, written
from aimas.search.tree import And, Dated, Is, Marked
from aimas.storage.labels import DRAWN, LABELLED
from aimas.tone import verdict

MOST = 1_000
"""Publications in a sample."""
MOST_SEARCHED = 200_000
"""Publications that a sample is drawn from at most: each is looked at for its tone."""
SEEDS = 2**31
Way = Literal["double-sampling", "adjusted-count"]


class Task(msgspec.Struct, frozen=True):
    """One question: what is the tone toward this mention?"""

    number: int
    """From 0 on, in the order in which they are asked."""
    publication: StoredPublication
    mention: Mention


class Progress(msgspec.Struct, frozen=True):
    by: str
    done: int


class Difference(msgspec.Struct, frozen=True):
    """Where a person, asked blind, said otherwise than what holds now."""

    task: Task
    label: Label
    current: str | None
    """Id of the publication in which the answer can be adopted; None where the text or reading has changed."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    by: str
    """Whose answers count."""
    measurement: Measurement
    corrected: Corrected | Refused
    """What was counted when the sample was drawn."""
    counted: Mapping[Tone, int]
    agreements: tuple[tuple[str, Kappa], ...]
    """With each other person."""
    differences: tuple[Difference, ...]


class Estimated(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a board, corrected or refused, and the sample it rests on."""

    outcome: Corrected | Refused
    sample: Sample
    by: str


def draw(
    app: App,
    institution: str,
    *,
    n: int,
    by: Actor,
    query: str = "*",
    since: date | None = None,
    until: date | None = None,
    lang: Language | None = None,
    is_stratified: bool = True,
    seed: int | None = None,
    at: int | None = None,
) -> Sample:
    """From the publications that speak of the institution and whose tone was looked at; recorded in the ledger.

    Raises BadInput where there is nothing to draw from or too much.
    """
    if not 1 <= n <= MOST:
        raise BadInput(f"A sample holds 1 to {MOST} publications.")
    if since and until and since > until:
        raise BadInput("The period ends before it begins.")
    narrowed: list[Node] = [app.search.ask(query.strip() or "*", institution, at).node, Marked("relevant")]
    if since or until:
        narrowed.append(Dated(since, until))
    if lang:
        narrowed.append(Is("lang", (lang.value,)))
    question = app.search.about(conjunction(*narrowed), institution, at)
    if (found := app.search.count(question)) > MOST_SEARCHED:
        raise BadInput(f"{found} publications are too many to draw from; narrow the query or the period.")
    population, asked = [], {}
    for publication in app.search.everything(question):
        if ruled := verdict(institution, publication.mentions):
            key = (ruled.tone, publication.language.value) if is_stratified else (None, None)
            population.append((publication.read_at, key))
            asked[publication.read_at] = len(_ours(publication, institution))
    if not population:
        raise BadInput("Nothing was found whose tone was looked at; ask for another period or query.")
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    strata, members = drawn(population, n, seed)
    first, last, is_whole = _covered(question.node)
    with app.archive.settling() as settlement:
        sample = Sample(
            id=short_id(app.records.home, "sample", str(settlement.position)),
            institution=institution,
            query=written(question.node),
            snapshot=question.scope.snapshot,
            since=first,
            until=last,
            is_whole=is_whole,
            seed=seed,
            strata=strata,
            members=members,
            mentions=sum(asked[m.reading] for m in members),
            at=app.clock.now(),
            by=str(by),
        )
        settlement.act(DRAWN, sample.id, msgspec.to_builtins(sample))
    return sample


def _covered(node: Node) -> tuple[date | None, date | None, bool]:
    """The days that a query covers, and whether it asks for nothing else."""
    parts = node.nodes if isinstance(node, And) else (node,)
    days = [p for p in parts if isinstance(p, Dated) and not p.fetched]
    since = max((d.since for d in days if d.since), default=None)
    until = min((d.until for d in days if d.until), default=None)
    return since, until, all(p in days or p == Marked("relevant") for p in parts)


def require_sample(app: App, id: str) -> Sample:
    sample = app.labels.get_sample(id)
    if sample is None:
        raise BadInput(f"There is no sample {id}.")
    return sample


def tasks(app: App, sample: Sample) -> list[Task]:
    """All mentions of the drawn publications, in the sample's order; of one publication as they stand in its text."""
    found: list[Task] = []
    for publication in app.records.by_reading([m.reading for m in sample.members]):
        for mention in sorted(_ours(publication, sample.institution), key=lambda m: m.span):
            found.append(Task(len(found), publication, mention))
    return found


def _ours(publication: StoredPublication, institution: str) -> list[Mention]:
    """One for each place: an answer is kept by where it stands."""
    ours = {m.span: m for m in publication.mentions if m.institution == institution and m.stands}
    return list(ours.values())


def answer(app: App, sample: Sample, task: Task, tone: Tone, by: Actor) -> None:
    """A later answer of the same person on the same mention holds; the earlier one stays in the ledger."""
    label = Label(
        sample=sample.id, reading=task.publication.read_at, span=task.mention.span, tone=tone, by=str(by)
    )
    with app.archive.settling() as settlement:
        settlement.act(LABELLED, sample.id, msgspec.to_builtins(label))


Given = Mapping[tuple[int, Span], Label]
"""One person's answers that hold, by reading and place."""


def answers(app: App, sample: Sample) -> dict[str, Given]:
    """By person, in the order in which they began."""
    found: dict[str, dict[tuple[int, Span], Label]] = {}
    for label in app.labels.labels(sample.id):
        found.setdefault(label.by, {})[label.reading, label.span] = label
    return dict(found)


def next_task(asked: Sequence[Task], given: Given, after: int = -1) -> Task | None:
    """The first one without an answer after a number, else the first at all; None when all are answered."""
    waiting = [t for t in asked if (t.publication.read_at, t.mention.span) not in given]
    return next((t for t in waiting if t.number > after), waiting[0] if waiting else None)


def progress(given: Mapping[str, Given]) -> list[Progress]:
    return [Progress(by, len(labels)) for by, labels in given.items()]


def finished_by(sample: Sample, given: Mapping[str, Given]) -> list[str]:
    """Who answered everything. Results are shown from then on: before, they would colour the answers."""
    return [by for by, labels in given.items() if len(labels) >= sample.mentions]


def units(app: App, sample: Sample, asked: Sequence[Task], given: Given) -> list[Unit]:
    """The publications that a person labelled in full, with what was counted of them at the snapshot."""
    by_reading: dict[int, list[Task]] = {}
    for task in asked:
        by_reading.setdefault(task.publication.read_at, []).append(task)
    found = []
    for member in sample.members:
        parts = by_reading.get(member.reading, [])
        labelled = [(t.mention, given.get((member.reading, t.mention.span))) for t in parts]
        pairs = tuple((mention, label.tone) for mention, label in labelled if label)
        if not pairs or len(pairs) < len(parts):
            continue
        publication = parts[0].publication
        counted = verdict(sample.institution, publication.mentions)
        truth = verdict(sample.institution, _with_labels(pairs))
        assert counted is not None and truth is not None
        day = publication.published_at
        found.append(
            Unit(
                stratum=member.stratum,
                lang=publication.language.value,
                day=day.astimezone(app.settings.zone).date() if day else None,
                counted=counted.tone,
                truth=truth.tone,
                asked=pairs,
            )
        )
    return found


def _with_labels(pairs: Iterable[tuple[Mention, Tone]]) -> list[Mention]:
    return [msgspec.structs.replace(m, corrected=Guess(tone, 1.0, (), "person:blind")) for m, tone in pairs]


def results(app: App, sample: Sample, by: str) -> Results:
    """Raises BadInput before that person has answered everything."""
    asked = tasks(app, sample)
    given = answers(app, sample)
    if by not in finished_by(sample, given):
        raise BadInput("This person has not answered everything yet.")
    labelled = units(app, sample, asked, given[by])
    counted = counts_of(app, sample)
    agreements = []
    for other, labels in given.items():
        pairs = [(given[by][key].tone, labels[key].tone) for key in labels if key in given[by]]
        if other != by and (found := kappa(pairs)):
            agreements.append((other, found))
    return Results(
        by=by,
        measurement=measured(labelled, sample.strata),
        corrected=by_sample(labelled, sample.strata, counted),
        counted=counted,
        agreements=tuple(agreements),
        differences=tuple(_differences(app, asked, given[by])),
    )


def counts_of(app: App, sample: Sample) -> dict[Tone, int]:
    """What the board counts for the sample's query at its snapshot."""
    question = app.search.ask(sample.query, sample.institution, sample.snapshot)
    found = app.search.facet(question, "tone")
    return {tone: found.get(tone.value, 0) for tone in Tone}


def _differences(app: App, asked: Sequence[Task], given: Given) -> Iterable[Difference]:
    for task in asked:
        label = given[task.publication.read_at, task.mention.span]
        now = app.records.get_publication(task.publication.id)
        still = None
        if now is not None and now.until is None:
            here = (label.span, task.mention.institution)
            still = next((m for m in now.mentions if (m.span, m.institution) == here), None)
        holds = still.stands if still else task.mention.stands
        if holds is None or holds.value is not label.tone:
            yield Difference(task, label, now.id if now and still else None)


def adopt(app: App, sample: Sample, difference: Difference) -> None:
    """The blind answer becomes a correction by the person who gave it. Raises Stale where something changed."""
    if difference.current is None:
        raise BadInput("The text or its reading has changed; correct it at its own page.")
    now = app.records.get_publication(difference.current)
    assert now is not None
    kind, _, name = difference.label.by.partition(":")
    by = Actor("person" if kind == "person" else "program", name)
    span = difference.label.span
    correct(
        app,
        now.id,
        sample.institution,
        span,
        difference.label.tone,
        seen=now.read_at,
        by=by,
        reason=f"sample {sample.id}",
    )


def estimated(
    app: App, institution: str, counts: Mapping[Tone, int], since: date, until: date
) -> Estimated | None:
    """Counts of these days corrected by the newest finished sample of the institution as a whole; None where there
    is none. A sample from mostly the same days speaks for them; one from other days only tells the errors."""
    for sample in app.labels.samples():
        if sample.institution != institution or not sample.is_whole:
            continue
        if found := _first_finished(app, sample, len(app.labels.labels(sample.id))):
            by, labelled = found
            counted = tuple(sorted(counts.items()))
            outcome = _outcome(labelled, sample.strata, counted, way(sample, since, until), sample.seed)
            return Estimated(outcome=outcome, sample=sample, by=by)
    return None


@lru_cache(maxsize=8)
def _first_finished(app: App, sample: Sample, labels: int) -> tuple[str, tuple[Unit, ...]] | None:
    """Whose answers count and what they say; remembered as long as there are no more `labels`: boards ask often."""
    given = answers(app, sample)
    if not (finished := finished_by(sample, given)):
        return None
    return finished[0], tuple(units(app, sample, tasks(app, sample), given[finished[0]]))


@lru_cache(maxsize=64)
def _outcome(
    labelled: tuple[Unit, ...],
    strata: tuple[Stratum, ...],
    counts: tuple[tuple[Tone, int], ...],
    method: Way,
    seed: int,
) -> Corrected | Refused:
    if method == "double-sampling":
        return by_sample(labelled, strata, dict(counts))
    return adjusted(labelled, strata, dict(counts), seed)


def way(sample: Sample, since: date, until: date) -> Way:
    """Double sampling where the sample's days and those asked about share half of each or more."""
    if sample.since is None:
        return "adjusted-count"
    end = sample.until or sample.at.date()
    shared = (min(until, end) - max(since, sample.since)).days + 1
    longer = max((until - since).days, (end - sample.since).days) + 1
    return "double-sampling" if shared * 2 >= longer else "adjusted-count"
