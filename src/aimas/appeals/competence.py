"""Whose matter an appeal may be when it is not ours: bodies as data, in three languages."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class Body(msgspec.Struct, frozen=True):
    """Where an appeal may have to be forwarded."""

    id: str
    name: dict[str, str]
    """By interface language."""
    says: dict[str, str]
    """What is its matter, in a few words."""


@cache
def bodies() -> tuple[Body, ...]:
    content = tomllib.loads(files("aimas.appeals").joinpath("data", "competence.toml").read_text("utf-8"))
    return tuple(msgspec.convert(content["body"], list[Body]))
