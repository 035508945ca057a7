"""Learned page templates, one a host, kept between runs; personal pages have no host here."""

import threading

import msgspec
from sqlalchemy import Engine, delete, insert, select

from aimas.extraction import Template
from aimas.storage import schema
from aimas.storage.database import writing

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
        try:
            found = _decode(row.template) if row else None
        except msgspec.MsgspecError:
            # Learned by another version: it is learned again.
            found = None
        with self._lock:
            return self._known.setdefault(host, found)

    def put(self, host: str, template: Template) -> None:
        with self._lock:
            self._known[host] = template
        table = schema.templates
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.host == host))
            connection.execute(insert(table).values(host=host, template=_encode(template)))
