"""How well items are gathered into stories, whatever the language."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from pathlib import Path

from aimas.core import BadInput
from aimas.evaluation.reprints import published_of, text_of, title_of
from aimas.evaluation.scores import (
    Row,
    Scores,
    by_language,
    is_whole,
    language_of,
    named,
    optional_text,
    shown,
)
from aimas.institution import Institutions, gazetteer, require_profile
from aimas.stories import Reprints, Stories, StoryItem
from aimas.stories.placing import unnamed
from aimas.text import LanguageDetector


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """B-cubed (Bagga, Baldwin 1998) and the recall of pairs in two languages; rows stand in time order.

    A row without a story is a story of its own. In `by_lang`, `cross_lingual_recall` is over pairs that
    have one text in that language.
    """
    truth = expected(rows)
    found = placed(rows)

    def metrics(part: Sequence[int]) -> dict[str, float]:
        return b_cubed([truth[n] for n in part], [found[n] for n in part])

    place = {id(row): n for n, row in enumerate(rows)}
    by_lang = {}
    for lang, group in sorted(by_language(rows).items()):
        by_lang[lang] = metrics([place[id(row)] for row in group]) | cross_lingual(rows, truth, found, lang)
    return Scores(
        "stories", len(rows), metrics(range(len(rows))) | cross_lingual(rows, truth, found), by_lang
    )


def expected(rows: Sequence[Row]) -> list[Hashable]:
    for n, row in enumerate(rows, 1):
        optional_text(n, row, "lang")
        if "story" not in row:
            raise BadInput(f"{named(n, row)} has no 'story'; see the format of stories")
        story = row["story"]
        if not (story is None or isinstance(story, str) or is_whole(story)):
            raise BadInput(f"{named(n, row)}: story {shown(story)} is no name")
    return [("alone", n) if row["story"] is None else row["story"] for n, row in enumerate(rows)]


def placed(rows: Sequence[Row], stories: Stories | None = None) -> list[int]:
    """The story of each row, copies folded first, as in the running product."""
    stories = stories or Stories()
    reprints = Reprints()
    found = []
    for row, item in zip(rows, items(rows), strict=True):
        title, text = title_of(row, item.key), text_of(row, item.key)
        copy = reprints.place(item.key, title, text, item.published)
        if copy is not None:
            item = _copied(item, copy.of)
        found.append(stories.place(item).story)
    return found


def items(rows: Sequence[Row]) -> Iterable[StoryItem]:
    """Without the words that name the default institution, as in the running product."""
    detector: LanguageDetector | None = None
    institutions = Institutions([require_profile("kz-mia")])
    for n, row in enumerate(rows):
        title, text = title_of(row, n), text_of(row, n)
        language = language_of(n + 1, row)
        if language is None:
            detector = detector or LanguageDetector()
            language = detector.detect(text).value
        shown = f"{title}\n\n{text}" if title else text
        places = gazetteer().places(shown, language)
        bare, rest = unnamed(title, text, [m.span for m in institutions.find(shown, language)])
        yield StoryItem(
            key=n,
            language=language,
            title=bare,
            text=rest,
            published=published_of(row, n),
            places=tuple(dict.fromkeys(place.name for place in places)),
            regions=tuple(dict.fromkeys(place.region for place in places)),
        )


def b_cubed(truth: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """Each item's share of its cluster that is right, and of its story that is in its cluster, averaged."""
    if not truth:
        return {}
    together = Counter(zip(truth, found, strict=True))
    stories, clusters = Counter(truth), Counter(found)
    both = list(zip(truth, found, strict=True))
    precision = sum(together[pair] / clusters[pair[1]] for pair in both) / len(both)
    recall = sum(together[pair] / stories[pair[0]] for pair in both) / len(both)
    return {
        "bcubed_precision": precision,
        "bcubed_recall": recall,
        "bcubed_f1": 2 * precision * recall / (precision + recall),
    }


def cross_lingual(
    rows: Sequence[Row], truth: Sequence[Hashable], found: Sequence[Hashable], lang: str | None = None
) -> dict[str, float]:
    """Empty where no story has texts in two languages."""
    members: dict[Hashable, list[int]] = {}
    for n, story in enumerate(truth):
        members.setdefault(story, []).append(n)
    due = right = 0
    for group in members.values():
        for a, b in combinations(group, 2):
            languages = {rows[a].get("lang"), rows[b].get("lang")}
            if len(languages) == 2 and None not in languages and (lang is None or lang in languages):
                due += 1
                right += found[a] == found[b]
    return {"cross_lingual_recall": right / due} if due else {}


def _copied(item: StoryItem, of: int) -> StoryItem:
    return StoryItem(
        key=item.key,
        language=item.language,
        title=item.title,
        text=item.text,
        published=item.published,
        places=item.places,
        regions=item.regions,
        copy_of=of,
    )
