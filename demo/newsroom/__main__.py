"""Serves the newsroom until Ctrl-C and says where."""

import argparse
import signal
from datetime import UTC, datetime

from demo.newsroom.server import BASE_PORT, Newsroom


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.newsroom", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=BASE_PORT, help="the first outlet's port; the others follow"
    )
    parser.add_argument("--live-every", type=float, default=8.0, metavar="SECONDS")
    parser.add_argument("--opml", metavar="FILE", help="also write the list of outlets there")
    options = parser.parse_args()
    with Newsroom(datetime.now(UTC), options.port, options.live_every) as newsroom:
        for address in newsroom.addresses:
            print(f"{address.kind:8} {address.ownership:12} {address.url:50} {address.name}")
        live = newsroom.edition.waiting
        print(
            f"{len(newsroom.articles())} publications are out, {live} more follow every {options.live_every:g} s."
        )
        if options.opml:
            with open(options.opml, "wb") as file:  # noqa: PTH123 - "-" and devices are welcome
                file.write(newsroom.opml())
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("\nThe newsroom is closed.")


if __name__ == "__main__":
    main()
