"""What a channel is given to send: an alert in words, with its number, baseline, top items, links and way out."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from urllib.parse import urlencode

import msgspec

from aimas.alerts.types import Alert, Rule
from aimas.alerts.words import Words
from aimas.core import Mention, StoredPublication, Tone
from aimas.tone import verdict

TOP = 7
LOOKED_AT = 50
"""Of the newest so many the top ones are chosen."""
TITLE = 140
REMEMBERED = 200
WORDS = 5
_ORDER = {Tone.CRITICAL: 0, Tone.POSITIVE: 1}


class Item(msgspec.Struct, frozen=True):
    """A publication as it is told of: an outlet or an institution by name, everything else pooled."""

    title: str
    source: str
    at: datetime | None
    when: str
    tone: str | None
    """critical, positive, neutral, unclear; None where nobody looked."""
    tone_said: str
    words: tuple[str, ...]
    """That decided the tone."""
    link: str
    """Its page here."""


class Message(msgspec.Struct, frozen=True):
    key: str
    """The same at every try."""
    home: str
    alert: int
    rule: str
    rule_id: str
    search: str
    kind: str
    language: str
    at: datetime
    count: int
    snapshot: int
    query: str
    subject: str
    why: str
    baseline: str
    """Empty where the rule has none."""
    expected: float | None
    threshold: int | None
    items: tuple[Item, ...]
    items_title: str
    more: str
    link: str
    """The exact list."""
    link_said: str
    alert_link: str
    alert_said: str
    mute: str
    mute_link: str
    note: str


class Composer:
    """Writes messages; the same alert gives the same message at any time."""

    def __init__(
        self,
        home: str,
        zone: tzinfo,
        address: str,
        list_of: Callable[[Alert, int], Iterable[StoredPublication]],
        explained: Callable[[StoredPublication], StoredPublication],
        name_of: Callable[[str], str | None],
    ) -> None:
        """`address` is where readers find the board; `list_of` gives the newest of an alert's list, `explained` the
        words that decided, `name_of` a source's name, None for what is pooled."""
        self._home = home
        self._zone = zone
        self._address = address.rstrip("/")
        self._list_of = list_of
        self._explained = explained
        self._name_of = name_of
        self._items: OrderedDict[tuple[int, str], tuple[Item, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def message(self, alert: Alert, rule: Rule, key: str) -> Message:
        words = Words(rule.language, self._zone)
        items = self._top(alert, words)
        spike = alert.baseline
        return Message(
            key=key,
            home=self._home,
            alert=alert.position,
            rule=rule.name,
            rule_id=rule.id,
            search=alert.search_name,
            kind=alert.kind.value,
            language=words.tongue,
            at=alert.at or datetime.fromtimestamp(0, self._zone),
            count=alert.count,
            snapshot=alert.snapshot,
            query=alert.query,
            subject=words(f"subject.{alert.kind.value}", rule=rule.name, n=words.number(alert.count)),
            why=alert.why.get(words.tongue, ""),
            baseline=words.plural(
                "baseline", len(spike.days), dispersion=words.number(round(spike.dispersion, 2))
            )
            if spike
            else "",
            expected=round(spike.expected, 3) if spike else None,
            threshold=spike.threshold if spike else None,
            items=items,
            items_title=words("items.title"),
            more=words("items.more", n=words.number(alert.count - len(items)))
            if alert.count > len(items)
            else "",
            link=f"{self._address}{list_path(alert)}",
            link_said=words.plural("link.list", alert.count),
            alert_link=f"{self._address}/alerts/{alert.position}",
            alert_said=words("link.alert"),
            mute=words("mute"),
            mute_link=f"{self._address}/alerts/rules/{rule.id}",
            note=words("note"),
        )

    def _top(self, alert: Alert, words: Words) -> tuple[Item, ...]:
        """Critical ones first, then the newest; remembered, since feeds are asked for again and again."""
        key = (alert.position, words.tongue)
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        newest = list(self._list_of(alert, LOOKED_AT))
        ordered = sorted(newest, key=lambda p: _ORDER.get(_tone(p, alert.institution) or Tone.NEUTRAL, 2))
        items = tuple(self._item(self._explained(p), alert, words) for p in ordered[:TOP])
        with self._lock:
            self._items[key] = items
            while len(self._items) > REMEMBERED:
                self._items.popitem(last=False)
        return items

    def _item(self, p: StoredPublication, alert: Alert, words: Words) -> Item:
        ruled = verdict(alert.institution, p.mentions)
        decided: list[str] = []
        for mention in ruled.deciding if ruled and ruled.tone in _ORDER else ():
            decided += _evidence(mention, p.shown)
        title = p.title or p.text.strip().split("\n", 1)[0]
        return Item(
            title=title if len(title) <= TITLE else title[:TITLE].rsplit(" ", 1)[0] + " …",
            source=self._name_of(p.source) or words("pooled"),
            at=p.published_at,
            when=words.moment(p.published_at) if p.published_at else words("undated"),
            tone=ruled.tone.value if ruled else None,
            tone_said=words(f"tone.{ruled.tone.value}") if ruled else "",
            words=tuple(dict.fromkeys(decided))[:WORDS],
            link=f"{self._address}/publication/{p.id}?{urlencode({'i': alert.institution})}",
        )


def list_path(alert: Alert) -> str:
    """Opens exactly what was counted."""
    return "/list?" + urlencode({"q": alert.query, "i": alert.institution, "at": alert.snapshot})


def _tone(p: StoredPublication, institution: str) -> Tone | None:
    ruled = verdict(institution, p.mentions)
    return ruled.tone if ruled else None


def _evidence(mention: Mention, shown: str) -> list[str]:
    return [" ".join(span.of(shown).split()) for span in mention.tone.evidence] if mention.tone else []
