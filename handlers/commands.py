"""The slash command: read the line and carry it out. Shortcuts: there are none yet."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.clock import Fence
from bot.domain.grammar import (
    Activate,
    Ask,
    Assign,
    Assigned,
    AssignLines,
    Buy,
    Change,
    Help,
    ListOrders,
    ShowOrder,
    Unassign,
    over_limit,
    parse,
)
from bot.errors import AmountOverLimit, NoApproversHere, StoreUnavailable
from bot.slack.answers.help import usage
from bot.slack.ephemeral import Answer, not_allowed, order_details, order_list, plain
from bot.slack.mrkdwn import mentioned, unescape
from bot.slack.words.recording import NOT_SHOWN
from handlers.activation import carry_out, show
from handlers.hearing import Asked, Recorded, saying
from handlers.interaction import Interaction
from handlers.questions import ask
from handlers.services import Services

_ANYTHING = re.compile("")
"""Any name: each workspace names the command in its manifest."""
_IN_TIME = 0.9
"""Part of the time in which a question is answered or given up: no answer is owed later, as
nothing was to be recorded."""
_LEAST = 0.03
"""Seconds that it gets also when it came late."""
_UNKNOWN_SHORTCUT = plain(
    "I don't know this shortcut. Nothing was done or changed. Type `/esim help`."
)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the slash command, and to every shortcut."""

    async def hear(command: Mapping[str, str], context: AsyncBoltContext) -> BoltResponse:
        interaction, arrival = Interaction.of(command), context["arrival"]
        typed = command.get("command") or services.rules.command
        own = services
        if typed != services.rules.command:
            own = replace(services, rules=replace(services.rules, command=typed))
        work = partial(_carry_out, own, interaction, command, arrival)
        return await services.hearing.attend(interaction, work, arrival)

    async def unknown(body: Mapping[str, Any], context: AsyncBoltContext) -> BoltResponse:
        work = saying(_UNKNOWN_SHORTCUT)
        return await services.hearing.attend(Interaction.of(body), work, context["arrival"])

    app.command(_ANYTHING)(hear)
    app.shortcut(_ANYTHING)(unknown)


async def _carry_out(
    services: Services, interaction: Interaction, command: Mapping[str, str], within: Fence
) -> Answer | Recorded | Asked:
    match parse(_typed(command), services.rules):
        case Help():
            return usage(services.rules)
        case (Buy() | Change()) as wish:
            if _is_direct(command):
                raise NoApproversHere(services.bot_user, services.channels.public())
            return await _place(services, interaction, wish, within)
        case Ask() as question:
            return ask(services, interaction, question)
        case (Activate() | Assign() | AssignLines() | Unassign()) as told:
            mentions = mentioned(command.get("text") or "")
            return await carry_out(services, interaction, told, mentions, within)
        case (ShowOrder() | ListOrders() | Assigned()) as question:
            try:
                async with asyncio.timeout(max(_IN_TIME * within.remaining, _LEAST)):
                    return await _show(services, interaction, question)
            except (StoreUnavailable, TimeoutError):
                return plain(NOT_SHOWN)


def _typed(command: Mapping[str, str]) -> str:
    """The text after the command; half a character, which Redis can't store, becomes "?"."""
    return unescape(command.get("text") or "").encode("utf-8", "replace").decode()


def _is_direct(command: Mapping[str, str]) -> bool:
    """Whether it was typed in a direct message, where no approver would see the card."""
    channel, name = command.get("channel_id") or "", command.get("channel_name") or ""
    return channel[:1] in {"", "D"} or name == "directmessage" or name.startswith("mpdm-")


async def _place(
    services: Services, interaction: Interaction, wish: Buy | Change, within: Fence
) -> Answer | Recorded:
    """Place the order. If Slack refuses its card, it is cancelled and the requester is told."""
    try:
        order = await services.orders.place(
            wish.request,
            requester=interaction.user,
            channel=interaction.channel,
            trigger=interaction.trigger,
            within=within,
        )
    except AmountOverLimit as over:
        return not_allowed(wish.refused(over.field, over_limit(over.most)))
    return services.answer_about(order)


async def _show(
    services: Services, interaction: Interaction, question: ShowOrder | ListOrders | Assigned
) -> Answer:
    if isinstance(question, Assigned):
        return await show(services, interaction, question)
    orders, person, channel = services.orders, interaction.user, interaction.channel
    if isinstance(question, ShowOrder):
        order = await orders.show(question.order_id, to=person, channel=channel)
        reveals = await services.hand_outs.reveals_of(order.id)
        holders = await services.assignments.about([sim.iccid for sim in order.sims if sim.iccid])
        return order_details(order, services.rules.forms, reveals, holders)
    if question.everybody:
        found = await orders.latest_in(channel, to=person)
    else:
        found = await orders.latest_of(person)
    return order_list(found, everybody=question.everybody, rules=services.rules)
