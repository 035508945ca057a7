"""A receipt as the citizen gets it: in words, as a QR code, as PDF."""

import io
from collections.abc import Sequence
from typing import Any

import msgspec
import segno
from babel import Locale

from aimas.app import App
from aimas.appeals.law import Rule, law
from aimas.appeals.office import Office
from aimas.appeals.receipts import Receipt, Unproven, code_digest, entropy_of, receipt_told
from aimas.appeals.types import Standing
from aimas.appeals.wording import texts
from aimas.core import BadInput
from aimas.rendering.receipts import Printed, receipt_pdf
from aimas.web.texts import Texts

_CHECKS = (
    "good",
    "bad",
    "same",
    "other",
    "lost",
    "newer",
    "changed",
    "unknown",
    "done-here",
    "empty",
    "nokeys",
)
"""What the page that checks a receipt may say."""
QUIET_MODULES = 4
"""Blank margin that ISO/IEC 18004 asks for."""


class Talon(msgspec.Struct, frozen=True):
    number: str
    code: str
    """Empty where it was shown before: it is kept nowhere."""
    text: str
    lines: tuple[str, ...]
    qr: str
    """SVG."""
    is_message: bool
    """Not signed: the law calls it no appeal, and so does the page."""
    files: tuple[tuple[str, str], ...] = ()
    """Name and SHA-256 of each file as it was stored."""


def by_standing(key: str, standing: Standing, t: Texts) -> str:
    """The key of the words for what was filed: what nobody signed is a message, where that is said otherwise."""
    of_message = f"{key}.message"
    return of_message if standing is not Standing.APPEAL and t.has(of_message) else key


def receipt_of(app: App, text: str) -> Receipt | Unproven:
    return app.proven(text)


def talon(app: App, text: str, tongue: str, code: str = "", files: Sequence[tuple[str, str]] = ()) -> Talon:
    """Raises BadInput for a text that is no receipt of this institution."""
    receipt = _require(app, text)
    lines = receipt_told(receipt, tongue, app.office.retold)
    is_message = receipt.standing is not Standing.APPEAL
    return Talon(receipt.number, code, text, lines, qr(text), is_message, tuple(files))


def qr(text: str) -> str:
    """Alphanumeric mode, least correction: it is read from a screen or fresh paper, and must stay coarse."""
    made = segno.make(text, error="l", boost_error=False, micro=False)
    out = io.BytesIO()
    made.save(
        out,
        kind="svg",
        border=QUIET_MODULES,
        omitsize=True,
        xmldecl=False,
        light="#ffffff",
        svgclass=None,
        lineclass=None,
        nl=False,
    )
    return out.getvalue().decode()


def pdf(app: App, text: str, code: str, t: Texts) -> bytes:
    """`code` is printed only where it belongs to the receipt. Raises BadInput for what is no receipt."""
    receipt = _require(app, text)
    entropy = entropy_of(code) if code else None
    is_own = entropy is not None and code_digest(entropy) == receipt.code
    printed = Printed(
        title=t(by_standing("citizen.pdf.title", receipt.standing, t)),
        number=receipt.number,
        lines=receipt_told(receipt, t.tongue, app.office.retold),
        code=t(by_standing("citizen.pdf.code.line", receipt.standing, t), code=code) if is_own else "",
        qr=qr(text),
        qr_says=t("citizen.pdf.qr"),
        text=text,
        foot=t("citizen.pdf.foot", public=receipt.public_key),
        language=t.tongue,
    )
    return receipt_pdf(printed, receipt.received_at)


def _require(app: App, text: str) -> Receipt:
    receipt = receipt_of(app, text)
    if isinstance(receipt, Unproven):
        raise BadInput("This is no receipt of this institution.")
    return receipt


def words_for_scripts(t: Texts, office: Office) -> dict[str, Any]:
    """What a browser needs to tell a receipt as the server does."""
    locale = Locale.parse({"en": "en_GB"}.get(t.tongue, t.tongue))
    said = texts(t.tongue)
    kept = {k: v for k, v in said.items() if k.startswith(("receipt.", "standing.", "fault."))}
    return {
        "called": office.every_name(t.tongue),
        "pattern": locale.date_formats["long"].pattern,
        "months": [locale.months["format"]["wide"][n] for n in range(1, 13)],
        "weekdays": [locale.days["format"]["wide"][n] for n in range(7)],
        "said": kept | {"register": law().rules[Rule.REGISTER].says[t.tongue]},
        "page": {name: t(f"citizen.check.{name}") for name in _CHECKS},
    }
