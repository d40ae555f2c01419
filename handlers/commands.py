"""The slash command: read the line and carry it out. Shortcuts: there are none yet."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.grammar import Buy, Help, ListOrders, ShowOrder, over_limit, parse
from bot.errors import AmountOverLimit, BotNotInChannel, NoApproversHere
from bot.slack.ephemeral import Answer, not_allowed, order_details, order_list, plain, usage
from bot.slack.mrkdwn import unescape
from handlers.hearing import acknowledge, saying
from handlers.interaction import Interaction
from handlers.services import Services

_ANYTHING = re.compile("")
"""Any name: each workspace names the command in its manifest."""
_UNKNOWN_SHORTCUT = plain(
    "I don't know this shortcut. Nothing was done or changed. Type `/esim help`."
)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the slash command, and to every shortcut."""

    async def hear(command: Mapping[str, str]) -> None:
        interaction = Interaction.of(command)
        typed = command.get("command") or services.rules.command
        own = replace(services, rules=replace(services.rules, command=typed))
        await services.hearing.attend(interaction, lambda: _carry_out(own, interaction, command))

    async def unknown(body: Mapping[str, Any]) -> None:
        await services.hearing.attend(Interaction.of(body), saying(_UNKNOWN_SHORTCUT))

    app.command(_ANYTHING, middleware=[acknowledge])(hear)
    app.shortcut(_ANYTHING, middleware=[acknowledge])(unknown)


async def _carry_out(
    services: Services, interaction: Interaction, command: Mapping[str, str]
) -> Answer | None:
    match parse(_typed(command), services.rules):
        case Help():
            return usage(services.rules)
        case Buy() as buy:
            if _is_direct(command):
                raise NoApproversHere(services.bot_user, await services.channels.public())
            return await _buy(services, interaction, buy)
        case ShowOrder(order_id):
            order = await services.orders.show(
                order_id, to=interaction.user, channel=interaction.channel
            )
            return order_details(order, services.rules.forms)
        case ListOrders(everybody):
            return await _list(services, interaction, everybody=everybody)


def _typed(command: Mapping[str, str]) -> str:
    """The text after the command; half a character, which Redis can't store, becomes "?"."""
    return unescape(command.get("text") or "").encode("utf-8", "replace").decode()


def _is_direct(command: Mapping[str, str]) -> bool:
    """Whether it was typed in a direct message, where no approver would see the card."""
    channel, name = command.get("channel_id") or "", command.get("channel_name") or ""
    return channel[:1] in {"", "D"} or name == "directmessage" or name.startswith("mpdm-")


async def _buy(services: Services, interaction: Interaction, buy: Buy) -> Answer | None:
    """Place the order; the answer is its card, or a note that the card follows.

    When Slack does not say whether the bot is in the channel, the order is placed; if Slack then
    refuses its card, the order is cancelled and the requester is told.
    """
    if await services.slack.is_member(interaction.channel) is False:
        raise BotNotInChannel(services.bot_user)
    try:
        order = await services.orders.place(
            buy.request,
            requester=interaction.user,
            channel=interaction.channel,
            trigger=interaction.trigger,
        )
    except AmountOverLimit as over:
        return not_allowed(buy.refused(over.field, over_limit(over.most)))
    return await services.answer_about(order.id)


async def _list(services: Services, interaction: Interaction, *, everybody: bool) -> Answer:
    if everybody:
        orders = await services.orders.latest_in(interaction.channel, to=interaction.user)
    else:
        orders = await services.orders.latest_of(interaction.user)
    return order_list(orders, everybody=everybody, rules=services.rules)
