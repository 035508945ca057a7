"""No floor in the working tree is lower than in the last commit; without a history nothing is held against it."""

import subprocess
from pathlib import Path

import pytest
from quality.floors import Floor, lowered, parsed, written
from quality.unlowered import last_committed

from quality import unlowered

BEFORE = Floor("x.jsonl", "tone", "0" * 64, {"ru": {"macro_f1": 0.7, "ece": 0.05}})


def changed(**changes: object) -> Floor:
    said = {"file": "x.jsonl", "task": "tone", "sha256": "0" * 64, "floors": BEFORE.floors} | changes
    return Floor(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param([], "the set is gone", id="a set taken out"),
        pytest.param([changed(file="y.jsonl")], "the set is gone", id="a set under another name"),
        pytest.param([changed(sha256="1" * 64)], "hash", id="another set under the old name"),
        pytest.param([changed(floors={})], "macro_f1 is gone, was 0.7", id="a language taken out"),
        pytest.param([changed(floors={"ru": {"ece": 0.05}})], "macro_f1 is gone", id="a metric taken out"),
        pytest.param(
            [changed(floors={"ru": {"macro_f1": 0.6, "ece": 0.05}})], "is 0.6, was 0.7", id="a lower floor"
        ),
        pytest.param(
            [changed(floors={"ru": {"macro_f1": 0.7, "ece": 0.06}})], "ceiling", id="a higher ceiling"
        ),
    ],
)
def test_what_holds_less_is_told(now: list[Floor], told: str) -> None:
    assert told in lowered([BEFORE], now)[0]


def test_what_holds_as_much_or_more_is_in_order() -> None:
    more = changed(floors={"ru": {"macro_f1": 0.8, "ece": 0.04, "f1_pn": 0.1}, "kk": {"macro_f1": 0.1}})
    assert lowered([BEFORE], [BEFORE]) == []
    assert lowered([BEFORE], [more, changed(task="evidence")]) == []


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@a.example", "-C", str(folder), *words],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A floors file in a folder of its own, with a commit of it."""
    file = tmp_path / "floors.toml"
    file.write_text(written([BEFORE]), "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", file.name)
    git(tmp_path, "commit", "-q", "-m", "floors")
    monkeypatch.setattr(unlowered, "FILE", file)
    monkeypatch.setattr(unlowered, "read_floors", lambda: parsed(file.read_text("utf-8")))
    return file


def test_a_floor_lowered_since_the_last_commit_fails_with_its_name(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert unlowered.main() == 0
    kept.write_text(written([changed(floors={"ru": {"macro_f1": 0.65, "ece": 0.05}})]), "utf-8")
    assert unlowered.main() == 1
    assert "LOWERED  x.jsonl, tone: the floor of ru macro_f1 is 0.65, was 0.7" in capsys.readouterr().err
    git(kept.parent, "commit", "-q", "-a", "-m", "lowered, and why")
    assert unlowered.main() == 0


@pytest.mark.parametrize("without", ["a commit", "the file in it", "a repository", "git"])
def test_without_a_history_the_check_passes(
    without: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "floors.toml"
    file.write_text(written([BEFORE]), "utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    if without in ("a commit", "the file in it"):
        git(tmp_path, "init", "-q")
    if without == "the file in it":
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", "nothing")
    if without == "git":
        monkeypatch.setenv("PATH", str(tmp_path))
    assert last_committed(file) is None
    monkeypatch.setattr(unlowered, "FILE", file)
    assert unlowered.main() == 0
    assert "no commit" in capsys.readouterr().out
