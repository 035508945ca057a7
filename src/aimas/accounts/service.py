"""Accounts where their rules meet the store: every change is an act in the ledger, every sign-in is counted."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

import msgspec

from aimas.accounts import codes, sessions
from aimas.accounts.passwords import Passwords, checked, made_up
from aimas.accounts.sessions import Lifetimes, session_id, token_digest
from aimas.accounts.store import AccountStore, Settle, Settlement
from aimas.accounts.types import Account, ApiToken, Keys, Role, Session
from aimas.core import Actor, BadInput, Clock
from aimas.core.ids import short_id

NAME = re.compile(r"\w[\w .'’-]{0,39}")
UNIT = re.compile(r"\*|[\w-]{1,64}")
LONGEST_FULL_NAME = 100
LONGEST_POST = 120
TONGUES = ("ru", "kk", "en")
LONGEST_LABEL = 60
LONGEST_AGENT = 200
TOKEN_DAYS = (1, 365)
STEP = "sign-in"
"""Under which tries are counted in the books."""


class NotLetIn(BadInput):
    """One answer to a wrong name, a wrong password, a wrong code and a locked account: it tells a guesser nothing."""


class Signed(msgspec.Struct, frozen=True):
    """A browser let in; the token leaves for its cookie and is kept by nobody else."""

    token: str
    account: Account


class Accounts:
    def __init__(
        self,
        store: AccountStore,
        settle: Settle,
        clock: Clock,
        passwords: Passwords | None = None,
        lifetimes: Lifetimes | None = None,
    ) -> None:
        self._store = store
        self._settle = settle
        self._clock = clock
        self._given_passwords = passwords
        self.lifetimes = lifetimes or Lifetimes()
        self._invitation: bytes | None = None
        self._lock = threading.Lock()

    @property
    def _passwords(self) -> Passwords:
        # Made when first needed: it takes a tenth of a second, and most verbs let nobody in.
        if self._given_passwords is None:
            self._given_passwords = Passwords()
        return self._given_passwords

    # Accounts

    def all(self) -> list[Account]:
        return self._store.all()

    def get(self, id: str) -> Account | None:
        return self._store.get(id)

    def named(self, name: str) -> Account | None:
        return self._store.get(id_of(name))

    def require(self, name: str) -> Account:
        """Raises BadInput where nobody has this name."""
        found = self.named(name)
        if found is None:
            raise BadInput(f"There is no account {name!r}. See: aimas users list")
        return found

    def add(
        self,
        name: str,
        roles: Iterable[Role],
        by: Actor,
        *,
        full_name: str = "",
        units: Iterable[str] = (),
        posts: Mapping[str, str] | None = None,
        password: str | None = None,
        is_demo: bool = False,
        can_sign_in: bool = True,
    ) -> tuple[Account, str]:
        """With a password made up where none is given, to be told once; empty for a demo's people, who have none.

        Raises BadInput for a name that is taken or is none, and for no role.
        """
        account = Account(
            id=id_of(name),
            name=_name(name),
            full_name=_full_name(full_name),
            roles=_roles(roles),
            units=_units(units),
            posts=_posts(posts or {}),
            made_at=self._clock.now(),
            is_demo=is_demo,
        )
        told = ""
        keys = Keys()
        if not is_demo and can_sign_in:
            if password is None:
                told = made_up()
            else:
                checked(password, account.name, account.full_name)
            keys = Keys(password=self._passwords.kept(password or told))
            account = msgspec.structs.replace(account, has_password=True, must_change=password is None)
        with self._settle() as settlement:
            if self._store.get(account.id) is not None:
                raise BadInput(f"There is an account {account.name!r} already.")
            self._act(settlement, "account-added", account, by)
            self._store.put(settlement, account, keys)
        return account, told

    def change(
        self,
        name: str,
        by: Actor,
        *,
        full_name: str | None = None,
        roles: Iterable[Role] | None = None,
        units: Iterable[str] | None = None,
        posts: Mapping[str, str] | None = None,
    ) -> Account:
        """Raises BadInput where it would leave nobody to manage accounts."""
        with self._settle() as settlement:
            account = self.require(name)
            now = msgspec.structs.replace(
                account,
                full_name=account.full_name if full_name is None else _full_name(full_name),
                roles=account.roles if roles is None else _roles(roles),
                units=account.units if units is None else _units(units),
                posts=account.posts if posts is None else _posts(posts),
            )
            if now == account:
                return account
            self._keep_an_admin(account, now)
            self._act(settlement, "account-changed", now, by)
            self._store.put(settlement, now, self._store.keys_of(account.id))
        return now

    def lock(self, name: str, by: Actor, reason: str) -> Account:
        """Ends all its sessions and programs. Raises BadInput for the last admin, and without a reason."""
        if len(reason.strip()) < 3:
            raise BadInput("Say why the account is locked: the reason is recorded.")
        with self._settle() as settlement:
            account = self.require(name)
            now = msgspec.structs.replace(account, is_closed=True)
            self._keep_an_admin(account, now)
            self._act(settlement, "account-locked", now, by, reason=reason.strip())
            self._store.put(settlement, now, self._store.keys_of(account.id))
            self._store.end_sessions(settlement, account.id)
            self._store.end_tokens(settlement, account.id)
        return now

    def unlock(self, name: str, by: Actor) -> Account:
        """Also forgets wrong tries."""
        with self._settle() as settlement:
            account = self.require(name)
            now = msgspec.structs.replace(account, is_closed=False)
            keys = msgspec.structs.replace(self._store.keys_of(account.id), failures=0, failed_at=None)
            self._act(settlement, "account-unlocked", now, by)
            self._store.put(settlement, now, keys)
        return now

    def reset(self, name: str, by: Actor, password: str | None = None) -> str:
        """A new password to be told once (empty where one was given), to be changed at the next sign-in; phone,
        paper codes, sessions and programs end."""
        told = ""
        with self._settle() as settlement:
            account = self.require(name)
            if password is None:
                told = made_up()
            else:
                checked(password, account.name, account.full_name)
            now = msgspec.structs.replace(account, has_password=True, must_change=True, has_second=False)
            self._act(settlement, "account-reset", now, by)
            self._store.put(settlement, now, Keys(password=self._passwords.kept(password or told)))
            self._store.end_sessions(settlement, account.id)
            self._store.end_tokens(settlement, account.id)
        return told

    def _keep_an_admin(self, before: Account, now: Account) -> None:
        def manages(account: Account) -> bool:
            return Role.ADMIN in account.roles and not account.is_closed

        if manages(before) and not manages(now):
            others = [a for a in self._store.all() if a.id != now.id and manages(a)]
            if not others:
                raise BadInput("This is the last admin: make another one first.")

    # Signing in

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
        account = self.named(name)
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

    # The owner's own keys

    def change_password(self, account: Account, old: str, new: str, *, agent: str = "") -> Signed:
        """All sessions end and a new one begins. Raises NotLetIn for a wrong old one, WeakPassword for a weak one."""
        keys = self._store.keys_of(account.id)
        self._prove(account, keys, old)
        checked(new, account.name, account.full_name)
        if compare_digest(old.encode(), new.encode()):
            raise BadInput("The new password is the old one.")
        kept = self._passwords.kept(new)
        with self._settle() as settlement:
            keys = self._store.keys_of(account.id)
            now = msgspec.structs.replace(self._fresh(account), has_password=True, must_change=False)
            self._act(settlement, "password-changed", now, account.actor)
            self._store.put(settlement, now, msgspec.structs.replace(keys, password=kept))
            self._store.end_sessions(settlement, account.id)
            return self._opened(settlement, now, agent, "")

    def begin_second(self, account: Account) -> bytes:
        """A secret to be shown as QR code; it counts once a code of it was given."""
        secret = codes.new_secret()
        with self._settle() as settlement:
            keys = msgspec.structs.replace(self._store.keys_of(account.id), pending=secret)
            self._store.put(settlement, self._fresh(account), keys)
        return secret

    def pending_second(self, account: Account) -> bytes | None:
        return self._store.keys_of(account.id).pending

    def confirm_second(self, account: Account, code: str) -> tuple[str, ...]:
        """From now on a code is asked; returns the codes to print, shown once. Raises BadInput for a wrong code."""
        made = codes.recovery_codes()
        with self._settle() as settlement:
            keys = self._store.keys_of(account.id)
            now = self._clock.now()
            step = None if keys.pending is None else codes.fitting_step(keys.pending, code, now, 0)
            if step is None:
                raise BadInput(
                    "This code does not fit. Look whether the phone's clock is right, and try again."
                )
            owner = msgspec.structs.replace(self._fresh(account), has_second=True)
            self._act(settlement, "second-added", owner, account.actor)
            kept = msgspec.structs.replace(
                keys,
                second=keys.pending,
                pending=None,
                last_step=step,
                recovery=tuple(codes.recovery_digest(c) for c in made),
            )
            self._store.put(settlement, owner, kept)
        return made

    def drop_second(self, account: Account, password: str) -> None:
        """Raises NotLetIn for a wrong password."""
        self._prove(account, self._store.keys_of(account.id), password)
        with self._settle() as settlement:
            owner = msgspec.structs.replace(self._fresh(account), has_second=False)
            keys = msgspec.structs.replace(
                self._store.keys_of(account.id), second=None, pending=None, recovery=()
            )
            self._act(settlement, "second-dropped", owner, account.actor)
            self._store.put(settlement, owner, keys)

    def recovery_left(self, account: Account) -> int:
        return len(self._store.keys_of(account.id).recovery)

    def _prove(self, account: Account, keys: Keys, password: str) -> None:
        """A browser left open is no licence to guess: wrong tries count as at sign-in."""
        now = self._clock.now()
        shut = sessions.shut_until(keys.failures, keys.failed_at)
        fits = self._passwords.fits(keys.password, password)
        if fits and (shut is None or now >= shut):
            return
        self._count_refusal(account, keys, "locked" if shut and now < shut else "refused", now)
        raise NotLetIn("The password is wrong, or the account is locked for now.")

    def _fresh(self, account: Account) -> Account:
        found = self._store.get(account.id)
        if found is None:
            raise BadInput(f"There is no account {account.name!r}.")
        return found

    # Programs

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
            self._act(settlement, "token-added", account, account.actor, token=token.id, days=days)
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
                self._act(settlement, "token-ended", account, account.actor, token=id)
        return ended

    # The first admin

    def invite(self) -> str | None:
        """The word of a one-time link by which the first admin is made; None where there are accounts already."""
        if self._store.all():
            return None
        word = sessions.new_token()
        with self._lock:
            self._invitation = token_digest(word)
        return word

    def is_invited(self, word: str) -> bool:
        with self._lock:
            known = self._invitation
        return known is not None and compare_digest(known, token_digest(word)) and not self._store.all()

    def accept(self, word: str, name: str, password: str, *, full_name: str = "", agent: str = "") -> Signed:
        """Makes the first admin, who may give himself other roles; the link is dead afterwards."""
        with self._lock:
            known = self._invitation
            if known is None or not compare_digest(known, token_digest(word)) or self._store.all():
                raise NotLetIn(
                    "This link was used, or it is another's. Start `aimas serve` again for a new one."
                )
            checked(password, name, full_name)
            account, _ = self.add(
                name,
                (Role.ADMIN, Role.ANALYST),
                Actor("person", _name(name)),
                full_name=full_name,
                password=password,
            )
            self._invitation = None
        return self.open_session(account, agent=agent)

    @staticmethod
    def _act(settlement: Settlement, verb: str, account: Account, by: Actor, **more: Any) -> None:
        detail = {"name": account.name, "by": str(by), **more}
        if verb in ("account-added", "account-changed"):
            detail |= {"roles": ", ".join(account.roles), "units": ", ".join(account.units)}
            if account.posts:
                detail["post"] = "; ".join(account.posts.values())
        settlement.act(verb, account.id, detail)


def id_of(name: str) -> str:
    return short_id("account", _folded(name))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _name(name: str) -> str:
    said = " ".join(unicodedata.normalize("NFKC", name).split())
    if not NAME.fullmatch(said):
        raise BadInput("A name has 1 to 40 letters, digits, blanks, dots or hyphens.")
    return said


def _full_name(said: str) -> str:
    name = " ".join(said.split())
    if len(name) > LONGEST_FULL_NAME or not name.isprintable():
        raise BadInput(f"A full name has at most {LONGEST_FULL_NAME} letters.")
    return name


def _roles(roles: Iterable[Role]) -> tuple[Role, ...]:
    chosen = set(roles)
    if not chosen:
        raise BadInput("Give at least one role: " + ", ".join(Role) + ".")
    return tuple(role for role in Role if role in chosen)


def _units(units: Iterable[str]) -> tuple[str, ...]:
    found = sorted(set(units))
    if wrong := [u for u in found if not UNIT.fullmatch(u)]:
        raise BadInput(f"{wrong[0]!r} is no id of a unit.")
    return tuple(found)


def _posts(said: Mapping[str, str]) -> dict[str, str]:
    """By language, empty ones left out; raises BadInput for what is no post."""
    found = {tongue: " ".join(post.split()) for tongue, post in said.items()}
    for tongue, post in found.items():
        if tongue not in TONGUES or len(post) > LONGEST_POST or not post.isprintable():
            raise BadInput(f"A post is said in {', '.join(TONGUES)}, in at most {LONGEST_POST} letters.")
    return {tongue: found[tongue] for tongue in TONGUES if found.get(tongue)}


def _count(settlement: Settlement, outcome: str, reason: str = "") -> None:
    settlement.tally(STEP, "entered")
    settlement.tally(STEP, outcome, reason)
