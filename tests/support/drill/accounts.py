"""Whether the provider's ledger, Redis and Slack tell the same story."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from sandbox.slack import SlackSandbox
from tests.support.drill.balance import Balance
from tests.support.drill.board import Board
from tests.support.drill.books import Books, Call, order_of
from tests.support.drill.decisions import Decision, decisions
from tests.support.orders import KEYS


@dataclass
class Accounts:
    """Everything that is compared."""

    orders: list[Order]
    due: int
    """Orders in the queue of deliveries."""
    slack: SlackSandbox
    books: Books
    board: Board

    @classmethod
    async def drawn_up(
        cls, redis: Redis, slack: SlackSandbox, books: Books, board: Board
    ) -> "Accounts":
        """Read all orders, and all that stands on Slack."""
        store = OrderStore(redis, KEYS)
        ids = [str(one) for one in await redis.zrange(KEYS.orders, 0, -1)]
        orders = [order for one in ids if (order := await store.load(one))]
        board.read()
        return cls(orders, await Queue.deliveries(redis, KEYS).size(), slack, books, board)

    def balance(self, stuck: list[str]) -> Balance:
        """Compare them; `stuck` is what did not come to its end."""
        approved = [order for order in self.orders if _was_approved(order)]
        sold = {sale.iccid for sale in self.books.sales}
        asked = list(decisions(self.orders, self._calls()))
        figures = Balance(
            orders=Counter(str(order.state) for order in self.orders),
            ordered=sum(order.request.amount for order in approved if not order.rest_of),
            sold=len(sold),
            told=len(sold & {iccid for iccid, _ in self._told}),
            calls=len(list(self.books.calls)),
            doubled=sum(extra for order, extra in self._extras() if _was_bought_again(order)),
            decisions=asked,
        )
        return replace(
            figures,
            twice=[*self._sent_twice(), *self._sold_too_many(), *self._said_twice()],
            lost=[*self._lost()],
            stuck=[*self._stuck(), *stuck],
            other=[*self._unlike_its_card(), *self._sold_unapproved(approved), *_forgot(asked)],
        )

    def story(self, order_id: str) -> Iterator[str]:
        """What happened to an order, by all three."""
        for order in (each for each in self.orders if each.id == order_id):
            yield f"{order.id}: {order.request.amount} ordered, due {order.due_at}"
            for entry in order.history:
                yield f"  {entry.at:%H:%M:%S.%f} {entry.event} -> {entry.state} ({entry.detail})"
            for each in order.attempts:
                looks = [(f"{look.at:%H:%M:%S}", look.found, look.why) for look in each.lookups]
                numbers = [(sim.iccid, *sim.odd, sim.elsewhere) for sim in each.sims]
                yield f"  {each.reference} of {each.quantity}: {each.outcome}, {numbers}, {looks}"
        for call in self.books.calls:
            if order_of(call.reference) == order_id:
                answered = "answered" if call.answered else "not answered"
                yield f"  {call.at:.1f} {call.reference}: {call.outcome} {call.sims} {answered}"
        for key, same in self.board.standing(order_id).items():
            yield f"  {key}: {' | '.join(each.plain() for each in same)[:600]!r}"

    # Twice

    def _calls(self) -> dict[str, Call]:
        """By reference, what came of the first call."""
        return {call.reference: call for call in reversed(list(self.books.calls))}

    def _sent_twice(self) -> Iterator[str]:
        """More often than once, and once more whenever a person had the same bytes sent again."""
        attempts = [attempt for order in self.orders for attempt in order.attempts]
        repeats = {attempt.reference: attempt.repeats for attempt in attempts}
        bodies: dict[str, list[bytes]] = {}
        for call in self.books.calls:
            bodies.setdefault(call.reference, []).append(call.body)
        for reference, sent in bodies.items():
            if len(sent) > 1 + repeats.get(reference, 0):
                yield f"{reference} was sent {len(sent)} times"
            if len(set(sent)) > 1:
                yield f"{reference} was sent with other bytes"

    @cached_property
    def _sold_by_order(self) -> Counter[str]:
        return Counter(sale.order_id for sale in self.books.sales)

    def _extras(self) -> Iterator[tuple[Order, int]]:
        """By how many more was sold than ordered: for an order, or with all of its rests."""
        known = {order.id: order for order in self.orders}
        for order in self.orders:
            ids = [each.id for each in _family(order, known)]
            sold = sum(self._sold_by_order[one] for one in ids)
            if not order.rest_of and sold > order.request.amount:
                yield order, sold - order.request.amount

    def _sold_too_many(self) -> Iterator[str]:
        known = {order.id: order for order in self.orders}
        for order, extra in self._extras():
            if not any(map(_was_bought_again, _family(order, known))):
                yield f"{order.id}: {extra} more sold than ordered, with its rests"
        for order in self.orders:
            extra = self._sold_by_order[order.id] - order.request.amount
            if extra > 0 and not _was_bought_again(order):
                yield f"{order.id}: {extra} more sold than ordered"

    def _said_twice(self) -> Iterator[str]:
        for order_id in self.board.messages:
            for key, same in self.board.standing(order_id).items():
                if len(same) > 1:
                    yield f"{order_id}: {key} stands {len(same)} times"
        files = [file for file in self.slack.files if file.name.startswith("order-")]
        for named, count in Counter((file.name, file.title) for file in files).items():
            if count > 1:
                yield f"{named} stands {count} times"

    # Lost

    @cached_property
    def _told(self) -> set[tuple[str, str]]:
        """ICCID and the order in whose thread, or to whose requester, it stands."""
        told: set[tuple[str, str]] = set()
        for order_id in self.board.messages:
            standing = self.board.standing(order_id)
            text = "\n".join(each.plain() for same in standing.values() for each in same)
            told |= {(number, order_id) for number in _numbers(text)}
        for file in self.slack.files:
            if file.name.endswith(".csv"):
                rows = csv.DictReader(file.content.decode("utf-8-sig").splitlines())
                order_id = file.name.removeprefix("order-").removesuffix(".csv")
                told |= {(row["iccid"], order_id) for row in rows}
        return told

    def _lost(self) -> Iterator[str]:
        for sale in self.books.sales:
            if (sale.iccid, sale.order_id) not in self._told:
                yield f"{sale.iccid} of {sale.order_id} is not in its thread"

    # Stuck, and otherwise wrong

    def _stuck(self) -> Iterator[str]:
        for order in self.orders:
            if not order.state.is_final:
                yield f"{order.id} is {order.state}"
        if self.due:
            yield f"{self.due} orders' messages are behind"

    def _unlike_its_card(self) -> Iterator[str]:
        for order in self.orders:
            shown = self.board.state(order.id) or "nothing"
            if shown != order.state:
                yield f"{order.id} is {order.state}, its card shows {shown}"

    def _sold_unapproved(self, approved: list[Order]) -> Iterator[str]:
        yield from (
            f"{order_id} was never approved, and SIM cards were sold for it"
            for order_id in set(self._sold_by_order) - {order.id for order in approved}
        )


def _family(order: Order, known: dict[str, Order]) -> list[Order]:
    """The order, its rests, and theirs."""
    found = [order]
    for each in found:
        found += [known[one] for one in each.rests if one in known]
    return found


def _was_approved(order: Order) -> bool:
    return any(entry.state is OrderState.APPROVED for entry in order.history)


def _was_bought_again(order: Order) -> bool:
    return any(entry.event == "buy_again" for entry in order.history)


def _forgot(asked: list[Decision]) -> Iterator[str]:
    """No restart loses anything here."""
    yield from (f"{one.order_id}: Redis was not trusted" for one in asked if one.forgetful)


def _numbers(text: str) -> Iterator[str]:
    """Every number in the text that is as long as an ICCID."""
    return (found[0] for found in re.finditer(r"\d{18,}", text))
