"""What the bot does on Slack, one call each, against a workspace on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import PostedOutsideThread, SlackRefused
from bot.slack.web.client import Place, SlackClient, web_client
from tests.integration.slack.desk import ANA, BEN, FINANCE, METADATA, OPS, saying
from tests.support.files import text_file

if TYPE_CHECKING:
    import aiohttp

    from sandbox.slack import SlackSandbox

FILE = text_file("order-7K2M9QXA-1-sims.csv", "Order 7K2M9QXA: 1 eSIM", "iccid\r\n8931\r\n")


async def test_post(slack: SlackSandbox, client: SlackClient) -> None:
    """A message is posted once, as it is, with what the bot finds it by; its place comes back."""
    place = await client.post(saying("Hello <@U0BEN000000>"), None, METADATA)
    (message,) = slack.messages("ops")
    assert place == Place(OPS, message.ts)
    assert (message.plain(), message.text) == ("Hello @ben", "Hello <@U0BEN000000>")
    assert (message.metadata, message.thread_ts) == (METADATA, None)


async def test_links_are_not_unfolded(slack: SlackSandbox, client: SlackClient) -> None:
    """A link in a card does not bring a preview of somebody's page with it."""
    await client.post(saying("https://example.com"), None, METADATA)
    arguments = slack.calls[-1].arguments
    assert (arguments["unfurl_links"], arguments["unfurl_media"]) == (False, False)


async def test_post_in_a_thread(slack: SlackSandbox, client: SlackClient) -> None:
    """A message with a thread stands under that message, and not in the channel."""
    card = await client.post(saying("Card"), None, METADATA)
    await client.post(saying("Result"), card.ts, METADATA)
    (shown,) = slack.messages("ops")
    assert [reply.plain() for reply in slack.thread(shown)] == ["Result"]


async def test_post_to_a_person(slack: SlackSandbox, client: SlackClient) -> None:
    """A person's id leads to their direct messages; the place names the conversation."""
    place = await client.post(saying("Done", channel=ANA), None, METADATA)
    (message,) = slack.direct_messages("ana")
    assert place == Place(message.channel, message.ts)
    assert place.channel.startswith("D")


async def test_a_message_that_strays_is_taken_back(
    slack: SlackSandbox, client: SlackClient
) -> None:
    """Slack posts to the channel when a thread is gone: ICCIDs don't stay there."""
    with pytest.raises(SlackRefused, match="thread_not_found"):
        await client.post(saying("8931…"), "1.000000", METADATA)
    assert slack.messages("ops") == []


@pytest.mark.parametrize("fault", ["cant_delete_message", "down"])
async def test_a_stray_that_can_not_be_taken_back(
    slack: SlackSandbox, client: SlackClient, fault: str
) -> None:
    """Whoever calls learns what must still be deleted, and where it stands."""
    if fault == "down":
        slack.faults.down("chat.delete")
    else:
        slack.faults.error("chat.delete", fault)
    with pytest.raises(PostedOutsideThread, match="thread_not_found") as caught:
        await client.post(saying("8931…"), "1.000000", METADATA)
    (stray,) = slack.messages("ops")
    assert (caught.value.channel, caught.value.ts) == (OPS, stray.ts)


async def test_update(slack: SlackSandbox, client: SlackClient) -> None:
    """An edit replaces text, blocks and metadata in place."""
    place = await client.post(saying("Before"), None, METADATA)
    later = {**METADATA, "event_payload": {"state": "purchased"}}
    await client.update(place, saying("After"), later)
    (message,) = slack.messages("ops")
    assert (message.plain(), message.text, message.metadata) == ("After", "After", later)
    assert message.edited


async def test_delete(slack: SlackSandbox, client: SlackClient) -> None:
    """A message of the bot's own can be taken back."""
    await client.delete(await client.post(saying("Oops"), None, METADATA))
    assert slack.messages("ops") == []


async def test_ephemeral(slack: SlackSandbox, client: SlackClient) -> None:
    """One person sees it, and nobody else."""
    await client.ephemeral(OPS, BEN, "You may not", saying("You may not").blocks)
    assert [message.plain() for message in slack.ephemerals("ben")] == ["You may not"]
    assert slack.messages("ops") == []


async def test_the_conversation_with_a_person(slack: SlackSandbox, client: SlackClient) -> None:
    """A person's id becomes the conversation's; a channel's stays, without asking Slack."""
    assert await client.direct(ANA) == slack.workspace.direct(slack.workspace.person("ana")).id
    asked = len(slack.calls)
    assert await client.direct(OPS) == OPS
    assert len(slack.calls) == asked


async def test_upload(slack: SlackSandbox, client: SlackClient) -> None:
    """A file stands in the thread with its name, its title and every byte."""
    card = await client.post(saying("Card"), None, METADATA)
    await client.upload(saying("CSV", files=(FILE,)), card.ts)
    (file,) = slack.files
    assert (file.name, file.title, file.content) == (FILE.name, FILE.title, FILE.content())
    assert (file.channel, file.thread_ts) == (OPS, card.ts)


async def test_upload_of_two(slack: SlackSandbox, client: SlackClient) -> None:
    """Files that belong together stand in one message."""
    other = text_file("order-7K2M9QXA.xlsx", "Order 7K2M9QXA: 1 eSIM", "PK")
    card = await client.post(saying("Card"), None, METADATA)
    await client.upload(saying("Files", files=(other, FILE)), card.ts)
    (message,) = slack.thread(slack.messages("ops")[0])
    assert [file.content for file in message.files] == [other.content(), FILE.content()]


async def test_a_file_is_deleted(slack: SlackSandbox, client: SlackClient) -> None:
    """A file of the bot's own can be taken back by the id that its upload gave."""
    card = await client.post(saying("Card"), None, METADATA)
    (file,) = await client.upload(saying("CSV", files=(FILE,)), card.ts)
    await client.delete_file(file)
    assert slack.files == []
    assert slack.thread(slack.messages("ops")[0]) == []


async def test_whether_a_message_stands(slack: SlackSandbox, client: SlackClient) -> None:
    """One question; a deleted message does not, whether its thread is left or not."""
    bare, parent = [await client.post(saying("Card"), None, METADATA) for _ in range(2)]
    await client.post(saying("Result"), parent.ts, METADATA)
    assert [await client.stands(each) for each in (bare, parent)] == [True, True]
    for message in slack.messages("ops"):
        slack.workspace.delete(message)
    assert [await client.stands(each) for each in (bare, parent)] == [False, False]
    assert [call.method for call in slack.calls].count("conversations.history") == 4


async def test_upload_to_a_person(slack: SlackSandbox, client: SlackClient) -> None:
    """Where the thread is gone a file goes to the person's direct messages."""
    await client.upload(saying("CSV", channel=ANA, files=(FILE,)), None)
    (message,) = slack.direct_messages("ana")
    assert [file.name for file in message.files] == [FILE.name]


async def test_upload_of_nothing(slack: SlackSandbox, client: SlackClient) -> None:
    """A message without a file is a mistake of the caller's, told before anything is sent."""
    with pytest.raises(ValueError, match="without a file"):
        await client.upload(saying("No file"), None)
    assert slack.calls == []


async def test_upload_where_the_bot_is_no_member(client: SlackClient) -> None:
    """Unlike a message, a file needs membership, also in a public channel."""
    message = saying("CSV", files=(FILE,))
    with pytest.raises(SlackRefused, match="not_in_channel"):
        await client.upload(replace(message, channel=FINANCE), None)


async def test_the_address_of_the_api(slack: SlackSandbox, session: aiohttp.ClientSession) -> None:
    """It may be set with or without a slash at its end."""
    for address in (slack.api_url, slack.api_url.rstrip("/")):
        client = SlackClient(web_client(slack.bot_token, session, address))
        assert await client.direct(ANA)
