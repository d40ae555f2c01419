"""What goes wrong at the provider and at Slack while orders flow, at stated rates."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox


@dataclass(frozen=True)
class Rates:
    """How many of a hundred orders meet each mishap: one at the provider, one at Slack."""

    lost: float = 3
    """SIM cards are sold, and the connection breaks before the answer."""
    failed: float = 3
    """HTTP 500; every other time SIM cards were sold all the same."""
    refused: float = 2
    short: float = 2
    """Fewer SIM cards than asked for, with an error that says why."""
    busy: float = 2
    """HTTP 429."""
    lagging: float = 1
    """As `lost`, and the next look-up fails with HTTP 500."""
    slack_dropped: float = 2
    """A post or an edit is stored, and the connection breaks before the answer."""
    slack_busy: float = 1
    """HTTP 429 with Retry-After."""
    slack_failed: float = 1
    """Slack's internal_error, nothing is stored."""

    def told(self) -> str:
        """One line."""
        return ", ".join(f"{name} {rate:g} %" for name, rate in vars(self).items())


@dataclass
class Mishaps:
    """Draws them by the seed; `counts` says how many of each there were."""

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    rates: Rates
    random: Random
    counts: Counter[str] = field(default_factory=Counter)

    def befall_next(self) -> None:
        """Draw what the next purchase and the next messages meet."""
        self._draw(self._of_provider(), self._no_fault)
        self._draw(self._of_slack(), lambda: None)

    def _draw(self, mishaps: dict[str, Callable[[], None]], otherwise: Callable[[], None]) -> None:
        dice = self.random.uniform(0, 100)
        for name, happen in mishaps.items():
            dice -= getattr(self.rates, name)
            if dice < 0:
                self.counts[name] += 1
                happen()
                return
        otherwise()

    def _of_provider(self) -> dict[str, Callable[[], None]]:
        faults = self.telnyx.faults
        return {
            "lost": faults.close,
            "failed": lambda: faults.fail(after_selling=self.random.random() < 0.5),
            "refused": faults.refuse,
            "short": faults.sell_fewer,
            "busy": faults.rate_limit,
            "lagging": self._lag,
        }

    def _of_slack(self) -> dict[str, Callable[[], None]]:
        faults, write = self.slack.faults, self.random.choice(["chat.postMessage", "chat.update"])
        return {
            "slack_dropped": lambda: faults.drop_after_storing(write),
            "slack_busy": lambda: faults.rate_limit(write),
            "slack_failed": lambda: faults.error(write, "internal_error"),
        }

    def _lag(self) -> None:
        self.telnyx.faults.close()
        self.telnyx.faults.fail_listing()

    def _no_fault(self) -> None:
        """Take a place in the queue of purchases, so that the rates hold for all of them."""
        self.telnyx.faults.sell_more(by=0)
