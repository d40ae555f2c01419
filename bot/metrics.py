"""The metrics, which a monitoring system reads on the admin address."""

import re
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

_WORD = re.compile(r"[a-z][a-z0-9_]{0,60}")
"""The form of an error code of Slack; anything else is counted as `other`."""


class Metrics:
    """The counters of one process; the wiring makes it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.slack_refusals = Counter(
            "esim_slack_refusals",
            "Calls that Slack turned away, by its own word for why.",
            ["error"],
            registry=self._registry,
        )
        self.messages_without_place = Counter(
            "esim_messages_without_place",
            "Messages that neither their channel nor the requester's DM took.",
            registry=self._registry,
        )
        self.requests_refused = Counter(
            "esim_requests_refused",
            "Requests on the public port that did not prove to come from Slack, by reason.",
            ["reason"],
            registry=self._registry,
        )
        self.deliveries_behind = Gauge(
            "esim_deliveries_behind",
            "Orders whose messages on Slack are behind.",
            registry=self._registry,
        )
        self.deliveries_waiting = Gauge(
            "esim_deliveries_waiting",
            "Of these, orders whose messages Slack does not take now, by why.",
            ["reason"],
            registry=self._registry,
        )

    def slack_refused(self, error: str) -> None:
        """Count a call that Slack refused, by its error code; "" is not counted."""
        if error:
            self.slack_refusals.labels(error=_named(error)).inc()

    def behind(self, orders: int, waiting: Mapping[str, int]) -> None:
        """Set how many orders have messages behind; `waiting`: how many are delayed, by reason."""
        self.deliveries_behind.set(orders)
        self.deliveries_waiting.clear()
        for reason, number in waiting.items():
            self.deliveries_waiting.labels(reason=_named(reason)).inc(number)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


def _named(word: str) -> str:
    """The label for an error code of the other side."""
    return word if _WORD.fullmatch(word) else "other"
