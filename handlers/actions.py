"""Clicks on buttons that decide about an order, and on anything else in a message."""

import re
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.clock import Fence
from bot.domain.order import Order
from bot.slack.button_value import read_button_value
from bot.slack.ephemeral import Answer, plain
from bot.slack.messages.attention import BUY_AGAIN, CLOSE, LOOK_AGAIN
from bot.slack.messages.card import APPROVE, CANCEL
from bot.slack.messages.results import ORDER_REST
from handlers.hearing import Arrival, Recorded, saying
from handlers.interaction import Interaction
from handlers.services import Services

_ANYTHING = re.compile("")
_UNKNOWN_BUTTON = plain(
    "I don't know this button: the message is from another version of me. Nothing was done or "
    "changed. `/esim orders` lists your orders, and `/esim order` with an id shows one."
)


class _Decide(Protocol):
    def __call__(
        self, order_id: str, *, by: str, trigger: str, revision: int | None, within: Fence | None
    ) -> Awaitable[Order]: ...


def register(app: AsyncApp, services: Services) -> None:
    """Listen to every button that decides about an order; other clicks are answered too."""
    orders = services.orders
    decisions: dict[str, _Decide] = {
        APPROVE: orders.approve,
        CANCEL: orders.cancel,
        LOOK_AGAIN: orders.look_again,
        CLOSE: orders.close,
        BUY_AGAIN: orders.buy_again,
        ORDER_REST: orders.order_rest,
    }
    for action_id, decide in decisions.items():
        _listen(app, action_id, services, decide)
    _listen_to_the_rest(app, services)


def _listen(app: AsyncApp, action_id: str, services: Services, decide: _Decide) -> None:
    async def hear(
        body: Mapping[str, Any], action: Mapping[str, Any], context: AsyncBoltContext
    ) -> BoltResponse:
        interaction, pressed = Interaction.of(body), read_button_value(action.get("value"))
        arrival: Arrival = context["arrival"]

        async def work() -> Answer | Recorded:
            if pressed is None:
                return _UNKNOWN_BUTTON
            order = await decide(
                pressed.order_id,
                by=interaction.user,
                trigger=interaction.trigger,
                revision=pressed.revision,
                within=arrival,
            )
            opened = order.id != pressed.order_id  # a rest, which gets a card of its own
            return services.answer_about(order) if opened else Recorded(order.id)

        return await services.hearing.attend(interaction, work, arrival)

    app.action(action_id)(hear)


def _listen_to_the_rest(app: AsyncApp, services: Services) -> None:
    async def unknown(
        ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any], context: AsyncBoltContext
    ) -> BoltResponse:
        if action.get("url"):  # the click on a link needs no answer
            return await ack()
        work = saying(_UNKNOWN_BUTTON)
        return await services.hearing.attend(Interaction.of(body), work, context["arrival"])

    async def nothing_to_choose(ack: AsyncAck) -> None:
        await ack(options=[])

    app.action(_ANYTHING)(unknown)
    app.options(_ANYTHING)(nothing_to_choose)
