"""Is this about us: names of the institutions in a text, each accepted or refused with its reason."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from aimas.core import Language, Mention, Span, Theme
from aimas.institution import forms, grammar, speech
from aimas.institution.forms import Sought, Trigger
from aimas.institution.gazetteer import Gazetteer, gazetteer
from aimas.institution.lexicon import Hit, Lexicon, normal, one_of
from aimas.institution.nationality import Signs
from aimas.institution.profile import version_of
from aimas.institution.stretches import Stretches
from aimas.institution.types import Explanation, Profile, Refusal
from aimas.text.sentences import sentences

_WORK = r"""фильм\w* сериал\w* групп[аыеу]\w* роман\w* книг\w* игр[аыеу]\w* песн\w* спектакл\w* тобы\w*
    films? movies? series band novel song game sitcom"""
_WORK_BEFORE = re.compile(r"\b" + one_of(_WORK) + r"\s+(?:[«\"“„][^»\"”]{0,40}|the\s+)$")
_WORK_AFTER = re.compile(r"[^«\"“„]{0,30}[»\"”]\s+" + one_of(_WORK))


class _Found(msgspec.Struct):
    hit: Hit[Sought]
    sentence: Span
    refusal: str = ""
    start: int = 0
    end: int = 0


class Institutions:
    """The names of several profiles in one automaton; compiled once, safe to share between threads."""

    def __init__(self, profiles: Sequence[Profile], places: Gazetteer | None = None) -> None:
        self._profiles = {profile.id: profile for profile in profiles}
        self._gazetteer = places if places is not None else gazetteer()
        self._names = Lexicon(entry for profile in profiles for entry in forms.name_entries(profile))
        self._themes = {profile.id: Lexicon(forms.theme_entries(profile)) for profile in profiles}
        self._voices = {(p.id, target.key) for p in profiles for target in p.targets if target.voices}
        self._offices = {profile.id: Lexicon(forms.office_entries(profile)) for profile in profiles}
        self.versions: tuple[str, ...] = tuple(
            sorted([*(version_of(profile) for profile in profiles), speech.VERSION])
        )
        """`institution/<id>@<hash>` of every profile and that of the rules for speakers, sorted."""

    def speaks_of(self, text: str) -> bool:
        """Whether any name stands in the text, another state's too: the fast way out for most texts."""
        return self._names.occurs(text, normal(text))

    def find(self, text: str, language: Language | None = None) -> tuple[Mention, ...]:
        """Mentions in order of their place, none overlapping another of its institution."""
        return self._explain(text, language).mentions

    def explain(self, text: str, language: Language | None = None) -> Explanation:
        """What matched and why, and what was refused and why."""
        return self._explain(text, language)

    def themes(self, text: str, mentions: Sequence[Mention]) -> tuple[Theme, ...]:
        """Themes raised in a mention's sentence or beside it, or twice anywhere; none without a mention."""
        if not mentions:
            return ()
        low = normal(text)
        spans = sentences(text)
        found = []
        for institution in dict.fromkeys(mention.institution for mention in mentions):
            near = _near(spans, [m.sentence for m in mentions if m.institution == institution])
            raised = _raised(self._themes[institution], text, low)
            for theme in self._profiles[institution].themes:
                evidence = raised.get(theme.key, [])
                if len(evidence) > 1 or any(near.hold(span.start) for span in evidence):
                    found.append(Theme(institution, theme.key, tuple(evidence)))
        return tuple(found)

    def _explain(self, text: str, language: Language | None) -> Explanation:
        low = normal(text)
        hits = list(self._names.hits(text, low))
        if not hits:
            return Explanation((), ())
        signs = Signs(low, self._gazetteer.sightings(text, language, low))
        spans = sentences(text)
        mentions: list[Mention] = []
        refusals: list[Refusal] = []
        for institution in self._profiles:
            found = [
                _Found(hit, _sentence_of(spans, hit), start=hit.start, end=hit.end)
                for hit in _longest([hit for hit in hits if hit.value.institution == institution])
            ]
            if found:
                self._judge(text, low, found, signs)
                speakers = self._speakers(text, low, institution, found)
                for each, speaker in zip(found, speakers, strict=True):
                    sought = each.hit.value
                    span = Span(each.start, each.end)
                    if each.refusal:
                        refusals.append(Refusal(institution, sought.target, span, each.refusal))
                    else:
                        mentions.append(
                            Mention(
                                institution=institution,
                                target=sought.target,
                                span=span,
                                sentence=each.sentence,
                                why=f"{sought.language}: {sought.name}"
                                if sought.language
                                else f"person: {sought.name}",
                                speaker=speaker,
                            )
                        )
        return Explanation(
            tuple(sorted(mentions, key=lambda m: (m.span, m.institution))),
            tuple(sorted(refusals, key=lambda r: (r.span, r.institution))),
        )

    def _judge(self, text: str, low: str, found: list[_Found], signs: Signs) -> None:
        """Fills in every refusal: other things, other states, missing contexts, surnames of strangers."""
        after_refusal = False
        for each in found:
            sought = each.hit.value
            if not sought.target:
                each.refusal = f"another thing: {sought.name}"
            elif _is_work(low, each.start, each.end):
                each.refusal = "the title of a film, a book or a band"
            elif not sought.certain and not sought.surname:
                each.refusal = signs.foreign_reason(
                    each.start, each.end, each.sentence, after_refusal=after_refusal
                )
                after_refusal = after_refusal or bool(each.refusal)
                each.refusal = each.refusal or _lacking(each, signs)
        sure = [
            each
            for each in found
            if not each.refusal and not each.hit.value.surname and not each.hit.value.needs
        ]
        held = {each.hit.value.name.split(" ")[-1] for each in sure if not each.hit.value.language}
        voices = any((each.hit.value.institution, each.hit.value.target) in self._voices for each in sure)
        for each in found:
            sought = each.hit.value
            if each.refusal:
                continue
            if sought.surname:
                if not text[each.start].isupper():
                    each.refusal = "a surname with a small letter"
                elif sought.name not in held and not voices:
                    each.refusal = (
                        "a surname alone, and the text names neither the person nor the office in full"
                    )
            elif sought.needs == "context" and not sure:
                each.refusal = "counts only where the text names the institution otherwise"
        _extend(text, found, signs)
        _join_person(text, found)

    def _speakers(self, text: str, low: str, institution: str, found: list[_Found]) -> list[str | None]:
        """For each found name who says it."""
        speakers: list[str | None] = [None] * len(found)
        ours = [each for each in found if not each.refusal]
        marks = speech.marks(low) if ours else []
        if not marks:
            return speakers
        whole = speech.Whole.of(text, low, self._own(text, low, institution, ours), marks)
        last: str | None = None
        for quotation in whole.quoted:
            subject = speech.attributed(whole, quotation)
            speaker: str
            if subject is None:
                speaker = "other"
            elif subject.voice == "pronoun":
                speaker = last or self._speaker_before(quotation.start, ours)
            else:
                speaker = subject.voice
            last = speaker
            for index in _within(found, quotation.start, quotation.end):
                speakers[index] = speaker
        for sentence in dict.fromkeys(each.sentence for each in ours):
            for told in speech.told(whole, sentence):
                voice: str | None = told.subject.voice
                if voice == "pronoun":
                    voice = self._speaker_before(sentence.start, ours)
                for index in _within(found, told.start, told.end):
                    at = found[index].start
                    if not whole.spoken.hold(at) and not told.subject.start <= at < told.subject.end:
                        speakers[index] = voice
        return speakers

    def _own(self, text: str, low: str, institution: str, ours: list[_Found]) -> list[speech.Own]:
        """Everything in the text that can speak for the institution: names, and offices named alone («министр»)."""
        own = []
        named_at = Stretches((each.start, each.end) for each in ours)
        for each in ours:
            sought, (start, end) = each.hit.value, (each.hit.start, each.hit.end)
            named = normal(sought.name) if sought.language else ""
            is_fixed = sought.name.isupper() or (bool(named) and len(grammar.endings(named)) == 1)
            own.append(speech.Own(each.start, each.end, low[start:end], named, is_fixed))
        known = any((each.hit.value.institution, each.hit.value.target) in self._voices for each in ours)
        offices = [
            hit
            for hit in _longest(list(self._offices[institution].hits(low, low)))
            if not named_at.meet(hit.start, hit.end)
        ]
        bare = [
            hit for hit in offices if speech.is_bare_office(text, low, hit.start, hit.end, hit.value.language)
        ]
        if known or len(bare) == len(offices):
            own += [
                speech.Own(hit.start, hit.end, low[hit.start : hit.end], normal(hit.value.name))
                for hit in bare
            ]
        return sorted(own)

    def _speaker_before(self, position: int, ours: list[_Found]) -> str:
        """«he said»: whoever was the official named last before, if near."""
        first = bisect_right(ours, position - 400, key=lambda each: each.end)
        near = ours[first : bisect_right(ours, position, key=lambda each: each.end)]
        voiced = [e for e in near if (e.hit.value.institution, e.hit.value.target) in self._voices]
        return "institution" if voiced else "other"


def _longest(hits: list[Hit[Sought]]) -> list[Hit[Sought]]:
    """Overlaps settled for the longest; of equal ones a name that is another thing, then the surest."""
    kept: list[Hit[Sought]] = []
    taken = Stretches()
    for hit in sorted(
        hits, key=lambda hit: (hit.start - hit.end, hit.start, bool(hit.value.target), not hit.value.certain)
    ):
        if not taken.meet(hit.start, hit.end):
            taken.add(hit.start, hit.end)
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _sentence_of(spans: list[Span], hit: Hit[Sought]) -> Span:
    before = bisect_right(spans, hit.start, key=lambda span: span.start) - 1
    holds = before >= 0 and hit.start < spans[before].end
    return spans[before] if holds else Span(hit.start, hit.end)


def _within(found: list[_Found], start: int, end: int) -> range:
    """Which of the names, in order and none inside another, begin in start..end."""
    first = bisect_left(found, start, key=lambda each: each.start)
    return range(first, bisect_left(found, end, lo=first, key=lambda each: each.start))


def _is_work(low: str, start: int, end: int) -> bool:
    return bool(_WORK_BEFORE.search(low[max(0, start - 60) : start]) or _WORK_AFTER.match(low, end))


def _lacking(each: _Found, signs: Signs) -> str:
    """The context that a weak name needs and does not have; empty where all is there."""
    needs = each.hit.value.needs
    if needs == "country" and not signs.has_home:
        return "counts only in a text with a sign of Kazakhstan"
    beside = signs.joined(each.start, each.end) if needs == "region" else ()
    if needs == "region" and not any(seen is not None and seen.regions for seen in beside):
        return "counts only beside the name of a region or town"
    return ""


def _extend(text: str, found: list[_Found], signs: Signs) -> None:
    """«МВД РК», «департамент полиции Карагандинской области»: the country or region beside is part of it."""
    for index, each in enumerate(found):
        sought = each.hit.value
        if each.refusal or not sought.language:
            continue
        before, after = signs.joined(each.start, each.end)
        if (
            after is not None
            and after.is_home
            and text[each.end : after.start].strip(" ").lower() in ("", "of", "города", "г.", "of the")
            and not _touches(found, index, each.start, after.end)
        ):
            each.end = after.end
        if (
            before is not None
            and before.is_home
            and sought.language in ("kk", "en")
            and text[before.end : each.start].strip(" ") in ("", "'s", "’s", "қаласы", "қаласының", "city")
            and not _touches(found, index, before.start, each.end)
        ):
            each.start = before.start


def _join_person(text: str, found: list[_Found]) -> None:
    """An office and its holder side by side («министр внутренних дел Ержан Саденов») are one mention."""
    for left, right in pairwise(found):
        same = left.hit.value.target == right.hit.value.target and bool(left.hit.value.language)
        named = same and not right.hit.value.language and not left.refusal and not right.refusal
        if named and text[left.end : right.start] == " ":
            right.start = left.start
            left.end = 0
    found[:] = [each for each in found if each.end]


def _touches(found: list[_Found], index: int, start: int, end: int) -> bool:
    """Whether a name that grew to start..end would reach into the one before or after it."""
    beside = [*found[max(0, index - 1) : index], *found[index + 1 : index + 2]]
    return any(other.start < end and start < other.end for other in beside)


def _near(spans: list[Span], sentences_: list[Span]) -> Stretches:
    """The sentences of the mentions with one neighbour on each side."""
    positions = {span: index for index, span in enumerate(spans)}
    reach = []
    for sentence in dict.fromkeys(sentences_):
        index = positions.get(sentence)
        if index is None:
            reach.append((sentence.start, sentence.end))
        else:
            reach.append((spans[max(0, index - 1)].start, spans[min(len(spans) - 1, index + 1)].end))
    return Stretches(reach)


def _raised(lexicon: Lexicon[Trigger], text: str, low: str) -> dict[str, list[Span]]:
    """Evidence by theme; a longer expression of the theme's `unless` hides the words under it."""
    hidden: list[tuple[int, int]] = []
    raised: dict[str, list[Span]] = {}
    for hit in lexicon.hits(text, low):
        trigger, end = hit.value, hit.end
        if trigger.pattern is not None:
            match = trigger.pattern.match(low, hit.start)
            if match is None:
                continue
            end = match.end()
        span = Span(hit.start, end)
        if trigger.theme:
            raised.setdefault(trigger.theme, []).append(span)
        else:
            hidden.append((span.start, span.end))
    under = Stretches(hidden)
    result = {}
    for theme, spans in raised.items():
        kept: list[Span] = []
        for span in sorted(set(spans), key=lambda span: (span.start, -span.end)):
            if not under.meet(span.start, span.end) and not (kept and kept[-1].overlaps(span)):
                kept.append(span)
        if kept:
            result[theme] = kept
    return result
