"""Accounts and addresses of people become masks."""

import re

_EMAIL = re.compile(r"(?<![\w.+%-])@?[\w.+%-]++@[\w-]++(?:\.[\w-]++)++")
_PROFILE = re.compile(
    r"(?<![\w.@-])(?:https?://)?(?:[\w-]{1,12}\.)?(?:t\.me|telegram\.(?:me|dog|org)|instagram\.com|instagr\.am|facebook\.com|fb\.com"
    r"|fb\.me|x\.com|twitter\.com|vk\.com|vk\.ru|vkontakte\.ru|tiktok\.com|threads\.(?:net|com)|ok\.ru|linkedin\.com/in"
    r"|youtube\.com/(?:@|c/|user/|channel/)?|wa\.me|bsky\.app/profile)(?:/[^\s<>\"'«»,;()\[\]]*[^\s<>\"'«»,;()\[\].!?:])",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@…])[@＠](?=[\w.]*\w)[\w][\w.]*(?<!\.)")

ADDRESS_GONE = "@…"
EMAIL_GONE = "…@…"


def without_handles(text: str) -> str:
    """Handles and profile addresses become "@…", e-mail addresses "…@…"."""
    if "@" in text or "＠" in text:
        text = _EMAIL.sub(EMAIL_GONE, text)
        text = _HANDLE.sub(ADDRESS_GONE, text)
    if "/" in text:
        text = _PROFILE.sub(ADDRESS_GONE, text)
    return text
