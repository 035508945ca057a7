"""Blind labelling: a sample is drawn, persons answer without seeing the model, the answers measure it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import Literal

import msgspec

from aimas.app import App
from aimas.core import Actor, BadInput, Language, Mention, Span, StoredPublication, Tone
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
    asked_about,
    by_sample,
    drawn,
    judged,
    kappa,
    measured,
    read_by,
)
from aimas.search import Node, conjunction, written
from aimas.search.tree import And, Dated, Is, Marked
from aimas.storage.labels import DRAWN, LABELLED
from aimas.tone import verdict
from aimas.tone.verdict import RULE

MOST = 1_000
"""Publications in a sample."""
MOST_SEARCHED = 200_000
"""Publications that a sample is drawn from at most: each is looked at for its tone."""
SEEDS = 2**31
LEAST_COMPARABLE = 0.9
"""Of the drawn publications, read as what is counted was; fewer are no random part any more."""
PROBES = 6
"""Parts of a period in which is looked who read what is counted there."""
PROBED = 30
"""Publications looked at for that in all."""
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


class Standing(StrEnum):
    """How far a person is with a sample; who is under way is shown no results."""

    NOT_BEGUN = "not-begun"
    UNDER_WAY = "under-way"
    FINISHED = "finished"


class Judged(msgspec.Struct, frozen=True):
    """What answers say of one state of the readings."""

    units: tuple[Unit, ...]
    left_out: int
    """Drawn publications whose mentions the answers no longer match."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The tone models that were judged, and the rule."""
        return (*sorted({by for u in self.units for by in u.versions}), RULE)


class Again(msgspec.Struct, frozen=True):
    """The same answers put to newer readings of what was drawn."""

    versions: tuple[str, ...]
    measurement: Measurement
    left_out: int


class Difference(msgspec.Struct, frozen=True):
    """Where a person, asked blind, said otherwise than what holds now."""

    task: Task
    label: Label
    holds: Tone | None
    current: str | None
    """Id of the publication in which the answer can be adopted; None where the text or reading has changed."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    by: str
    """Whose answers count."""
    versions: tuple[str, ...]
    """What was measured: the tone models that had read the sample when it was drawn, and the rule."""
    measurement: Measurement
    again: Again | None
    """None while the same models' readings hold."""
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
    versions: tuple[str, ...]
    """Whose errors were measured."""


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
    population, asked, readers = [], {}, {}
    for publication in app.search.everything(question):
        if ruled := verdict(institution, publication.mentions):
            key = (ruled.tone, publication.language.value) if is_stratified else (None, None)
            population.append((publication.read_at, key))
            asked[publication.read_at] = len(asked_about(publication.mentions, institution))
            readers[publication.read_at] = read_by(publication.mentions, institution)
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
            versions=(*sorted({by for m in members for by in readers[m.reading]}), RULE),
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
        for mention in sorted(asked_about(publication.mentions, sample.institution), key=lambda m: m.span):
            found.append(Task(len(found), publication, mention))
    return found


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
    return _by_person(app.labels.labels(sample.id))


def _by_person(labels: Iterable[Label]) -> dict[str, Given]:
    found: dict[str, dict[tuple[int, Span], Label]] = {}
    for label in labels:
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


def standing(sample: Sample, given: Mapping[str, Given], person: str) -> Standing:
    done = len(given.get(person, {}))
    if not done:
        return Standing.NOT_BEGUN
    return Standing.FINISHED if done >= sample.mentions else Standing.UNDER_WAY


def judge(
    app: App, sample: Sample, asked: Sequence[Task], given: Given, read: Mapping[int, int] | None = None
) -> Judged:
    """The publications that a person labelled in full. With `read`, the present reading for each that was drawn, as
    they are read by now; else as they were read when they were drawn."""
    publications = {t.publication.read_at: t.publication for t in asked}
    if read is not None:
        newer = [now for was, now in read.items() if now != was]
        publications |= {p.read_at: p for p in app.records.by_reading(newer)}
    by_reading: dict[int, dict[Span, Tone]] = {}
    for (reading, span), label in given.items():
        by_reading.setdefault(reading, {})[span] = label.tone
    found = []
    for member in sample.members:
        now = publications.get(member.reading if read is None else read.get(member.reading, 0))
        if now is None:
            continue
        day = now.published_at
        unit = judged(
            publications[member.reading],
            now,
            by_reading.get(member.reading, {}),
            sample.institution,
            stratum=member.stratum,
            day=day.astimezone(app.settings.zone).date() if day else None,
        )
        if unit:
            found.append(unit)
    return Judged(tuple(found), len(sample.members) - len(found))


def results(app: App, sample: Sample, by: str) -> Results:
    """Raises BadInput before that person has answered everything."""
    asked = tasks(app, sample)
    given = answers(app, sample)
    if by not in finished_by(sample, given):
        raise BadInput("This person has not answered everything yet.")
    drawn_so = judge(app, sample, asked, given[by])
    labelled = drawn_so.units
    counted = counts_of(app, sample)
    agreements = []
    for other, labels in given.items():
        pairs = [(given[by][key].tone, labels[key].tone) for key in labels if key in given[by]]
        if other != by and (found := kappa(pairs)):
            agreements.append((other, found))
    return Results(
        by=by,
        versions=drawn_so.versions,
        measurement=measured(labelled, sample.strata),
        again=_again(app, sample, asked, given[by], drawn_so.versions),
        corrected=by_sample(labelled, sample.strata, counted),
        counted=counted,
        agreements=tuple(agreements),
        differences=tuple(_differences(app, asked, given[by])),
    )


def _again(
    app: App, sample: Sample, asked: Sequence[Task], given: Given, versions: tuple[str, ...]
) -> Again | None:
    read = app.labels.readings_at([m.reading for m in sample.members], app.records.head())
    if all(was == now for was, now in read.items()):
        return None
    now = judge(app, sample, asked, given, read)
    if not now.units or now.versions == versions:
        return None
    return Again(now.versions, measured(now.units, sample.strata), now.left_out)


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
            yield Difference(task, label, holds.value if holds else None, now.id if now and still else None)


def adopt(app: App, sample: Sample, difference: Difference, by: Actor) -> None:
    """The blind answer becomes a correction by the person who gave it, and nobody else. Raises Stale where something
    changed."""
    if str(by) != difference.label.by:
        raise BadInput("Only who gave an answer can make it a correction.")
    if difference.current is None:
        raise BadInput("The text or its reading has changed; correct it at its own page.")
    now = app.records.get_publication(difference.current)
    assert now is not None
    correct(
        app,
        now.id,
        sample.institution,
        difference.label.span,
        difference.label.tone,
        seen=now.read_at,
        by=by,
        reason=f"sample {sample.id}",
    )


def estimated(
    app: App,
    institution: str,
    counts: Mapping[Tone, int],
    since: date,
    until: date,
    at: int | None = None,
) -> Estimated | None:
    """Counts of these days, at a snapshot, corrected by the newest finished sample of the institution as a whole; None
    where there is none. A sample from mostly the same days speaks for them; one from other days only tells the errors.
    Its answers are put to the readings of that snapshot: they must be by the model whose answers are counted."""
    snapshot = app.search.about(Marked("relevant"), institution, at).scope.snapshot
    for sample in app.labels.samples():
        if sample.institution != institution or not sample.is_whole:
            continue
        labels = app.labels.labels(sample.id)
        if not (finished := finished_by(sample, _by_person(labels))):
            continue
        # Before it was drawn a sample speaks by the readings that it was drawn from.
        read = app.labels.readings_at([m.reading for m in sample.members], max(snapshot, sample.snapshot))
        found = _judged(app, sample, finished[0], len(labels), tuple(sorted(read.items())))
        readers = _readers(app, institution, since, until, snapshot)
        like = tuple(u for u in found.units if set(u.versions) <= readers) if readers else found.units
        outcome: Corrected | Refused | None = _unlike(sample, found, like, readers, since, until)
        if outcome is None:
            counted = tuple(sorted(counts.items()))
            outcome = _outcome(like, sample.strata, counted, way(sample, since, until), sample.seed)
        versions = Judged(like, 0).versions
        return Estimated(outcome=outcome, sample=sample, by=finished[0], versions=versions)
    return None


def _unlike(
    sample: Sample, found: Judged, like: Sequence[Unit], readers: frozenset[str], since: date, until: date
) -> Refused | None:
    """Why a sample tells nothing of counts that another model's answers are in."""
    if len(readers) > 1:
        return Refused("mixed-versions", versions=tuple(sorted(readers)))
    needed = ceil(LEAST_COMPARABLE * len(sample.members))
    if len(like) >= needed:
        return None
    within = {by for u in found.units if u.day and since <= u.day <= until for by in u.versions}
    if len(readers | within) > 1:
        return Refused("mixed-versions", versions=tuple(sorted(readers | within)))
    return Refused("other-version", len(like), needed, versions=tuple(sorted(readers)))


@lru_cache(maxsize=64)
def _readers(app: App, institution: str, since: date, until: date, snapshot: int) -> frozenset[str]:
    """The tone models behind counts: of the newest publications in each part of the period, as what was read with an
    older model is read again from the oldest on. Empty where no model looked at any."""
    days = (until - since).days + 1
    parts = min(PROBES, days)
    edges = [since + timedelta(days=days * n // parts) for n in range(parts + 1)]
    found: set[str] = set()
    for first, following in pairwise(edges):
        node = conjunction(Is("tone", tuple(Tone)), Dated(first, following - timedelta(days=1)))
        hits = app.search.hits(app.search.about(node, institution, snapshot), PROBED // parts)
        for publication in app.search.publications([h.reading for h in hits], snapshot):
            found.update(read_by(publication.mentions, institution))
    return frozenset(found)


@lru_cache(maxsize=8)
def _judged(app: App, sample: Sample, by: str, labels: int, read: tuple[tuple[int, int], ...]) -> Judged:
    """Remembered as long as there are no more `labels` and no other readings: boards ask often."""
    return judge(app, sample, tasks(app, sample), answers(app, sample)[by], dict(read))


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
