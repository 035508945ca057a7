"""How a number of a digest is told: linked to its list, beside the period before, with its interval."""

from aimas.rendering.document import Cell, Look, Run
from aimas.rendering.links import Links
from aimas.rendering.wording import Words
from aimas.reports import Digest
from aimas.reports.intervals import Interval
from aimas.reports.types import Number


class Counts:
    def __init__(self, told: Digest, words: Words, links: Links) -> None:
        self._t = words
        self._links = links
        self.span = "day" if told.period.days == 1 else "week"
        """By which the digest's texts are named."""
        self._looked = sum(tone.count for tone in told.tones)

    def number(self, number: Number, look: Look = "plain") -> Run:
        return Run(self._t.number(number.count), self._links.number(number), look, count=number.count)

    def measures(self, number: Number) -> tuple[Cell, ...]:
        return (
            Cell((self.number(number),)),
            self.before(number),
            Cell((Run(self.change(number)),)),
            Cell((Run(self._share(number)),)),
        )

    def before(self, number: Number) -> Cell:
        if number.before is None or number.before_query is None:
            return Cell((Run("—"),))
        href = self._links.query(number.before_query, number.kind)
        return Cell((Run(self._t.number(number.before), href, count=number.before),))

    def change(self, number: Number) -> str:
        if number.change is None or number.before is None:
            return "—"
        if number.before == 0:
            return self._t("digest.change.fresh")
        said = self._signed(number.count / number.before)
        return self._t("digest.change", change=said, interval=self._ratio(number.change)) + (
            self._t("digest.change.chance") if number.change.holds(1.0) else ""
        )

    def compared(self, number: Number) -> str:
        t = self._t
        assert number.change is not None and number.before is not None
        if number.change.holds(1.0):
            return t(f"digest.compared.chance.{self.span}", before=t.number(number.before))
        way = "more" if number.count > number.before else "fewer"
        return t(
            f"digest.compared.{way}.{self.span}",
            before=t.number(number.before),
            interval=self._ratio(number.change),
        )

    def _share(self, number: Number) -> str:
        if number.share is None or not self._looked:
            return "—"
        low, high = self._t.percent(number.share.low), self._t.percent(number.share.high or 1.0)
        return self._t("digest.share", share=self._t.percent(number.count / self._looked), low=low, high=high)

    def _ratio(self, interval: Interval) -> str:
        high = "…" if interval.high is None else self._signed(interval.high)
        return (
            f"{self._signed(interval.low)} … {high}"
            if interval.high is not None
            else f"> {self._signed(interval.low)}"
        )

    def _signed(self, ratio: float) -> str:
        """A change in percent; as a multiple where percents grow unreadable."""
        if ratio >= 10:
            return f"×{self._t.number(round(ratio))}"
        change = round(ratio - 1, 2)
        sign = "+" if change > 0 else "−" if change < 0 else ""
        return f"{sign}{self._t.percent(abs(change))}"
