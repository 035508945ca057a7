"""A citizen with a telephone: writes without a connection, gets the receipt when it is back, proves it alone."""

import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, TimeoutError, expect
from tests.builders import TESTER, StoppedClock

from aimas.app import App
from aimas.appeals.receipts import Receipt, Unproven, proven, proves, receipt_told
from aimas.appeals.service import Applicant, NewAppeal
from aimas.appeals.types import Channel, Decision, Standing
from aimas.core import Actor, Language
from aimas.home import create_home
from aimas.web.server import create_app
from aimas.web.texts import catalogue

pytestmark = pytest.mark.browser
AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js")).read_text("utf-8")
DEMO = Path(__file__).parents[2] / "demo" / "precincts.geojson"
LANGUAGES = ("ru", "kk", "en")
PAGES = ("", "/new", "/message", "/police", "/case", "/inspector")
WORDS = {
    "ru": ("Во дворе каждую ночь шумят пьяные компании.", "Провести рейд во дворе"),
    "kk": ("Ауламызда түнде мас топтар шулайды.", "Аулада рейд өткізу"),
    "en": ("Drunken company makes noise in our yard every night.", "Patrol the yard at night"),
}
ANSWERS = {
    "ru": "Ваше обращение удовлетворено: рейд во дворе провели 5 ноября 2026 года, потому что жалоба подтвердилась. До 20 ноября "
    "2026 года участковый проведёт рейд ещё раз и сообщит вам. Если вы не согласны, подайте жалобу нам, её рассмотрит вышестоящий орган.",
    "kk": "Өтінішіңіз қанағаттандырылды. Аулада рейд 5 қарашада өткізілді, себебі шағым расталды. 2026 жылғы 20 қарашаға дейін "
    "учаскелік инспектор рейд өткізіп, сізге хабарлайды. Сіз жауаппен келіспесеңіз, шағым бере аласыз: шағым бізге беріледі, оны "
    "жоғары тұрған орган қарайды.",
    "en": "Your request was granted. We patrolled the yard at night on 5 November 2026, because the complaint was confirmed. We will "
    "patrol the yard again until 20 November 2026. If you disagree, you may complain to us; the higher body decides the complaint.",
}  # fmt: skip


class Office:
    """The institution's own server, at an address of its own, with a clock that tests move."""

    def __init__(self, folder: Path) -> None:
        # Held but never listened at: while nobody answers, nobody else is given the port.
        self.held = socket.socket()
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.held.bind(("127.0.0.1", 0))
        self.port = int(self.held.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.clock = StoppedClock(datetime(2026, 11, 2, 4, 30, tzinfo=UTC))
        home = create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty", language="ru", port=self.port)
        self.app = App(home.folder, self.clock, TESTER)
        self.app.inspectors.replace(DEMO.read_bytes(), TESTER)
        self.served = create_app(self.app, self.port)
        self.is_reached = False
        self.restore()

    def restore(self) -> None:
        config = uvicorn.Config(
            self.served, host="127.0.0.1", port=self.port, log_level="error", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.05)
        self.is_reached = True

    def cut(self) -> None:
        """Nobody answers: what a browser's own switch leaves open for workers is shut too."""
        self.server.should_exit = True
        self.thread.join(10)
        self.is_reached = False

    def answer(self, number: str, language: str) -> None:
        case = self.app.appeals.by_number(number)
        assert case is not None
        today = self.app.office.terms.hours.local(self.clock.now()).date()
        by = Actor("person", "clerk")
        self.app.appeals.answer(case, ANSWERS[language], (), Decision.SATISFIED, "S. Omarov", by, today)

    def close(self) -> None:
        self.cut()
        self.held.close()
        self.app.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office") / "home")
    yield made
    made.close()


@pytest.fixture
def phone(chromium: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """`phone(lang)`: a page of a new telephone; what its browser complained of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive(lang: str = "ru", **options: Any) -> Page:
        about: dict[str, Any] = {
            "viewport": {"width": 360, "height": 780},
            "has_touch": True,
            "is_mobile": True,
        }
        context = chromium.new_context(base_url=office.base, locale=lang, **(about | options))
        context.add_cookies([{"name": "lang", "value": lang, "url": office.base}])
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    # The next one's letters are not the fifteenth from one address within a minute.
    office.clock.advance(minutes=15)
    if not office.is_reached:
        office.restore()
    expected = (
        "status of 4",
        "ERR_INTERNET_DISCONNECTED",
        "ERR_CONNECTION_REFUSED",
        "ERR_CONNECTION_RESET",
        "ERR_FAILED",
        "fetching the script",
    )
    serious = [c for c in complaints if not any(e in c for e in expected)]
    assert not serious, serious


def photo() -> dict[str, Any]:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).save(out, "JPEG")
    return {"name": "yard.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def ready(page: Page, path: str = "/citizen") -> None:
    """Until the shell is stored and the worker rules the page; a page opened again tries again, as a visitor's does."""
    for _ in range(3):
        page.goto(path)
        with contextlib.suppress(TimeoutError):
            page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
            return
    pytest.fail(f"no worker rules the page: {page.evaluate(WORKERS)}")


def offline(page: Page, office: Office) -> None:
    office.cut()
    page.context.set_offline(True)


def online(page: Page, office: Office) -> None:
    """The browser tells its pages, as it does when a network comes back."""
    office.restore()
    page.context.set_offline(False)
    for tab in page.context.pages:
        tab.evaluate("window.dispatchEvent(new Event('online'))")


def said(key: str, lang: str) -> str:
    return catalogue(lang)[f"citizen.{key}"]  # type: ignore[arg-type]


def write(page: Page, lang: str) -> None:
    text, asks = WORDS[lang]
    page.fill("#text", text)
    page.fill("#asks", asks)
    page.set_input_files("#files", [photo()])
    page.check("#standing-appeal")
    page.fill("#name", "Asan Usenov")
    page.fill("#address", "Tumarly, Sadovaya 12")
    page.check("#signed")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_appeal_written_offline_is_sent_proved_followed_and_reopened(
    phone: Callable[..., Page], office: Office, lang: str
) -> None:
    page = phone(lang)
    ready(page)
    # Without a connection: the page opens, the appeal is kept and marked.
    offline(page, office)
    page.goto("/citizen/new")
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator("[data-offline]")).to_be_visible()
    write(page, lang)
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator("#unsent .waiting .state")).to_contain_text(said("js.unsent", lang))
    expect(page.locator("#text")).to_have_value("")
    stored = page.evaluate(KEPT)
    assert stored["count"] == 1 and not stored["extractable"]
    assert WORDS[lang][0] not in stored["bytes"] and "Usenov" not in stored["bytes"]
    # It is back: the receipt comes by itself, and nothing of the appeal is left on the telephone.
    online(page, office)
    shown = page.locator("#unsent .come")
    # By the page or, where it wakes first, by the worker.
    expect(shown).to_be_visible(timeout=30_000)
    assert page.evaluate(KEPT)["count"] == 0
    shown.get_by_role("button").click()
    number = page.locator("[data-receipt]").get_attribute("data-number") or ""
    code = page.locator("[data-code]").inner_text()
    receipt = (page.locator("[data-text]").text_content() or "").strip()
    digest = (page.locator(".talon details li .mono").text_content() or "").strip()
    assert page.locator(".qr svg").is_visible()
    page.click("[data-do=keep]")
    expect(page.locator("[data-kept]")).to_be_visible()
    page.click("[data-do=noted]")
    page.wait_for_url("**/citizen")
    # The receipt is proved on the telephone, with no connection at all.
    ready(page, "/receipt")
    offline(page, office)
    page.goto("/receipt")
    page.fill("#receipt", receipt)
    page.locator("form#check details summary").click()
    page.fill("#code", code)
    page.fill("#text", f"{WORDS[lang][0]}\n\n{said('asks.opens', lang)}\n1. {WORDS[lang][1]}")
    page.fill("#digests", digest)
    page.click("form#check button[type=submit]")
    result = page.locator("#result")
    expect(result).to_contain_text(said("check.good", lang))
    expect(result).to_contain_text(said("check.same", lang))
    expect(result).to_contain_text(said("check.done-here", lang))
    told = proven(receipt, office.app.receipt_keys)
    assert isinstance(told, Receipt) and told.number == number
    for line in receipt_told(told, lang):
        expect(result).to_contain_text(line)
    online(page, office)
    # Followed by what the telephone remembers, answered, and said not to be solved.
    office.clock.advance(days=5)
    office.answer(number, lang)
    page.goto("/citizen/case")
    page.locator("#remembered li").get_by_role("button").first.click()
    page.wait_for_url("**/mine")
    expect(page.locator(".answer .words")).to_contain_text(ANSWERS[lang][:40])
    page.fill("#reopen-reason", "…" + WORDS[lang][0])
    page.locator("form[action='/citizen/mine/reopen'] button").click()
    page.wait_for_url("**/mine?done=reopen")
    expect(page.locator(".stage")).to_contain_text(said("stage.reopened", lang))
    # Forgotten at one touch.
    page.goto("/citizen/case")
    page.click("#forget-all")
    expect(page.locator("#remembered")).to_be_hidden()
    assert page.evaluate(KEPT) == {"count": 0, "kept": 0, "extractable": False, "bytes": ""}
    office.clock.time = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)


WORKERS = """async () => (await navigator.serviceWorker.getRegistrations()).map(
  r => [r.scope, r.installing?.state, r.waiting?.state, r.active?.state])"""
KEPT = """async () => {
  const db = await new Promise((d, no) => {
    const r = indexedDB.open('citizen');
    r.onsuccess = () => d(r.result);
    r.onerror = r.onblocked = () => no(new Error('the store does not open'));
    setTimeout(r.onerror, 15000);
  });
  const all = (s) => new Promise(d => { const r = db.transaction(s).objectStore(s).getAll(); r.onsuccess = () => d(r.result); });
  const [waiting, kept, received, keys] = await Promise.all(['waiting', 'kept', 'received', 'keys'].map(all));
  db.close();
  const text = (row) => new TextDecoder('latin1').decode(row.sealed) + new TextDecoder().decode(row.sealed) + JSON.stringify(row);
  return { count: waiting.length, kept: kept.length + received.length, extractable: keys.some(k => k.key.extractable), bytes: waiting.map(text).join('') };
}"""


def test_number_and_code_open_it_on_another_telephone(phone: Callable[..., Page]) -> None:
    page = phone("ru")
    page.goto("/citizen/message")
    page.fill("#text", "У школы не горит фонарь.")
    page.click("form[data-queue] button[type=submit]")
    number = page.locator("[data-receipt]").get_attribute("data-number") or ""
    code = page.locator("[data-code]").inner_text()
    other = phone("kk")
    other.goto("/citizen/case")
    other.fill("#number", number)
    other.fill("#code", code.lower())
    other.click("#open-case button[type=submit]")
    other.wait_for_url("**/mine")
    expect(other.locator("h1")).to_have_text(number)


def test_what_waits_can_be_changed_and_removed(phone: Callable[..., Page], office: Office) -> None:
    page = phone("en")
    ready(page)
    offline(page, office)
    page.goto("/citizen/new")
    write(page, "en")
    page.click("form[data-queue] button[type=submit]")
    page.locator("#unsent").get_by_role("link", name=said("js.edit", "en")).click()
    expect(page.locator("#text")).to_have_value(WORDS["en"][0])
    expect(page.locator("[data-pictures] li")).to_contain_text("yard.jpg")
    page.fill("#text", "Something else.")
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator("#unsent .waiting")).to_have_count(1)
    expect(page.locator("#unsent .waiting .quote")).to_have_text("Something else.")
    page.locator("#unsent").get_by_role("button", name=said("js.remove", "en")).click()
    expect(page.locator("#unsent")).to_be_hidden()
    assert page.evaluate(KEPT)["count"] == 0


def test_two_tabs_send_one_appeal_once(phone: Callable[..., Page], office: Office) -> None:
    page = phone("en")
    ready(page)
    offline(page, office)
    page.goto("/citizen/message")
    page.fill("#text", "The lamp at the school is broken.")
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator("#unsent .waiting")).to_have_count(1)
    second = page.context.new_page()
    second.goto("/citizen")
    online(page, office)
    come = page.locator("#unsent .come p:nth-child(2)")
    expect(come).to_have_count(1, timeout=30_000)
    letter, year, running = come.inner_text().split("-")
    second.wait_for_timeout(500)
    assert office.app.appeals.by_number(f"{letter}-{year}-{int(running):06}") is not None
    assert office.app.appeals.by_number(f"{letter}-{year}-{int(running) + 1:06}") is None, "no second one"


def test_all_mistakes_are_told_before_anything_is_sent(phone: Callable[..., Page], office: Office) -> None:
    page = phone("kk", viewport={"width": 375, "height": 780})
    page.goto("/citizen/new")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.url.endswith("/citizen/file") else None)
    wrong = {"iin": "12", "phone": "жоқ", "email": "asan@", "name": "Asan", "address": "Tumarly"}
    page.check("#standing-appeal")
    for name, text in wrong.items():
        page.fill(f"#{name}", text)
    page.locator("details:has(#latitude) summary").click()
    page.fill("#latitude", "47,3")
    page.locator("details:has(#latitude) summary").click()
    program = {"name": "act.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ\x90\x00\x03"}
    heic = {
        "name": "yard.heic",
        "mimeType": "image/heic",
        "buffer": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    }
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": "Аулада шу.".encode("cp1251")}
    page.set_input_files("#files", [program, heic, note])
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator(".summary")).to_be_focused()
    links = page.locator(".summary a")
    fields = ["text", "latitude", "files", "iin", "phone", "email", "signed"]
    assert links.evaluate_all("found => found.map((a) => a.hash.slice(1))") == fields
    told = links.nth(2).inner_text()
    assert told == " ".join(
        [
            said("error.files.unknown-type", "kk").format(name="act.exe"),
            said("error.files.heic", "kk").format(name="yard.heic"),
        ]
    )
    links.nth(1).click()
    expect(page.locator("#latitude")).to_be_focused()
    for name in fields:
        about = page.locator(f"#{name}").get_attribute("aria-describedby") or ""
        assert f"error-{name}" in about.split() and page.locator(f"#error-{name}").is_visible()
    assert not sent
    page.fill("#text", "Аулада шу.")
    page.fill("#longitude", "70,1")
    for name, text in {"iin": "850101 300123", "phone": "8 (701) 000-00-00", "email": "a@b.kz"}.items():
        page.fill(f"#{name}", text)
    page.check("#signed")
    page.set_input_files("#files", [note])
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert len(sent) == 1


def test_a_page_that_comes_back_with_mistakes_begins_with_them(phone: Callable[..., Page]) -> None:
    page = phone("ru")
    page.goto("/citizen/case")
    page.fill("#number", "З-2026-999999")
    page.fill("#code", "0000-0000-0000-0000-0")
    page.click("#open-case button[type=submit]")
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_be_focused()


CARRIED = "sessionStorage.length"


def test_another_language_keeps_what_was_typed_and_then_nothing_of_it(
    phone: Callable[..., Page], office: Office
) -> None:
    page = phone("kk", viewport={"width": 375, "height": 780})
    page.goto("/citizen")
    page.goto("/citizen/new")
    page.select_option("#kind", index=1)
    kind = page.locator("#kind").input_value()
    page.fill("#text", WORDS["kk"][0])
    page.check("#standing-appeal")
    page.fill("#name", "Asan Usenov")
    page.check("#signed")
    carried: list[str] = []
    page.on("console", lambda m: carried.append(m.text))
    page.evaluate(
        """() => {
          const put = Storage.prototype.setItem;
          Storage.prototype.setItem = function (name, value) {
            console.log(atob(JSON.parse(value).sealed));
            put.call(this, name, value);
          };
        }"""
    )
    page.get_by_role("link", name="РУС").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator(".kept")).to_have_text(said("js.tongue.kept", "ru"))
    expect(page.locator("#text")).to_have_value(WORDS["kk"][0])
    expect(page.locator("#name")).to_have_value("Asan Usenov")
    expect(page.locator("#standing-appeal")).to_be_checked()
    expect(page.locator("#signed")).to_be_checked()
    expect(page.locator("#kind")).to_have_value(kind)
    expect(page.locator("#language")).to_have_value("ru")
    assert page.evaluate(CARRIED) == 0
    assert len(carried) == 1 and "Usenov" not in carried[0], "sealed while it is carried"
    # Files are asked about; who stays has them still.
    page.set_input_files("#files", [photo()])
    asked: list[str] = []

    def answers(go: bool) -> Callable[[Dialog], None]:
        def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.accept() if go else dialog.dismiss()

        return answer

    page.once("dialog", answers(False))
    page.get_by_role("link", name="ENG").click()
    expect(page.locator("[data-pictures] li")).to_have_count(1)
    page.once("dialog", answers(True))
    page.get_by_role("link", name="ENG").click()
    expect(page.locator(".kept")).to_have_text(said("js.tongue.kept.files", "en"))
    assert asked == [said("js.tongue.files", "ru")] * 2
    # The page in the other language is not behind it: leaving leads back to no words.
    page.click("[data-leave]")
    page.wait_for_url("**/citizen/calendar")
    assert page.evaluate(CARRIED) == 0
    page.go_back()
    page.wait_for_url("**/citizen")


def test_without_a_connection_the_language_changes_all_the_same(
    phone: Callable[..., Page], office: Office
) -> None:
    page = phone("ru")
    ready(page)
    offline(page, office)
    page.goto("/citizen/message")
    page.fill("#text", WORDS["ru"][0])
    page.get_by_role("link", name="ҚАЗ").click()
    expect(page.locator("html")).to_have_attribute("lang", "kk")
    expect(page.locator("#text")).to_have_value(WORDS["ru"][0])


def test_without_scripts_the_language_changes_with_what_was_typed(phone: Callable[..., Page]) -> None:
    page = phone("kk", java_script_enabled=False)
    page.goto("/citizen/new")
    page.fill("#text", WORDS["kk"][0])
    page.set_input_files("#files", [photo()])
    assert page.locator("header li a").first.is_hidden()
    page.get_by_role("button", name="РУС").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("#text")).to_have_value(WORDS["kk"][0])
    expect(page.locator(".kept")).to_contain_text(said("retold.files", "ru"))


@pytest.mark.parametrize("way", ["button", "escape"])
def test_leaving_at_once_leaves_nothing_on_the_screen(phone: Callable[..., Page], way: str) -> None:
    page = phone("ru")
    page.goto("/citizen")
    page.goto("/citizen/police")
    page.fill("#text", "Меня били.")
    if way == "button":
        page.click("[data-leave]")
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    page.wait_for_url("**/citizen/calendar")
    assert "2026" in page.title() and "102" not in page.inner_text("body")
    page.go_back()
    assert "/citizen/police" not in page.url, "the page was replaced, not left behind"


def test_mistakes_are_told_beside_the_field_and_in_a_summary(phone: Callable[..., Page]) -> None:
    page = phone("en")
    page.goto("/citizen/new")
    page.check("#standing-appeal")
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator(".summary")).to_be_focused()
    page.locator(".summary a").first.click()
    expect(page.locator("#text")).to_be_focused()
    assert page.locator("#text").get_attribute("aria-invalid") == "true"
    told = page.locator("#text").get_attribute("aria-describedby") or ""
    assert "error-text" in told.split() and page.locator("#error-text").inner_text() == said(
        "error.text", "en"
    )


def test_the_browser_and_the_server_agree_on_every_receipt(
    phone: Callable[..., Page], office: Office
) -> None:
    """The same texts, sound and damaged, by both; and the code and text that prove the content."""
    page = phone("en")
    page.goto("/citizen/message")
    page.fill("#text", 'The lamp “by the school” is broken — \u2028 «да»\t\\ "')
    page.click("form[data-queue] button[type=submit]")
    text = (page.locator("[data-text]").text_content() or "").strip()
    code = page.locator("[data-code]").inner_text()
    keys = list(office.app.receipt_keys)
    mark, content, signature, check = text.split(":")
    tried = [
        text,
        text.lower(),
        " ".join(text),
        f"{mark}:{content.replace('0', 'O').replace('1', 'l')}:{signature}:{check}",
        f"{mark}:{content.replace('A', 'А')}:{signature.replace('B', 'В')}:{check}",
        text[:-1],
        text + ":AAAA",
        text + "A",
        f"{mark}:{content}:{'2' if signature[0] != '2' else '3'}{signature[1:]}:{check}",
        f"{mark}:{content[:40]}{'Z' if content[40] != 'Z' else 'Y'}{content[41:]}:{signature}:{check}",
        f"{mark}:{signature}:{content}:{check}",
        f"AIMAS2:{content}:{signature}:{check}",
        "",
        ":::",
        "AIMAS1:::",
        "AIMAS1:0:0:0",
        "AIMAS1" + ":0" * 5000,
        "привет",
    ]
    page.goto("/receipt")
    by_browser = page.evaluate(
        """async ([texts, keys]) => {
          const { proven } = await import('/static/citizen/receipts.js');
          return Promise.all(texts.map(async (t) => { const p = await proven(t, keys); return p.fault ?? p.receipt.number; }));
        }""",
        [tried, keys],
    )
    by_server = [
        found.fault.value if isinstance(found, Unproven) else found.number
        for found in (proven(t, keys) for t in tried)
    ]
    assert by_browser == by_server
    assert by_server[:5] == [by_server[0]] * 5 and len(set(by_server)) > 3
    assert page.evaluate("async ([t]) => (await (await import('/static/citizen/receipts.js')).proven(t, ['00'])).fault", [text]) == "other-key"  # fmt: skip
    receipt = proven(text, keys)
    assert isinstance(receipt, Receipt)
    filed = office.app.persons.sheet(office.app.appeals.by_number(receipt.number) or "").text
    for typed, words in (
        (code, filed),
        (code.lower(), filed),
        (code, filed + "!"),
        ("0000-0000-0000-0000-0", filed),
    ):
        here = page.evaluate(
            """async ([t, keys, code, words]) => {
              const { proven, proves } = await import('/static/citizen/receipts.js');
              return proves((await proven(t, keys)).receipt, code, words);
            }""",
            [text, keys, typed, words],
        )
        assert here is proves(receipt, typed, words), typed


def test_a_phone_that_remembers_an_old_key_trusts_the_one_it_vouches_for(
    phone: Callable[..., Page], office: Office
) -> None:
    """And without a connection it says that an unknown key may be a new one, not that the receipt is another's."""
    page = phone("en")
    page.goto("/citizen/message")
    page.evaluate("navigator.serviceWorker.ready")
    page.fill("#text", "The lamp by the school is broken.")
    page.click("form[data-queue] button[type=submit]")
    old = (page.locator("[data-text]").text_content() or "").strip()
    office.app.rotate_receipt_key(is_leaked=False)
    new = office.app.appeals.file(
        NewAppeal(text="Another lamp.", language=Language.EN, channel=Channel.WEB, standing=Standing.SIGNAL),
        TESTER,
    ).receipt

    def checked(text: str) -> str:
        page.goto("/receipt")
        page.fill("#receipt", text)
        page.click("#check button[type=submit]")
        page.wait_for_selector("#result:not([hidden])")
        return page.locator("#result").inner_text()

    assert "genuine" in checked(old) and "changed its key" not in checked(old)
    told = checked(new)
    assert "genuine" in told and "the key remembered here vouches for the new one" in told
    office.cut()
    told = checked(new)
    assert "check again with a connection" in told and "did not issue" not in told
    office.restore()
    office.app.rotate_receipt_key(is_leaked=True)
    leaked = office.app.appeals.file(
        NewAppeal(text="A third lamp.", language=Language.EN, channel=Channel.WEB, standing=Standing.SIGNAL),
        TESTER,
    ).receipt
    assert "Ask it whether it has changed its key" in checked(leaked)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_browser_tells_each_receipt_as_the_server_does(
    phone: Callable[..., Page], office: Office, lang: str
) -> None:
    """What came in the evening counts from the next working day; only of an appeal the law says so."""
    page = phone(lang)
    page.goto("/receipt")
    morning, office.clock.time = office.clock.time, office.clock.time.replace(hour=18)
    for standing in Standing:
        signs = Applicant(name="Asan") if standing is Standing.APPEAL else None
        new = NewAppeal(
            text="Lamp.", language=Language.RU, channel=Channel.WEB, standing=standing, applicant=signs
        )
        text = office.app.appeals.file(new, TESTER).receipt
        receipt = proven(text, office.app.receipt_keys)
        assert isinstance(receipt, Receipt) and receipt.standing is standing
        page.fill("#receipt", text)
        page.click("form#check button[type=submit]")
        expect(page.locator("#result")).to_contain_text(receipt.number)
        shown = page.locator("#result p").all_text_contents()
        assert shown[1:-1] == [*receipt_told(receipt, lang, office.app.office.retold)]
    office.clock.time = morning


def test_a_browser_that_cannot_check_says_so_and_asks_the_server(phone: Callable[..., Page]) -> None:
    page = phone("en")
    page.goto("/citizen/message")
    page.fill("#text", "The lamp is broken.")
    page.click("form[data-queue] button[type=submit]")
    text = (page.locator("[data-text]").text_content() or "").strip()
    page.add_init_script(
        "const old = SubtleCrypto.prototype.importKey;"
        "SubtleCrypto.prototype.importKey = function (f, k, a, ...r) {"
        " return a?.name === 'Ed25519' ? Promise.reject(new DOMException('', 'NotSupportedError')) : old.call(this, f, k, a, ...r); };"
    )
    page.goto("/receipt")
    expect(page.locator("#elsewhere")).to_be_visible()
    page.fill("#receipt", text)
    page.click("form#check button[type=submit]")
    expect(page.locator("#result")).to_contain_text(said("check.by-server", "en"))


def test_my_inspector_is_found_by_where_i_am(phone: Callable[..., Page]) -> None:
    page = phone("kk", permissions=["geolocation"], geolocation={"latitude": 47.302, "longitude": 70.153})
    page.goto("/citizen/inspector")
    page.click("[data-locate]")
    expect(page.locator("#found")).to_contain_text("Айгерім Тұлпарова")
    assert "47.302" not in page.url


def test_a_browser_that_keeps_nothing_sends_all_the_same(phone: Callable[..., Page]) -> None:
    page = phone("en")
    page.add_init_script(
        "IDBFactory.prototype.open = function () { throw new DOMException('', 'SecurityError'); };"
    )
    page.goto("/citizen/new")
    write(page, "en")
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator("[data-receipt]")).to_be_visible()
    assert page.locator("[data-code]").inner_text().count("-") == 4


def test_the_page_can_be_installed(phone: Callable[..., Page]) -> None:
    page = phone("kk")
    ready(page)
    asked = page.context.new_cdp_session(page)
    against = {e["errorId"] for e in asked.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert against <= {"in-incognito"}, "the test's own browser window is the only reason against it"
    assert asked.send("Page.getAppManifest")["errors"] == []


def test_without_scripts_an_appeal_is_sent_all_the_same(phone: Callable[..., Page]) -> None:
    page = phone("ru", java_script_enabled=False)
    page.goto("/citizen/new")
    write(page, "ru")
    page.click("main form button[type=submit]")
    assert page.locator("[data-code]").inner_text().count("-") == 4
    assert not page.locator("[data-do]").first.is_visible(), "no button that does nothing"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    phone: Callable[..., Page], office: Office, lang: str, theme: str
) -> None:
    page = phone(lang, color_scheme=theme, bypass_csp=True, viewport={"width": 320, "height": 700})
    paths = [f"/citizen{p}" for p in PAGES] + [
        "/citizen/calendar",
        "/citizen/offline",
        "/receipt",
        "/citizen/nowhere",
    ]
    for path in paths:
        page.goto(path)
        judged(page, path)
    page.goto("/citizen/new")
    page.check("#standing-appeal")
    page.click("form[data-queue] button[type=submit]")
    judged(page, "mistakes")
    page.goto("/citizen/message")
    page.fill("#text", WORDS[lang][0])
    page.set_input_files("#files", [photo()])
    judged(page, "with a photo")
    page.click("form[data-queue] button[type=submit]")
    expect(page.locator("[data-receipt]")).to_be_visible()
    judged(page, "receipt")
    number = page.locator("[data-receipt]").get_attribute("data-number") or ""
    code = page.locator("[data-code]").inner_text()
    page.goto("/citizen/case")
    page.fill("#number", number)
    page.fill("#code", code)
    page.click("#open-case button[type=submit]")
    page.wait_for_url("**/mine")
    judged(page, "case")
    page.goto("/citizen/inspector")
    page.fill("#street", "Достык")
    page.click("main form button[type=submit].wide")
    expect(page.locator("#found")).to_be_visible()
    judged(page, "found")


def judged(page: Page, what: str) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    faults = [
        f"{v['id']}: {n['html'][:160]} — {n['failureSummary'][:200]}"
        for v in found["violations"]
        for n in v["nodes"][:3]
    ]
    assert not faults, what + "\n" + "\n".join(faults)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), what
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden]), select, textarea')].filter(e => {
             const r = e.getBoundingClientRect();
             return r.width && !e.closest('label') && getComputedStyle(e).display !== 'inline' && !e.matches('.skip') && (r.width < 24 || r.height < 24);
           }).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert not small, f"{what}: {small[:5]}"
