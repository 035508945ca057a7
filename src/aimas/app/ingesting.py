"""How items get through the flow: here, in other processes, on other machines, and again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog

from aimas.app.ground import Ground
from aimas.core import (
    BadInput,
    DropReason,
    Fetched,
    Outcome,
    Passed,
    StoredPublication,
    Tone,
    Unavailable,
    new_trail,
    on_trail,
)
from aimas.engines import Cluster, Keep, LocalEngine, Progress, RunReport, Traced, Workers
from aimas.extraction import (
    CROSSING_BYTES,
    Extractor,
    MemoryTemplates,
    Template,
    TemplateStore,
    packed,
    unpacked,
)
from aimas.flow import Kit, RereadReport, Step, Understanding, monitoring, reading, reread
from aimas.institution import Institutions, gazetteer, require_profile
from aimas.storage.templates import SqlTemplates
from aimas.text import LanguageDetector

log = structlog.get_logger(__name__)

Pure = Callable[[Iterable[Sequence[Fetched]]], Iterator[list[Traced]]]
"""Takes chunks through the pure steps somewhere, in order."""


def build_reading(profiles: tuple[str, ...], zone: str, known: bytes = b"") -> tuple[Step, ...]:
    """The pure steps, made anew in each process elsewhere: with the templates `known` when the run began it goes on
    learning for itself, and hands back what it came to trust."""
    templates = MemoryTemplates(known)
    extract, *rest = _reading(profiles, zone, templates)
    return (msgspec.structs.replace(extract, learned=templates.learned), *rest)


def _reading(
    profiles: tuple[str, ...], zone: str, templates: TemplateStore, evidence: bool = False
) -> tuple[Step, ...]:
    extractor = Extractor(templates, zone=ZoneInfo(zone))
    understanding = build_understanding(profiles, evidence)
    extract, *rest = reading(Kit(extractor.extract_batch, understanding.understand, _nowhere))
    return (msgspec.structs.replace(extract, counts=extractor.read_by_template), *rest)


def build_understanding(profiles: tuple[str, ...], evidence: bool = False) -> Understanding:
    # Imported here: the model's runtime is slow to load, and most verbs never read.
    from aimas.tone.model import load_tone

    return Understanding(
        LanguageDetector(),
        Institutions([require_profile(p) for p in profiles]),
        gazetteer(),
        load_tone(),
        evidence=evidence,
    )


class Ingesting(Ground):
    """A home as publications come into it."""

    @cached_property
    def reading_steps(self) -> tuple[Step, ...]:
        """What is gathered live is few: the words that decided are found at once."""
        return _reading(self.settings.profiles, self.settings.timezone, self._templates, evidence=True)

    @cached_property
    def bulk_steps(self) -> tuple[Step, ...]:
        """The words that decided are found when a publication is first looked at."""
        return _reading(self.settings.profiles, self.settings.timezone, self._templates)

    @cached_property
    def _templates(self) -> SqlTemplates:
        return SqlTemplates(self._engine)

    def engine(self, elsewhere: Pure | None = None, *, bulk: bool = False) -> LocalEngine:
        archive = self.archive
        if elsewhere is not None:
            # The pure steps run elsewhere; here they only have their names.
            steps = (*_names_only(), *monitoring(Kit(_nowhere, _nowhere, archive.file))[-1:])
            return LocalEngine(steps, archive, elsewhere)
        steps = self.bulk_steps if bulk else self.reading_steps
        return LocalEngine((*steps, *monitoring(Kit(_nowhere, _nowhere, archive.file))[-1:]), archive)

    def workers(self, count: int, keep: Keep | None = None) -> Workers:
        """They know the sites that the home knows now; `keep` is given what they learn."""
        return Workers(count, build_reading, self._given_elsewhere(), keep)

    def _given_elsewhere(self) -> tuple[tuple[str, ...], str, bytes]:
        """What `build_reading` takes, all of it plain."""
        return self.settings.profiles, self.settings.timezone, packed(self._templates.trusted())

    def ingest(
        self,
        items: Iterable[Outcome[Fetched]],
        *,
        source: str,
        progress: Progress | None = None,
        workers: int = 0,
        cluster: str = "",
    ) -> RunReport:
        """Takes items through the whole flow; stopped at any moment, run the same again to go on.

        `cluster` is the address of a Dask scheduler whose machines read; this process alone writes.
        """
        with on_trail(new_trail()):
            log.info("ingest.began", source=source)
            report = self._ingested(items, source, progress, workers, cluster)
            log.info("ingest.ended", **msgspec.to_builtins(report))
        return report

    def _ingested(
        self,
        items: Iterable[Outcome[Fetched]],
        source: str,
        progress: Progress | None,
        workers: int,
        cluster: str,
    ) -> RunReport:
        if workers < 2 and not cluster:
            return self.engine(bulk=True).run(items, source=source, progress=progress)
        lessons = _Lessons()
        if cluster:
            with Cluster(cluster) as machines:
                elsewhere = machines.steps(build_reading, self._given_elsewhere(), lessons.hear)
                report = self.engine(elsewhere).run(items, source=source, progress=progress)
        else:
            with self.workers(workers, lessons.hear) as pool:
                report = self.engine(pool).run(items, source=source, progress=progress)
        self._keep_templates(lessons)
        return report

    def _keep_templates(self, lessons: "_Lessons") -> None:
        """After the last settlement: both are transactions, and the records have one writer."""
        if not lessons.templates:
            return
        try:
            log.info("templates.kept", hosts=self._templates.keep(lessons.templates.items()))
        except Unavailable as busy:
            # All was filed; the sites are learned again.
            log.warning("templates.lost", hosts=len(lessons.templates), error=str(busy))

    def retry_held(self, position: int) -> RunReport:
        """Takes a held item through the flow again; it waits on where it fails as before.

        Raises BadInput when it cannot be tried or was settled already. Settled only afterwards: a crash in
        between repeats the try and loses nothing.
        """
        original = self.records.held_original(position)
        if original is None:
            raise BadInput(
                f"Held item {position} was settled already, or nothing was kept of it that could be tried again."
            )
        item = msgspec.msgpack.decode(self.records.open_original(original).body, type=Fetched)
        with on_trail(new_trail()):
            log.info("held.retried", position=position)
            report = self.engine().run([Passed(item)], source=item.source)
        if DropReason.ALREADY_HELD not in report.dropped:
            with self.archive.settling() as settlement:
                act = settlement.act("held-retried", str(position), {"held": position})
                if not settlement.resolve(position, act):
                    raise BadInput(f"Held item {position} was settled meanwhile.")
        return report

    def settle_held(self, position: int, reason: str) -> None:
        """Ends the waiting of what cannot be tried or is wanted no more; the item stays on record with the reason.

        Raises BadInput when it was settled already.
        """
        with self.archive.settling() as settlement:
            act = settlement.act("held-settled", str(position), {"held": position, "reason": reason})
            if not settlement.resolve(position, act):
                raise BadInput(f"Held item {position} was settled already.")

    def reread(self, progress: Progress | None = None, cluster: str = "") -> RereadReport:
        """Reads again what older versions of model, profile or places read; stopped, it goes on at the next call."""
        present = build_understanding(self.settings.profiles)
        if cluster:
            with Cluster(cluster) as machines:
                spread = machines.understanding(build_understanding, (self.settings.profiles,))
                report = reread(present, self.records, self.archive, progress, spread)
        else:
            report = reread(present, self.records, self.archive, progress)
        if report.reread:
            with self.archive.settling() as settlement:
                settlement.act("reread", self.records.home, msgspec.to_builtins(report))
        return report

    def explained(self, publication: StoredPublication) -> StoredPublication:
        """With the words that decided each tone; found now where a bulk run left them out."""
        sided = (Tone.CRITICAL, Tone.POSITIVE)
        if not any(m.tone and m.tone.value in sided and not m.tone.evidence for m in publication.mentions):
            return publication
        mentions = self._explainer.with_evidence(
            publication.shown, publication.language.value, publication.mentions
        )
        return msgspec.structs.replace(publication, mentions=mentions)

    @cached_property
    def _explainer(self) -> Understanding:
        return build_understanding(self.settings.profiles)


class _Lessons:
    """Templates that readers elsewhere came to trust while a run lasted: of each host the first, CROSSING_BYTES in
    all."""

    def __init__(self) -> None:
        self.templates: dict[str, Template] = {}
        self._size = 0

    def hear(self, lesson: bytes) -> None:
        for host, template in unpacked(lesson):
            size = len(packed([(host, template)]))
            if host not in self.templates and self._size + size <= CROSSING_BYTES:
                self.templates[host] = template
                self._size += size


def _names_only() -> tuple[Step, ...]:
    return reading(Kit(_nowhere, _nowhere, _nowhere))


def _nowhere(_: Any) -> Any:
    raise RuntimeError("reading files nothing")
