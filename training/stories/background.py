"""Which features are common in news: writes src/aimas/stories/background.tsv, counts and nothing else of any text.

Counted on our own texts (the tone examples, four to a text, and the demo newsroom's publications) and on public
sentences under AIMAS_DATA, four to a text: RuSentNE-2023 (MIT), NewsMTSC (MIT), KazNERD (CC BY 4.0). A feature is as
common as the collection says where it is commoner: "police" in ours, "government" in theirs.
"""

import csv
import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from aimas.core import Language
from aimas.institution import gazetteer
from aimas.stories import StoryItem
from aimas.stories.features import features_of

ROOT = Path(__file__).parents[2]
OUT = ROOT / "src/aimas/stories/background.tsv"
LEAST = 0.002
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


def public() -> list[tuple[Language, str, str]]:
    if "AIMAS_DATA" not in os.environ:
        sys.exit("Name the folder of the public sets: AIMAS_DATA=… python training/stories/background.py")
    data = Path(os.environ["AIMAS_DATA"])
    russian = dict.fromkeys(
        row["sentence"]
        for row in csv.DictReader(
            (data / "rusentne/train_data.csv").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE
        )
    )
    english = [
        json.loads(line)["sentence_normalized"]
        for line in (data / "newsmtsc/train.jsonl").read_text("utf-8").splitlines()
    ]
    kazakh = [
        " ".join(line.split(" ")[0] for line in sentence.splitlines())
        for sentence in (data / "kaznerd/IOB2_valid.txt").read_text("utf-8").split("\n\n")
    ]
    return [
        (language, "", "\n".join(sentences[start : start + BESIDE]))
        for language, sentences in (
            (Language.RU, [*russian]), (Language.EN, english), (Language.KK, kazakh)
        )
        for start in range(0, len(sentences), BESIDE)
    ]  # fmt: skip


def shares(collection: list[tuple[Language, str, str]]) -> dict[str, float]:
    """Of texts in the languages that have the feature at all."""
    seen: Counter[str] = Counter()
    of_language: Counter[str] = Counter()
    spoken: dict[str, set[str]] = {}
    for n, (language, title, text) in enumerate(collection):
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
    print(dict(of_language), file=sys.stderr)
    return {
        feature: times / sum(of_language[language] for language in spoken[feature])
        for feature, times in seen.items()
        if times >= 3
    }


def main() -> None:
    ours, theirs = shares(texts()), shares(public())
    lines = [
        "# Feature, share of texts that hold it in the languages that have it; made by training/stories."
    ]
    for feature in sorted(ours.keys() | theirs.keys()):
        share = max(ours.get(feature, 0.0), theirs.get(feature, 0.0))
        if share >= LEAST:
            lines.append(f"{feature}\t{share:.4f}")
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(len(lines) - 1, "features")


if __name__ == "__main__":
    main()
