"""`aimas serve`: the board, gathering and indexing in one process."""

import click

from aimas.app import App
from aimas.cli.base import say, with_app


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The home's setting when absent.")
@click.option("--host", help="Address to listen on; the home's setting `listen` when absent.")
@click.option("--no-gather", is_flag=True, help="Only show; another process gathers.")
@click.option(
    "--follow",
    is_flag=True,
    help="Show what another home gathers into the same PostgreSQL; the home's setting when absent.",
)
@with_app
def serve(app: App, port: int | None, host: str | None, no_gather: bool, follow: bool) -> None:
    """Serve the board, gather and index; a home without accounts is given a link to make the first."""
    from aimas.web.server import LOOPBACK, run

    if follow or app.settings.follow:
        app.follow_another()
    served = port or app.settings.port
    address = host or app.settings.listen

    def welcome() -> None:
        word = app.accounts.invite()
        if word is not None:
            say("There are no accounts yet. Open this link once to make the first administrator:")
            say(f"  http://127.0.0.1:{served}/set-up?word={word}")
            say("Or in another terminal: aimas users add NAME --role admin")

        if address not in LOOPBACK and not app.settings.public_address.startswith("https://"):
            say(
                f"Listening on {address} without TLS: set a proxy before it, and public_address to its https:// name."
            )

    run(app, port=served, gather=not no_gather, host=address, welcome=welcome)
