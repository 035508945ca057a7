"""Counts for Prometheus, read from the records when asked."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aimas.alerts import DeliveryState
from aimas.app import App
from aimas.coverage import source_lines
from aimas.sources.health import Health


class Standing(Collector):
    """No names of sources: a personal page must not become a label."""

    def __init__(self, app: App) -> None:
        self._app = app

    def describe(self) -> list[Metric]:
        """Nothing is read at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        items = CounterMetricFamily(
            "aimas_step_items", "Items by step and outcome.", labels=["step", "outcome", "reason"]
        )
        for line in self._app.records.tallies():
            items.add_metric([line.step, line.outcome, line.reason], line.n)
        yield items
        lag, held = self._app.search.lag(), self._app.records.held_count()
        yield GaugeMetricFamily("aimas_ledger_position", "Last position of the ledger.", lag.filed)
        yield GaugeMetricFamily("aimas_index_position", "Position that the index took in.", lag.indexed)
        yield GaugeMetricFamily("aimas_held_items", "Items that wait for a person.", held)
        waiting = self._app.alert_store.open_count()
        yield GaugeMetricFamily("aimas_open_alerts", "Alerts that nobody acknowledged.", waiting)
        deliveries = GaugeMetricFamily("aimas_deliveries", "Deliveries of alerts by state.", labels=["state"])
        told = self._app.alert_store.delivery_counts()
        for state in DeliveryState:
            deliveries.add_metric([state.value], told.get(state.value, 0))
        yield deliveries
        letters = GaugeMetricFamily("aimas_letters", "Letters to applicants by outcome.", labels=["state"])
        for outcome, n in self._app.appeal_store.message_counts().items():
            letters.add_metric([outcome.value], n)
        yield letters
        lines = [line for line in source_lines(self._app) if line.source.kind.value != "import"]
        counts = Counter(line.health for line in lines)
        sources = GaugeMetricFamily("aimas_sources", "Sources by health.", labels=["health"])
        for health in Health:
            sources.add_metric([health.value], counts[health])
        yield sources
        polls = GaugeMetricFamily("aimas_polls_24h", "Polls of the last 24 hours.", labels=["outcome"])
        polls.add_metric(["good"], sum(line.good for line in lines))
        polls.add_metric(["failed"], sum(line.failed for line in lines))
        yield polls


def exposition(app: App) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Standing(app))
    return generate_latest(registry)
