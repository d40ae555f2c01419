"""Clicks on buttons that decide about an order: who clicked decides what may happen."""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp

from bot.domain.order import Order
from bot.slack.buttons import read_button_value
from bot.slack.ephemeral import Answer, plain
from bot.slack.messages.attention import BUY_AGAIN, CLOSE, LOOK_AGAIN
from bot.slack.messages.card import APPROVE, CANCEL
from bot.slack.messages.results import ORDER_REST
from bot.slack.replies import Interaction
from handlers.middleware import acknowledge
from handlers.services import Services
from handlers.strays import UNKNOWN_BUTTON


class _Decide(Protocol):
    def __call__(
        self, order_id: str, *, by: str, trigger: str, revision: int | None
    ) -> Awaitable[Order]: ...


def register(app: AsyncApp, services: Services) -> None:
    """Listen to every button that decides about an order."""
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


def _listen(app: AsyncApp, action_id: str, services: Services, decide: _Decide) -> None:
    async def hear(body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        asked, pressed = Interaction.of(body), read_button_value(action.get("value"))

        async def work() -> Answer | None:
            if pressed is None:
                return plain(UNKNOWN_BUTTON)
            order = await decide(
                pressed.order_id, by=asked.user, trigger=asked.trigger, revision=pressed.revision
            )
            opened = order.id != pressed.order_id  # the rest of one: it gets a card of its own
            return await services.noted(order.id) if opened else None

        await services.hearing.attend(asked, work)

    app.action(action_id, middleware=[acknowledge])(hear)
