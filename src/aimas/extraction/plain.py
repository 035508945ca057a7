"""Plain text into title and body."""

from aimas.extraction.cleaning import words_key

TITLE_CHARACTERS = 200


def title_and_text(text: str) -> tuple[str, str]:
    """The first line is the title if it is short and more follows; the title's repetition is dropped."""
    head, _, rest = text.partition("\n")
    if not rest or len(head) > TITLE_CHARACTERS:
        return "", text
    second, _, more = rest.partition("\n")
    if more and words_key(second) == words_key(head):
        rest = more
    return head, rest
