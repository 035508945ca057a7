"""What is noted beside the index: how far it has followed the ledger, and of which generation it is."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from aimas.core import Unavailable
from aimas.storage.index.documents import FORMAT


class State(msgspec.Struct, frozen=True):
    """One that was built before generations were has none."""

    format: int = 0
    position: int = 0
    generation: str = ""
    entry: str = ""
    """Hash of the ledger's entry at the position, which stands for all before it; empty where none was noted."""


_decoder = msgspec.json.Decoder(State)


class StateFile:
    """`position.json` in the index's folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "position.json"

    def read(self) -> State:
        try:
            return _decoder.decode(self._path.read_bytes())
        except (OSError, ValueError, msgspec.MsgspecError):
            return State()

    def is_current(self) -> bool:
        """Of the format that this version reads and writes."""
        return self.read().format == FORMAT

    def write(self, position: int, entry: str = "", generation: str | None = None) -> None:
        """Of the generation that it is where none is given. Raises Unavailable where the disk refuses."""
        partial = self._path.with_suffix(".partial")
        generation = self.read().generation if generation is None else generation
        state = State(FORMAT, position, generation, entry)
        with disk_errors(self._path.parent):
            partial.write_bytes(msgspec.json.encode(state))
            partial.replace(self._path)

    def start_anew(self) -> None:
        """What anyone remembers of the index is worth nothing from here on."""
        self.write(0, "", secrets.token_hex(8))


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        # Tantivy tells its troubles with the disk by ValueError; nothing else is left to go wrong here.
        raise Unavailable(
            f"The search index in {folder} can't be written: {error}. Free some room and run the same again."
        ) from None
