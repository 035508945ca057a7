"""The client goes only where it may, takes only so much, and waits its turn."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import brotli
import httpcore
import pytest
from tests.sources.local_site import Answer, Asked, LocalSite, client_of

from aimas.core import BadInput, Unavailable
from aimas.sources.http import (
    BadRedirect,
    Bomb,
    ClientSettings,
    GuardedClient,
    RefusedAddress,
    RefusedByRobots,
    TooLarge,
)
from aimas.sources.network import CheckedBackend, Deadline, is_public
from aimas.sources.politeness import retry_after_s

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


def test_answers_with_body_and_headers(site: LocalSite, client: GuardedClient) -> None:
    site.routes["/a"] = Answer("сәлем", headers={"Content-Type": 'Text/HTML; charset="UTF-8"', "ETag": '"1"'})
    answer = client.get(site.at("/a#part"))
    assert (answer.status, answer.body.decode()) == (200, "сәлем")
    assert (answer.media_type, answer.charset, answer.headers["etag"]) == ("text/html", "utf-8", '"1"')
    assert answer.address == site.at("/a")
    assert answer.moved_to is None


def test_says_who_asks(site: LocalSite) -> None:
    site.routes["/a"] = Answer("x")
    with client_of(site, product="Aimas", version="9", contact="https://example.kz/bot") as client:
        client.get(site.at("/a"))
    assert site.asked[-1].headers["user-agent"] == "Aimas/9 (+https://example.kz/bot)"


@pytest.mark.parametrize(
    "numeric",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.9.9.9", id="all of 127 is loopback"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("10.1.2.3", id="private 10"),
        pytest.param("172.16.0.1", id="private 172"),
        pytest.param("192.168.1.1", id="private 192"),
        pytest.param("169.254.169.254", id="metadata, link-local"),
        pytest.param("100.64.0.1", id="carrier-grade nat"),
        pytest.param("100.100.100.200", id="metadata of alibaba"),
        pytest.param("168.63.129.16", id="metadata of azure, a public number"),
        pytest.param("192.0.0.192", id="metadata of oracle"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("198.18.0.1", id="benchmarking"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("::1", id="loopback v6"),
        pytest.param("::", id="unspecified v6"),
        pytest.param("::ffff:127.0.0.1", id="mapped loopback"),
        pytest.param("::ffff:8.8.8.8", id="mapped public"),
        pytest.param("::8.8.8.8", id="compatible"),
        pytest.param("64:ff9b::7f00:1", id="nat64"),
        pytest.param("64:ff9b:1::1", id="nat64 local"),
        pytest.param("2002:7f00:1::1", id="6to4"),
        pytest.param("2001:0:1::1", id="teredo"),
        pytest.param("fe80::1%eth0", id="link-local v6 with a zone"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("fc00::1", id="unique local"),
        pytest.param("fd00:ec2::254", id="metadata v6"),
        pytest.param("ff02::1", id="multicast v6"),
        pytest.param("2001:db8::1", id="documentation v6"),
        pytest.param("no address", id="not a number"),
    ],
)
def test_inner_addresses_are_refused(numeric: str) -> None:
    assert not is_public(numeric)
    with GuardedClient(resolver=lambda host, port: [numeric]) as client, pytest.raises(RefusedAddress):
        client.get("http://news.example/", robots=False)


@pytest.mark.parametrize("numeric", ["8.8.8.8", "93.184.216.34", "2a00:1450:4010:c05::65"])
def test_open_addresses_are_not_refused(numeric: str) -> None:
    assert is_public(numeric)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://2130706433/", id="loopback as one number"),
        pytest.param("http://0x7f.1/", id="loopback in hexadecimal"),
        pytest.param("http://127.1/", id="loopback abbreviated"),
        pytest.param("http://localhost/", id="by name"),
        pytest.param("http://[::1]/", id="loopback v6"),
        pytest.param("http://[::ffff:127.0.0.1]/", id="mapped"),
    ],
)
def test_disguised_addresses_are_refused(address: str) -> None:
    with GuardedClient() as client, pytest.raises((RefusedAddress, Unavailable)) as caught:
        client.get(address, robots=False)
    assert isinstance(caught.value, RefusedAddress) or "resolved" in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("ftp://a.kz/x", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("http://a.kz:22/", id="another port"),
        pytest.param("http://a.kz:99999/", id="an impossible port"),
        pytest.param("http://user:word@a.kz/", id="credentials"),
        pytest.param("http:///x", id="no host"),
        pytest.param("http://a.kz/\r\nX: y", id="a line break"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_addresses_are_bad_input(address: str) -> None:
    with GuardedClient(resolver=lambda host, port: ["8.8.8.8"]) as client, pytest.raises(BadInput):
        client.check(address)


def test_only_the_admitted_port_is_open(site: LocalSite) -> None:
    other = LocalSite()
    try:
        with client_of(site, ports=(80, site.port, other.port)) as client:
            site.routes["/a"] = Answer("x")
            assert client.get(site.at("/a")).is_ok
            with pytest.raises(RefusedAddress):
                client.get(other.at("/a"))
        assert other.asked == []
    finally:
        other.close()


class Recorder(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self.connected: list[str] = []

    def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.NetworkStream:  # type: ignore[override]
        self.connected.append(host)
        return httpcore.MockStream([])


def test_connects_to_the_address_that_was_checked() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    backend = CheckedBackend(lambda host, port: next(answers), {}, Deadline())
    recorder = backend._inner = Recorder()  # type: ignore[assignment]
    backend.connect_tcp("changing.example", 80)
    assert recorder.connected == ["93.184.216.34"], "a second look at DNS would have led to 127.0.0.1"
    with pytest.raises(RefusedAddress):
        backend.connect_tcp("changing.example", 80)
    assert recorder.connected == ["93.184.216.34"]


def test_one_inner_answer_among_open_ones_refuses_all() -> None:
    backend = CheckedBackend(lambda host, port: ["93.184.216.34", "10.0.0.1"], {}, Deadline())
    recorder = backend._inner = Recorder()  # type: ignore[assignment]
    with pytest.raises(RefusedAddress):
        backend.connect_tcp("mixed.example", 80)
    assert recorder.connected == []


def test_an_admitted_name_counts_for_its_port_only(site: LocalSite) -> None:
    settings = ClientSettings(admitted={f"demo.example:{site.port}": 0.0}, ports=(80, 443))
    site.routes["/a"] = Answer("x")
    with GuardedClient(settings, resolver=lambda host, port: ["127.0.0.1"]) as client:
        assert client.get(f"http://demo.example:{site.port}/a").is_ok
        with pytest.raises(RefusedAddress):
            client.get("http://demo.example/a", robots=False)


def test_tls_is_checked_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = _certificate(tmp_path, "news.example")
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)  # type: ignore[assignment]
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        for _ in range(2):
            connection, _peer = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(4096)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            except OSError:
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings = ClientSettings(admitted={f"news.example:{port}": 0.0, f"other.example:{port}": 0.0})
    with GuardedClient(settings, resolver=lambda host, port: ["127.0.0.1"]) as client:
        assert client.get(f"https://news.example:{port}/", robots=False).body == b"ok"
        with pytest.raises(Unavailable, match="certificate"):
            client.get(f"https://other.example:{port}/", robots=False)
    assert names == ["news.example", "other.example"]
    listener.close()


def _certificate(folder: Path, name: str) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class TestRedirects:
    def test_are_followed(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/a"] = Answer(status=301, headers={"Location": "/b"})
        site.routes["/b"] = Answer(status=302, headers={"Location": "c?x=1"})
        site.routes["/c?x=1"] = Answer("here")
        answer = client.get(site.at("/a"))
        assert answer.address == site.at("/c?x=1")
        assert answer.moved_to == site.at("/b"), "what follows a passing redirect is not permanent"

    def test_in_a_circle_end(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/a"] = Answer(status=302, headers={"Location": "/b"})
        site.routes["/b"] = Answer(status=302, headers={"Location": "/a"})
        with pytest.raises(BadRedirect, match="circle"):
            client.get(site.at("/a"))
        assert site.paths() == ["/a", "/b"]

    def test_without_end_end(self, site: LocalSite, client: GuardedClient) -> None:
        for n in range(20):
            site.routes[f"/{n}"] = Answer(status=302, headers={"Location": f"/{n + 1}"})
        with pytest.raises(BadRedirect, match="more than 5"):
            client.get(site.at("/0"))
        assert len(site.paths()) == 6

    @pytest.mark.parametrize(
        "target",
        [
            "http://10.0.0.1/x",
            "http://169.254.169.254/latest/meta-data/",
            "http://localhost/",
            "http://127.0.0.1:1/",
            "//[::1]/",
            "file:///etc/passwd",
        ],
    )
    def test_into_the_own_network_are_refused(
        self, site: LocalSite, client: GuardedClient, target: str
    ) -> None:
        site.routes["/a"] = Answer(status=301, headers={"Location": target})
        with pytest.raises(BadInput) as caught:
            client.get(site.at("/a"))
        assert isinstance(caught.value, RefusedAddress) or "http" in str(caught.value)

    def test_without_a_target_are_told(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/a"] = Answer(status=301)
        with pytest.raises(BadRedirect, match="where to"):
            client.get(site.at("/a"))

    def test_of_a_post_are_not_followed(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/hook"] = Answer(status=307, headers={"Location": "/b"})
        answer = client.post(site.at("/hook"), b"{}", media_type="application/json")
        assert answer.status == 307
        assert [asked.path for asked in site.asked] == ["/hook"], "a webhook asks no robots.txt"


class TestLimits:
    def endless(self) -> Iterator[bytes]:
        self.sent = 0
        for _ in range(5 * 1024):
            self.sent += 1 << 20
            yield b"x" * (1 << 20)

    def test_five_gigabytes_stop_at_the_limit(self, site: LocalSite) -> None:
        site.routes["/a"] = Answer(stream=self.endless())
        with client_of(site, max_packed_bytes=3 << 20) as client, pytest.raises(TooLarge):
            client.get(site.at("/a"))
        time.sleep(0.1)
        assert self.sent < 64 << 20

    def test_a_declared_length_is_believed_before_reading(self, site: LocalSite) -> None:
        site.routes["/a"] = Answer(stream=self.endless(), headers={"Content-Length": "5368709120"})
        with client_of(site, max_packed_bytes=1 << 20) as client, pytest.raises(TooLarge):
            client.get(site.at("/a"))

    @pytest.mark.parametrize(
        "encoding, body",
        [
            pytest.param("gzip", gzip.compress(bytes(50 << 20)), id="gzip"),
            pytest.param("deflate", zlib.compress(bytes(50 << 20)), id="deflate"),
            pytest.param("br", brotli.compress(bytes(50 << 20), quality=5), id="brotli"),
            pytest.param("gzip, gzip", gzip.compress(gzip.compress(bytes(50 << 20))), id="twice"),
            pytest.param("gzip, gzip, gzip", gzip.compress(b"x"), id="more than twice"),
        ],
    )
    def test_bombs_stop_at_the_limit(self, site: LocalSite, encoding: str, body: bytes) -> None:
        site.routes["/a"] = Answer(body, headers={"Content-Encoding": encoding})
        with client_of(site, max_bytes=2 << 20) as client, pytest.raises(Bomb):
            client.get(site.at("/a"))

    @pytest.mark.parametrize(
        "encoding, body",
        [
            pytest.param("gzip", gzip.compress("сәлем".encode()), id="gzip"),
            pytest.param(
                "gzip", gzip.compress("сә".encode()) + gzip.compress("лем".encode()), id="gzip of two members"
            ),
            pytest.param("deflate", zlib.compress("сәлем".encode()), id="deflate as the standard says"),
            pytest.param("deflate", zlib.compress("сәлем".encode(), wbits=-15), id="raw deflate"),
            pytest.param("br", brotli.compress("сәлем".encode()), id="brotli"),
            pytest.param("identity", "сәлем".encode(), id="as it is"),
            pytest.param("deflate, gzip", gzip.compress(zlib.compress("сәлем".encode())), id="two layers"),
        ],
    )
    def test_packed_bodies_are_unpacked(
        self, site: LocalSite, client: GuardedClient, encoding: str, body: bytes
    ) -> None:
        site.routes["/a"] = Answer(body, headers={"Content-Encoding": encoding})
        assert client.get(site.at("/a")).body.decode() == "сәлем"

    def test_a_body_broken_off_is_a_passing_failure(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/a"] = Answer(
            gzip.compress(bytes(range(256)) * 99)[:-9], headers={"Content-Encoding": "gzip"}
        )
        with pytest.raises(Unavailable, match="broke off"):
            client.get(site.at("/a"))

    def test_headers_have_a_limit(self, site: LocalSite) -> None:
        site.routes["/a"] = Answer("x", headers={"X-Long": "y" * 30_000})
        with client_of(site, max_header_bytes=10_000) as client, pytest.raises(TooLarge, match="headers"):
            client.get(site.at("/a"))

    def test_a_silent_server_is_given_up(self, site: LocalSite) -> None:
        site.routes["/a"] = Answer("x", wait_s=1.0)
        with client_of(site, read_s=0.2) as client, pytest.raises(Unavailable, match="in time"):
            client.get(site.at("/a"))

    def test_a_drip_cannot_outlast_the_total(self, site: LocalSite) -> None:
        def drip() -> Iterator[bytes]:
            for _ in range(100):
                time.sleep(0.05)
                yield b"x"

        site.routes["/a"] = Answer(stream=drip())
        started = time.monotonic()
        with client_of(site, read_s=1.0, total_s=0.4) as client, pytest.raises(Unavailable, match="in time"):
            client.get(site.at("/a"))
        assert time.monotonic() - started < 4

    def test_nobody_home_is_a_passing_failure(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        settings = ClientSettings(admitted={f"127.0.0.1:{port}": 0.0})
        with GuardedClient(settings) as client, pytest.raises(Unavailable, match="cannot be reached"):
            client.get(f"http://127.0.0.1:{port}/", robots=False)

    def test_an_unknown_name_is_a_passing_failure(self) -> None:
        def unknown(host: str, port: int) -> list[str]:
            raise OSError("Name or service not known")

        with GuardedClient(resolver=unknown) as client, pytest.raises(Unavailable, match="resolved"):
            client.get("http://nowhere.example/", robots=False)


class TestManners:
    def test_one_at_a_time_with_a_pause(self, site: LocalSite) -> None:
        site.routes["/a"] = Answer("x")
        with client_of(site, delay_s=0.2) as client:
            threads = [threading.Thread(target=client.get, args=(site.at("/a"),)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        times = [asked.at for asked in site.asked if asked.path == "/a"]
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))

    def test_robots_are_asked_once_and_obeyed(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/robots.txt"] = Answer(
            "User-agent: *\nDisallow: /\n\nUser-agent: aimas\nDisallow: /private/\n"
        )
        site.routes["/news/1"] = site.routes["/private/1"] = Answer("x")
        assert client.get(site.at("/news/1")).is_ok
        with pytest.raises(RefusedByRobots):
            client.get(site.at("/private/1"))
        assert client.get(site.at("/private/1"), robots=False).is_ok
        assert [asked.path for asked in site.asked].count("/robots.txt") == 1

    def test_robots_hold_for_the_target_of_a_redirect(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /private/\n")
        site.routes["/a"] = Answer(status=302, headers={"Location": "/private/1"})
        with pytest.raises(RefusedByRobots):
            client.get(site.at("/a"))

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(Answer("gone", 404), id="none"),
            pytest.param(Answer("<html>hello</html>"), id="a page in its place"),
            pytest.param(Answer(status=302, headers={"Location": "/robots.txt"}), id="a circle"),
            pytest.param(Answer("no", 403), id="forbidden"),
        ],
    )
    def test_missing_robots_allow(self, site: LocalSite, client: GuardedClient, answer: Answer) -> None:
        site.routes["/robots.txt"] = answer
        site.routes["/a"] = Answer("x")
        assert client.get(site.at("/a")).is_ok

    def test_broken_robots_mean_wait(self, site: LocalSite, client: GuardedClient) -> None:
        site.routes["/robots.txt"] = Answer("oops", 500)
        site.routes["/a"] = Answer("x")
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                client.get(site.at("/a"))
            assert 500 < (caught.value.retry_after_s or 0) <= 600
        assert site.paths() == []
        assert len(site.asked) == 1

    def test_a_crawl_delay_is_kept(self) -> None:
        asked_at: list[float] = []
        site = LocalSite()
        try:
            site.routes["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 0.3\n")
            site.routes["/a"] = Answer("x")
            client = client_of(site)
            # An admitted pair has a delay of its own; take that away to see the site's.
            client._has_own_delay = lambda key: False  # type: ignore[method-assign]
            with client:
                client.get(site.at("/a"))
                client.get(site.at("/a"))
            asked_at = [asked.at for asked in site.asked if asked.path == "/a"]
        finally:
            site.close()
        assert asked_at[1] - asked_at[0] >= 0.29

    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_told_and_kept(self, site: LocalSite, status: int) -> None:
        site.routes["/a"] = Answer("later", status, headers={"Retry-After": "300"})
        with client_of(site, patience_s=1.0) as client:
            with pytest.raises(Unavailable) as caught:
                client.get(site.at("/a"))
            assert caught.value.retry_after_s == 300
            with pytest.raises(Unavailable, match="left alone"):
                client.get(site.at("/b"))
        assert site.paths() == ["/a"]

    @pytest.mark.parametrize(
        "value, seconds",
        [
            pytest.param("120", 120.0, id="seconds"),
            pytest.param(format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0, id="a date"),
            pytest.param("Tue, 12 May 2020 09:00:00 GMT", 0.0, id="a date gone by"),
            pytest.param("999999999999", 86400.0, id="longer than a day"),
            pytest.param("soon", None, id="nonsense"),
            pytest.param("-5", None, id="negative"),
            pytest.param(None, None, id="absent"),
        ],
    )
    def test_retry_after_in_both_forms(self, value: str | None, seconds: float | None) -> None:
        assert retry_after_s(value, NOW) == seconds

    def test_closing_wakes_who_waits(self, site: LocalSite) -> None:
        site.routes["/a"] = Answer("x")
        client = client_of(site, delay_s=30.0)
        client.get(site.at("/a"))
        errors: list[BaseException] = []

        def ask() -> None:
            try:
                client.get(site.at("/a"))
            except Unavailable as error:
                errors.append(error)

        waiting = threading.Thread(target=ask)
        waiting.start()
        time.sleep(0.1)
        client.close()
        waiting.join(timeout=20)
        assert not waiting.is_alive()
        assert len(errors) == 1


def test_validators_do_not_cross_sites(site: LocalSite) -> None:
    other = LocalSite()
    try:
        other.routes["/b"] = Answer("x")
        site.routes["/a"] = Answer(status=302, headers={"Location": other.at("/b")})
        with client_of(site, other) as client:
            client.get(site.at("/a"), etag='"1"', last_modified="yesterday")
        asked: Asked = other.asked[-1]
        assert "if-none-match" not in asked.headers
        assert site.asked[-1].headers["if-none-match"] == '"1"'
    finally:
        other.close()
