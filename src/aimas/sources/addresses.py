"""Addresses: the canonical form of one, its host, and which of two pages is meant."""

import re
from html import unescape
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from aimas.core import BadInput

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_ADDRESS_CHARACTERS = 2083
"""The longest that browsers and sitemaps.org agree on is 2,048; a scheme and a little slack."""

_TRACKING = re.compile(
    r"(?i)^(?:utm_\w+|fbclid|yclid|ysclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|igshid|mc_cid|mc_eid|"
    r"_openstat|mkt_tok|oly_anon_id|oly_enc_id|vero_id|rb_clickid|s_cid|wickedid|__hs(?:tc|sc|fp)|_hsenc|_hsmi|"
    r"frommedium|from_medium|at_medium|at_campaign|pk_campaign|pk_kwd)$"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOBILE_HOST = re.compile(r"^(?:m|mobile|amp|wap|pda)\.")
_AMP_PATH = re.compile(r"(?i)(?:/amp/?$|^/amp/|\.amp(?:\.html)?$)")


def canonical(address: str, base: str | None = None) -> str:
    """One spelling per page: no tracking, fragment or default port, host in lower case and ASCII.

    Raises BadInput for what is not an http(s) address.
    """
    joined = urljoin(base, address.strip()) if base else address.strip()
    if len(joined) > MAX_ADDRESS_CHARACTERS:
        raise BadInput(f"the address is longer than {MAX_ADDRESS_CHARACTERS} characters")
    parts = split(joined)
    host = host_of(joined)
    port = parts.port
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
        if not _TRACKING.match(key)
    ]
    has_tracking = len(kept) != len(parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape"))
    query = urlencode(kept, errors="surrogateescape") if has_tracking else _quoted(parts.query)
    return urlunsplit((parts.scheme, netloc, _quoted(parts.path) or "/", query, ""))


def get_canonical(address: str | None, base: str | None = None) -> str | None:
    """`canonical`, or None where the address is none."""
    if not address:
        return None
    try:
        return canonical(address, base)
    except BadInput:
        return None


_LINK = re.compile(rb"<link\b[^>]{0,2000}>", re.IGNORECASE)
_IS_CANONICAL = re.compile(rb"""\brel\s*=\s*["']?canonical\b""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_HEAD_BYTES = 200_000


def declared_canonical(page: bytes) -> str | None:
    """What the page's `<link rel=canonical>` says, as written; None where there is none near its beginning."""
    for link in _LINK.findall(page, 0, _HEAD_BYTES):
        href = _HREF.search(link) if _IS_CANONICAL.search(link) else None
        if href:
            said: bytes = href[1] or href[2] or href[3] or b""
            return unescape(said.decode("utf-8", "replace")).strip() or None
    return None


def chosen_canonical(fetched: str, declared: str | None) -> str:
    """The address to file a page under, given its own `rel=canonical`.

    The declared one is believed only where it is the same page's plain form: same site, and either the same
    path or the way out of an AMP or mobile variant. A page that declares the front page is not believed.
    """
    here = canonical(fetched)
    there = get_canonical(declared, here)
    if there is None or there == here:
        return here
    ours, theirs = urlsplit(here), urlsplit(there)
    if _site(ours.hostname) != _site(theirs.hostname):
        return here
    is_variant = bool(_MOBILE_HOST.match(ours.hostname or "") or _AMP_PATH.search(ours.path))
    if theirs.path in {"", "/"} and ours.path not in {"", "/"}:
        return here
    if is_variant or ours.path.rstrip("/") == theirs.path.rstrip("/"):
        return there
    return here


def split(address: str) -> SplitResult:
    """Parts of an http(s) address; raises BadInput with what is wrong with it."""
    if _CONTROL.search(address):
        raise BadInput("the address holds control characters")
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  (raises on a port that is no number)
    except ValueError as error:
        raise BadInput(f"not an address: {error}") from None
    if parts.scheme not in DEFAULT_PORTS:
        if not parts.scheme:
            raise BadInput(f"{address!r} is no address; write it with https:// before")
        raise BadInput(f"only http and https addresses are read, not '{parts.scheme}'")
    if not parts.hostname:
        raise BadInput("the address names no host")
    if parts.username is not None or parts.password is not None:
        raise BadInput("the address carries a user name; remove it")
    return parts


def host_of(address: str) -> str:
    """Host in lower-case ASCII (IDNA), without port; raises BadInput."""
    host = (split(address).hostname or "").rstrip(".")
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadInput("the host's name cannot be written in DNS") from None


def get_host(address: str | None) -> str | None:
    """`host_of` without a leading `www.`, or None where the address is none."""
    if not address:
        return None
    try:
        return host_of(address).removeprefix("www.")
    except BadInput:
        return None


def _quoted(part: str) -> str:
    return quote(part, safe="%/:=&?~+!$,;'@()*[]-._|", errors="surrogateescape")


def _site(host: str | None) -> str:
    plain = _MOBILE_HOST.sub("", host or "")
    return plain.removeprefix("www.")
