"""What is done to a home as a whole: tables brought to another version, records moved, a copy made and put back."""

from collections.abc import Callable
from pathlib import Path

from aimas.core import BadInput
from aimas.home import Home
from aimas.settings import read_settings
from aimas.storage import migrations
from aimas.storage.database import connect, version_of, writing
from aimas.storage.schema import VERSION


def migrate(folder: Path, to: int = VERSION, told: Callable[[int], None] = lambda version: None) -> int:
    """All steps or none; returns the version that was there. Raises BadInput where something would be lost."""
    engine = connect(where(folder))
    try:
        before = version_of(engine)
        with writing(engine) as connection:
            migrations.move(connection, before, to, told)
    finally:
        engine.dispose()
    return before


def where(folder: Path) -> Path | str:
    """A home's records: the file, or the server's address."""
    home = Home(folder)
    address = read_settings(folder).records_url.get_secret_value()
    if not address and not home.records.exists():
        raise BadInput(f"{home.records} is not there. Put it back, or name the server in records_url.")
    return address or home.records
