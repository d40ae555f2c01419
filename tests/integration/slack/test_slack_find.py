"""Looking for a message of our own before it is posted again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.web.client import Place, SlackClient, web_client
from sandbox.slack import SlackSandbox
from tests.integration.slack.desk import ANA, METADATA, OPS, PAYLOAD, SECRET, saying
from tests.support.clock import NEW_YEAR
from tests.support.files import text_file

if TYPE_CHECKING:
    import aiohttp

    from bot.slack.message import Message
    from tests.support.clock import ManualClock

CARD, SINCE = saying("Card"), NEW_YEAR - timedelta(minutes=5)
FILE = saying("CSV", files=(text_file("order-7K2M9QXA-11-sims.csv", "SIMs", "8931"),))
OTHERS: list[dict[str, Any]] = [
    {"event_type": "esim_order", "event_payload": {**PAYLOAD, "order_id": "ZZZZZZZZ"}},
    {"event_type": "esim_order", "event_payload": {**PAYLOAD, "key": "result"}},
    {"event_type": "esim_order", "event_payload": {}},
    {"event_type": "another_bots", "event_payload": PAYLOAD},
]


async def found(
    client: SlackClient, message: Message = CARD, thread: str | None = None
) -> Place | None:
    """Look for a message that was posted since five minutes ago."""
    there = await client.find(message, thread, PAYLOAD, SINCE)
    return there.place if there else None


async def test_in_a_channel(client: SlackClient) -> None:
    """A message is known by its order and key, whatever it shows by now."""
    place = await client.post(CARD, None, METADATA)
    await client.update(
        place, saying("Edited"), {**METADATA, "event_payload": {**PAYLOAD, "state": "purchased"}}
    )
    assert await found(client) == place


async def test_in_a_thread(client: SlackClient) -> None:
    """What belongs under the card is looked for under the card, and only there."""
    card = await client.post(CARD, None, {"event_type": "x", "event_payload": {}})
    reply = await client.post(saying("Result"), card.ts, METADATA)
    assert await found(client, thread=card.ts) == reply
    assert await found(client) is None


async def test_in_direct_messages(client: SlackClient) -> None:
    """For a person it looks into their conversation with the bot."""
    place = await client.post(saying("Done", channel=ANA), None, METADATA)
    assert await found(client, saying("Done", channel=ANA)) == place


async def test_nothing_there(client: SlackClient) -> None:
    """An empty channel has no such message."""
    assert await found(client) is None


@pytest.mark.parametrize("metadata", OTHERS)
async def test_messages_of_others(client: SlackClient, metadata: dict[str, Any]) -> None:
    """Another order's, another key's, another bot's: none of them is taken for ours."""
    await client.post(CARD, None, metadata)
    assert await found(client) is None


async def test_what_people_write(slack: SlackSandbox, client: SlackClient) -> None:
    """A person's message carries no metadata, and is not ours."""
    slack.person("ana").says("Card")
    assert await found(client) is None


async def test_what_was_posted_long_before(client: SlackClient, clock: ManualClock) -> None:
    """Only what may be the post in question is looked at."""
    await client.post(CARD, None, METADATA)
    await clock.advance(600)
    assert await client.find(CARD, None, PAYLOAD, clock.now()) is None


async def test_a_file(client: SlackClient) -> None:
    """Files carry no metadata: they are known by their name, which no other order has."""
    card = await client.post(CARD, None, METADATA)
    await client.upload(FILE, card.ts)
    place = await found(client, FILE, card.ts)
    assert place is not None
    assert (place.channel, place.ts > card.ts) == (OPS, True)


async def test_another_file(client: SlackClient) -> None:
    """A file with fewer SIM cards is not the one that is looked for."""
    card = await client.post(CARD, None, METADATA)
    fewer = text_file("order-7K2M9QXA-11-sims.csv", "fewer SIMs", "1")
    await client.upload(saying("CSV", files=(fewer,)), card.ts)
    assert await found(client, FILE, card.ts) is None


async def test_behind_many_others(slack: SlackSandbox, client: SlackClient) -> None:
    """A lively channel is read page by page, from the time of the post on."""
    for number in range(450):
        slack.person("ana").says(f"chat {number}")
    place = await client.post(CARD, None, METADATA)
    assert await found(client) == place
    pages = [call for call in slack.calls if call.method == "conversations.history"]
    assert len(pages) == 3


async def test_behind_too_many_others(slack: SlackSandbox, client: SlackClient) -> None:
    """After ten pages it gives up: nobody waits for a search without an end."""
    for number in range(2000):
        slack.person("ana").says(f"chat {number}")
    await client.post(CARD, None, METADATA)
    assert await found(client) is None


async def test_where_it_may_not_look(client: SlackClient) -> None:
    """A channel that the bot can't see is a refusal, and no empty channel."""
    with pytest.raises(SlackRefused, match="channel_not_found"):
        await found(client, saying("Card", channel=SECRET))


async def test_a_thread_that_is_gone(client: SlackClient) -> None:
    """A thread that is not there is a refusal too."""
    with pytest.raises(SlackRefused, match="thread_not_found"):
        await found(client, thread="1.000000")


async def test_without_the_scope(clock: ManualClock, session: aiohttp.ClientSession) -> None:
    """A bot that was not allowed to read says so, and does not say that nothing is there."""
    slack = await SlackSandbox.start(now=clock.time, scopes=["chat:write"])
    client = SlackClient(web_client(slack.bot_token, session, slack.api_url))
    with pytest.raises(SlackUnavailable) as caught:
        await found(client)
    assert caught.value.error == "missing_scope"
    await slack.stop()
