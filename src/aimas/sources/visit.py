"""One poll of one source: what it lists, which of it is new, and what came of each item."""

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from aimas.core import (
    AimasError,
    BadInput,
    DatedBy,
    Dropped,
    DropReason,
    Fetched,
    Held,
    HoldReason,
    Outcome,
    Passed,
    Unavailable,
)
from aimas.sources import feed, page, sitemap
from aimas.sources.addresses import chosen_canonical, declared_canonical, get_host
from aimas.sources.entries import Entry, Listing
from aimas.sources.http import (
    Bomb,
    GuardedClient,
    PageDown,
    RefusedAddress,
    RefusedByRobots,
    Response,
    TooLarge,
)
from aimas.sources.imports import filed_under, is_personal
from aimas.sources.privacy import shareable, shareable_title
from aimas.sources.types import (
    ItemMark,
    Poll,
    Polled,
    PollOutcome,
    PollState,
    SeenItems,
    Source,
    SourceKind,
    Standing,
    Take,
)

_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", ""})


class GatherSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How often sources are asked and how much at once."""

    threads: int = 8
    min_interval_s: float = 60.0
    max_interval_s: float = 24 * 3600.0
    back_off_cap_s: float = 6 * 3600.0
    full_every_s: float = 3600.0
    """A body is read without condition at least so often: servers answer 304 over changed bodies."""
    pages_per_poll: int = 30
    """At 5 s a page, two and a half minutes of one site's time; the rest waits for the next poll."""
    tries: int = 3
    lease_s: float = 1800.0
    """After so long without word from its poller, a claimed source is due again."""
    idle_s: float = 1.0


def poll(
    source: Source,
    state: PollState,
    client: GuardedClient,
    seen: SeenItems,
    now: datetime,
    *,
    settings: GatherSettings | None = None,
    accept: Callable[[Sequence[Outcome[Fetched]]], None] | None = None,
    chance: Callable[[], float] = random.random,
) -> Polled:
    """One poll of one source; a world that is down is a failed poll, never an exception.

    With `accept`, outcomes are handed over as they come and again listed in the result.
    """
    return _Visit(source, state, client, seen, now, settings or GatherSettings(), accept, chance).polled()


def crashed(
    source: Source, state: PollState, error: Exception, now: datetime, settings: GatherSettings
) -> Polled:
    """A failed poll for a reader that broke on what it read; the next attempt is six hours away."""
    why = f"reading crashed with {type(error).__name__}; please report this source with the version in use"
    state = msgspec.structs.replace(
        state,
        last_attempt_at=now,
        next_due=now + timedelta(seconds=settings.back_off_cap_s),
        consecutive_failures=state.consecutive_failures + 1,
        last_error=why,
    )
    record = Poll(source=source.id, at=now, outcome=PollOutcome.FAILED, detail=why)
    return Polled(outcomes=(), state=state, poll=record, marks=())


class _Visit:
    """One poll in the making."""

    def __init__(
        self,
        source: Source,
        state: PollState,
        client: GuardedClient,
        seen: SeenItems,
        now: datetime,
        settings: GatherSettings,
        accept: Callable[[Sequence[Outcome[Fetched]]], None] | None,
        chance: Callable[[], float],
    ) -> None:
        self._source = source
        self._state = state
        self._client = client
        self._seen = seen
        self._now = now
        self._settings = settings
        self._accept = accept
        self._chance = chance
        self._started = time.monotonic()
        self._outcomes: list[Outcome[Fetched]] = []
        self._marks: list[ItemMark] = []
        self._tries: dict[str, int] = {}
        self._down: set[str] = set()
        self._bytes = 0

    def polled(self) -> Polled:
        state = self._state
        may_ask = not state.validators_lie and (
            state.full_at is not None
            and abs(self._now - state.full_at) < timedelta(seconds=self._settings.full_every_s)
        )
        address = state.address or self._source.address
        try:
            answer = self._client.get(
                address,
                etag=state.etag if may_ask else None,
                last_modified=state.last_modified if may_ask else None,
                accept=feed.ACCEPT if self._source.kind is SourceKind.FEED else "*/*",
                robots=self._source.robots,
            )
        except Unavailable as error:
            return self._failed(str(error), error.retry_after_s)
        except RefusedByRobots as error:
            return self._failed(str(error), self._settings.max_interval_s)
        except BadInput as error:
            return self._failed(str(error), None)
        self._bytes += answer.received_bytes
        if answer.not_modified:
            return self._quiet(state, answer)
        if answer.status == 410:
            return self._failed("the source is gone for good (410)", None, dead=True)
        if not answer.is_ok:
            return self._failed(f"the source answers {answer.status}", None)
        return self._read(answer)

    def _read(self, answer: Response) -> Polled:
        state = self._state
        digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        has_changed = digest != state.body_digest
        etag = answer.headers.get("etag")
        last_modified = answer.headers.get("last-modified")
        lies = has_changed and state.body_digest is not None and (
            (etag is not None and etag == state.etag)
            or (etag is None and last_modified is not None and last_modified == state.last_modified)
        )  # fmt: skip
        state = msgspec.structs.replace(
            state,
            address=self._moved(answer),
            etag=etag,
            last_modified=last_modified,
            body_digest=digest,
            validators_lie=state.validators_lie or lies,
            full_at=self._now,
        )
        # A sitemap's index may stay the same while its children change.
        if not has_changed and self._source.kind is not SourceKind.SITEMAP:
            return self._quiet(state, answer)
        try:
            listing = self._listing(answer)
        except Unavailable as error:
            return self._failed(str(error), error.retry_after_s)
        except BadInput as error:
            return self._failed(str(error), None)
        self._bytes += listing.received_bytes
        return self._taken(listing, state)

    def _listing(self, answer: Response) -> Listing:
        match self._source.kind:
            case SourceKind.FEED:
                return feed.read_feed(answer.body, answer.address, answer.charset, self._now, self._source)
            case SourceKind.SITEMAP:
                return sitemap.read_sitemap(
                    answer.body, answer.address, self._client, self._now, self._source, self._state.cursor
                )
            case SourceKind.PAGE:
                return page.read_page(
                    answer.body,
                    answer.address,
                    answer.charset,
                    self._now,
                    self._source,
                    self._state.link_shapes,
                )
            case SourceKind.IMPORT:
                raise BadInput("an import is not polled")

    def _taken(self, listing: Listing, state: PollState) -> Polled:
        entries, marks = _unique(listing.entries, self._source.id)
        standings = self._seen.standings(self._source.id, marks)
        known = len(listing.entries) - len(entries)
        new = dropped = held = postponed = 0
        pages_left = self._source.pages_per_poll or self._settings.pages_per_poll
        newest = state.newest_item_at
        for number, (entry, mark, standing) in enumerate(zip(entries, marks, standings, strict=True), 1):
            if standing is Standing.KNOWN:
                known += 1
                continue
            needs_page = self._needs_page(entry)
            if needs_page and (pages_left <= 0 or (get_host(entry.address) or "") in self._down):
                postponed += 1
                if mark.key in state.tries:
                    self._tries[mark.key] = state.tries[mark.key]
                continue
            pages_left -= needs_page
            outcome = self._outcome(entry, mark, number)
            if outcome is None:
                postponed += 1
                continue
            match outcome:
                case Passed():
                    new += 1
                    if entry.published_at and (newest is None or entry.published_at > newest):
                        newest = entry.published_at
                case Dropped():
                    dropped += 1
                case Held():
                    held += 1
            self._marks.append(mark)
            self._outcomes.append(outcome)
            if self._accept is not None:
                self._accept([outcome])
        is_first = state.last_ok_at is None
        interval_s = (
            self._bounded(state.interval_s) if is_first else self._adapted(state.interval_s, has_news=new > 0)
        )
        state = msgspec.structs.replace(
            state,
            interval_s=interval_s,
            newest_item_at=newest,
            tries=dict(list(self._tries.items())[:1000]),
            link_shapes=listing.link_shapes or state.link_shapes,
        )
        if postponed:
            # What waits must be listed again, so the next poll may not be answered "not modified".
            state = msgspec.structs.replace(state, etag=None, last_modified=None, body_digest=None)
            interval_s = self._low()
        else:
            state = msgspec.structs.replace(state, cursor=listing.cursor or state.cursor)
        record = Poll(
            source=self._source.id,
            at=self._now,
            outcome=PollOutcome.OK,
            listed=len(listing.entries),
            known=known,
            new=new,
            dropped=dropped,
            held=held,
            postponed=postponed,
            bytes=self._bytes,
            elapsed_ms=self._elapsed_ms(),
            detail=listing.repairs,
        )
        return self._result(self._went_well(state, interval_s), record)

    def _needs_page(self, entry: Entry) -> bool:
        if entry.body is not None:
            return False
        if entry.address is None or self._source.take is Take.CONTENT:
            return False
        return self._source.take is Take.PAGE or not entry.is_whole

    def _outcome(self, entry: Entry, mark: ItemMark, number: int) -> Outcome[Fetched] | None:
        """The item's fate, or None where it is tried again at the next poll."""
        where = f"{self._source.id}, item {number}" if is_personal(self._source) else (
            entry.address or f"{self._source.id}, item {number}"
        )  # fmt: skip
        if entry.body is not None:
            return Passed(
                self._fetched(entry, where, entry.body, entry.media_type, entry.charset, entry.address)
            )
        if not self._needs_page(entry):
            return self._from_entry(entry, where)
        assert entry.address is not None
        try:
            answer = self._client.get(
                entry.address,
                accept="text/html, application/xhtml+xml, */*;q=0.5",
                robots=self._source.robots,
            )
        except Unavailable as error:
            tried = self._state.tries.get(mark.key, 0) + 1
            if not isinstance(error, PageDown):
                self._down.add(get_host(entry.address) or "")
            if tried < self._settings.tries:
                self._tries[mark.key] = tried
                return None
            return Held(HoldReason.FETCH_FAILED, f"{where}: {self._told(error)}")
        except AimasError as error:
            return self._refused(error, where)
        self._bytes += answer.received_bytes
        if not answer.is_ok:
            return Held(HoldReason.FETCH_FAILED, f"{where}: the page answers {answer.status}")
        if answer.media_type not in _PAGES:
            return Dropped(DropReason.NOT_A_PUBLICATION, answer.media_type[:60])
        if urlsplit(answer.address).path in {"", "/"} and urlsplit(entry.address).path not in {"", "/"}:
            return Held(HoldReason.FETCH_FAILED, f"{where}: the page leads to the site's front page")
        if not answer.body.strip():
            return Held(HoldReason.EMPTY, f"{where}: the page is empty")
        kind = "text/plain" if answer.media_type == "text/plain" else "text/html"
        return Passed(self._fetched(entry, where, answer.body, kind, answer.charset, _filed_address(answer)))

    def _from_entry(self, entry: Entry, where: str) -> Outcome[Fetched]:
        text = shareable(entry.text or "", self._source.ownership).strip()
        if not text and not entry.title:
            return Held(HoldReason.EMPTY, f"{where}: the entry holds neither text nor a link to it")
        text = text or shareable_title(entry.title or "", self._source.ownership)
        return Passed(
            self._fetched(
                entry, where, text.encode("utf-8", "replace"), "text/plain", "utf-8", entry.address, text
            )
        )

    def _fetched(
        self,
        entry: Entry,
        where: str,
        body: bytes,
        media_type: str,
        charset: str | None,
        address: str | None,
        text: str | None = None,
    ) -> Fetched:
        source = self._source
        personal = is_personal(source)
        return Fetched(
            source=filed_under(source),
            address=None if personal else address,
            media_type=media_type,
            body=body,
            charset=charset,
            title=shareable_title(entry.title, source.ownership) or None if entry.title else None,
            text=text,
            published_at=entry.published_at,
            dated_by=DatedBy.FEED if entry.published_at else None,
            language_hint=entry.language or source.language_hint,
            site_name=None if personal else source.name,
            fetched_at=self._now + timedelta(seconds=time.monotonic() - self._started),
            name=where,
        )

    def _refused(self, error: AimasError, where: str) -> Outcome[Fetched]:
        detail = f"{where}: {self._told(error)}"
        match error:
            case RefusedByRobots():
                return Dropped(DropReason.REMOVED_BY_ROBOTS, detail)
            case RefusedAddress():
                return Held(HoldReason.REFUSED_ADDRESS, detail)
            case Bomb():
                return Held(HoldReason.BOMB, detail)
            case TooLarge():
                return Held(HoldReason.TOO_LARGE, detail)
            case _:
                return Held(HoldReason.FETCH_FAILED, detail)

    def _told(self, error: AimasError) -> str:
        """The error's text; for personal pages only its kind, because the text quotes addresses."""
        return type(error).__name__ if is_personal(self._source) else str(error)

    def _quiet(self, state: PollState, answer: Response) -> Polled:
        interval_s = self._adapted(state.interval_s, has_news=False)
        state = msgspec.structs.replace(state, address=self._moved(answer), interval_s=interval_s)
        record = Poll(
            source=self._source.id,
            at=self._now,
            outcome=PollOutcome.NOT_MODIFIED,
            bytes=self._bytes,
            elapsed_ms=self._elapsed_ms(),
        )
        return self._result(self._went_well(state, interval_s), record)

    def _failed(self, why: str, retry_after_s: float | None, *, dead: bool = False) -> Polled:
        failures = self._state.consecutive_failures + 1
        base_s = max(self._low(), self._state.interval_s)
        wait_s = min(max(self._settings.back_off_cap_s, base_s), base_s * 2 ** min(failures - 1, 16))
        wait_s = max(wait_s * (0.75 + 0.5 * self._chance()), retry_after_s or 0.0)
        state = msgspec.structs.replace(
            self._state,
            last_attempt_at=self._now,
            next_due=self._now + timedelta(seconds=wait_s),
            consecutive_failures=failures,
            last_error=why,
            dead=dead,
        )
        record = Poll(
            source=self._source.id,
            at=self._now,
            outcome=PollOutcome.FAILED,
            bytes=self._bytes,
            elapsed_ms=self._elapsed_ms(),
            detail=why,
        )
        return self._result(state, record)

    def _went_well(self, state: PollState, interval_s: float) -> PollState:
        # A tenth of jitter keeps sources added together from being asked together for ever.
        wait_s = interval_s * (0.95 + 0.1 * self._chance())
        return msgspec.structs.replace(
            state,
            last_attempt_at=self._now,
            last_ok_at=self._now,
            next_due=self._now + timedelta(seconds=wait_s),
            consecutive_failures=0,
            last_error=None,
        )

    def _adapted(self, interval_s: float, *, has_news: bool) -> float:
        return self._bounded(interval_s * (0.6 if has_news else 1.3))

    def _bounded(self, interval_s: float) -> float:
        high = self._source.max_interval_s or self._settings.max_interval_s
        return min(max(interval_s, self._low()), max(high, self._low()))

    def _low(self) -> float:
        return self._source.min_interval_s or self._settings.min_interval_s

    def _moved(self, answer: Response) -> str | None:
        return answer.moved_to or self._state.address

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _result(self, state: PollState, record: Poll) -> Polled:
        return Polled(outcomes=tuple(self._outcomes), state=state, poll=record, marks=tuple(self._marks))


def _unique(entries: Sequence[Entry], source_id: str) -> tuple[list[Entry], list[ItemMark]]:
    """Entries without repetitions of the same identity: the first stands."""
    marks: dict[str, ItemMark] = {}
    kept = []
    for entry in entries:
        mark = entry.mark(source_id)
        if mark.key not in marks:
            marks[mark.key] = mark
            kept.append(entry)
    return kept, list(marks.values())


def _filed_address(answer: Response) -> str:
    """Where the page came from, or the plain form that it declares of itself."""
    return chosen_canonical(answer.address, declared_canonical(answer.body))
