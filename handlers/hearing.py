"""Runs what people ask for, answers every failure, and knows what is still running."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import structlog

from bot.domain.grammar import InvalidCommand
from bot.errors import DuplicateDelivery, EsimBotError
from bot.slack.answers import Answer, mistaken, plain
from bot.slack.replies import Asked, Replies

Work = Callable[[], Awaitable[Answer | None]]
"""Does what was asked; None when the card is the answer."""


class Hearing:
    """Slack has its acknowledgement already: what happens here must end in an answer."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._running: set[asyncio.Task[None]] = set()

    async def attend(self, asked: Asked, work: Work) -> None:
        """Do the work, then let the person see its answer, or why it could not be done."""
        task = asyncio.ensure_future(self._attend(asked, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def finish(self, grace: float) -> None:
        """Wait up to `grace` seconds for everything that people asked for."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=grace)

    async def _attend(self, asked: Asked, work: Work) -> None:
        answer = await self._answer(asked, work)
        if answer is not None:
            await self._replies.send(asked, answer)

    async def _answer(self, asked: Asked, work: Work) -> Answer | None:
        try:
            return await work()
        except DuplicateDelivery:
            return None  # answered the first time
        except InvalidCommand as wrong:
            return mistaken(wrong)
        except EsimBotError as failure:
            return plain(str(failure))
        except Exception:  # noqa: BLE001 - whatever it was, the person must not wait in vain
            return _unexplained(asked)


def _unexplained(asked: Asked) -> Answer:
    fault = uuid4().hex[:8]
    structlog.get_logger().exception("fault", fault=fault, user=asked.user, channel=asked.channel)
    return plain(
        f"I ran into a fault of my own (`{fault}`). What I did is on the order's card or in "
        "`/esim orders`; look there before you try again. Whoever runs me finds the reason in the "
        f"logs under `{fault}`."
    )
