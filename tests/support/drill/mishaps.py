"""What goes wrong at the provider and at Slack while orders flow, at stated rates."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from sandbox.celitech import CelitechSandbox
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.drill.board import Board

LASTING = (4.0, 9.0)
"""Shortest and longest time in seconds that a standing fault lasts."""
NEW_WORD = "workspace_is_resting"
"""Nothing that Slack's pages name."""

_Turn = Callable[[], None]


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
    incomplete: float = 1
    """As `lost`, and for some seconds the list counts one more SIM card than it gives.

    Celitech's list has no count: it leaves out what is bought meanwhile.
    """
    unnamed: float = 1
    """SIM cards are sold, and the answer names no ICCID."""
    sold_busy: float = 1
    """SIM cards are sold, and the answer is HTTP 429."""
    old_sim: float = 1
    """One fewer is sold, and the answer names a SIM card of another order in its place."""
    lower_tags: float = 0.5
    """For some seconds tags are told in small letters."""
    conflict: float = 1
    """Of Celitech: SIM cards are sold, and the answer is HTTP 409."""
    keys_down: float = 1
    """Of Celitech: HTTP 503, nothing is sold."""
    token_ended: float = 1
    """Of Celitech: every token so far is refused from now on."""
    dearer: float = 3
    """Of Celitech: everything costs a tenth more from now on."""
    cheaper: float = 3
    """Of Celitech: that is taken back."""
    unpriced: float = 1
    """Of Celitech: the next questions for a price fail."""
    slack_dropped: float = 2
    """A post or an edit is stored, and the connection breaks before the answer."""
    slack_busy: float = 1
    """HTTP 429 with Retry-After."""
    slack_failed: float = 1
    """Slack's internal_error, nothing is stored."""
    slack_full: float = 0.5
    """For some seconds every post is refused: message_limit_exceeded."""
    slack_scope: float = 0.5
    """For some seconds every post is refused: missing_scope."""
    slack_new_word: float = 0.5
    """For some seconds every call is refused with a word that Slack's pages do not have."""
    slack_no_edits: float = 0.5
    """For some seconds every edit is refused: update_failed."""
    slack_no_files: float = 0.5
    """For some seconds no bytes of a file are taken: HTTP 404."""
    card_deleted: float = 1
    """Somebody deletes the newest card of an order that is being bought.

    One that awaits approval is missed only by the look at all open cards, every 15 minutes.
    """

    def told(self) -> str:
        """One line."""
        return ", ".join(f"{name} {rate:g} %" for name, rate in vars(self).items())


@dataclass
class Mishaps:
    """Draws them by the seed; `counts` says how many of each there were."""

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    celitech: CelitechSandbox
    board: Board
    rates: Rates
    random: Random
    counts: Counter[str] = field(default_factory=Counter)
    _standing: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def befall_next(self, provider: str) -> None:
        """Draw what the next purchase at this provider and the next messages meet."""
        if provider == "telnyx":
            self._draw(self._of_telnyx(), self._no_fault)
        else:
            self._draw(self._of_celitech(), lambda: self.celitech.faults.sell_more(by=0))
        self._draw(self._of_slack(), lambda: None)

    def end(self) -> None:
        """End all of them, also those that have not befallen anybody yet."""
        for timer in self._standing.values():
            timer.cancel()
        self._standing.clear()
        self.slack.faults.clear()
        self.telnyx.faults.clear()
        self.celitech.faults.clear()

    def _draw(self, mishaps: dict[str, _Turn], otherwise: _Turn) -> None:
        dice = self.random.uniform(0, 100)
        for name, happen in mishaps.items():
            dice -= getattr(self.rates, name)
            if dice < 0:
                self.counts[name] += 1
                happen()
                return
        otherwise()

    def _of_telnyx(self) -> dict[str, _Turn]:
        faults = self.telnyx.faults
        return {
            "lost": faults.close,
            "failed": lambda: faults.fail(after_selling=self.random.random() < 0.5),
            "refused": faults.refuse,
            "short": faults.sell_fewer,
            "busy": faults.rate_limit,
            "lagging": self._lag,
            "incomplete": self._give_fewer,
            "unnamed": faults.name_no_iccids,
            "sold_busy": lambda: faults.rate_limit(after_selling=True),
            "old_sim": faults.name_an_old_sim,
            "lower_tags": self._lower_tags,
        }

    def _of_celitech(self) -> dict[str, _Turn]:
        faults = self.celitech.faults
        return {
            "lost": faults.close,
            "failed": lambda: faults.fail(after_selling=self.random.random() < 0.5),
            "refused": faults.refuse,
            "short": faults.sell_fewer,
            "busy": faults.rate_limit,
            "lagging": self._lag_at_celitech,
            "incomplete": self._hide_at_celitech,
            "unnamed": faults.answer_empty,
            "sold_busy": lambda: faults.rate_limit(after_selling=True),
            "conflict": lambda: faults.conflict(after_selling=True),
            "keys_down": faults.key_store_down,
            "token_ended": self.celitech.access.expire_all,
            "dearer": lambda: self.celitech.catalogue.change_prices(110),
            "cheaper": lambda: self.celitech.catalogue.change_prices(100 / 1.1),
            "unpriced": lambda: faults.fail_reads("packages", times=3),
        }

    def _lag_at_celitech(self) -> None:
        self.celitech.faults.close()
        self.celitech.faults.fail_reads()

    def _hide_at_celitech(self) -> None:
        faults = self.celitech.faults
        faults.close()
        self._stand("purchases", lambda: faults.hide_new_purchases(None), faults.show_purchases)

    def _of_slack(self) -> dict[str, _Turn]:
        faults, write = self.slack.faults, self.random.choice(["chat.postMessage", "chat.update"])
        return {
            "slack_dropped": lambda: faults.drop_after_storing(write),
            "slack_busy": lambda: faults.rate_limit(write),
            "slack_failed": lambda: faults.error(write, "internal_error"),
            "slack_full": lambda: self._refuse("chat.postMessage", "message_limit_exceeded"),
            "slack_scope": lambda: self._refuse("chat.postMessage", "missing_scope"),
            "slack_new_word": lambda: self._refuse(None, NEW_WORD),
            "slack_no_edits": lambda: self._refuse("chat.update", "update_failed"),
            "slack_no_files": lambda: self._stand(
                "upload", lambda: faults.miss("upload"), lambda: faults.mend("upload")
            ),
            "card_deleted": self._delete_card,
        }

    def _refuse(self, method: str | None, error: str) -> None:
        faults = self.slack.faults
        self._stand(
            f"slack {method}",
            lambda: faults.refuse(method, error),
            lambda: faults.mend(method),
        )

    def _delete_card(self) -> None:
        card = next(self.board.moving_cards(), None)
        if card is not None:
            self.slack.workspace.delete(card)

    def _lag(self) -> None:
        self.telnyx.faults.close()
        self.telnyx.faults.fail_listing()

    def _give_fewer(self) -> None:
        faults = self.telnyx.faults
        faults.close()
        self._stand("list", faults.give_fewer, faults.give_all)

    def _lower_tags(self) -> None:
        self._no_fault()
        faults = self.telnyx.faults
        self._stand("tags", faults.lower_tags, faults.keep_tags)

    def _stand(self, kind: str, begin: _Turn, end: _Turn) -> None:
        """Let a fault stand for some seconds; one of its kind that stands already goes on."""
        if kind in self._standing:
            self._standing[kind].cancel()
        begin()

        def over() -> None:
            del self._standing[kind]
            end()

        timer = asyncio.get_running_loop().call_later(self.random.uniform(*LASTING), over)
        self._standing[kind] = timer

    def _no_fault(self) -> None:
        """Take a place in the queue of purchases, so that the rates hold for all of them."""
        self.telnyx.faults.sell_more(by=0)
