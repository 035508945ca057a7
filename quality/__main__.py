"""`make quality`: measures every frozen set against its floors, and the public sets where they are."""

import argparse
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

from aimas.cli.evaluating import read_rows
from aimas.core import AimasError
from aimas.evaluation.extraction import PUBLIC_SET, PUBLIC_SOURCE, public_rows
from aimas.evaluation.extraction import evaluate as evaluate_extraction
from quality.floors import FILE, HERE, Floor, fingerprint, raised, read_floors, shortfalls, written


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m quality", description=__doc__)
    asked.add_argument(
        "--raise", dest="raises", action="store_true", help="move floors up to what is measured"
    )
    asked.add_argument("--task", help="only this one")
    asked.add_argument("--json", action="store_true", help="figures on stdout as JSON")
    chosen = asked.parse_args()
    floors = read_floors()
    problems: list[str] = []
    figures: dict[str, dict[str, dict[str, float]]] = {}
    moved: list[Floor] = []
    for floor in floors:
        if chosen.task and floor.task != chosen.task:
            moved.append(floor)
            continue
        path = HERE / "sets" / floor.file
        if fingerprint(path) != floor.sha256:
            problems.append(f"{floor.file}: the frozen set was changed")
        begun = time.perf_counter()
        measured = measure(floor.task, path)
        figures[floor.file] = measured
        report(floor, measured, time.perf_counter() - begun)
        problems += shortfalls(floor, measured)
        moved.append(raised(floor, measured))
    if not chosen.task or chosen.task == "extraction":
        figures |= public_extraction()
    if chosen.raises and not problems:
        FILE.write_text(written(moved), "utf-8")
        print("floors raised", file=sys.stderr)
    for problem in problems:
        print(f"FALLS SHORT  {problem}", file=sys.stderr)
    if chosen.json:
        print(json.dumps(figures, indent=2))
    return 1 if problems else 0


def measure(task: str, path: Path) -> dict[str, dict[str, float]]:
    module = import_module(f"aimas.evaluation.{task.replace('-', '_')}")
    scores = module.evaluate(read_rows(path), path.parent)
    return {"all": scores.metrics, **scores.by_lang}


def report(floor: Floor, measured: dict[str, dict[str, float]], seconds: float) -> None:
    print(f"{floor.task}  {floor.file}  ({seconds:.1f} s)", file=sys.stderr)
    for lang, metrics in measured.items():
        told = []
        for metric, value in metrics.items():
            least = floor.floors.get(lang, {}).get(metric)
            told.append(f"{metric} {value:.3f}" + (f" (floor {least:.3f})" if least is not None else ""))
        print(f"    {lang:<6} " + "   ".join(told), file=sys.stderr)


def public_extraction() -> dict[str, dict[str, dict[str, float]]]:
    """Both halves of the public pages, or a word on where they are to be had."""
    data = os.environ.get("AIMAS_DATA")
    rows = public_rows(Path(data)) if data else None
    if rows is None:
        print(
            f"extraction  public pages: not run; set AIMAS_DATA to a folder with {PUBLIC_SOURCE}",
            file=sys.stderr,
        )
        return {}
    found = {}
    for half in ("development", "held-out"):
        part = [row for row in rows if row["half"] == half]
        scores = evaluate_extraction(part, Path(str(data)) / PUBLIC_SET)
        found[f"public pages, {half}"] = {"all": scores.metrics}
        told = "   ".join(f"{k} {v:.4f}" for k, v in scores.metrics.items())
        print(f"extraction  public pages, {half} half, {len(part)} pages   {told}", file=sys.stderr)
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AimasError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
