"""Letters in which every piece of personal data is marked, and what counts as found in them:

    PYTHONPATH=src:. python -m training.appeals.personal            # what there is, and what the rules reach
    PYTHONPATH=src:. python -m training.appeals.personal --take FOLDER   # marked lines into data/personal/*.jsonl

Held out is a fifth of the letters, by the hash of their words; no rule and no network was made on them. Of the rest a
seventh serves to choose epochs and thresholds.
"""

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from aimas.appeals.pii import PiiKind, personal_data

HERE = Path(__file__).parent / "data" / "personal"
LANGUAGES = ("ru", "kk", "en")
LETTERS = {
    "n": PiiKind.NAME,
    "p": PiiKind.PHONE,
    "a": PiiKind.ADDRESS,
    "i": PiiKind.IIN,
    "l": PiiKind.PLATE,
    "e": PiiKind.EMAIL,
    "c": PiiKind.CARD,
    "b": PiiKind.BIRTH_DATE,
    "d": PiiKind.DOC_NUMBER,
    "k": PiiKind.IBAN,
}
_MARK = re.compile(r"\{(\w+):([^{}]*)\}")
HELD_OUT, CHOOSING, LEARNING = "held out", "choosing", "learning"


class Place(NamedTuple):
    kind: PiiKind
    start: int
    end: int


class Letter(NamedTuple):
    lang: str
    text: str
    places: tuple[Place, ...]

    @property
    def part(self) -> str:
        number = int(hashlib.sha256(self.text.encode()).hexdigest()[:8], 16)
        if number % 5 == 0:
            return HELD_OUT
        return CHOOSING if number // 5 % 7 == 0 else LEARNING


def read(lang: str, line: str) -> Letter:
    """Of a line with marks, by a letter or by a kind's name. Raises ValueError for braces that are no mark."""
    line = line.replace("\\n", "\n")
    text, places, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        kind = LETTERS.get(match[1]) or PiiKind(match[1])
        inside = match[2]
        start = len(text) + len(inside) - len(inside.lstrip())
        places.append(Place(kind, start, len(text) + len(inside.rstrip())))
        text += inside
        at = match.end()
    text += line[at:]
    if "{" in text or "}" in text:
        raise ValueError(f"a brace that is no mark: {text[:80]}")
    return Letter(lang, text, tuple(places))


def letters() -> list[Letter]:
    made = []
    for lang in LANGUAGES:
        file = HERE / f"{lang}.jsonl"
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            row = json.loads(line)
            places = tuple(Place(PiiKind(p["kind"]), p["start"], p["end"]) for p in row["pii"])
            made.append(Letter(row["lang"], row["text"], places))
    return made


def take(folder: Path) -> None:
    """Marked lines of LANG-*.txt into one file a language, in order, those with broken marks named and left."""
    HERE.mkdir(parents=True, exist_ok=True)
    for lang in LANGUAGES:
        files = sorted(folder.glob(f"{lang}-*.txt"), key=lambda f: int(re.sub(r"\D", "", f.stem) or 0))
        lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
        rows, seen = [], set()
        for line in lines:
            try:
                letter = read(lang, line)
            except ValueError as wrong:
                print(lang, wrong)
                continue
            if letter.text in seen:
                continue
            seen.add(letter.text)
            pii = [
                {"kind": p.kind.value, "start": p.start, "end": p.end}
                for p in letter.places
                if p.end > p.start
            ]
            rows.append({"id": f"{lang}-{len(rows) + 1:03}", "lang": lang, "text": letter.text, "pii": pii})
        written = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (HERE / f"{lang}.jsonl").write_text(written, "utf-8")


Found = Sequence[Place]


def figures(rows: Iterable[tuple[Letter, Found]]) -> dict[str, float]:
    """As the frozen set is measured: met where any found of the kind overlaps, right where any marked one does."""
    stand: Counter[str] = Counter()
    met: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for letter, found in rows:
        for place in letter.places:
            hit = any(meets(place, one) for one in found)
            for group in ("all", place.kind.value):
                stand[group] += 1
                met[group] += hit
        for one in found:
            hit = any(meets(place, one) for place in letter.places)
            for group in ("all", one.kind.value):
                said[group] += 1
                right[group] += hit
    made = {}
    for group in sorted(stand | said):
        made[f"{group} recall"] = met[group] / stand[group] if stand[group] else 1.0
        made[f"{group} precision"] = right[group] / said[group] if said[group] else 1.0
    return made


def meets(one: Place, other: Place) -> bool:
    return one.kind is other.kind and one.start < other.end and other.start < one.end


def by_rules(text: str) -> list[Place]:
    return [Place(found.kind, found.span.start, found.span.end) for found in personal_data(text)]


def report(rows: Sequence[Letter], finder: Callable[[str], Found], name: str) -> None:
    told = [(row, finder(row.text)) for row in rows]
    groups = defaultdict(list)
    for row, found in told:
        groups["all"].append((row, found))
        groups[row.lang].append((row, found))
    for group, part in groups.items():
        made = figures(part)
        shown = " ".join(
            f"{key.removesuffix(' recall')} {value:.3f}/{made[key.replace('recall', 'precision')]:.3f}"
            for key, value in made.items()
            if key.endswith("recall")
        )
        print(f"{name} {group} ({len(part)}): {shown}", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--take", type=Path)
    options = asked.parse_args()
    if options.take:
        take(options.take)
    rows = letters()
    for lang in LANGUAGES:
        part = [row for row in rows if row.lang == lang]
        print(
            lang,
            len(part),
            Counter(row.part for row in part),
            Counter(p.kind.value for r in part for p in r.places),
        )
    report([row for row in rows if row.part != HELD_OUT], by_rules, "rules, not held out")


if __name__ == "__main__":
    main()
