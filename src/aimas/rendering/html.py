"""A digest as HTML: a part of the board's own page, or one file that stands alone and asks nothing of any network."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aimas.rendering.charts import drawing
from aimas.rendering.document import SIGNS, Document, sections


def html(document: Document) -> bytes:
    style = files("aimas.rendering").joinpath("templates", "digest.css").read_text("utf-8")
    page = _environment().get_template("digest.html")
    return page.render(document=document, body=body(document), style=style).encode()


def body(document: Document) -> Markup:
    """What stands between title and foot."""
    return Markup(_environment().get_template("digest_body.html").render(sections=sections(document)))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(str(files("aimas.rendering"))) / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"signs": SIGNS, "draw": drawing}
    environment.filters["kind"] = lambda block: type(block).__name__
    return environment
