"""Runs the work that people ask for, and answers every failure."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.domain.grammar import InvalidCommand
from bot.errors import DuplicateDelivery, EsimBotError
from bot.slack.ephemeral import Answer, mistaken, plain
from bot.slack.modals import field_errors, notice
from bot.slack.words.refusals import words_of
from handlers.interaction import Interaction, Kind, Surface
from handlers.reply import Reply

Work = Callable[[], Awaitable[Answer | None]]
"""Does what was asked and returns the answer; None when the card is the answer."""
_FORM_PATIENCE = 2.0
"""Seconds to wait for a form's answer: Slack waits three for the acknowledgement."""
_LATER = plain(
    "I am still at it, and don't know yet what comes of it. Don't send it again: the answer comes "
    "to you as a direct message."
)


async def acknowledge(ack: AsyncAck, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt passes it by this name
    """Acknowledge before the listener runs: Bolt would check for that every 10 ms only.

    So Slack has its acknowledgement also when the listener fails at once.
    """
    await ack()
    await next()


class Hearing:
    """Runs work, so that every command, click and form ends in an answer to the person."""

    def __init__(self, reply: Reply, form_patience: float = _FORM_PATIENCE) -> None:
        """`form_patience` in seconds: after that a form is answered later, in another way."""
        self._reply = reply
        self._form_patience = form_patience
        self._running: set[asyncio.Task[None]] = set()
        self.ending = asyncio.Event()
        """Set when the bot is about to stop: optional waits end."""

    async def attend(self, interaction: Interaction, work: Work) -> None:
        """Do the work, then show the person its answer, or why it failed.

        Slack must have its acknowledgement already.
        """
        await asyncio.shield(self.begin(interaction, work))

    def begin(self, interaction: Interaction, work: Work) -> asyncio.Task[None]:
        """Start the same in the background."""
        return self._run(self._attend(interaction, work))

    async def attend_form(
        self, interaction: Interaction, work: Work, blocks: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Do what a form asks for; returns the body of its acknowledgement.

        Problems are shown under their fields (`blocks`: field name to block id), any other answer
        in place of the form; without an answer the form is closed. Slow work is answered later.
        """
        done: asyncio.Future[Answer | InvalidCommand | None]
        done = asyncio.get_running_loop().create_future()
        acknowledged = asyncio.Event()

        async def attend() -> None:
            done.set_result(await self._outcome(interaction, work))
            if acknowledged.is_set() and (answer := _as_answer(done.result())) is not None:
                await self._reply.send(interaction, answer)

        self._run(attend())
        await asyncio.wait([done], timeout=self._form_patience)
        if not done.done():
            acknowledged.set()
            return _as_modal(_LATER)
        return _as_form_response(done.result(), blocks or {})

    def answer_fault(self, body: Mapping[str, Any], error: Exception) -> BoltResponse:
        """The response to a failure outside of any work: the person is told where they acted."""
        interaction = Interaction.of(body)
        return self.response(interaction, unexplained(interaction, error))

    def response(self, interaction: Interaction, answer: Answer) -> BoltResponse:
        """The acknowledgement with an answer; where it can't hold one, the answer is sent."""
        if interaction.surface is Surface.FORM:
            return BoltResponse(status=200, body=_as_modal(answer))
        if interaction.kind is Kind.OPTIONS:
            return BoltResponse(status=200, body={"options": []})
        if interaction.surface is not Surface.NONE:
            self.begin(interaction, saying(answer))
        return BoltResponse(status=200, body="")

    async def finish(self, grace: float) -> None:
        """Wait up to `grace` seconds for all work; then store the answers that were not sent."""
        self.ending.set()
        if self._running:
            await asyncio.wait(set(self._running), timeout=grace)
        await self._reply.keep_unsent()

    def _run(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _attend(self, interaction: Interaction, work: Work) -> None:
        answer = _as_answer(await self._outcome(interaction, work))
        if answer is not None:
            await self._reply.send(interaction, answer)

    async def _outcome(
        self, interaction: Interaction, work: Work
    ) -> Answer | InvalidCommand | None:
        try:
            return await work()
        except DuplicateDelivery:
            return None  # answered at the first delivery
        except InvalidCommand as wrong:
            return wrong
        except EsimBotError as failure:
            return plain(words_of(failure))
        except Exception as failure:  # noqa: BLE001 - whatever it was, the person must not wait in vain
            return unexplained(interaction, failure)


def saying(answer: Answer) -> Work:
    """Work that only answers."""

    async def work() -> Answer:
        return answer

    return work


def unexplained(interaction: Interaction, failure: Exception) -> Answer:
    """The answer to an unexpected failure; the log has the reason."""
    fault = uuid4().hex[:8]
    log = structlog.get_logger()
    log.error(
        "fault", fault=fault, user=interaction.user, channel=interaction.channel, exc_info=failure
    )
    return plain(
        f"I ran into a fault of my own (`{fault}`). What I did is on the order's card or in "
        "`/esim orders`; look there before you try again. Whoever runs me finds the reason in the "
        f"logs under `{fault}`."
    )


def _as_answer(outcome: Answer | InvalidCommand | None) -> Answer | None:
    return mistaken(outcome) if isinstance(outcome, InvalidCommand) else outcome


def _as_form_response(
    outcome: Answer | InvalidCommand | None, blocks: Mapping[str, str]
) -> dict[str, Any]:
    """The acknowledgement of a form; empty to close the form."""
    if isinstance(outcome, InvalidCommand) and blocks:
        return {"response_action": "errors", "errors": field_errors(outcome.problems, blocks)}
    answer = _as_answer(outcome)
    return {} if answer is None else _as_modal(answer)


def _as_modal(answer: Answer) -> dict[str, Any]:
    """The acknowledgement that replaces the form by a notice."""
    return {"response_action": "update", "view": notice(answer)}
