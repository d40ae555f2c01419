"""The slash command: read the line, do what it says."""

import re
from collections.abc import Mapping
from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.domain.grammar import Buy, Help, ListOrders, ShowOrder, parse
from bot.domain.request import PurchaseRequest
from bot.errors import BotNotInChannel
from bot.slack.answers import Answer, order_details, order_list, usage
from bot.slack.replies import Asked
from bot.slack.text import unescape
from handlers.middleware import acknowledge
from handlers.services import Services

_ANY_COMMAND = re.compile("^/")
"""Whatever name the workspace gave the command in the manifest."""


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the slash command."""

    async def hear(command: Mapping[str, str]) -> None:
        asked = Asked(
            user=command["user_id"],
            channel=command["channel_id"],
            trigger=command["trigger_id"],
            response_url=command["response_url"],
        )
        own = replace(services, rules=replace(services.rules, command=command["command"]))
        await services.hearing.attend(asked, lambda: _obey(own, asked, command.get("text", "")))

    app.command(_ANY_COMMAND, middleware=[acknowledge])(hear)


async def _obey(services: Services, asked: Asked, text: str) -> Answer | None:
    match parse(unescape(text), services.rules):
        case Help():
            return usage(services.rules)
        case Buy(request):
            await _buy(services, asked, request)
            return None
        case ShowOrder(order_id):
            order = await services.orders.show(order_id, to=asked.user, channel=asked.channel)
            return order_details(order)
        case ListOrders(everybody):
            return await _list(services, asked, everybody=everybody)


async def _buy(services: Services, asked: Asked, request: PurchaseRequest) -> None:
    """Place the order: its card is the answer."""
    if await services.slack.is_member(asked.channel) is False:
        raise BotNotInChannel(services.bot_user)
    await services.orders.place(
        request, requester=asked.user, channel=asked.channel, trigger=asked.trigger
    )


async def _list(services: Services, asked: Asked, *, everybody: bool) -> Answer:
    if everybody:
        orders = await services.orders.latest_in(asked.channel)
    else:
        orders = await services.orders.latest_of(asked.user)
    return order_list(orders, everybody=everybody, rules=services.rules)
