"""The real demo in a process of its own, and Chromium to look at it."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.web.reading_pages import token, tree

ROOT = Path(__file__).parents[2]
READY_S = 400
ANALYST = "kasenova"
CALLED = "Дина Касенова"
"""The analyst, as the pages name her."""
QUIET = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
]


class Demo:
    """The board's address, and the newsroom that can be told to publish."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._session: dict[str, str] = {}

    def get(self, path: str, **params: str | int) -> httpx.Response:
        """As the demonstration's analyst."""
        cookies = self._session = self._session or self.session_of(ANALYST)
        return httpx.get(self.base + path, params=params or None, timeout=30, cookies=cookies)

    def session_of(self, name: str) -> dict[str, str]:
        """The cookies of one of the demo's people, signed in with one click."""
        with httpx.Client(base_url=self.base, timeout=30) as client:
            form = {"name": name, "_csrf_token": token(client.get("/sign-in").text)}
            assert client.post("/sign-in/demo", data=form).status_code == 303
            return {"aimas-session": client.cookies["aimas-session"]}

    def about(self) -> int:
        """Publications about the ministry."""
        return int(self.get("/api/v1/publications", q="is:relevant").json()["count"])

    def release(self, n: int) -> None:
        """Lets the newsroom publish."""
        page = tree(self.get("/sources").text)
        homes = [a.get("href") or "" for a in page.cssselect(".sources th a")]
        for home in homes:
            try:
                if httpx.post(f"{home}_newsroom/release?n={n}", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                continue
        raise AssertionError("no outlet of the newsroom answers")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    port = free_port()
    said = (folder / "said.txt").open("w")
    # Nothing comes by itself: a test says when something is published.
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "demo",
            "--port",
            str(port),
            "--home",
            str(folder / "home"),
            "--live-every",
            "3600",
        ],
        cwd=ROOT,
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    made = Demo(f"http://127.0.0.1:{port}")
    try:
        _wait_until_filled(made, process, folder / "said.txt")
        yield made
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        said.close()


def _wait_until_filled(demo: Demo, process: "subprocess.Popen[bytes]", said: Path) -> None:
    """Until the month is there: as many publications as three looks ago."""
    begun, counts = time.monotonic(), [0]
    while time.monotonic() - begun < READY_S:
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            counts.append(demo.about())
        if counts[-1] > 50 and counts[-4:] == [counts[-1]] * 4:
            return
        time.sleep(1)
    pytest.fail(f"the demo did not fill its board: {counts[-1]} publications\n{said.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Visit:
    """A reader with a language, a theme and a screen; what the browser complained of is kept."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path, wait_until="load")
        return self.page


@pytest.fixture
def visit(chromium: Browser, demo: Demo) -> Iterator[object]:
    """`visit(lang=…, theme=…, width=…, person=…)`; a page that complains in the console fails its test."""
    visits: list[Visit] = []

    def arrive(
        lang: str = "ru", theme: str = "light", width: int = 1280, person: str = ANALYST, **options: object
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            base_url=demo.base,
            **options,  # type: ignore[arg-type]
        )
        cookies = {"lang": lang} | (demo.session_of(person) if person else {})
        context.add_cookies([{"name": k, "value": v, "url": demo.base} for k, v in cookies.items()])
        context.set_default_timeout(10_000)
        visits.append(Visit(context, demo.base))
        return visits[-1]

    yield arrive
    for one in visits:
        one.context.close()
    complaints = [c for one in visits for c in one.complaints if "status of 4" not in c]
    assert not complaints, complaints
