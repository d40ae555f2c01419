"""Forms that are sent: answered in the acknowledgement, or directly where that would be late."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.domain.grammar import InvalidCommand
from bot.domain.line.problems import Problem
from bot.slack.ephemeral import Answer, plain
from handlers.hearing import Hearing, Recorded
from handlers.reply import Reply
from sandbox.slack.block_kit import check_view
from tests.support.hearing.interactions import a_form
from tests.support.orders import ORDER_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.answer_delivery import AnswerDelivery
    from bot.slack.web.client import SlackClient
    from handlers.hearing import Work
    from sandbox.slack import SlackSandbox
    from tests.support.clock import ManualClock

BLOCKS = {"amount": "block-amount", "tags": "block-tags"}


async def nothing_carried_out(_trigger: str) -> None:
    """Know of nothing that was carried out."""
    return


@pytest.fixture
def hearing(client: SlackClient, kept: AnswerDelivery, clock: ManualClock) -> Hearing:
    """Hear as the bot does."""
    return Hearing(Reply(client, kept), clock, nothing_carried_out)


async def sent(hearing: Hearing, work: Work, blocks: Mapping[str, str] | None = None) -> str:
    """Let ana send a form; the body of the acknowledgement."""
    arrival = hearing.arrival()
    acknowledgement = await hearing.attend(a_form(), work, arrival, blocks)
    hearing.acknowledged(arrival)
    return str(acknowledgement.body)


def shown(body: str) -> str:
    """What the form says in its place, as Slack takes it."""
    acknowledgement = json.loads(body)
    assert acknowledgement["response_action"] == "update"
    check_view(acknowledgement["view"], "modal")
    return str(acknowledgement["view"]["blocks"])


async def test_an_answer_takes_the_place_of_the_form(hearing: Hearing) -> None:
    """Whoever sent it reads the answer where they look."""

    async def work() -> Answer:
        return plain("Noted.")

    assert "Noted." in shown(await sent(hearing, work, BLOCKS))


async def test_no_answer_closes_the_form(hearing: Hearing) -> None:
    """Where the card is the answer, there is nothing more to say."""

    async def work() -> Recorded:
        return Recorded(ORDER_ID)

    assert await sent(hearing, work, BLOCKS) == ""


async def test_problems_stand_under_their_fields(hearing: Hearing) -> None:
    """Several of one field in one text; what is about no field of the form under the first."""
    problems = [
        Problem(0, 1, "too many", field="amount"),
        Problem(2, 3, "no such tag", field="tags"),
        Problem(4, 5, "and <empty>", field="tags"),
        Problem(6, 7, "who knows", field="elsewhere"),
    ]

    async def work() -> Answer:
        raise InvalidCommand("0 1 2 3 4", problems, ["/esim help"])

    assert json.loads(await sent(hearing, work, BLOCKS)) == {
        "response_action": "errors",
        "errors": {
            "block-amount": "too many who knows",
            "block-tags": "no such tag and <empty>",
        },
    }


async def test_problems_of_a_form_without_fields(hearing: Hearing) -> None:
    """They are told in its place, as they would be in a channel."""

    async def work() -> Answer:
        raise InvalidCommand("buy 0", [Problem(4, 5, "too few")], ["/esim buy 1"])

    assert "too few" in shown(await sent(hearing, work))


async def test_a_fault_of_our_own(hearing: Hearing) -> None:
    """The form says so, with the number under which the log has the reason."""

    async def work() -> Answer:
        raise ZeroDivisionError

    acknowledgement = await sent(hearing, work, BLOCKS)
    assert "a fault of my own" in shown(acknowledgement)


async def test_work_that_takes_too_long(
    client: SlackClient, kept: AnswerDelivery, slack: SlackSandbox, clock: ManualClock
) -> None:
    """Slack gets its acknowledgement in time, and the person the answer as soon as it is there."""
    hearing = Hearing(Reply(client, kept), clock, nothing_carried_out, patience=0.01)
    may_end = asyncio.Event()

    async def work() -> Answer:
        await may_end.wait()
        return plain("Noted.")

    assert "can't tell yet" in shown(await sent(hearing, work, BLOCKS))
    assert slack.direct_messages("ana") == []
    may_end.set()
    await hearing.finish(5)
    assert [message.plain() for message in slack.direct_messages("ana")] == ["Noted."]
