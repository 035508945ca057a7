"""Development texts as rows of the stories task, in time order."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NEWSROOM = HERE.parents[1] / "demo" / "newsroom" / "publications"
START = datetime(2026, 11, 1, tzinfo=UTC)


def own() -> list[dict[str, Any]]:
    """Stories written for development, some made to be confused."""
    rows = []
    for number, line in enumerate((HERE / "data" / "stories.txt").read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        story, relation, lang, at, title, text = (part.strip() for part in line.split(" | "))
        day, hour = map(int, at.split())
        rows.append(
            {
                "id": f"own-{number}", "lang": lang, "title": title, "text": text, "story": story,
                "relation": relation, "of": None,
                "published_at": (START + timedelta(days=day, hours=hour)).isoformat(),
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: str(row["published_at"]))


def newsroom() -> list[dict[str, Any]]:
    """The demo's publications; one that belongs to no story is alone."""
    rows = []
    for file in sorted(NEWSROOM.glob("*-?.jsonl")):
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            hour, minute = map(int, (row["at"] or "12:00").split(":"))
            published = START + timedelta(days=30 - row["day"], hours=hour, minutes=minute)
            rows.append(
                {
                    "id": row["id"], "lang": row["lang"], "title": row["title"] or "", "text": "\n".join(row["text"]),
                    "story": row["story"] or row["id"], "relation": row["relation"], "of": None,
                    "published_at": published.isoformat(),
                }
            )  # fmt: skip
    return sorted(rows, key=lambda row: str(row["published_at"]))
