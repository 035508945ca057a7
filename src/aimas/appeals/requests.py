"""What an appeal asks for, found by stated rules; a person may count anew (`Divided`).

1. A sentence that asks: with «прошу», «сұраймын», `please` and the like, or with a question mark.
2. Where such a sentence opens a list («прошу: 1) … 2) …»), each of its items is a request of its own.
3. Inside one sentence each further infinitive joined by «и», «а также» or a comma asks for one thing more.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from aimas.appeals.deeds import is_deed, is_told, keys
from aimas.core import Span
from aimas.institution.lexicon import normal, one_of
from aimas.text import sentences, stems
from aimas.text import words as words_of

_ITEM = re.compile(r"(?:^|(?<=[\s:;.,(]))(?:\d{1,2}[).]|[-–•*—])\s+(?=\S)", re.MULTILINE)
_ALSO = re.compile(
    r"(?:,? а также |,? сондай-ақ |,? and also |; ?(?=[^\W\d]))"
    r"|(?:,? и |, )(?=[^\W\d_]{3,}(?:ать|ять|ить|еть|оть|уть|ыть|сти|чь|ться|тись)\b)"
)
_ENOUGH = 0.34
"""Share of a request's own words that an answer takes up when it speaks of it; chosen on the development answers."""
_SHORT_WORD = 4
_LEAST = 2
_LEAST_LETTERS = 2
_TELL = "deed:tell"
_CLAUSE = re.compile(r"[,;:()—–]")
_PLAIN = re.compile(
    one_of(
        r"""улиц\w* ул дом дома доме дому кв квартир\w* город\w* г год\w* номер\w* раз день дня дней месяц\w*
        көше\w* үй\w* пәтер\w* қала\w* жыл\w* нөмір\w* күн\w* ай\w{0,3} жан\w{0,4} маңы\w*
        street house home flat city year number day month near every where what whom whose there again already"""
    )
    + r"$"
)
_OUTCOME = re.compile(
    r"\b(?:is|was|are|were|has|have|had|been|will|cannot|can|could|may|must|not|невозможн\w*|нельзя|нет|можно|готов\w*"
    r"|емес|жоқ|дайын|болмайды|керек|қажет)\b"
)


class Request(msgspec.Struct, frozen=True):
    span: Span
    """In the appeal."""
    words: frozenset[str]
    """Stems of what it is about, without the words of asking."""
    things: tuple[frozenset[str], ...] = ()
    """Keys of each word for what it is about, see `deeds.keys`."""
    deeds: tuple[frozenset[str], ...] = ()
    """Keys of each word for what should be done."""


class Told(msgspec.Struct, frozen=True):
    """What an answer speaks of."""

    all: frozenset[str]
    """Keys of all its words."""
    outcomes: frozenset[str]
    """Keys of the words of those sentences that tell how something went."""
    verdicts: frozenset[str]
    """Keys of the words that are granted, refused or explained."""


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
    made = [_request(span, appeal) for span in found]
    told: list[Request] = []
    for request in made:
        if request.words and not any(request.words <= other.words for other in told):
            told.append(request)
    return tuple(told or made[:1])


def is_addressed(request: Request, answer: str) -> bool:
    """Whether the answer takes up enough of what the request is about."""
    return is_taken_up(request, told(answer))


def told(answer: str) -> Told:
    every: set[str] = set()
    outcomes: set[str] = set()
    verdicts: set[str] = set()
    for sentence in sentences(answer):
        text = normal(sentence.of(answer))
        words = [word for _, word in words_of(text)]
        here = {key for word in words for key in keys(word)}
        every |= here
        if _cue("complaint").search(text) is None and _tells(text, words):
            outcomes |= here
            if _cue("decision.explained").search(text):
                verdicts |= here
            for clause in _CLAUSE.split(text):
                if _cue("verdict.granted").search(clause) or _cue("verdict.refused").search(clause):
                    verdicts.update(key for _, word in words_of(clause) for key in keys(word))
    return Told(frozenset(every), frozenset(outcomes), frozenset(verdicts))


def is_taken_up(request: Request, answer: Told, beside: Iterable[Request] = ()) -> bool:
    """By enough of its words; or by what it alone of the requests is about, where the answer says how that went; or by
    what should be done, where that is granted or refused."""
    named = (*request.things, *request.deeds)
    shared = sum(not word.isdisjoint(answer.all) for word in named)
    taken = sum(not word.isdisjoint(answer.all) for word in request.things)
    least = min(_LEAST, len(named))
    if shared >= least and shared >= _ENOUGH * len(named) and (taken or not request.things):
        return True
    # To be told is asked for in half of all appeals: that the answer tells something takes up none of them.
    if any(not deed.isdisjoint(answer.verdicts) for deed in request.deeds if _TELL not in deed):
        return True
    theirs = frozenset(key for other in beside for thing in other.things for key in thing)
    own = [thing for thing in request.things if thing.isdisjoint(theirs)] or request.things
    return any(not thing.isdisjoint(answer.outcomes) for thing in own)


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


def _request(span: Span, appeal: str) -> Request:
    text = span.of(appeal)
    low = normal(text)
    words = [word for _, word in words_of(low) if not _is_stop(word)]
    telling = [word for word in words if word.isdigit() or len(word) >= _LEAST_LETTERS]
    return Request(
        span,
        _words(text),
        things=tuple(keys(word) for word in telling if not is_deed(word) and not _is_plain(word)),
        deeds=tuple(keys(word) for word in telling if is_deed(word)),
    )


def _tells(text: str, words: list[str]) -> bool:
    """Whether the sentence says what was decided or how something is."""
    return (
        any(is_told(word) for word in words)
        or _OUTCOME.search(text) is not None
        or any(
            _cue(f"decision.{name}").search(text) for name in ("satisfied", "refused", "partly", "explained")
        )
    )


def _is_plain(word: str) -> bool:
    """A word of places and numbers: it is in every answer, whatever that is about."""
    return word.isdigit() or _PLAIN.match(word) is not None


def _is_stop(word: str) -> bool:
    return word in _stop_words() or not _stop().isdisjoint(stems(word))


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(normal(word) for words in cues()["stop"].values() for word in words.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(
        stem for stem in stems(text) if (len(stem) >= _SHORT_WORD or stem.isdigit()) and stem not in _stop()
    )
