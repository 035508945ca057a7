"""Reading a profile: YAML checked against the schema; every error says where it is and what to do."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import yaml

from aimas.core import BadSetting
from aimas.institution.types import Profile

_PACKAGED = files("aimas.institution") / "profiles"


def profile_ids() -> tuple[str, ...]:
    """Ids of the profiles that come with the program."""
    return tuple(
        sorted(p.name.removesuffix(".yaml") for p in _PACKAGED.iterdir() if p.name.endswith(".yaml"))
    )


def require_profile(name: str) -> Profile:
    """A packaged profile by id, or one read from a file when `name` is a path; BadSetting otherwise."""
    if name in profile_ids():
        return _packaged(name)
    path = Path(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return profile_of(path.read_text(encoding="utf-8"), str(path))
    raise BadSetting(
        f"there is no profile {name!r}: name one of {', '.join(profile_ids())} or a path to a .yaml file"
    )


@cache
def _packaged(name: str) -> Profile:
    return profile_of((_PACKAGED / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


@cache
def profile_schema() -> dict[str, Any]:
    """The JSON Schema that every profile must meet."""
    schema: dict[str, Any] = json.loads((_PACKAGED / "profile.schema.json").read_text(encoding="utf-8"))
    return schema


def profile_of(source: str, name: str) -> Profile:
    """The profile in a YAML text; `name` is what errors call it."""
    try:
        loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
        content = yaml.load(source, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise BadSetting(
            f"{name}{line}: not YAML ({error.problem}); mend the indentation or the quotes there"
        ) from None
    misfits = sorted(jsonschema.Draft202012Validator(profile_schema()).iter_errors(content), key=_depth)
    if misfits:
        misfit = misfits[-1]
        number = _line_of(source, list(misfit.absolute_path))
        place = [str(part) for part in misfit.absolute_path]
        raise BadSetting(f"{name}, line {number}, at {'/'.join(place) or 'the top'}: {_advice(misfit)}")
    profile = msgspec.convert(content, Profile)
    _require_distinct(name, "targets", [target.key for target in profile.targets])
    _require_distinct(name, "themes", [theme.key for theme in profile.themes])
    return profile


def version_of(profile: Profile) -> str:
    """`institution/<id>@<hash>`: changes whenever the profile's content does."""
    digest = hashlib.sha256(msgspec.json.encode(profile)).hexdigest()[:12]
    return f"institution/{profile.id}@{digest}"


def _require_distinct(name: str, part: str, keys: list[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise BadSetting(f"{name}, at {part}: the key {key!r} stands twice; rename or join them")


def _depth(error: jsonschema.ValidationError) -> int:
    return len(error.absolute_path)


def _advice(error: jsonschema.ValidationError) -> str:
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(error.schema.get("properties", {})))
        return f"{error.message}; fields known here: {known}"
    if error.validator == "required":
        return f"{error.message}; add it"
    if error.validator == "enum":
        return f"{error.instance!r} is not known; choose one of {', '.join(map(str, error.validator_value))}"
    return f"{error.message}; see profile.schema.json"


def _line_of(source: str, path: list[str | int]) -> int:
    """Line of the deepest part of `path` that stands in the text, counted from 1."""
    node = yaml.compose(source, Loader=yaml.SafeLoader)
    for part in path:
        child = None
        if isinstance(node, yaml.MappingNode):
            child = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            child = node.value[part]
        if child is None:
            break
        node = child
    return int(node.start_mark.line) + 1 if node is not None else 1
