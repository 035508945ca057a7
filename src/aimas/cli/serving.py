"""`aimas serve`: the board, gathering and indexing in one process."""

import click

from aimas.app import App
from aimas.cli.base import with_app


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The home's setting when absent.")
@click.option("--host", default="127.0.0.1", help="Only this machine's own address, until accounts exist.")
@click.option("--no-gather", is_flag=True, help="Only show; another process gathers.")
@with_app
def serve(app: App, port: int | None, host: str, no_gather: bool) -> None:
    """Serve the board on this machine, gather and index."""
    from aimas.core import BadSetting
    from aimas.web.server import run

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise BadSetting(
            f"The board is served on 127.0.0.1 only: there are no accounts yet, so {host} would open it to anyone."
        )
    run(app, port=port or app.settings.port, gather=not no_gather)
