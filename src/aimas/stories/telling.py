"""What two texts share, in words that a reader knows: those of the text, or those of the reader's language."""

from collections.abc import Iterable

from aimas.core import Language, StoredPublication
from aimas.stories.features import concepts, forms_written
from aimas.stories.placing import item_of
from aimas.stories.types import Reason


class Telling:
    """Of one text, for all reasons why it stands where it stands."""

    def __init__(self, publication: StoredPublication) -> None:
        self._forms = forms_written(item_of(publication))
        self._places = {
            p.name: (p.region, p.span.of(publication.shown)) for p in reversed(publication.places)
        }

    def shared(self, reason: Reason, language: Language) -> tuple[str, ...]:
        """Words and names as they stand in the text, ideas as they are called in this language, one of three; places
        by their main names, which are Russian, or as they stand in the text, and of regions the codes of those in
        which none of these places lies. What has no word is left out."""
        match reason.feature:
            case "words" | "names":
                told: Iterable[str | None] = (
                    self._forms.get(reason.feature[0] + key) for key in reason.shared
                )
            case "ideas":
                told = (concepts().get(key, {}).get(language) for key in reason.shared)
            case "places":
                told = self._placed(reason.shared, language)
            case _:
                told = reason.shared
        first: dict[str, str] = {}
        for word in told:
            if word is not None:
                first.setdefault(word.casefold(), word)
        return tuple(first.values())

    def _placed(self, shared: Iterable[str], language: Language) -> Iterable[str]:
        known = {place: self._places[place] for place in shared if place in self._places}
        regions = {region for region, _ in known.values()}
        for place in shared:
            if place in known and language is not Language.RU:
                yield known[place][1]
            elif place not in regions:
                yield place
