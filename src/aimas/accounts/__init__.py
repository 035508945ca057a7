"""People who sign in belong here: their roles, what each may do, and how a password, code or session is judged."""

from aimas.accounts.passwords import Passwords, WeakPassword
from aimas.accounts.roles import ALL_UNITS, RIGHTS, CaseScope, Reach, Right, may, reach, rights
from aimas.accounts.service import Accounts
from aimas.accounts.sessions import Lifetimes
from aimas.accounts.signing_in import NotLetIn, Signed
from aimas.accounts.store import AccountStore
from aimas.accounts.types import Account, ApiToken, Keys, Role, Session

__all__ = [
    "ALL_UNITS",
    "RIGHTS",
    "Account",
    "AccountStore",
    "Accounts",
    "ApiToken",
    "CaseScope",
    "Keys",
    "Lifetimes",
    "NotLetIn",
    "Passwords",
    "Reach",
    "Right",
    "Role",
    "Session",
    "Signed",
    "WeakPassword",
    "may",
    "reach",
    "rights",
]
