"""Reads, checks and raises the floors; nothing here lowers one."""

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
FILE = HERE / "floors.toml"
MARGIN = 0.005
"""A floor is set this far under what was measured, so that another machine's rounding breaks nothing."""


class Floor(msgspec.Struct, frozen=True):
    """One frozen set and what must be reached on it."""

    file: str
    task: str
    sha256: str
    floors: dict[str, dict[str, float]]
    """Language, or `all`, → metric → least value, of `ceilings` the greatest."""
    ceilings: tuple[str, ...] = ("ece", "opposite")
    fixed: tuple[str, ...] = ("drop_ratio",)
    """Demanded, not measured: raising leaves them, since a ratio of small losses jumps from model to model."""


def read_floors() -> list[Floor]:
    return parsed(FILE.read_text("utf-8"))


def parsed(text: str) -> list[Floor]:
    return msgspec.convert(tomllib.loads(text)["set"], list[Floor])


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shortfalls(floor: Floor, measured: dict[str, dict[str, float]]) -> list[str]:
    """Sentences about everything that falls short; a language or metric that was not measured falls short too."""
    found = []
    for lang, metrics in floor.floors.items():
        for metric, least in metrics.items():
            value = measured.get(lang, {}).get(metric)
            if value is None:
                found.append(f"{floor.file}: {lang} {metric} was not measured")
            elif metric in floor.ceilings:
                if value > least:
                    found.append(f"{floor.file}: {lang} {metric} {value:.4f} is over the ceiling {least:.4f}")
            elif value < least:
                found.append(f"{floor.file}: {lang} {metric} {value:.4f} is under the floor {least:.4f}")
    return found


def raised(floor: Floor, measured: dict[str, dict[str, float]]) -> Floor:
    """The same floor, each value moved up to what was measured less the margin; never down."""
    moved: dict[str, dict[str, float]] = {}
    for lang, metrics in floor.floors.items():
        moved[lang] = {}
        for metric, least in metrics.items():
            value = measured.get(lang, {}).get(metric, least)
            if metric in floor.fixed:
                moved[lang][metric] = least
            elif metric in floor.ceilings:
                moved[lang][metric] = round(min(least, value + MARGIN), 4)
            else:
                moved[lang][metric] = round(max(least, value - MARGIN), 4)
    return msgspec.structs.replace(floor, floors=moved)


def lowered(before: Sequence[Floor], now: Sequence[Floor]) -> list[str]:
    """Sentences about everything that held before and holds no more: a set, its hash, a floor, a ceiling."""
    kept = {(floor.file, floor.task): floor for floor in now}
    found = []
    for old in before:
        name = f"{old.file}, {old.task}"
        new = kept.get((old.file, old.task))
        if new is None:
            found.append(f"{name}: the set is gone")
            continue
        if new.sha256 != old.sha256:
            found.append(f"{name}: the hash of the frozen set is another")
        for lang, metrics in old.floors.items():
            for metric, least in metrics.items():
                value = new.floors.get(lang, {}).get(metric)
                if value is None:
                    found.append(f"{name}: {lang} {metric} is gone, was {least}")
                elif metric in old.ceilings:
                    if value > least:
                        found.append(f"{name}: the ceiling of {lang} {metric} is {value}, was {least}")
                elif value < least:
                    found.append(f"{name}: the floor of {lang} {metric} is {value}, was {least}")
    return found


def written(floors: list[Floor]) -> str:
    lines = [
        "# Floors that `make quality` holds; they only rise (`python -m quality --raise`).",
        "# A set's hash is its fingerprint: frozen before anything was tuned.",
        "",
    ]
    for floor in floors:
        lines += ["[[set]]", f'file = "{floor.file}"', f'task = "{floor.task}"', f'sha256 = "{floor.sha256}"']
        for lang, metrics in floor.floors.items():
            lines.append(f'[set.floors."{lang}"]')
            lines += [f"{metric} = {value}" for metric, value in metrics.items()]
        lines.append("")
    return "\n".join(lines)
