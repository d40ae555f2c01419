"""What the bot counts, for a monitoring system that reads it on the admin address."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """One registry a process; made by the wiring and handed to whoever counts."""

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

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
