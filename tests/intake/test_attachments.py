import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from aimas.intake.attachments import (
    DOCX,
    ENDINGS,
    JPEG,
    M4A,
    MP4,
    PDF,
    PNG,
    TEXT,
    WEBP,
    Limits,
    Refusal,
    RefusedAttachment,
    checked,
    media_type_of,
    refuse_too_much,
    safe_name,
)

PLACE = b"+51.1605+071.4704/"


def picture(form: str = "JPEG", size: tuple[int, int] = (24, 16), **said: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, **said)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[ExifTags.Base.Make] = "Telefon"
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.IFD.GPSInfo] = {1: "N", 2: (51.0, 9.0, 38.0), 3: "E", 4: (71.0, 28.0, 13.0)}
    return made


def place_of(content: bytes) -> dict:
    return dict(Image.open(io.BytesIO(content)).getexif().get_ifd(ExifTags.IFD.GPSInfo))


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def handler(kind: bytes) -> bytes:
    return box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(12)))


def film(brand: bytes = b"isom") -> bytes:
    return b"".join(
        (
            box(b"ftyp", brand, bytes(4), brand),
            box(
                b"moov",
                box(b"mvhd", bytes(100)),
                box(b"trak", box(b"tkhd", bytes(84)), handler(b"vide"), box(b"udta", PLACE)),
                box(b"trak", box(b"tkhd", bytes(84)), handler(b"meta"), PLACE_BOX),
                box(b"udta", box(b"\xa9xyz", PLACE)),
                box(b"meta", PLACE),
            ),
            box(b"uuid", PLACE),
            box(b"mdat", b"frames"),
        )
    )


PLACE_BOX = box(b"free", PLACE)


def docx(**more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", "<w:document/>")
        for name, content in more.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def pdf(body: bytes = b"1 0 obj <</Type /Catalog>> endobj") -> bytes:
    return b"%PDF-1.5\n" + body + b"\ntrailer <<>>\n%%EOF\n"


def packed_objects(inside: bytes) -> bytes:
    return b"2 0 obj <</Type /ObjStm /Filter /FlateDecode>> stream\n" + zlib.compress(inside) + b"\nendstream"


TAKEN = [
    pytest.param("a.jpg", "image/jpeg", picture(), JPEG, id="a photograph"),
    pytest.param("a.JPEG", "image/jpg", picture(), JPEG, id="a photograph under an old name of its type"),
    pytest.param("a.png", "image/png", picture("PNG"), PNG, id="a screenshot"),
    pytest.param("a.webp", "", picture("WEBP"), WEBP, id="a picture of which nothing is declared"),
    pytest.param("a", "application/octet-stream", pdf(), PDF, id="a paper without an ending"),
    pytest.param("жауап.docx", DOCX, docx(), DOCX, id="a letter with a Kazakh name"),
    pytest.param("a.txt", "text/plain; charset=utf-8", "Прошу принять меры.".encode(), TEXT, id="a note"),
    pytest.param(
        "a.txt", "text/plain", "Прошу принять меры.".encode("cp1251"), TEXT, id="a note of an old computer"
    ),
    pytest.param("a.txt", "text/plain", "Қайырлы күн".encode("utf-16"), TEXT, id="a note in UTF-16"),
    pytest.param("a.mp4", "video/mp4", film(), MP4, id="a film"),
    pytest.param("a.m4a", "audio/x-m4a", film(b"M4A "), M4A, id="a voice recording"),
]


@pytest.mark.parametrize(("name", "declared", "content", "told"), TAKEN)
def test_is_taken_as_what_it_is(name: str, declared: str, content: bytes, told: str) -> None:
    taken = checked(name, declared, content)
    assert taken.media_type == told
    assert taken.name.endswith(ENDINGS[told])
    assert media_type_of(taken.content) == told


REFUSED = [
    pytest.param("a.jpg", "image/jpeg", b"", Refusal.EMPTY, id="nothing"),
    pytest.param("a.jpg", "image/jpeg", picture("PNG"), Refusal.TYPE_LIE, id="declared as another picture"),
    pytest.param("a.png", "", picture(), Refusal.TYPE_LIE, id="an ending that lies"),
    pytest.param("a.jpg.exe", "", picture(), Refusal.TYPE_LIE, id="a program's ending"),
    pytest.param("a.html", "", b"just words", Refusal.TYPE_LIE, id="words under a page's ending"),
    pytest.param(
        "a.jpg", "image/jpeg", b"MZ\x90\x00" + bytes(60), Refusal.UNKNOWN_TYPE, id="a Windows program"
    ),
    pytest.param("a", "", b"\x7fELF" + bytes(60), Refusal.UNKNOWN_TYPE, id="a Linux program"),
    pytest.param(
        "a.txt", "text/plain", b"<html><script>1</script>", Refusal.UNKNOWN_TYPE, id="a page as a note"
    ),
    pytest.param(
        "a.txt", "text/plain", b"  <svg onload='x()'/>", Refusal.UNKNOWN_TYPE, id="a drawing that runs"
    ),
    pytest.param("a.txt", "text/plain", b"#!/bin/sh\nrm", Refusal.UNKNOWN_TYPE, id="a script as a note"),
    pytest.param(
        "a.gif", "image/gif", b"GIF89a" + bytes(20), Refusal.UNKNOWN_TYPE, id="a picture not on the list"
    ),
    pytest.param("a.heic", "image/heic", box(b"ftyp", b"heic", bytes(4)), Refusal.HEIC, id="HEIC"),
    pytest.param("a.zip", "application/zip", zlib.compress(b"x"), Refusal.UNKNOWN_TYPE, id="an archive"),
    pytest.param("a.jpg", "image/jpeg", picture()[:300], Refusal.BROKEN, id="a photograph cut off"),
    pytest.param(
        "a.jpg",
        "image/jpeg",
        b"\xff\xd8\xff" + b"<?php x ?>" * 9,
        Refusal.BROKEN,
        id="a picture's first bytes alone",
    ),
    pytest.param("a.pdf", PDF, pdf()[:20], Refusal.BROKEN, id="a paper cut off"),
    pytest.param("a.pdf", PDF, pdf(b"<</S /JavaScript /JS (x)>>"), Refusal.ACTIVE, id="a paper that runs"),
    pytest.param(
        "a.pdf", PDF, pdf(b"<</S /J#61vaScript>>"), Refusal.ACTIVE, id="a paper that hides that it runs"
    ),
    pytest.param(
        "a.pdf",
        PDF,
        pdf(packed_objects(b"<</S /Launch>>")),
        Refusal.ACTIVE,
        id="a paper that packs that it runs",
    ),
    pytest.param("a.pdf", PDF, pdf(b"<</Encrypt 5 0 R>>"), Refusal.LOCKED, id="a locked paper"),
    pytest.param(
        "a.docx", DOCX, docx(word__vbaProject_dot_bin=b"x"), Refusal.ACTIVE, id="a letter with macros"
    ),
    pytest.param(
        "a.docx",
        DOCX,
        docx(word__embeddings__a_dot_xlsx=b"x"),
        Refusal.ACTIVE,
        id="a letter with a file inside",
    ),
    pytest.param(
        "a.docx", DOCX, docx(**{"../../etc/x": b"x"}), Refusal.BROKEN, id="a letter that leads out of itself"
    ),
    pytest.param(
        "a.docx", DOCX, docx(word__x_dot_xml=bytes(120_000_000)), Refusal.BOMB, id="a letter that is a bomb"
    ),
    pytest.param(
        "a.pdf", PDF, pdf(packed_objects(bytes(120_000_000))), Refusal.BOMB, id="a paper that is a bomb"
    ),
    pytest.param("a.mp4", "video/mp4", film()[:-3], Refusal.BROKEN, id="a film cut off"),
    pytest.param(
        "a.mp4", "video/mp4", box(b"ftyp", b"isom", bytes(4)), Refusal.BROKEN, id="a film without a film"
    ),
]


@pytest.mark.parametrize(("name", "declared", "content", "why"), REFUSED)
def test_is_refused(name: str, declared: str, content: bytes, why: Refusal) -> None:
    with pytest.raises(RefusedAttachment) as refused:
        checked(name, declared, content)
    assert refused.value.refusal is why
    assert str(refused.value).endswith(".")


def test_a_small_file_that_draws_a_huge_picture_is_refused_before_it_is_drawn() -> None:
    huge = picture("PNG", (12_000, 9_000))
    assert len(huge) < 2_000_000
    with pytest.raises(RefusedAttachment) as refused:
        checked("a.png", "image/png", huge)
    assert refused.value.refusal is Refusal.BOMB


def test_a_file_over_its_limit_is_refused() -> None:
    with pytest.raises(RefusedAttachment) as refused:
        checked("a.txt", "text/plain", b"x" * 101, limits=Limits(bytes_each=100))
    assert refused.value.refusal is Refusal.TOO_LARGE


@pytest.mark.parametrize(
    ("sizes", "fits"),
    [([10] * 3, True), ([10] * 4, False), ([20, 20], False)],
    ids=["as many as allowed", "one too many", "too much in all"],
)
def test_files_of_one_appeal_are_limited_together(sizes: list[int], fits: bool) -> None:
    limits = Limits(count=3, bytes_in_all=30)
    if fits:
        refuse_too_much(sizes, limits)
        return
    with pytest.raises(RefusedAttachment):
        refuse_too_much(sizes, limits)


@pytest.mark.parametrize(("form", "told"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_the_place_of_a_picture_goes_unless_it_is_kept(form: str, told: str) -> None:
    content = picture(form, exif=exif())
    assert place_of(content)
    gone = checked("a" + ENDINGS[told][0], told, content).content
    assert not place_of(gone)
    assert b"Telefon" not in gone
    assert place_of(checked("a" + ENDINGS[told][0], told, content, keep_place=True).content)[2] == (
        51.0,
        9.0,
        38.0,
    )


def test_a_picture_stands_as_the_camera_was_held_though_its_mark_is_gone() -> None:
    turned = Image.open(io.BytesIO(checked("a.jpg", JPEG, picture(exif=exif(orientation=6))).content))
    assert turned.size == (16, 24)


def test_words_beside_a_picture_and_bytes_behind_it_are_gone() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Home, " + PLACE.decode())
    made = checked("a.png", PNG, picture("PNG", pnginfo=words) + b"PK\x03\x04 behind " + PLACE).content
    assert PLACE not in made and b"behind" not in made


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_points_stay_as_they_are(mode: str) -> None:
    out = io.BytesIO()
    before = Image.linear_gradient("L").resize((40, 20)).convert(mode)
    before.save(out, "PNG")
    after = Image.open(io.BytesIO(checked("a.png", PNG, out.getvalue()).content))
    assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()


def test_the_place_of_a_film_is_blanked_without_moving_a_byte() -> None:
    before = film()
    after = checked("a.mp4", MP4, before).content
    assert PLACE not in after
    assert len(after) == len(before)
    assert after.index(b"frames") == before.index(b"frames")
    assert after.count(b"vide") == 1
    assert checked("a.mp4", MP4, before, keep_place=True).content == before


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("../../etc/passwd", "passwd.txt", id="a way out of the folder"),
        pytest.param("C:\\x\\note.txt", "note.txt", id="a Windows path"),
        pytest.param("акт.exe.txt", "акт_exe.txt", id="two endings"),
        pytest.param('a";rm -rf *.txt', "a__rm -rf.txt", id="words for a shell"),
        pytest.param("evil\u202etxt.exe", "eviltxt_exe.txt", id="an ending written backwards"),
        pytest.param("\r\nSet-Cookie: x.txt", "Set-Cookie_ x.txt", id="a header inside"),
        pytest.param("", "file.txt", id="no name"),
        pytest.param("...", "file.txt", id="dots alone"),
        pytest.param("ж" * 300 + ".txt", "ж" * 80 + ".txt", id="too long"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, TEXT) == safe


@given(st.text(max_size=60))
def test_no_name_is_a_path_or_a_header(name: str) -> None:
    safe = safe_name(name, PDF)
    assert safe.endswith(".pdf") and len(safe) > 4
    assert not set(safe) & set("/\\\"'<>|:;\r\n\0")
    assert ".." not in safe and not safe.startswith(".")


@given(st.binary(max_size=400), st.sampled_from(["", *ENDINGS]))
def test_whatever_comes_is_taken_or_refused_with_a_reason(content: bytes, declared: str) -> None:
    try:
        assert checked("x", declared, content).media_type in ENDINGS
    except RefusedAttachment as refused:
        assert refused.refusal in Refusal
