"""What an applicant wrote and who he is: personal data, which lives in the encrypted store and nowhere else."""

from enum import StrEnum

import msgspec

from aimas.core import BadInput


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """The person behind an appeal, as given by that person."""

    name: str = ""
    iin: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""

    def told(self) -> tuple[str, ...]:
        """What is not empty."""
        return tuple(v for v in (self.name, self.iin, self.address, self.phone, self.email) if v.strip())


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with an appeal, already checked."""

    name: str
    media_type: str
    content: bytes


class AttachmentNote(msgspec.Struct, frozen=True, kw_only=True):
    """A file without its bytes."""

    digest: str
    """SHA-256 of the content, hex."""
    name: str
    media_type: str
    size: int


class Place(msgspec.Struct, frozen=True):
    """Where it happened; may be somebody's home, so it is personal data."""

    latitude: float
    longitude: float
    words: str = ""


class PartKind(StrEnum):
    """What a sealed part of a case is."""

    APPEAL = "appeal"
    """The text as filed."""
    APPLICANT = "applicant"
    """The latest stands."""
    PLACE = "place"
    """The latest stands."""
    ATTACHMENT = "attachment"
    """The note of a file; its bytes are sealed beside it."""
    DOCUMENT = "document"
    """Words that were added later."""
    PRELIMINARY = "preliminary"
    """The preliminary decision that a hearing is about."""
    ANSWER = "answer"
    """An answer as it was signed."""
    NOTICE = "notice"
    """A notice to the applicant."""
    WORDS = "words"
    """A reason or proof that a person wrote into an event."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed thing of a case."""

    kind: PartKind
    text: str = ""
    about: str = ""
    """Which field of its event a `WORDS` belongs to; the id of a notice."""
    attachment: AttachmentNote | None = None
    applicant: Applicant | None = None
    place: Place | None = None


class Written(msgspec.Struct, frozen=True):
    """A text of a case with the event that it belongs to."""

    kind: PartKind
    position: int
    text: str
    about: str = ""


class Erased(BadInput):
    """The key of the case was destroyed by law; no word can be added to it or read."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A case's words and its applicant, opened or masked."""

    case: str
    text: str
    applicant: Applicant | None = None
    """None: anonymous."""
    place: Place | None = None
    attachments: tuple[AttachmentNote, ...] = ()
    written: tuple[Written, ...] = ()
    """Documents, answers, notices and reasons, in order."""
    is_masked: bool = False
    is_erased: bool = False
    """The key was destroyed: nothing of it can be read by anybody."""

    @property
    def answers(self) -> tuple[Written, ...]:
        return tuple(each for each in self.written if each.kind is PartKind.ANSWER)

    @property
    def notices(self) -> tuple[Written, ...]:
        return tuple(each for each in self.written if each.kind is PartKind.NOTICE)

    def words_of(self, position: int, about: str = "reason") -> str:
        """What a person wrote into the event at this ledger position; empty where nothing, or where it is erased."""
        return next(
            (
                each.text
                for each in self.written
                if each.kind is PartKind.WORDS and each.position == position and each.about == about
            ),
            "",
        )
