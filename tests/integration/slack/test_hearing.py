"""Whatever people ask for ends in an answer that they see, also when something breaks."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.grammar import parse
from bot.errors import (
    Conflict,
    DuplicateDelivery,
    EsimBotError,
    NotRecorded,
)
from bot.slack.ephemeral import Answer, plain
from bot.slack.words.refusals import words_of
from handlers.hearing import Hearing, Recorded
from handlers.interaction import Interaction, Kind
from handlers.reply import Reply
from tests.integration.slack.desk import ANA, OPS
from tests.support.hearing.interactions import a_command
from tests.support.orders import ORDER_ID
from tests.support.typed import RULES

if TYPE_CHECKING:
    from bot.slack.answer_delivery import AnswerDelivery
    from bot.slack.web.client import SlackClient
    from handlers.hearing import Work
    from sandbox.slack import SlackSandbox
    from tests.support.clock import ManualClock


@pytest.fixture
def hearing(client: SlackClient, kept: AnswerDelivery, clock: ManualClock) -> Hearing:
    """Hear as the bot does."""
    return Hearing(Reply(client, kept), clock, nothing_carried_out)


async def nothing_carried_out(_trigger: str) -> None:
    """Know of nothing that was carried out."""
    return


async def heard(hearing: Hearing, asked: Interaction, work: Work) -> str:
    """Let the bot hear it as from the door; what the acknowledgement says."""
    arrival = hearing.arrival()
    acknowledgement = await hearing.attend(asked, work, arrival)
    hearing.acknowledged(arrival)
    await hearing.finish(5)
    assert acknowledgement.status == 200
    return str(acknowledgement.body)


@pytest.fixture
def asked(slack: SlackSandbox) -> Interaction:
    """A command of ana's in #ops."""
    ana, ops = slack.workspace.person("ana"), slack.workspace.channel("ops")
    address = slack.serving.url + slack.response_urls.issue(ana, ops, None)
    return a_command(address=address)


def seen(slack: SlackSandbox) -> list[str]:
    """What ana alone saw."""
    return [message.plain() for message in slack.ephemerals("ana")]


async def test_an_answer(slack: SlackSandbox, hearing: Hearing, asked: Interaction) -> None:
    """What the work gives is in the acknowledgement of the command, and nowhere else."""

    async def work() -> Answer:
        return plain("Here you are.")

    told = json.loads(await heard(hearing, asked, work))
    assert (told["response_type"], told["text"]) == ("ephemeral", "Here you are.")
    assert told["blocks"] == list(plain("Here you are.").blocks)
    assert seen(slack) == []


async def test_the_answer_to_a_click(slack: SlackSandbox, hearing: Hearing) -> None:
    """Slack takes none in the acknowledgement of a click: it follows, once."""

    async def work() -> Answer:
        return plain("Here you are.")

    clicked = Interaction(Kind.CLICK, ANA, channel=OPS, trigger="trigger")
    assert await heard(hearing, clicked, work) == ""
    assert seen(slack) == ["Here you are."]


async def test_no_answer_is_needed(
    slack: SlackSandbox, hearing: Hearing, asked: Interaction
) -> None:
    """Where the card is the answer, nothing is said besides."""

    async def work() -> Recorded:
        return Recorded(ORDER_ID)

    assert await heard(hearing, asked, work) == ""
    assert seen(slack) == []


async def test_what_is_known_later(
    slack: SlackSandbox, hearing: Hearing, asked: Interaction
) -> None:
    """What is found out after the acknowledgement is said then."""

    async def find() -> Answer:
        return plain("And this.")

    async def work() -> Recorded:
        return Recorded(ORDER_ID, afterwards=find)

    assert await heard(hearing, asked, work) == ""
    assert seen(slack) == ["And this."]


async def test_a_mistake(hearing: Hearing, asked: Interaction) -> None:
    """A wrong command is answered with its pointers."""

    async def work() -> Answer:
        parse("buy 0", RULES)
        raise AssertionError

    answer = await heard(hearing, asked, work)
    assert "I can't read this command; nothing was ordered." in answer
    assert "^" in answer


@pytest.mark.parametrize("failure", [Conflict(), NotRecorded()])
async def test_a_failure_that_can_be_explained(
    hearing: Hearing, asked: Interaction, failure: EsimBotError
) -> None:
    """The sentence for the error is the answer, and no fault is logged."""

    async def work() -> Answer:
        raise failure

    with capture_logs() as logs:
        assert json.loads(await heard(hearing, asked, work))["text"] == words_of(failure)
    assert logs == []


async def test_a_second_delivery(slack: SlackSandbox, hearing: Hearing, asked: Interaction) -> None:
    """What was answered the first time is not answered again."""

    async def work() -> Answer:
        raise DuplicateDelivery

    assert await heard(hearing, asked, work) == ""
    assert seen(slack) == []


async def test_a_fault_of_our_own(hearing: Hearing, asked: Interaction) -> None:
    """The person gets a number, the log the reason under it; and both where to look first."""

    async def work() -> Answer:
        raise ZeroDivisionError("<!channel>")

    with capture_logs() as logs:
        answer = await heard(hearing, asked, work)
    (log,) = logs
    number = re.search(r"\b[0-9a-f]{8}\b", answer)
    assert number is not None
    assert (log["event"], log["fault"], log["user"]) == ("fault", number[0], ANA)
    assert isinstance(log["exc_info"], ZeroDivisionError)
    assert "look there before you try again" in answer
    assert "channel" not in answer


async def test_work_goes_on_when_whoever_waits_is_cancelled(
    slack: SlackSandbox, hearing: Hearing, asked: Interaction
) -> None:
    """A closed connection does not cut off what a person asked for; the end waits for it."""
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work() -> Answer:
        begun.set()
        await may_end.wait()
        return plain("Done all the same.")

    request = asyncio.create_task(hearing.attend(asked, work, hearing.arrival()))
    await begun.wait()
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    may_end.set()
    await hearing.finish(5)
    assert seen(slack) == ["Done all the same."]


async def test_an_acknowledgement_that_is_lost_at_the_end(
    slack: SlackSandbox, hearing: Hearing, asked: Interaction
) -> None:
    """Socket Mode is closed while the bot still works for somebody: the answer comes anyway."""
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work() -> Answer:
        begun.set()
        await may_end.wait()
        return plain("Done all the same.")

    async def hear() -> None:
        arrival = hearing.arrival()
        await hearing.attend(asked, work, arrival)
        hearing.acknowledged(arrival, lost=True)

    request = asyncio.create_task(hear())
    await begun.wait()
    end = asyncio.create_task(hearing.finish(5))
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(request, end)
    assert seen(slack) == ["Done all the same."]


async def test_the_end_waits_only_so_long(hearing: Hearing, asked: Interaction) -> None:
    """Work that hangs does not keep the bot from ending."""
    begun = asyncio.Event()

    async def work() -> Answer:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    request = asyncio.create_task(hearing.attend(asked, work, hearing.arrival()))
    await begun.wait()
    await hearing.finish(0)
    assert not request.done()
    for task in [request, *hearing._running]:
        task.cancel()
    await asyncio.gather(request, *hearing._running, return_exceptions=True)


async def test_the_end_of_a_bot_that_nobody_asked(hearing: Hearing, asked: Interaction) -> None:
    """With nothing under way there is nothing to wait for, also after something was."""
    await hearing.finish(5)

    async def work() -> Recorded:
        return Recorded(ORDER_ID)

    await heard(hearing, asked, work)
    await hearing.finish(5)
    assert hearing._running == set()
