"""Serves the newsroom until Ctrl-C and says where."""

import argparse
import signal
from datetime import UTC, datetime
from pathlib import Path

from demo.newsroom.server import BASE_PORT, Newsroom


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.newsroom", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=BASE_PORT, help="the first outlet's port; the others follow"
    )
    parser.add_argument("--live-every", type=float, default=8.0, metavar="SECONDS")
    parser.add_argument("--opml", type=Path, metavar="FILE", help="also write the list of outlets there")
    options = parser.parse_args()
    with Newsroom(datetime.now(UTC), options.port, options.live_every) as newsroom:
        for address in newsroom.addresses:
            print(f"{address.kind:8} {address.ownership:12} {address.url:50} {address.name}")
        live = newsroom.edition.waiting
        out = len(newsroom.articles())
        print(f"{out} publications are out; one of {live} more follows every {options.live_every:g} s.")
        if options.opml:
            options.opml.write_bytes(newsroom.opml())
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("\nThe newsroom is closed.")


if __name__ == "__main__":
    main()
