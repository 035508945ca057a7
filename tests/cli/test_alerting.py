"""Saved searches and alerts by hand and by script."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sources.local_site import Answer, local_site

from aimas.cli.main import _run


class Said(dict[str, Any]):
    """Exit code, stdout, stderr."""

    @property
    def json(self) -> Any:
        return json.loads(self["out"])


@pytest.fixture
def aimas(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Said]:
    def call(*arguments: object) -> Said:
        capfdbinary.readouterr()
        code = _run([*(str(a) for a in arguments), "--home", str(home)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Said(code=code, out=out.decode(), err=err.decode())

    return call


def rows(path: Path, name: str, dates: list[datetime]) -> Path:
    lines = [
        {"text": f"Полиция Алматы, {name} {n}.", "url": f"https://a.kz/{name}/{n}", "date": d.isoformat()}
        for n, d in enumerate(dates)
    ]
    file = path / f"{name}.jsonl"
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in lines))
    return file


def test_a_journey(home: Path, tmp_path: Path, aimas: Callable[..., Said]) -> None:
    now = datetime.now(UTC)
    history = [now - timedelta(days=d) for d in range(80, 0, -1) for _ in range(30 if d == 20 else 3)]
    assert aimas("ingest", rows(tmp_path, "old", history))["code"] == 0
    saved = aimas("searches", "save", "Полиция", "полиция", "--json").json
    assert (saved["name"], saved["today"]) == ("Полиция", 0)
    assert aimas("search", "@полиция", "--count", "--json").json["count"] == len(history)
    tested = aimas("alerts", "backtest", "полиция", "--kind", "spike", "--days", "40", "--json").json
    (firing,) = tested["firings"]
    assert (firing["count"], tested["messages"], tested["judged_days"]) == (30, 1, 40)
    count = aimas("search", firing["query"], "--at", tested["snapshot"], "--count", "--json").json["count"]
    assert count == 30
    assert aimas("alerts", "backtest", "--query", "полиция", "--days", "40", "--kind", "spike")["code"] == 0
    with local_site() as site:
        site.routes["/hook"] = Answer(status=204)
        with (home / "aimas.toml").open("a") as file:
            file.write(f'admitted = ["{site.pair}"]\n')
        on = aimas(
            "alerts", "add", "Новое", "--search", "полиция", "--webhook", site.at("/hook"), "--atom", "--json"
        ).json
        assert on["channels"][0]["secret"] and "/feeds/" in on["channels"][1]["address"]
        assert aimas("alerts", "run", "--json").json == {"fired": [], "tried": 0}
        assert aimas("ingest", rows(tmp_path, "new", [now] * 4))["code"] == 0
        ran = aimas("alerts", "run", "--json").json
        (alert,) = ran["fired"]
        assert (alert["count"], ran["tried"], len(site.asked)) == (4, 1, 1)
        assert aimas("alerts", "run", "--json").json == {"fired": [], "tried": 0}
    (listed,) = aimas("alerts", "list", "--json").json
    assert (listed["name"], listed["fired"], listed["search_name"]) == ("Новое", 1, "Полиция")
    shown = aimas("alerts", "show", alert["position"], "--json").json
    assert shown["deliveries"][0]["state"] == "sent"
    count = aimas("search", alert["query"], "--at", alert["snapshot"], "--count", "--json").json["count"]
    assert count == 4
    assert aimas("alerts", "ack", alert["position"], "--note", "видели")["code"] == 0
    assert aimas("alerts", "ack", alert["position"])["code"] == 1
    assert aimas("alerts", "fired", "--open", "--json").json == []
    assert aimas("alerts", "mute", "Новое", "--hours", "2")["code"] == 0
    assert "muted until" in aimas("alerts", "list")["out"]
    assert aimas("alerts", "unmute", "Новое")["code"] == 0
    assert aimas("searches", "retire", "полиция")["code"] == 1
    assert aimas("alerts", "retire", "Новое")["code"] == 0
    assert aimas("searches", "retire", "полиция")["code"] == 0
    assert aimas("searches", "list", "--json").json == []
    assert aimas("verify", "--json").json["ok"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("alerts", "add", "x"), 2, "--search", id="nothing to watch"),
        pytest.param(
            ("alerts", "add", "x", "--search", "nowhere"), 1, "no saved search", id="no such search"
        ),
        pytest.param(("alerts", "add", "x", "--query", "(a"), 2, "never closed", id="a query that is none"),
        pytest.param(("alerts", "add", "x", "--query", "a", "--email", "b"), 1, "name@host", id="no address"),
        pytest.param(
            ("alerts", "add", "x", "--query", "a", "--quiet", "22"), 2, "22:00-07:00", id="no hours"
        ),
        pytest.param(("alerts", "show", "7"), 1, "no alert 7", id="no such alert"),
        pytest.param(("alerts", "mute", "x"), 2, "--hours", id="how long to mute"),
        pytest.param(("alerts", "mute", "x", "--hours", "1"), 1, "none yet", id="nothing to mute"),
        pytest.param(("searches", "change", "x"), 2, "--query", id="nothing to change"),
        pytest.param(("searches", "save", "a@b", "q1"), 1, "can't hold", id="a name that is none"),
    ],
)
def test_a_mistake_names_the_next_thing_to_do(
    aimas: Callable[..., Said], arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = aimas(*arguments)
    assert answer["code"] == code
    assert said in " ".join(answer["err"].split())


def test_a_password_is_never_shown(aimas: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMAS_SMTP_PASSWORD", "hunter2-secret")
    monkeypatch.setenv("AIMAS_TELEGRAM_TOKEN", "12:hunter2")
    for arguments, shown in (
        (["settings"], "# smtp_password is set and not shown"),
        (["settings", "--json"], "*"),
    ):
        answer = aimas(*arguments)
        assert answer["code"] == 0
        assert "hunter2" not in answer["out"] + answer["err"] and shown in answer["out"]
