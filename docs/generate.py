"""Writes docs/reference.md from the program itself: run `.venv/bin/python docs/generate.py` after a change."""

import ast
import inspect
import sys
import types
import typing
from enum import StrEnum
from pathlib import Path

from pydantic import SecretStr

from aimas.accounts import RIGHTS, Right, Role
from aimas.alerts import ChannelKind, DeliveryState, Failure, RuleKind
from aimas.appeals import (
    Channel,
    Check,
    DayKind,
    Decision,
    Fault,
    Keeping,
    PiiKind,
    Refusal,
    Rule,
    Stage,
    Standing,
)
from aimas.cli.main import VERBS
from aimas.core import DropReason, Guess, HoldReason, Language, Mention, Ownership, Span, Tone
from aimas.intake.attachments import Refusal as FileRefusal
from aimas.intake.letters import Hold as LetterHold
from aimas.intake.letters import Machine
from aimas.intake.receiving import Outcome as LetterOutcome
from aimas.intake.rows import Field
from aimas.intake.rows import Hold as RowHold
from aimas.ledger import Breach, EntryKind
from aimas.search.fields import FIELDS, MARKS
from aimas.settings import Settings
from aimas.sources.health import Health
from aimas.tone import verdict

TARGET = Path(__file__).parent / "reference.md"

QUERIES = (
    ("`полиция`", "the word in any of its forms, in Russian, Kazakh and English alike"),
    ("`=полиции`", "exactly this form"),
    ("`полиц*` `поли?ия`", "any letters, one letter; at least two letters must stand with it"),
    ('`"полиция Алматы"` `="…"`', "a phrase in any forms, or exactly as written"),
    ("`a NEAR/5 b` `a ONEAR/5 b`", "at most five words from one to the other; the second keeps the order"),
    ('`(a OR b) NEAR/5 "c d"`', "groups and phrases too"),
    ("`a b` `a AND b`", "both"),
    ("`a OR b`", "either; AND binds closer, brackets say otherwise"),
    ("`NOT a` `-a`", "not this"),
    ("`title:a` `title:(a OR b)`", "in the title"),
    ("`tone:critical` `lang:(ru OR kk)`", "one of the values"),
    ("`date:2026-05` `date:-7d..` `date:2026-05-01..today`", "published in these days, both ends included"),
    ("`fetched:today`", "taken in on that day"),
    (
        "`@name` `@«two words»`",
        "a saved search, written out; `@name = (…)` before the query names one for it alone",
    ),
    ("`entry:120..180`", "taken in, read anew or placed by these entries of the ledger"),
    ("`# …` `/* … */`", "a remark; a `#` with a word right after it is that word"),
    ("`*`", "everything, undated publications included"),
)


def meanings(kind: type[StrEnum]) -> dict[str, str]:
    """Value → the sentence that stands under the member in the source; empty where none does."""
    (body,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for statement, after in zip(body.body, [*body.body[1:], None], strict=True):
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            told = after.value if isinstance(after, ast.Expr) else None
            text = told.value if isinstance(told, ast.Constant) else ""
            found[str(statement.value.value)] = " ".join(str(text).split())
    return found


def shown_type(annotation: typing.Any) -> str:
    if typing.get_origin(annotation) is tuple:
        return "list"
    if isinstance(annotation, types.UnionType):
        return " or ".join(shown_type(a) for a in typing.get_args(annotation))
    return {str: "text", SecretStr: "secret text", int: "number", float: "number", bool: "yes or no"}.get(
        annotation, str(annotation)
    )


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"

    return [line(head), line(("---",) * len(head)), *map(line, rows), ""]


def values(title: str, told: str, kind: type[StrEnum]) -> list[str]:
    rows = [(f"`{value}`", text or "–") for value, text in meanings(kind).items()]
    return [f"## {title}", "", told, "", *table(("value", "meaning"), rows)]


EXAMPLES = (
    (
        ("Жительница рассказала, что полиция нашла её сына за час.", "citizen", Tone.POSITIVE, 0.9),
        ("Министр заявил, что полиция стала работать лучше.", "institution", Tone.POSITIVE, 0.95),
    ),
    (
        ("The ministry said that police had become better.", "institution", Tone.POSITIVE, 0.95),
        ("According to the ministry, police are praised everywhere.", "institution", Tone.POSITIVE, 0.7),
    ),
    (
        ("Полиция күдіктіні ұстады.", None, Tone.NEUTRAL, 0.8),
        ("Тұрғын полиция үш сағат кешікті деп айтты.", "citizen", Tone.CRITICAL, 0.85),
        ("ІІМ мәліметінше, полиция тез келген.", "institution", Tone.POSITIVE, 0.9),
    ),
)
"""Sentences of three publications: who speaks, the tone toward the police in it, the model's confidence."""


def from_mentions_to_a_publication() -> list[str]:
    """The rule's own words, and three publications judged by it."""
    doc = inspect.getdoc(sys.modules["aimas.tone.verdict"]) or ""
    rows = []
    for number, sentences in enumerate(EXAMPLES, 1):
        mentions, start = [], 0
        for said, speaker, tone, confidence in sentences:
            span = Span(start, start + len(said))
            guess = Guess(value=tone, confidence=confidence, evidence=(), by="example")
            mentions.append(
                Mention(
                    institution="kz-mia",
                    target="police",
                    span=span,
                    sentence=span,
                    why="",
                    speaker=speaker,
                    tone=guess,
                )
            )
            start += len(said) + 1
            rows.append((str(number), said, speaker or "the outlet", f"{tone.value} {confidence}", ""))
        ruled = verdict("kz-mia", mentions)
        assert ruled is not None
        told = f"**{ruled.tone.value}** {ruled.confidence}, self-praise {ruled.self_praise}"
        rows[-1] = (*rows[-1][:4], told)
    return [
        "## From mentions to a publication",
        "",
        *doc.split("\n")[2:],
        "",
        "The institution speaks where it or its official is the subject of a word of speech, or the source named by",
        "«по словам», «мәліметінше», “according to”; in another case, a participle or a relative clause it does not.",
        "",
        *table(("publication", "sentence", "who speaks", "tone toward it", "the publication"), rows),
    ]


def reference() -> str:
    lines = ["# Reference", "", "Made by `docs/generate.py` from the program itself; do not edit.", ""]
    lines += [
        "## Verbs",
        "",
        "`aimas VERB --help` tells the options. Exit codes: 0 done, 1 failed, 2 wrong use,",
    ]
    lines += [
        "3 not built yet, 130 stopped by a person (`serve` and `watch`, which only a person ends, say 0).",
        "",
    ]
    lines += table(("verb", "what it does"), [(f"`{v}`", told) for v, (_, told) in VERBS.items()])
    lines += [
        "## Settings",
        "",
        "In `aimas.toml`; in the environment upper-case with `AIMAS_` before, lists with commas.",
        "",
    ]
    settings = [
        (f"`{name}`", shown_type(f.annotation), f"`{f.default!r}`", str(f.description))
        for name, f in Settings.model_fields.items()
    ]
    lines += table(("setting", "kind", "default", "meaning"), settings)
    lines += ["## Queries", "", *table(("written", "means"), list(QUERIES))]
    lines += [
        f"Fields: {', '.join(f'`{f}:`' for f in FIELDS)}. `is:` takes {', '.join(f'`{m}`' for m in MARKS)}.",
        "",
    ]
    lines += values("Why an item is dropped", "Not wanted: counted, never retried.", DropReason)
    lines += values("Why an item is held", "Wanted but broken: it waits in `aimas held list`.", HoldReason)
    lines += values("How a source is", "As `aimas sources list` tells it.", Health)
    lines += values("Whose a source is", "Declared; undeclared means personal.", Ownership)
    lines += values("Tones", "Toward the institution.", Tone)
    lines += from_mentions_to_a_publication()
    lines += values("Languages", "Of a publication.", Language)
    lines += values("Entries of the ledger", "What the chain is made of.", EntryKind)
    lines += values("When an alert speaks", "As `aimas alerts add --kind` takes it.", RuleKind)
    lines += values("Where an alert goes", "Channels of an alert.", ChannelKind)
    lines += values("How a delivery stands", "As `aimas alerts show` tells it.", DeliveryState)
    lines += values("Why a delivery failed", "Told with each try.", Failure)
    lines += values("Roles", "Of a person who signs in: `aimas users add --role`.", Role)
    lines += values("Rights", "What a page or an act asks for.", Right)
    lines += ["## Who may do what", ""]
    lines += table(
        ("right", *(role.value for role in Role)),
        [(f"`{right}`", *("✓" if right in RIGHTS[role] else "" for role in Role)) for right in Right],
    )
    lines += values("What an appeal is by law", "The receipt says which.", Standing)
    lines += values("How an appeal comes", "And its answer goes.", Channel)
    lines += values("Where a case stands", "Derived from its events.", Stage)
    lines += values("How an answer ends a request", "As its signer says.", Decision)
    lines += values("What sets a date", "With its article in `appeals/data/law-kz.toml`.", Rule)
    lines += values("How a deadline is kept", "As seen on a day.", Keeping)
    lines += values("What a day is", "In a calendar.", DayKind)
    lines += values("Why an event cannot follow", "Nothing of the case changes then.", Refusal)
    lines += values("What is checked in an answer", "Before it goes out.", Check)
    lines += values("Why a receipt proves nothing", "As its check tells it.", Fault)
    lines += values("Personal data", "That is found and masked.", PiiKind)
    lines += values("Why a file is not taken", "Told to whoever sent it.", FileRefusal)
    lines += values(
        "What becomes of a letter",
        "Exactly one for each; the mailbox has a folder of that name.",
        LetterOutcome,
    )
    lines += values("Why a letter is held", "For a person.", LetterHold)
    lines += values("Why a letter is from no person", "It is neither filed nor answered.", Machine)
    lines += values(
        "Why a row of an import is held", "`aimas appeals import` counts and names them.", RowHold
    )
    lines += values("What a column of an import may hold", "`--column FIELD=COLUMN`.", Field)
    lines += values("What verification finds", "As `aimas verify` names it.", Breach)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(TARGET.read_text("utf-8") != reference())
    TARGET.write_text(reference(), "utf-8")
