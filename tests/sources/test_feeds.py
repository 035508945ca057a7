"""Feeds in all their forms, well made and not; nothing of who wrote an entry gets through."""

import time
from datetime import UTC, datetime

import msgspec
import pytest
from tests.sources.contract import source

from aimas.sources.entries import BrokenListing, Entry, Listing
from aimas.sources.feed import MAX_ENTRIES, read_feed

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
BASE = "https://tengri.example/rss"
LONG = "Полиция Алматы сообщила о задержании подозреваемого в серии квартирных краж. " * 12
PLANTED = ("Zhandos Plantedov", "plantedov", "@planted_handle", "Плантедов")


def listed(document: str | bytes, charset: str | None = None, **changes: object) -> Listing:
    body = document.encode() if isinstance(document, str) else document
    return read_feed(body, BASE, charset, NOW, source(**changes))


def only(document: str | bytes, charset: str | None = None) -> Entry:
    (entry,) = listed(document, charset).entries
    return entry


def rss(item: str, head: str = "", root: str = "") -> str:
    return f"<rss version='2.0' {root}><channel><title>T</title>{head}{item}</channel></rss>"


RSS_2 = rss(
    f"""<item><title>Кража &amp; &lt;b&gt;поимка&lt;/b&gt;</title>
    <link>https://Tengri.example:443/n/1?utm_source=rss#top</link>
    <guid isPermaLink="false">n-1</guid><pubDate>Tue, 12 May 2026 12:30:00 +0500</pubDate>
    <description>Коротко</description>
    <content:encoded><![CDATA[<p>{LONG}</p><p>Второй абзац.</p><script>alert(1)</script>]]></content:encoded>
    <author>plantedov@tengri.example (Zhandos Plantedov)</author><dc:creator>Zhandos Plantedov</dc:creator>
    <media:credit>Плантедов</media:credit></item>""",
    root="xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:media='http://search.yahoo.com/mrss/'",
)
RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://tengri.example/"><title>T</title></channel>
  <item rdf:about="https://tengri.example/n/1"><title>Кража</title><link>https://tengri.example/n/1</link>
  <dc:date>2026-05-12T12:30:00+05:00</dc:date><dc:creator>Zhandos Plantedov</dc:creator></item></rdf:RDF>"""
RSS_091 = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
  "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>T</title>
  <managingEditor>plantedov@tengri.example</managingEditor>
  <item><title>Кража</title><link>https://tengri.example/n/1</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="kk" xml:base="https://tengri.example/kaz/">
  <title>T</title><author><name>Zhandos Plantedov</name></author>
  <entry><id>urn:1</id><title type="html">&lt;b&gt;Ұрлық&lt;/b&gt;</title><link rel="self" href="/self"/>
  <link rel="alternate" href="../n/1"/><updated>2026-05-12T07:30:00Z</updated>
  <author><name>Zhandos Plantedov</name><uri>https://t.me/plantedov</uri></author>
  <contributor><name>Плантедов</name></contributor>
  <content type="html">&lt;p class="author"&gt;Zhandos Plantedov&lt;/p&gt;&lt;p&gt;{LONG}&lt;/p&gt;</content>
  </entry></feed>"""
JSON_1 = msgspec.json.encode(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "ru-RU",
        "authors": [{"name": "Zhandos Plantedov"}],
        "items": [
            {
                "id": 17,
                "url": "/n/1",
                "title": "Кража",
                "content_html": f"<p>{LONG}</p>",
                "date_published": "2026-05-12T12:30:00+05:00",
                "author": {"name": "Zhandos Plantedov", "url": "https://t.me/plantedov"},
                "authors": [{"name": "Плантедов"}],
            }
        ],
    }
)


@pytest.mark.parametrize(
    "document, is_whole, dated",
    [
        pytest.param(RSS_2, True, True, id="rss 2.0"),
        pytest.param(RSS_1, False, True, id="rss 1.0"),
        pytest.param(RSS_091, False, False, id="rss 0.91"),
        pytest.param(ATOM, True, True, id="atom"),
        pytest.param(JSON_1, True, True, id="json feed"),
    ],
)
def test_every_kind_is_read(document: str | bytes, is_whole: bool, dated: bool) -> None:
    entry = only(document)
    assert entry.address == "https://tengri.example/n/1"
    assert entry.title in {"Кража", "Ұрлық", "Кража & поимка"}
    assert entry.published_at == (datetime(2026, 5, 12, 7, 30, tzinfo=UTC) if dated else None)
    assert entry.is_whole is is_whole
    seen = msgspec.json.encode(entry).decode()
    assert not [name for name in PLANTED if name in seen]


def test_content_becomes_paragraphs() -> None:
    text = only(RSS_2).text
    assert text is not None
    assert text.split("\n") == [LONG.strip(), "Второй абзац."]


def test_a_summary_is_not_the_whole_text() -> None:
    entry = only(rss(f"<item><title>t</title><link>/n/1</link><description>{LONG}</description></item>"))
    assert (entry.is_whole, entry.text) == (False, LONG.strip())


def test_an_entry_without_a_link_is_all_there_is() -> None:
    entry = only(rss("<item><title>t</title><description>Коротко</description><guid>5</guid></item>"))
    assert (entry.address, entry.is_whole, entry.text) == (None, True, "Коротко")


def test_a_guid_that_is_no_permalink_is_no_address() -> None:
    document = rss(
        '<item><title>t</title><guid isPermaLink="false">https://tengri.example/id/5</guid></item>'
    )
    assert only(document).address is None
    permalink = rss("<item><title>t</title><guid>https://tengri.example/id/5</guid></item>")
    assert only(permalink).address == "https://tengri.example/id/5"


def test_a_relative_link_counts_from_the_feed() -> None:
    assert only(rss("<item><title>t</title><link>../n/7?id=3</link></item>")).address == (
        "https://tengri.example/n/7?id=3"
    )


@pytest.mark.parametrize(
    "charset, declared, transport",
    [
        pytest.param("cp1251", "utf-8", None, id="windows-1251 declared as utf-8"),
        pytest.param("koi8-r", "utf-8", "utf-8", id="koi8-r declared as utf-8 twice"),
        pytest.param("utf-8", "windows-1251", "windows-1251", id="utf-8 declared as windows-1251"),
        pytest.param("cp1251", "windows-1251", "utf-8", id="the transport is wrong"),
        pytest.param("koi8-r", "windows-1251", None, id="koi8-r declared as windows-1251"),
        pytest.param("utf-16", "utf-8", None, id="utf-16 declared as utf-8"),
        pytest.param("cp1251", "no-such-thing", None, id="an unknown encoding"),
        pytest.param("kz1048", "utf-8", None, id="the Kazakh code page"),
    ],
)
def test_wrong_declarations_are_seen_through(charset: str, declared: str, transport: str | None) -> None:
    words = (
        "Қазақстан полициясы ұрлық туралы хабарлады" if charset == "kz1048" else "Полиция сообщила о краже"
    )
    item = f"<item><title>{words}</title><link>/n/1</link><description>{words}, {words}</description></item>"
    document = f"<?xml version='1.0' encoding='{declared}'?>{rss(item)}"
    entry = only(document.encode(charset), transport)
    assert entry.title == words


@pytest.mark.parametrize(
    "document, count",
    [
        pytest.param(rss("<item><title>a & b</title><link>/1</link></item>"), 1, id="a bare ampersand"),
        pytest.param(rss("<item><title>a</title><link>/1</link></item>")[:-16], 1, id="cut at the end"),
        pytest.param(
            rss("<item><title>a</title><link>/1</link></item><item><title>b<link>/2</link></item>"),
            2,
            id="an unclosed tag",
        ),
        pytest.param(
            rss("<item><title>a\x00\x08b</title><link>/1</link></item>"), 1, id="control characters"
        ),
        pytest.param(
            "  \n\n" + "<?xml version='1.0'?>" + rss("<item><link>/1</link></item>"), 1, id="space before"
        ),
        pytest.param(
            rss("<item><title>x &nbsp; &laquo;</title><link>/1</link></item>"), 1, id="html entities"
        ),
        pytest.param(
            rss("<item><media:x/><title>a</title><link>/1</link></item>"), 1, id="undeclared prefix"
        ),
    ],
)
def test_broken_xml_is_read_as_far_as_it_goes(document: str, count: int) -> None:
    listing = listed(document)
    assert len(listing.entries) == count
    assert listing.entries[0].address == "https://tengri.example/1"


def test_mending_is_told() -> None:
    assert "recovered" in listed(rss("<item><title>a & b</title><link>/1</link></item>")).repairs
    assert listed(rss("<item><title>a</title><link>/1</link></item>")).repairs == ""


BOMB = "<!DOCTYPE rss [<!ENTITY a 'lol'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(BOMB + rss("<item><title>&a9;</title></item>"), id="a billion laughs"),
        pytest.param(
            (BOMB + rss("<item><title>&a9;</title></item>")).encode("utf-16"), id="hidden in utf-16"
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + rss("<item><title>&x;</title></item>"),
            id="a file of this machine",
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://10.0.0.1/x"> %p;]>' + rss(""), id="a parameter entity"
        ),
        pytest.param("<rss>" + "<a>" * 200_000 + "</rss>", id="nested without end"),
        pytest.param("<rss><channel><item><title>" + "<a " * 600_000, id="tags without end"),
        pytest.param("<!-- -->" * 5000 + "x", id="comments without end"),
        pytest.param("<rss><channel><item><title>" + "x" * 9_000_000, id="a title without end"),
        pytest.param("<!DOCTYPE html><html><body>404</body></html>", id="a page"),
        pytest.param("", id="nothing"),
        pytest.param("just words", id="words"),
        pytest.param(bytes(range(256)) * 50, id="binary"),
        pytest.param('{"version": 5}', id="other json"),
        pytest.param('{"items": [', id="cut json"),
        pytest.param("[" * 100_000, id="nested json"),
    ],
)
def test_what_is_no_feed_or_not_safe_is_told(document: str | bytes) -> None:
    started = time.process_time()
    with pytest.raises(BrokenListing):
        listed(document)
    assert time.process_time() - started < 5


def test_a_hundred_thousand_entries_cost_bounded_time() -> None:
    item = (
        "<item><title>Новость {n}</title><link>https://tengri.example/n/{n}</link><guid>{n}</guid>"
        "<pubDate>Tue, 12 May 2026 09:00:00 +0500</pubDate><description>О новости {n}</description></item>"
    )
    document = rss("".join(item.format(n=n) for n in range(100_000))).encode()
    started = time.process_time()
    listing = listed(document)
    assert time.process_time() - started < 12
    assert len(listing.entries) == MAX_ENTRIES
    assert listing.entries[0].title == "Новость 0"
    assert "only the first" in listing.repairs


def test_a_broken_json_item_costs_only_itself() -> None:
    document = (
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": 5}, {"id": "2"}]}'
    )
    listing = listed(document)
    assert [entry.identity for entry in listing.entries] == ["2"]
    assert "1 items are malformed" in listing.repairs


@pytest.mark.parametrize(
    "date",
    ["Tue, 12 May 2099 10:00:00 +0500", "", "вчера", "0000-00-00", "Thu, 01 Jan 1970 00:00:00 GMT"],
)
def test_nonsense_dates_are_none(date: str) -> None:
    assert (
        only(rss(f"<item><title>t</title><link>/1</link><pubDate>{date}</pubDate></item>")).published_at
        is None
    )


def test_a_date_without_a_zone_is_the_sources() -> None:
    item = "<item><title>t</title><link>/1</link><pubDate>12 мая 2026, 10:30</pubDate></item>"
    (there,) = listed(rss(item), timezone="Asia/Almaty").entries
    assert there.published_at == datetime(2026, 5, 12, 5, 30, tzinfo=UTC)


def test_a_changed_title_changes_the_mark_and_not_the_key() -> None:
    before, after = (
        only(rss(f"<item><title>{t}</title><link>/1</link></item>")).mark("tengri") for t in ("a", "b")
    )
    assert before.key == after.key
    assert before.digest != after.digest


def test_marks_join_nothing_across_sources() -> None:
    entry = Entry(identity="https://t.me/planted_handle/5")
    assert entry.mark("a").key != entry.mark("b").key
    assert "planted" not in msgspec.json.encode(entry.mark("a")).decode()
