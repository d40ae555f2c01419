"""What happens in the workspace without anybody waiting for an answer."""

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

_ANYTHING = re.compile("")


def register(app: AsyncApp) -> None:
    """Listen to every event: none of them asks for anything yet."""

    async def nothing_to_do(ack: AsyncAck) -> None:
        await ack()

    app.event(_ANYTHING)(nothing_to_do)
