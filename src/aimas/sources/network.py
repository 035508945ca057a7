"""Which network addresses may be connected to, and a connection to exactly the address that was checked."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import httpcore
import httpx

from aimas.core import BadInput

Resolver: TypeAlias = Callable[[str, int], list[str]]
"""Host and port → numeric addresses; raises OSError where the name is unknown."""
_Options: TypeAlias = Iterable[Any] | None

_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's metadata: a public address that leads inside
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "2002::/16",  # 6to4
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "fec0::/10",  # site-local, deprecated but still routed in places
        "192.88.99.0/24",  # 6to4 relays
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",  # protocol assignments; Oracle keeps its metadata at .192
        "224.0.0.0/3",  # multicast and reserved
    )
)


class RefusedAddress(BadInput):
    """The address leads where no request may go."""


def is_public(numeric: str) -> bool:
    """Whether an IP address belongs to the open internet by every registry, in its own plain form."""
    try:
        address = ipaddress.ip_address(numeric.partition("%")[0])
    except ValueError:
        return False
    if any(address in network for network in _REFUSED if network.version == address.version):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_private or address.is_loopback or address.is_link_local
        or address.is_reserved or address.is_unspecified
    )  # fmt: skip


def system_resolver(host: str, port: int) -> list[str]:
    """What the operating system says, in its order, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves once, refuses unless every answer is public, and connects to an answer it has seen."""

    def __init__(
        self, resolver: Resolver, admitted: Mapping[tuple[str, int], float], deadline: "Deadline"
    ) -> None:
        self._resolver = resolver
        self._admitted = admitted
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        try:
            answers = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the host's name cannot be resolved: {error}") from None
        if not answers:
            raise httpcore.ConnectError("the host's name has no address")
        if (host.lower(), port) not in self._admitted:
            # One private answer among public ones is how rebinding looks, so all must be public.
            inner = [answer for answer in answers if not is_public(answer)]
            if inner:
                raise RefusedAddress(f"{host} leads to {inner[0]}, which is not on the open internet")
        failure: Exception = httpcore.ConnectError("no address answered")
        for answer in answers[:4]:
            try:
                stream = self._inner.connect_tcp(
                    answer, port, self._deadline.bound(timeout), local_address, socket_options
                )
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: _Options = None
    ) -> httpcore.NetworkStream:
        raise RefusedAddress("sockets of this machine are never connected to")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class Deadline(threading.local):
    """The moment by which this thread's request must be over; a slow drip would renew every read time-out."""

    at: float | None = None

    def start(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def bound(self, timeout: float | None) -> float | None:
        if self.at is None:
            return timeout
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole answer took too long")
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # SNI and certificate go by the address's name, not by the number connected to.
        return _TimedStream(
            self._inner.start_tls(ssl_context, server_hostname, self._deadline.bound(timeout)), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """httpx over the checked backend; proxies and environment play no part."""

    def __init__(self, backend: CheckedBackend, verify: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify,
            max_connections=64,
            max_keepalive_connections=16,
            keepalive_expiry=15.0,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Any:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()
