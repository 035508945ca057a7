"""Which unit and which officer an appeal should go to: readable rules, the first that fits, with its reason. A person
decides; how often a case was handed on stays visible."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import msgspec

from aimas.appeals.cases import Case
from aimas.appeals.types import Assigned, Standing
from aimas.core import BadSetting, Language, Span
from aimas.institution import gazetteer
from aimas.institution.lexicon import normal


class Unit(msgspec.Struct, frozen=True):
    name: dict[str, str]
    """By interface language."""


class RoutingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is asked must hold; what is empty is not asked."""

    id: str
    unit: str
    says: dict[str, str]
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    standings: tuple[Standing, ...] = ()
    languages: tuple[Language, ...] = ()
    regions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Beginnings of words, in small letters."""
    is_read_at_once: bool = False
    """The unit's people see such cases before anybody assigns them; such a rule asks for kinds and nothing else."""


class Routing(msgspec.Struct, frozen=True):
    """Units and rules of one institution."""

    units: dict[str, Unit]
    rules: tuple[RoutingRule, ...] = msgspec.field(name="rule")


class Officer(msgspec.Struct, frozen=True):
    """Somebody who may be given a case."""

    name: str
    units: tuple[str, ...]
    is_absent: bool = False


class Absence(msgspec.Struct, frozen=True):
    """Both days are absent."""

    officer: str
    first: date
    last: date


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion: the rule that fits and what in the case it rests on."""

    unit: str
    rule: RoutingRule
    evidence: tuple[Span, ...] = ()
    """Words of the text that the rule asks for."""
    officer: str | None = None
    """Of the unit's officers who are here, the one with the fewest open cases; None: none is."""
    load: int = 0
    """How many the officer has open."""
    absent: tuple[str, ...] = ()
    """Officers of the unit who were passed over because they are away."""


class HandedOn(msgspec.Struct, frozen=True):
    """How often a case went from one to another."""

    outside: int
    """Forwarded to other bodies."""
    between_units: int
    """Given by one unit to another."""
    back: int
    """Times that it came to a unit which had it before."""

    @property
    def is_ping_pong(self) -> bool:
        return self.outside > 1 or self.between_units > 1 or self.back > 0


def read_routing(folder: Path) -> Routing:
    """The home's own `routing.toml`, or the one that ships. Raises BadSetting naming what is wrong."""
    path = folder / "routing.toml"
    if not path.exists():
        shipped = files("aimas.appeals").joinpath("data", "routing.toml").read_text("utf-8")
        return _routing(shipped, "routing.toml")
    try:
        return _routing(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise BadSetting(f"{path} can't be read: {error.strerror}") from None


def route(
    routing: Routing,
    case: Case,
    text: str,
    category: str | None,
    officers: Sequence[Officer] = (),
    loads: Mapping[str, int] | None = None,
) -> Route | None:
    """By the first rule that fits; None where none does. `category` is a person's word, else the suggestion."""
    low = normal(text)
    regions: frozenset[str] | None = None
    for rule in routing.rules:
        if not _fits(rule, case, category):
            continue
        if rule.regions:
            if regions is None:
                regions = frozenset(place.region for place in gazetteer().places(text))
            if regions.isdisjoint(rule.regions):
                continue
        evidence = _found(rule, low)
        if rule.words and not evidence:
            continue
        here, away = _of_unit(rule.unit, officers)
        load = loads or {}
        chosen = min(here, key=lambda name: (load.get(name, 0), name), default=None)
        return Route(
            unit=rule.unit,
            rule=rule,
            evidence=evidence,
            officer=chosen,
            load=load.get(chosen, 0) if chosen else 0,
            absent=tuple(away),
        )
    return None


def handed_on(case: Case) -> HandedOn:
    units = [event.unit for event in case.events if isinstance(event, Assigned)]
    steps = [after for before, after in pairwise(units) if before != after]
    back, had = 0, set(units[:1])
    for unit in steps:
        back += unit in had
        had.add(unit)
    return HandedOn(len(case.forwards), len(steps), back)


def first_read_by(routing: Routing, kind: str) -> str:
    """The unit whose people see cases of this kind before anybody assigns them; empty: none."""
    return next((r.unit for r in routing.rules if r.is_read_at_once and kind in r.kinds), "")


def first_read_kinds(routing: Routing, units: Collection[str]) -> tuple[str, ...]:
    """Kinds whose cases the people of these units see before anybody assigns them."""
    kinds = dict.fromkeys(kind for rule in routing.rules if rule.is_read_at_once for kind in rule.kinds)
    return tuple(kind for kind in kinds if first_read_by(routing, kind) in units)


def is_away(absences: Sequence[tuple[date, date]], today: date) -> bool:
    """Both days of an absence are absent."""
    return any(first <= today <= last for first, last in absences)


def _fits(rule: RoutingRule, case: Case, category: str | None) -> bool:
    asked: tuple[tuple[Sequence[str], str | None], ...] = (
        (rule.categories, category),
        (rule.kinds, case.kind),
        (rule.standings, case.standing),
        (rule.languages, case.language),
    )
    return all(not wanted or value in wanted for wanted, value in asked)


def _found(rule: RoutingRule, low: str) -> tuple[Span, ...]:
    if not rule.words:
        return ()
    beginnings = "|".join(re.escape(normal(word)) for word in rule.words)
    return tuple(Span(*m.span()) for m in re.finditer(rf"(?<!\w)(?:{beginnings})\w*", low))


def _of_unit(unit: str, officers: Sequence[Officer]) -> tuple[list[str], list[str]]:
    """Who may be suggested, and who is away."""
    of_unit = [officer for officer in officers if unit in officer.units]
    return [o.name for o in of_unit if not o.is_absent], [o.name for o in of_unit if o.is_absent]


def _routing(content: str, name: str) -> Routing:
    try:
        made = msgspec.convert(tomllib.loads(content), Routing)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadSetting(f"{name}: {error}") from None
    for rule in made.rules:
        if rule.unit not in made.units:
            raise BadSetting(f"{name}: rule {rule.id} sends to {rule.unit}, which is no unit there.")
        asks = (rule.categories, rule.standings, rule.languages, rule.regions, rule.words)
        if rule.is_read_at_once and (not rule.kinds or any(asks)):
            raise BadSetting(
                f"{name}: rule {rule.id} is read at once, so it asks for kinds and nothing else."
            )
    return made
