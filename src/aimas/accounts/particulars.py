"""What may stand in an account: a name, a full name, roles, units, a post."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from aimas.accounts.types import Role
from aimas.core import BadInput
from aimas.core.ids import short_id

NAME = re.compile(r"\w[\w .'’-]{0,39}")
UNIT = re.compile(r"\*|[\w-]{1,64}")
LONGEST_FULL_NAME = 100
LONGEST_POST = 120
TONGUES = ("ru", "kk", "en")


def id_of(name: str) -> str:
    return short_id("account", _folded(name))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def name_of(name: str) -> str:
    said = " ".join(unicodedata.normalize("NFKC", name).split())
    if not NAME.fullmatch(said):
        raise BadInput("A name has 1 to 40 letters, digits, blanks, dots or hyphens.")
    return said


def full_name_of(said: str) -> str:
    name = " ".join(said.split())
    if len(name) > LONGEST_FULL_NAME or not name.isprintable():
        raise BadInput(f"A full name has at most {LONGEST_FULL_NAME} letters.")
    return name


def roles_of(roles: Iterable[Role]) -> tuple[Role, ...]:
    chosen = set(roles)
    if not chosen:
        raise BadInput("Give at least one role: " + ", ".join(Role) + ".")
    return tuple(role for role in Role if role in chosen)


def units_of(units: Iterable[str]) -> tuple[str, ...]:
    found = sorted(set(units))
    if wrong := [u for u in found if not UNIT.fullmatch(u)]:
        raise BadInput(f"{wrong[0]!r} is no id of a unit.")
    return tuple(found)


def posts_of(said: Mapping[str, str]) -> dict[str, str]:
    """By language, empty ones left out; raises BadInput for what is no post."""
    found = {tongue: " ".join(post.split()) for tongue, post in said.items()}
    for tongue, post in found.items():
        if tongue not in TONGUES or len(post) > LONGEST_POST or not post.isprintable():
            raise BadInput(f"A post is said in {', '.join(TONGUES)}, in at most {LONGEST_POST} letters.")
    return {tongue: found[tongue] for tongue in TONGUES if found.get(tongue)}
