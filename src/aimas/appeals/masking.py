"""Hides personal data in what is shown to those who need not see it: the marks say what kind stood there."""

import re

import msgspec

from aimas.appeals.pii import Find, PiiKind, personal_data
from aimas.appeals.sheets import Applicant, Sheet
from aimas.core import Span

_WORD = re.compile(r"[^\W_]{3,}")


def mark(kind: PiiKind) -> str:
    """Stands for what is hidden; the same in every language, so that a page can put it into words."""
    return f"[{kind.value}]"


def masked(text: str, applicant: Applicant | None = None, find: Find = personal_data) -> str:
    """The text with a mark for each thing that personal data was found in or that the applicant gave of himself."""
    spans = [(found.span, found.kind) for found in find(text)]
    taken = [span for span, _ in spans]
    for span, kind in _own(text, applicant):
        if not any(span.overlaps(other) for other in taken):
            spans.append((span, kind))
            taken.append(span)
    shown, at = [], 0
    for span, kind in sorted(spans):
        shown += [text[at : span.start], mark(kind)]
        at = span.end
    return "".join([*shown, text[at:]])


def masked_applicant(applicant: Applicant) -> Applicant:
    """Every field that is there, as its mark."""
    kinds = {
        "name": PiiKind.NAME,
        "iin": PiiKind.IIN,
        "address": PiiKind.ADDRESS,
        "phone": PiiKind.PHONE,
        "email": PiiKind.EMAIL,
    }
    return Applicant(
        **{field: mark(kind) for field, kind in kinds.items() if getattr(applicant, field).strip()}
    )


def masked_sheet(sheet: Sheet, find: Find = personal_data) -> Sheet:
    """Words with marks, the place without its coordinates, files without their names."""
    own = sheet.applicant
    return msgspec.structs.replace(
        sheet,
        text=masked(sheet.text, own, find),
        applicant=None if own is None else masked_applicant(own),
        place=None,
        attachments=tuple(
            msgspec.structs.replace(note, name=f"{number}.{note.media_type.rpartition('/')[2]}")
            for number, note in enumerate(sheet.attachments, 1)
        ),
        written=tuple(msgspec.structs.replace(w, text=masked(w.text, own, find)) for w in sheet.written),
        is_masked=True,
    )


def masked_opening(sheet: Sheet, most: int, find: Find = personal_data) -> str:
    """The appeal's first words in one line of `most` characters at the longest, cut between words; nothing else of the
    sheet is read. The whole text is looked at: a name that the cut would halve is still a name."""
    line = " ".join(masked(sheet.text, sheet.applicant, find).split())
    return line if len(line) <= most else f"{line[: most - 1].rsplit(' ', 1)[0]}…"


def _own(text: str, applicant: Applicant | None) -> list[tuple[Span, PiiKind]]:
    """Where the applicant's own data stands as he gave it, word by word for the name, digit by digit for numbers."""
    if applicant is None:
        return []
    found = []
    for word in _WORD.findall(applicant.name):
        # A name is declined; its beginning is not.
        stem = re.escape(word[: max(3, len(word) - 2)])
        found += [
            (Span(*m.span()), PiiKind.NAME) for m in re.finditer(rf"\b{stem}\w{{0,4}}\b", text, re.IGNORECASE)
        ]
    for number, kind in ((applicant.iin, PiiKind.IIN), (applicant.phone, PiiKind.PHONE)):
        digits = re.sub(r"\D", "", number)[-10:]
        if len(digits) >= 5:
            found += [(Span(*m.span()), kind) for m in re.finditer(r"[\s().–-]{0,3}".join(digits), text)]
    for exact, kind in ((applicant.address, PiiKind.ADDRESS), (applicant.email, PiiKind.EMAIL)):
        if exact.strip():
            found += [
                (Span(*m.span()), kind) for m in re.finditer(re.escape(exact.strip()), text, re.IGNORECASE)
            ]
    return found
