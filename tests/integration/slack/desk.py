"""What the tests of delivery work at: a workspace, Redis, an order, and a clock for all of them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from bot.metrics import Metrics
from bot.slack.delivery import Delivery, DeliveryServices, OpenCards, Round
from bot.slack.message import Message, rendered, section
from bot.slack.web.client import SlackClient, web_client
from bot.store.delayed_deliveries import DelayedDeliveries
from bot.store.posted import Posted
from bot.store.queues import Queue
from sandbox.serving import Serving
from tests.support.harness.running import unheard
from tests.support.harness.sandboxes import settings_of
from tests.support.machine.seller import Seller
from tests.support.order_steps import now_of
from tests.support.orders import KEYS, ORDER_ID, an_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from redis.asyncio import Redis

    from bot.domain.order import Order
    from bot.slack.delivery.delivery import DeliveryRound
    from bot.slack.delivery.retries import NextRound
    from sandbox.slack import Message as Shown
    from sandbox.slack import SlackSandbox
    from tests.support.clock import ManualClock

ANA, BEN = "U0ANA000000", "U0BEN000000"
OPS, FLEET, FINANCE, SECRET = "C0OPS000000", "C0FLEET0000", "C0FINANCE00", "C0SECRET000"
PAYLOAD = {"order_id": ORDER_ID, "key": "card"}
METADATA = {"event_type": "esim_order", "event_payload": PAYLOAD}


def saying(text: str, channel: str = OPS, **parts: Any) -> Message:
    """A message of one paragraph."""
    return Message(channel, text, rendered(section(text)), **parts)


def placed(amount: int = 3, **parts: Any) -> Order:
    """An order of ana's in #ops, approved by ben where its state needs that."""
    return an_order(amount, requester=ANA, approver=BEN, channel=OPS, **parts)


@dataclass
class Desk:
    """Delivery as the bot wires it."""

    slack: SlackSandbox
    client: SlackClient
    redis: Redis
    clock: ManualClock
    metrics: Metrics = field(default_factory=Metrics)
    services: DeliveryServices = field(init=False)
    delivery: Delivery = field(init=False)
    _committed: dict[str, Order] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tell()

    def tell(self, *channels: str) -> None:
        """Let these channels be told how orders end."""
        settings = settings_of(Path("unused"), esim_notify_channels=channels)
        made, _ = unheard(settings, self.redis, self.clock, Seller(self.clock.now))
        self.services = replace(made.services, client=self.client, metrics=self.metrics)
        self.restart()

    def restart(self) -> None:
        """Deliver as a process does that has just begun."""
        self.delivery = self.delivering(Round)

    def delivering(self, rounds: Callable[..., DeliveryRound]) -> Delivery:
        """Delivery with rounds of this kind."""
        return Delivery(Queue.deliveries(self.redis, KEYS), self.waiting, self.services, rounds)

    @property
    def waiting(self) -> DelayedDeliveries:
        """Orders that wait for Slack."""
        return DelayedDeliveries(self.redis, KEYS)

    @property
    def cards(self) -> OpenCards:
        """Who looks after open cards."""
        return OpenCards(self.waiting, self.services)

    async def known(self, key: str, order_id: str = ORDER_ID) -> Posted:
        """What is known of a message."""
        return (await self.services.posted.load(order_id)).get(key, Posted())

    async def forget(self, key: str, known: Posted, order_id: str = ORDER_ID) -> None:
        """Let this be all that is known of a message, as after a crash."""
        text = known.model_dump_json()
        await self.redis.hset(KEYS.posted(order_id), key, text)

    async def pass_over(self, order: Order) -> NextRound:
        """Make one round over an order as it is given."""
        return await Round(order, self.services, self.clock.now()).run()

    async def commit(self, order: Order) -> Order:
        """Store an order, as a step upon what was stored of it before."""
        await self.services.store.save(order, self._committed.get(order.id), self.clock.now())
        self._committed[order.id] = order
        return order

    async def deliver(self, order_id: str = ORDER_ID) -> None:
        """Make one pass over an order's messages."""
        await self.delivery.deliver(order_id)

    async def show(self, order: Order) -> Shown:
        """Commit an order and deliver it to the end; its card comes back."""
        await self.go_on(order)
        return self.card

    async def go_on(self, order: Order) -> None:
        """Commit an order and deliver it to the end, whether a card stands or not."""
        await self.commit(order)
        await self.up_to_date(order.id)

    async def up_to_date(self, order_id: str = ORDER_ID, patience: float = 30) -> None:
        """Make passes, each when it is due, until nothing is due for so many seconds."""
        while (due := await self.due_in(order_id)) is not None and due <= patience:
            await self.clock.advance(max(0, due))
            await self.deliver(order_id)

    async def due_in(self, order_id: str = ORDER_ID) -> float | None:
        """Seconds until the order's messages are looked at again; None: they are up to date."""
        score: float | None = await self.redis.zscore(KEYS.deliveries, f"order:{order_id}")
        return None if score is None else score / 1000 - self.clock.time()

    @property
    def card(self) -> Shown:
        """The one card in #ops."""
        (card,) = self.slack.messages(OPS)
        return card

    def thread(self) -> list[str]:
        """What stands under the card, as people read it."""
        return [message.plain() for message in self.slack.thread(self.card)]

    def direct(self) -> list[str]:
        """What the bot wrote to ana directly."""
        return [message.plain() for message in self.slack.direct_messages("ana")]

    def calls(self, method: str) -> int:
        """How often a method was called."""
        return len([call for call in self.slack.calls if call.method == method])


def cancelled(order: Order) -> Order:
    """The order after ana took it back."""
    return order.cancel(ANA, now_of(order))


@dataclass
class Gateway:
    """Something between the bot and Slack that answers in Slack's place."""

    answer: Callable[[], Awaitable[web.Response]]
    requests: int = 0

    async def handle(self, _: web.Request) -> web.Response:
        """Count the request and answer it."""
        self.requests += 1
        return await self.answer()


@asynccontextmanager
async def served(gateway: Gateway) -> AsyncIterator[str]:
    """The address of a gateway, for the length of a block."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", gateway.handle)
    serving = await Serving.start(app)
    yield f"{serving.url}/api"
    await serving.stop()


@asynccontextmanager
async def behind(gateway: Gateway, patience: float = 5) -> AsyncIterator[SlackClient]:
    """A client that reaches nobody but the gateway, and waits so many seconds for it."""
    async with served(gateway) as address, aiohttp.ClientSession() as session:
        yield SlackClient(web_client("xoxb-1", session, address), patience)


def answering(
    status: int = 200, kind: str = "text/html", body: str = "", **headers: str
) -> Gateway:
    """A gateway with one answer to everything."""

    async def answer() -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body.encode(), content_type=kind, headers=named)

    return Gateway(answer)


def silent() -> Gateway:
    """A gateway that takes every request and never answers."""

    async def answer() -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    return Gateway(answer)
