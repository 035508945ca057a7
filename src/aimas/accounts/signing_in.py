"""Who is let in, and whose browser this is: every try is counted, and tells a guesser nothing."""

from datetime import datetime
from hmac import compare_digest

import msgspec

from aimas.accounts import codes, sessions
from aimas.accounts.particulars import id_of
from aimas.accounts.passwords import Passwords
from aimas.accounts.sessions import Lifetimes, session_id, token_digest
from aimas.accounts.store import AccountStore, Settle, Settlement
from aimas.accounts.types import Account, Keys, Session
from aimas.core import BadInput, Clock

LONGEST_AGENT = 200
STEP = "sign-in"
"""Under which tries are counted in the books."""


class NotLetIn(BadInput):
    """One answer to a wrong name, a wrong password, a wrong code and a locked account: it tells a guesser nothing."""


class Signed(msgspec.Struct, frozen=True):
    """A browser let in; the token leaves for its cookie and is kept by nobody else."""

    token: str
    account: Account


class SigningIn:
    """Accounts as a browser meets them."""

    _store: AccountStore
    _settle: Settle
    _clock: Clock
    _given_passwords: Passwords | None
    lifetimes: Lifetimes

    @property
    def _passwords(self) -> Passwords:
        # Made when first needed: it takes a tenth of a second, and most verbs let nobody in.
        if self._given_passwords is None:
            self._given_passwords = Passwords()
        return self._given_passwords

    # At the door

    def sign_in(self, name: str, password: str, code: str = "", *, agent: str = "", old: str = "") -> Signed:
        """A new session, whatever session the browser had before (`old` ends). Raises NotLetIn, always the same."""
        account = self._store.get(id_of(name))
        keys = Keys() if account is None else self._store.keys_of(account.id)
        now = self._clock.now()
        shut = sessions.shut_until(keys.failures, keys.failed_at)
        is_shut = shut is not None and now < shut
        # Everything is looked at before anything is told: each mistake takes as long as any other.
        fits = self._passwords.fits(keys.password, password)
        second = self._second(keys, code, now)
        if account is None or is_shut or account.is_closed or not fits or second is None:
            reason = "locked" if is_shut or (account is not None and account.is_closed) else "refused"
            self._count_refusal(account, keys, reason, now)
            raise NotLetIn("Name, password or code is wrong, or the account is locked for now.")
        kept = msgspec.structs.replace(second, failures=0, failed_at=None)
        if kept.password and self._passwords.is_stale(kept.password):
            kept = msgspec.structs.replace(kept, password=self._passwords.kept(password))
        with self._settle() as settlement:
            # Read anew inside: what an admin changed meanwhile holds, and a code is used once.
            fresh = self._store.get(account.id)
            if fresh is not None and not fresh.is_closed and self._store.keys_of(account.id) == keys:
                _count(settlement, "passed")
                self._store.put(settlement, fresh, kept)
                return self._opened(settlement, fresh, agent, old)
            _count(settlement, "dropped", "refused")
        raise NotLetIn("Name, password or code is wrong, or the account is locked for now.")

    def sign_in_demo(self, name: str, *, agent: str = "", old: str = "") -> Signed:
        """Without a password, as one of the invented people; the caller has made sure that the home is a demo."""
        account = self._store.get(id_of(name))
        if account is None or not account.is_demo or account.is_closed:
            raise NotLetIn("There is nobody of this name in the demonstration.")
        return self.open_session(account, agent=agent, old=old)

    def open_session(self, account: Account, *, agent: str = "", old: str = "") -> Signed:
        """For an account whose owner was made sure of already."""
        with self._settle() as settlement:
            _count(settlement, "passed")
            return self._opened(settlement, account, agent, old)

    def _opened(self, settlement: Settlement, account: Account, agent: str, old: str) -> Signed:
        token, now = sessions.new_token(), self._clock.now()
        digest = token_digest(token)
        if old and (before := self._store.session_of(token_digest(old))):
            self._store.end_sessions(settlement, before[0].account, before[0].id)
        self._store.sweep(settlement, now)
        session = Session(
            id=session_id(digest),
            account=account.id,
            made_at=now,
            seen_at=now,
            ends_at=now + self.lifetimes.absolute,
            agent=agent[:LONGEST_AGENT],
        )
        self._store.open_session(settlement, digest, session)
        return Signed(token, account)

    def _second(self, keys: Keys, code: str, now: datetime) -> Keys | None:
        """The keys with the code used up; None where one is asked and this is none."""
        if keys.second is None:
            return keys
        step = codes.fitting_step(keys.second, code, now, keys.last_step)
        if step is not None:
            return msgspec.structs.replace(keys, last_step=step)
        digest = codes.recovery_digest(code)
        rest = tuple(kept for kept in keys.recovery if not compare_digest(kept, digest))
        return None if len(rest) == len(keys.recovery) else msgspec.structs.replace(keys, recovery=rest)

    def _count_refusal(self, account: Account | None, known: Keys, reason: str, now: datetime) -> None:
        with self._settle() as settlement:
            _count(settlement, "dropped", reason)
            if account is None or reason == "locked":
                return
            fresh = self._store.get(account.id)
            if fresh is None:
                return
            keys = self._store.keys_of(account.id)
            failures = keys.failures + 1
            self._store.put(
                settlement, fresh, msgspec.structs.replace(keys, failures=failures, failed_at=now)
            )
            if failures == sessions.FREE_TRIES:
                settlement.act("account-shut", account.id, {"name": account.name, "failures": failures})

    def _prove(self, account: Account, keys: Keys, password: str) -> None:
        """A browser left open is no licence to guess: wrong tries count as at sign-in."""
        now = self._clock.now()
        shut = sessions.shut_until(keys.failures, keys.failed_at)
        fits = self._passwords.fits(keys.password, password)
        if fits and (shut is None or now >= shut):
            return
        self._count_refusal(account, keys, "locked" if shut and now < shut else "refused", now)
        raise NotLetIn("The password is wrong, or the account is locked for now.")

    # Sessions

    def session_of(self, token: str, *, is_activity: bool = True) -> tuple[Session, Account] | None:
        """Whose browser this is; None for an unknown, ended or idle session and for a closed account."""
        digest = token_digest(token)
        found = self._store.session_of(digest)
        now = self._clock.now()
        if found is None or found[1].is_closed or not sessions.is_alive(found[0], now, self.lifetimes):
            return None
        if is_activity and now - found[0].seen_at >= sessions.SEEN_EVERY:
            self._store.seen(digest, now)
        return found

    def whose(self, token: str) -> str:
        """Id of the account whose session this is or was; empty where nobody can tell any more."""
        found = self._store.session_of(token_digest(token)) if token else None
        return found[0].account if found is not None else ""

    def sign_out(self, token: str) -> None:
        found = self._store.session_of(token_digest(token))
        if found is not None:
            with self._settle() as settlement:
                self._store.end_sessions(settlement, found[0].account, found[0].id)

    def sessions(self, account: Account) -> list[Session]:
        now = self._clock.now()
        return [s for s in self._store.sessions(account.id) if sessions.is_alive(s, now, self.lifetimes)]

    def end_session(self, account: Account, id: str) -> bool:
        """False where this account has no such session."""
        with self._settle() as settlement:
            return self._store.end_sessions(settlement, account.id, id) == 1


def _count(settlement: Settlement, outcome: str, reason: str = "") -> None:
    settlement.tally(STEP, "entered")
    settlement.tally(STEP, outcome, reason)
