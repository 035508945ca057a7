"""Templates outlive the process; what another version wrote is learned again."""

import pytest
from sqlalchemy import Engine, update
from tests.builders import Shelf

from aimas.extraction import Template
from aimas.storage import schema
from aimas.storage.database import writing
from aimas.storage.templates import SqlTemplates

pytestmark = pytest.mark.both_records


@pytest.fixture
def engine(shelf: Shelf) -> Engine:
    return shelf.engine


def test_a_template_is_there_after_a_restart(engine: Engine) -> None:
    SqlTemplates(engine).put("outlet.example", Template())
    assert SqlTemplates(engine).get("outlet.example") == Template()


def test_an_unknown_host_has_none(engine: Engine) -> None:
    assert SqlTemplates(engine).get("nowhere.example") is None


def test_the_same_object_is_given_while_nothing_changed(engine: Engine) -> None:
    store = SqlTemplates(engine)
    store.put("outlet.example", Template())
    assert store.get("outlet.example") is store.get("outlet.example")


def test_what_cannot_be_read_is_forgotten(engine: Engine) -> None:
    SqlTemplates(engine).put("outlet.example", Template())
    with writing(engine) as connection:
        connection.execute(update(schema.templates).values(template=b"{"))
    assert SqlTemplates(engine).get("outlet.example") is None
