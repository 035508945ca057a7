"""A signed POST through the guarded client.

The receiver checks it thus: HMAC-SHA256 with the shared secret over the timestamp header, a full stop and the body
must be the signature header's `v1`; a timestamp older than five minutes is a replay; a known Idempotency-Key is a
repetition.
"""

import hashlib
import hmac
from typing import Any

import msgspec

from aimas.alerts import Channel, Failure, Message, NotDelivered
from aimas.core import BadInput, Clock, Unavailable
from aimas.sources import GuardedClient
from aimas.sources.http import Unanswered

TIMESTAMP = "Aimas-Timestamp"
SIGNATURE = "Aimas-Signature"
KEY = "Idempotency-Key"

_encode = msgspec.json.Encoder(order="sorted").encode


class _ByWebhook:
    tells_twice_from_once = True

    def __init__(self, client: GuardedClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def send(self, channel: Channel, message: Message) -> None:
        body = _encode(payload(message))
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            KEY: message.key,
            TIMESTAMP: timestamp,
            SIGNATURE: f"v1={signature(channel.secret, timestamp, body)}",
        }
        status = posted(self._client, channel.address, body, headers)
        if not 200 <= status < 300:
            raise NotDelivered(Failure.PERMANENT, f"The webhook answers {status}.")


def by_webhook(client: GuardedClient, clock: Clock) -> _ByWebhook:
    return _ByWebhook(client, clock)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 of `timestamp.body`."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def payload(message: Message) -> dict[str, Any]:
    """What a program is told: numbers, links and items, and the sentences in the rule's language."""
    return {
        "alert": message.alert,
        "rule": message.rule,
        "rule_id": message.rule_id,
        "search": message.search,
        "kind": message.kind,
        "at": message.at.isoformat(),
        "language": message.language,
        "count": message.count,
        "query": message.query,
        "snapshot": message.snapshot,
        "expected": message.expected,
        "threshold": message.threshold,
        "subject": message.subject,
        "why": message.why,
        "baseline": message.baseline or None,
        "link": message.link,
        "alert_link": message.alert_link,
        "mute_link": message.mute_link,
        "items": [
            {
                "title": i.title,
                "source": i.source,
                "published_at": i.at.isoformat() if i.at else None,
                "tone": i.tone,
                "words": list(i.words),
                "link": i.link,
            }
            for i in message.items
        ],
    }


def posted(client: GuardedClient, address: str, body: bytes, headers: dict[str, str]) -> int:
    """The answer's status; raises NotDelivered for what is down, silent or may not be asked."""
    try:
        return client.post(address, body, media_type="application/json", headers=headers).status
    except Unanswered as error:
        raise NotDelivered(Failure.UNCLEAR, str(error)) from None
    except Unavailable as error:
        raise NotDelivered(Failure.PASSING, str(error), error.retry_after_s) from None
    except BadInput as error:
        raise NotDelivered(Failure.PERMANENT, str(error)) from None
