"""Activation codes: a confirmation first, then the codes for the one person whom it names."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.activation.hand_out import Wish
from bot.domain.grammar import Activate, InvalidCommand, parse
from bot.domain.policy import Member
from bot.errors import EsimBotError, SlackUnavailable, StoreUnavailable
from bot.slack.activation.message import DONE
from bot.slack.activation.wish_value import AskedHandOut, read_wish_value
from bot.slack.answers.confirmation import (
    AS_FILE,
    FETCHING,
    LOOKING,
    NOT_DELETED,
    NOT_IDENTIFIED,
    NOT_REACHED,
    SEND,
    STOPPED,
    TO,
    confirmation,
    read_line,
    told,
)
from bot.slack.button_value import read_button_value
from bot.slack.ephemeral import Answer, plain
from bot.slack.messages.results import CODES_ASK
from bot.slack.words.codes import report_words
from bot.slack.words.recording import NOT_SHOWN
from bot.slack.words.refusals import words_of
from handlers.activation.people import Mentions, recipient_of
from handlers.hearing import Asked, listen
from handlers.interaction import Interaction
from handlers.services import Services

_UNKNOWN = plain(
    "I don't know this button: the message is from another version of me. No code was fetched or "
    "given. `/esim activate` with an order or an ICCID asks for codes."
)

_Press = Callable[[Services, Interaction, Mapping[str, Any]], Asked | None]


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the button at a result, to those of a confirmation, and to *Done*."""
    presses: dict[Any, _Press] = {
        CODES_ASK: _ask,
        SEND: _send,
        AS_FILE: _send,
        TO: _to_another,
        DONE: _done,
    }
    for action_id, press in presses.items():
        listen(app, action_id, services.hearing, partial(press, services), _UNKNOWN)


def activate(
    services: Services, interaction: Interaction, command: Activate, mentions: Mentions
) -> Asked:
    """Show what is to be confirmed. Raises InvalidCommand for a person who is not known."""
    wish = _wish(command, recipient_of(command, mentions, interaction.user))
    return _Confirming(services, interaction.person, wish, command.to).asked


def _ask(services: Services, interaction: Interaction, action: Mapping[str, Any]) -> Asked | None:
    """The button at a result: the codes of the whole order, for oneself."""
    pressed = read_button_value(action.get("value"))
    if pressed is None:
        return None
    wish = Wish(subject=pressed.order_id, to=interaction.user)
    return _Confirming(services, interaction.person, wish).asked


def _to_another(
    services: Services, interaction: Interaction, action: Mapping[str, Any]
) -> Asked | None:
    """Somebody else was chosen: the confirmation comes anew, with this person."""
    line, user = read_line(action.get("block_id")), action.get("selected_user")
    try:
        command = parse(line, services.rules) if line else None
    except InvalidCommand:
        return None
    if not isinstance(command, Activate) or not isinstance(user, str) or not user:
        return None
    return _Confirming(services, interaction.person, _wish(command, user)).asked


def _wish(command: Activate, to: str) -> Wish:
    """What the line asks for, for this person."""
    return Wish(
        subject=command.subject,
        to=to,
        form=command.form,
        columns=command.columns,
        provider=command.provider,
    )


@dataclass(frozen=True)
class _Confirming:
    """Makes a confirmation, once the acknowledgement has left."""

    services: Services
    by: Member
    wish: Wish
    called: str = ""
    """The recipient's name, as it was typed; "" where none was."""

    @property
    def asked(self) -> Asked:
        """Slack is asked who the recipient is, so it follows the acknowledgement."""
        return Asked(partial(_or_why, self._confirmation, plain(NOT_SHOWN)), None, LOOKING)

    async def _confirmation(self) -> Answer:
        hand_outs = self.services.hand_outs
        plan = await hand_outs.plan(self.wish, self.by)
        wish = self.wish.model_copy(update={"confirmed": plan.digest})
        asked = AskedHandOut(secrets.token_urlsafe(12), self.services.clock.now(), wish)
        return confirmation(plan, asked, self.by.id, self.called, hand_outs.shown_for)


def _send(services: Services, interaction: Interaction, action: Mapping[str, Any]) -> Asked | None:
    """It was confirmed: give the codes."""
    asked, by = read_wish_value(action.get("value")), interaction.person
    if asked is None:
        return None

    async def give() -> Answer:
        report = await services.hand_outs.give(asked.id, asked.wish, asked.at, by)
        return told(report_words(report))

    return Asked(partial(_or_why, give, NOT_REACHED), None, FETCHING, STOPPED)


def _done(services: Services, interaction: Interaction, action: Mapping[str, Any]) -> Asked | None:
    """The person has installed it: the message goes, which is answer enough."""
    hand_out_id, ts, by = action.get("value"), interaction.message, interaction.person
    if not isinstance(hand_out_id, str) or not hand_out_id or not ts:
        return None

    async def delete() -> None:
        await services.removals.done(hand_out_id, interaction.channel, ts, by)

    return Asked(partial(_or_why, delete, NOT_DELETED, NOT_DELETED))


async def _or_why(
    find: Callable[[], Awaitable[Answer | None]],
    unreachable: Answer,
    slack_away: Answer = NOT_IDENTIFIED,
) -> Answer | None:
    """What is found, or why nothing was. `unreachable`: said while Redis is away."""
    try:
        return await find()
    except StoreUnavailable:
        return unreachable
    except SlackUnavailable:
        return slack_away
    except EsimBotError as failure:
        return plain(words_of(failure))
