"""Lists of sources as OPML: what feed readers exchange, with whose voice a source is."""

import re
import secrets
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import lxml.etree

from aimas.core import POOL, BadInput, Ownership
from aimas.sources.addresses import get_canonical, get_host
from aimas.sources.entries import digest
from aimas.sources.imports import SHARED_HOUSES
from aimas.sources.types import Source, SourceKind

NAMESPACE = "urn:aimas:opml"
MAX_BYTES = 8 * 1024 * 1024
MAX_OUTLINES = 20_000
_KINDS = {
    "rss": SourceKind.FEED,
    "atom": SourceKind.FEED,
    "sitemap": SourceKind.SITEMAP,
    "page": SourceKind.PAGE,
}
_CYRILLIC = "а б в г д е ж з и й к л м н о п р с т у ф х ц ч ш щ ы э ю я ә ғ қ ң ө ұ ү һ і"
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya a g q n o u u h i"
_LETTERS = dict(zip(_CYRILLIC.split(), _LATIN.split(), strict=True)) | {"ъ": "", "ь": "", "ё": "e"}


def read_opml(body: bytes) -> list[Source]:
    """Sources of all outlines, however nested, each address once; raises BadInput where it is no OPML.

    A source whose ownership is not said is personal. Attributes of an outer outline hold for the inner ones.
    """
    if len(body) > MAX_BYTES:
        raise BadInput(f"the OPML file is larger than {MAX_BYTES} bytes")
    if b"<!entity" in body.replace(b"\x00", b"").lower():
        raise BadInput("the OPML file declares entities; remove its DOCTYPE")
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"not OPML: {error}") from None
    if root is None or lxml.etree.QName(root).localname.lower() != "opml":
        raise BadInput("not OPML: the file does not begin with <opml>")
    found: dict[str, Source] = {}
    ids: set[str] = set()
    for attributes in _outlines(root):
        source = _source(attributes, ids)
        if source is not None and source.address not in found:
            found[source.address] = source
            ids.add(source.id)
    return list(found.values())


def write_opml(sources: Iterable[Source], title: str = "Aimas") -> bytes:
    """The declarations as OPML 2.0; `read_opml` gives the same sources back."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:aimas="{NAMESPACE}">',
        f"<head><title>{_text(title)}</title></head>",
        "<body>",
    ]
    kinds = {SourceKind.FEED: "rss", SourceKind.SITEMAP: "sitemap", SourceKind.PAGE: "page"}
    for source in sources:
        if source.kind is SourceKind.IMPORT:
            continue
        attributes = {
            "type": kinds[source.kind],
            "text": source.name,
            "xmlUrl": source.address,
            "htmlUrl": source.home,
            "language": source.language_hint,
            "aimas:id": source.id,
            "aimas:ownership": source.ownership.value,
            "aimas:timezone": source.timezone,
        }
        written = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items() if value)
        lines.append(f"  <outline {written}/>")
    lines += ["</body>", "</opml>", ""]
    return "\n".join(lines).encode()


def source_id(name: str, address: str, ownership: Ownership, taken: Iterable[str] = ()) -> str:
    """A short id from the host, or the name where the host says nothing; never one that is taken.

    A personal page's id is drawn at random and tells nothing of whose it is.
    """
    if ownership is Ownership.PERSONAL:
        return f"{POOL}-{secrets.token_hex(4)}"
    host = get_host(address) or ""
    shared = any(host == house or host.endswith(f".{house}") for house in SHARED_HOUSES)
    stem = "".join(_LETTERS.get(c, c) for c in name.lower()) if shared else host
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40] or f"source-{digest(address)[:8]}"
    used = set(taken) | {"import", POOL}
    if slug not in used:
        return slug
    section = re.sub(r"[^a-z0-9]+", "-", urlsplit(address).path.lower()).strip("-")
    section = re.sub(r"-?(?:rss|feed|xml|sitemap|index)\b", "", section).strip("-")[:20]
    if section and f"{slug}-{section}" not in used:
        return f"{slug}-{section}"
    return f"{slug}-{digest(address)[:8]}"


def _outlines(root: lxml.etree._Element) -> Iterator[dict[str, str]]:
    """Attributes of every outline with an address, names in lower case, inheritable ones passed down."""
    stack: list[tuple[lxml.etree._Element, dict[str, str]]] = [(root, {})]
    count = 0
    while stack:
        element, inherited = stack.pop()
        own: dict[str, str] = {}
        if isinstance(element.tag, str) and lxml.etree.QName(element).localname.lower() == "outline":
            count += 1
            if count > MAX_OUTLINES:
                raise BadInput(f"the OPML file lists more than {MAX_OUTLINES} outlines")
            # A missing xmlns:aimas leaves the prefix in the name; both are understood.
            own = {
                lxml.etree.QName(k).localname.rpartition(":")[2].lower(): v.strip()
                for k, v in element.items()
            }
            if own.get("xmlurl") or (own.get("type", "").lower() in {"sitemap", "page"} and own.get("url")):
                yield {**inherited, **own}
        passed = {key: own[key] for key in ("ownership", "language", "timezone") if own.get(key)}
        stack.extend((child, {**inherited, **passed}) for child in reversed(element))


def _source(attributes: dict[str, str], taken: set[str]) -> Source | None:
    address = (attributes.get("xmlurl") or attributes.get("url") or "").replace("feed://", "http://")
    if get_canonical(address) is None:
        return None
    name = attributes.get("title") or attributes.get("text") or get_host(address) or address
    try:
        ownership = Ownership(attributes.get("ownership", "").lower())
    except ValueError:
        ownership = Ownership.PERSONAL
    said = attributes.get("id", "")
    # A personal page keeps a said id only where it was drawn here.
    form = rf"{POOL}-[0-9a-f]{{8}}" if ownership is Ownership.PERSONAL else r"[a-z0-9][a-z0-9._-]{0,63}"
    is_fit = bool(re.fullmatch(form, said)) and said not in taken and said not in ("import", POOL)
    return Source(
        id=said if is_fit else source_id(name, address, ownership, taken),
        kind=_KINDS.get(attributes.get("type", "").lower(), SourceKind.FEED),
        address=address,
        name=name,
        ownership=ownership,
        home=get_canonical(attributes.get("htmlurl")) and attributes["htmlurl"],
        language_hint=attributes.get("language") or None,
        timezone=attributes.get("timezone") or None,
    )


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")
