"""What is out at a moment: past items at once, live ones one after another, corrections as silent edits."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from threading import Lock
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from demo.newsroom.letters import slug
from demo.newsroom.outlets import Outlet
from demo.newsroom.texts import Reprint, Text

LOCAL = ZoneInfo("Asia/Almaty")
# The newest past item must look fresh, yet be out before the first poll.
_NEWEST_BEFORE_START = timedelta(minutes=4)
_CLAMPED_SPREAD = timedelta(minutes=90)


@dataclass(frozen=True)
class Article:
    """An item in its place at an outlet, as it reads now."""

    id: str
    outlet: str
    number: int
    lang: str
    section: str
    title: str
    paragraphs: tuple[str, ...]
    byline: str | None
    published_at: datetime
    changed_at: datetime
    path: str
    about: tuple[str, ...]
    relation: str
    of: str | None
    story: str | None
    corrected_by: str | None = None

    @property
    def summary(self) -> str:
        first = self.paragraphs[0]
        return first if len(first) <= 150 else first[:150].rsplit(" ", 1)[0] + "…"


class Edition:
    """All outlets' articles; thread-safe. Time comes from the caller and never runs back."""

    def __init__(
        self,
        outlets: Sequence[Outlet],
        texts: Sequence[Text],
        reprints: Sequence[Reprint],
        started: datetime,
        live_every_s: float,
        correct_after_s: float,
    ) -> None:
        self._outlets = {outlet.slug: outlet for outlet in outlets}
        known = [text for text in texts if text.outlet in self._outlets]
        copies = _copies(known, [copy for copy in reprints if copy.outlet in self._outlets])
        moments = _moments(known, copies, started)
        outlet_of = {text.id: text.outlet for text in known}
        self._edits = {
            t.id: t for t in known if t.relation == "correction" and outlet_of.get(t.of or "") == t.outlet
        }
        self._articles: dict[str, Article] = {}
        self._at_path: dict[tuple[str, str], str] = {}
        self._numbers: set[tuple[str, int]] = set()
        self._lock = Lock()
        self._every = timedelta(seconds=live_every_s)
        self._next_live = started + self._every
        self._edits_due = started + timedelta(seconds=correct_after_s)
        self._edited = False
        everything = [*known, *(copy for copy, _ in copies.values())]
        for text in sorted(everything, key=lambda text: (moments.get(text.id, started), text.id)):
            if not text.live and text.id not in self._edits:
                self._publish(text, moments[text.id])
        self._queue = _live_queue(known, copies)
        self.live_total = len(self._queue)

    def advance(self, now: datetime) -> None:
        """Let out what is due; when all is out, the clock has nothing left to do."""
        with self._lock:
            if not self._edited and now >= self._edits_due:
                self._edited = True
                for edit in self._edits.values():
                    if not edit.live:
                        self._correct(edit, self._edits_due)
            while self._queue and now >= self._next_live:
                self._release(self._next_live)
                self._next_live += self._every

    def release(self, n: int, now: datetime) -> list[str]:
        """The next live items, out at once; their ids."""
        with self._lock:
            return [self._release(now) for _ in range(min(n, len(self._queue)))]

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def of(self, outlet: str) -> list[Article]:
        """The outlet's articles, newest first."""
        with self._lock:
            mine = [article for article in self._articles.values() if article.outlet == outlet]
        return sorted(mine, key=lambda article: (article.published_at, article.number), reverse=True)

    def all(self) -> list[Article]:
        with self._lock:
            return sorted(self._articles.values(), key=lambda article: (article.published_at, article.id))

    def get_at(self, outlet: str, path: str) -> Article | None:
        with self._lock:
            found = self._at_path.get((outlet, path))
            return self._articles[found] if found else None

    def get_numbered(self, outlet: str, number: int) -> Article | None:
        return next((article for article in self.of(outlet) if article.number == number), None)

    def _release(self, moment: datetime) -> str:
        text = self._queue.pop(0)
        if text.id in self._edits:
            self._correct(text, moment)
        else:
            self._publish(text, moment)
        return text.id

    def _publish(self, text: Text, moment: datetime) -> None:
        outlet = self._outlets[text.outlet]
        number = 10_000 + zlib.crc32(text.id.encode()) % 80_000
        while (outlet.slug, number) in self._numbers:
            number += 1
        self._numbers.add((outlet.slug, number))
        path = article_path(outlet, text, number, moment)
        if (outlet.slug, path) in self._at_path:
            path = article_path(outlet, text, number, moment, also=f"-{number}")
        self._at_path[outlet.slug, path] = text.id
        self._articles[text.id] = Article(
            id=text.id,
            outlet=text.outlet,
            number=number,
            lang=text.lang,
            section=text.section,
            title=text.title,
            paragraphs=text.text,
            byline=text.byline,
            published_at=moment,
            changed_at=moment,
            path=path,
            about=text.about,
            relation=text.relation,
            of=text.of,
            story=text.story,
        )

    def _correct(self, edit: Text, moment: datetime) -> None:
        if edit.of in self._articles:
            self._articles[edit.of] = replace(
                self._articles[edit.of],
                title=edit.title,
                paragraphs=edit.text,
                about=edit.about,
                changed_at=moment,
                corrected_by=edit.id,
            )


def article_path(outlet: Outlet, text: Text, number: int, moment: datetime, also: str = "") -> str:
    local = moment.astimezone(LOCAL)
    path = outlet.address.format(
        year=local.year,
        month=f"{local.month:02}",
        day=f"{local.day:02}",
        section=section_path(text.section),
        slug=(slug(text.title) or str(number)) + also,
        number=number,
    )
    return f"/private{path}" if text.id in outlet.defects.private else path


def section_path(section: str) -> str:
    return slug(section, words=3) or "news"


def with_utm(path: str) -> str:
    tags = urlencode({"utm_source": "rss", "utm_medium": "feed", "utm_campaign": "all"})
    return f"{path}{'&' if '?' in path else '?'}{tags}"


def _copies(texts: Sequence[Text], reprints: Sequence[Reprint]) -> dict[str, tuple[Text, Reprint]]:
    by_id = {text.id: text for text in texts}
    copies: dict[str, tuple[Text, Reprint]] = {}
    for reprint in reprints:
        original = by_id.get(reprint.reprint_of)
        if original is None:
            continue
        kept = original.text[: max(1, len(original.text) - reprint.cut_last)]
        copy = Text(
            id=reprint.id,
            outlet=reprint.outlet,
            lang=original.lang,
            day=original.day,
            at=original.at,
            section=original.section,
            title=reprint.title or original.title,
            text=(reprint.lead, *kept) if reprint.lead else kept,
            story=original.story,
            relation="reprint",
            of=original.id,
            about=original.about,
            tone=original.tone,
            regions=original.regions,
        )
        copies[copy.id] = (copy, reprint)
    return copies


def _moments(
    texts: Sequence[Text], copies: Mapping[str, tuple[Text, Reprint]], started: datetime
) -> dict[str, datetime]:
    """When past items came out: never after the start, and the order of a day is kept."""
    today = started.astimezone(LOCAL).date()
    wanted: dict[str, datetime] = {}
    for text in texts:
        if not text.live:
            at = time.fromisoformat(text.at or "12:00")
            wanted[text.id] = datetime.combine(today - timedelta(days=text.day), at, LOCAL)
    for copy, reprint in copies.values():
        if reprint.reprint_of in wanted:
            wanted[copy.id] = wanted[reprint.reprint_of] + timedelta(hours=reprint.hours_later)
    latest = started - _NEWEST_BEFORE_START
    early = [moment for moment in wanted.values() if moment <= latest]
    late = sorted((moment, name) for name, moment in wanted.items() if moment > latest)
    begin = max([latest - _CLAMPED_SPREAD, *early])
    for place, (_, name) in enumerate(late, 1):
        wanted[name] = begin + (latest - begin) * place / len(late)
    return {name: moment.replace(microsecond=0) for name, moment in wanted.items()}


def _live_queue(texts: Sequence[Text], copies: Mapping[str, tuple[Text, Reprint]]) -> list[Text]:
    """One outlet after another, originals before what follows them, reprints a few places behind."""
    lanes: dict[str, list[Text]] = {}
    for text in texts:
        if text.live:
            lanes.setdefault(text.outlet, []).append(text)
    queue: list[Text] = []
    while lanes:
        for outlet in list(lanes):
            queue.append(lanes[outlet].pop(0))
            if not lanes[outlet]:
                del lanes[outlet]
    place = {text.id: index for index, text in enumerate(queue)}
    for index, text in enumerate(list(queue)):
        if text.of and place.get(text.of, -1) > index:
            queue.remove(text)
            queue.insert(next(i for i, other in enumerate(queue) if other.id == text.of) + 1, text)
    for copy, reprint in copies.values():
        where = next((i for i, text in enumerate(queue) if text.id == reprint.reprint_of), None)
        if where is not None:
            queue.insert(min(len(queue), where + max(2, round(reprint.hours_later / 2))), copy)
    return queue
