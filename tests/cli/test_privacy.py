"""Nothing that a person wrote leaves under his name: planted bylines and handles are sought in every byte that is kept."""

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from aimas.cli.main import _run

HANDLES = ("qairat_planted", "planted.user77", "zere_planted_channel", "plantedvk", "plantedmailbox")
NAMES = ("Плантедова", "Plantedson", "Плантедұлы")
BODY = "Полиция Алматы раскрыла кражу, сообщило МВД РК. Жители благодарят участкового за помощь. "


def jsonl() -> str:
    rows = [
        {
            "text": f"{BODY} @{HANDLES[0]}",
            "author": NAMES[0],
            "username": HANDLES[0],
            "url": f"https://t.me/{HANDLES[2]}/5",
        },
        {"text": f"Автор: Айгуль {NAMES[0]}\n{BODY} Первая.", "title": "Кража", "url": "https://a.kz/1"},
        {"text": f"{BODY} Вторая.\nАйгуль {NAMES[0]}, специально для издания", "url": "https://a.kz/2"},
        {
            "text": f"By John {NAMES[1]}\nPolice in Almaty detained a thief, the ministry said.",
            "url": "https://a.kz/3",
        },
        {"text": f"{BODY} Третья. Подробнее: https://vk.com/{HANDLES[3]} и instagram.com/{HANDLES[1]}"},
        {"text": f"{BODY} Пишите: {HANDLES[4]}@mail.kz"},
        {"text": "", "author": NAMES[0], "username": HANDLES[0]},
    ]
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)


def csv() -> str:
    return (
        "author;handle;text;url\n"
        f"{NAMES[0]};@{HANDLES[0]};{BODY} Четвёртая. @{HANDLES[1]};https://instagram.com/{HANDLES[1]}/p/1\n"
        f"{NAMES[2]};{HANDLES[0]};Полиция қызметкерлері ұрыны ұстады.;https://a.kz/7\n"
    )


def telegram() -> str:
    message = {
        "type": "message",
        "date": "2026-05-01T10:00:00",
        "date_unixtime": "1777600000",
        "from_id": "user12345",
    }
    return json.dumps(
        {
            "name": f"Чат {NAMES[0]}",
            "type": "personal_chat",
            "id": 4242,
            "messages": [
                {**message, "id": 1, "from": NAMES[0], "text": f"{BODY} Пятая."},
                {**message, "id": 2, "from": NAMES[2], "text": ["Пишет ", {"type": "mention", "text": f"@{HANDLES[0]}"}, f": {BODY}"]},
                {**message, "id": 3, "from": NAMES[1], "forwarded_from": NAMES[0], "text": [{"type": "mention_name", "text": NAMES[2]}, f" {BODY} Шестая."]},
                {**message, "id": 4, "from": NAMES[1], "text": f"{BODY} https://t.me/{HANDLES[2]}/17"},
            ],
        },
        ensure_ascii=False,
    )  # fmt: skip


def html() -> str:
    words = " ".join(f"{BODY} Абзац {n} рассказывает о подробностях дела." for n in range(6))
    return (
        f'<html lang="ru"><head><title>Кража раскрыта</title><meta name="author" content="Айгуль {NAMES[0]}">'
        f'<meta name="twitter:creator" content="@{HANDLES[0]}">'
        f'<script type="application/ld+json">{{"@type":"NewsArticle","author":{{"name":"{NAMES[0]}"}}}}</script>'
        f'</head><body><article><h1>Кража раскрыта</h1><p class="byline">Айгуль {NAMES[0]}</p>'
        f'<p>Автор: <a rel="author" href="https://t.me/{HANDLES[2]}">Айгуль {NAMES[0]}</a></p>'
        f"<p>{words}</p><p>Подписывайтесь: @{HANDLES[1]}</p></article>"
        f'<section class="comments"><div class="comment"><b>{HANDLES[0]}</b> Согласен!</div></section></body></html>'
    )


FILES: dict[str, Callable[[], str]] = {
    "rows.jsonl": jsonl,
    "rows.csv": csv,
    "result.json": telegram,
    "page.html": html,
}
PLANTED = (*HANDLES, *NAMES, "user12345")


def kept(home: Path) -> dict[str, bytes]:
    """Every file of the home but the keys, and every table's every cell."""
    found = {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}
    with closing(sqlite3.connect(home / "records.sqlite")) as records:
        tables = [r[0] for r in records.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            cells = [c for row in records.execute(f"SELECT * FROM {table}") for c in row]
            found[f"table {table}"] = "\n".join(
                c.decode("utf-8", "replace") if isinstance(c, bytes) else str(c) for c in cells
            ).encode()
    return found


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        *(pytest.param(name, (), id=f"{name}, personal") for name in FILES),
        *(pytest.param(name, ("--outlet", "Tengri"), id=f"{name}, an outlet's") for name in FILES),
    ],
)
def test_no_planted_name_is_kept_or_shown(
    home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], name: str, owner: tuple[str, ...]
) -> None:
    path = tmp_path / name
    path.write_text(FILES[name](), "utf-8")
    at_home = ("--home", str(home))
    assert _run(["ingest", str(path), *owner, *at_home]) == 0
    capfdbinary.readouterr()
    shown = {}
    for line in (["export", "*"], ["export", "*", "--format", "csv"], ["search", "*", "--json"], ["search", "*"],
                 ["digest", "--json"], ["digest", "--week", "--format", "html"],
                 ["held", "list", "--json"], ["held", "list"], ["sources", "list", "--json"]):  # fmt: skip
        _run([*line, *at_home])
        sys.stdout.flush()
        shown[" ".join(line)] = capfdbinary.readouterr().out
    assert b'"count": 0' not in shown["search * --json"]
    everything = {**kept(home), **shown}
    leaks = [
        (where, planted)
        for where, content in everything.items()
        for planted in PLANTED
        if planted.encode() in content or planted.lower().encode() in content
    ]
    assert leaks == []


def test_the_test_itself_would_find_a_name(home: Path) -> None:
    from aimas.app import App

    app = App(home)
    with app.archive.settling() as settlement:
        settlement.act("test", "x", {"name": NAMES[0]})
    app.close()
    assert any(NAMES[0].encode() in content for content in kept(home).values())
