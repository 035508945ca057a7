"""Pages a second on one core: sites never seen, and sites whose layout is known.

`python -m bench.extraction_speed [--pages N]` prints JSON; public pages are read if AIMAS_DATA holds them.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from quality.make_pages import DESIGNS, Page, pages_of

from aimas.evaluation.extraction import page_bytes, public_rows, read_text
from aimas.extraction import Extractor, MemoryTemplates, TemplateState

LEARNING_PAGES = 20
CARDS = 50


def pages_per_second(extractor: Extractor, pages: Sequence[tuple[bytes, str | None]]) -> float:
    """By process time, so that a busy neighbour does not slow the figure."""
    start = time.process_time()
    for body, address in pages:
        read_text(extractor, body, address)
    return round(len(pages) / (time.process_time() - start), 1)


def heavier(page: Page, kilobytes: int = 70) -> bytes:
    """The page with as much script and as many cards before its end as a news site's page carries."""
    card = b"<div class='feed-card'><a href='/x'><h4>Other news of the day</h4></a><p>Teaser.</p></div>"
    script = b"<script>window.dataLayer.push({a: 1});</script>"
    missing = max(0, kilobytes * 1000 - len(page.body))
    cards = card * min(CARDS, missing // len(card))
    filling = cards + script * ((missing - len(cards)) // len(script))
    return page.body.replace(b"</body>", filling + b"</body>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60, help="pages of each invented site")
    count = parser.parse_args().pages
    store = MemoryTemplates()
    for site in DESIGNS:
        learner = Extractor(store)
        for page in pages_of(site, LEARNING_PAGES):
            read_text(learner, heavier(page), page.address)
    fresh = [(heavier(page), page.address) for site in DESIGNS for page in pages_of(site, count, seed=1)]
    known = [store.get(f"{site}.example") for site in DESIGNS]
    trusted = [site for site in known if site and site.state is TemplateState.TRUSTED]
    result: dict[str, object] = {
        "own_pages": len(fresh),
        "own_kilobytes_a_page": round(sum(len(body) for body, _ in fresh) / len(fresh) / 1000, 1),
        "own_unseen_pages_per_core_second": pages_per_second(Extractor(), fresh),
        "own_seen_pages_per_core_second": pages_per_second(Extractor(store), fresh),
        "trusted_sites": f"{len(trusted)} of {len(DESIGNS)}",
    }
    data = Path(os.environ.get("AIMAS_DATA", ""))
    rows = public_rows(data) if data.name else None
    if rows is None:
        result["public"] = "not run: AIMAS_DATA holds no article_extraction"
    else:
        base = data / "article_extraction"
        public = [(page_bytes(row, base, number), None) for number, row in enumerate(rows, 1)]
        result["public_kilobytes_a_page"] = round(
            sum(len(body) for body, _ in public) / len(public) / 1000, 1
        )
        result["public_unseen_pages_per_core_second"] = pages_per_second(Extractor(), public)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
