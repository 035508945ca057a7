"""OPML in and out."""

import re

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
        source("personal-0123abcd", kind=SourceKind.PAGE, ownership=Ownership.PERSONAL),
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
    outlet = Ownership.OUTLET
    assert source_id("Tengri", "https://www.tengri.example/rss", outlet) == "tengri-example"
    assert (
        source_id("x", "https://tengri.example/kaz/rss", outlet, ["tengri-example"]) == "tengri-example-kaz"
    )
    assert source_id("Полиция Алматы", "https://t.me/s/police", outlet) == "politsiya-almaty"
    assert source_id("x", "https://import/rss", outlet) != "import"


def test_a_personal_page_s_id_tells_nothing() -> None:
    ids = {source_id("dala_blogger", "https://t.me/s/dala_blogger", Ownership.PERSONAL) for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"personal-[0-9a-f]{8}", one) for one in ids)


def test_a_personal_page_does_not_choose_its_id() -> None:
    told = '<opml><body><outline type="rss" text="x" id="dala_blogger" xmlUrl="https://a.example/rss"/></body></opml>'
    (found,) = read_opml(told.encode())
    assert "dala_blogger" not in found.id
