"""What opens an account, in its owner's hands: the password, the phone's codes, the codes on paper."""

from hmac import compare_digest

import msgspec

from aimas.accounts import codes
from aimas.accounts.acts import act
from aimas.accounts.passwords import checked
from aimas.accounts.signing_in import Signed, SigningIn
from aimas.accounts.types import Account
from aimas.core import BadInput


class OwnKeys(SigningIn):
    """Accounts as their owners change them."""

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
            act(settlement, "password-changed", now, account.actor)
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
            act(settlement, "second-added", owner, account.actor)
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
            act(settlement, "second-dropped", owner, account.actor)
            self._store.put(settlement, owner, keys)

    def recovery_left(self, account: Account) -> int:
        return len(self._store.keys_of(account.id).recovery)

    def _fresh(self, account: Account) -> Account:
        found = self._store.get(account.id)
        if found is None:
            raise BadInput(f"There is no account {account.name!r}.")
        return found
