"""Accounts by hand and by script; whoever holds the home's keys needs none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.test_alerting import Said, aimas

from aimas.accounts import Role
from aimas.app import App

__all__ = ["aimas"]


def test_an_account_is_made_changed_locked_and_given_a_new_password(
    home: Path, aimas: Callable[..., Said]
) -> None:
    made = aimas("users", "add", "salta", "--role", "admin", "--json").json
    app = App(home)
    assert app.accounts.sign_in("salta", made["password"]).account.must_change
    said = aimas("users", "add", "Айгерім", "--role", "clerk", "--role", "officer", "--unit", "duty")
    assert "shown this once" in said["out"]
    rows = aimas("users", "list", "--json").json
    assert [(r["name"], r["roles"], r["units"]) for r in rows] == [
        ("salta", ["admin"], []),
        ("Айгерім", ["clerk", "officer"], ["duty"]),
    ]
    assert all("password" not in r for r in rows)
    assert aimas("users", "role", "айгерім", "--role", "head", "--no-units", "--json").json["roles"] == [
        "head"
    ]
    assert aimas("users", "lock", "айгерім", "--reason", "left the service", "--json").json["locked"]
    assert not aimas("users", "unlock", "айгерім", "--json").json["locked"]
    told = aimas("users", "reset", "айгерім", "--json").json["password"]
    assert app.accounts.sign_in("Айгерім", told).account.roles == (Role.HEAD,)
    assert aimas("users", "list")["out"].endswith("2 accounts\n")
    assert aimas("verify")["code"] == 0
    app.close()


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        pytest.param("users add x", 2, "--role", id="no role"),
        pytest.param("users add x --role king", 2, "king", id="a role that is none"),
        pytest.param("users add <b> --role clerk", 1, "1 to 40 letters", id="a name that is none"),
        pytest.param("users add SALTA --role clerk", 1, "already", id="a name that is taken"),
        pytest.param("users role salta", 2, "Give --role", id="no change"),
        pytest.param("users role salta --role clerk", 1, "last admin", id="no admin left"),
        pytest.param("users lock salta --reason because", 1, "last admin", id="the last admin locked"),
        pytest.param("users lock nobody --reason because", 1, "aimas users list", id="nobody"),
    ],
)
def test_what_can_not_be_is_told_plainly(
    aimas: Callable[..., Said], line: str, code: int, words: str
) -> None:
    aimas("users", "add", "salta", "--role", "admin")
    said = aimas(*line.split())
    assert said["code"] == code and words in " ".join((said["out"] + said["err"]).split())
