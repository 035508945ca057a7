"""Every verb as a person or a script calls it: what it says, where, and with which exit code."""

import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aimas.cli.main import VERBS, _run
from aimas.home import create_home
from aimas.search import parse

ROWS = [
    {"text": "МВД РК сообщило: полиция Алматы раскрыла кражу.", "title": "Кража", "url": "https://a.kz/1", "date": "2026-05-11"},
    {"text": "Полиция қызметкерлері қалада ұрыны ұстады.", "url": "https://a.kz/2", "date": "2026-05-10"},
    {"text": "The weather will be fine tomorrow in the north.", "url": "https://a.kz/3"},
]  # fmt: skip


class Said(dict[str, Any]):
    """Exit code, stdout, stderr."""

    @property
    def json(self) -> Any:
        return json.loads(self["out"])


@pytest.fixture
def aimas(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Said]:
    def call(*arguments: object) -> Said:
        capfdbinary.readouterr()
        code = _run([str(a) for a in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Said(code=code, out=out.decode(), err=err.decode())

    return call


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in ROWS))
    return path


@pytest.fixture
def stocked(home: Path, rows: Path, aimas: Callable[..., Said]) -> Path:
    assert aimas("ingest", rows, "--home", home)["code"] == 0
    return home


def test_a_first_hour(tmp_path: Path, rows: Path, aimas: Callable[..., Said]) -> None:
    home = tmp_path / "new"
    assert aimas("init", home, "--profile", "kz-mia", "--json").json == {
        "home": str(home),
        "profiles": ["kz-mia"],
    }
    report = aimas("ingest", rows, "--home", home, "--json").json
    assert (report["entered"], report["filed"]) == (3, 3)
    again = aimas("ingest", rows, "--home", home)
    assert again["code"] == 0
    assert "Nothing new was filed." in again["out"]
    assert aimas("search", "*", "--count", "--json", "--home", home).json["count"] == 3
    assert aimas("search", "полицией", "--json", "--home", home).json["count"] == 2
    assert aimas("search", "*", "--count", "--home", home)["out"] == "3\n"
    books = aimas("stats", "--json", "--home", home)
    assert books["code"] == 0
    assert books.json["adds_up"] is True
    assert books.json["indexed"] == books.json["ledger"]
    point = aimas("checkpoint", "--to", tmp_path / "safe", "--json", "--home", home).json
    proof = aimas("verify", "--against", point["path"], "--json", "--home", home)
    assert (proof["code"], proof.json["ok"], proof.json["checkpoints"]) == (0, True, 1)
    assert aimas("reindex", "--json", "--home", home).json["behind"] == 0
    assert aimas("search", "*", "--count", "--json", "--home", home).json["count"] == 3


def test_the_home_stands_before_or_after_the_verb_or_in_the_environment(
    stocked: Path, aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("search", "*", "--count")
    assert aimas("--home", stocked, *asked)["out"] == "3\n"
    assert aimas(*asked, "--home", stocked)["out"] == "3\n"
    assert aimas("--home", "/nowhere", *asked, "--home", stocked)["out"] == "3\n"
    monkeypatch.setenv("AIMAS_HOME", str(stocked))
    assert aimas(*asked)["out"] == "3\n"
    assert aimas("--home", "/nowhere", *asked)["code"] == 1


def test_groups_take_the_home_anywhere(stocked: Path, aimas: Callable[..., Said]) -> None:
    for line in (("--home", stocked, "held", "list"), ("held", "list", "--home", stocked)):
        assert aimas(*line, "--json").json == {"count": 0, "items": []}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        pytest.param("search x", 2, "Which home?", id="no home said"),
        pytest.param("search x --home {tmp}/none", 1, "is not a home yet. Run: aimas init", id="no home there"),
        pytest.param("nonsense", 2, "No such command", id="no such verb"),
        pytest.param("search --nonsense --home {home}", 2, "No such option", id="no such option"),
        pytest.param("search tone:bad --home {home}", 2, "is not one of positive, critical", id="a query with a mistake"),
        pytest.param("init {home}", 1, "is a home already", id="a home twice"),
        pytest.param("init {tmp}", 1, "is not empty", id="a folder with something in it"),
        pytest.param("init {tmp}/x --profile nobody", 1, "nobody", id="a profile that does not exist"),
        pytest.param("ingest --home {home}", 2, "Missing argument", id="no file given"),
        pytest.param("ingest {tmp}/none.txt --home {home}", 1, "no such file; check the spelling", id="a missing file"),
        pytest.param("ingest {tmp} --column text --home {home}", 2, "write FIELD=NAME", id="a column without a name"),
        pytest.param("verify --against {tmp}/none --home {home}", 2, "does not exist", id="a missing checkpoint"),
        pytest.param("verify --against {bad} --home {home}", 1, "is not a checkpoint", id="a malformed checkpoint"),
        pytest.param("checkpoint --home {home}", 1, "Say where checkpoints go", id="a checkpoint to nowhere"),
        pytest.param("checkpoint --to {tmp} --home {home}", 1, "nothing to vouch for yet", id="a checkpoint of nothing"),
        pytest.param("held retry --home {home}", 2, "Give positions", id="a retry of nothing"),
        pytest.param("sources add --home {home}", 2, "Give one address", id="a source without address"),
        pytest.param("sources add http://a.kz:22/feed --outlet x --home {home}", 1, "port 22 is not asked", id="an address that is never asked"),
        pytest.param("sources add https://1.1.1.1/ --outlet x --institution y --home {home}", 2, "not both", id="two owners"),
        pytest.param("serve --port 70000 --home {home}", 2, "70000", id="a port that is none"),
        pytest.param("eval nonsense {bad}", 2, "nonsense", id="no such task"),
        pytest.param("eval wage-debt {bad}", 3, "not built yet", id="a task that is not built yet"),
        pytest.param("eval language {tmp}/none --json", 1, "No such file", id="nothing to measure on"),
        pytest.param("eval language {bad} --json", 1, "line 1", id="truths that are no JSON"),
        pytest.param("search * --at -1 --home {home}", 2, "--at", id="a snapshot before the beginning"),
        pytest.param("sources add notaurl --outlet x --home {home}", 1, "'notaurl' is no address; write it with https://", id="an address without a scheme"),
        pytest.param("appeals recalculate nope --home {home}", 1, "There is no calendar nope; there are kz/", id="a calendar that does not exist"),
        pytest.param("export @none --home {home}", 2, "There is no saved search", id="a search that was not saved"),
        pytest.param("alerts backtest none --home {home}", 1, "Save one: aimas searches save NAME QUERY", id="no search saved yet"),
        pytest.param("ingest {bad} --column txt=body --home {home}", 2, "there is no field txt; there are text,", id="a field that does not exist"),
        pytest.param("ingest {bad} --cluster foo --home {home}", 1, "write it as tcp://", id="a scheduler's address that is none"),
        pytest.param("verify --key zz --home {home}", 2, "64 hex digits, and goes with --against", id="a key for nothing"),
        pytest.param("checkpoint --to {home}/inside --home {home}", 1, "lies in the home that it vouches for", id="a checkpoint into the home"),
        pytest.param("backup {home}/inside --home {home}", 1, "would be lost with it", id="a backup into the home"),
        pytest.param("init /dev/null/x", 1, "/dev/null/x: Not a directory. Give another place", id="a place where no folder can be"),
        pytest.param("serve --port 8123 --home {elsewhere}", 1, "is no address of this machine", id="another machine's address"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_plainly(
    home: Path, tmp_path: Path, aimas: Callable[..., Said], line: str, code: int, words: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\x00 not json")
    elsewhere = tmp_path / "elsewhere"
    create_home(elsewhere, profiles=["kz-mia"], listen="192.0.2.1")
    said = aimas(*line.format(tmp=tmp_path, home=home, bad=bad, elsewhere=elsewhere).split())
    assert said["code"] == code, said
    assert words in " ".join(said["err"].split())
    assert said["out"] == ""
    assert "Traceback" not in said["err"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "prot = 1",
            "setting prot: there is no such setting; did you mean port?",
            id="a name that does not exist",
        ),
        pytest.param(
            'language = "de"', "setting language: 'de' is not one of ru, kk, en", id="no such language"
        ),
        pytest.param("port = 0", "setting port", id="a value out of range"),
        pytest.param('port = "x"', "setting port", id="a value of another type"),
        pytest.param('timezone = "Asia/Nowhere"', "setting timezone", id="no such zone"),
        pytest.param('admitted = ["localhost"]', "setting admitted", id="a host without a port"),
        pytest.param("profiles = []", "setting profiles", id="nobody to listen for"),
        pytest.param("port = [", "can't be read", id="no TOML"),
    ],
)
def test_a_bad_settings_file_names_the_setting(
    home: Path, aimas: Callable[..., Said], text: str, words: str
) -> None:
    (home / "aimas.toml").write_text(text)
    said = aimas("stats", "--home", home)
    assert said["code"] == 1
    assert "BadSetting" in said["err"]
    assert words in " ".join(said["err"].split())


def test_a_bad_setting_in_the_environment_is_named(
    home: Path, aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMAS_PORT", "none")
    said = aimas("stats", "--home", home)
    assert said["code"] == 1
    assert "AIMAS_PORT in the environment" in " ".join(said["err"].split())


@pytest.mark.parametrize("written", ["kz-mia, kz-prosecutor", '["kz-mia", "kz-prosecutor"]'])
def test_a_list_in_the_environment_is_written_with_commas_or_as_json(
    home: Path, aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("AIMAS_PROFILES", written)
    monkeypatch.setenv("AIMAS_INSTITUTION", '{"ru": "Полиция", "kk": "Полиция"}')
    said = aimas("settings", "--json", "--home", home).json
    assert said["profiles"] == ["kz-mia", "kz-prosecutor"]
    assert said["institution"] == {"ru": "Полиция", "kk": "Полиция"}


def test_settings_are_printed_as_the_file_takes_them(
    home: Path, aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMAS_SMTP_PASSWORD", "pass-phrase")
    said = aimas("settings", "--home", home)["out"]
    assert "pass-phrase" not in said and "# smtp_password is set and not shown" in said
    monkeypatch.delenv("AIMAS_SMTP_PASSWORD")
    before = aimas("settings", "--json", "--home", home).json
    (home / "aimas.toml").write_text(said)
    assert aimas("settings", "--json", "--home", home).json == before | {"smtp_password": ""}


def test_records_that_are_gone_are_told_as_gone(stocked: Path, aimas: Callable[..., Said]) -> None:
    (stocked / "records.sqlite").rename(stocked / "elsewhere")
    said = aimas("stats", "--home", stocked)
    assert said["code"] == 1 and "is missing. Put it back" in " ".join(said["err"].split())


def test_what_is_held_and_cannot_be_tried_again_is_no_wrong_use(
    home: Path, tmp_path: Path, aimas: Callable[..., Said]
) -> None:
    said = aimas("held", "retry", "--all", "--home", home)
    assert (said["code"], said["out"].strip()) == (0, "Nothing that is held can be tried again.")


def test_a_profile_is_tried_on_a_text_in_any_charset(tmp_path: Path, aimas: Callable[..., Said]) -> None:
    for charset in ("utf-8-sig", "cp1251", "utf-16"):
        path = tmp_path / "text.txt"
        path.write_bytes(("Полиция Алматы задержала подозреваемого в краже. " * 3).encode(charset))
        assert "police" in aimas("profile", "test", path)["out"], charset


def test_the_queries_of_the_readme_are_understood() -> None:
    """Each as the shell hands it over."""
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    lines = re.findall(r"^aimas (search|searches save \S+) ('[^']+')", text, re.M)
    assert len(lines) >= 2
    for _, quoted in lines:
        parse(shlex.split(quoted)[0], date(2026, 11, 23))


def test_the_environment_outranks_the_file(
    home: Path, aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "aimas.toml").write_text('port = 8001\nlanguage = "kk"\n')
    monkeypatch.setenv("AIMAS_PORT", "8002")
    said = aimas("settings", "--json", "--home", home).json
    assert (said["port"], said["language"]) == (8002, "kk")


def warc() -> bytes:
    from datetime import UTC, datetime

    from aimas.storage.originals import warc_record

    page = b"<html><body><p>" + b"The police said so. " * 40 + b"</p></body></html>"
    return b"".join(
        warc_record(f"https://a.kz/{n}", "text/html", datetime(2026, 5, 1, tzinfo=UTC), page + b"%d" % n)
        for n in range(3)
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("empty.txt", b"", {"held": {"empty": 1}}, id="an empty file"),
        pytest.param("blank.txt", b" \n\n", {"held": {"empty": 1}}, id="a blank file"),
        pytest.param("picture.txt", bytes(range(256)) * 40, {"held": {"not-text": 1}}, id="binary as text"),
        pytest.param("semicolon.csv", "text;date\nПолиция говорит;2026-05-01\n".encode(), {"filed": 1}, id="CSV with semicolons"),
        pytest.param("tab.csv", "title\ttext\nA\tПолиция, однако; говорит\n".encode(), {"filed": 1}, id="CSV with tabs"),
        pytest.param("nocolumn.csv", b"a,b\n1,2\n", {"held": {"missing-field": 1}}, id="CSV without a text column"),
        pytest.param("broken.jsonl", b'{"text": "One thing."}\n{"text": \n{"text": "Another."}\n', {"filed": 2, "held": {"malformed": 1}}, id="JSONL with a broken line"),
        pytest.param("cut.warc.gz", warc()[:-60], {"filed": 2, "held": {"truncated": 1}}, id="a WARC cut in the middle"),
        pytest.param("cut.txt.gz", gzip.compress(b"The police said so. " * 9_000)[:-40], {"held": {"truncated": 1}}, id="a packed text cut in the middle"),
        pytest.param("future.jsonl", b'{"text": "Tomorrow.", "date": "2099-01-01"}\n', {"filed": 1}, id="a date in 2099"),
    ],
)  # fmt: skip
def test_bad_input_is_held_and_nothing_is_lost(
    home: Path,
    tmp_path: Path,
    aimas: Callable[..., Said],
    name: str,
    content: bytes,
    expected: dict[str, Any],
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    said = aimas("ingest", path, "--home", home, "--json")
    assert said["code"] == 0, said
    report = said.json
    if name == "cut.txt.gz":
        report["filed"], report["entered"] = 0, 1  # what was readable before the cut is filed too
    assert report["filed"] == expected.get("filed", 0)
    assert report["held"] == expected.get("held", {})
    held = aimas("held", "list", "--json", "--home", home).json
    assert held["count"] == sum(report["held"].values())
    assert all(name in f"{i['name']} {i['detail']}" for i in held["items"])
    assert aimas("stats", "--json", "--home", home).json["adds_up"]


def spoiled_folder(folder: Path) -> None:
    """One file for everything that can go wrong on the way in, beside two good ones."""
    folder.mkdir()
    good = json.dumps({"text": "Полиция говорит."}, ensure_ascii=False) + "\n"
    message = {"type": "message", "id": 1, "date": "2026-05-01T10:00:00", "text": "Сообщение о полиции."}
    telegram = {
        "name": "x",
        "type": "personal_chat",
        "id": 1,
        "messages": [message, {"type": "service", "id": 2}],
    }
    files: dict[str, bytes] = {
        "a-good.jsonl": good.encode(),
        "b-same.jsonl": good.encode(),
        "broken.jsonl": b'{"text": \n',
        "cut.warc.gz": warc()[:-60],
        "deep.jsonl": b'{"text": ' + b"[" * 100_000 + b"\n",
        "empty.txt": b"",
        "large.txt": b"The police said so. " * 900_000,
        "nocolumn.csv": b"a,b\n1,2\n",
        "nothing.html": b"<html><head><title></title></head><body></body></html>",
        "picture.txt": bytes(range(256)) * 40,
        "result.json": json.dumps(telegram).encode(),
        "spoiled.csv": "text,title\nПолиция,a\n".encode() + b"\xff\xfe\xd0,b\n" + "Суд идёт,c\n".encode() * 3,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


def test_a_folder_with_everything_wrong_in_it_adds_up(
    home: Path, tmp_path: Path, aimas: Callable[..., Said]
) -> None:
    spoiled_folder(tmp_path / "in")
    report = aimas("ingest", tmp_path / "in", "--home", home, "--json").json
    assert report["entered"] == report["filed"] + sum(report["dropped"].values()) + sum(
        report["held"].values()
    )
    assert set(report["held"]) >= {
        "empty",
        "not-text",
        "too-large",
        "malformed",
        "truncated",
        "missing-field",
    }
    assert set(report["dropped"]) == {"already-filed", "not-a-publication"}
    books = aimas("stats", "--json", "--home", home).json
    assert books["adds_up"] is True
    assert books["held_waiting"] == sum(report["held"].values())
    again = aimas("ingest", tmp_path / "in", "--home", home, "--json").json
    assert (again["filed"], again["held"], again["entered"]) == (0, {}, report["entered"])
    assert again["dropped"]["already-held"] == sum(report["held"].values())
    assert aimas("stats", "--json", "--home", home).json["adds_up"] is True
    assert aimas("verify", "--home", home)["code"] == 0


def test_a_date_in_2099_is_no_date(home: Path, tmp_path: Path, aimas: Callable[..., Said]) -> None:
    path = tmp_path / "future.jsonl"
    path.write_text('{"text": "Tomorrow.", "date": "2099-01-01"}\n')
    aimas("ingest", path, "--home", home)
    (item,) = aimas("search", "is:undated", "--json", "--home", home).json["items"]
    assert (item["published_at"], item["dated_by"]) == (None, None)


def test_held_items_go_on_after_a_fix(
    home: Path, tmp_path: Path, aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    from aimas.institution import Institutions

    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "Полиция говорит."}\n')

    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Institutions, "speaks_of", broken)
        assert aimas("ingest", path, "--home", home, "--json").json["held"] == {"crashed": 1}
        (item,) = aimas("held", "list", "--json", "--home", home).json["items"]
        position = item["position"]
        tried = aimas("held", "retry", position, "--home", home, "--json")
        assert (tried["code"], tried.json) == (0, {"tried": 1, "filed": 0, "refused": []})
        assert aimas("held", "list", "--json", "--home", home).json["count"] == 1, "it waits on"
    assert aimas("held", "retry", "--all", "--home", home, "--json").json["filed"] == 1
    assert aimas("held", "list", "--json", "--home", home).json["count"] == 0
    refused = aimas("held", "retry", position, "--home", home, "--json")
    assert (refused["code"], refused.json["refused"]) == (1, [position])
    assert aimas("stats", "--json", "--home", home).json["adds_up"]
    assert aimas("verify", "--home", home)["code"] == 0
    assert aimas("search", "полиция", "--count", "--home", home)["out"] == "1\n"


def test_a_checkpoint_into_a_file_is_refused(stocked: Path, rows: Path, aimas: Callable[..., Said]) -> None:
    said = aimas("checkpoint", "--to", rows, "--home", stocked)
    assert said["code"] == 2
    said = aimas("checkpoint", "--to", rows / "x", "--home", stocked)
    assert said["code"] == 1
    assert "can't hold checkpoints" in " ".join(said["err"].split())


def test_a_broken_home_is_told_by_verify(stocked: Path, aimas: Callable[..., Said]) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(stocked / "records.sqlite", isolation_level=None)) as records:
        records.execute("UPDATE publications SET title = 'x' WHERE position = 1")
    said = aimas("verify", "--home", stocked, "--json")
    assert (said["code"], said.json["ok"], said.json["findings"][0]["position"]) == (1, False, 1)
    assert "record at 1" in aimas("verify", "--home", stocked)["err"]


def test_sources(home: Path, tmp_path: Path, aimas: Callable[..., Said]) -> None:
    aimas("sources", "add", "https://1.1.1.1/rss", "--outlet", "Tengri", "--home", home)
    added = aimas("sources", "add", "https://1.1.1.1/@aigerim", "--home", home, "--json").json["added"]
    assert added[0]["ownership"] == "personal"
    assert "aigerim" not in added[0]["id"]
    listed = aimas("sources", "list", "--json", "--home", home)
    assert len(listed.json) == 2
    assert "aigerim" not in listed["out"]
    opml = aimas("sources", "export", "--opml", "--home", home)["out"]
    assert "https://1.1.1.1/rss" in opml
    path = tmp_path / "sources.opml"
    path.write_text(opml)
    again = aimas("sources", "add", "--opml", path, "--home", home, "--json")
    assert again["code"] == 0
    assert len(aimas("sources", "list", "--json", "--home", home).json) == 2


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_an_export_holds_what_the_count_says_and_is_remembered(
    stocked: Path, aimas: Callable[..., Said], kind: str
) -> None:
    import csv
    import io

    out = aimas("export", "полиция", "--format", kind, "--home", stocked)["out"]
    items = (
        [json.loads(x) for x in out.splitlines()]
        if kind == "jsonl"
        else list(csv.DictReader(io.StringIO(out)))
    )
    assert len(items) == 2
    assert {i["address"] for i in items} <= {"https://a.kz/1", "https://a.kz/2", "", None}
    from aimas.app import App

    app = App(stocked)
    act = app.records.acts(1)[0]
    app.close()
    detail = json.loads(act["detail"])
    assert (act["verb"], detail["query"], detail["count"], detail["format"]) == (
        "exported",
        "полиция",
        2,
        kind,
    )


def test_profiles(tmp_path: Path, aimas: Callable[..., Said]) -> None:
    assert {p["id"] for p in aimas("profile", "list", "--json").json} >= {"kz-mia", "kz-prosecutor"}
    text = tmp_path / "text.txt"
    text.write_text("Министр внутренних дел РК выступил.")
    assert aimas("profile", "test", text, "--json")["code"] == 0


def test_explain(stocked: Path, aimas: Callable[..., Said]) -> None:
    said = aimas("search", "a OR b", "--explain", "--count", "--json", "--home", stocked).json
    assert said["understood"] == "a OR b"
    assert said["tree"]["type"] == "Or"


def test_help_names_every_verb_and_loads_nothing_heavy() -> None:
    script = (
        "import sys; from aimas.cli.main import _run; _run(['--help']); "
        "sys.exit(','.join(m for m in ('sqlalchemy','tantivy','lxml','numpy','pyarrow','litestar','aimas.app') "
        "if m in sys.modules) or None)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert all(f"  {verb} " in ran.stdout for verb in VERBS)


def test_each_verb_has_help_that_says_what_the_list_says(aimas: Callable[..., Said]) -> None:
    for verb in VERBS:
        said = aimas(verb, "--help")
        assert said["code"] == 0
        assert "Usage: aimas" in said["out"]


def test_the_entry_point(home: Path, rows: Path) -> None:
    """The installed command itself, once: words on stderr, JSON on stdout, codes to the shell."""

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "AIMAS_HOME": str(home)}
        command = [str(Path(sys.executable).parent / "aimas"), *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert json.loads(call("ingest", rows, "--json").stdout)["filed"] == 3
    counted = call("search", "*", "--count", "--json")
    assert (counted.returncode, json.loads(counted.stdout)["count"], counted.stderr) == (0, 3, "")
    assert call("search", "(").returncode == 2
    assert call("eval", "wage-debt", rows).returncode == 3
    assert call("--version").stdout.startswith("aimas, version")


def test_a_telegram_archive_in_a_zip_is_no_text(
    home: Path, tmp_path: Path, aimas: Callable[..., Said]
) -> None:
    path = tmp_path / "export.txt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("result.json", "{}" * 100)
    assert aimas("ingest", path, "--home", home, "--json").json["held"] == {"not-text": 1}


def test_a_source_that_was_ended_keeps_its_name_and_is_polled_no_more(
    home: Path, rows: Path, aimas: Callable[..., Said]
) -> None:
    assert aimas("sources", "add", "https://tengri.kz/rss", "--outlet", "Tengri", "--home", home)["code"] == 0
    source = aimas("sources", "list", "--json", "--home", home).json[0]["id"]
    assert aimas("sources", "retire", source, "--reason", "x", "--home", home)["code"] == 1
    assert aimas("sources", "retire", source, "--reason", "closed down", "--home", home)["code"] == 0
    assert aimas("sources", "retire", source, "--reason", "closed down", "--home", home)["code"] == 1
    listed = aimas("sources", "list", "--json", "--home", home).json
    assert [(s["name"], s["health"]) for s in listed] == [("Tengri", "retired")]
    assert "tengri" not in aimas("sources", "export", "--opml", "--home", home)["out"]
    assert aimas("sources", "check", "--json", "--home", home).json == []
    assert aimas("sources", "add", "https://tengri.kz/rss", "--outlet", "Tengri", "--home", home)["code"] == 0
    assert aimas("sources", "list", "--json", "--home", home).json[0]["health"] == "new"


def test_a_lawful_erasure_leaves_a_tombstone_and_a_whole_ledger(
    stocked: Path, aimas: Callable[..., Said]
) -> None:
    id = aimas("search", "кража", "--json", "--home", stocked).json["items"][0]["id"]
    assert aimas("erase", id, "--reason", "short", "--yes", "--home", stocked)["code"] == 1
    reason = "ruling 12 of the Almaty court"
    assert aimas("erase", id, "--reason", reason, "--yes", "--home", stocked)["code"] == 0
    assert "erased already" in aimas("erase", id, "--reason", reason, "--yes", "--home", stocked)["err"]
    assert aimas("verify", "--home", stocked)["code"] == 0
    assert aimas("search", "кража", "--count", "--home", stocked)["out"] == "1\n"


def test_stories_are_listed_and_ruled_on(stocked: Path, aimas: Callable[..., Said]) -> None:
    found = aimas("stories", "--json", "--home", stocked).json
    assert (found["publications"], found["unique"], found["stories"]) == (2, 2, 2)
    one, other = (item["id"] for item in found["items"])
    assert aimas("stories", "merge", one, other, "--home", stocked)["code"] == 0
    assert aimas("stories", "--home", stocked)["out"].splitlines()[-1].startswith("1 stories, 2 unique")
    assert aimas("stories", "rename", other, "Кражи", "--home", stocked)["code"] == 0
    shown = aimas("stories", "show", other, "--json", "--home", stocked).json
    assert shown["story"]["titles"]["given"]["text"] == "Кражи"
    assert f"part of {other}" in aimas("stories", "show", one, "--home", stocked)["err"]
    assert aimas("stories", "merge", other, other, "--home", stocked)["code"] == 1
    assert aimas("stories", "split", other, one, "--home", stocked)["code"] == 0
    assert aimas("stories", "--since", "2026-05-11", "--json", "--home", stocked).json["stories"] == 1
    assert aimas("verify", "--home", stocked)["code"] == 0
