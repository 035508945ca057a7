"""Notices to an applicant in the appeal's language: what was sent on, what was extended, what he may be heard on."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from aimas.appeals.cases import Case
from aimas.appeals.types import AnyEvent, Extended, Forwarded, HearingNoticed, MessageKind, Standing
from aimas.appeals.wording import in_words
from aimas.core import Language


def plain_language(language: Language) -> str:
    """The one of three that an answer is written in: a mixed text is answered in Kazakh, any other in Russian."""
    if language in (Language.RU, Language.KK, Language.EN):
        return language.value
    return "kk" if language is Language.KK_RU else "ru"


def answer_letter(kind: MessageKind, number: str, language: Language) -> str:
    """The subject of a letter; that of a receipt is told by `receipt_subject`."""
    return _subject(kind.value, number, language)


def receipt_subject(standing: Standing, number: str, language: Language) -> str:
    """The subject of the letter that brings a receipt: what nobody signed is no appeal."""
    return _subject("receipt" if standing is Standing.APPEAL else "message", number, language)


def _subject(key: str, number: str, language: Language) -> str:
    return _texts()["subject"][key][plain_language(language)].format(number=number)


def receipt_letter(lines: Sequence[str], receipt: str, number: str, language: str, standing: Standing) -> str:
    """Without the check code, which is kept nowhere and goes by no post."""
    texts = _texts()["receipt"]
    keys = ("registered", "code") if standing is Standing.APPEAL else ("registered-message", "code-message")
    head, foot = (texts[name][language].format(number=number) for name in keys)
    return "\n".join([head, "", *lines, "", foot, "", texts["proof"][language], receipt])


def notice(kind: MessageKind, case: Case, office: str, event: AnyEvent, preliminary: str = "") -> str:
    """What the applicant reads."""
    language = plain_language(case.language)
    words = {"number": case.number or "", "day": in_words(case.received_at.date(), language)}
    match event:
        case Forwarded():
            lines = [("part" if event.requests and set(event.requests) != case.ours else "whole"), "reason"]
            words |= {
                "to": event.to,
                "reason": event.reason,
                "requests": ", ".join(str(n) for n in event.requests),
            }
        case Extended():
            lines = ["until", "reason", "decided"]
            words |= {
                "until": in_words(event.until, language),
                "reason": event.reason,
                "decided_by": event.decided_by,
            }
        case HearingNoticed():
            lines = ["preliminary", "heard"]
            if event.hearing_at is not None:
                lines.append("at")
                words["at"] = f"{in_words(event.hearing_at.date(), language)}, {event.hearing_at:%H:%M}"
        case _:
            raise ValueError(f"{type(event).__name__} has no notice")
    told = [_texts()[kind.value][line][language].format(**words) for line in lines]
    if preliminary:
        told.insert(1, preliminary)
    return "\n".join([*told, "", office])


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    content = files("aimas.appeals").joinpath("data", "notices.toml").read_text("utf-8")
    return tomllib.loads(content)
