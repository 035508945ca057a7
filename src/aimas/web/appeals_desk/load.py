"""Who works where, with how much open work, and who is away."""

import msgspec

from aimas.web.appeals_desk.entering import Room


class OfficerLoad(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    shown: str
    open: int
    is_away: bool


class UnitLoad(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    officers: tuple[OfficerLoad, ...]


def load(room: Room) -> tuple[UnitLoad, ...]:
    """Every unit with who may be given its cases; whoever has least stands first."""
    loads = room.app.appeal_store.loads()
    people = room.app.appeals.officers(room.today)
    units = dict.fromkeys([*room.app.office.routing.units, *(u for p in people for u in p.units if u != "*")])
    return tuple(
        UnitLoad(
            id=unit,
            officers=tuple(
                sorted(
                    (
                        OfficerLoad(
                            name=person.name,
                            shown=room.names.who(person.name),
                            open=loads.get(person.name, 0),
                            is_away=person.is_absent,
                        )
                        for person in people
                        if unit in person.units
                    ),
                    key=lambda o: (o.is_away, o.open, o.shown),
                )
            ),
        )
        for unit in units
    )
