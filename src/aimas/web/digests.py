"""A digest in one form and one language: names as they were known at its moment, words from the interface's texts."""

from aimas.app import App
from aimas.digesting import sources_of
from aimas.institution import Profile
from aimas.rendering.document import Document
from aimas.rendering.links import Links
from aimas.rendering.telling import telling
from aimas.reports import Digest
from aimas.web.texts import TONGUES, Texts
from aimas.web.views import Names

MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def document_of(app: App, told: Digest, profile: Profile, language: str, base: str) -> Document:
    """`base` stands before every link; empty on the board's own page."""
    tongue = next(t for t in TONGUES if t == language)
    texts = Texts(tongue, app.settings.zone)
    names = Names(texts, profile, sources_of(app, told.known))
    institution = str(getattr(profile.title, tongue))
    return telling(told, texts, names, institution, Links(told, base), is_demo=app.settings.demo)


def told_in(app: App, told: Digest, profile: Profile, form: str, language: str) -> bytes:
    """A file of MEDIA_TYPES; its links lead to where this home's readers open the board."""
    document = document_of(app, told, profile, language, app.settings.board_address)
    # Each writer brings a library of its own, and is loaded when it is wanted.
    match form:
        case "md":
            from aimas.rendering.markdown import markdown

            return markdown(document)
        case "html":
            from aimas.rendering.html import html

            return html(document)
        case "docx":
            from aimas.rendering.word import word

            return word(document, told.known.moment)
        case "pdf":
            from aimas.rendering.pdf import pdf

            return pdf(document, told.known.moment)
    raise ValueError(f"{form} is no form of a digest; there are {', '.join(MEDIA_TYPES)}")
