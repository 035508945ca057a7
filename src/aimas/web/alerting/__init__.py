"""Pages of saved searches and alerts: what was told and why, what watches, and what a rule would have sent."""

from aimas.web.alerting import fired, rules, searches, trying

ALERTING = (*searches.PAGES, *fired.PAGES, *trying.PAGES, *rules.PAGES)

__all__ = ["ALERTING"]
