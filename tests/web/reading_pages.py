"""What tests see of a page."""

from selectolax.lexbor import LexborHTMLParser, LexborNode


class Node:
    """An element, asked the way tests ask."""

    def __init__(self, node: LexborNode) -> None:
        self._node = node

    def get(self, name: str) -> str | None:
        return self._node.attributes.get(name)

    def cssselect(self, selector: str) -> list["Node"]:
        return [Node(n) for n in self._node.css(selector)]

    def text_content(self) -> str:
        return self._node.text()


def tree(text: str) -> Node:
    root = LexborHTMLParser(text).root
    assert root is not None
    return Node(root)


def numbers(text: str) -> dict[str, int]:
    """Every number that is a link: where it leads, what it says."""
    found = tree(text).cssselect("a[data-count]")
    return {a.get("href") or "": int(a.get("data-count") or "") for a in found}


def listed(text: str) -> int:
    """How many publications a list says it holds."""
    found = tree(text).cssselect("#count")
    assert found, "this is no list"
    return int(found[0].get("data-count") or "")


def token(text: str) -> str:
    return str(tree(text).cssselect('input[name="_csrf_token"]')[0].get("value"))
