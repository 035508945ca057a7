"""Accounts where their rules meet the store: every change is an act in the ledger, every sign-in is counted."""

import threading
from collections.abc import Iterable, Mapping
from hmac import compare_digest

import msgspec

from aimas.accounts import sessions
from aimas.accounts.acts import act
from aimas.accounts.own_keys import OwnKeys
from aimas.accounts.particulars import full_name_of, id_of, name_of, posts_of, roles_of, units_of
from aimas.accounts.passwords import Passwords, checked, made_up
from aimas.accounts.programs import Programs
from aimas.accounts.sessions import Lifetimes, token_digest
from aimas.accounts.signing_in import NotLetIn, Signed
from aimas.accounts.store import AccountStore, Settle
from aimas.accounts.types import Account, Keys, Role
from aimas.core import Actor, BadInput, Clock


class Accounts(OwnKeys, Programs):
    """Accounts as a whole; here as an admin manages them, and how the first admin comes."""

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
            name=name_of(name),
            full_name=full_name_of(full_name),
            roles=roles_of(roles),
            units=units_of(units),
            posts=posts_of(posts or {}),
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
            act(settlement, "account-added", account, by)
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
                full_name=account.full_name if full_name is None else full_name_of(full_name),
                roles=account.roles if roles is None else roles_of(roles),
                units=account.units if units is None else units_of(units),
                posts=account.posts if posts is None else posts_of(posts),
            )
            if now == account:
                return account
            self._keep_an_admin(account, now)
            act(settlement, "account-changed", now, by)
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
            act(settlement, "account-locked", now, by, reason=reason.strip())
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
            act(settlement, "account-unlocked", now, by)
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
            act(settlement, "account-reset", now, by)
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
                Actor("person", name_of(name)),
                full_name=full_name,
                password=password,
            )
            self._invitation = None
        return self.open_session(account, agent=agent)
