"""What an appeal may be about: twelve categories as data, in three languages."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from aimas.core import BadInput

SHIELDED = ("police_conduct", "custody_conditions")
"""Categories whose cases are seen by few: who complains of the police must not be read by all of the police."""


class Category(msgspec.Struct, frozen=True):
    id: str
    name: dict[str, str]
    """By interface language."""
    says: dict[str, str]
    """What belongs there, in a few words."""


@cache
def categories() -> tuple[Category, ...]:
    """In the order of their list; `other` is the last."""
    content = tomllib.loads(files("aimas.appeals").joinpath("data", "categories.toml").read_text("utf-8"))
    return tuple(msgspec.convert(content["category"], list[Category]))


def require_category(category_id: str) -> Category:
    """Raises BadInput naming those there are."""
    for category in categories():
        if category.id == category_id:
            return category
    raise BadInput(
        f"There is no category {category_id!r}; there are: {', '.join(category.id for category in categories())}"
    )
