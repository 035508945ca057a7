"""A home that grows in chunks ends the same however often it is stopped, and says what each chunk cost."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from bench.growth import FIGURES, Plan, disk, grow, prepared, read_figures, rows

from aimas.app import App
from aimas.sources import ImportOptions, read_files

PLAN = Plan(count=50, chunk=20, seed=5, relevant=0.3)


def made() -> list[dict[str, str]]:
    return [json.loads(line) for chunk in range(PLAN.chunks) for line in rows(PLAN, chunk)]


def test_chunks_are_made_apart_and_make_one_stretch_of_time() -> None:
    whole = made()
    assert len(whole) == len({row["url"] for row in whole}) == PLAN.count
    assert all(one["published_at"] <= other["published_at"] for one, other in pairwise(whole))
    assert [json.loads(line) for line in rows(PLAN, 1)] == whole[20:40]
    assert sum(PLAN.size(chunk) for chunk in range(PLAN.chunks)) == PLAN.count


def test_stopped_and_broken_off_it_goes_on_to_the_same_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert [g.on_file for g in grow(home, PLAN, 1, most=1)] == [20]

    # Killed in the middle of the second chunk, and again while the line was written.
    app = App(home)
    part = tmp_path / "part.jsonl"
    part.write_bytes(b"\n".join([*rows(PLAN, 1)][:7]) + b"\n")
    options = ImportOptions(sources=tuple(app.sources.sources()))
    app.ingest(read_files([part], options, datetime.now(UTC)), source="import")
    app.close()
    with (home / FIGURES).open("ab") as figures:
        figures.write(b'{"type":"grown","chu')

    done = grow(home, PLAN, 1)
    assert [(g.on_file, g.filed, g.again) for g in done] == [(20, 20, 0), (40, 13, 7), (50, 10, 0)]
    assert read_figures(home / FIGURES, PLAN) == done
    assert all(g.processor_ms_each > 0 and g.memory_peak_mb > g.memory_own_peak_mb > 0 for g in done)
    app = App(home)
    filed = app.search.everything(app.search.ask("*", "kz-mia"))
    assert sorted((p.address, p.text) for p in filed if p.source.startswith("outlet-")) == sorted(
        (row["url"], row["text"]) for row in made()
    )
    assert app.verify() == []
    assert sum(disk(home).values()) > done[-1].disk_mb["records"] > 0
    app.close()
    assert grow(home, PLAN, 1) == done, "what is done is done"


def test_a_home_grows_by_one_plan(tmp_path: Path) -> None:
    prepared(tmp_path / "home")
    path = tmp_path / "home" / FIGURES
    assert read_figures(path, PLAN) == []
    with pytest.raises(SystemExit, match="was begun with"):
        read_figures(path, Plan(count=51, chunk=20, seed=5, relevant=0.3))
