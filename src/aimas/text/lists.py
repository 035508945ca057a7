"""Word lists that ship with the package: one mark a line, then its words; `#` begins a remark."""

from importlib.resources import files


def listed(name: str) -> dict[str, frozenset[str]]:
    """Words by mark; a mark may stand on several lines."""
    groups: dict[str, set[str]] = {}
    for line in files("aimas.text").joinpath("data", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            mark, *words = line.split()
            groups.setdefault(mark, set()).update(words)
    return {mark: frozenset(words) for mark, words in groups.items()}
