"""Who works where, with how much open work, and who is away."""

import msgspec

from aimas.accounts import Right
from aimas.appeals.service import QueueView
from aimas.web.appeals_desk.entering import Room
from aimas.web.appeals_desk.seeing import seen_by


class OfficerLoad(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    shown: str
    open: int
    is_away: bool
    units: tuple[str, ...]


class UnitLoad(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    officers: tuple[OfficerLoad, ...]


def load(room: Room) -> tuple[UnitLoad, ...]:
    """Every unit with who may be given its cases; whoever has least of what the reader may see stands first."""
    seen = QueueView(**seen_by(room.account, Right.SEE_QUEUE, room.app.office.routing))
    loads = room.app.appeal_store.loads(seen, room.today)
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
                            units=person.units,
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


def workers(units: tuple[UnitLoad, ...]) -> tuple[OfficerLoad, ...]:
    """Each person once, whoever has most first."""
    people = {officer.name: officer for unit in units for officer in unit.officers}
    return tuple(sorted(people.values(), key=lambda o: (-o.open, o.shown)))
