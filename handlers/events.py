"""Events of the workspace, which need no answer."""

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

_ANYTHING = re.compile("")


def register(app: AsyncApp) -> None:
    """Acknowledge every event; none is used yet."""

    async def nothing_to_do(ack: AsyncAck) -> None:
        await ack()

    app.event(_ANYTHING)(nothing_to_do)
