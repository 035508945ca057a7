"""Templates outlive the process; what another version wrote is learned again."""

import pytest
from sqlalchemy import Engine, update
from tests.builders import Shelf

from aimas.extraction import Template, TemplateState
from aimas.storage import schema
from aimas.storage import templates as module
from aimas.storage.database import writing
from aimas.storage.templates import SqlTemplates

pytestmark = pytest.mark.both_records


TRUSTED = Template(state=TemplateState.TRUSTED, kept=("main > p",), checks=(1.0,))


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


def test_those_that_are_trusted_are_told_of_by_host(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    store, another = SqlTemplates(engine), SqlTemplates(engine)
    assert list(store.trusted()) == []
    for host in ("d.kz", "b.kz", "a.kz", "e.kz"):
        another.put(host, TRUSTED)
    another.put("c.kz", Template())
    with writing(engine) as connection:
        broken = update(schema.templates).where(schema.templates.c.host == "b.kz")
        connection.execute(broken.values(template=b"{"))
    assert list(store.trusted()) == [(host, TRUSTED) for host in ("a.kz", "d.kz", "e.kz")]


def test_what_was_learned_elsewhere_is_kept_where_nothing_is_trusted_yet(engine: Engine) -> None:
    store = SqlTemplates(engine)
    learned = Template(state=TemplateState.TRUSTED, kept=("article > p",))
    store.put("known.kz", TRUSTED)
    store.put("learning.kz", Template(pages=3))
    store.put("refused.kz", Template(state=TemplateState.REFUSED))
    hosts = ("known.kz", "learning.kz", "refused.kz", "new.kz")
    assert store.get("new.kz") is None
    assert store.keep([(host, learned) for host in hosts]) == 3
    for seen in (store, SqlTemplates(engine)):
        assert [seen.get(host) for host in hosts] == [TRUSTED, learned, learned, learned]
