"""A message of a bot to one chat, by the Telegram Bot API through the guarded client.

The API knows no key by which a repetition could be told: a try that ended without an answer is not repeated by itself.
"""

import re
from html import escape, unescape

import msgspec

from aimas.alerts import Channel, Failure, Message, NotDelivered
from aimas.notify.webhook import posted
from aimas.sources import GuardedClient

LONGEST = 4_096
"""Characters of a message as a reader sees it, by the API's rules."""
_TAG = re.compile("<[^>]*>")


class TelegramSettings(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    """Empty: no bot is set up."""
    api: str = "https://api.telegram.org"


class _ByTelegram:
    tells_twice_from_once = False

    def __init__(self, client: GuardedClient, settings: TelegramSettings) -> None:
        self._client = client
        self._settings = settings

    def send(self, channel: Channel, message: Message) -> None:
        if not self._settings.token:
            raise NotDelivered(
                Failure.PERMANENT, "No Telegram bot is set: telegram_token in the environment."
            )
        body = msgspec.json.encode(
            {
                "chat_id": channel.address,
                "text": written(message),
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            }
        )
        address = f"{self._settings.api.rstrip('/')}/bot{self._settings.token}/sendMessage"
        status = posted(self._client, address, body, {})
        if status != 200:
            raise NotDelivered(
                Failure.PERMANENT, f"Telegram answers {status}: see the token and the chat's id."
            )


def by_telegram(client: GuardedClient, settings: TelegramSettings) -> _ByTelegram:
    return _ByTelegram(client, settings)


def written(message: Message) -> str:
    """In Telegram's HTML; items are left out from the end until it fits."""
    head = [f"<b>{escape(message.subject)}</b>", escape(message.why)]
    if message.baseline:
        head.append(escape(message.baseline))
    head.append(_link(message.link, message.link_said))
    foot = [
        f"{_link(message.alert_link, message.alert_said)} · {_link(message.mute_link, message.mute)}",
        f"<i>{escape(message.note)}</i>",
    ]
    items = []
    for item in message.items:
        words = ", ".join(f"«{w}»" for w in item.words)
        about = " · ".join(p for p in (item.source, item.when, item.tone_said, words) if p)
        items.append(f"• {_link(item.link, item.title)}\n{escape(about)}")
    more = [escape(message.more)] if message.more else []
    while True:
        text = "\n\n".join([*head, *items, *more, *foot])
        if len(unescape(_TAG.sub("", text))) <= LONGEST or not items:
            return text
        items.pop()


def _link(address: str, said: str) -> str:
    return f'<a href="{escape(address)}">{escape(said)}</a>'
