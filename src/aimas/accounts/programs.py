"""Programs that read in a person's name: tokens made, known again and ended."""

from datetime import timedelta

from aimas.accounts import sessions
from aimas.accounts.acts import act
from aimas.accounts.sessions import session_id, token_digest
from aimas.accounts.store import AccountStore, Settle
from aimas.accounts.types import Account, ApiToken
from aimas.core import BadInput, Clock

LONGEST_LABEL = 60
TOKEN_DAYS = (1, 365)


class Programs:
    """Accounts as programs meet them."""

    _store: AccountStore
    _settle: Settle
    _clock: Clock

    def add_token(self, account: Account, label: str, days: int) -> tuple[ApiToken, str]:
        """The token itself is told once."""
        said = " ".join(label.split())
        if not 1 <= len(said) <= LONGEST_LABEL or not said.isprintable():
            raise BadInput(f"Say in 1 to {LONGEST_LABEL} letters what the token is for.")
        if not TOKEN_DAYS[0] <= days <= TOKEN_DAYS[1]:
            raise BadInput(f"A token lives {TOKEN_DAYS[0]} to {TOKEN_DAYS[1]} days.")
        told = sessions.TOKEN_PREFIX + sessions.new_token()
        digest, now = token_digest(told), self._clock.now()
        token = ApiToken(
            id=session_id(digest),
            account=account.id,
            label=said,
            made_at=now,
            ends_at=now + timedelta(days=days),
        )
        with self._settle() as settlement:
            act(settlement, "token-added", account, account.actor, token=token.id, days=days)
            self._store.put_token(settlement, digest, token)
        return token, told

    def token_of(self, told: str) -> tuple[ApiToken, Account] | None:
        if not told.startswith(sessions.TOKEN_PREFIX):
            return None
        digest, now = token_digest(told), self._clock.now()
        found = self._store.token_of(digest)
        if found is None or found[1].is_closed or not sessions.is_token_alive(found[0], now):
            return None
        used = found[0].used_at
        if used is None or now - used >= sessions.SEEN_EVERY:
            self._store.token_used(digest, now)
        return found

    def tokens(self, account: Account) -> list[ApiToken]:
        now = self._clock.now()
        return [t for t in self._store.tokens(account.id) if sessions.is_token_alive(t, now)]

    def end_token(self, account: Account, id: str) -> bool:
        with self._settle() as settlement:
            ended = self._store.end_tokens(settlement, account.id, id) == 1
            if ended:
                act(settlement, "token-ended", account, account.actor, token=id)
        return ended
