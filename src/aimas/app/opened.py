"""A home opened, with every side it has."""

from aimas.app.following import Following
from aimas.app.letters import Letters
from aimas.app.proving import Proving
from aimas.app.watching import Watching


class App(Watching, Following, Letters, Proving):
    """Each side says by its bases which others it stands on."""
