"""What must not leave a parser: handles and links to personal profiles."""

import re

from aimas.core import Ownership
from aimas.extraction.bylines import without_bylines

_HANDLE = re.compile(r"(?<![\w@.+-])@[A-Za-z0-9_][A-Za-z0-9_.]{1,}")
_PROFILE = re.compile(
    r"(?i)\b((?:https?://)?(?:www\.|m\.)?(?:t\.me|telegram\.me|instagram\.com|vk\.com|facebook\.com|fb\.com|x\.com|"
    r"twitter\.com|tiktok\.com|threads\.net|ok\.ru|youtube\.com/(?:@|c/|user/|channel/))/?)[^\s\"'<>]+"
)


def without_handles(text: str) -> str:
    """The text with @handles and addresses of profiles blanked; e-mail addresses are not handles."""
    if "@" not in text and "/" not in text:
        return text
    return _HANDLE.sub("@…", _PROFILE.sub(r"\1…", text))


def shareable(text: str, ownership: Ownership) -> str:
    """Text that may be kept: without the line that signs it and, for personal pages, without any handle."""
    plain = without_bylines(text)
    return without_handles(plain) if ownership is Ownership.PERSONAL else plain


def shareable_title(title: str, ownership: Ownership) -> str:
    """A title that may be kept; a person's name alone is a fair title, so only handles go."""
    plain = " ".join(title.split())
    return without_handles(plain) if ownership is Ownership.PERSONAL else plain
