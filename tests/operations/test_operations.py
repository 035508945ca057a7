"""What is handed to systemd, Prometheus, Grafana and a builder of containers speaks of things that exist."""

import json
import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from tests.builders import TESTER, reading

from aimas.app import App
from aimas.cli.main import VERBS
from aimas.settings import Settings
from aimas.web.metrics import exposition

ROOT = Path(__file__).parents[2]
OPERATIONS = ROOT / "operations"
UNITS = sorted(p.name for p in OPERATIONS.glob("*.service"))


def metric_names(app: App) -> set[str]:
    with app.archive.settling() as settlement:
        settlement.file([reading("Полиция сообщает.")])
        settlement.tally("file", "entered")
        settlement.tally("file", "passed")
    return set(re.findall(r"^(aimas_\w+)", exposition(app).decode(), re.M))


def asked_for(expression: str) -> set[str]:
    return set(re.findall(r"\baimas_\w+", expression))


def test_every_panel_asks_for_metrics_that_are_told(app: App) -> None:
    board = json.loads((OPERATIONS / "grafana-dashboard.json").read_text("utf-8"))
    asked = {name for p in board["panels"] for t in p["targets"] for name in asked_for(t["expr"])}
    told = metric_names(app)
    assert asked
    assert asked - told == set()
    assert {n for n in told if not n.endswith("_created")} - asked == set(), "no metric without a panel"


def test_the_rules_proposed_to_prometheus_ask_for_metrics_that_are_told(app: App) -> None:
    text = (OPERATIONS / "prometheus.yml").read_text("utf-8")
    assert yaml.safe_load(text)["scrape_configs"][0]["static_configs"]
    proposed = yaml.safe_load(re.sub(r"(?m)^# ?", "", text[text.index("# groups:") :]))
    rules = [r for g in proposed["groups"] for r in g["rules"]]
    asked = {name for r in rules for name in asked_for(r["expr"])}
    assert asked - metric_names(app) == set()


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_calls_verbs_that_exist_with_settings_that_exist(name: str) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    text = (OPERATIONS / name).read_text("utf-8")
    unit.read_string(text)
    assert unit["Service"]["User"] == "aimas"
    for line in re.findall(r"(?m)^ExecStart=(.+)$", text):
        program, verb, *_ = shlex.split(line)
        assert program.endswith("/.venv/bin/aimas")
        assert verb in VERBS
    named = set(re.findall(r"\bAIMAS_([A-Z_]+)", text)) - {"HOME"}
    assert {n.lower() for n in named} <= set(Settings.model_fields)


def test_the_container_copies_what_an_installation_needs() -> None:
    text = (OPERATIONS / "Containerfile").read_text("utf-8")
    copied = [word for line in re.findall(r"(?m)^COPY (.+)$", text) for word in line.split()[:-1]]
    assert copied
    assert [c for c in copied if not (ROOT / c).exists()] == []
    assert {"Makefile", "pyproject.toml", "requirements", "src"} <= set(copied)


def test_the_guide_names_verbs_and_settings_that_exist() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    verbs = set(re.findall(r"\baimas ([a-z]+)\b", " ".join(re.findall(r"`[^`]+`|(?s:```.*?```)", text))))
    assert verbs
    assert verbs - set(VERBS) == set()
    assert TESTER
