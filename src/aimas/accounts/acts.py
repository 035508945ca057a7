"""How what was done to an account is told in the ledger."""

from typing import Any

from aimas.accounts.store import Settlement
from aimas.accounts.types import Account
from aimas.core import Actor


def act(settlement: Settlement, verb: str, account: Account, by: Actor, **more: Any) -> None:
    detail = {"name": account.name, "by": str(by), **more}
    if verb in ("account-added", "account-changed"):
        detail |= {"roles": ", ".join(account.roles), "units": ", ".join(account.units)}
        if account.posts:
            detail["post"] = "; ".join(account.posts.values())
    settlement.act(verb, account.id, detail)
