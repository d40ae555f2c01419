"""Forms that people send or close."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.slack.ephemeral import plain
from handlers.hearing import Hearing, saying
from handlers.interaction import Interaction

_ANYTHING = re.compile("")
_UNKNOWN_FORM = (
    "I don't know this form: it is from another version of me. Nothing was done or changed. "
    "Type `/esim help`."
)


def register(app: AsyncApp, hearing: Hearing) -> None:
    """Listen to every form; an unknown one is answered in its place."""

    async def unknown(body: Mapping[str, Any], context: AsyncBoltContext) -> BoltResponse:
        work = saying(plain(_UNKNOWN_FORM))
        return await hearing.attend(Interaction.of(body), work, context["arrival"])

    async def closed(ack: AsyncAck) -> None:
        await ack()

    app.view_submission(_ANYTHING)(unknown)
    app.view_closed(_ANYTHING)(closed)
