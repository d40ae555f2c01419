"""Unread marks: what counts for whom, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.slack.calling import OPS, card

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox

FLEET = "C0FLEET0000"


async def test_messages_count_until_they_are_read(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Each person has marks of their own, by channel, gone when the channel was read."""
    await client.chat_postMessage(channel=OPS, text="one")
    await client.chat_postMessage(channel=OPS, text="two")
    await client.chat_postMessage(channel=FLEET, text="three")
    unread = slack.workspace.unread
    assert unread("ana") == {OPS: 2, FLEET: 1}
    slack.workspace.read("ana", "ops")
    assert (unread("ana"), unread("ben")) == ({FLEET: 1}, {OPS: 2, FLEET: 1})
    await client.chat_postMessage(channel=OPS, text="four")
    assert unread("ana") == {OPS: 1, FLEET: 1}


async def test_what_does_not_count(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Own messages, another's ephemeral ones, and channels that one is not in don't count."""
    slack.person("ana").says("mine")
    await client.chat_postEphemeral(channel=OPS, user=slack.person("ben").id, text="psst")
    slack.workspace.invite("secret")
    await client.chat_postMessage(channel="C0SECRET000", text="secret")
    assert slack.workspace.unread("ana") == {"C0SECRET000": 1}
    assert slack.workspace.unread("ben") == {OPS: 2, "C0SECRET000": 1}
    assert slack.workspace.unread("dan") == {OPS: 1}


async def test_direct_messages(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The bot's messages to a person count for that person."""
    await client.chat_postMessage(channel=slack.person("ana").id, text="Your order")
    assert slack.workspace.unread("ana") == {"D0ANA000000": 1}
    assert slack.workspace.unread("ben") == {}
    slack.workspace.read(slack.workspace.person("ana"), slack.workspace.channel("D0ANA000000"))
    assert slack.workspace.unread("ana") == {}


async def test_threads_count_for_those_who_follow(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """A reply counts for who wrote in the thread or is mentioned in it, not for everybody."""
    ana, ben = slack.person("ana"), slack.person("ben")
    await client.chat_postMessage(channel=OPS, text="x", blocks=card(f"<@{ana.id}> wants 3"))
    (message,) = slack.messages("ops")
    ben.says("Why?", thread_ts=message.ts)
    for name in ("ana", "ben", "dan"):
        slack.workspace.read(name, "ops")
    await client.chat_postMessage(channel=OPS, text="Bought", thread_ts=message.ts)
    unread = {name: slack.workspace.unread(name) for name in ("ana", "ben", "dan")}
    assert unread == {"ana": {OPS: 1}, "ben": {OPS: 1}, "dan": {}}


async def test_reading_is_news_once(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Reading wakes those who wait for changes, but only when it changes something."""
    await client.chat_postMessage(channel=OPS, text="one")
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        if looks == 1:
            slack.workspace.read("ana", "ops")
        slack.workspace.read("ana", "ops")
        return looks == 2

    await slack.until(look)
    assert looks == 2
    slack.workspace.read("ana", "finance")
    assert slack.workspace.unread("ana") == {}
