"""What accounts need of a store; whoever implements it decides nothing."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from aimas.accounts.types import Account, ApiToken, Keys, Session


class Settlement(Protocol):
    """One transaction: acts and what belongs to them are recorded together or not at all."""

    @property
    def connection(self) -> Any: ...

    def act(self, verb: str, subject: str, detail: Mapping[str, Any]) -> int: ...

    def tally(self, step: str, outcome: str, reason: str = "", n: int = 1) -> None: ...


Settle: TypeAlias = Callable[[], AbstractContextManager[Settlement]]


class AccountStore(Protocol):
    def all(self) -> list[Account]:
        """By name."""

    def get(self, id: str) -> Account | None: ...

    def keys_of(self, id: str) -> Keys: ...

    def put(self, settlement: Settlement, account: Account, keys: Keys) -> None:
        """In place of what was there."""

    def open_session(self, settlement: Settlement, digest: bytes, session: Session) -> None: ...

    def session_of(self, digest: bytes) -> tuple[Session, Account] | None: ...

    def sessions(self, account: str) -> list[Session]:
        """The newest first, ended ones not among them."""

    def seen(self, digest: bytes, at: datetime) -> None:
        """Outside any settlement; lost when the records are busy, which costs a minute of precision."""

    def end_sessions(self, settlement: Settlement, account: str, only: str | None = None) -> int:
        """All of an account, or the one with this id; how many there were."""

    def sweep(self, settlement: Settlement, before: datetime) -> None:
        """Forgets sessions that ended before a moment."""

    def put_token(self, settlement: Settlement, digest: bytes, token: ApiToken) -> None: ...

    def token_of(self, digest: bytes) -> tuple[ApiToken, Account] | None: ...

    def tokens(self, account: str) -> list[ApiToken]: ...

    def token_used(self, digest: bytes, at: datetime) -> None:
        """As `seen`."""

    def end_tokens(self, settlement: Settlement, account: str, only: str | None = None) -> int: ...
