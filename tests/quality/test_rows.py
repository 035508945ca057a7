"""A row whose fields have the wrong types is named by every evaluation; nothing is guessed of it, nothing crashes."""

import gzip
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aimas.cli.main import _run
from aimas.core import BadInput

AT = "2026-03-01T08:00:00+05:00"
ROWS: dict[str, dict[str, Any]] = {
    "tone": {"text": "Полиция молчит.", "start": 0, "end": 7, "label": "critical"},
    "evidence": {"text": "Полиция молчит.", "start": 0, "end": 7, "label": "critical"},
    "language": {"text": "Полиция молчит."},
    "places": {"text": "Мост у Казталовки закрыли.", "regions": ["KZ-27"]},
    "mentions": {"text": "Полиция молчит.", "spans": [{"start": 0, "end": 7}]},
    "extraction": {"text": "Мост закрыли.", "html_path": "page.html"},
    "reprints": {"id": "r-1", "text": "Мост закрыли.", "title": "Мост", "published_at": AT, "of": None},
    "stories": {"text": "Мост закрыли.", "title": "Мост", "published_at": AT, "story": "мост"},
    "appeals": {
        "text": "Сосед шумит, мой телефон +7 701 123 45 67.",
        "category": "neighbours_noise",
        "urgent": False,
        "pii": [{"kind": "phone", "start": 25, "end": 41}],
        "outside_competence": None,
    },
}
ROWS = {task: {"id": "a-1", "lang": "ru"} | row for task, row in ROWS.items()}


def case(task: str, what: str, **changes: Any) -> Any:
    return pytest.param(task, changes, id=f"{task}: {what}")


MISFITS = [
    *(case(task, "a list of languages", lang=["ru"]) for task in ROWS),
    *(case(task, "a number for a language", lang=5) for task in ROWS),
    *(case(task, "true for a language", lang=True) for task in ROWS),
    *(case(task, "an object for a language", lang={}) for task in ROWS),
    *(case(task, "a number for a text", text=5) for task in ROWS),
    *(case(task, "a list of texts", text=["Полиция"]) for task in ROWS),
    *(case(task, "null for a text", text=None) for task in ROWS),
    *(case(task, "a list of labels", label=["critical"]) for task in ("tone", "evidence")),
    *(case(task, "an object for a label", label={"critical": 1}) for task in ("tone", "evidence")),
    *(case(task, "a number for a label", label=1) for task in ("tone", "evidence")),
    *(case(task, "null for a label", label=None) for task in ("tone", "evidence")),
    case("tone", "true for an offset", start=True),
    case("tone", "false for an offset", start=False),
    case("tone", "true for the end", start=0, end=True),
    case("tone", "a fraction for an offset", end=7.0),
    case("tone", "a string for an offset", end="7"),
    case("tone", "null for an offset", start=None),
    case("tone", "a list of offsets", start=[0]),
    case("tone", "an offset beyond any text", end=10**40),
    case("places", "a string for a list of regions", regions="KZ-27"),
    case("places", "null for a list of regions", regions=None),
    case("places", "numbers for regions", regions=[27]),
    case("places", "lists for regions", regions=[["KZ-27"]]),
    case("mentions", "null for a list of spans", spans=None),
    case("mentions", "an object for a list of spans", spans={"start": 0, "end": 7}),
    case("mentions", "numbers for spans", spans=[0, 7]),
    case("mentions", "true for an offset", spans=[{"start": True, "end": 7}]),
    case("mentions", "a fraction for an offset", spans=[{"start": 0, "end": 6.9}]),
    case("mentions", "a string for an offset", spans=[{"start": "0", "end": "7"}]),
    case("mentions", "a span that ends nowhere", spans=[{"start": 0}]),
    case("mentions", "a span beyond the text", spans=[{"start": 0, "end": 99}]),
    case("mentions", "a list of profiles", profile=["kz-mia"]),
    case("extraction", "a list of paths", html_path=["page.html"]),
    case("extraction", "a path that no system has", html_path="a\0b"),
    case("extraction", "a folder for a page", html_path="."),
    case("extraction", "a page that is packed badly", html_path="torn.html.gz"),
    case("reprints", "a list for a copy's origin", of=["r-1"]),
    case("reprints", "true for a copy's origin", of=True),
    case("reprints", "an object for a name", id={}),
    case("reprints", "a number for a title", title=5),
    case("reprints", "a number for a time", published_at=5),
    case("stories", "a list for a story", story=["мост"]),
    case("stories", "an object for a story", story={}),
    case("stories", "true for a story", story=True),
    case("stories", "a list of titles", title=["Мост"]),
    case("stories", "a list of times", published_at=[AT]),
    case("appeals", "a list of categories", category=["neighbours_noise"]),
    case("appeals", "a string for what is urgent", urgent="false"),
    case("appeals", "a number for what is urgent", urgent=0),
    case("appeals", "null for what is urgent", urgent=None),
    case("appeals", "a string for what is another's", outside_competence="no"),
    case("appeals", "null for a list of places", pii=None),
    case("appeals", "a string for a list of places", pii="phone"),
    case("appeals", "a number for a place", pii=[5]),
    case("appeals", "a list of kinds", pii=[{"kind": ["phone"], "start": 25, "end": 41}]),
    case("appeals", "true for an offset", pii=[{"kind": "phone", "start": True, "end": 41}]),
    case("appeals", "null for an offset", pii=[{"kind": "phone", "start": None, "end": 41}]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text("<html><body><p>Мост закрыли.</p></body></html>", "utf-8")
    packed = gzip.compress(b"<html><body><p>" + bytes(range(97, 123)) * 40)
    (tmp_path / "torn.html.gz").write_bytes(packed[:20] + bytes(8) + packed[28:])
    return tmp_path


@pytest.mark.parametrize(("task", "changes"), MISFITS)
def test_a_row_that_misfits_is_named(task: str, changes: dict[str, Any], folder: Path) -> None:
    evaluate = import_module(f"aimas.evaluation.{task}").evaluate
    with pytest.raises(BadInput, match="row 2"):
        evaluate([ROWS[task], ROWS[task] | {"id": "a-2"} | changes], folder)


@pytest.mark.parametrize("task", ROWS)
def test_a_row_that_fits_is_measured(task: str, folder: Path) -> None:
    evaluate = import_module(f"aimas.evaluation.{task}").evaluate
    for row in (ROWS[task], ROWS[task] | {"lang": None}, ROWS[task] | {"lang": "fr"}):
        assert evaluate([row], folder).rows == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(json.dumps(ROWS["tone"] | {"lang": ["ru"]}), "line 3 (a-1)", id="a list of languages"),
        pytest.param(json.dumps(ROWS["tone"] | {"start": True}), "line 3 (a-1)", id="true for an offset"),
        pytest.param('{"text": "\udcff"}', "line 3", id="bytes that are no UTF-8"),
        pytest.param('{"text": 1e999}', "line 3", id="a number beyond numbers"),
    ],
)
def test_the_command_says_what_misfits_and_fails(
    line: str, told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "rows.jsonl"
    lines = f"{json.dumps(ROWS['tone'])}\n\n{line}\n"
    file.write_bytes(lines.encode("utf-8", "surrogateescape"))
    assert _run(["eval", "tone", str(file)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert told in said and "BadInput" in said
