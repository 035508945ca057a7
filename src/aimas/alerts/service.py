"""Rules at work: what is new since they last spoke, whether a day is a spike, and what is recorded with an alert."""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo

import msgspec
import structlog

from aimas.alerts.backtest import DAYS, Backtest, backtest
from aimas.alerts.calendar import Calendar
from aimas.alerts.deliveries import may_go_at
from aimas.alerts.judging import Judged, judged, on
from aimas.alerts.searches import SavedSearches, signed
from aimas.alerts.spikes import Sensitivity
from aimas.alerts.store import AlertStore, Found, Settle
from aimas.alerts.types import (
    Alert,
    Channel,
    ChannelKind,
    DeliveryState,
    Rule,
    RuleKind,
    RuleState,
    SavedSearch,
)
from aimas.alerts.words import TONGUES, Words
from aimas.core import BadInput, Clock
from aimas.core.ids import short_id
from aimas.search import Node, QueryError, conjunction, written
from aimas.search.limits import MAX_LENGTH
from aimas.search.service import Question, Search
from aimas.search.tree import Entered, Is, Not

MOST_IDS = 100
"""Ids written into one query; more of them are a range of ledger entries, or several alerts."""

log = structlog.get_logger(__name__)


class Alerting:
    """Looks when told to, fires each alert once, and keeps what people decide about alerts."""

    def __init__(
        self,
        store: AlertStore,
        search: Search,
        searches: SavedSearches,
        settle: Settle,
        clock: Clock,
        calendar: Calendar,
        actor: str,
        position: Callable[[], int],
    ) -> None:
        """`position` says how far the index is."""
        self._store = store
        self._search = search
        self._searches = searches
        self._settle = settle
        self._clock = clock
        self._calendar = calendar
        self._actor = actor
        self._position = position
        self._reached: dict[str, tuple[int, str]] = {}
        """Per rule, where it looked and found nothing: noted on file only with the next alert."""
        self._looked: tuple[int, str] = (-1, "")
        self._rules: list[Rule] = []
        self._saved: dict[str, SavedSearch] = {}
        self.troubles: dict[str, str] = {}
        """Rules that can't be asked, with the mistake in their query."""

    @property
    def zone(self) -> tzinfo:
        return self._search.zone

    # What people decide.

    def add(
        self, rule: Rule, channels: Sequence[tuple[ChannelKind, str]] = (), by: str = ""
    ) -> tuple[Rule, list[Channel]]:
        """Switches a rule on: what was there before is not told. Returns the channels that were new, with their
        secrets: they are shown this once."""
        saved = self._searches.require(rule.search)
        self._searches.question(saved)
        self.check(rule, channels)
        made: list[Channel] = []
        ids: list[str] = list(rule.channels)
        known: dict[tuple[ChannelKind, str], Channel] = {
            (c.kind, c.address): c for c in self._store.channels() if c.kind is not ChannelKind.ATOM
        }
        for kind, address in dict.fromkeys(channels):
            channel = known.get((kind, address)) or _channel(kind, address)
            if (kind, address) not in known:
                made.append(channel)
            ids.append(channel.id)
        at = self._clock.now()
        rule = msgspec.structs.replace(
            rule,
            id=rule.id or short_id("rule", saved.id, at.isoformat(), secrets.token_hex(4)),
            search=saved.id,
            channels=tuple(dict.fromkeys(ids)),
            at=at,
        )
        with self._settle() as settlement:
            for channel in made:
                told = {"kind": channel.kind.value}
                self._store.put_channel(
                    settlement, channel, settlement.act("channel-declared", channel.id, told)
                )
            detail = msgspec.to_builtins(rule)
            for key in ("id", "by", "position", "at"):
                detail.pop(key)
            position = settlement.act("alert-added", rule.id, signed(detail, by))
            rule = msgspec.structs.replace(rule, position=position, by=by or self._actor)
            state = RuleState(cursor=position, slot=_slot(rule, at.astimezone(self.zone)))
            self._store.put_rule(settlement, rule, state)
        return rule, made

    def check(self, rule: Rule, channels: Sequence[tuple[ChannelKind, str]] = ()) -> None:
        """Raises BadInput for what can't be switched on so."""
        _check(rule)
        if rule.name in [r.name for r in self._store.rules()]:
            raise BadInput(f"There is an alert “{rule.name}” already. Choose another name.")
        for kind, address in channels:
            _check_address(kind, address)

    def rules(self) -> list[Rule]:
        return self._store.rules()

    def require_rule(self, name: str) -> Rule:
        """By id or name."""
        rules = self._store.rules()
        for rule in rules:
            if name in (rule.id, rule.name):
                return rule
        known = ", ".join(f"{r.name} ({r.id})" for r in rules) or "none yet"
        raise BadInput(f"There is no alert “{name}”. There are: {known}.")

    def retire(self, rule: Rule, by: str = "") -> None:
        with self._settle() as settlement:
            position = settlement.act("alert-retired", rule.id, signed({"name": rule.name}, by))
            self._store.retire_rule(settlement, rule.id, position)

    def mute(self, rule: Rule, until: datetime | None, by: str = "") -> None:
        """Until a moment; None lets it speak again."""
        if until is not None and until <= self._clock.now():
            raise BadInput("Say a moment to come: until then nothing is sent.")
        detail = {"name": rule.name, "until": until.isoformat() if until else None}
        with self._settle() as settlement:
            settlement.act("alert-muted" if until else "alert-unmuted", rule.id, signed(detail, by))
            known = self._store.state_of(rule.id)
            if not self._store.advance(
                settlement, rule.id, known, msgspec.structs.replace(known, muted_until=until)
            ):
                raise BadInput(f"“{rule.name}” was changed just now. Try again.")

    def acknowledge(self, alert: Alert, note: str = "", by: str = "") -> None:
        """By whoever runs this; once."""
        with self._settle() as settlement:
            detail = {"alert": alert.position, "rule": alert.rule_name, "note": note.strip()[:300]}
            position = settlement.act("alert-acknowledged", str(alert.position), signed(detail, by))
            if not self._store.acknowledge(settlement, alert.position, position):
                raise BadInput(f"Alert {alert.position} was acknowledged already.")

    def resend(self, delivery: int, by: str = "") -> None:
        """A person's word that a message may go again."""
        with self._settle() as settlement:
            settlement.act("delivery-repeated", str(delivery), signed({"delivery": delivery}, by))
            if not self._store.revive(settlement, delivery, self._clock.now()):
                raise BadInput(f"Delivery {delivery} was accepted, or waits already.")

    def backtest(
        self,
        saved: SavedSearch,
        kind: RuleKind,
        *,
        sensitivity: Sensitivity | None = None,
        hour: int | None = None,
        days: int = DAYS,
        at: int | None = None,
    ) -> Backtest:
        return backtest(
            self._search,
            self._searches.question(saved, at),
            kind,
            self._calendar,
            sensitivity=sensitivity,
            hour=hour,
            days=days,
        )

    # What the program does by itself.

    def look(self) -> list[Alert]:
        """Whatever is due at the index's position and at this moment; called again at once it finds nothing."""
        position, now = self._position(), self._clock.now()
        local = now.astimezone(self.zone)
        stand = (position, local.strftime("%Y-%m-%dT%H:%M"))
        if stand == self._looked:
            return []
        if position != self._looked[0]:
            # Whatever changes a rule is an entry of the ledger.
            self._rules = self._store.rules()
            self._saved = {s.id: s for s in self._store.searches()}
        fired: list[Alert] = []
        for rule in self._rules:
            try:
                fired += self._looked_by(rule, position, local)
            except _Overtaken:
                # Another process fired it, or a person changed it just now: look again.
                stand = (-1, "")
            except QueryError as error:
                if self.troubles.get(rule.id) != str(error):
                    log.warning("alert.unaskable", rule=rule.id, why=str(error))
                self.troubles[rule.id] = str(error)
            else:
                self.troubles.pop(rule.id, None)
        self._looked = stand
        return fired

    def _looked_by(self, rule: Rule, position: int, local: datetime) -> list[Alert]:
        saved = self._saved.get(rule.search)
        if saved is None:
            return []
        if rule.kind is RuleKind.SPIKE:
            return self._spikes(rule, saved, position, local.date())
        if rule.quiet is not None and rule.quiet.hold(local.time()):
            # Items gather and are told together when the quiet hours are over.
            return []
        slot = _slot(rule, local)
        if self._reached.get(rule.id) == (position, slot):
            return []
        state = self._store.state_of(rule.id)
        reached = self._reached.get(rule.id, (0, ""))
        cursor, told_slot = max(state.cursor, reached[0]), max(state.slot, reached[1])
        # Equal, not earlier: a clock that was ahead may have named an hour that is far off.
        if rule.kind is RuleKind.DIGEST and slot == told_slot:
            return []
        alerts = self._items(rule, saved, state, cursor, position, slot)
        if not alerts:
            self._reached[rule.id] = (position, slot)
        return alerts

    def _items(
        self, rule: Rule, saved: SavedSearch, state: RuleState, cursor: int, position: int, slot: str
    ) -> list[Alert]:
        if position <= cursor:
            return []
        question = self._searches.question(saved, position)
        asked = self._about(question, conjunction(question.node, Entered(cursor + 1, position)))
        count = self._search.count(asked)
        if not count:
            return []
        found = self._store.found(
            rule.id, rule.position, [h.reading for h in self._search.hits(asked, count)]
        )
        since = self._slot_start(rule, state) if rule.kind is RuleKind.DIGEST else None
        alerts = []
        for node, items in _parts(question.node, asked.node, found):
            alert = self._alert(rule, saved, self._about(question, node), question, len(items))
            alerts.append((msgspec.structs.replace(alert, since=since), [f.key for f in items]))
        new = msgspec.structs.replace(state, cursor=position, slot=slot)
        return self._fire(rule, alerts, state, new) if alerts else []

    def _slot_start(self, rule: Rule, state: RuleState) -> datetime | None:
        form = "%Y-%m-%dT%H"
        told = state.slot or ""
        if not told:
            return rule.at
        at = datetime.strptime(told, form).replace(tzinfo=self.zone)
        return max(at, rule.at) if rule.at else at

    def _spikes(self, rule: Rule, saved: SavedSearch, position: int, today: date) -> list[Alert]:
        key = (position, today.isoformat())
        if self._reached.get(rule.id) == key:
            return []
        question = self._searches.question(saved, position)
        days = [today - timedelta(days=1), today]
        born = rule.at.astimezone(self.zone).date() if rule.at else days[0]
        counts = self._search.days(question, days[0], days[-1])
        high = [d for d in days if d >= born and counts.get(d, 0) >= rule.sensitivity.minimum]
        alerts: list[Alert] = []
        for verdict in judged(self._search, question, high, rule.sensitivity, self._calendar) if high else ():
            state = self._store.state_of(rule.id)
            if not verdict.is_spike or (state.episode is not None and verdict.day <= state.episode):
                continue
            new = msgspec.structs.replace(state, episode=verdict.day)
            if state.episode == verdict.day - timedelta(days=1):
                # The same episode goes on: it was told.
                with self._settle() as settlement:
                    self._store.advance(settlement, rule.id, state, new)
                continue
            alert = self._spike_alert(rule, saved, question, verdict)
            alerts += self._fire(rule, [(alert, [])], state, new)
        self._reached[rule.id] = key
        return alerts

    def _spike_alert(self, rule: Rule, saved: SavedSearch, question: Question, verdict: Judged) -> Alert:
        exact = self._about(question, on(verdict.day, question.node))
        alert = self._alert(rule, saved, exact, question, verdict.count)
        return msgspec.structs.replace(alert, baseline=verdict.baseline, chance=verdict.chance)

    def _about(self, question: Question, node: Node) -> Question:
        return self._search.about(node, question.scope.institution, question.scope.snapshot)

    def _alert(
        self, rule: Rule, saved: SavedSearch, exact: Question, question: Question, count: int
    ) -> Alert:
        return Alert(
            rule=rule.id,
            rule_name=rule.name,
            search=saved.id,
            search_name=saved.name,
            kind=rule.kind,
            institution=exact.scope.institution,
            query=written(exact.node),
            snapshot=exact.scope.snapshot,
            count=count,
            watched=written(question.node),
        )

    def _fire(
        self, rule: Rule, alerts: Sequence[tuple[Alert, Sequence[str]]], known: RuleState, new: RuleState
    ) -> list[Alert]:
        """Alerts, told items, cursor and what is to be sent, in one settlement; raises _Overtaken."""
        now = self._clock.now()
        muted = known.muted_until is not None and now < known.muted_until
        due_at = may_go_at(rule.quiet, now, self.zone)
        channels = [c for id in rule.channels if (c := self._store.get_channel(id))]
        fired = []
        with self._settle() as settlement:
            if not self._store.advance(settlement, rule.id, known, new):
                raise _Overtaken
            for alert, keys in alerts:
                told = {t: why(alert, Words(t, self.zone)) for t in TONGUES}
                alert = msgspec.structs.replace(alert, at=now, why=told)
                detail = msgspec.to_builtins(alert)
                for key in ("position", "at", "acknowledged"):
                    detail.pop(key)
                position = settlement.act("alert-fired", rule.id, detail)
                alert = msgspec.structs.replace(alert, position=position)
                self._store.put_alert(settlement, alert, keys)
                for channel in channels:
                    if channel.kind is not ChannelKind.ATOM:
                        state = DeliveryState.SILENCED if muted else DeliveryState.WAITING
                        self._store.queue(
                            settlement, position, channel.id, secrets.token_hex(16), due_at, state
                        )
                fired.append(alert)
        return fired


class _Overtaken(Exception):
    """Somebody else moved the rule on meanwhile."""


def why(alert: Alert, words: Words) -> str:
    """Why it is told now, in words of one language."""
    match alert:
        case Alert(kind=RuleKind.SPIKE, baseline=baseline) if baseline is not None:
            told = words.plural("why.spike", alert.count, day=words.day(baseline.day))
            expected = words(
                "why.spike.expected",
                expected=words.number(round(baseline.expected, 2)),
                threshold=words.number(baseline.threshold),
            )
            rarity = 1 / alert.chance if alert.chance else float("inf")
            rare = (
                words("why.spike.never")
                if rarity > 100_000
                else words.plural("why.spike.chance", max(1, round(rarity)))
            )
            return f"{told} {expected} {rare}"
        case Alert(kind=RuleKind.DIGEST, since=since) if since is not None:
            return words.plural("why.digest", alert.count, since=words.moment(since))
        case _:
            return words.plural("why.every", alert.count)


def _parts(watched: Node, asked: Node, found: Sequence[Found]) -> list[tuple[Node, list[Found]]]:
    """Queries that list exactly what is news; one, unless much is and much is not."""
    new = [f for f in found if not f.is_known]
    known = [f for f in found if f.is_known]
    if not new:
        return []
    if not known:
        return [(asked, new)]
    room = (MAX_LENGTH - len(written(asked)) - 20) // 20
    if len(known) <= min(MOST_IDS, room):
        return [(conjunction(asked, Not(Is("id", tuple(f.id for f in known)))), new)]
    step = min(MOST_IDS, room)
    return [
        (conjunction(watched, Is("id", tuple(f.id for f in new[n : n + step]))), new[n : n + step])
        for n in range(0, len(new), step)
    ]


def _slot(rule: Rule, local: datetime) -> str:
    """The hour from which on the rule may speak again; empty where it may at any time."""
    if rule.kind is not RuleKind.DIGEST:
        return ""
    if rule.hour is None:
        return local.strftime("%Y-%m-%dT%H")
    day = local.date() if local.hour >= rule.hour else local.date() - timedelta(days=1)
    return f"{day.isoformat()}T{rule.hour:02}"


def _check(rule: Rule) -> None:
    if not 1 <= len(rule.name.strip()) <= 80 or not rule.name.isprintable():
        raise BadInput("An alert's name has 1 to 80 characters.")
    if rule.language not in TONGUES:
        raise BadInput(f"Messages are written in {', '.join(TONGUES)}.")
    if rule.hour is not None and not 0 <= rule.hour <= 23:
        raise BadInput("The hour of a digest is 0 to 23.")
    if not 7 <= rule.sensitivity.false_alarm_days <= 3_650:
        raise BadInput("One false alarm in 7 to 3,650 days can be asked for.")
    if not 1 <= rule.sensitivity.minimum <= 1_000_000:
        raise BadInput("The smallest spike is 1 or more.")
    if rule.quiet is not None and rule.quiet.since == rule.quiet.until:
        raise BadInput("Quiet hours begin and end at different times.")


_ADDRESSES = {
    ChannelKind.EMAIL: (r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,253}", "name@host"),
    ChannelKind.WEBHOOK: (r"https?://[^\s]{1,2000}", "https://host/path"),
    ChannelKind.TELEGRAM: (
        r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}",
        "a chat's number, or @name of a channel",
    ),
}


def _check_address(kind: ChannelKind, address: str) -> None:
    if kind in _ADDRESSES:
        pattern, form = _ADDRESSES[kind]
        if not re.fullmatch(pattern, address):
            raise BadInput(f"That is no address for {kind.value}: write {form}.")


def _channel(kind: ChannelKind, address: str) -> Channel:
    secret = secrets.token_urlsafe(32) if kind is ChannelKind.WEBHOOK else ""
    if kind is ChannelKind.ATOM:
        address = secrets.token_urlsafe(32)
    return Channel(id=secrets.token_hex(8), kind=kind, address=address, secret=secret)
