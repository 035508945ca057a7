"""Who takes appeals in, and by which law and clock."""

from collections.abc import Mapping

import msgspec

from aimas.appeals.calendars import CURRENT
from aimas.appeals.law import Terms
from aimas.appeals.routing import Routing


class Office(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    receiver: str
    terms: Terms
    calendar: str = CURRENT
    routing: Routing
    least_for_ranks: int = 30
    ours: tuple[str, ...] = ()
    """Telephones, addresses and names that an answer may tell: the institution's own."""
    names: Mapping[str, str] = {}
    receivers: Mapping[str, str] = {}
    """Name and receiver by language; where one lacks, `name` and `receiver` stand for it."""
    sends_mail: bool = False
    """Whether letters can leave: only then are they promised."""

    def called(self, tongue: str) -> str:
        return self.names.get(tongue) or self.name

    def received_by(self, tongue: str) -> str:
        return self.receivers.get(tongue) or self.receiver

    def retold(self, words: str, tongue: str) -> str:
        """A name that the office goes by, as the reader's language has it; any other words as they are."""
        return self.every_name(tongue).get(words, words)

    def every_name(self, tongue: str) -> dict[str, str]:
        """What a receipt may say of the office, with how the reader calls it: a signed text itself never changes."""
        told = dict.fromkeys((self.receiver, *self.receivers.values()), self.received_by(tongue))
        return told | dict.fromkeys((self.name, *self.names.values()), self.called(tongue))
