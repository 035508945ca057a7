"""The one who writes the index: follows the ledger, from where it was left."""

import fcntl
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path

import tantivy
from tantivy import Query

from aimas.core import Unavailable
from aimas.storage.faults import point
from aimas.storage.index.documents import documents, schema
from aimas.storage.index.queries import Queries
from aimas.storage.index.state import StateFile, disk_errors
from aimas.storage.records import Records
from aimas.storage.terms import TOKENIZER, Writing

HEAP = 128 * 1024 * 1024
STEP = 8_000
"""Ledger positions taken in together: each commit costs a segment and its merges; as many texts are held in memory."""
_SEGMENT = re.compile(r"[0-9a-f]{32}\..+")
"""A file of a segment."""


class IndexWriter:
    """Follows the ledger. What was put in after the last noted position is taken out first, so a crash repeats
    work and never doubles it."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        """Raises Unavailable while another process writes, or where the index can't be opened."""
        self._zone = zone
        self._state = StateFile(folder)
        self._schema = schema()
        self._folder = folder
        segments = folder / "tantivy"
        # Opened anew: a writer deletes the files that its index knew of when it was opened, or made itself, and not
        # those that another process made meanwhile.
        try:
            self._index = tantivy.Index(self._schema, str(segments), reuse=True)
        except (OSError, ValueError) as error:
            raise Unavailable(f"The search index in {segments} can't be opened: {error}", 5.0) from None
        try:
            self._writer = self._index.writer(HEAP, 1)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise Unavailable(
                    f"Another process is writing the search index in {segments}. Stop it first (aimas serve, watch).",
                    5.0,
                ) from None
            raise Unavailable(f"The search index in {segments} can't be written: {error}", 5.0) from None
        _clear_unfinished(segments)
        _clear_unowned(segments)
        state = self._state.read()
        self._position, self._entry = state.position, state.entry
        undone = Queries(self._schema).range("since", self._position + 1, None)
        self._writer.delete_documents_by_query(undone)

    @property
    def position(self) -> int:
        return self._position

    def follow(self, records: Records, limit: int = STEP) -> int:
        """Takes in up to `limit` ledger positions and commits; returns how many were taken."""
        if self._position > records.head() or self._is_of_others(records):
            # Another copy of the records was put back: what the index knows and they do not never happened.
            self._restart()
        versions = records.versions_after(self._position, limit)
        if versions.reached == self._position:
            return 0
        if versions.ended:
            # Not delete_documents_by_term: for numbers it deletes nothing and says nothing (tantivy 0.27.0).
            old = Query.term_set_query(self._schema, "reading", versions.ended)
            self._writer.delete_documents_by_query(old)
        writing = Writing()
        filled = [*documents(versions.documents, writing, self._zone)]
        # Before the first document of a commit: its segments take the tokenizer that they find.
        self._index.register_tokenizer(TOKENIZER, writing.tokenizer())
        for document in filled:
            with disk_errors(self._folder):
                self._writer.add_document(document)
        point("index-filled")
        self._commit()
        point("index-kept")
        taken = versions.reached - self._position
        self._position = versions.reached
        self._entry = (records.hash_at(versions.reached) or b"").hex()
        self._state.write(versions.reached, self._entry)
        return taken

    def _is_of_others(self, records: Records) -> bool:
        """Whether these records had another entry where the index stands: they were put back and went on since."""
        return bool(self._entry) and (records.hash_at(self._position) or b"").hex() != self._entry

    def rebuild(self, records: Records, progress: Callable[[int, int], None]) -> None:
        """From nothing. A reader sees an index that is far behind and says so; what stops in between goes on later."""
        self._restart()
        head = records.head()
        while self.follow(records):
            progress(self._position, head)
        self._commit()

    def _restart(self) -> None:
        # Position first: documents above it are taken out by whoever opens the index next.
        self._state.start_anew()
        self._position, self._entry = 0, ""
        self._writer.delete_all_documents()

    def close(self) -> None:
        """Waits for merges. What was not committed is gone, as after a crash, and is taken in again later."""
        with suppress(ValueError):
            self._writer.wait_merging_threads()

    def _commit(self) -> None:
        with disk_errors(self._folder):
            self._writer.commit()


def _clear_unfinished(folder: Path) -> None:
    """Lists of deletions that a full disk broke off in a commit: the next commit gives its own the same names, and
    tantivy 0.27 would refuse to write over them for ever. Only for who holds the writer's lock."""
    committed = int(json.loads((folder / "meta.json").read_bytes())["opstamp"])
    for path in folder.glob("*.del"):
        if int(path.name.split(".")[1]) > committed:
            path.unlink(missing_ok=True)


def _clear_unowned(folder: Path) -> None:
    """Files of segments that no longer are, left by a process that was killed or knew nothing of them. Only for who
    holds the writer's lock; readers that are just opening the index hold the other one, as against tantivy itself."""
    with (folder / ".tantivy-meta.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        meta = json.loads((folder / "meta.json").read_bytes())
        owned = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
        for path in folder.iterdir():
            if _SEGMENT.fullmatch(path.name) and path.name[:32] not in owned:
                path.unlink(missing_ok=True)
