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
from sandbox.telnyx import LedgerEntry, TelnyxSandbox
from tests.support.drill.balance import Balance
from tests.support.drill.board import Board
from tests.support.drill.decisions import Decision, decisions
from tests.support.orders import KEYS

_REFERENCE = re.compile(r"esim-([0-9A-Z]{8})-\d+")


@dataclass
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

    def balance(self, stuck: list[str]) -> Balance:
        """Compare them; `stuck` is what did not come to its end."""
        approved = [order for order in self.orders if _was_approved(order)]
        sold = {str(sim["iccid"]) for sim in self.telnyx.ledger.sims}
        asked = list(decisions(self.orders, self._calls()))
        figures = Balance(
            orders=Counter(str(order.state) for order in self.orders),
            ordered=sum(order.request.amount for order in approved if not order.rest_of),
            sold=len(sold),
            told=len(sold & {iccid for iccid, _ in self._told}),
            calls=len(self.telnyx.ledger.requests),
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
        for call in self.telnyx.ledger.requests:
            reference, iccids = _reference(call.body["tags"]), [sim["iccid"] for sim in call.sims]
            if _order_of([reference]) == order_id:
                answered = "answered" if call.answered else "not answered"
                yield f"  {call.at:.1f} {reference}: {call.outcome} {iccids} {answered}"
        for key, same in self.board.standing(order_id).items():
            yield f"  {key}: {' | '.join(each.plain() for each in same)[:600]!r}"

    # Twice

    def _references(self) -> Iterator[str]:
        """The reference of each call; the order's own stands before it."""
        for entry in self.telnyx.ledger.requests:
            yield _reference(entry.body["tags"])

    def _calls(self) -> dict[str, LedgerEntry]:
        return dict(zip(self._references(), self.telnyx.ledger.requests, strict=True))

    def _sent_twice(self) -> Iterator[str]:
        for reference, count in Counter(self._references()).items():
            if count > 1:
                yield f"{reference} was sent {count} times"

    @cached_property
    def _sold_by_order(self) -> Counter[str]:
        return Counter(_order_of(sim["tags"]) for sim in self.telnyx.ledger.sims)

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
        for named, count in Counter((file.name, file.title) for file in self.slack.files).items():
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
        for sim in self.telnyx.ledger.sims:
            iccid, order_id = str(sim["iccid"]), _order_of(sim["tags"])
            if (iccid, order_id) not in self._told:
                yield f"{iccid} of {order_id} is not in its thread"

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


def _reference(tags: list[str]) -> str:
    return next(tag for tag in tags if _REFERENCE.fullmatch(tag))


def _order_of(tags: list[str]) -> str:
    return _reference(tags).split("-")[1]


def _numbers(text: str) -> Iterator[str]:
    """Every number in the text that is as long as an ICCID."""
    return (found[0] for found in re.finditer(r"\d{18,}", text))
