"""`aimas digest` and `aimas export`: whole or not at all, on record, with codes that a script understands."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reports.newsroom import LAST, furnished, opened

from aimas.app import App
from aimas.cli.main import _run

Call = Callable[..., tuple[int, bytes, bytes]]


@pytest.fixture(scope="module")
def newsroom_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("newsroom"))


@pytest.fixture
def newsroom(newsroom_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    app = opened(newsroom_folder, tmp_path / "newsroom")
    monkeypatch.setattr("aimas.app.ground.SystemClock", lambda: app.clock)
    yield app
    app.close()


@pytest.fixture
def aimas(newsroom: App, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    def call(*arguments: object) -> tuple[int, bytes, bytes]:
        capfdbinary.readouterr()
        code = _run([*map(str, arguments), "--home", str(newsroom.home.folder)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out, err

    return call


def acts(app: App, verb: str) -> list[dict[str, Any]]:
    return [json.loads(a["detail"]) for a in app.records.acts(20) if a["verb"] == verb]


@pytest.mark.parametrize("form", ["md", "html", "docx", "pdf"])
def test_a_digest_is_written_and_recorded(newsroom: App, aimas: Call, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"digest.{form}"
    code, said, _ = aimas(
        "digest", "--week", "--day", LAST, "--format", form, "--language", "kk", "--out", out
    )
    assert (code, said) == (0, b"")
    starts = {"md": b"# ", "html": b"<!doctype html>", "docx": b"PK", "pdf": b"%PDF-"}
    assert out.read_bytes().startswith(starts[form])
    (act,) = acts(newsroom, "digest-exported")
    assert (act["count"], act["format"], act["language"]) == (11, form, "kk")
    assert (act["since"], act["until"]) == ((LAST - timedelta(days=6)).isoformat(), LAST.isoformat())
    assert list(tmp_path.glob("*.partial")) == []


def test_a_digest_as_json_is_the_tree_of_figures(newsroom: App, aimas: Call) -> None:
    code, said, _ = aimas("digest", "--day", LAST, "--json")
    told = json.loads(said)
    assert code == 0
    assert (told["publications"]["count"], told["publications"]["query"]) == (
        6,
        f"is:relevant AND date:{LAST}",
    )
    assert told["known"]["position"] <= newsroom.records.head()
    assert {"top", "critical", "positive", "regions", "listening", "unclear"} <= set(told)


def test_yesterday_is_settled_in_the_homes_time_zone(aimas: Call) -> None:
    code, said, _ = aimas("digest", "--day", "yesterday", "--json")
    assert code == 0
    assert json.loads(said)["period"] == {"since": LAST.isoformat(), "until": LAST.isoformat()}


def test_a_day_as_known_at_its_own_end(aimas: Call) -> None:
    code, said, _ = aimas("digest", "--as-known-at", LAST, "--json")
    told = json.loads(said)
    assert code == 0
    # The day after has just begun in the home's zone at that moment.
    assert told["known"]["moment"] == f"{LAST.isoformat()}T19:00:00Z"
    assert told["period"]["until"] == (LAST + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(("digest", "--day", "someday"), id="a day that is none"),
        pytest.param(("digest", "--as-known-at", "soon"), id="a moment that is none"),
        pytest.param(("digest", "--format", "doc"), id="an unknown form of digest"),
        pytest.param(
            ("digest", "--profile", "kz-nobody"), id="an institution that the home does not listen for"
        ),
        pytest.param(("export", "*", "--format", "xls"), id="an unknown form of export"),
        pytest.param(("export", "*", "--json"), id="two outputs on one stream"),
        pytest.param(("export", "lang:xx"), id="a wrong query"),
    ],
)
def test_wrong_use_exits_with_two_and_takes_nothing_out(
    newsroom: App, aimas: Call, wrong: tuple[str, ...]
) -> None:
    before = newsroom.records.head()
    code, said, told = aimas(*wrong)
    assert (code, said) == (2, b"")
    assert told
    assert newsroom.records.head() == before


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(("digest", "--as-known-at", "2999-01-01"), id="a moment ahead"),
        pytest.param(("digest", "--day", "2999-01-01"), id="a day ahead"),
    ],
)
def test_what_cannot_be_told_exits_with_one(aimas: Call, refused: tuple[str, ...]) -> None:
    code, said, told = aimas(*refused)
    assert (code, said) == (1, b"")
    assert told


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx", "parquet"])
def test_an_export_goes_to_a_file_and_tells_what_it_holds(
    newsroom: App, aimas: Call, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"out.{form}"
    code, said, _ = aimas("export", "tone:critical", "--format", form, "--out", out, "--json")
    told = json.loads(said)
    assert code == 0
    assert (told["count"], told["format"], told["file"]) == (6, form, str(out))
    (act,) = acts(newsroom, "exported")
    assert (act["query"], act["count"], act["format"]) == ("tone:critical", 6, form)
    assert act["snapshot"] == told["snapshot"]


@pytest.mark.parametrize("was", [None, b"an older export"], ids=["nothing there", "an older file there"])
def test_an_interrupted_export_leaves_no_half_file(
    newsroom: App, aimas: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: bytes | None
) -> None:
    out = tmp_path / "out.csv"
    if was:
        out.write_bytes(was)

    def breaking(*_: object) -> Iterator[bytes]:
        yield b"id,source\n"
        assert (tmp_path / "out.csv.partial").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr("aimas.rendering.tables.exported", breaking)
    code, _, _ = aimas("export", "*", "--format", "csv", "--out", out)
    assert code == 130
    assert (out.read_bytes() if out.exists() else None) == was
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("out")) == (
        ["out.csv"] if was else []
    )


def test_an_export_is_on_record_before_its_first_byte(
    newsroom: App, aimas: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def looking(*_: object) -> Iterator[bytes]:
        seen.append(len(acts(newsroom, "exported")))
        yield b""

    monkeypatch.setattr("aimas.rendering.tables.exported", looking)
    assert aimas("export", "*", "--out", tmp_path / "out.jsonl")[0] == 0
    assert seen == [1]


def test_an_export_of_the_past_is_the_same_again(aimas: Call, newsroom: App) -> None:
    at = newsroom.index.position()
    _, before, _ = aimas("export", "is:relevant", "--at", at)
    _, again, _ = aimas("export", "is:relevant", "--at", at)
    assert before == again and before.count(b"\n") == 15
