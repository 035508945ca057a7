"""Latin spellings of Russian and Kazakh words, for addresses and handles."""

import re

_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh",
    "з": "z", "и": "i", "й": "i", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o",
    "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh",
    "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch",
    "ъ": "", "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_TABLE = str.maketrans(_LATIN)


def slug(text: str, words: int = 8, joint: str = "-") -> str:
    """Lower-case latin words of the text; empty where it has none."""
    return joint.join(re.findall(r"[a-z0-9]+", text.lower().translate(_TABLE))[:words])


def handle(name: str) -> str:
    """The invented account of an invented author."""
    return f"@{slug(name, words=4, joint='_')}_demo"
