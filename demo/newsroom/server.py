"""One small web server an outlet, each a host and port of its own, because politeness is counted per host."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import quoteattr

from demo.newsroom import feeds, pages
from demo.newsroom.edition import Article, Edition, with_utm
from demo.newsroom.outlets import Outlet, outlets, words
from demo.newsroom.texts import reprints, texts

BASE_PORT = 8101
OPML_NAMESPACE = "urn:aimas:opml"
_MEDIA = {"html": "text/html", "xml": "application/xml", "txt": "text/plain", "css": "text/css"}


@dataclass(frozen=True)
class Address:
    """What to subscribe to."""

    outlet: str
    name: str
    kind: str
    """feed, sitemap or page."""
    ownership: str
    take: str
    """Where the text is whole: content (of the feed) or page."""
    languages: tuple[str, ...]
    url: str
    home: str


@dataclass(frozen=True)
class Answer:
    """A response before encoding, conditions and compression."""

    body: str | bytes
    media_type: str
    status: HTTPStatus = HTTPStatus.OK
    changed_at: datetime | None = None
    location: str | None = None
    retry_after_s: int | None = None
    conditional: bool = False
    """Whether validators are sent and obeyed."""


class Newsroom:
    """All outlets at once. `start` binds and serves from threads; `stop` ends them."""

    def __init__(
        self,
        started: datetime,
        port: int = 0,
        live_every_s: float = 8.0,
        host: str = "127.0.0.1",
        *,
        own_hosts: bool = True,
        correct_after_s: float = 20.0,
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        """`port` 0 takes 8101 and up where free; `elapsed` counts seconds since the start, for tests.

        With `own_hosts` each outlet has an address of its own behind `host` (127.0.0.1, 127.0.0.2, …), as
        sites have; where the system knows one loopback address only, all share it.
        """
        if started.tzinfo is None:
            raise ValueError("`started` needs a time zone")
        self.started = started.astimezone(UTC)
        self._host = ip_address(host)
        self._own_hosts = own_hosts
        self.outlets = outlets()
        self.words = words()
        self.edition = Edition(self.outlets, texts(), reprints(), self.started, live_every_s, correct_after_s)
        self._first_port = port or BASE_PORT
        self._elapsed = elapsed
        self._began = time.monotonic()
        self._outages: dict[str, bool] = {}
        self._servings: Counter[str] = Counter()
        self._lock = Lock()
        self._servers: list[ThreadingHTTPServer] = []
        self._threads: list[Thread] = []
        self._pairs: set[tuple[str, int]] = set()
        self.base: dict[str, str] = {}
        """`http://host:port` by outlet, once started."""

    def __enter__(self) -> "Newsroom":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._began = time.monotonic()
        for place, outlet in enumerate(self.outlets):
            handler = partial(_Handler, self, outlet)
            host = str(self._host + place) if self._own_hosts else str(self._host)
            server = _bind([host, str(self._host)], self._first_port + place, handler)
            bound, port = str(server.server_address[0]), int(server.server_address[1])
            self._pairs.add((bound, port))
            self.base[outlet.slug] = f"http://{bound}:{port}"
            thread = Thread(
                target=server.serve_forever, args=(0.1,), name=f"newsroom-{outlet.slug}", daemon=True
            )
            self._servers.append(server)
            self._threads.append(thread)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for server in self._servers:
            Thread(target=server.shutdown, daemon=True).start()
        for thread in self._threads:
            thread.join(timeout=5)
        for server in self._servers:
            server.server_close()
        self._servers.clear()
        self._threads.clear()

    @property
    def addresses(self) -> list[Address]:
        """What to subscribe to; empty until started."""
        return [
            Address(
                outlet=outlet.slug,
                name=outlet.name,
                kind=outlet.kind,
                ownership=outlet.ownership,
                take="content" if outlet.full else "page",
                languages=outlet.languages,
                url=self.base[outlet.slug] + outlet.channel,
                home=self.base[outlet.slug] + "/",
            )
            for outlet in self.outlets
            if outlet.slug in self.base
        ]

    def admitted(self) -> set[tuple[str, int]]:
        """Host and port of every outlet, for a client that refuses loopback otherwise."""
        return set(self._pairs)

    def opml(self) -> bytes:
        lines = [
            f"<outline type={quoteattr('rss' if address.kind == 'feed' else address.kind)}"
            f" text={quoteattr(address.name)} title={quoteattr(address.name)}"
            f" xmlUrl={quoteattr(address.url)} htmlUrl={quoteattr(address.home)}"
            f" language={quoteattr(address.languages[0])} aimas:id={quoteattr(address.outlet)}"
            f" aimas:kind={quoteattr(address.kind)}"
            f' aimas:ownership={quoteattr(address.ownership)} aimas:timezone="Asia/Almaty"/>'
            for address in self.addresses
        ]
        body = "\n".join(lines)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0" xmlns:aimas="{OPML_NAMESPACE}">\n'
            f"<head><title>An invented newsroom</title></head>\n<body>\n{body}\n</body>\n</opml>\n"
        ).encode()

    @property
    def now(self) -> datetime:
        elapsed = self._elapsed() if self._elapsed else time.monotonic() - self._began
        return self.started + timedelta(seconds=elapsed)

    def articles(self, outlet: str | None = None) -> list[Article]:
        """All that is out now: of one outlet newest first, of all oldest first."""
        self.edition.advance(self.now)
        return self.edition.of(outlet) if outlet else self.edition.all()

    def url(self, article: Article) -> str:
        """The article's canonical address."""
        return self.base[article.outlet] + article.path

    def release(self, n: int = 1) -> list[str]:
        """Let out the next live items at once; their ids."""
        self.edition.advance(self.now)
        return self.edition.release(n, self.now)

    def set_outage(self, outlet: str, on: bool | None) -> None:
        """Down or up whatever the plan says; None gives the outlet back to its plan."""
        if on is None:
            self._outages.pop(outlet, None)
        else:
            self._outages[outlet] = on

    def outage_left_s(self, outlet: Outlet) -> float | None:
        """Seconds until the outlet is back; None while it is up."""
        forced = self._outages.get(outlet.slug)
        if forced is not None:
            return 60.0 if forced else None
        plan = outlet.defects.outage
        into = (self.now - self.started).total_seconds() - plan.first_s if plan else -1.0
        if plan is None or into < 0 or into % plan.every_s >= plan.lasts_s:
            return None
        return plan.lasts_s - into % plan.every_s

    def answer(self, outlet: Outlet, target: str) -> Answer:
        """What the outlet says to GET; nothing is decided by the client but the address."""
        url = urlsplit(target)
        path, query = unquote(url.path), parse_qs(url.query)
        left_s = self.outage_left_s(outlet)
        if left_s is not None:
            return Answer(
                "The site is being repaired.",
                "txt",
                HTTPStatus.SERVICE_UNAVAILABLE,
                retry_after_s=int(left_s) + 1,
            )
        articles = self.articles(outlet.slug)
        if path == "/robots.txt":
            return _robots(outlet, self.base[outlet.slug])
        if path == outlet.channel and outlet.kind != "page":
            return self._channel(outlet, articles)
        if path.startswith("/sitemaps/") and outlet.format == "sitemap-index":
            month = path.removeprefix("/sitemaps/").removesuffix(".xml.gz")
            rows = [article for article in articles if feeds.month_of(article) == month]
            channel = self._feed(outlet, rows)
            return _file(gzip.compress(feeds.sitemap(channel).encode(), mtime=0), "application/gzip", rows)
        if path == "/assets/site.css":
            return Answer(pages.stylesheet(outlet), "css", conditional=True)
        if path.startswith("/assets/picture-"):
            number = int("0" + "".join(filter(str.isdigit, path)))
            return Answer(pages.picture(number, outlet), "image/svg+xml", conditional=True)
        return self._page(outlet, articles, path, query)

    def _feed(self, outlet: Outlet, articles: list[Article]) -> feeds.Channel:
        return feeds.Channel(outlet, self.base[outlet.slug], articles, self.words[outlet.languages[0]])

    def _channel(self, outlet: Outlet, articles: list[Article]) -> Answer:
        write, media_type = feeds.WRITERS[outlet.format]
        document = write(self._feed(outlet, articles))
        if outlet.defects.malformed:
            with self._lock:
                turn = self._servings[outlet.slug] % 3
                self._servings[outlet.slug] += 1
            document = (str, feeds.bare_ampersands, feeds.cut_tail)[turn](document)
        if outlet.channel.endswith(".gz"):
            return _file(gzip.compress(document.encode(), mtime=0), "application/gzip", articles)
        return _file(document, outlet.media_type or media_type, articles)

    def _page(
        self, outlet: Outlet, articles: list[Article], path: str, query: dict[str, list[str]]
    ) -> Answer:
        site = pages.Site(outlet, self.base[outlet.slug], articles, self.words)
        key = f"{path}?p={query['p'][0]}" if "p" in query else path
        article = self.edition.get_at(outlet.slug, key)
        if article:
            if article.section == outlet.defects.broken_section:
                return Answer("Internal Server Error", "txt", HTTPStatus.INTERNAL_SERVER_ERROR)
            return _file(site.article(article), "html", articles)
        if path.startswith("/go/") and path[4:].isdigit():
            target = self.edition.get_numbered(outlet.slug, int(path[4:]))
            if target:
                where = with_utm(self.base[outlet.slug] + target.path)
                return Answer("", "html", HTTPStatus.MOVED_PERMANENTLY, location=where)
        html: str | None = None
        if path == "/" or (path == outlet.channel and outlet.kind == "page"):
            html = site.front()
        elif path == "/archive/":
            number = query.get("page", ["1"])[0]
            html = site.archive(int(number)) if number.isdigit() else None
        elif path.startswith("/section/"):
            html = site.section(path.removeprefix("/section/").strip("/"))
        elif path in ("/about/", "/authors/"):
            html = site.about()
        if html is None:
            return Answer(site.gone(), "html", HTTPStatus.NOT_FOUND)
        return _file(html, "html", articles)


def _file(body: str | bytes, media_type: str, articles: list[Article]) -> Answer:
    changed = max((article.changed_at for article in articles), default=None)
    return Answer(body, media_type, changed_at=changed, conditional=True)


def _robots(outlet: Outlet, base: str) -> Answer:
    if outlet.robots == "absent":
        return Answer("", "txt", HTTPStatus.NOT_FOUND)
    rules = ["User-agent: *", "Disallow: /_newsroom/"]
    if outlet.robots == "private":
        rules.append("Disallow: /private/")
    if outlet.kind == "sitemap":
        rules.append(f"\nSitemap: {base}{outlet.channel}")
    return Answer("\n".join(rules) + "\n", "txt", conditional=True)


def _bind(hosts: list[str], port: int, handler: Any) -> ThreadingHTTPServer:
    """The first host that takes the wanted port, or any free port."""
    for wanted in (port, 0):
        for host in hosts:
            with suppress(OSError, OverflowError):
                return _Server((host, wanted), handler)
    raise OSError(f"no port is free on {hosts[-1]}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Press"
    sys_version = ""
    timeout = 30
    # Head and body leave in one segment; without it each answer waits 40 ms for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def __init__(self, newsroom: Newsroom, outlet: Outlet, *args: Any) -> None:
        self.newsroom = newsroom
        self.outlet = outlet
        super().__init__(*args)

    def log_message(self, format: str, *args: Any) -> None:
        """The newsroom keeps no log."""

    def do_GET(self) -> None:
        if self.path == "/healthz":
            waiting = self.newsroom.edition.waiting
            self._json({"status": "ok", "outlet": self.outlet.slug, "waiting": waiting})
            return
        time.sleep(self.outlet.defects.slow_s)
        self._send(self.newsroom.answer(self.outlet, self.path))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path == "/_newsroom/release" and query.get("n", "1").isdigit():
            released = self.newsroom.release(int(query.get("n", "1")))
            self._json({"released": released, "waiting": self.newsroom.edition.waiting})
        elif url.path == "/_newsroom/outage" and query.get("outlet") in self.newsroom.base:
            on = {"1": True, "0": False}.get(query.get("on", "1"))
            self.newsroom.set_outage(query["outlet"], on)
            self._json({"outlet": query["outlet"], "on": on})
        else:
            self._json({"error": "unknown"}, HTTPStatus.NOT_FOUND)

    def _json(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._write(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def _send(self, answer: Answer) -> None:
        encoding = self.outlet.encoding
        body = answer.body
        media_type = _MEDIA.get(answer.media_type, answer.media_type)
        headers = {"Content-Type": media_type}
        if isinstance(body, str):
            body = body.encode(encoding.bytes, "xmlcharrefreplace")
            headers["Content-Type"] = f"{media_type}; charset={encoding.declared}"
        if answer.location:
            headers["Location"] = answer.location
        if answer.retry_after_s is not None:
            headers["Retry-After"] = str(answer.retry_after_s)
        if answer.conditional:
            headers |= self._validators(answer, body)
            if self._unchanged(headers):
                self._write(HTTPStatus.NOT_MODIFIED, headers, b"")
                return
        if self.outlet.defects.gzip:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self._write(answer.status, headers, body)

    def _validators(self, answer: Answer, body: bytes) -> dict[str, str]:
        if self.outlet.defects.same_etag:
            return {"ETag": '"1"'}
        headers = {"ETag": f'"{sha256(body).hexdigest()[:20]}"'}
        if answer.changed_at:
            headers["Last-Modified"] = format_datetime(answer.changed_at.astimezone(UTC), usegmt=True)
        return headers

    def _unchanged(self, headers: dict[str, str]) -> bool:
        """RFC 9110, 13.2.2: If-Modified-Since counts only where If-None-Match is absent."""
        asked = self.headers.get("If-None-Match")
        if asked is not None:
            return headers["ETag"] in [tag.strip().removeprefix("W/") for tag in asked.split(",")]
        since = self.headers.get("If-Modified-Since")
        if since is None or "Last-Modified" not in headers:
            return False
        try:
            return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
        except ValueError:
            return False

    def _write(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(body)
        self.wfile.flush()
