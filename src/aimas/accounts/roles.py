"""Who may do what: the one place where rights are decided. Pages and verbs ask here and decide nothing themselves."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from aimas.accounts.types import Account, Role


class Right(StrEnum):
    READ_BOARD = "read-board"
    """Everything that was published: board, lists, stories, digests, ledger."""
    WORK_BOARD = "work-board"
    """Saved searches, alerts, blind labels, corrections, rulings on stories, sources, held items."""
    SEE_QUEUE = "see-queue"
    """Appeals with personal data masked: the queue, a case, its history."""
    REGISTER = "register"
    """Enter an appeal that came on paper, by voice or as a signal."""
    ROUTE = "route"
    """Give a case to a unit or an officer; take suggestions or refuse them."""
    FORWARD = "forward"
    """Send an appeal or a part of it to the body that is competent."""
    DECIDE = "decide"
    """Work on a case: forward, pause, draft and send its answer."""
    SIGN = "sign"
    """Sign an answer and be named in it."""
    SET_ABSENCES = "set-absences"
    """Say when officers of the person's own units are away: they are suggested for nothing then."""
    EXTEND = "extend"
    """Extend the term: the head of the body or the deputy decides (article 76(3))."""
    SEE_PERSONAL = "see-personal"
    """Open the applicant's own words and data; every look is recorded."""
    SEE_CONFIDENTIAL = "see-confidential"
    """Confidential cases of the person's own units, without standing on their lists."""
    SEE_FIGURES = "see-figures"
    """How well appeals are answered, by unit."""
    SEE_LOOKS = "see-looks"
    """Who looked at whose data, when and why."""
    ERASE = "erase"
    """Destroy the key to a person's data where the law demands it."""
    MANAGE_USERS = "manage-users"
    """Accounts: make, change, lock, reset."""
    EXPORT = "export"
    """Take lists and digests away as files; recorded."""
    OPEN_ORIGINAL = "open-original"
    """Open the bytes behind a publication for a reason; recorded."""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CLERK: frozenset(
        {
            Right.READ_BOARD,
            Right.SEE_QUEUE,
            Right.REGISTER,
            Right.ROUTE,
            Right.FORWARD,
            Right.SEE_PERSONAL,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Right.READ_BOARD,
            Right.SEE_QUEUE,
            Right.FORWARD,
            Right.DECIDE,
            Right.SIGN,
            Right.SEE_PERSONAL,
        }
    ),
    Role.HEAD: frozenset(
        {
            Right.READ_BOARD,
            Right.SEE_QUEUE,
            Right.ROUTE,
            Right.FORWARD,
            Right.DECIDE,
            Right.SIGN,
            Right.SET_ABSENCES,
            Right.EXTEND,
            Right.SEE_PERSONAL,
            Right.SEE_CONFIDENTIAL,
            Right.SEE_FIGURES,
            Right.ERASE,
            Right.EXPORT,
        }
    ),
    Role.ANALYST: frozenset(
        {Right.READ_BOARD, Right.WORK_BOARD, Right.SEE_FIGURES, Right.EXPORT, Right.OPEN_ORIGINAL}
    ),
    Role.AUDITOR: frozenset(
        {
            Right.READ_BOARD,
            Right.SEE_QUEUE,
            Right.SEE_CONFIDENTIAL,
            Right.SEE_FIGURES,
            Right.SEE_LOOKS,
            Right.EXPORT,
            Right.OPEN_ORIGINAL,
        }
    ),
    Role.ADMIN: frozenset({Right.READ_BOARD, Right.MANAGE_USERS}),
}
"""An admin gives rights to others and sees no appeal; an auditor sees every step and nobody's name."""

ALL_UNITS = "*"
"""Stands in an account's units for the whole institution."""

EVERYWHERE = frozenset({Role.AUDITOR, Role.ANALYST})
"""Their cases are those of all units."""


class CaseScope(msgspec.Struct, frozen=True, kw_only=True):
    """What of a case decides who may see it."""

    unit: str = ""
    """The unit that works on it; empty until it was routed."""
    first_read_by: str = ""
    """The unit whose people see it while it belongs to none; empty: nobody's but a clerk's."""
    officer: str = ""
    """Name of the account that it was given to; empty where to nobody."""
    is_confidential: bool = False
    seen_by: tuple[str, ...] = ()
    """Names of the accounts on its who-can-see list."""


def rights(roles: Iterable[Role]) -> frozenset[Right]:
    return frozenset[Right]().union(*(RIGHTS[role] for role in roles))


def may(person: Account, right: Right, case: CaseScope | None = None) -> bool:
    """With a case: whether this right reaches it. Without one: whether the person has it for any case at all."""
    granting = [role for role in person.roles if right in RIGHTS[role]]
    if person.is_closed or not granting:
        return False
    if case is None:
        return True
    is_named = person.name in (case.officer, *case.seen_by)
    if case.is_confidential:
        # Only a role that reaches the case by itself may bring its own right to see what is confidential.
        return is_named or any(
            Right.SEE_CONFIDENTIAL in RIGHTS[role] and _reaches(person, role, case) for role in granting
        )
    return is_named or any(_reaches(person, role, case) for role in granting)


def _reaches(person: Account, role: Role, case: CaseScope) -> bool:
    if role in EVERYWHERE or ALL_UNITS in person.units:
        return True
    if role is Role.CLERK:
        # A clerk of no unit keeps the register of the whole institution; what nobody has yet is every clerk's.
        return not person.units or not case.unit or case.unit in person.units
    # What few may see is first read by nobody, but assigned by who may.
    unit = case.unit or ("" if case.is_confidential else case.first_read_by)
    return bool(unit) and unit in person.units


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """The cases that a right reaches, as a list can be asked for them; those that name the person come on top."""

    is_everywhere: bool
    units: frozenset[str]
    is_unassigned: bool
    """Also what belongs to no unit yet."""
    is_confidential_everywhere: bool
    confidential_units: frozenset[str]


def reach(person: Account, right: Right) -> Reach:
    """The same answer as `may` gives case by case."""
    granting = [role for role in person.roles if right in RIGHTS[role]] if not person.is_closed else []
    closed = [role for role in granting if Right.SEE_CONFIDENTIAL in RIGHTS[role]]
    units = frozenset(unit for unit in person.units if unit != ALL_UNITS)
    return Reach(
        is_everywhere=_is_everywhere(person, granting),
        units=units if granting else frozenset(),
        is_unassigned=Role.CLERK in granting or _is_everywhere(person, granting),
        is_confidential_everywhere=_is_everywhere(person, closed),
        confidential_units=units if closed else frozenset(),
    )


def _is_everywhere(person: Account, granting: Iterable[Role]) -> bool:
    return any(
        role in EVERYWHERE or ALL_UNITS in person.units or (role is Role.CLERK and not person.units)
        for role in granting
    )
