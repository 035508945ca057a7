"""Files of every kind, whole and broken: each item has one outcome, and no author or handle gets out."""

import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow
import pyarrow.parquet
import pytest
from tests.sources.contract import source

from aimas.core import (
    BadInput,
    DatedBy,
    Dropped,
    DropReason,
    Fetched,
    Held,
    HoldReason,
    Outcome,
    Ownership,
    Passed,
)
from aimas.sources import ImportOptions, SourceKind, read_files
from aimas.sources.jsonstream import JsonStream, TooLong

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
OUTLET = source("tengri", kind=SourceKind.IMPORT, address="", home="https://tengri.example/")
NAMES = ("Zhandos", "plantedov", "planted_handle", "Плантедов", "user777")


def outcomes(*paths: Path | str, **options: object) -> list[Outcome[Fetched]]:
    return list(read_files(paths, ImportOptions(**options), NOW))  # type: ignore[arg-type]


def passed(found: Iterable[Outcome[Fetched]]) -> list[Fetched]:
    return [outcome.value for outcome in found if isinstance(outcome, Passed)]


def reasons(found: Iterable[Outcome[Fetched]]) -> Counter[str]:
    return Counter("passed" if isinstance(o, Passed) else o.reason.value for o in found)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "utf-16"])
def test_a_text_file_in_any_encoding(tmp_path: Path, charset: str) -> None:
    text = "Полиция сообщила о задержании.\nПодробности уточняются."
    (item,) = passed(outcomes(written(tmp_path, "a.txt", text.encode(charset))))
    assert item.text == text
    assert (item.source, item.address, item.published_at, item.dated_by) == ("import", None, None, None)
    assert (item.body.decode(), item.media_type, item.name) == (text, "text/plain", "a.txt")


def test_a_page_keeps_its_bytes(tmp_path: Path) -> None:
    body = "<html><body>Сәлем</body></html>".encode("cp1251", "replace")
    (item,) = passed(outcomes(written(tmp_path, "a.html", body)))
    assert (item.body, item.media_type, item.text, item.charset) == (body, "text/html", None, None)


@pytest.mark.parametrize(
    "name, content, reason",
    [
        pytest.param("a.txt", b"", HoldReason.EMPTY, id="nothing"),
        pytest.param("a.txt", b" \n\t ", HoldReason.EMPTY, id="white space"),
        pytest.param("a.txt", bytes(range(256)) * 20, HoldReason.NOT_TEXT, id="binary as text"),
        pytest.param(
            "a.txt", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, HoldReason.NOT_TEXT, id="a picture as text"
        ),
        pytest.param("a.html", b"%PDF-1.7\n...", HoldReason.NOT_TEXT, id="a pdf as a page"),
        pytest.param("a.csv", b"PK\x03\x04" + bytes(99), HoldReason.NOT_TEXT, id="a spreadsheet as csv"),
        pytest.param("a.parquet", b"PAR1" + b"x" * 99, HoldReason.MALFORMED, id="a broken parquet"),
        pytest.param("a.csv", "дата;сумма\n1;2\n", HoldReason.MISSING_FIELD, id="a table without text"),
        pytest.param("a.json", '[{"text": "а"}, {"te', HoldReason.TRUNCATED, id="cut json"),
        pytest.param("a.json", '[{"text": "а"} {"text"', HoldReason.MALFORMED, id="broken json"),
        pytest.param("a.json", "[5, true]", HoldReason.MALFORMED, id="json of no objects"),
        pytest.param("a.jsonl", "[" * 100_000 + "\n", HoldReason.BOMB, id="a nested line"),
        pytest.param("a.txt.gz", gzip.compress(b"word " * 9999)[:-30], HoldReason.TRUNCATED, id="a cut gz"),
    ],
)
def test_broken_files_are_held(tmp_path: Path, name: str, content: bytes | str, reason: HoldReason) -> None:
    found = outcomes(written(tmp_path, name, content))
    held = [outcome for outcome in found if isinstance(outcome, Held)]
    assert held and held[-1].reason is reason
    assert name in held[-1].detail


def test_a_missing_file_stops_before_anything_is_read(tmp_path: Path) -> None:
    good = written(tmp_path, "a.txt", "слова")
    with pytest.raises(BadInput, match=r"b\.txt"):
        read_files([good, tmp_path / "b.txt"], ImportOptions(), NOW)


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    written(tmp_path, "b.txt", "второй")
    written(tmp_path, "a.txt", "первый")
    written(tmp_path / "inner", "c.txt", "третий")
    written(tmp_path, ".hidden", "скрытый")
    assert [item.text for item in passed(outcomes(tmp_path))] == ["первый", "второй", "третий"]


def test_the_same_file_twice_gives_the_same_items(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", '{"text": "раз"}\n{"text": "два"}\n')
    assert outcomes(path) == outcomes(path)


ROWS = [
    {
        "title": "Кража",
        "text": "Полиция нашла похищенное.",
        "url": "https://tengri.example/n/1?utm_source=x",
        "published_at": "2026-05-12T12:30:00+05:00",
        "source": "Tengri",
        "lang": "ru",
        "author": "Zhandos Plantedov",
    },
    {
        "title": "Пост",
        "text": "пишет @planted_handle о своём",
        "url": "https://t.me/plantedov/5",
        "author": "plantedov",
    },
]


def as_csv(delimiter: str = ",", charset: str = "utf-8", names: dict[str, str] | None = None) -> bytes:
    out = io.StringIO()
    columns = list(ROWS[0])
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([(names or {}).get(column, column) for column in columns])
    writer.writerows([[row.get(column, "") for column in columns] for row in ROWS])
    return out.getvalue().encode(charset)


def as_parquet() -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), out)
    return out.getvalue()


RUSSIAN = {
    "title": "Заголовок",
    "text": "Текст",
    "url": "Ссылка",
    "published_at": "Дата публикации",
    "source": "СМИ",
}
JSONL = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode()
TABLES = {
    "a.jsonl": JSONL,
    "bom.jsonl": b"\xef\xbb\xbf" + JSONL,
    "wide.jsonl": JSONL.decode().encode("utf-16"),
    "a.json": json.dumps(ROWS, ensure_ascii=False, indent=1).encode(),
    "a.csv": as_csv(),
    "semicolon.csv": as_csv(";", "cp1251", RUSSIAN),
    "bar.csv": as_csv("|", "utf-8-sig"),
    "a.tsv": as_csv("\t", "koi8-r", RUSSIAN),
    "a.parquet": as_parquet(),
}


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", TABLES)
def test_tables_of_every_kind_say_the_same(tmp_path: Path, name: str, is_packed: bool) -> None:
    content = gzip.compress(TABLES[name]) if is_packed else TABLES[name]
    path = written(tmp_path, name + (".gz" if is_packed else ""), content)
    news, post = passed(outcomes(path, sources=(OUTLET,)))
    assert (news.source, news.site_name) == ("tengri", "Tengri")
    assert news.address == "https://tengri.example/n/1"
    assert (news.title, news.text) == ("Кража", "Полиция нашла похищенное.")
    assert (news.published_at, news.dated_by) == (datetime(2026, 5, 12, 7, 30, tzinfo=UTC), DatedBy.RECORD)
    assert news.language_hint in {"ru", None}
    assert (post.source, post.address, post.site_name, post.published_at) == ("import", None, None, None)
    assert post.name.startswith(path.name)
    everything = msgspec.json.encode([news, post]).decode() + (news.body + post.body).decode()
    assert not [planted for planted in NAMES if planted in everything]


@pytest.mark.parametrize("name", TABLES)
def test_standard_input_is_told_by_its_content(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(TABLES[name])

    monkeypatch.setattr(sys, "stdin", Input)
    assert reasons(outcomes("-", sources=(OUTLET,))) == {"passed": 2}


def test_standard_input_of_words_and_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for content, kind in ((b"just words, no table", "text/plain"), (b"<!DOCTYPE html><p>x</p>", "text/html")):
        monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": io.BytesIO(content)}))
        assert [item.media_type for item in passed(outcomes("-"))] == [kind]


def test_a_row_belongs_to_whom_its_address_says(tmp_path: Path) -> None:
    rows = [
        {"text": "а", "url": "https://m.tengri.example/n/1"},
        {"text": "б", "url": "https://nottengri.example/1"},
    ]
    path = written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert [item.source for item in passed(outcomes(path, sources=(OUTLET,)))] == ["tengri", "import"]


def test_a_house_of_many_voices_lends_nobody_its_name(tmp_path: Path) -> None:
    channel = source("mia", kind=SourceKind.IMPORT, address="", home="https://t.me/mia_kz")
    path = written(tmp_path, "a.jsonl", '{"text": "а", "url": "https://t.me/planted_handle/4"}')
    (item,) = passed(outcomes(path, sources=(channel,)))
    assert (item.source, item.address) == ("import", None)


def test_a_declared_import_keeps_addresses(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", '{"text": "а", "url": "https://any.example/4"}')
    (item,) = passed(outcomes(path, source=source("archive", ownership=Ownership.OUTLET)))
    assert (item.source, item.address) == ("archive", "https://any.example/4")


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "k1,k2,text\nГлавное,12.05.2026,не то\n")
    (item,) = passed(outcomes(path, columns={"text": "K1", "published_at": "k2"}, timezone="Asia/Almaty"))
    assert item.text == "Главное"
    assert item.published_at == datetime(2026, 5, 11, 19, 0, tzinfo=UTC)


def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    lines = [
        b'{"text": "one"}',
        b"{broken",
        b"",
        '{"text": "қате"}'.encode("cp1251", "replace").replace(b"?", b"\xe9"),
        b'{"title": "no text"}',
        b'{"text": ""}',
        b"[1]",
        b'{"text": ["two", "lines"]}',
        b'{"text": "' + b"x" * 3000 + b'"}',
        b'{"text": "last"}',
    ]
    found = outcomes(written(tmp_path, "a.jsonl", b"\n".join(lines)), max_item_bytes=2000)
    assert [item.text for item in passed(found)] == ["one", "two\nlines", "last"]
    assert reasons(found) == {
        "passed": 3,
        "malformed": 2,
        "unreadable-charset": 1,
        "missing-field": 2,
        "too-large": 1,
    }
    assert "a.jsonl:2" in next(o.detail for o in found if isinstance(o, Held))


def test_broken_csv_rows_cost_only_themselves(tmp_path: Path) -> None:
    content = b'text,title\none,1\n"two\nlines",2\n,3\na,b,c\n\nfour\n'
    found = outcomes(written(tmp_path, "a.csv", content))
    assert [item.text for item in passed(found)] == ["one", "two\nlines", "four"]
    assert reasons(found) == {"passed": 3, "missing-field": 1, "malformed": 1}
    assert [o.detail.split(": ")[0] for o in found if isinstance(o, Held)] == ["a.csv:5", "a.csv:6"]


def test_an_undecodable_row_costs_only_itself(tmp_path: Path) -> None:
    rows = ["text"] + [f"строка {n}" for n in range(9000)]
    content = "\n".join(rows).encode() + b"\n\xff\xfe\xff bad\n" + "последняя\n".encode()
    found = outcomes(written(tmp_path, "a.csv", content))
    assert reasons(found) == {"passed": 9001, "unreadable-charset": 1}


def test_a_row_may_hold_a_page(tmp_path: Path) -> None:
    (item,) = passed(outcomes(written(tmp_path, "a.jsonl", '{"html": "<p>сәлем</p>"}')))
    assert (item.media_type, item.text, item.body.decode()) == ("text/html", None, "<p>сәлем</p>")


class TestJsonStream:
    def test_elements_larger_than_the_limit_are_passed_over(self) -> None:
        big = json.dumps({"text": 'кав"ычки \\ [{' * 200_000, "n": [1, {"a": "]}"}]})
        numbers = "[" + ",".join(map(str, range(400_000))) + "]"
        document = f'[{{"a": 1}}, {big}, "{"x" * 2_000_000}", {numbers}, {{"a": 2}}, 7, "s", null]'
        pull = JsonStream(io.BytesIO(document.encode()), 1000)
        got: list[object] = []
        for _ in pull.elements():
            try:
                got.append(pull.value())
            except TooLong:
                got.append("too long")
        assert got == [{"a": 1}, "too long", "too long", "too long", {"a": 2}, 7, "s", None]

    def test_values_survive_any_cut_of_the_stream(self) -> None:
        document = json.dumps([{"т": 'a"\\', "n": [1.5, {"x": "}]"}]}, "сөз", -3, [], {}]).encode()

        class Dripping(io.RawIOBase):
            def __init__(self) -> None:
                self.rest = io.BytesIO(document)

            def read(self, size: int = -1) -> bytes:
                return self.rest.read(1)

        pull = JsonStream(Dripping(), 1000)
        assert [pull.value() for _ in pull.elements()] == json.loads(document)


CHANNEL = {
    "name": "MIA KZ",
    "type": "public_channel",
    "id": 1234,
    "messages": [
        {
            "id": 1,
            "type": "service",
            "date": "2026-05-12T10:00:00",
            "actor": "Zhandos",
            "action": "create_channel",
        },
        {
            "id": 2,
            "type": "message",
            "date": "2026-05-12T12:30:00",
            "date_unixtime": "1778571000",
            "from": "Zhandos Plantedov",
            "from_id": "user777",
            "author": "Zhandos",
            "forwarded_from": "Плантедов",
            "via_bot": "@planted_handle",
            "reply_to_message_id": 1,
            "reactions": [{"type": "emoji", "recent": [{"from": "plantedov", "from_id": "user777"}]}],
            "text": [
                "Полиция сообщает: ",
                {"type": "bold", "text": "кража раскрыта"},
                ", спасибо ",
                {"type": "mention", "text": "@planted_handle"},
                " и ",
                {"type": "mention_name", "text": "Zhandos", "user_id": 777},
                ".",
            ],
        },
        {"id": 3, "type": "message", "date": "2026-05-12T12:31:00", "photo": "x.jpg", "text": ""},
        {"id": 4, "type": "message", "date": "вчера", "text": "Второе сообщение."},
    ],
}
GROUP = {**CHANNEL, "type": "private_supergroup", "name": "Чат Zhandos Plantedov", "id": 99}
ACCOUNT = {
    "about": "Here is the data you requested.",
    "personal_information": {"first_name": "Zhandos", "username": "@plantedov"},
    "contacts": {"list": [{"first_name": "Плантедов"}]},
    "chats": {"about": "x", "list": [CHANNEL, GROUP]},
    "left_chats": {"about": "x", "list": []},
}


class TestTelegram:
    mia = source("mia", kind=SourceKind.IMPORT, address="", name="MIA KZ", home="https://t.me/mia_kz")

    def read(self, folder: Path, export: object, **options: object) -> list[Outcome[Fetched]]:
        content = json.dumps(export, ensure_ascii=False, indent=1)
        found = outcomes(written(folder, "result.json", content), **options)
        everything = msgspec.json.encode(passed(found)).decode() + "".join(
            i.body.decode() for i in passed(found)
        )
        everything += repr([o for o in found if not isinstance(o, Passed)])
        assert not [planted for planted in NAMES if planted in everything]
        return found

    def test_undeclared_is_personal(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, CHANNEL)
        assert reasons(found) == {"not-a-publication": 2, "passed": 2}
        first, second = passed(found)
        assert first.text == "Полиция сообщает: кража раскрыта, спасибо @… и @…."
        assert (first.source, first.address, first.site_name) == ("import", None, None)
        assert first.published_at == datetime.fromtimestamp(1778571000, UTC)
        assert (second.published_at, second.dated_by) == (None, None)
        assert found[0] == Dropped(DropReason.NOT_A_PUBLICATION, "a service message")

    def test_a_declared_channel_has_name_and_address(self, tmp_path: Path) -> None:
        first, _ = passed(self.read(tmp_path, CHANNEL, sources=(self.mia,)))
        assert (first.source, first.address, first.site_name) == ("mia", "https://t.me/mia_kz/2", "MIA KZ")

    def test_a_group_is_personal_whatever_is_declared(self, tmp_path: Path) -> None:
        for options in ({"sources": (self.mia,)}, {"source": self.mia}):
            items = passed(self.read(tmp_path, {**GROUP, "name": "MIA KZ"}, **options))
            assert {item.source for item in items} == {"import"}

    def test_a_whole_account(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, ACCOUNT, sources=(self.mia,))
        assert [item.source for item in passed(found)] == ["mia", "mia", "import", "import"]
        assert len({item.name for item in passed(found)}) == 4

    def test_a_cut_export_gives_what_stands_before(self, tmp_path: Path) -> None:
        content = json.dumps(CHANNEL, ensure_ascii=False)
        found = outcomes(written(tmp_path, "result.json", content[:-30]))
        assert reasons(found) == {"not-a-publication": 2, "passed": 1, "truncated": 1}


def warc_record(
    number: int, body: bytes, kind: str = "response", http: str = "", head: str = "200 OK"
) -> bytes:
    block = f"HTTP/1.1 {head}\r\n{http or 'Content-Type: text/html; charset=utf-8'}\r\n\r\n".encode() + body
    content_type = "application/http; msgtype=response"
    if kind == "resource":
        block, content_type = body, "text/html"
    lines = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>",
        f"WARC-Date: 2026-05-0{number % 9 + 1}T00:00:00Z",
        f"WARC-Target-URI: https://tengri.example/n/{number}?fbclid=x",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


PAGE = "<html><body><p>Сәлем, әлем</p></body></html>".encode() * 40


class TestWarc:
    records = (
        warc_record(0, PAGE),
        warc_record(1, b"GET / HTTP/1.1", "request"),
        warc_record(2, b"\x89PNG", http="Content-Type: image/png"),
        warc_record(3, gzip.compress(PAGE), http="Content-Type: text/html\r\nContent-Encoding: gzip"),
        warc_record(
            4,
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE),
            http="Content-Type: text/html\r\nTransfer-Encoding: chunked",
        ),
        warc_record(5, PAGE, http="Content-Type: text/html\r\nContent-Encoding: gzip"),
        warc_record(6, b"moved", head="301 Moved"),
        warc_record(7, PAGE, "resource"),
        warc_record(
            8, gzip.compress(bytes(1 << 22)), http="Content-Type: text/html\r\nContent-Encoding: gzip"
        ),
        warc_record(9, PAGE),
    )

    @pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
    def test_pages_pass_and_the_rest_is_counted(self, tmp_path: Path, is_packed: bool) -> None:
        content = b"".join(map(gzip.compress, self.records)) if is_packed else b"".join(self.records)
        path = written(tmp_path, "a.warc.gz" if is_packed else "a.warc", content)
        found = outcomes(path, sources=(OUTLET,), max_item_bytes=1 << 20)
        assert reasons(found) == {"passed": 6, "not-a-publication": 2, "bomb": 1}
        items = passed(found)
        assert {item.body for item in items} == {PAGE}
        assert (items[0].address, items[0].source) == ("https://tengri.example/n/0", "tengri")
        assert items[0].fetched_at == datetime(2026, 5, 1, tzinfo=UTC)
        assert passed(outcomes(path, max_item_bytes=1 << 20))[0].address is None, "undeclared is personal"

    @pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
    @pytest.mark.parametrize("left", [0.02, 0.05, 0.11, 0.3, 0.5, 0.9])
    def test_a_cut_archive_gives_what_stands_before(
        self, tmp_path: Path, left: float, is_packed: bool
    ) -> None:
        records = [warc_record(n, PAGE + bytes(str(n), "ascii")) for n in range(5)]
        if is_packed:
            records = [gzip.compress(record) for record in records]
        content = b"".join(records[:4]) + records[4][: int(left * len(records[4]))]
        found = outcomes(written(tmp_path, "a.warc.gz" if is_packed else "a.warc", content))
        assert reasons(found) == {"passed": 4, "truncated": 1}

    def test_a_damaged_record_in_the_middle_is_held(self, tmp_path: Path) -> None:
        content = warc_record(0, PAGE) + b"WARC/1.0\r\nnonsense\r\n\r\n" + warc_record(1, PAGE)
        found = outcomes(written(tmp_path, "a.warc", content))
        assert all(isinstance(outcome, Passed | Held) for outcome in found)
        assert len(passed(found)) >= 1

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content = b"".join(map(gzip.compress, self.records))
        monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": io.BytesIO(content)}))
        assert reasons(outcomes("-", max_item_bytes=1 << 20))["passed"] == 6
