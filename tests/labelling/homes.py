"""A home whose truth is known: the word in the text says what a careful reader answers, the model errs as told."""

from collections.abc import Container
from datetime import timedelta
from random import Random

import msgspec
from tests.builders import NOW, reading

from aimas.app import App
from aimas.core import Guess, Language, Mention, Reading, Span, Tone
from aimas.flow.rereading import as_filed
from aimas.labelling import Task

WORDS = {
    Tone.POSITIVE: "спасла ребёнка, спасибо ей",
    Tone.CRITICAL: "опять бездействует, позор",
    Tone.NEUTRAL: "сообщает о плане на неделю",
    Tone.UNCLEAR: "ну да, как всегда",
}
TRUE = (Tone.NEUTRAL,) * 12 + (Tone.CRITICAL,) * 5 + (Tone.POSITIVE,) * 3
SLIPS = {
    Tone.CRITICAL: Tone.NEUTRAL,
    Tone.POSITIVE: Tone.NEUTRAL,
    Tone.NEUTRAL: Tone.CRITICAL,
    Tone.UNCLEAR: Tone.NEUTRAL,
}
SIDES = (Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL)


def told(random: Random, number: int, days: int = 28, by: str = "tone/test", ahead: int = 0) -> Reading:
    """One or two sentences, each with a mention; the model is right on four of five."""
    truths = [random.choice(TRUE) for _ in range(1 + (number % 3 == 0))]
    text, mentions = f"Заметка {number}. ", []
    for truth in truths:
        start = len(text)
        sentence = f"Полиция {WORDS[truth]}."
        said = truth if random.random() < 0.8 else SLIPS[truth]
        confidence = 0.55 + 0.4 * random.random()
        scores = tuple(confidence if s is said else (1 - confidence) / 2 for s in SIDES)
        answered = said if confidence > 0.6 else Tone.UNCLEAR
        mentions.append(
            Mention(
                institution="kz-mia",
                target="police",
                span=Span(start, start + 7),
                sentence=Span(start, start + len(sentence)),
                why="полиция",
                tone=Guess(answered, round(confidence, 3), (), by),
                scores=tuple(round(s, 4) for s in scores),  # type: ignore[arg-type]
            )
        )
        text += sentence + " "
    made = reading(
        text.strip(),
        language=(Language.RU, Language.RU, Language.KK, Language.EN)[number % 4],
        relevant=True,
        source="tengri",
        address=f"https://tengri.test/{'' if by == 'tone/test' else f'{by}/{ahead}/'}{number}",
        published_at=NOW + timedelta(days=ahead - number % days),
        fetched_at=NOW + timedelta(days=ahead),
    )
    return msgspec.structs.replace(made, mentions=tuple(mentions))


def fill(
    app: App, n: int = 400, seed: int = 1, days: int = 28, by: str = "tone/test", ahead: int = 0
) -> None:
    random = Random(seed)
    with app.archive.settling():
        app.archive.file([told(random, number, days, by, ahead) for number in range(n)])
    follow(app)


def read_again(app: App, by: str, most: int | None = None, more_in: Container[int] = ()) -> None:
    """By a newer model that is always right; in some it finds the word in another place, too."""
    with app.archive.settling() as settlement:
        for publication in app.records.current(0, 10_000)[:most]:
            mentions = [_rightly(m, publication.shown, by) for m in publication.mentions]
            if publication.position in more_in:
                first, here = mentions[0], Span(0, len("Заметка"))
                mentions.append(msgspec.structs.replace(first, span=here, sentence=here))
            newer = msgspec.structs.replace(as_filed(publication), mentions=tuple(mentions))
            settlement.reread(publication.position, newer, publication.read_at)
    follow(app)


def _rightly(mention: Mention, text: str, by: str) -> Mention:
    truth = next(tone for tone, words in WORDS.items() if words in mention.sentence.of(text))
    scores = tuple(0.9 if s is truth else 0.05 for s in SIDES)
    return msgspec.structs.replace(mention, tone=Guess(truth, 0.9, (), by), scores=scores)


def follow(app: App) -> None:
    writer = app.index.writer()
    app.follow(writer)
    writer.close()


def truth_of(task: Task) -> Tone:
    """As a careful reader answers, from the text alone."""
    sentence = task.mention.sentence.of(task.publication.shown)
    return next(tone for tone, words in WORDS.items() if words in sentence)
