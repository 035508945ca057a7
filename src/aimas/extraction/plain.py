"""Plain text into title and body."""

from aimas.extraction.cleaning import words_key
from aimas.extraction.dates import is_date_line

TITLE_CHARACTERS = 200


def title_and_text(text: str) -> tuple[str, str]:
    """The first line is the title if it is short, no date, and more follows; the title's repetition is dropped."""
    head, _, rest = text.partition("\n")
    if not rest or len(head) > TITLE_CHARACTERS or is_date_line(head):
        return "", text
    second, _, more = rest.partition("\n")
    if more and words_key(second) == words_key(head):
        rest = more
    return head, rest
