"""What a template needs, computed: highlighted text, links that repeat their snapshot, names of things."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from aimas.core import Guess, Language, Mention, Ownership, Span, StoredPublication, Tone
from aimas.coverage import SourceLine
from aimas.institution import Profile
from aimas.search.board import Figure
from aimas.sources import Source
from aimas.sources.health import Health
from aimas.storage.labels import LABELLED
from aimas.tone import Verdict, verdict
from aimas.web.texts import Texts

POOLED = {"personal": "pub.personal", "import": "pub.import"}
SNIPPET = 240


class Piece(msgspec.Struct, frozen=True):
    """A run of text with one look."""

    text: str
    mention: Mention | None = None
    evidence: bool = False
    number: int | None = None
    """Which mention begins here, counted from 1: the list of mentions leads to it."""


class Names:
    """What sources, themes and regions are called in the reader's language."""

    def __init__(self, texts: Texts, profile: Profile, sources: Iterable[Source]) -> None:
        self._texts = texts
        self._profile = profile
        self._sources = {s.id: s for s in sources}

    def institution(self, profile: Profile) -> str:
        """Short enough for a heading; the title in full where the texts know nothing shorter."""
        key = f"institution.{profile.id}"
        return self._texts(key) if self._texts.has(key) else str(getattr(profile.title, self._texts.tongue))

    def of_institution(self, id: str) -> str:
        """By its profile's id, also where that profile is gone."""
        key = f"institution.{id}"
        return self._texts(key) if self._texts.has(key) else id

    def shown_source(self, id: str) -> Source | None:
        """None for what has no name of its own: personal pages and files."""
        source = self._sources.get(id)
        return None if source is None or source.ownership is Ownership.PERSONAL else source

    def source(self, id: str) -> str:
        """Only outlets and institutions have a name; the rest is pooled."""
        if id in POOLED:
            return self._texts(POOLED[id])
        source = self._sources.get(id)
        if source is None:
            # Of another home, or of one restored without its declarations; a personal page is filed under its pool.
            return id
        return self._texts(POOLED["personal"]) if source.ownership is Ownership.PERSONAL else source.name

    def theme(self, key: str) -> str:
        for theme in self._profile.themes:
            if theme.key == key:
                return str(getattr(theme.title, self._texts.tongue))
        return key

    def target(self, key: str) -> str:
        for target in self._profile.targets:
            if target.key == key:
                return str(getattr(target.title, self._texts.tongue))
        return key

    def region(self, code: str, form: str = "region") -> str:
        """`form` may be `tile`: as short as a tile of the map is narrow."""
        key = f"{form}.{code}"
        return self._texts(key) if self._texts.has(key) else code

    def reason(self, value: str) -> str:
        key = f"reason.{value}"
        return self._texts(key) if self._texts.has(key) else value

    def step(self, value: str) -> str:
        key = f"step.{value}"
        return self._texts(key) if self._texts.has(key) else value

    def facet(self, field: str, value: str) -> str:
        match field:
            case "source":
                return self.source(value)
            case "theme":
                return self.theme(value)
            case "region":
                return self.region(value)
            case "lang":
                return self._texts(f"language.{value}")
            case _:
                return value


class Links:
    """Every number's link repeats the institution and the snapshot it was counted at."""

    def __init__(self, institution: str, snapshot: int) -> None:
        self._institution = institution
        self._snapshot = snapshot

    def to(self, figure: Figure) -> str:
        return self.query(figure.query)

    def query(self, query: str, **more: Any) -> str:
        return "/list?" + urlencode({"q": query, "i": self._institution, "at": self._snapshot, **more})

    def folded(self, query: str, **more: Any) -> str:
        """The same list with copies folded."""
        return self.query(query, fold=1, **more)

    def stories(self, query: str, **more: Any) -> str:
        asked = {"q": query, "i": self._institution, "at": self._snapshot, **more}
        return "/stories?" + urlencode(asked)

    def story(self, id: str) -> str:
        return f"/story/{id}?" + urlencode({"i": self._institution, "at": self._snapshot})

    def newest(self, query: str) -> str:
        return "/list?" + urlencode({"q": query, "i": self._institution})

    def newer(self, query: str) -> str:
        return "/list/newer?" + urlencode({"q": query, "i": self._institution, "at": self._snapshot})

    def export(self, query: str, form: str = "jsonl") -> str:
        asked = {"q": query, "i": self._institution, "at": self._snapshot}
        return f"/api/v1/publications.{form}?" + urlencode(asked)


class Row(msgspec.Struct, frozen=True):
    """A publication in a list."""

    publication: StoredPublication
    title: str
    verdict: Verdict | None
    snippet: tuple[Piece, ...]
    """Around what decided the tone, or the beginning where nothing did."""


def row(publication: StoredPublication, institution: str) -> Row:
    ruled = verdict(institution, publication.mentions)
    mentions = [m for m in publication.mentions if m.institution == institution]
    lead = ruled.deciding[0] if ruled and ruled.deciding else mentions[0] if mentions else None
    shown = publication.shown
    title = title_of(publication)
    offset = len(shown) - len(publication.text)
    if lead is None or lead.span.end <= offset:
        start, end = offset, min(len(shown), offset + SNIPPET)
        lead = lead if lead and lead.span.start >= start else None
    else:
        start = max(lead.sentence.start, lead.span.start - SNIPPET // 2)
        if start > lead.sentence.start:
            # Not in the middle of a word.
            start = shown.rfind(" ", lead.sentence.start, start) + 1 or start
        end = min(lead.sentence.end, start + SNIPPET, len(shown))
        end = max(end, lead.span.end)
    pieces = pieces_of(shown, [lead] if lead else [], start, end)
    before = (Piece("… "),) if start > offset and shown[start - 1 : start] not in ("", "\n") else ()
    after = (Piece(" …"),) if end < len(shown) else ()
    return Row(publication, title, ruled, (*before, *pieces, *after))


def _shortened(text: str, width: int) -> str:
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= width else first[:width].rsplit(" ", 1)[0] + " …"


def within(query: str, clause: str) -> str:
    """The query with one more condition."""
    return clause if query.strip() in ("", "*") else f"({query}) AND {clause}"


def title_of(publication: StoredPublication) -> str:
    """Its own, or its first words."""
    return publication.title or _shortened(publication.text, 90)


def speech(language: Language) -> str:
    """For `lang`; empty where it cannot be told, which is what HTML asks for."""
    return {"kk-ru": "kk", "other": ""}.get(language.value, language.value)


def pieces_of(
    text: str, mentions: Sequence[Mention], start: int = 0, end: int | None = None
) -> tuple[Piece, ...]:
    """Cuts the text where its look changes; mentions and evidence may overlap."""
    end = len(text) if end is None else end
    # Where a person says otherwise, the model's words did not decide.
    decided = [m.tone for m in mentions if m.tone and m.stands and m.stands.value is m.tone.value]
    evidence = [s for tone in decided if _takes_side(tone) for s in tone.evidence]
    cuts = {start, end}
    for span in [m.span for m in mentions] + evidence:
        cuts.update(c for c in (span.start, span.end) if start < c < end)
    ordered = sorted(cuts)
    found = []
    for left, right in itertools.pairwise(ordered):
        here = Span(left, right)
        mention = next((m for m in mentions if m.span.overlaps(here)), None)
        number = next((n for n, m in enumerate(mentions, 1) if m.span.start == left), None)
        found.append(Piece(text[left:right], mention, any(s.overlaps(here) for s in evidence), number))
    return tuple(found)


def _takes_side(guess: Guess[Tone]) -> bool:
    return guess.value in (Tone.CRITICAL, Tone.POSITIVE)


def paragraphs(shown: str, mentions: Sequence[Mention], start: int) -> list[tuple[Piece, ...]]:
    """What is shown from `start` on, paragraph by paragraph, highlighted."""
    found, at = [], start
    for line in shown[start:].split("\n"):
        if line.strip():
            found.append(pieces_of(shown, mentions, at, at + len(line)))
        at += len(line) + 1
    return found


# Where each region sits on the tile map: column, row. One equal tile each, placed as a reader would look for it.
TILES = {
    "KZ-59": (3, 0),
    "KZ-39": (2, 1),
    "KZ-11": (3, 1),
    "KZ-55": (4, 1),
    "KZ-27": (0, 1),
    "KZ-15": (1, 2),
    "KZ-62": (2, 2),
    "KZ-71": (3, 2),
    "KZ-35": (4, 2),
    "KZ-10": (5, 2),
    "KZ-63": (6, 2),
    "KZ-23": (0, 2),
    "KZ-47": (0, 3),
    "KZ-43": (2, 3),
    "KZ-61": (3, 3),
    "KZ-31": (4, 3),
    "KZ-19": (5, 3),
    "KZ-33": (6, 3),
    "KZ-79": (3, 4),
    "KZ-75": (5, 4),
}


class Tile(msgspec.Struct, frozen=True):
    code: str
    column: int
    row: int
    all: Figure
    critical: Figure
    shade: int
    """0..4 by count; 0 is none."""


def tiles(
    regions: Sequence[Figure], critical: Sequence[Figure], whole: Figure, all_critical: Figure
) -> list[Tile]:
    """All twenty regions; `whole` and `all_critical` are what a region without publications is a part of."""
    counts = {f.key: f for f in regions}
    sharp = {f.key: f for f in critical}
    most = max((f.count for f in regions), default=0)
    found = []
    for code, (column, line) in TILES.items():
        one = counts.get(code, _none(code, whole))
        shade = 0 if not one.count else 1 + min(3, (one.count * 4 - 1) // max(most, 1))
        sharpened = sharp.get(code, _none(code, all_critical))
        found.append(Tile(code, column, line, one, sharpened, shade))
    return found


def _none(code: str, like: Figure) -> Figure:
    return Figure(code, 0, f"{like.query} AND region:{code}")


TROUBLE = (Health.DEAD, Health.UNWATCHED, Health.FAILING)
"""Who should speak and does not; the worst first."""


class Pool(msgspec.Struct, frozen=True):
    """All personal pages as one line: how many, never which."""

    pages: int
    healths: tuple[tuple[Health, int], ...]
    good: int
    failed: int
    new: int


def pooled(lines: Iterable[SourceLine]) -> tuple[list[SourceLine], Pool | None]:
    """Named sources, the troubled first; and the rest together, None where there is none."""
    named: list[SourceLine] = []
    personal: list[SourceLine] = []
    for line in lines:
        (personal if line.source.ownership is Ownership.PERSONAL else named).append(line)
    named.sort(key=lambda line: TROUBLE.index(line.health) if line.health in TROUBLE else len(TROUBLE))
    polled = [line for line in personal if line.source.kind.value != "import"]
    if not polled:
        return named, None
    counts = {h: sum(line.health is h for line in polled) for h in Health}
    return named, Pool(
        len(polled),
        tuple((h, n) for h, n in counts.items() if n),
        sum(line.good for line in polled),
        sum(line.failed for line in polled),
        sum(line.new for line in polled),
    )


MOST_TEXTS = 50
"""Of those that a ruling moved, named at it."""


class Act(msgspec.Struct, frozen=True):
    """An entry of the ledger in words."""

    position: int
    at: datetime
    actor: str
    said: str
    href: str | None
    texts: tuple[tuple[str, str], ...] = ()
    """Where the publications that it was about are, and how they are called."""


class Titles(msgspec.Struct, frozen=True):
    """How publications, stories and cases are called, by id."""

    publication: Callable[[str], str]
    story: Callable[[str], str]
    case: Callable[[str], str]
    """The number; the id where there is none."""


def acts(
    found: Iterable[Mapping[str, Any]],
    texts: Texts,
    names: Names,
    titles: Titles,
    called: Callable[[str], str],
    most: int = 100,
) -> list[Act]:
    """Newest first; `called` tells what a person is called whom the ledger names. Answers that one person gave blind
    in a row are one line: they would fill the page."""
    return [_act(row, n, texts, names, titles, called) for row, n in itertools.islice(_folded(found), most)]


def _folded(found: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], int]]:
    def key(row: Mapping[str, Any]) -> object:
        if row["verb"] != LABELLED:
            return row["position"]
        return row["subject"], msgspec.json.decode(row["detail"]).get("by")

    for _, group in itertools.groupby(found, key):
        first, *rest = group
        yield first, 1 + len(rest)


def _act(
    row: Mapping[str, Any],
    n: int,
    texts: Texts,
    names: Names,
    titles: Titles,
    called: Callable[[str], str],
) -> Act:
    verb, subject = str(row["verb"]), str(row["subject"])
    detail: dict[str, Any] = msgspec.json.decode(row["detail"])
    values: dict[str, Any] = defaultdict(lambda: "—")
    values.update({k: v for k, v in detail.items() if isinstance(v, str | int)})
    if "institution" in detail:
        values["institution"] = names.of_institution(str(detail["institution"]))
    href = None
    match verb:
        case "source-declared":
            values["name"] = detail.get("name") or texts("pub.personal")
        case "source-retired":
            values["name"] = names.source(subject)
        case "original-opened":
            values["publication"] = titles.publication(subject)
            href = f"/publication/{subject}"
        case "account-added" | "account-changed":
            roles = [texts(f"role.{role}") for role in str(detail.get("roles", "")).split(", ") if role]
            values["roles"] = ", ".join(roles)
        case "story-merged" | "story-unmerged" | "story-split" | "story-pinned" | "story-renamed":
            # As the person saw them called, where that was recorded.
            values["story"] = detail.get("into_title") or titles.story(subject)
            if "from" in detail:
                values["from"] = detail.get("from_title") or titles.story(str(detail["from"]))
            if "into" in detail:
                values["into"] = titles.story(str(detail["into"]))
            if "publication" in detail:
                values["publication"] = titles.publication(str(detail["publication"]))
            href = f"/story/{subject}"
        case "exported":
            values["count"] = texts.number(int(detail.get("count", 0)))
            values["format"] = str(detail.get("format", "")).upper()
            if "query" in detail:
                asked = {
                    "q": values["query"],
                    "i": detail.get("institution", ""),
                    "at": detail.get("snapshot", 0),
                }
                href = "/list?" + urlencode(asked)
        case "digest-exported":
            values["count"] = texts.number(int(detail.get("count", 0)))
            values["format"] = str(detail.get("format", "")).upper()
            for edge in ("since", "until"):
                values[edge] = texts.day(date.fromisoformat(str(detail[edge])), "d MMM y")
            asked = {
                "q": values["query"],
                "i": detail.get("institution", ""),
                "at": detail.get("snapshot", 0),
            }
            href = "/list?" + urlencode(asked)
        case "alert-fired":
            values["count"] = texts.plural("list.count", int(detail.get("count", 0)))
            href = f"/alerts/{row['position']}"
        case "alert-acknowledged":
            href = f"/alerts/{subject}"
        case "alert-added" | "alert-retired" | "alert-muted" | "alert-unmuted":
            if detail.get("until"):
                values["until"] = texts.moment(datetime.fromisoformat(str(detail["until"])))
            href = f"/alerts/rules/{subject}"
        case "delivery-sent" | "delivery-failed" | "delivery-unclear" | "delivery-silenced":
            values["channel"] = texts(f"channel.{detail['channel']}")
            href = f"/alerts/{detail['alert']}"
        case "channel-declared":
            values["kind"] = texts(f"channel.{detail['kind']}")
        case "search-saved":
            href = "/list?" + urlencode({"q": values["query"], "i": detail.get("institution", "")})
        case "home-made":
            values["profiles"] = ", ".join(names.of_institution(str(id)) for id in detail.get("profiles", []))
        case "tone-corrected":
            values["before"] = texts(f"tone.{detail.get('before') or 'unlooked'}")
            values["now"] = texts(f"tone.{detail['tone']}") if detail.get("tone") else texts("correct.taken")
            values["by"] = called(str(detail.get("by", "")))
            href = f"/publication/{subject}"
        case "case-looked" | "case-erased":
            values["number"] = titles.case(subject)
            href = f"/appeals/{subject}"
        case "sample-drawn":
            values["n"] = texts.number(len(detail.get("members", ())))
            href = f"/labelling/{subject}"
        case "mention-labelled":
            values["n"] = texts.number(n)
            values["by"] = called(str(detail.get("by", "")))
            href = f"/labelling/{subject}"
    key = f"act.{verb}"
    if (verb, subject) == ("exported", "corrections"):
        key = "act.exported.corrections"
    elif verb.startswith("message-"):
        key = "act.message"
    elif verb == "story-renamed" and not detail.get("title"):
        key = "act.story-unnamed"
    said = texts.filled(key, values) if texts.has(key) else f"{verb}: {subject}"
    about = tuple(
        (f"/publication/{id}", titles.publication(id)) for id in detail.get("texts", ())[:MOST_TEXTS]
    )
    who = _actor(row, detail, called)
    return Act(int(row["position"]), texts.from_us(int(row["at"])), who, said, href, about)


def _actor(row: Mapping[str, Any], detail: Mapping[str, Any], called: Callable[[str], str]) -> str:
    """Who acted; where a person gave a name to a program that ran under another account, both."""
    account, by = str(row["actor"]), str(detail.get("by") or "")
    if by.partition(":")[2] in ("", account.partition(":")[2]):
        return _bare(called(account))
    return f"{_bare(called(by))} ({_bare(called(account))})"


def _bare(actor: str) -> str:
    """A program without the word for its kind."""
    return actor.removeprefix("program:")
