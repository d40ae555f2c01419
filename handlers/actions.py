"""Clicks on buttons that decide about an order: who clicked decides what may happen."""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp

from bot.domain.order import Order
from bot.slack.messages.attention import BUY_AGAIN, CLOSE, LOOK_AGAIN
from bot.slack.messages.card import APPROVE, CANCEL
from bot.slack.messages.results import ORDER_REST
from bot.slack.replies import Asked
from handlers.middleware import acknowledge
from handlers.services import Services


class _Decide(Protocol):
    def __call__(self, order_id: str, *, by: str, trigger: str) -> Awaitable[Order]: ...


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
    async def hear(body: Mapping[str, Any], action: Mapping[str, str]) -> None:
        asked = _asked(body)

        async def work() -> None:
            await decide(action["value"], by=asked.user, trigger=asked.trigger)

        await services.hearing.attend(asked, work)

    app.action(action_id, middleware=[acknowledge])(hear)


def _asked(body: Mapping[str, Any]) -> Asked:
    return Asked(
        user=body["user"]["id"],
        channel=body["container"]["channel_id"],
        trigger=body["trigger_id"],
        response_url=body["response_url"],
    )
