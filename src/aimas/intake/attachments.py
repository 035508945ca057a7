"""What a citizen adds to an appeal: told by its content, made harmless, never executed.

1. The type is what the bytes are; a declared type or an ending that says otherwise is a lie and refused.
2. Only what is listed is taken: pictures, PDF, Word without macros, plain text, MP4 film and sound.
3. A picture is drawn anew: nothing hides behind it, and the place where it was taken is gone unless it is kept.
4. A film's place is blanked where it stands; a file that unpacks to more than the limit is refused unopened.
"""

import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import PurePosixPath

import msgspec
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from aimas.appeals.sheets import Attachment
from aimas.core import BadInput

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT, MP4, M4A = "text/plain", "video/mp4", "audio/mp4"

ENDINGS = {
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    WEBP: (".webp",),
    PDF: (".pdf",),
    DOCX: (".docx",),
    TEXT: (".txt",),
    MP4: (".mp4",),
    M4A: (".m4a", ".mp4"),
}
"""Media types taken, each with the endings that tell no lie; the first is given where there is none."""

_SAID_OTHERWISE = {
    "image/jpg": JPEG,
    "image/pjpeg": JPEG,
    "audio/x-m4a": M4A,
    "audio/m4a": M4A,
    "application/x-pdf": PDF,
}
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
"""ISO/IEC 23008-12, annex B."""
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_PICTURES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_MEBI = 1024 * 1024


class Refusal(StrEnum):
    """Why a file is not taken; a reason that nobody counts is a reason that nobody fixes."""

    EMPTY = "empty"
    """It holds nothing."""
    TOO_LARGE = "too-large"
    """Larger than one file may be."""
    TOO_MANY = "too-many"
    """More files than one appeal may have, or more in all."""
    UNKNOWN_TYPE = "unknown-type"
    """Not on the list."""
    HEIC = "heic"
    """A picture as some telephones take it: not on the list, but its sender can easily save it as JPEG."""
    TYPE_LIE = "type-lie"
    """It says that it is one thing and is another."""
    BROKEN = "broken"
    """It begins as what it says and does not go on so."""
    BOMB = "bomb"
    """It would unpack to more than the limit."""
    ACTIVE = "active"
    """It carries a program, a macro or a file inside."""
    LOCKED = "locked"
    """It is encrypted: nobody could read it."""


class RefusedAttachment(BadInput):
    """A file that is not taken, with the reason as a word that pages translate."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How large a file may be; the settings say otherwise."""

    bytes_each: int = 15 * _MEBI
    bytes_in_all: int = 40 * _MEBI
    count: int = 10
    pixels: int = 60_000_000
    """Of a picture, all its frames together; a telephone's largest has 50 to 200 million and is asked to send less."""
    unpacked: int = 100 * _MEBI
    """Of whatever is packed."""


LIMITS = Limits()


def checked(
    name: str, declared_type: str, content: bytes, keep_place: bool = False, limits: Limits = LIMITS
) -> Attachment:
    """Safe to keep and to hand out as a download. Raises RefusedAttachment."""
    if not content:
        raise RefusedAttachment(Refusal.EMPTY, "The file is empty.")
    if len(content) > limits.bytes_each:
        raise RefusedAttachment(
            Refusal.TOO_LARGE,
            f"The file has {len(content) / _MEBI:.1f} MiB; at most {limits.bytes_each / _MEBI:g} MiB are taken.",
        )
    told = media_type_of(content)
    if told is None and content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise RefusedAttachment(Refusal.HEIC, "A HEIC picture is not taken; it can be sent as JPEG.")
    if told is None:
        raise RefusedAttachment(
            Refusal.UNKNOWN_TYPE,
            "This kind of file is not taken. Taken are JPEG, PNG, WebP, PDF, DOCX, TXT, MP4 and M4A.",
        )
    _tell_no_lie(name, declared_type, told)
    if told in _PICTURES:
        content = _drawn_anew(content, told, keep_place, limits)
    elif told in (MP4, M4A):
        content = content if keep_place else _without_place(content)
    elif told == PDF:
        _refuse_active_pdf(content, limits)
    elif told == DOCX:
        _refuse_active_docx(content, limits)
    return Attachment(name=safe_name(name, told), media_type=told, content=content)


def refuse_too_much(sizes: list[int], limits: Limits = LIMITS) -> None:
    """Of all files of one appeal together; raises RefusedAttachment."""
    if len(sizes) > limits.count:
        raise RefusedAttachment(Refusal.TOO_MANY, f"At most {limits.count} files are taken with one appeal.")
    if sum(sizes) > limits.bytes_in_all:
        raise RefusedAttachment(
            Refusal.TOO_MANY,
            f"All files of an appeal together may have {limits.bytes_in_all / _MEBI:g} MiB at most.",
        )


def media_type_of(content: bytes) -> str | None:
    """By its first bytes; None for whatever is not on the list."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return DOCX if _is_docx(content) else None
    if content[4:8] == b"ftyp":
        return _film_or_sound(content)
    return TEXT if _is_text(content) else None


def safe_name(name: str, media_type: str) -> str:
    """The last part of a path, without what a shell, a browser or a file system would act on; never empty."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        c if c.isalnum() or c in " ._-()" else "_" for c in base if unicodedata.category(c)[0] != "C"
    )
    path = PurePosixPath(kept.strip(" ._") or "file")
    ending = path.suffix.lower()
    stem = path.stem if ending in ENDINGS[media_type] else path.name
    # A second ending would be believed by some reader: «act.pdf.exe» can't come here, «act.exe.pdf» can.
    stem = re.sub(r"[.]+", "_", stem).strip(" ._-")[:80] or "file"
    return stem + (ending if ending in ENDINGS[media_type] else ENDINGS[media_type][0])


def _tell_no_lie(name: str, declared_type: str, told: str) -> None:
    declared = declared_type.partition(";")[0].strip().lower()
    declared = _SAID_OTHERWISE.get(declared, declared)
    if declared not in _SAYS_NOTHING and declared != told and {declared, told} != {MP4, M4A}:
        raise RefusedAttachment(
            Refusal.TYPE_LIE, f"The file is declared as {declared[:60]} but its content is {told}."
        )
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if ending and len(ending) <= 6 and ending[1:].isalnum() and ending not in ENDINGS[told]:
        is_other = any(ending in endings for endings in ENDINGS.values()) or ending in _PROGRAMS
        if is_other:
            raise RefusedAttachment(
                Refusal.TYPE_LIE, f"The file's name ends in {ending} but its content is {told}."
            )


_PROGRAMS = frozenset(
    [
        ".exe",
        ".com",
        ".bat",
        ".cmd",
        ".scr",
        ".msi",
        ".js",
        ".vbs",
        ".ps1",
        ".sh",
        ".jar",
        ".apk",
        ".html",
        ".htm",
        ".svg",
        ".xml",
        ".php",
        ".py",
        ".lnk",
        ".hta",
        ".docm",
    ]
)


# Pictures


def _drawn_anew(content: bytes, told: str, keep_place: bool, limits: Limits) -> bytes:
    """The same picture with nothing beside it; turned as the camera was held, colours kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content), formats=[_PICTURES[told]])
            frames = 1 if told == JPEG else getattr(picture, "n_frames", 1)
            if picture.width * picture.height * frames > limits.pixels:
                raise RefusedAttachment(
                    Refusal.BOMB,
                    f"The picture is {picture.width}×{picture.height}; at most {limits.pixels // 1_000_000} million "
                    "points are taken.",
                )
            kept = picture.getexif() if keep_place else None
            colours = picture.info.get("icc_profile")
            drawn = _frames(picture, told, frames)
    except RefusedAttachment:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
        zlib.error,
    ):
        raise RefusedAttachment(Refusal.BROKEN, "The picture is damaged and can't be opened.") from None
    out = io.BytesIO()
    said: dict[str, object] = {"icc_profile": colours} if colours else {}
    if kept:
        kept.pop(ExifTags.Base.Orientation, None)
        said["exif"] = kept
    if told == JPEG:
        said |= {"quality": 92, "optimize": True}
    elif told == WEBP:
        said |= {"quality": 92, "method": 4}
    if len(drawn) > 1:
        said |= {"save_all": True, "append_images": drawn[1:]}
    drawn[0].save(out, _PICTURES[told], **said)
    return out.getvalue()


def _frames(picture: Image.Image, told: str, frames: int) -> list[Image.Image]:
    drawn = []
    for number in range(frames):
        if number:
            picture.seek(number)
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        if told == JPEG and turned.mode not in ("RGB", "L", "CMYK"):
            turned = turned.convert("RGB")
        # A copy without the info dictionary: only points go on.
        bare = Image.new(turned.mode, turned.size)
        if turned.mode == "P" and (
            palette := turned.getpalette("RGBA" if "transparency" in turned.info else "RGB")
        ):
            bare.putpalette(palette, "RGBA" if "transparency" in turned.info else "RGB")
        bare.paste(turned)
        drawn.append(bare)
    return drawn


# Film and sound: ISO/IEC 14496-12, boxes of four bytes of size and four of type

_OUTER = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"mfra", b"sidx", b"styp"})
_IN_MOVIE = frozenset({b"mvhd", b"trak", b"mvex", b"iods", b"free", b"skip"})
_IN_TRACK = frozenset({b"tkhd", b"edts", b"mdia", b"tref", b"free", b"skip"})
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P "})
_FILM_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
)


class _Box(msgspec.Struct, frozen=True):
    kind: bytes
    start: int
    inside: int
    end: int


def _film_or_sound(content: bytes) -> str | None:
    brand = content[8:12]
    if brand in _SOUND_BRANDS:
        return M4A
    return MP4 if brand in _FILM_BRANDS else None


def _boxes(content: bytes | bytearray, start: int, end: int) -> Iterator[_Box]:
    while start < end:
        if end - start < 8:
            raise RefusedAttachment(Refusal.BROKEN, "The film or sound is damaged.")
        size, kind, inside = (
            int.from_bytes(content[start : start + 4], "big"),
            bytes(content[start + 4 : start + 8]),
            8,
        )
        if size == 1:
            size, inside = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if size < inside or start + size > end:
            raise RefusedAttachment(Refusal.BROKEN, "The film or sound is damaged.")
        yield _Box(kind, start, start + inside, start + size)
        start += size


def _without_place(content: bytes) -> bytes:
    """Every box that is not needed to play is blanked where it stands, so that no offset moves."""
    made = bytearray(content)
    has_movie = False
    for outer in _boxes(content, 0, len(content)):
        if outer.kind not in _OUTER:
            _blank(made, outer)
        elif outer.kind == b"moov":
            has_movie = True
            for inner in _boxes(content, outer.inside, outer.end):
                if inner.kind not in _IN_MOVIE:
                    _blank(made, inner)
                elif inner.kind == b"trak":
                    for box in _boxes(content, inner.inside, inner.end):
                        if box.kind not in _IN_TRACK:
                            _blank(made, box)
                    if not _is_heard_or_seen(content, inner):
                        _blank(made, inner)
    if not has_movie:
        raise RefusedAttachment(Refusal.BROKEN, "The film or sound is damaged.")
    return bytes(made)


def _is_heard_or_seen(content: bytes, track: _Box) -> bool:
    """A track of another kind may hold the way that the camera went."""
    for media in _boxes(content, track.inside, track.end):
        if media.kind == b"mdia":
            for box in _boxes(content, media.inside, media.end):
                if box.kind == b"hdlr":
                    return content[box.inside + 8 : box.inside + 12] in (b"vide", b"soun")
    return False


def _blank(made: bytearray, box: _Box) -> None:
    made[box.start + 4 : box.start + 8] = b"free"
    made[box.inside : box.end] = bytes(box.end - box.inside)


# Documents

_PDF_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z])"
)
_PDF_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z])")
_PDF_PACKED = re.compile(rb"/Type\s*/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_DOCX_PARTS = ("[Content_Types].xml", "word/document.xml")
_DOCX_ACTIVE = re.compile(r"(?i)vbaproject|vbadata|activex|oleobject|embeddings/|\.(?:exe|dll|js|vbs|bin)$")
_RATIO = 200
"""A text packs to a tenth, a picture hardly at all."""


def _refuse_active_pdf(content: bytes, limits: Limits) -> None:
    if b"%%EOF" not in content[-2048:]:
        raise RefusedAttachment(Refusal.BROKEN, "The PDF is cut off.")
    for part in (content, *_unpacked_objects(content, limits)):
        plain = _PDF_NAME.sub(lambda m: bytes([int(m[1], 16)]), part)
        if _PDF_LOCKED.search(plain):
            raise RefusedAttachment(Refusal.LOCKED, "The PDF is encrypted; send one without a password.")
        if _PDF_ACTIVE.search(plain):
            raise RefusedAttachment(
                Refusal.ACTIVE,
                "The PDF carries a program or another file; print it to PDF anew and send that.",
            )


def _unpacked_objects(content: bytes, limits: Limits) -> Iterator[bytes]:
    """Object streams, where names of actions may hide."""
    left = limits.unpacked
    for match in _PDF_PACKED.finditer(content):
        unpacking = zlib.decompressobj()
        try:
            opened = unpacking.decompress(content[match.end() :], left)
        except zlib.error:
            continue
        left -= len(opened)
        if left <= 0:
            raise RefusedAttachment(Refusal.BOMB, "The PDF unpacks to more than is taken.")
        yield opened


def _is_docx(content: bytes) -> bool:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return all(part in names for part in _DOCX_PARTS)


def _refuse_active_docx(content: bytes, limits: Limits) -> None:
    entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedAttachment(Refusal.LOCKED, "The document is encrypted; send one without a password.")
    if any(entry.filename.startswith(("/", "\\")) or ".." in entry.filename.split("/") for entry in entries):
        raise RefusedAttachment(Refusal.BROKEN, "The document's parts lead out of it.")
    if any(_DOCX_ACTIVE.search(entry.filename) for entry in entries):
        raise RefusedAttachment(
            Refusal.ACTIVE, "The document carries a macro or another file; send it as PDF."
        )
    packed, unpacked = len(content), sum(entry.file_size for entry in entries)
    if (
        unpacked > limits.unpacked
        or (unpacked > _MEBI and unpacked > packed * _RATIO)
        or len(entries) > 5_000
    ):
        raise RefusedAttachment(Refusal.BOMB, "The document unpacks to more than is taken.")


def _is_text(content: bytes) -> bool:
    """UTF-8, UTF-16 with its mark, or Cyrillic in one byte a letter; no control signs, no markup."""
    for encoding in (
        "utf-8-sig",
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8",
        "cp1251",
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text)
        begins = text.lstrip().lower()
        if encoding == "cp1251" and sum(c.isalpha() or c.isspace() for c in text) < 0.6 * len(text):
            return False
        return strange == 0 and not begins.startswith(
            ("<!doctype", "<html", "<svg", "<?xml", "<script", "#!", "mz")
        )
    return False
