"""Our own examples of appeals (`data/*.jsonl`), and which of them are held out."""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from aimas.appeals.categories import categories
from aimas.appeals.competence import bodies

HERE = Path(__file__).parent / "data"
LANGUAGES = ("ru", "kk", "en")
EVERY = 7
"""One in so many is held out; neighbours in the files, which resemble those of another language, stay on one side."""
BLOCK = 3


class Row(NamedTuple):
    id: str
    lang: str
    text: str
    category: int
    urgent: bool
    body: int
    """0: ours."""
    is_held_out: bool


def rows() -> list[Row]:
    names = [category.id for category in categories()]
    others = ["", *(body.id for body in bodies())]
    made: list[Row] = []
    for file in sorted(HERE.glob("*.jsonl")):
        seen: Counter[str] = Counter()
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            place = seen[row["category"]] // BLOCK
            seen[row["category"]] += 1
            made.append(
                Row(
                    row["id"],
                    row["lang"],
                    row["text"],
                    names.index(row["category"]),
                    row["urgent"],
                    others.index(row["body"] or ""),
                    place % EVERY == 2,
                )
            )
    return made


def check() -> None:
    """Prints what there is."""
    made = rows()
    assert len({row.text for row in made}) == len(made), "a text stands twice"
    for lang in LANGUAGES:
        part = [row for row in made if row.lang == lang]
        print(
            lang,
            len(part),
            f"urgent {sum(r.urgent for r in part)}",
            f"others' {sum(r.body > 0 for r in part)}",
            f"held out {sum(r.is_held_out for r in part)}",
            dict(Counter(categories()[r.category].id for r in part)),
        )


if __name__ == "__main__":
    check()
