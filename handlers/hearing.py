"""Runs what people ask for, answers every failure, and knows what is still running."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import structlog

from bot.domain.grammar import InvalidCommand
from bot.errors import DuplicateDelivery, EsimBotError
from bot.slack.ephemeral import Answer, mistaken, plain
from bot.slack.replies import Interaction, Replies
from bot.slack.words.refusals import words_of

Work = Callable[[], Awaitable[Answer | None]]
"""Does what was asked; None when the card is the answer."""


class Hearing:
    """Slack has its acknowledgement already: what happens here must end in an answer."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._running: set[asyncio.Task[None]] = set()
        self.ending = asyncio.Event()
        """Set when the bot is about to stop: nobody waits for what only may come."""

    async def attend(self, asked: Interaction, work: Work) -> None:
        """Do the work, then let the person see its answer, or why it could not be done."""
        await asyncio.shield(self.begin(asked, work))

    def begin(self, asked: Interaction, work: Work) -> asyncio.Task[None]:
        """The same, without waiting for it."""
        task = asyncio.ensure_future(self._attend(asked, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finish(self, grace: float) -> None:
        """Wait up to `grace` seconds for everything that people asked for; keep what is left."""
        self.ending.set()
        if self._running:
            await asyncio.wait(set(self._running), timeout=grace)
        await self._replies.keep_unsent()

    async def _attend(self, asked: Interaction, work: Work) -> None:
        answer = await self._answer(asked, work)
        if answer is not None:
            await self._replies.send(asked, answer)

    async def _answer(self, asked: Interaction, work: Work) -> Answer | None:
        try:
            return await work()
        except DuplicateDelivery:
            return None  # answered the first time
        except InvalidCommand as wrong:
            return mistaken(wrong)
        except EsimBotError as failure:
            return plain(words_of(failure))
        except Exception as failure:  # noqa: BLE001 - whatever it was, the person must not wait in vain
            return unexplained(asked, failure)


def unexplained(asked: Interaction, failure: Exception) -> Answer:
    """The answer to what nobody foresaw; the log has the reason."""
    fault = uuid4().hex[:8]
    log = structlog.get_logger()
    log.error("fault", fault=fault, user=asked.user, channel=asked.channel, exc_info=failure)
    return plain(
        f"I ran into a fault of my own (`{fault}`). What I did is on the order's card or in "
        "`/esim orders`; look there before you try again. Whoever runs me finds the reason in the "
        f"logs under `{fault}`."
    )
