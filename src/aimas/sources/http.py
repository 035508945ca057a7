"""The one client through which every outgoing call goes; it knows where a request may not go."""

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
import msgspec

from aimas.core import BadInput, Unavailable
from aimas.sources.addresses import DEFAULT_PORTS, host_of, split
from aimas.sources.network import (
    CheckedBackend,
    Deadline,
    GuardedTransport,
    RefusedAddress,
    Resolver,
    is_public,
    system_resolver,
)
from aimas.sources.packing import Bomb, CutPacking, TooLarge, unpacked
from aimas.sources.politeness import ROBOTS_MAX_BYTES, Rules, Turns, retry_after_s, rules_of

__all__ = [
    "BadRedirect",
    "Bomb",
    "ClientSettings",
    "GuardedClient",
    "RefusedAddress",
    "RefusedByRobots",
    "Response",
    "TooLarge",
    "Unanswered",
]

# httpx writes every address to its log, and an address may carry a person's handle.
logging.getLogger("httpx").setLevel(logging.WARNING)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ONE_PAGE = frozenset({500, 501, 502})
"""These say nothing about the rest of the site."""
_PASSING = frozenset(
    {408, 421, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 530}
)
_KEPT = frozenset(
    {
        "content-type",
        "content-language",
        "etag",
        "last-modified",
        "link",
        "cache-control",
        "x-robots-tag",
        "date",
    }
)


class ClientSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How requests present themselves, how patient and how polite they are."""

    product: str = "Aimas"
    """Robots.txt is read under this name."""
    version: str = "0.1"
    contact: str | None = None
    """An address or e-mail that a site's owner can write to; goes into User-Agent."""
    delay_s: float = 5.0
    host_delays_s: Mapping[str, float] = {}
    """Host → delay, where a site's owner agreed to another one."""
    admitted: Mapping[str, float] = {}
    """`host:port` → delay: the only places inside the own network that may be asked, for a local demo."""
    ports: tuple[int, ...] = (80, 443, 8080, 8443)
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    """For one request with its body; redirects and waiting for a turn are counted apart."""
    patience_s: float = 120.0
    """The longest wait for a host's turn before the call is given up as unavailable."""
    max_packed_bytes: int = 20 * 1024 * 1024
    max_bytes: int = 64 * 1024 * 1024
    """After unpacking; a sitemap may be 50 MiB by its own rules."""
    max_header_bytes: int = 64 * 1024
    max_redirects: int = 5


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that arrived whole. Passing failures (429, 5xx) are raised as Unavailable instead."""

    address: str
    """Where the body came from, after redirects."""
    moved_to: str | None
    """The last address of an unbroken chain of permanent redirects from the start, where there was one."""
    status: int
    headers: dict[str, str]
    """A few that matter, names in lower case."""
    body: bytes
    """Unpacked; not decoded to text."""
    media_type: str
    charset: str | None
    """As declared."""
    not_modified: bool
    received_bytes: int
    elapsed_s: float
    """Of the last hop, without waiting for its turn."""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


class PageDown(Unavailable):
    """This page fails; others of its host may well answer."""


class Unanswered(Unavailable):
    """The request may have arrived; no whole answer came back."""


class RefusedByRobots(BadInput):
    """The site's robots.txt asks not to fetch this."""


class BadRedirect(BadInput):
    """Redirects that lead in a circle, on and on, or nowhere."""


class GuardedClient:
    """Safe to share between threads. Raises Unavailable for what passes, a BadInput for what does not."""

    def __init__(self, settings: ClientSettings | None = None, resolver: Resolver = system_resolver) -> None:
        self.settings = settings or ClientSettings()
        self._stop = threading.Event()
        self._turns = Turns(self.settings.patience_s, self._stop)
        self._deadline = Deadline()
        self._admitted = {_pair(text): delay for text, delay in self.settings.admitted.items()}
        self._admitted_keys = {f"{host}:{port}" for host, port in self._admitted}
        backend = CheckedBackend(resolver, self._admitted, self._deadline)
        self._client = httpx.Client(
            transport=GuardedTransport(backend, httpx.create_ssl_context()),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(
                self.settings.read_s, connect=self.settings.connect_s, pool=self.settings.total_s
            ),
        )
        self._robots: dict[str, Rules] = {}
        self._robots_locks: dict[str, threading.Lock] = {}
        self._robots_guard = threading.Lock()

    @property
    def agent(self) -> str:
        """The User-Agent header."""
        name = f"{self.settings.product}/{self.settings.version}"
        return f"{name} (+{self.settings.contact})" if self.settings.contact else name

    def get(
        self,
        address: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = "*/*",
        robots: bool = True,
    ) -> Response:
        """A polite GET: turn by turn, as robots.txt allows, each redirect checked like the first address."""
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        return self._followed("GET", address, headers, None, robots=robots, polite=True)

    def post(
        self, address: str, body: bytes, *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """One POST for a webhook: same guard and limits, no robots.txt, no pause, no redirect followed."""
        sent = {**(headers or {}), "Content-Type": media_type}
        return self._followed("POST", address, sent, body, robots=False, polite=False)

    def check(self, address: str) -> None:
        """Raises RefusedAddress or BadInput where the address can never be asked; resolves nothing."""
        self._target(address)
        host = host_of(address).strip("[]")
        port = split(address).port or DEFAULT_PORTS[split(address).scheme]
        is_numeric = ":" in host or host.replace(".", "").isdigit()
        if (host, port) not in self._admitted and (
            host == "localhost" or host.endswith(".localhost") or (is_numeric and not is_public(host))
        ):
            raise RefusedAddress(f"{host} is not a public address; settings admit one by host and port")

    def close(self) -> None:
        """Wakes whoever waits for a turn; the client is of no use afterwards."""
        self._stop.set()
        self._client.close()

    def __enter__(self) -> "GuardedClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _followed(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        robots: bool,
        polite: bool,
    ) -> Response:
        passed: list[str] = []
        is_permanent = True
        moved_to: str | None = None
        while True:
            here = address.partition("#")[0]
            if here in passed:
                raise BadRedirect(f"{passed[0]} redirects in a circle")
            if len(passed) > self.settings.max_redirects:
                raise BadRedirect(f"{passed[0]} redirects more than {self.settings.max_redirects} times")
            passed.append(here)
            host, delay_s = self._target(here)
            if robots:
                rules = self._rules(here, host)
                if not rules.allows(here, self.settings.product):
                    raise RefusedByRobots(f"robots.txt of {host} asks not to fetch {here}")
                if not self._has_own_delay(host):
                    delay_s = max(delay_s, rules.delay_s(self.settings.product) or 0.0)
            status, got, content, received, elapsed_s = self._one(
                method, here, headers, body, host, delay_s if polite else None
            )
            if status not in _REDIRECTS or method != "GET":
                break
            target = got.get("location")
            if not target:
                raise BadRedirect(f"{here} answers {status} without saying where to")
            is_permanent = is_permanent and status in _PERMANENT
            address = urljoin(here, target.strip())
            moved_to = address if is_permanent else moved_to
            if urlsplit(address).netloc != urlsplit(here).netloc:
                # Validators belong to the site that gave them.
                headers = {
                    k: v for k, v in headers.items() if k not in {"If-None-Match", "If-Modified-Since"}
                }
        kind = got.get("content-type", "")
        return Response(
            address=here,
            moved_to=moved_to,
            status=status,
            headers={name: value for name, value in got.items() if name in _KEPT},
            body=content,
            media_type=kind.split(";")[0].strip().lower(),
            charset=_charset(kind),
            not_modified=status == 304,
            received_bytes=received,
            elapsed_s=elapsed_s,
        )

    def _one(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        host: str,
        delay_s: float | None,
        limits: tuple[int, int] | None = None,
    ) -> tuple[int, dict[str, str], bytes, int, float]:
        if delay_s is None:
            return self._exchange(method, address, headers, body, host, limits)
        with self._turns.turn(host, delay_s):
            return self._exchange(method, address, headers, body, host, limits)

    def _exchange(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None,
        host: str,
        limits: tuple[int, int] | None,
    ) -> tuple[int, dict[str, str], bytes, int, float]:
        if self._stop.is_set():
            raise Unavailable("reading was stopped")
        packed_limit, limit = limits or (self.settings.max_packed_bytes, self.settings.max_bytes)
        sent = {"User-Agent": self.agent, "Accept-Encoding": "gzip, deflate, br", **headers}
        started = time.monotonic()
        self._deadline.start(self.settings.total_s)
        try:
            with self._client.stream(method, address, headers=sent, content=body) as answer:
                got = {name.lower(): value for name, value in answer.headers.items()}
                if sum(len(k) + len(v) for k, v in answer.headers.raw) > self.settings.max_header_bytes:
                    raise TooLarge(
                        f"{host} sends more than {self.settings.max_header_bytes} bytes of headers"
                    )
                if answer.status_code in _PASSING:
                    wait_s = retry_after_s(got.get("retry-after"), datetime.now(UTC))
                    if wait_s:
                        self._turns.leave_alone(host, wait_s)
                    told = f"{host} answers {answer.status_code}"
                    if answer.status_code in _ONE_PAGE and not wait_s:
                        raise PageDown(told)
                    raise Unavailable(told, retry_after_s=wait_s)
                declared = got.get("content-length", "")
                if declared.isdigit() and int(declared[:18]) > packed_limit:
                    raise TooLarge(f"the body is larger than {packed_limit} bytes")
                encoding = got.get("content-encoding", "")
                content, received = unpacked(_chunks(answer), encoding, packed_limit, limit)
                return answer.status_code, got, content, received, time.monotonic() - started
        except (httpcore.ConnectTimeout, httpcore.PoolTimeout):
            raise Unavailable(f"{host} does not answer in time") from None
        except httpcore.ConnectError as error:
            raise Unavailable(f"{host} cannot be reached: {error}") from None
        except (httpcore.TimeoutException, httpx.TimeoutException):
            raise Unanswered(f"{host} does not answer in time") from None
        except (httpcore.NetworkError, httpx.NetworkError) as error:
            raise Unanswered(f"{host} cannot be reached: {error}") from None
        except CutPacking as error:
            raise Unanswered(f"{host} broke off its answer: {error}") from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, httpx.HTTPError) as error:
            raise Unanswered(f"{host} does not speak HTTP as it should: {error}") from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise BadInput(f"not an address: {error}") from None
        finally:
            self._deadline.at = None

    def _target(self, address: str) -> tuple[str, float]:
        """Key of the host's turns and the delay there; raises for what may never be asked."""
        parts = split(address)
        host = host_of(address)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        if (host, port) in self._admitted:
            return f"{host}:{port}", self._admitted[host, port]
        if port not in self.settings.ports:
            allowed = ", ".join(map(str, self.settings.ports))
            raise RefusedAddress(f"port {port} is not asked, only {allowed}")
        return host, self.settings.host_delays_s.get(host, self.settings.delay_s)

    def _has_own_delay(self, key: str) -> bool:
        return key in self.settings.host_delays_s or key in self._admitted_keys

    def _rules(self, address: str, host: str) -> Rules:
        parts = urlsplit(address)
        site = f"{parts.scheme}://{parts.netloc.lower()}"
        with self._robots_guard:
            lock = self._robots_locks.setdefault(site, threading.Lock())
        with lock:
            rules = self._robots.get(site)
            if rules is None or not rules.is_fresh(time.monotonic()):
                rules = self._read_rules(site, host)
                self._robots[site] = rules
        if rules.unreadable:
            left_s = max(1.0, 600.0 - (time.monotonic() - rules.read_at))
            raise Unavailable(
                f"robots.txt of {host} cannot be read: {rules.unreadable}", retry_after_s=left_s
            )
        return rules

    def _read_rules(self, site: str, host: str) -> Rules:
        address = f"{site}/robots.txt"
        now = time.monotonic()
        try:
            for _ in range(self.settings.max_redirects + 1):
                key, _delay = self._target(address)
                # The question whether one may ask is not followed by a pause.
                status, got, body, _received, _elapsed = self._one(
                    "GET", address, {"Accept": "text/plain, */*;q=0.5"}, None, key, 0.0,
                    (ROBOTS_MAX_BYTES * 2, ROBOTS_MAX_BYTES * 4),
                )  # fmt: skip
                if status in _REDIRECTS and got.get("location"):
                    address = urljoin(address, got["location"].strip())
                    continue
                if 200 <= status < 300:
                    return rules_of(body, now)
                # RFC 9309, 2.3.1.3: "unavailable" (4xx) means that everything may be crawled.
                return Rules(None, now) if status < 500 else Rules(None, now, f"it answers {status}")
        except Unavailable as error:
            if self._stop.is_set():
                raise
            return Rules(None, now, str(error))
        except RefusedAddress:
            raise
        except BadInput:
            return Rules(None, now)
        return Rules(None, now)


def _chunks(answer: httpx.Response) -> Iterable[bytes]:
    yield from answer.iter_raw(65536)


def _charset(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            return value.strip().strip("\"'")[:40].lower()
    return None


def _pair(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise BadInput(f"'{text}' is not a host with its port; write it as 127.0.0.1:8081")
    return host.strip("[]").lower(), int(port)
