"""What a home does in a round, so that every write point is passed; and what must hold afterwards."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from tests.builders import NOW, StoppedClock, mention

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.alerts.messages import Message
from aimas.alerts.types import Channel
from aimas.app import App
from aimas.core import (
    Actor,
    DatedBy,
    Fetched,
    Guess,
    Held,
    HoldReason,
    Language,
    Outcome,
    Ownership,
    Passed,
    Publication,
    Reading,
    StoredPublication,
)
from aimas.engines import LocalEngine
from aimas.flow import reread
from aimas.flow.accounts import accounts
from aimas.flow.step import Step
from aimas.home import create_home
from aimas.keeping import SQLITE, move
from aimas.settings import read_settings
from aimas.sources import ItemMark, Poll, PollOutcome, PollState, Source, SourceKind

ITEMS = 12
"""Sent in a round."""
CHUNK = 5
HOOK = "https://hook.example/aimas"
KEEPER = Actor("person", "keeper")


class Understood:
    """Stands for the model: reads at once, and anew in every round."""

    def __init__(self, version: int) -> None:
        self._version = version

    def versions(self, relevant: bool) -> tuple[str, ...]:
        return (f"language/{self._version}",)

    def understand(self, publications: Sequence[Publication]) -> list[Outcome[Reading]]:
        return [Passed(self._read(p)) for p in publications]

    def _read(self, publication: Publication) -> Reading:
        relevant = "олиция" in publication.text
        return Reading(
            publication=publication,
            language=Guess(Language.RU, 0.99, (), "language/test"),
            mentions=(mention(),) if relevant else (),
            places=(),
            themes=(),
            versions=self.versions(relevant),
        )


class Hook:
    """The other side: keeps what it was told, whatever becomes of who told it."""

    tells_twice_from_once = True

    def __init__(self, heard: Path) -> None:
        self._heard = heard

    def send(self, channel: Channel, message: Message) -> None:
        with self._heard.open("a") as file:
            file.write(message.key + "\n")


def make(folder: Path, address: str = "") -> None:
    settings: dict[str, object] = {"profiles": ["kz-mia"], "timezone": "Asia/Almaty"}
    if address:
        settings["records_url"] = address
    create_home(folder, **settings)
    app = App(folder, StoppedClock(), KEEPER)
    outlet = Source(
        id="outlet",
        kind=SourceKind.FEED,
        address="https://outlet.example/rss",
        name="Outlet",
        ownership=Ownership.OUTLET,
    )
    app.declare(outlet)
    app.searches.save("полиция", "полиция", "kz-mia")
    rule = Rule(id="", name="hook", search="полиция", kind=RuleKind.EVERY, language="ru")
    app.alerting.add(rule, [(ChannelKind.WEBHOOK, HOOK)])
    app.close()


def sent(turn: int) -> list[tuple[str, str]]:
    """Address and text of what the round sends: texts about the institution and others, an address that changes its text
    every round, one that cannot be read."""
    items = [
        (
            f"https://outlet.example/{turn}/{n}",
            f"Полиция сообщает: раунд {turn}, дело {n}." if n % 3 else f"Погода {turn}, {n}.",
        )
        for n in range(ITEMS - 2)
    ]
    return [
        *items,
        ("https://outlet.example/live", f"Полиция: обновлено, {turn}."),
        (f"https://outlet.example/broken/{turn}", ""),
    ]


def work(folder: Path, turn: int, minutes: int = 0) -> None:
    """One round; doing it again repeats nothing."""
    clock = StoppedClock(NOW + timedelta(hours=turn, minutes=minutes))
    app = App(folder, clock, KEEPER)
    reported = folder.parent / "reported"

    def extract(items: Sequence[Fetched]) -> list[Outcome[Publication]]:
        return [_extracted(i, clock.now()) for i in items]

    steps = (
        Step("extract", extract, batch=32),
        Step("understand", Understood(turn).understand, batch=64),
        Step("file", app.archive.file, batch=256, key=lambda _: 0),
    )
    engine = LocalEngine(steps, app.archive)
    items = sent(turn)
    for start in range(0, len(items), CHUNK):
        part = items[start : start + CHUNK]
        engine.run([Passed(_fetched(address, text, clock.now())) for address, text in part], source="outlet")
        with reported.open("a") as file:
            # Only now may whoever sent it forget it.
            file.writelines(json.dumps([turn, address]) + "\n" for address, _ in part)
    _poll(app, turn, clock.now(), items)
    reread(Understood(turn), app.records, app.archive)  # type: ignore[arg-type]
    writer = app.index.writer()
    try:
        app.follow(writer)
        app.alerting.look()
        app.follow(writer)
    finally:
        writer.close()
    sending = type(app.sending)(
        app.alert_store,
        app.archive.settling,
        clock,
        app.settings.zone,
        app.composer.message,
        {ChannelKind.WEBHOOK: Hook(folder.parent / "heard")},
    )
    sending.send_due()
    app.close()


def go(folder: Path, to: str) -> None:
    """Moves the records, unless they are there."""
    now = read_settings(folder).records_url.get_secret_value()
    if now != ("" if to == SQLITE else to):
        move(folder, to, KEEPER)


def _poll(app: App, turn: int, now: datetime, items: list[tuple[str, str]]) -> None:
    if app.sources.claim("outlet", now, now + timedelta(minutes=5)):
        poll = Poll(source="outlet", at=now, outcome=PollOutcome.OK, listed=ITEMS, new=ITEMS)
        state = PollState(source="outlet", next_due=now + timedelta(minutes=30))
        app.sources.save(state, poll, [ItemMark(a, str(turn)) for a, _ in items])


def _fetched(address: str, text: str, now: datetime) -> Fetched:
    return Fetched(
        source="outlet",
        address=address,
        media_type="text/plain",
        body=text.encode(),
        text=text,
        fetched_at=now,
        name=address,
    )


def _extracted(item: Fetched, now: datetime) -> Outcome[Publication]:
    if not item.text:
        return Held(HoldReason.EMPTY, "no text")
    return Passed(
        Publication(
            source=item.source,
            address=item.address,
            title="",
            text=item.text,
            site_name=None,
            published_at=now,
            dated_by=DatedBy.FEED,
            fetched_at=now,
            language_hint=None,
            original=item.body,
            media_type=item.media_type,
            name=item.name,
        )
    )


class Found(msgspec.Struct):
    """What a home says of itself after a restart."""

    restart_s: float
    entries: int
    wrong: list[str]


def look(folder: Path, turns: int, *, is_finished: bool) -> Found:
    """After a kill in round `turns`, and again after that round was done once more."""
    began = time.monotonic()
    app = App(folder, StoppedClock(NOW + timedelta(hours=turns, minutes=20)), KEEPER)
    app.catch_up()
    app.search.count(app.search.ask("*", "kz-mia"))
    restart_s = time.monotonic() - began
    wrong = [f"verify: {f.breach.value} {f.detail}" for f in app.verify()]
    tallies = app.records.tallies()
    wrong += [f"books of {b.step} do not add up" for b in accounts(tallies) if not b.adds_up]

    entries = list(app.records.entries())
    kinds = Counter(str(e.kind) for e in entries)
    filed = kinds["filed"] + kinds["revised"]
    passed = sum(t.n for t in tallies if (t.step, t.outcome) == ("file", "passed"))
    if passed != filed:
        wrong.append(f"{passed} counted as filed, {filed} in the ledger")
    held = sum(t.n for t in tallies if t.outcome == "held")
    if held != kinds["held"]:
        wrong.append(f"{held} counted as held, {kinds['held']} in the ledger")

    texts = Counter((p.address, p.text) for p in _all(app))
    on_file = {address for address, _ in texts}
    wrong += [f"{address} is on file {n} times" for (address, _), n in texts.items() if n > 1]
    wrong += [
        f"{a} was reported and is lost" for a in _reported(folder) if a not in on_file and "broken" not in a
    ]
    wrong += _wrong_lists(app)
    wrong += _wrong_alerts(app, folder, turns if is_finished else None)
    if is_finished:
        expected = {(a, t) for turn in range(turns + 1) for a, t in sent(turn) if t}
        if missing := expected - set(texts):
            wrong.append(f"{len(missing)} sent and not on file, {min(missing)}")
        if strange := set(texts) - expected:
            wrong.append(f"{len(strange)} on file and never sent, {min(strange)}")
        if kinds["held"] != turns + 1:
            wrong.append(f"{kinds['held']} held, {turns + 1} were broken")
    app.close()
    return Found(restart_s, len(entries), wrong)


def _all(app: App) -> list[StoredPublication]:
    """Every revision once, as it was first read."""
    return app.records.by_reading(
        [e.position for e in app.records.entries() if str(e.kind) in ("filed", "revised")]
    )


def _reported(folder: Path) -> list[str]:
    path = folder.parent / "reported"
    return [json.loads(line)[1] for line in path.read_text().splitlines()] if path.exists() else []


def _wrong_lists(app: App) -> list[str]:
    """The index says what the records say, and everything that speaks of the institution has one place."""
    current = []
    after = 0
    while batch := app.records.current(after, 500):
        current += batch
        after = batch[-1].position
    question = app.search.ask("*", "kz-mia")
    listed = Counter(p.id for p in app.search.everything(question))
    wrong = [f"{id} is listed {n} times" for id, n in listed.items() if n > 1]
    if set(listed) != {p.id for p in current}:
        wrong.append(f"the index lists {len(listed)}, the records {len(current)}")
    if unplaced := [p.id for p in current if p.mentions and p.placed is None]:
        wrong.append(f"{len(unplaced)} have no place")
    return wrong


def _wrong_alerts(app: App, folder: Path, turns: int | None) -> list[str]:
    alerts = app.alert_store.alerts(100_000)
    told: Counter[str] = Counter()
    for alert in alerts:
        question = app.search.ask(alert.query, alert.institution, alert.snapshot)
        told.update(p.id for p in app.search.everything(question))
    wrong = [f"{id} was told {n} times" for id, n in told.items() if n > 1]
    if turns is None:
        return wrong
    due = sum("олиция" in text for turn in range(turns + 1) for _, text in sent(turn))
    # The address that changes every round is told once.
    if len(told) != due - turns:
        wrong.append(f"{len(told)} were told, {due - turns} were to be")
    heard = (folder.parent / "heard").read_text().split()
    deliveries = [d for a in alerts for d, _ in app.alert_store.deliveries(a.position)]
    if {d.key for d in deliveries} != set(heard):
        wrong.append(f"{len(set(heard))} alerts were heard, {len(deliveries)} were to be sent")
    if unsent := [d.id for d in deliveries if d.state.value != "sent"]:
        wrong.append(f"deliveries {unsent} are not settled")
    return wrong
