"""Telegram Desktop's `result.json`: one chat or a whole account; names of people never leave this module."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from aimas.core import DatedBy, Dropped, DropReason, Fetched, Held, HoldReason, Outcome, Passed
from aimas.sources.dates import moment
from aimas.sources.imports import ImportOptions, filed_under, is_personal
from aimas.sources.jsonstream import BrokenJson, CutJson, JsonStream, TooLong
from aimas.sources.privacy import shareable
from aimas.sources.types import IMPORT, Source

_EXPORT = re.compile(rb'"(?:messages|chats)"\s*:\s*[\[{]')
_CHANNELS = frozenset({"public_channel", "private_channel"})
# Entities whose text is a person's handle, or the name a person goes by.
_NAMING = frozenset({"mention", "mention_name", "bot_command"})


def looks_like_export(head: bytes) -> bool:
    """Whether JSON that begins so is an export of chats."""
    return (bool(_EXPORT.search(head)) and b'"type"' in head) or b'"personal_information"' in head


def items(
    stream: BinaryIO, name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """Every message, one outcome each; only a declared channel keeps its name, all else is personal."""
    reader = _Export(JsonStream(stream, options.max_item_bytes), name, options, fetched_at)
    try:
        yield from reader.document()
    except CutJson:
        yield Held(HoldReason.TRUNCATED, f"{name}: the export ends inside message {reader.number}")
    except TooLong:
        yield Held(HoldReason.TOO_LARGE, f"{name}: a value larger than {options.max_item_bytes} bytes")
    except BrokenJson as error:
        yield Held(HoldReason.MALFORMED, f"{name}: after message {reader.number}: {error}")


class _Export:
    def __init__(self, pull: JsonStream, name: str, options: ImportOptions, fetched_at: datetime) -> None:
        self._pull = pull
        self._name = name
        self._options = options
        self._fetched_at = fetched_at
        self.number = 0

    def document(self) -> Iterator[Outcome[Fetched]]:
        described: dict[str, Any] = {}
        for key in self._pull.members():
            if key == "messages" and self._pull.peek() == b"[":
                yield from self._messages(self._owner(described, alone=True))
            elif key in {"chats", "left_chats"} and self._pull.peek() == b"{":
                yield from self._chats()
            elif key in {"name", "type", "id"}:
                described[key] = self._pull.value()
            else:
                self._pull.skip()

    def _chats(self) -> Iterator[Outcome[Fetched]]:
        for key in self._pull.members():
            if key != "list" or self._pull.peek() != b"[":
                self._pull.skip()
                continue
            for _ in self._pull.elements():
                described: dict[str, Any] = {}
                for field in self._pull.members():
                    if field == "messages" and self._pull.peek() == b"[":
                        yield from self._messages(self._owner(described, alone=False))
                    elif field in {"name", "type", "id"}:
                        described[field] = self._pull.value()
                    else:
                        self._pull.skip()

    def _owner(self, chat: dict[str, Any], *, alone: bool) -> Source:
        """The declared channel that this chat is; groups and dialogues are personal whatever is declared."""
        if chat.get("type") not in _CHANNELS:
            return IMPORT
        keys = {
            str(chat.get("name", "")).casefold().strip(),
            str(chat.get("id", "")),
            f"channel{chat.get('id', '')}",
        }
        for source in self._options.sources:
            if {source.id.casefold(), source.name.casefold().strip()} & keys:
                return source
        return self._options.source if alone else IMPORT

    def _messages(self, owner: Source) -> Iterator[Outcome[Fetched]]:
        for _ in self._pull.elements():
            self.number += 1
            where = f"{self._name}:message {self.number}"
            try:
                message = self._pull.value()
            except TooLong:
                yield Held(HoldReason.TOO_LARGE, f"{where}: more than {self._options.max_item_bytes} bytes")
                continue
            if not isinstance(message, dict):
                yield Held(HoldReason.MALFORMED, f"{where}: not an object")
                continue
            yield self._outcome(message, owner, where)

    def _outcome(self, message: dict[str, Any], owner: Source, where: str) -> Outcome[Fetched]:
        if message.get("type", "message") != "message":
            return Dropped(DropReason.NOT_A_PUBLICATION, "a service message")
        text = shareable(_joined(message.get("text")), owner.ownership).strip()
        if not text:
            return Dropped(DropReason.NOT_A_PUBLICATION, "a message without text")
        stamp = message.get("date_unixtime") or message.get("date")
        dated = moment(
            stamp if isinstance(stamp, str | int) else None,
            self._fetched_at,
            self._options.timezone or owner.timezone,
        )
        personal = is_personal(owner)
        home = owner.home or owner.address
        number = message.get("id")
        has_link = not personal and "t.me/" in home and isinstance(number, int)
        return Passed(
            Fetched(
                source=filed_under(owner),
                address=f"{home.rstrip('/')}/{number}" if has_link else None,
                media_type="text/plain",
                body=text.encode("utf-8", "replace"),
                charset="utf-8",
                text=text,
                published_at=dated,
                dated_by=DatedBy.RECORD if dated else None,
                language_hint=owner.language_hint,
                site_name=None if personal else owner.name,
                fetched_at=self._fetched_at,
                name=where,
            )
        )


def _joined(text: Any) -> str:
    """Text of a message: a string, or an array of strings and marked stretches."""
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        return ""
    parts = []
    for part in text:
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            parts.append("@…" if part.get("type") in _NAMING else part["text"])
    return "".join(parts)
