"""OPML in and out."""

import pytest
from tests.sources.contract import source

from aimas.core import BadInput, Ownership
from aimas.sources.opml import read_opml, source_id, write_opml
from aimas.sources.types import SourceKind

NESTED = """<?xml version="1.0"?><opml version="2.0" xmlns:aimas="urn:aimas:opml"><body>
<outline text="Газеты" aimas:ownership="outlet" language="ru">
  <outline text="Астана"><outline type="rss" text="Tengri" xmlUrl="https://tengri.example/rss"
    htmlUrl="https://tengri.example/"/></outline>
  <outline type="rss" text="Egemen" xmlUrl="https://egemen.example/rss" language="kk"/>
</outline>
<outline type="rss" text="МВД" xmlUrl="https://gov.example/mia/rss" aimas:ownership="institution"/>
<outline type="sitemap" text="Карта" xmlUrl="https://tengri.example/sitemap.xml" aimas:ownership="outlet"/>
<outline type="rss" text="Блог" xmlUrl="https://blog.example/rss"/>
<outline type="rss" text="Снова" xmlUrl="https://tengri.example/rss"/>
<outline type="rss" text="Плохой" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_nested_outlines_are_read() -> None:
    found = {item.name: item for item in read_opml(NESTED.encode())}
    assert list(found) == ["Tengri", "Egemen", "МВД", "Карта", "Блог"]
    assert found["Tengri"].ownership is Ownership.OUTLET
    assert (found["Tengri"].language_hint, found["Egemen"].language_hint) == ("ru", "kk")
    assert found["МВД"].ownership is Ownership.INSTITUTION
    assert found["Карта"].kind is SourceKind.SITEMAP
    assert found["Блог"].ownership is Ownership.PERSONAL, "unknown means personal"
    assert len({item.id for item in found.values()}) == 5


def test_what_is_written_is_read_again() -> None:
    sources = [
        source("a", name='"Кавычки" & <знаки>', home="https://a.example/", language_hint="kk"),
        source("b", kind=SourceKind.SITEMAP, ownership=Ownership.INSTITUTION, timezone="Asia/Almaty"),
        source("c", kind=SourceKind.PAGE, ownership=Ownership.PERSONAL),
    ]
    assert read_opml(write_opml(sources)) == sources


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<rss/>", id="another document"),
        pytest.param(b"words", id="words"),
        pytest.param(b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', id="entities"),
    ],
)
def test_what_is_no_opml_is_told(body: bytes) -> None:
    with pytest.raises(BadInput):
        read_opml(body)


def test_ids_are_short_and_never_taken() -> None:
    assert source_id("Tengri", "https://www.tengri.example/rss") == "tengri-example"
    assert source_id("x", "https://tengri.example/kaz/rss", ["tengri-example"]) == "tengri-example-kaz"
    assert source_id("Полиция Алматы", "https://t.me/s/police") == "politsiya-almaty"
    assert source_id("x", "https://import/rss") != "import"
