"""What proves a home's records: originals opened or erased on record, checkpoints, the check of it all."""

from collections.abc import Iterable
from pathlib import Path

from aimas.app.appealing import Appealing
from aimas.core import BadInput
from aimas.ledger import Breach, Checkpoint, Finding, public_key_of, sign, verify, write_checkpoint
from aimas.storage.originals import Opened


class Proving(Appealing):
    """A home as an auditor meets it."""

    def open_original(self, publication_id: str, reason: str) -> Opened:
        """Opening an original is an act by a person, for a reason, recorded before the bytes are shown."""
        if len(reason.strip()) < 3:
            raise BadInput("Say why the original is opened: the reason is recorded.")
        publication = self.records.get_publication(publication_id)
        if publication is None or publication.original is None:
            raise BadInput(f"No original is kept for publication {publication_id}.")
        with self.archive.settling() as settlement:
            settlement.act("original-opened", publication_id, {"reason": reason.strip()})
        return self.records.open_original(publication.original)

    def erase_original(self, publication_id: str, reason: str) -> None:
        """Destroys the key of a publication's original for good; record, ledger entry and a tombstone stay.

        Raises BadInput where there is nothing to erase, or no reason.
        """
        if len(reason.strip()) < 10:
            raise BadInput(
                "Say by what right the original is erased, in ten characters or more: it is recorded."
            )
        publication = self.records.get_publication(publication_id)
        if publication is None or publication.original is None:
            raise BadInput(f"No original is kept for publication {publication_id}.")
        with self.archive.settling() as settlement:
            if not settlement.erase(publication.original, reason.strip()):
                raise BadInput(f"The original of publication {publication_id} was erased already.")

    def checkpoint(self, folder: Path | None = None) -> tuple[Checkpoint, Path]:
        """Signs the ledger's head and writes it to a place outside the home."""
        target = folder or (Path(self.settings.checkpoint_dir) if self.settings.checkpoint_dir else None)
        if target is None:
            raise BadInput("Say where checkpoints go: --to FOLDER, or checkpoint_dir in aimas.toml.")
        if target.resolve().is_relative_to(self.home.folder.resolve()):
            raise BadInput(f"{target} lies in the home that it vouches for. Give a folder elsewhere.")
        position, head = self.records.head_hash()
        checkpoint = sign(self.home.checkpoint_key(), self.records.home, position, head, self.clock.now())
        return checkpoint, write_checkpoint(checkpoint, target)

    def verify(self, against: Iterable[Checkpoint] = (), key: str | None = None) -> list[Finding]:
        """Checkpoints must be signed with `key` (hex), this home's own where it is not given."""
        found = verify(self.records, against, key=key or public_key_of(self.home.checkpoint_key()))
        return found or [
            *(Finding(Breach.SEALED, None, told) for told in self.persons.damaged()),
            *(Finding(Breach.RECORD, None, told) for told in self.appeal_store.misfits()),
            *(Finding(Breach.DERIVED, None, told) for told in self.appeals.misfits()),
        ]
