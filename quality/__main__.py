"""`make quality`: measures every frozen set against its floors, and the public sets where they are."""

import argparse
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

from bench.tone_speed import questions, rate

from aimas.cli.evaluating import read_rows
from aimas.core import AimasError
from aimas.evaluation.extraction import PUBLIC_SET, PUBLIC_SOURCE, public_rows
from aimas.evaluation.extraction import evaluate as evaluate_extraction
from quality import weights
from quality.floors import FILE, HERE, Floor, fingerprint, raised, read_floors, shortfalls, written

SPEED_ON = 100
"""Sentences of the tone model's speed; `python -m bench.tone_speed` measures it whole."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m quality", description=__doc__)
    asked.add_argument(
        "--raise", dest="raises", action="store_true", help="move floors up to what is measured"
    )
    asked.add_argument(
        "--task", help="only this one", choices=sorted({floor.task for floor in read_floors()})
    )
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
        told = figures.setdefault(floor.file, {})
        for lang, metrics in measured.items():
            told[lang] = told.get(lang, {}) | metrics
        report(floor, measured, time.perf_counter() - begun)
        problems += shortfalls(floor, measured)
        moved.append(raised(floor, measured))
    if not chosen.task or chosen.task == "extraction":
        figures |= public_extraction()
    if not chosen.task or chosen.task == "tone":
        weighed = weights.weighed(weights.folder())
        report(weights.LIMITS, weighed, 0.0)
        problems += shortfalls(weights.LIMITS, weighed)
        figures |= {weights.LIMITS.file: {"all": weighed["all"] | tone_speed()}} | public_tone()
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
            kind = "ceiling" if metric in floor.ceilings else "floor"
            told.append(f"{metric} {value:.4f}" + (f" ({kind} {least:.4f})" if least is not None else ""))
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


def tone_speed() -> dict[str, float]:
    """No floor: it hangs on the machine."""
    single = rate(questions(False)[:SPEED_ON])
    print(
        f"tone  speed   {single:.1f} single sentences per CPU-second, one thread, without evidence",
        file=sys.stderr,
    )
    return {"single_per_cpu_s": single}


def public_tone() -> dict[str, dict[str, dict[str, float]]]:
    """The test parts of the public sets, or the word that they were not run; beside them what the card says."""
    data = os.environ.get("AIMAS_DATA")
    found = weights.public_parts(Path(data) if data else None)
    for source, (name, metric) in weights.PUBLIC.items():
        told = weights.on_card(weights.folder(), source).get(metric)
        said = "card.json tells nothing" if told is None else f"card.json: {told:.4f}"
        here = (
            f"not run; set AIMAS_DATA to a folder with {' and '.join(weights.PUBLIC_FILES)}"
            if found is None
            else f"{metric} {found[source][metric]:.4f}   {found[source]['rows']:.0f} rows"
        )
        print(f"tone  {name}, test part   {here}   ({said})", file=sys.stderr)
    return {f"{source}, test part": {"all": told} for source, told in (found or {}).items()}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AimasError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
