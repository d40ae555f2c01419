"""Whether the provider's ledger, Redis and Slack tell the same story at the end."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bot.domain.order import Order
from bot.domain.state import OrderState
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.drill.board import Board, state_of
from tests.support.orders import KEYS


@dataclass(frozen=True)
class Balance:
    """The figures, and everything that is wrong with them."""

    orders: Counter[str]
    ordered: int
    """ESIMs of the approved orders."""
    sold: int
    """SIM cards in the provider's ledger."""
    told: int
    """Those of them that stand in their order's thread."""
    calls: int
    """Purchase requests that reached the provider."""
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.twice or self.lost or self.stuck or self.other)

    def line(self) -> str:
        """All of it in one line."""
        wrong = f"{len(self.twice)} twice, {len(self.lost)} lost, {len(self.stuck)} stuck"
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.orders.items()))
        return (
            f"{'BALANCED' if self.holds else 'NOT BALANCED'}: {self.orders.total()} orders "
            f"({states}); {self.ordered} eSIMs approved, {self.sold} sold in {self.calls} calls, "
            f"{self.told} told; {wrong}, {len(self.other)} otherwise wrong"
        )


@dataclass(frozen=True)
class Accounts:
    """Everything that is compared."""

    orders: list[Order]
    due: int
    """Orders in the queue of deliveries."""
    slack: SlackSandbox
    telnyx: TelnyxSandbox
    board: Board

    @classmethod
    async def drawn_up(
        cls, redis: Redis, slack: SlackSandbox, telnyx: TelnyxSandbox, board: Board
    ) -> "Accounts":
        """Read all orders, and all that stands on Slack."""
        store = OrderStore(redis, KEYS)
        ids = [str(one) for one in await redis.zrange(KEYS.orders, 0, -1)]
        orders = [order for one in ids if (order := await store.load(one))]
        board.read()
        return cls(orders, await Queue.deliveries(redis, KEYS).size(), slack, telnyx, board)

    def balance(self) -> Balance:
        """Compare them."""
        approved = [order for order in self.orders if _was_approved(order)]
        told = self._told()
        sold = {str(sim["iccid"]) for sim in self.telnyx.ledger.sims}
        return Balance(
            orders=Counter(str(order.state) for order in self.orders),
            ordered=sum(order.request.amount for order in approved),
            sold=len(sold),
            told=len(sold & set(told)),
            calls=len(self.telnyx.ledger.requests),
            twice=[*self._sent_twice(), *self._sold_too_many(), *self._said_twice()],
            lost=[*self._lost(told)],
            stuck=[*self._stuck()],
            other=[*self._unlike_its_card(), *self._sold_unapproved(approved)],
        )

    def _references(self) -> Iterator[str]:
        for entry in self.telnyx.ledger.requests:
            yield str(entry.body["tags"][-1])

    def _sent_twice(self) -> Iterator[str]:
        for reference, count in Counter(self._references()).items():
            if count > 1:
                yield f"{reference} was sent {count} times"

    def _sold_by_order(self) -> Counter[str]:
        return Counter(str(sim["tags"][-1]).split("-")[1] for sim in self.telnyx.ledger.sims)

    def _sold_too_many(self) -> Iterator[str]:
        sold = self._sold_by_order()
        for order in self.orders:
            if sold[order.id] > order.request.amount:
                yield f"{order.id}: {sold[order.id]} sold, {order.request.amount} ordered"

    def _said_twice(self) -> Iterator[str]:
        for order_id, messages in self.board.messages.items():
            for key, same in messages.items():
                if len(same) > 1:
                    yield f"{order_id}: {key} stands {len(same)} times"
        for named, count in Counter((file.name, file.title) for file in self.slack.files).items():
            if count > 1:
                yield f"{named} was uploaded {count} times"

    def _told(self) -> dict[str, str]:
        """ICCID to the order in whose thread it stands."""
        told: dict[str, str] = {}
        for order_id, messages in self.board.messages.items():
            text = "".join(each.plain() for same in messages.values() for each in same)
            told |= dict.fromkeys(_numbers(text), order_id)
        for file in self.slack.files:
            if file.name.endswith(".csv"):
                rows = csv.DictReader(file.content.decode("utf-8-sig").splitlines())
                order_id = file.name.removeprefix("order-").removesuffix(".csv")
                told |= dict.fromkeys((row["iccid"] for row in rows), order_id)
        return told

    def _lost(self, told: dict[str, str]) -> Iterator[str]:
        asking = {each.id for each in self.orders if each.state is OrderState.NEEDS_ATTENTION}
        for sim in self.telnyx.ledger.sims:
            iccid, order_id = str(sim["iccid"]), str(sim["tags"][-1]).split("-")[1]
            if told.get(iccid) != order_id and order_id not in asking:
                yield f"{iccid} of {order_id} is not in its thread"

    def _stuck(self) -> Iterator[str]:
        for order in self.orders:
            if not order.state.is_final and order.state is not OrderState.NEEDS_ATTENTION:
                yield f"{order.id} is {order.state}"
        if self.due:
            yield f"{self.due} orders' messages are behind"

    def _unlike_its_card(self) -> Iterator[str]:
        for order in self.orders:
            cards = self.board.messages.get(order.id, {}).get("card", [])
            shown = state_of(cards[0]) if cards else "nothing"
            if shown != order.state:
                yield f"{order.id} is {order.state}, its card shows {shown}"

    def _sold_unapproved(self, approved: list[Order]) -> Iterator[str]:
        yield from (
            f"{order_id} was never approved, and SIM cards were sold for it"
            for order_id in set(self._sold_by_order()) - {order.id for order in approved}
        )


def _was_approved(order: Order) -> bool:
    return any(entry.state is OrderState.APPROVED for entry in order.history)


def _numbers(text: str) -> Iterator[str]:
    """Every number in the text that is as long as an ICCID."""
    return (found[0] for found in re.finditer(r"\d{18,}", text))
