"""Learned page templates, one a host, kept between runs; personal pages have no host here."""

import threading
from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Engine, delete, insert, select

from aimas.extraction import Template, TemplateState
from aimas.storage import schema
from aimas.storage.database import reading, writing

PAGE = 500

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Template).decode


class SqlTemplates:
    """A TemplateStore on SQL; what was read or written once is answered from memory."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, Template | None] = {}
        self._lock = threading.Lock()

    def get(self, host: str) -> Template | None:
        with self._lock:
            if host in self._known:
                return self._known[host]
        table = schema.templates
        with self._engine.connect() as connection:
            row = connection.execute(select(table.c.template).where(table.c.host == host)).first()
        found = _readable(row.template) if row else None
        with self._lock:
            return self._known.setdefault(host, found)

    def put(self, host: str, template: Template) -> None:
        with self._lock:
            self._known[host] = template
        table = schema.templates
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.host == host))
            connection.execute(insert(table).values(host=host, template=_encode(template)))

    def trusted(self) -> Iterator[tuple[str, Template]]:
        """By host, as the records have them now: another process may have learned since."""
        table = schema.templates
        last = ""
        while True:
            page = select(table).where(table.c.host > last).order_by(table.c.host).limit(PAGE)
            with reading(self._engine) as connection:
                rows = connection.execute(page).all()
            for row in rows:
                template = _readable(row.template)
                if template is not None and template.state is TemplateState.TRUSTED:
                    yield row.host, template
            if len(rows) < PAGE:
                return
            last = rows[-1].host

    def keep(self, learned: Iterable[tuple[str, Template]]) -> int:
        """Takes in what was learned elsewhere, all in one transaction of its own; says of how many hosts. What is
        trusted here already stays."""
        table = schema.templates
        kept: dict[str, Template] = {}
        with writing(self._engine) as connection:
            for host, template in learned:
                here = connection.execute(select(table.c.template).where(table.c.host == host)).scalar()
                before = None if here is None else _readable(here)
                if before is None or before.state is not TemplateState.TRUSTED:
                    connection.execute(delete(table).where(table.c.host == host))
                    connection.execute(insert(table).values(host=host, template=_encode(template)))
                    kept[host] = template
        with self._lock:
            self._known.update(kept)
        return len(kept)


def _readable(template: bytes) -> Template | None:
    """None where another version learned it: it is learned again."""
    try:
        return _decode(template)
    except msgspec.MsgspecError:
        return None
