"""The invented newsroom keeps its promises, its defects included."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from ipaddress import ip_address

import feedparser
import httpx
import pytest
from demo.newsroom import check, planted
from demo.newsroom.dates import flaw_of
from demo.newsroom.edition import LOCAL, Edition
from demo.newsroom.outlets import Outlet, outlets
from demo.newsroom.server import Newsroom
from demo.newsroom.texts import Reprint, Text, reprints, texts

STARTED = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


class Hands:
    """Seconds since the start, moved by the test."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def newsroom(hands: Hands) -> Iterator[Newsroom]:
    with Newsroom(STARTED, elapsed=hands) as running:
        yield running


def outlet_of(newsroom: Newsroom, slug: str) -> Outlet:
    return next(outlet for outlet in newsroom.outlets if outlet.slug == slug)


def get(newsroom: Newsroom, slug: str, path: str | None = None, **headers: str) -> httpx.Response:
    address = newsroom.base[slug] + (path or outlet_of(newsroom, slug).channel)
    return httpx.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def post(newsroom: Newsroom, query: str) -> dict[str, object]:
    answer = httpx.post(f"{newsroom.base['press-mvd']}/_newsroom/{query}")
    answer.raise_for_status()
    return dict(answer.json())


class TestTexts:
    have = check.counts(texts(), reprints())

    def test_as_many_as_promised(self) -> None:
        assert self.have.outlets >= check.MIN_OUTLETS
        assert self.have.publications >= check.MIN_PUBLICATIONS
        assert self.have.languages >= check.LANGUAGES
        assert self.have.days == check.DAYS
        assert self.have.live >= 20

    def test_are_not_cut_from_one_cloth(self) -> None:
        written = texts()
        runs = check.sharing_runs(written)
        sharing = set().union(*runs.values())
        assert len(sharing) <= check.MAX_SHARING * len(written), sorted(runs)[:20]

    def test_refer_to_what_exists(self) -> None:
        known = {outlet.slug for outlet in outlets()}
        assert check.broken_references(texts(), reprints(), known) == []

    def test_speak_of_no_author(self) -> None:
        written = texts()
        told = "\n".join(part for text in written for part in (text.title, *text.text))
        assert [name for name in planted.bylines(written) if name in told] == []


class TestAll:
    def test_every_outlet_has_a_port_of_its_own(self, newsroom: Newsroom) -> None:
        assert len(newsroom.admitted()) == len(newsroom.outlets) >= 12
        for address in newsroom.addresses:
            if address.outlet not in {"dala-zhangyrygy", "caspian-ledger"}:
                assert httpx.get(address.url).status_code == 200, address

    def test_every_outlet_has_a_host_of_its_own_where_loopback_is_wide(self, newsroom: Newsroom) -> None:
        hosts = {host for host, _ in newsroom.admitted()}
        assert len(hosts) in {1, len(newsroom.outlets)}
        assert all(ip_address(host).is_loopback for host in hosts)

    def test_outlets_can_share_one_host(self) -> None:
        with Newsroom(STARTED, own_hosts=False) as shared:
            assert {host for host, _ in shared.admitted()} == {"127.0.0.1"}
            assert len(shared.admitted()) == len(shared.outlets)

    def test_channels_list_everything_and_every_page_serves(self, newsroom: Newsroom) -> None:
        assert check.problems(newsroom) == []

    def test_opml_names_every_channel(self, newsroom: Newsroom) -> None:
        opml = newsroom.opml().decode()
        assert opml.count("<outline ") == len(newsroom.outlets)
        for address in newsroom.addresses:
            assert f'xmlUrl="{address.url}"' in opml
        assert opml.count('aimas:kind="sitemap"') == 3
        assert opml.count('aimas:kind="page"') == 1
        assert opml.count('aimas:ownership="institution"') == 1
        assert opml.count('aimas:ownership="personal"') == 1

    def test_bylines_and_handles_are_in_the_html(self, newsroom: Newsroom, hands: Hands) -> None:
        shown = []
        for seconds in (0, 21):
            hands.seconds = seconds
            if seconds:
                newsroom.release(10_000)
            for outlet in newsroom.outlets:
                newsroom.set_outage(outlet.slug, False)
                answers = [newsroom.answer(outlet, a.path) for a in newsroom.articles(outlet.slug)]
                shown += [unescape(str(answer.body)) for answer in answers]
        html = "\n".join(shown)
        assert [name for name in planted.planted() if name not in html] == []

    def test_pages_come_in_at_least_six_designs_and_hide_the_text_in_boilerplate(
        self, newsroom: Newsroom
    ) -> None:
        assert len({outlet.design for outlet in newsroom.outlets}) >= 6
        for outlet in newsroom.outlets:
            newsroom.set_outage(outlet.slug, False)
            broken = outlet.defects.broken_section
            articles = [a for a in newsroom.articles(outlet.slug) if a.section != broken]
            html = unescape(str(newsroom.answer(outlet, articles[0].path).body))
            assert all(paragraph in html for paragraph in articles[0].paragraphs), outlet.slug
            assert sum(other.title in html for other in articles[1:]) >= 4, outlet.slug


class TestTime:
    def test_nothing_lies_in_the_future_and_a_month_is_out(self, newsroom: Newsroom) -> None:
        moments = [article.published_at for article in newsroom.articles()]
        assert max(moments) < STARTED
        assert STARTED - min(moments) > timedelta(days=28)

    @pytest.mark.parametrize(
        "started",
        [
            pytest.param(datetime(2026, 11, 20, 0, 10, tzinfo=LOCAL), id="started just after midnight"),
            pytest.param(datetime(2026, 11, 20, 23, 55, tzinfo=LOCAL), id="started just before midnight"),
            pytest.param(datetime(2027, 1, 3, 12, 0, tzinfo=UTC), id="started after new year"),
        ],
    )
    def test_originals_come_before_their_reprints(self, started: datetime) -> None:
        edition = Edition(outlets(), texts(), reprints(), started, 8, 20)
        out = {article.id: article for article in edition.all()}
        copies = [article for article in out.values() if article.relation == "reprint"]
        assert len(copies) >= 20
        assert all(out[copy.of or ""].published_at < copy.published_at < started for copy in copies)

    def test_live_items_come_one_after_another_until_all_are_out(
        self, newsroom: Newsroom, hands: Hands
    ) -> None:
        before = len(newsroom.articles())
        seen = []
        for turn in range(1, 4):
            hands.seconds = 8.0 * turn + 0.5
            seen.append(len(newsroom.articles()) - before)
        assert seen == [1, 2, 3]
        latest = newsroom.articles()[-3:]
        assert len({article.outlet for article in latest}) == 3
        assert latest[-1].published_at == STARTED + timedelta(seconds=24)
        hands.seconds = 1e6
        everything = len(newsroom.articles())
        assert newsroom.edition.waiting == 0
        hands.seconds = 2e6
        assert len(newsroom.articles()) == everything

    def test_a_live_item_can_be_let_out_at_once(self, newsroom: Newsroom) -> None:
        waiting = newsroom.edition.waiting
        answer = post(newsroom, "release?n=2")
        assert len(answer["released"]) == 2  # type: ignore[arg-type]
        assert answer["waiting"] == waiting - 2

    def test_a_correction_replaces_the_text_at_the_same_address(
        self, newsroom: Newsroom, hands: Hands
    ) -> None:
        written = {text.id: text for text in texts()}
        edits = [text for text in written.values() if text.relation == "correction" and text.of]
        edits = [edit for edit in edits if written[edit.of or ""].outlet == edit.outlet]
        assert len(edits) >= 3
        before = {article.id: article for article in newsroom.articles()}
        hands.seconds = 21
        after = {article.id: article for article in newsroom.articles()}
        for edit in edits:
            old, new = before[edit.of or ""], after[edit.of or ""]
            assert old.title == written[edit.of or ""].title
            assert new.title == edit.title
            assert (new.path, new.published_at) == (old.path, old.published_at)
            assert edit.id not in after

    def test_a_reprint_has_a_lead_in_front_and_loses_its_end(self) -> None:
        original = Text(
            id="a",
            outlet="zametki",
            lang="ru",
            day=3,
            at="10:00",
            section="Мир",
            title="Т",
            text=("1", "2", "3"),
        )
        copy = Reprint(
            id="b", outlet="dala-zhangyrygy", reprint_of="a", hours_later=2.5, lead="0", cut_last=1
        )
        edition = Edition(outlets(), [original], [copy], STARTED, 8, 20)
        first, second = edition.all()
        assert second.paragraphs == ("0", "1", "2")
        assert second.published_at - first.published_at == timedelta(hours=2.5)


class TestDefects:
    def test_well_kept_outlets_answer_304(self, newsroom: Newsroom) -> None:
        first = get(newsroom, "stepnoy-vestnik")
        etag, changed = first.headers["etag"], first.headers["last-modified"]
        assert get(newsroom, "stepnoy-vestnik", If_None_Match=etag).status_code == 304
        assert get(newsroom, "stepnoy-vestnik", If_Modified_Since=changed).status_code == 304
        newsroom.release(60)
        assert get(newsroom, "stepnoy-vestnik", If_None_Match=etag).status_code == 200

    def test_a_lying_etag_hides_what_is_new(self, newsroom: Newsroom) -> None:
        first = get(newsroom, "kokzhiek")
        newsroom.release(60)
        assert get(newsroom, "kokzhiek").content != first.content
        assert get(newsroom, "kokzhiek").headers["etag"] == first.headers["etag"]
        assert get(newsroom, "kokzhiek", If_None_Match=first.headers["etag"]).status_code == 304

    def test_a_feed_breaks_now_and_then(self, newsroom: Newsroom) -> None:
        servings = [get(newsroom, "vostochny-bereg").content for _ in range(6)]
        assert [bool(feedparser.parse(serving).bozo) for serving in servings] == [False, True, True] * 2
        assert b" & " in servings[1]
        assert not servings[2].rstrip().endswith(b"</rss>")

    @pytest.mark.parametrize(
        ("slug", "declared"),
        [
            pytest.param("krasnaya-stroka", "windows-1251", id="windows-1251 that says so"),
            pytest.param("kaspiy-segodnya", "utf-8", id="windows-1251 that calls itself utf-8"),
        ],
    )
    def test_encodings(self, newsroom: Newsroom, slug: str, declared: str) -> None:
        article = newsroom.articles(slug)[0]
        for answer in (get(newsroom, slug), get(newsroom, slug, article.path)):
            assert answer.headers["content-type"].endswith(f"charset={declared}")
            assert declared.encode() in answer.content[:400]
            assert article.title in unescape(answer.content.decode("windows-1251"))
            with pytest.raises(UnicodeDecodeError):
                answer.content.decode("utf-8")

    def test_dates_are_wrong_in_four_ways(self, newsroom: Newsroom) -> None:
        feed = get(newsroom, "severny-kurier").text
        dates = dict(
            re.findall(r"<guid[^>]*>severny-kurier-(\d+)</guid>(?:(?!</item>).)*<pubDate>(.*?)<", feed, re.S)
        )
        articles = newsroom.articles("severny-kurier")
        flaws = {flaw_of(article.id) for article in articles}
        assert flaws == {"far-future", "missing", "words", "no-zone", None}
        assert any("2099" in date for date in dates.values())
        assert any("ноября" in date for date in dates.values())
        assert any(re.search(r"\d\d:\d\d:\d\d$", date) for date in dates.values())
        missing = [article for article in articles if str(article.number) not in dates]
        assert missing
        page = get(newsroom, "severny-kurier", missing[0].path).text
        assert f"{missing[0].published_at:%Y-%m-%d}" not in page

    def test_an_outage_comes_passes_and_returns(self, newsroom: Newsroom, hands: Hands) -> None:
        seen = {}
        for seconds in (0, 119, 121, 899, 901, 1021):
            hands.seconds = seconds
            seen[seconds] = get(newsroom, "caspian-ledger").status_code
        assert seen == {0: 503, 119: 503, 121: 200, 899: 200, 901: 503, 1021: 200}
        hands.seconds = 60
        assert get(newsroom, "caspian-ledger").headers["retry-after"] == "61"

    def test_an_outage_can_be_ordered(self, newsroom: Newsroom) -> None:
        post(newsroom, "outage?outlet=zametki&on=1")
        assert get(newsroom, "zametki").status_code == 503
        assert get(newsroom, "zametki", "/healthz").json()["status"] == "ok"
        post(newsroom, "outage?outlet=zametki&on=0")
        assert get(newsroom, "zametki").status_code == 200

    def test_one_section_is_broken(self, newsroom: Newsroom) -> None:
        section = outlet_of(newsroom, "delovoy-meridian").defects.broken_section
        articles = newsroom.articles("delovoy-meridian")
        broken = [article for article in articles if article.section == section]
        assert 1 <= len(broken) <= 5
        assert {get(newsroom, "delovoy-meridian", article.path).status_code for article in broken} == {500}

    def test_links_of_one_feed_redirect_to_the_canonical_page(self, newsroom: Newsroom) -> None:
        entry = feedparser.parse(get(newsroom, "alatau-info").content).entries[0]
        moved = httpx.get(entry.link)
        assert moved.status_code == 301
        assert "utm_source=" in moved.headers["location"]
        page = httpx.get(moved.headers["location"])
        canonical = newsroom.url(newsroom.articles("alatau-info")[0])
        assert f'<link rel="canonical" href="{canonical}">' in page.text

    def test_one_outlet_compresses_unasked(self, newsroom: Newsroom) -> None:
        with httpx.stream("GET", newsroom.addresses[0].url, headers={"Accept-Encoding": "identity"}) as plain:
            assert "content-encoding" not in plain.headers
        address = newsroom.base["steppe-courier"] + "/feed.json"
        with httpx.stream("GET", address, headers={"Accept-Encoding": "identity"}) as packed:
            assert packed.headers["content-encoding"] == "gzip"
            raw = b"".join(packed.iter_raw())
        assert json.loads(gzip.decompress(raw))["version"] == "https://jsonfeed.org/version/1.1"

    def test_two_items_lie_where_robots_may_not_go(self, newsroom: Newsroom) -> None:
        newsroom.set_outage("caspian-ledger", False)
        assert "Disallow: /private/" in get(newsroom, "caspian-ledger", "/robots.txt").text
        articles = newsroom.articles("caspian-ledger")
        assert sum(article.path.startswith("/private/") for article in articles) == 2
        assert get(newsroom, "press-mvd", "/robots.txt").status_code == 404

    def test_one_outlet_is_slow(self, newsroom: Newsroom) -> None:
        assert get(newsroom, "dala-zhangyrygy", "/robots.txt").elapsed >= timedelta(seconds=1.5)

    def test_sitemap_index_leads_to_compressed_children(self, newsroom: Newsroom) -> None:
        index = gzip.decompress(get(newsroom, "delovoy-meridian").content).decode()
        children = re.findall(r"<loc>(.*?)</loc>", index)
        assert len(children) == 2
        urls = [
            url
            for child in children
            for url in re.findall(r"<loc>(.*?)</loc>", gzip.decompress(httpx.get(child).content).decode())
        ]
        assert len(urls) == len(newsroom.articles("delovoy-meridian"))

    def test_archive_pages_hold_everything_once(self, newsroom: Newsroom) -> None:
        articles = newsroom.articles("stepnoy-vestnik")
        first, second = (get(newsroom, "stepnoy-vestnik", f"/archive/?page={n}") for n in (1, 2))
        listed = re.findall(r'<li class="entry"><a href="(.*?)"', first.text + second.text)
        assert listed == [article.path for article in articles][:40]
        assert get(newsroom, "stepnoy-vestnik", "/archive/?page=99").status_code == 404
