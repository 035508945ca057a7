"""docs/search.md: every example parses, no field or mark is missing, the limits are those that hold."""

import re
from pathlib import Path

import pytest
from tests.builders import NOW

from aimas.search import fields, limits, parse, written

GUIDE = Path(__file__).parents[2] / "docs/search.md"
TEXT = GUIDE.read_text("utf-8")
SAVED = {"bribes": "взятка", "пара мен сот": "пара AND сот"}
EXAMPLES = [
    *re.findall(
        r"`([^`\n]+)`", "\n".join(line for line in TEXT.splitlines() if not line.startswith("| field"))
    ),
    *re.findall(r"```\n(.+?)```", TEXT, re.DOTALL),
]
FIELDS = re.findall(r"^\| `(\w+):` \|", TEXT, re.MULTILINE)
MARKS = re.findall(r"^\| `is:([\w-]+)` \|", TEXT, re.MULTILINE)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not re.fullmatch(r"\w+:", e)])
def test_an_example_is_a_query(example: str) -> None:
    tree = parse(example, NOW.date(), SAVED.get)
    assert parse(written(tree), NOW.date()) == tree


def test_there_are_examples_in_three_languages() -> None:
    assert len(EXAMPLES) > 60
    for word in ("взятка", "қызметкер", "bribe"):
        assert any(word in e for e in EXAMPLES)


def test_no_field_or_mark_is_missing() -> None:
    assert sorted(FIELDS) == sorted(fields.FIELDS)
    assert sorted(MARKS) == sorted(fields.MARKS)


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        (r"at most ([\d,]+) characters", limits.MAX_LENGTH),
        (r"characters, (\d+) parts", limits.MAX_CLAUSES),
        (r"parts, (\d+) brackets", limits.MAX_DEPTH),
        (r"and (\d+) wildcards", limits.MAX_WILDCARDS),
        (r"at most (\d+) letters", limits.MAX_WORD),
        (r"times the pairs is\s+at most (\d+)", limits.MAX_NEAR_PLACES),
    ],
)
def test_the_limits_told_are_those_that_hold(said: str, limit: int) -> None:
    (number,) = re.findall(said, TEXT)
    assert int(number.replace(",", "")) == limit
