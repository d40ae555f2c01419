"""An answer that takes long: after two seconds its person hears that it is still looked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.slack.ephemeral import Answer, plain
from handlers.hearing import Asked, Hearing
from handlers.reply import Reply
from tests.support.hearing.interactions import a_command

if TYPE_CHECKING:
    from bot.slack.answer_delivery import AnswerDelivery
    from bot.slack.web.client import SlackClient
    from sandbox.slack import SlackSandbox
    from tests.support.clock import ManualClock

STILL, FOUND, STOPPED = plain("Still fetching."), plain("Here it is."), plain("I was stopped.")


class Waiting:
    """Hears one question; its answer comes when the test lets it."""

    def __init__(
        self, hearing: Hearing, clock: ManualClock, slack: SlackSandbox, **said: Answer
    ) -> None:
        self.clock = clock
        self.slack = slack
        self.found: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.hearing = hearing
        self.said = said

    async def begin(self) -> None:
        """Acknowledge it."""
        ana, ops = self.slack.workspace.person("ana"), self.slack.workspace.channel("ops")
        address = self.slack.serving.url + self.slack.response_urls.issue(ana, ops, None)
        arrival = self.hearing.arrival()

        async def work() -> Asked:
            return Asked(lambda: self.found, None, **self.said)

        await self.hearing.attend(a_command(address=address), work, arrival)
        self.hearing.acknowledged(arrival)
        await asyncio.sleep(0)

    def told(self) -> list[str]:
        """What ana alone was told, in order."""
        return [message.plain() for message in self.slack.ephemerals("ana")]


@pytest.fixture
def hearing(client: SlackClient, kept: AnswerDelivery, clock: ManualClock) -> Hearing:
    """Hear as the bot does."""

    async def nothing(_trigger: str) -> None:
        return

    return Hearing(Reply(client, kept), clock, nothing)


@pytest.fixture
async def waiting(hearing: Hearing, clock: ManualClock, slack: SlackSandbox) -> Waiting:
    """Ask something whose answer takes long."""
    waiting = Waiting(hearing, clock, slack, meanwhile=STILL, stopped=STOPPED)
    await waiting.begin()
    return waiting


async def test_it_is_said_after_two_seconds(waiting: Waiting) -> None:
    """Not before; the answer comes behind it, and nothing after that."""
    await waiting.clock.until_asleep()
    await waiting.clock.advance(1.9)
    assert waiting.told() == []
    await waiting.clock.advance(0.2)
    await waiting.slack.until(lambda: waiting.told() == [STILL.text])
    waiting.found.set_result(FOUND)
    await waiting.hearing.finish(5)
    assert waiting.told() == [STILL.text, FOUND.text]


async def test_a_quick_answer(waiting: Waiting) -> None:
    """Whoever has the answer is not told that it is looked for, however late it gets."""
    await waiting.clock.until_asleep()
    waiting.found.set_result(FOUND)
    await waiting.slack.until(lambda: waiting.told() == [FOUND.text])
    await waiting.clock.advance(60)
    await waiting.hearing.finish(5)
    assert waiting.told() == [FOUND.text]


async def test_a_stop(waiting: Waiting) -> None:
    """Whoever was promised an answer hears that it does not come, and not that it is on its way."""
    await waiting.clock.until_asleep()
    await waiting.hearing.finish(0.01)
    assert waiting.told() == [STOPPED.text]
    waiting.found.set_result(FOUND)
    await waiting.hearing.finish(1)
    assert waiting.told() == [STOPPED.text]


async def test_nothing_to_say(hearing: Hearing, clock: ManualClock, slack: SlackSandbox) -> None:
    """A question without such words has its answer alone, and waits by no clock."""
    waiting = Waiting(hearing, clock, slack)
    await waiting.begin()
    assert clock.sleepers == 0
    waiting.found.set_result(FOUND)
    await hearing.finish(5)
    assert waiting.told() == [FOUND.text]
