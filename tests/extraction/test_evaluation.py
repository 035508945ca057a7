"""The measure is the benchmark's, and the floors hold."""

import gzip
import json
import os
from pathlib import Path

import pytest

from aimas.core import BadInput
from aimas.evaluation.extraction import evaluate, half_of, mean_f1, public_rows
from aimas.extraction.agreement import overlap, shingles

SETS = Path(__file__).parents[2] / "quality" / "sets"


def test_the_measure_by_hand() -> None:
    one = overlap(shingles("a b c d e"), shingles("a b c d x"))
    assert (one.shared, one.added, one.missing) == (1, 1, 1)
    nothing_read = overlap(shingles("a b c d e"), shingles(""))
    assert mean_f1([one, nothing_read]) == pytest.approx(2 * 0.5 * 0.25 / 0.75)


def test_own_pages_are_read_whole() -> None:
    rows = [json.loads(line) for line in (SETS / "extraction.jsonl").read_text("utf-8").splitlines()]
    scores = evaluate(rows, SETS)
    assert scores.rows == 40
    assert set(scores.by_lang) == {"ru", "kk"}
    assert min(lang["shingle_f1"] for lang in scores.by_lang.values()) >= 0.98


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"id": "x", "text": "a"}, id="no path"),
        pytest.param({"id": "x", "html_path": "page.html"}, id="no text"),
        pytest.param({"id": "x", "html_path": "missing.html", "text": "a"}, id="no file"),
        pytest.param({"id": "x", "html_path": "cut.html.gz", "text": "a"}, id="a gzip cut short"),
    ],
)
def test_a_misfit_row_is_named(row: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>a</p>")
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(b"<p>a</p>" * 99)[:-9])
    with pytest.raises(BadInput, match="row 1 \\(x\\)"):
        evaluate([row], tmp_path)


def test_an_absent_public_set_is_no_rows(tmp_path: Path) -> None:
    assert public_rows(tmp_path) is None


@pytest.mark.skipif("AIMAS_DATA" not in os.environ, reason="the public pages are not here: AIMAS_DATA")
def test_public_pages_held_out() -> None:
    data = Path(os.environ["AIMAS_DATA"])
    rows = public_rows(data)
    if rows is None:
        pytest.skip("AIMAS_DATA has no article_extraction")
    held = [row for row in rows if half_of(row["id"]) == "held-out"]
    assert evaluate(held, data / "article_extraction").metrics["shingle_f1"] >= 0.955
