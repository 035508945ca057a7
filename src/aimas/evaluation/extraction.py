"""How much of a page's text is read, and how much that is not of it.

`shingle_f1` is the measure of the article extraction benchmark (Zyte, 2019): runs of four words, precision
and recall of each page averaged over pages, F1 of the two means. `bag_of_words_f1` is the same without order.
"""

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Literal

from aimas.core import BadInput, Fetched, Passed
from aimas.evaluation.scores import Row, Scores, by_language, named, optional_text, required_text
from aimas.extraction import Extractor
from aimas.extraction.agreement import Overlap, overlap, shingles, words

PUBLIC_SET = "article_extraction"
"""Folder of the public pages under AIMAS_DATA."""
PUBLIC_SOURCE = "https://github.com/scrapinghub/article-extraction-benchmark (MIT)"

Half = Literal["development", "held-out"]

_GZIP = b"\x1f\x8b"
_READ_AT = datetime(2100, 1, 1, tzinfo=UTC)


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """Every page is read as if its site had never been seen. Raises BadInput naming the row that misfits."""
    extractor = Extractor()
    overlaps: dict[int, tuple[Overlap, Overlap]] = {}
    for number, row in enumerate(rows, 1):
        optional_text(number, row, "lang")
        truth = required_text(number, row, "text")
        found = read_text(extractor, page_bytes(row, base, number))
        overlaps[id(row)] = (
            overlap(shingles(truth), shingles(found)),
            overlap(Counter(words(truth)), Counter(words(found))),
        )
    return Scores(
        task="extraction",
        rows=len(rows),
        metrics=_metrics([overlaps[id(row)] for row in rows]),
        by_lang={
            lang: _metrics([overlaps[id(row)] for row in group]) for lang, group in by_language(rows).items()
        },
    )


def mean_f1(overlaps: Sequence[Overlap]) -> float:
    """F1 of mean precision and mean recall; an empty truth has no recall, an empty reading no precision."""
    precision = [page.precision for page in overlaps if page.shared + page.added]
    recall = [page.recall for page in overlaps if page.shared + page.missing]
    if not precision or not recall:
        return 0.0
    p, r = fmean(precision), fmean(recall)
    return 2 * p * r / (p + r) if p + r else 0.0


def read_text(extractor: Extractor, body: bytes, address: str | None = None) -> str:
    """What the extractor publishes of a page; empty where it publishes nothing."""
    outcome = extractor.extract(
        Fetched(
            source="evaluation",
            address=address,
            media_type="text/html",
            body=body,
            fetched_at=_READ_AT,
            name="evaluation page",
        )
    )
    return outcome.value.text if isinstance(outcome, Passed) else ""


def public_rows(data: Path) -> list[Row] | None:
    """The 181 public pages as rows, each with its `half`; None where AIMAS_DATA (`data`) lacks them."""
    folder = data / PUBLIC_SET
    if not (folder / "ground-truth.json").is_file():
        return None
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    return [
        {
            "id": page,
            "html_path": f"html/{page}.html.gz",
            "text": fields["articleBody"],
            "half": half_of(page),
        }
        for page, fields in sorted(truth.items())
    ]


def half_of(page: str) -> Half:
    """Chosen before any tuning: the first hex digit of the SHA-256 of the page's id, even for development."""
    return "held-out" if int(hashlib.sha256(page.encode()).hexdigest()[0], 16) % 2 else "development"


def _metrics(overlaps: Sequence[tuple[Overlap, Overlap]]) -> dict[str, float]:
    return {
        "shingle_f1": mean_f1([by_order for by_order, _ in overlaps]),
        "bag_of_words_f1": mean_f1([by_bag for _, by_bag in overlaps]),
    }


def page_bytes(row: Row, base: Path, number: int) -> bytes:
    """Raw bytes of the page that a row names; `number` is for the error message."""
    path = base / required_text(number, row, "html_path")
    try:
        body = path.read_bytes()
        return gzip.decompress(body) if body.startswith(_GZIP) else body
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise BadInput(f"{named(number, row)}: {path} cannot be read ({error})") from error
