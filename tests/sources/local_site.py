"""A site on 127.0.0.1 that answers as a test tells it to, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from aimas.sources import ClientSettings, GuardedClient


class Answer(msgspec.Struct):
    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = {}
    stream: Iterable[bytes] | None = None
    """Sent piece by piece without a length, until the asker hangs up."""
    wait_s: float = 0.0


class Asked(msgspec.Struct):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


Route = Answer | Callable[[Asked], Answer]


class LocalSite:
    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(
                    self.command,
                    self.path,
                    {k.lower(): v for k, v in self.headers.items()},
                    self.rfile.read(length),
                    time.monotonic(),
                )
                site.asked.append(asked)
                route = site.routes.get(self.path, Answer("no such page", 404))
                answer = route if isinstance(route, Answer) else route(asked)
                if answer.wait_s:
                    time.sleep(answer.wait_s)
                with suppress(OSError):
                    self._send(answer)

            do_POST = do_GET

            def _send(self, answer: Answer) -> None:
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.stream is not None:
                    self.send_header("Connection", "close")
                    self.end_headers()
                    for piece in answer.stream:
                        self.wfile.write(piece)
                    self.close_connection = True
                    return
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(b"" if answer.status == 304 else body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Askers that hang up at a limit are what these tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    def at(self, path: str) -> str:
        return f"http://{self.pair}{path}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt apart."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def local_site(**routes: Route) -> Iterator[LocalSite]:
    site = LocalSite()
    site.routes.update(routes)
    try:
        yield site
    finally:
        site.close()


def client_of(*sites: LocalSite, delay_s: float = 0.0, **settings: object) -> GuardedClient:
    """A client that may ask these sites, without a pause unless told."""
    admitted = {site.pair: delay_s for site in sites}
    return GuardedClient(ClientSettings(admitted=admitted, **settings))  # type: ignore[arg-type]
