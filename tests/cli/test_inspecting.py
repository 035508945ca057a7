"""The verbs of the map of precincts, as a person types them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aimas.cli.main import _run

DEMO = Path(__file__).parents[2] / "demo" / "precincts.geojson"


class Said(dict[str, Any]):
    """Exit code, stdout, stderr."""

    @property
    def json(self) -> Any:
        return json.loads(self["out"])


@pytest.fixture
def aimas(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Said]:
    def call(*arguments: str) -> Said:
        capfdbinary.readouterr()
        code = _run([*arguments, "--home", str(home)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Said(code=code, out=out.decode(), err=err.decode())

    return call


def test_a_map_is_put_in_place_shown_and_asked(aimas: Callable[..., Said]) -> None:
    assert "import FILE.geojson" in aimas("inspectors", "show")["err"]
    said = aimas("inspectors", "import", str(DEMO), "--json").json
    assert (said["precincts"], said["posts"], said["inspectors"], said["invented"]) == (12, 5, 13, True)
    assert aimas("inspectors", "show", "--json").json == said
    assert "12 precincts with 13 inspectors" in aimas("inspectors", "show")["out"]
    found = aimas("inspectors", "find", "47.30", "70.15", "--json").json
    assert [p["id"] for p in found["precincts"]] == ["06"] and found["nearest"]["id"] == "post-2"
    assert "Айгерім" in aimas("inspectors", "find", "47.30", "70.15")["out"]
    assert "No precinct" in aimas("inspectors", "find", "10", "10")["out"]


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe", b'{"type": "FeatureCollection"}'])
def test_a_file_that_is_no_map_changes_nothing(
    aimas: Callable[..., Said], tmp_path: Path, content: bytes
) -> None:
    assert aimas("inspectors", "import", str(DEMO))["code"] == 0
    (tmp_path / "wrong.geojson").write_bytes(content)
    answer = aimas("inspectors", "import", str(tmp_path / "wrong.geojson"))
    assert answer["code"] == 1 and "no map of precincts" in answer["err"]
    assert aimas("inspectors", "show", "--json").json["precincts"] == 12
