"""What a form of searches or alerts got wrong, in the reader's language."""

import re
from typing import Any

from aimas.core import BadInput
from aimas.search import QueryError
from aimas.web import mistakes
from aimas.web.desk import Desk
from aimas.web.texts import Texts

# The domain speaks English; each of its sentences that a form can meet has a key here.
REFUSALS: tuple[tuple[str, str], ...] = (
    (r"“(?P<name>.*)” is saved already\..*", "taken"),
    (r"There is an alert “(?P<name>.*)” already\..*", "taken"),
    (r"(?:A|An alert's) name has (?P<low>\d+) to (?P<high>\d+) characters\.", "length"),
    (r"A name can't hold (?P<sign>.+): queries use it as @name\.", "sign"),
    (r"A saved query has at most (?P<n>\d+) characters.*", "long"),
    (r"Alerts go by “(?P<name>.*)”: (?P<who>.*)\. Retire them first\.", "used"),
    (r"“(?P<who>.*)” names @(?P<name>.*)\. Change it first\.", "named"),
    (r"Quiet hours begin and end at different times\.", "quiet"),
    (r"That is no address for (?P<kind>\w+): write .*\.", "address"),
    (r"Choose a saved search\.", "search"),
    (r"Choose when the alert speaks\.", "kind"),
    (r"A number from (?P<low>\d+) to (?P<high>\d+) is needed\.", "number"),
)


def refusal(message: str, texts: Texts) -> str:
    """In the reader's language."""
    for pattern, key in REFUSALS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            said = found.groupdict()
            if key == "address":
                kind = said["kind"]
                said = {"kind": texts(f"channel.{kind}"), "form": texts(f"refused.form.{kind}")}
            return texts.filled(f"refused.{key}", said)
    return texts("refused.fallback", said=message)


def told_wrong(stand: Desk, error: BadInput) -> dict[str, Any]:
    """What is wrong, in the reader's language; with its place where it is a query."""
    if isinstance(error, QueryError):
        q = error.query
        place = {"before": q[: error.start], "here": q[error.start : error.end], "after": q[error.end :]}
        return {"wrong": mistakes.told(error, stand.texts), "place": place}
    return {"wrong": refusal(str(error), stand.texts), "place": None}
