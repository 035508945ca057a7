"""`python -m bench.tone_speed` keeps rates, size and int8 loss beside machine and versions."""

import json
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import tone_speed


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clock is not asked: a question costs a hundredth of a second, ten with evidence."""
    folder = tmp_path / "bench" / "results"
    folder.parent.mkdir()
    monkeypatch.setattr(bench, "HERE", folder.parent)
    monkeypatch.setattr(bench, "RESULTS", folder)
    monkeypatch.setattr(tone_speed, "rate", lambda asked, evidence=False: 10.0 if evidence else 100.0)
    return folder


def test_the_figures_are_shown_and_kept(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench.tone_speed"])
    assert tone_speed.main() == 0
    (file,) = results.glob("*-tone-speed.json")
    kept = json.loads(file.read_text())
    assert kept["mentions_per_cpu_s"] == {
        "single": 100.0,
        "pairs": 100.0,
        "in_articles": 100.0,
        "evidence": 10.0,
    }
    assert kept["evidence_ratio"] == 10.0
    assert 0 < kept["megabytes"] <= 60 and kept["int8_loss_macro_f1"] <= 0.005
    assert kept["model"] and kept["machine"] and kept["versions"]
    shown = capsys.readouterr().out
    assert "10.0 × the time without" in shown and "MB" in shown and "int8" in shown


def test_nothing_is_kept_where_nothing_shall_be(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench.tone_speed", "--no-record"])
    assert tone_speed.main() == 0
    assert not results.exists()


def test_marks_in_articles_are_asked_about_with_their_title() -> None:
    asked = tone_speed.in_articles()
    assert len(asked) == tone_speed.MOST
    assert sum("\n\n" in question.text for question in asked) > 0.9 * len(asked)


def test_the_pairs_mark_the_same_words_as_the_single_sentences() -> None:
    single, pairs = tone_speed.questions(False), tone_speed.questions(True)
    assert len(single) == len(pairs) == tone_speed.MOST
    for one, two in zip(single, pairs, strict=True):
        assert one.target.of(one.text) == two.target.of(two.text)
        assert two.text.endswith(" " + one.text)
