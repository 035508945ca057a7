"""What was taken for words and may have been meant for operators or fields."""

import pytest

from aimas.search.meant import meant, rewritten


@pytest.mark.parametrize(
    ("text", "signs", "rewritten_text"),
    [
        ("полиция или суд", {"или": "OR"}, "полиция OR суд"),
        ("полиция немесе сот", {"немесе": "OR"}, "полиция OR сот"),
        ("police or court", {"or": "OR"}, "police OR court"),
        ("полиция не футбол", {"не": "NOT"}, "полиция NOT футбол"),
        ("полиция near/3 суд", {"near/3": "NEAR/3"}, "полиция NEAR/3 суд"),
        ("сот onear/3 үкім", {"onear/3": "ONEAR/3"}, "сот ONEAR/3 үкім"),
        ("тон:критика суд", {"тон:": "tone:"}, "tone:критика суд"),
        ("Өңір:KZ-75", {"Өңір:": "region:"}, "region:KZ-75"),
        ('полиция "или" суд', {}, 'полиция "или" суд'),
        ("полиция OR суд", {}, "полиция OR суд"),
        ("или", {}, "или"),
        ("взятк*", {}, "взятк*"),
        ("«не закрыто", {}, "«не закрыто"),
    ],
)
def test_signs_that_were_taken_for_words(text: str, signs: dict[str, str], rewritten_text: str) -> None:
    found = meant(text)
    assert {sign.written: sign.means for sign in found} == signs
    assert rewritten(text, found) == rewritten_text
