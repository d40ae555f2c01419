"""What stands before every listener."""

from collections.abc import Awaitable, Callable

from slack_bolt.context.ack.async_ack import AsyncAck


async def acknowledge(ack: AsyncAck, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt passes it by this name
    """Answer Slack first: Bolt would otherwise look for the answer every 10 ms only.

    A listener that fails at once can so never cost Slack's answer either.
    """
    await ack()
    await next()
