"""A receipt on paper by Typst: one page, tagged (PDF/UA-1), the same bytes for the same receipt."""

import tempfile
from datetime import datetime
from pathlib import Path

import msgspec
import typst

from aimas.rendering.pdf import HERE, STANDARD, drawable, fonts


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """All words of the page; nothing of them is read as markup."""

    title: str
    number: str
    lines: tuple[str, ...]
    code: str
    """The sentence with the check code; empty: it is not printed."""
    qr: str
    """SVG."""
    qr_says: str
    text: str
    """The signed text that the QR code holds."""
    foot: str
    language: str


def receipt_pdf(printed: Printed, received_at: datetime) -> bytes:
    """`received_at` is the date that the file says of itself."""
    words = drawable(msgspec.to_builtins(printed)) | {
        "year": received_at.year,
        "month": received_at.month,
        "day": received_at.day,
    }
    with tempfile.TemporaryDirectory(prefix="aimas-") as folder:
        # Its own root: a template can read nothing else of this machine.
        main = Path(folder) / "receipt.typ"
        main.write_bytes((HERE / "templates" / "receipt.typ").read_bytes())
        made: bytes = typst.compile(
            str(main),
            root=folder,
            font_paths=fonts(),
            sys_inputs={"words": msgspec.json.encode(words).decode()},
            pdf_standards=STANDARD,
            timestamp=int(received_at.timestamp()),
        )
    return made
