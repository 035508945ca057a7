"""What an appeal asks for, found by stated rules; a person may count anew (`Divided`).

1. A sentence that asks: with «прошу», «сұраймын», `please` and the like, or with a question mark.
2. Where such a sentence opens a list («прошу: 1) … 2) …»), each of its items is a request of its own.
3. Inside one sentence each further infinitive joined by «и», «а также» or a comma asks for one thing more.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from aimas.core import Span
from aimas.institution.lexicon import normal
from aimas.text import sentences, stems

_ITEM = re.compile(r"(?:^|(?<=[\s:;.,(]))(?:\d{1,2}[).]|[-–•*—])\s+(?=\S)", re.MULTILINE)
_ALSO = re.compile(
    r"(?:,? а также |,? сондай-ақ |,? and also |; ?(?=[^\W\d]))"
    r"|(?:,? и |, )(?=[^\W\d_]{3,}(?:ать|ять|ить|еть|оть|уть|ыть|сти|чь|ться|тись)\b)"
)
_ENOUGH = 0.34
"""Share of a request's own words that an answer takes up when it speaks of it; chosen on the development answers."""
_SHORT_WORD = 4
_LEAST = 2


class Request(msgspec.Struct, frozen=True):
    span: Span
    """In the appeal."""
    words: frozenset[str]
    """Stems of what it is about, without the words of asking."""


def requests_of(appeal: str) -> tuple[Request, ...]:
    """In order. Where nothing asks, the whole text is one request: something was written for a reason."""
    found: list[Span] = []
    for part in _pieces(appeal):
        low = normal(part.of(appeal))
        if _asks(low):
            found += _split(appeal, part)
    if not found and appeal.strip():
        stripped = appeal.strip()
        start = appeal.index(stripped)
        found = [Span(start, start + len(stripped))]
    made = [Request(span, _words(span.of(appeal))) for span in found]
    told: list[Request] = []
    for request in made:
        if request.words and not any(request.words <= other.words for other in told):
            told.append(request)
    return tuple(told or made[:1])


def is_addressed(request: Request, answer: str) -> bool:
    """Whether the answer takes up enough of what the request is about."""
    return is_taken_up(request, frozenset(stems(answer)))


def is_taken_up(request: Request, answer_stems: frozenset[str]) -> bool:
    """The same, for stems already made."""
    shared = len(request.words & answer_stems)
    return shared >= min(_LEAST, len(request.words)) and shared >= _ENOUGH * len(request.words)


def cue(name: str) -> re.Pattern[str]:
    """Words of `answer_cues.toml` in all three languages, as beginnings in a normal form."""
    return _cue(name)


@cache
def cues() -> dict[str, dict[str, str]]:
    """By dotted name and language."""
    content = tomllib.loads(files("aimas.appeals").joinpath("data", "answer_cues.toml").read_text("utf-8"))
    made: dict[str, dict[str, str]] = {}
    for name, table in content.items():
        if all(isinstance(value, str) for value in table.values()):
            made[name] = table
        else:
            made |= {f"{name}.{inner}": languages for inner, languages in table.items()}
    return made


@cache
def _cue(name: str) -> re.Pattern[str]:
    expressions = [
        expression.replace("_", r"\s+").replace("ё", "е")
        for words in cues()[name].values()
        for expression in words.split()
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(expressions)})")


@cache
def _stop() -> frozenset[str]:
    return frozenset(stem for words in cues()["stop"].values() for stem in stems(words))


def _pieces(appeal: str) -> list[Span]:
    """Sentences, those of one list kept with the words that open it."""
    pieces: list[Span] = []
    for sentence in sentences(appeal):
        opener = pieces[-1].of(appeal).rstrip() if pieces else ""
        is_item = bool(_ITEM.match(sentence.of(appeal)))
        opens = opener.endswith(":") or bool(pieces and is_item and _ITEM.search(opener))
        if is_item and opens:
            pieces[-1] = Span(pieces[-1].start, sentence.end)
        else:
            pieces.append(sentence)
    return pieces


def _asks(low: str) -> bool:
    return low.rstrip(" »\"')").endswith("?") or bool(_cue("request").search(low))


def _split(appeal: str, part: Span) -> list[Span]:
    text = part.of(appeal)
    items = [match for match in _ITEM.finditer(text) if match.start() > 0]
    if len(items) > 1 or (items and ":" in text[: items[0].start()]):
        bounds = [match.end() for match in items]
        ends = [*(match.start() for match in items[1:]), len(text)]
        return [
            _trimmed(appeal, part.start + a, part.start + b)
            for a, b in zip(bounds, ends, strict=True)
            if a < b
        ]
    asked = _cue("request").search(normal(text))
    cuts = [match for match in _ALSO.finditer(text) if asked and match.start() > asked.start()]
    starts = [0, *(match.end() for match in cuts)]
    ends = [*(match.start() for match in cuts), len(text)]
    return [
        _trimmed(appeal, part.start + a, part.start + b) for a, b in zip(starts, ends, strict=True) if a < b
    ]


def _trimmed(appeal: str, start: int, end: int) -> Span:
    while end > start + 1 and appeal[end - 1] in " \n,;":
        end -= 1
    while start < end - 1 and appeal[start] in " \n,;":
        start += 1
    return Span(start, end)


def _words(text: str) -> frozenset[str]:
    return frozenset(
        stem for stem in stems(text) if (len(stem) >= _SHORT_WORD or stem.isdigit()) and stem not in _stop()
    )
