"""Development texts written for stories, as rows of the stories task in time order.

A file is a writer's: `== name` begins a story, `==` alone an item that tells none of them; then one item a line:
`o|r|f language day hour:minute | title | text`; ¶ parts paragraphs.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
START = datetime(2026, 11, 1, tzinfo=UTC)
RELATIONS = {"o": "original", "r": "retelling", "f": "follow_up"}
_ITEM = re.compile(
    r"(?P<relation>[orf]) (?P<lang>ru|kk|en) (?P<day>\d+) (?P<hour>\d+):(?P<minute>\d+) "
    r"\|(?P<title>[^|]*)\|(?P<text>[^|]*)"
)


def written_by(writer: str) -> list[dict[str, Any]]:
    """Raises ValueError for a line that is neither a story's name nor an item."""
    rows: list[dict[str, Any]] = []
    story: str | None = None
    for number, line in enumerate((DATA / f"{writer}.txt").read_text("utf-8").splitlines(), 1):
        if line.startswith("=="):
            story = line[2:].strip() or None
        elif line:
            if not (found := _ITEM.fullmatch(line)):
                raise ValueError(f"{writer}.txt, line {number}: neither a story nor an item")
            at = START + timedelta(
                days=int(found["day"]), hours=int(found["hour"]), minutes=int(found["minute"])
            )
            id = f"{writer}{number}"
            rows.append(
                {
                    "id": id, "lang": found["lang"], "title": found["title"].strip(),
                    "text": found["text"].strip().replace(" ¶ ", "\n"),
                    "story": story and f"{writer}/{story}", "relation": RELATIONS[found["relation"]],
                    "of": None, "published_at": at.isoformat(),
                }
            )  # fmt: skip
    return sorted(rows, key=lambda row: str(row["published_at"]))
