"""Clicks that are answered once the acknowledgement has left."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.slack.ephemeral import Answer
from handlers.hearing.attending import Hearing
from handlers.hearing.outcomes import Asked
from handlers.interaction import Interaction

Press = Callable[[Interaction, Mapping[str, Any]], Asked | None]
"""What a click asks for, by the interaction and the action; None where it carries nothing of ours.
It may raise what `Hearing.attend` puts into words."""


def listen(app: AsyncApp, action_id: Any, hearing: Hearing, press: Press, unknown: Answer) -> None:
    """Listen to a button or menu; `unknown` is said where it carries nothing of ours.

    `action_id`: its id, or a pattern of ids.
    """

    async def hear(
        body: Mapping[str, Any], action: Mapping[str, Any], context: AsyncBoltContext
    ) -> BoltResponse:
        interaction = Interaction.of(body)

        async def work() -> Answer | Asked:
            return press(interaction, action) or unknown

        return await hearing.attend(interaction, work, context["arrival"])

    app.action(action_id)(hear)
