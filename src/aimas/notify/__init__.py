"""Channels that take an alert to people and programs: one module each, and each says whether a failure passes."""

from aimas.notify.atom import feed
from aimas.notify.email import EmailSettings, by_email
from aimas.notify.telegram import TelegramSettings, by_telegram
from aimas.notify.webhook import by_webhook, signature

__all__ = [
    "EmailSettings",
    "TelegramSettings",
    "by_email",
    "by_telegram",
    "by_webhook",
    "feed",
    "signature",
]
