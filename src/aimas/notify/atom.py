"""An Atom feed (RFC 4287) of a rule's alerts, for feed readers; who has its address may read it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from aimas.alerts import Message
from aimas.notify.writing import html

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"


def feed(title: str, rule: str, home: str, address: str, language: str, messages: Sequence[Message]) -> bytes:
    """Newest first, as given."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    _add(root, "id", f"urn:aimas:{home}:rule:{rule}")
    _add(root, "title", title)
    _add(root, "updated", _moment(messages[0].at if messages else datetime.fromtimestamp(0, UTC)))
    _link(root, "self", address, "application/atom+xml")
    _add(_sub(root, "author"), "name", "Aimas")
    for message in messages:
        entry = _sub(root, "entry")
        _add(entry, "id", f"urn:aimas:{home}:alert:{message.alert}")
        _add(entry, "title", message.subject)
        _add(entry, "updated", _moment(message.at))
        _add(entry, "published", _moment(message.at))
        _link(entry, "alternate", message.alert_link, "text/html")
        _add(entry, "summary", message.why)
        _add(entry, "content", html(message)).set("type", "html")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _sub(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_ATOM}}}{name}")


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    made = _sub(parent, name)
    # XML knows no control characters, and a title may hold one.
    made.text = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return made


def _link(parent: etree._Element, rel: str, href: str, kind: str) -> None:
    made = _sub(parent, "link")
    made.set("rel", rel)
    made.set("href", href)
    made.set("type", kind)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
