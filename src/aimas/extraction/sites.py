"""Who reads a page: the teacher, or its site's template once, and as long as, that proves equal."""

from collections import Counter
from collections.abc import Callable
from statistics import fmean

import msgspec
from selectolax.lexbor import LexborHTMLParser

from aimas.extraction import teacher
from aimas.extraction.agreement import agreement
from aimas.extraction.memory import Frames
from aimas.extraction.store import TemplateStore
from aimas.extraction.templates import MIN_TEXT_CHARACTERS, Walker, blocks, learned, votes
from aimas.extraction.types import Template, TemplateState

LEARNING_PAGES = 4
CHECK_PAGES = 3
CHECK_EVERY = 25
"""Of a trusted site's pages, one in this many is read by both."""
AGREEMENT = 0.98
"""Mean shingle agreement on check pages below which a template is not used."""
MAX_ROUNDS = 4
MISSES_BEFORE_RELEARNING = 8
"""Pages in a row on which a trusted template found no plausible text."""
REFUSED_PAGES = 400
"""After so many more pages a refused site gets another chance: sites are redesigned."""


class SiteReader:
    """Text of pages, by host. Counters live in the process; what was learned lives in the store."""

    def __init__(self, store: TemplateStore | None, finished: Callable[[str, str], str]) -> None:
        """`finished` turns raw text and title into what is published: both readers are compared after it."""
        self._store = store
        self._finished = finished
        self._walkers: dict[str, tuple[Template, Walker]] = {}
        self._frames = Frames()
        self._seen: Counter[str] = Counter()
        self._missed: Counter[str] = Counter()

    def text(self, host: str | None, tree: LexborHTMLParser, title: str) -> str:
        """The page's text, finished. The tree is spent afterwards."""
        text = self._read(host, tree, title)
        return self._frames.without_frame(host, title, text) if host else text

    def read_by_template(self) -> dict[str, int]:
        """Pages that each trusted template has read here, by host; one in CHECK_EVERY was read by the teacher too."""
        return {host: self._seen[host] for host, _ in self._store.trusted()} if self._store else {}

    def _read(self, host: str | None, tree: LexborHTMLParser, title: str) -> str:
        if self._store is None or not host:
            return self._taught(tree, title)
        site = self._store.get(host) or Template()
        if site.state is TemplateState.TRUSTED:
            return self._by_template(self._store, host, site, tree, title)
        if site.state is TemplateState.REFUSED:
            self._seen[host] += 1
            if self._seen[host] >= REFUSED_PAGES:
                self._store_new(self._store, host, Template())
            return self._taught(tree, title)
        return self._learning(self._store, host, site, tree, title)

    def _taught(self, tree: LexborHTMLParser, title: str) -> str:
        return self._finished(teacher.main_text(tree), title)

    def _by_template(
        self, store: TemplateStore, host: str, site: Template, tree: LexborHTMLParser, title: str
    ) -> str:
        known = self._walkers.get(host)
        if known is None or known[0] is not site:
            known = self._walkers[host] = (site, Walker(site.kept, site.dropped))
        applied = known[1].applied(tree)
        if not applied.is_plausible:
            self._missed[host] += 1
            if self._missed[host] >= MISSES_BEFORE_RELEARNING:
                self._store_new(store, host, Template())
            return self._taught(tree, title)
        self._missed[host] = 0
        self._seen[host] += 1
        text = self._finished(applied.text, title)
        if self._seen[host] % CHECK_EVERY:
            return text
        taught = self._taught(tree, title)
        checks = (*site.checks, agreement(taught, text))[-CHECK_PAGES:]
        if fmean(checks) < AGREEMENT:
            self._store_new(store, host, Template())
        else:
            self._store_new(store, host, msgspec.structs.replace(site, checks=checks))
        return taught

    def _learning(
        self, store: TemplateStore, host: str, site: Template, tree: LexborHTMLParser, title: str
    ) -> str:
        page = blocks(tree)
        draft = learned(_as_votes(site.counted)) if site.pages >= LEARNING_PAGES else None
        applied = Walker(*draft).applied(tree) if draft else None
        raw = teacher.main_text(tree)
        taught = self._finished(raw, title)
        if len(taught) < MIN_TEXT_CHARACTERS:
            return taught
        here = votes(page, raw)
        if site.pages < LEARNING_PAGES:
            changed = msgspec.structs.replace(
                site, counted=_as_pairs(_as_votes(site.counted) + here), pages=site.pages + 1
            )
        else:
            score = agreement(taught, self._finished(applied.text, title)) if applied else 0.0
            changed = _checked(site, draft, here, score)
        self._store_new(store, host, changed)
        return taught

    def _store_new(self, store: TemplateStore, host: str, site: Template) -> None:
        store.put(host, site)
        self._walkers.pop(host, None)
        if site.state is not TemplateState.TRUSTED:
            self._seen[host] = self._missed[host] = 0


def _checked(
    site: Template,
    draft: tuple[tuple[str, ...], tuple[str, ...]] | None,
    here: Counter[tuple[str, bool]],
    score: float,
) -> Template:
    """The site's record after one more page checked its draft."""
    checks = (*site.checks, score)
    pending = _as_votes(site.pending) + here
    if len(checks) < CHECK_PAGES:
        return msgspec.structs.replace(site, checks=checks, pending=_as_pairs(pending))
    if draft and fmean(checks) >= AGREEMENT:
        return Template(state=TemplateState.TRUSTED, kept=draft[0], dropped=draft[1], checks=checks)
    if site.rounds + 1 >= MAX_ROUNDS:
        return Template(state=TemplateState.REFUSED, checks=checks, rounds=site.rounds + 1)
    return Template(
        counted=_as_pairs(_as_votes(site.counted) + pending),
        pages=site.pages + CHECK_PAGES,
        rounds=site.rounds + 1,
    )


def _as_votes(pairs: dict[str, tuple[int, int]]) -> Counter[tuple[str, bool]]:
    found: Counter[tuple[str, bool]] = Counter()
    for path, (taken, left) in pairs.items():
        found[path, True] = taken
        found[path, False] = left
    return found


def _as_pairs(counted: Counter[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    return {path: (counted[path, True], counted[path, False]) for path, _ in counted}
