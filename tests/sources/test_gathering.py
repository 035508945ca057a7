"""Polling over real HTTP: each listed item has one fate, and none is forgotten before it was handed over."""

import gzip
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.sources.contract import source
from tests.sources.local_site import Answer, Asked, LocalSite, client_of

from aimas.core import (
    DatedBy,
    Dropped,
    DropReason,
    Fetched,
    Held,
    HoldReason,
    Outcome,
    Ownership,
    Passed,
    Unavailable,
)
from aimas.sources import ClientSettings, Gatherer, GatherSettings, GuardedClient, feed, poll
from aimas.sources.memory import MemorySources
from aimas.sources.types import Poll, Polled, PollOutcome, PollState, Source, SourceKind, Take

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
LONG = "Полиция сообщила о раскрытии серии краж в городе. " * 20
PAGE = Answer("<html><body><p>Сәлем</p></body></html>", headers={"Content-Type": "text/html; charset=utf-8"})


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"


def item(number: int, title: str = "", date: str = "Tue, 12 May 2026 12:30:00 +0500") -> str:
    return (
        f"<item><title>{title or f'Новость {number}'}</title><link>/n/{number}</link><guid>{number}</guid>"
        f"<pubDate>{date}</pubDate><author>planted@handle.example (Zhandos Plantedov)</author></item>"
    )


class Desk:
    """One source, its store and its client; `poll` saves what a poll brought, as the gatherer does."""

    def __init__(self, site: LocalSite, client: GuardedClient, **changes: object) -> None:
        self.source: Source = source(**{"address": site.at("/rss"), **changes})
        self.store = MemorySources()
        self.store.put(self.source)
        self.client = client
        self.now = NOW

    def poll(self, **settings: object) -> Polled:
        state = self.store.state_of(self.source.id)
        result = poll(
            self.source,
            state,
            self.client,
            self.store,
            self.now,
            settings=GatherSettings(**settings),  # type: ignore[arg-type]
            chance=lambda: 0.5,
        )
        add_up(result.poll)
        self.store.save(result.state, result.poll, result.marks)
        self.now += timedelta(minutes=20)
        return result


def add_up(record: Poll) -> None:
    assert record.listed == record.known + record.new + record.dropped + record.held + record.postponed


def passed(outcomes: Sequence[Outcome[Fetched]]) -> list[Fetched]:
    return [outcome.value for outcome in outcomes if isinstance(outcome, Passed)]


@pytest.fixture
def desk(site: LocalSite, client: GuardedClient) -> Desk:
    return Desk(site, client)


def test_new_items_are_read_once(site: LocalSite, desk: Desk) -> None:
    site.routes["/rss"] = Answer(rss(item(1), item(2), item(2)))
    site.routes["/n/1"] = site.routes["/n/2"] = PAGE
    first = desk.poll()
    assert (first.poll.listed, first.poll.new, first.poll.known) == (3, 2, 1)
    page = passed(first.outcomes)[0]
    assert (page.address, page.name) == (site.at("/n/1"), site.at("/n/1"))
    assert (page.title, page.media_type, page.charset, page.text) == ("Новость 1", "text/html", "utf-8", None)
    assert (page.published_at, page.dated_by) == (datetime(2026, 5, 12, 7, 30, tzinfo=UTC), DatedBy.FEED)
    assert first.state.newest_item_at == page.published_at
    assert "lantedov" not in msgspec.json.encode(first).decode()
    site.routes["/rss"] = Answer(rss(item(3), item(1), item(2, "Исправлено")))
    site.routes["/n/3"] = PAGE
    second = desk.poll()
    assert (second.poll.new, second.poll.known) == (2, 1)
    assert site.paths() == ["/rss", "/n/1", "/n/2", "/rss", "/n/3", "/n/2"]


@pytest.mark.parametrize(
    "take, content, asked",
    [
        pytest.param(Take.AUTO, LONG, [], id="a whole entry is the item"),
        pytest.param(Take.AUTO, "коротко", ["/n/1"], id="a short one sends to the page"),
        pytest.param(Take.PAGE, LONG, ["/n/1"], id="the page, as the source says"),
        pytest.param(Take.CONTENT, "коротко", [], id="the entry, as the source says"),
    ],
)
def test_where_the_text_is_taken(
    site: LocalSite, client: GuardedClient, take: Take, content: str, asked: list[str]
) -> None:
    desk = Desk(site, client, take=take)
    encoded = f"<content:encoded><![CDATA[<p>{content}</p>]]></content:encoded>"
    site.routes["/rss"] = Answer(
        rss(f"<item><title>t</title><link>/n/1</link>{encoded}</item>").replace(
            "<rss", "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        )
    )
    site.routes["/n/1"] = PAGE
    (found,) = passed(desk.poll().outcomes)
    assert site.paths()[1:] == asked
    if not asked:
        assert (found.media_type, found.text) == ("text/plain", content.strip())


def test_a_personal_page_keeps_no_address_and_no_handle(site: LocalSite, client: GuardedClient) -> None:
    desk = Desk(site, client, ownership=Ownership.PERSONAL)
    site.routes["/rss"] = Answer(
        rss(
            "<item><title>@planted_handle пишет</title><link>/planted_handle/1</link></item>",
            "<item><title>2</title><link>/planted_handle/2</link></item>",
            "<item><title>3</title><link>http://10.0.0.1/planted_handle</link></item>",
        )
    )
    site.routes["/planted_handle/1"] = PAGE
    result = desk.poll()
    assert (result.poll.new, result.poll.held) == (1, 2)
    (found,) = passed(result.outcomes)
    assert (found.address, found.site_name, found.title) == (None, None, "@… пишет")
    assert "planted_handle" not in msgspec.json.encode(result).decode()


class TestFates:
    @pytest.mark.parametrize(
        "answer, outcome, reason",
        [
            pytest.param(Answer("x", 404), Held, HoldReason.FETCH_FAILED, id="gone"),
            pytest.param(Answer("", 200), Held, HoldReason.EMPTY, id="empty"),
            pytest.param(
                Answer(b"%PDF", headers={"Content-Type": "application/pdf"}),
                Dropped,
                DropReason.NOT_A_PUBLICATION,
                id="no page",
            ),
            pytest.param(
                Answer(status=302, headers={"Location": "http://10.0.0.1/"}),
                Held,
                HoldReason.REFUSED_ADDRESS,
                id="into the own network",
            ),
            pytest.param(
                Answer(status=302, headers={"Location": "/n/1"}), Held, HoldReason.FETCH_FAILED, id="a circle"
            ),
            pytest.param(
                Answer(status=302, headers={"Location": "/"}),
                Held,
                HoldReason.FETCH_FAILED,
                id="to the front page",
            ),
            pytest.param(
                Answer(gzip.compress(bytes(9 << 20)), headers={"Content-Encoding": "gzip"}),
                Held,
                HoldReason.BOMB,
                id="a bomb",
            ),
            pytest.param(Answer(b"x" * (3 << 20)), Held, HoldReason.TOO_LARGE, id="too large"),
        ],
    )
    def test_of_a_page_that_cannot_be_had(
        self, site: LocalSite, answer: Answer, outcome: type, reason: HoldReason | DropReason
    ) -> None:
        site.routes.update({"/rss": Answer(rss(item(1))), "/n/1": answer, "/": PAGE})
        with client_of(site, max_packed_bytes=2 << 20, max_bytes=2 << 20) as client:
            desk = Desk(site, client)
            (found,) = desk.poll().outcomes
            assert isinstance(found, outcome)
            assert found.reason is reason
            assert desk.poll().poll.outcome is PollOutcome.NOT_MODIFIED, "a final fate is not tried again"

    def test_robots_drop(self, site: LocalSite, desk: Desk) -> None:
        site.routes.update(
            {"/rss": Answer(rss(item(1))), "/robots.txt": Answer("User-agent: *\nDisallow: /n/")}
        )
        (found,) = desk.poll().outcomes
        assert isinstance(found, Dropped) and found.reason is DropReason.REMOVED_BY_ROBOTS

    def test_a_passing_failure_is_tried_again_and_then_held(self, site: LocalSite, desk: Desk) -> None:
        site.routes.update({"/rss": Answer(rss(item(1))), "/n/1": Answer("later", 503)})
        results = [desk.poll() for _ in range(3)]
        assert [r.poll.postponed for r in results] == [1, 1, 0]
        (found,) = results[2].outcomes
        assert isinstance(found, Held) and found.reason is HoldReason.FETCH_FAILED
        assert desk.poll().poll.outcome is PollOutcome.NOT_MODIFIED

    def test_a_host_that_is_down_is_not_asked_for_the_rest(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = Answer(rss(*map(item, range(5))))
        site.routes.update({f"/n/{n}": Answer("later", 503) for n in range(5)})
        assert desk.poll().poll.postponed == 5
        assert site.paths() == ["/rss", "/n/0"]

    def test_one_failing_page_says_nothing_of_its_host(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = Answer(rss(*map(item, range(3))))
        site.routes.update({"/n/0": Answer("broken", 500), "/n/1": PAGE, "/n/2": PAGE})
        record = desk.poll().poll
        assert (record.new, record.postponed) == (2, 1)

    def test_too_many_wait_for_the_next_poll(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = Answer(rss(*map(item, range(7))), headers={"ETag": '"1"'})
        site.routes.update({f"/n/{n}": PAGE for n in range(7)})
        counts = [(p.new, p.known, p.postponed) for p in (desk.poll(pages_per_poll=3).poll for _ in range(3))]
        assert counts == [(3, 0, 4), (3, 3, 1), (1, 6, 0)]
        assert len(set(site.paths())) == 8


class TestConditions:
    def test_a_304_is_believed(self, site: LocalSite, desk: Desk) -> None:
        def feed(asked: Asked) -> Answer:
            if asked.headers.get("if-none-match") == '"1"':
                return Answer(status=304)
            return Answer(rss(item(1)), headers={"ETag": '"1"'})

        site.routes.update({"/rss": feed, "/n/1": PAGE})
        assert desk.poll().poll.new == 1
        second = desk.poll()
        assert second.poll.outcome is PollOutcome.NOT_MODIFIED
        assert second.state.last_ok_at == NOW + timedelta(minutes=20)

    def test_a_304_is_not_believed_for_ever(self, site: LocalSite, desk: Desk) -> None:
        def lying(asked: Asked) -> Answer:
            if "if-none-match" in asked.headers:
                return Answer(status=304)
            return Answer(rss(*map(item, range(len(site.paths())))), headers={"ETag": '"1"'})

        site.routes["/rss"] = lying
        site.routes.update({f"/n/{n}": PAGE for n in range(20)})
        desk.poll()
        for _ in range(4):
            last = desk.poll()
        assert last.poll.new > 0, "within an hour a body is read without condition"
        assert last.state.validators_lie
        desk.poll()
        assert "if-none-match" not in [a for a in site.asked if a.path == "/rss"][-1].headers

    def test_an_unchanged_body_is_not_read_whatever_the_etag(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = lambda asked: Answer(rss(item(1)), headers={"ETag": f'"{time.monotonic_ns()}"'})
        site.routes["/n/1"] = PAGE
        desk.poll()
        assert desk.poll().poll.outcome is PollOutcome.NOT_MODIFIED

    def test_a_permanent_redirect_is_remembered(self, site: LocalSite, desk: Desk) -> None:
        site.routes.update(
            {"/rss": Answer(status=301, headers={"Location": "/feed"}), "/feed": Answer(rss())}
        )
        assert desk.poll().state.address == site.at("/feed")
        desk.poll()
        assert site.paths() == ["/rss", "/feed", "/feed"]

    def test_a_passing_redirect_is_not(self, site: LocalSite, desk: Desk) -> None:
        site.routes.update(
            {"/rss": Answer(status=302, headers={"Location": "/feed"}), "/feed": Answer(rss())}
        )
        assert desk.poll().state.address is None


class TestIntervals:
    def test_news_shortens_and_quiet_lengthens(self, site: LocalSite, desk: Desk) -> None:
        site.routes.update({f"/n/{n}": PAGE for n in range(9)})
        lengths = []
        for n in range(4):
            site.routes["/rss"] = Answer(rss(item(n)))
            lengths.append(desk.poll().state.interval_s)
        assert lengths[0] > lengths[1] > lengths[2] > lengths[3]
        for _ in range(40):
            last = desk.poll(max_interval_s=7200.0).state
        assert last.interval_s == 7200.0

    def test_never_below_the_least(self, site: LocalSite, client: GuardedClient) -> None:
        desk = Desk(site, client, min_interval_s=300.0)
        site.routes.update({f"/n/{n}": PAGE for n in range(9)})
        for n in range(9):
            site.routes["/rss"] = Answer(rss(item(n)))
            state = desk.poll().state
        assert state.interval_s == 300.0

    def test_the_first_interval_is_within_the_sources_bounds(
        self, site: LocalSite, client: GuardedClient
    ) -> None:
        desk = Desk(site, client, max_interval_s=120.0)
        site.routes["/rss"] = Answer(rss())
        assert desk.poll().state.interval_s == 120.0

    def test_failures_back_off_up_to_a_cap(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = Answer("oops", 500)
        waits = []
        for _ in range(9):
            at = desk.now
            state = desk.poll().state
            assert state.next_due is not None
            waits.append((state.next_due - at).total_seconds())
        assert waits[:4] == [900, 1800, 3600, 7200]
        assert waits[-1] == 6 * 3600
        assert state.consecutive_failures == 9
        assert "500" in (state.last_error or "")
        site.routes["/rss"] = Answer(rss())
        healed = desk.poll().state
        assert (healed.consecutive_failures, healed.last_error) == (0, None)

    def test_retry_after_is_kept(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = Answer("later", 429, headers={"Retry-After": "40000"})
        state = desk.poll().state
        assert state.next_due is not None and state.next_due - NOW >= timedelta(seconds=40000)

    def test_gone_is_gone(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/rss"] = Answer("gone", 410)
        assert desk.poll().state.dead
        assert desk.store.due(NOW + timedelta(days=99), 9) == []

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(Answer("none", 404), id="404"),
            pytest.param(Answer("<!DOCTYPE html><html></html>"), id="a page"),
            pytest.param(
                Answer(status=302, headers={"Location": "http://192.168.0.1/"}), id="a private address"
            ),
            pytest.param(
                Answer(gzip.compress(bytes(80 << 20)), headers={"Content-Encoding": "gzip"}), id="a bomb"
            ),
        ],
    )
    def test_what_cannot_be_read_is_a_failed_poll(self, site: LocalSite, desk: Desk, answer: Answer) -> None:
        site.routes["/rss"] = answer
        result = desk.poll()
        assert (result.poll.outcome, result.outcomes) == (PollOutcome.FAILED, ())
        assert result.poll.detail


def sitemap(*urls: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</urlset>'


def url(path: str, lastmod: str = "2026-05-12T07:00:00Z", more: str = "") -> str:
    return f"<url><loc>{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}{more}</url>"


class TestSitemaps:
    @pytest.fixture
    def desk(self, site: LocalSite, client: GuardedClient) -> Desk:
        site.routes.update({f"/n/{n}": PAGE for n in range(20)})
        return Desk(site, client, kind=SourceKind.SITEMAP, address=site.at("/sitemap.xml"))

    def test_news_brings_date_title_and_language(self, site: LocalSite, desk: Desk) -> None:
        news = (
            '<news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:publication>'
            "<news:name>T</news:name><news:language>kk</news:language></news:publication>"
            "<news:publication_date>2026-05-12T12:30:00+05:00</news:publication_date>"
            "<news:title>Ұрлық &amp; ұстау</news:title></news:news>"
            '<image:image xmlns:image="x"><image:loc>/o.jpg</image:loc></image:image>'
        )
        site.routes["/sitemap.xml"] = Answer(sitemap(url("/n/1", "", news)))
        (found,) = passed(desk.poll().outcomes)
        assert (found.title, found.language_hint) == ("Ұрлық & ұстау", "kk")
        assert (found.published_at, found.dated_by) == (
            datetime(2026, 5, 12, 7, 30, tzinfo=UTC),
            DatedBy.FEED,
        )

    def test_lastmod_is_no_date_of_publication(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/sitemap.xml"] = Answer(sitemap(url("/n/1")))
        (found,) = passed(desk.poll().outcomes)
        assert (found.published_at, found.dated_by) == (None, None)

    def test_only_what_is_newer_is_read(self, site: LocalSite, desk: Desk) -> None:
        old = [url(f"/n/{n}", "2026-01-01") for n in range(10, 20)]
        site.routes["/sitemap.xml"] = Answer(sitemap(url("/n/1"), *old))
        assert (desk.poll().poll.new, desk.poll().poll.new) == (1, 0)
        site.routes["/sitemap.xml"] = Answer(sitemap(url("/n/1", "2026-05-12T09:10:00Z"), url("/n/2"), *old))
        third = desk.poll()
        assert (third.poll.new, third.poll.listed) == (2, 2)
        assert third.state.cursor == datetime(2026, 5, 12, 9, 10, tzinfo=UTC)

    def test_the_rest_waits_under_the_old_cursor(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/sitemap.xml"] = Answer(
            sitemap(*(url(f"/n/{n}", f"2026-05-{12 - n // 2:02}T07:00:00Z") for n in range(10)))
        )
        results = [desk.poll(pages_per_poll=4) for _ in range(3)]
        assert [r.poll.new for r in results] == [4, 4, 2]
        assert [r.state.cursor is None for r in results] == [True, True, False]
        assert site.paths()[1] == "/n/0", "the newest first"

    def test_indexes_are_followed_packed_and_not_in_circles(self, site: LocalSite, desk: Desk) -> None:
        def index(*locs: str) -> str:
            inside = "".join(
                f"<sitemap><loc>{loc}</loc><lastmod>2026-05-12</lastmod></sitemap>" for loc in locs
            )
            return (
                f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</sitemapindex>'
            )

        site.routes.update(
            {
                "/sitemap.xml": Answer(index(*map(site.at, ("/a.xml.gz", "/b.xml", "/sitemap.xml")))),
                "/a.xml.gz": Answer(gzip.compress(sitemap(url(site.at("/n/1"))).encode())),
                "/b.xml": Answer(index(site.at("/c.xml"), "http://10.0.0.1/d.xml")),
                "/c.xml": Answer(index(site.at("/e.xml"))),
                "/e.xml": Answer(sitemap(url(site.at("/n/2")))),
            }
        )
        result = desk.poll()
        assert [found.address for found in passed(result.outcomes)] == [site.at("/n/1")]
        assert "deeper than 3" in result.poll.detail
        assert "not read" in result.poll.detail
        assert "/e.xml" not in site.paths()

    @pytest.mark.parametrize(
        "body, outcome",
        [
            pytest.param(sitemap(url("/n/1"))[:-20], PollOutcome.OK, id="cut"),
            pytest.param("http://SITE/n/1\nhttp://SITE/n/2\n", PollOutcome.OK, id="lines of addresses"),
            pytest.param("<!DOCTYPE x [<!ENTITY a 'b'>]>" + sitemap(), PollOutcome.FAILED, id="entities"),
            pytest.param("<html><body>404</body></html>", PollOutcome.FAILED, id="a page"),
            pytest.param("words", PollOutcome.FAILED, id="words"),
            pytest.param(gzip.compress(bytes(70 << 20)), PollOutcome.FAILED, id="a bomb"),
        ],
    )
    def test_broken_ones(self, site: LocalSite, desk: Desk, body: str | bytes, outcome: PollOutcome) -> None:
        site.routes["/sitemap.xml"] = Answer(
            body.replace("SITE", site.pair) if isinstance(body, str) else body
        )
        result = desk.poll()
        assert result.poll.outcome is outcome
        assert bool(passed(result.outcomes)) is (outcome is PollOutcome.OK)


class TestWatchedPages:
    @pytest.fixture
    def desk(self, site: LocalSite, client: GuardedClient) -> Desk:
        return Desk(site, client, kind=SourceKind.PAGE, address=site.at("/press"))

    def links(self, *numbers: int) -> str:
        listed = "".join(
            f'<li><a href="/press/2026/{n:03}-news">Министерство сообщило о новости номер {n}</a></li>'
            for n in numbers
        )
        return (
            '<nav><a href="/about">О нас</a><a href="/press/archive">Архив всех новостей министерства</a>'
            '<a href="https://other.example/press/2026/001-news">Чужая новость на чужом сайте</a></nav>'
            f'<ul>{listed}</ul><a href="/press/2026/001-news#comments">3 комментария</a>'
        )

    def test_links_of_one_shape_are_articles(self, site: LocalSite, desk: Desk) -> None:
        site.routes.update({f"/press/2026/{n:03}-news": PAGE for n in range(9)})
        site.routes["/press"] = Answer(self.links(1, 2, 3))
        first = desk.poll()
        assert [found.address for found in passed(first.outcomes)] == [
            site.at(f"/press/2026/{n:03}-news") for n in (1, 2, 3)
        ]
        assert first.state.link_shapes == ("/press/0/w",)
        site.routes["/press"] = Answer(self.links(4))
        second = desk.poll()
        assert [found.address for found in passed(second.outcomes)][-1] == site.at("/press/2026/004-news")

    def test_a_pattern_may_be_given(self, site: LocalSite, client: GuardedClient) -> None:
        desk = Desk(site, client, kind=SourceKind.PAGE, address=site.at("/press"), link_pattern=r"^/x/\d+$")
        site.routes.update({"/press": Answer('<a href="/x/5">a</a><a href="/y/5">b</a>'), "/x/5": PAGE})
        assert [found.address for found in passed(desk.poll().outcomes)] == [site.at("/x/5")]

    def test_a_page_without_articles_is_itself_the_item(self, site: LocalSite, desk: Desk) -> None:
        site.routes["/press"] = Answer("<p>Курс 450, сейчас 12:30</p>", headers={"Content-Type": "text/html"})
        (found,) = passed(desk.poll().outcomes)
        assert (found.address, found.media_type) == (site.at("/press"), "text/html")
        site.routes["/press"] = Answer("<p>Курс 451, сейчас 12:31</p>")
        assert desk.poll().poll.known == 1, "clocks and rates are no news"
        site.routes["/press"] = Answer("<p>Приём граждан отменён</p>")
        assert desk.poll().poll.new == 1


class Now:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class TestGatherer:
    def store(self, site: LocalSite, count: int = 3) -> MemorySources:
        store = MemorySources()
        for n in range(count):
            store.put(source(f"s{n}", address=site.at(f"/rss{n}")))
            site.routes[f"/rss{n}"] = Answer(rss(item(10 * n), item(10 * n + 1)))
            site.routes[f"/n/{10 * n}"] = site.routes[f"/n/{10 * n + 1}"] = PAGE
        return store

    def test_everything_due_is_polled_once(self, site: LocalSite, client: GuardedClient) -> None:
        store, got, clock = self.store(site), [], Now()
        gatherer = Gatherer(store, client, got.extend, clock=clock)
        assert {record.source for record in gatherer.poll_due()} == {"s0", "s1", "s2"}
        assert len(got) == 6
        assert gatherer.poll_due() == []
        clock.at += timedelta(hours=1)
        assert {record.outcome for record in gatherer.poll_due()} == {PollOutcome.NOT_MODIFIED}
        assert len(got) == 6

    def test_a_state_is_saved_only_after_all_was_accepted(
        self, site: LocalSite, client: GuardedClient
    ) -> None:
        store, got = self.store(site, 1), []

        def crash(batch: Sequence[Outcome[Fetched]]) -> None:
            if got:
                raise RuntimeError("killed between items")
            got.extend(batch)

        with pytest.raises(RuntimeError):
            Gatherer(store, client, crash, clock=Now()).poll_due()
        assert store.state_of("s0") == PollState(source="s0")
        again: list[Outcome[Fetched]] = []
        Gatherer(store, client, again.extend, clock=Now()).poll_due()
        assert len(again) == 2, "repeated, not lost"

    def test_a_receiver_that_is_down_loses_nothing(self, site: LocalSite, client: GuardedClient) -> None:
        store = self.store(site, 1)

        def down(batch: Sequence[Outcome[Fetched]]) -> None:
            raise Unavailable("the store is locked")

        settings = GatherSettings(idle_s=0.01)
        assert Gatherer(store, client, down, clock=Now(), settings=settings).poll_due() == []
        assert store.claim("s0", NOW, NOW + timedelta(minutes=1)), "released, and still due"

    def test_a_reader_that_breaks_silences_only_its_source(
        self, site: LocalSite, client: GuardedClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store, got = self.store(site), []
        read = feed.read_feed

        def breaking(body: bytes, base: str, *rest: object) -> object:
            if base.endswith("rss1"):
                raise ZeroDivisionError("Zhandos Plantedov")
            return read(body, base, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(feed, "read_feed", breaking)
        records = {
            record.source: record for record in Gatherer(store, client, got.extend, clock=Now()).poll_due()
        }
        assert len(got) == 4
        assert records["s1"].outcome is PollOutcome.FAILED
        assert "ZeroDivisionError" in records["s1"].detail and "Plantedov" not in records["s1"].detail

    def test_hosts_side_by_side_and_one_host_in_turn(self) -> None:
        sites = [LocalSite(), LocalSite()]
        busy: dict[int, int] = {}
        most: dict[int, int] = {}
        lock = threading.Lock()
        together = threading.Event()

        def slow(port: int) -> Answer:
            with lock:
                busy[port] = busy.get(port, 0) + 1
                most[port] = max(most.get(port, 0), busy[port])
                most[0] = max(most.get(0, 0), sum(busy.values()))
                if most[0] == 2:
                    together.set()
            # Whoever is first stays until the other host is asked, however busy the machine is.
            together.wait(10)
            time.sleep(0.1)
            with lock:
                busy[port] -= 1
            return Answer(rss())

        store = MemorySources()
        names = {sites[0].port: "a.example", sites[1].port: "b.example"}
        try:
            for n in range(6):
                site = sites[n // 4]
                site.routes[f"/rss{n}"] = lambda asked, port=site.port: slow(port)
                store.put(source(f"s{n}", address=f"http://{names[site.port]}:{site.port}/rss{n}"))
            settings = ClientSettings(admitted={f"{name}:{port}": 0.0 for port, name in names.items()})
            with GuardedClient(settings, resolver=lambda host, port: ["127.0.0.1"]) as client:
                gatherer = Gatherer(
                    store, client, lambda batch: None, clock=Now(), settings=GatherSettings(threads=2)
                )
                assert len(gatherer.poll_due()) == 6
        finally:
            for site in sites:
                site.close()
        assert most[sites[0].port] == most[sites[1].port] == 1
        times = [[a.at for a in site.asked if a.path != "/robots.txt"] for site in sites]
        assert times[1][0] < times[0][1], "four sources of one host must not keep both threads from the other"
        assert most[0] == 2

    def test_it_runs_until_stopped(self, site: LocalSite, client: GuardedClient) -> None:
        store, got = self.store(site), []
        gatherer = Gatherer(store, client, got.extend, settings=GatherSettings(idle_s=0.05))
        running = threading.Thread(target=gatherer.run)
        running.start()
        for _ in range(1_500):
            if len(got) == 6:
                break
            time.sleep(0.02)
        gatherer.stop()
        running.join(timeout=30)
        assert not running.is_alive()
        assert len(got) == 6
