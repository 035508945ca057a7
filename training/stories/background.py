"""Which features are common in our kind of text: writes src/aimas/stories/background.tsv.

Counted on our own texts alone: the tone examples, four to a text, and the demo newsroom's publications.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from aimas.core import Language
from aimas.institution import gazetteer
from aimas.stories import StoryItem
from aimas.stories.features import features_of

ROOT = Path(__file__).parents[2]
OUT = ROOT / "src/aimas/stories/background.tsv"
LEAST = 0.004
"""Share of texts below which a feature is not common."""
BESIDE = 4
"""Tone examples are sentences; so many make a text."""


def texts() -> list[tuple[Language, str, str]]:
    found = []
    by_language: dict[str, list[str]] = {}
    for file in sorted((ROOT / "training/tone/data").glob("*.jsonl")):
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            if "text" in row:
                by_language.setdefault(row["lang"], []).append(row["text"])
    for lang, sentences in sorted(by_language.items()):
        found += [
            (Language(lang), "", "\n".join(sentences[start : start + BESIDE]))
            for start in range(0, len(sentences), BESIDE)
        ]
    for file in sorted((ROOT / "demo/newsroom/publications").glob("*-?.jsonl")):
        rows = map(json.loads, file.read_text("utf-8").splitlines())
        found += [(Language(row["lang"]), row["title"] or "", "\n".join(row["text"])) for row in rows]
    return found


def main() -> None:
    seen: Counter[str] = Counter()
    of_language: Counter[str] = Counter()
    spoken: dict[str, set[str]] = {}
    for n, (language, title, text) in enumerate(texts()):
        places = gazetteer().places(f"{title}\n\n{text}", language)
        item = StoryItem(
            key=n, language=language, title=title, text=text, published=datetime(2026, 1, 1, tzinfo=UTC),
            places=tuple({p.name for p in places}), regions=tuple({p.region for p in places}),
        )  # fmt: skip
        features = features_of(item)
        of_language[features.language] += 1
        for space, counts in features.spaces.items():
            for feature in counts:
                seen[space[0] + feature] += 1
                spoken.setdefault(space[0] + feature, set()).add(features.language)
    lines = [
        "# Feature, share of texts that hold it in the languages that have it; made by training/stories."
    ]
    for feature, times in sorted(seen.items()):
        share = times / sum(of_language[language] for language in spoken[feature])
        if times >= 3 and share >= LEAST:
            lines.append(f"{feature}\t{share:.4f}")
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(len(lines) - 1, "features of", sum(of_language.values()), "texts", dict(of_language))


if __name__ == "__main__":
    main()
