"""Authors' names and handles that the newsroom shows, for a test to look for where none may be."""

import re
from collections.abc import Iterable

from demo.newsroom.letters import handle
from demo.newsroom.outlets import words
from demo.newsroom.texts import Text, texts

_HANDLE = re.compile(r"(?<![\w.@+-])@[A-Za-z0-9_][A-Za-z0-9_.]*[A-Za-z0-9_]")


def bylines(written: Iterable[Text] | None = None) -> set[str]:
    """Names that stand over articles; no text speaks of them, so that none may survive anywhere."""
    return {text.byline for text in (texts() if written is None else written) if text.byline}


def handles(written: Iterable[Text] | None = None) -> set[str]:
    """Authors' accounts, commenters, and accounts that texts name."""
    written = texts() if written is None else list(written)
    of_authors = {handle(name) for name in bylines(written)}
    of_comments = {comment.handle for language in words().values() for comment in language.comments}
    in_texts = {
        found for text in written for part in (text.title, *text.text) for found in _HANDLE.findall(part)
    }
    return of_authors | of_comments | in_texts


def comments() -> set[str]:
    """What invented readers wrote below articles: boilerplate that must not pass for text."""
    return {comment.text for language in words().values() for comment in language.comments}


def planted() -> list[str]:
    """All of it, sorted."""
    return sorted(bylines() | handles())


if __name__ == "__main__":
    print("\n".join(planted()))
