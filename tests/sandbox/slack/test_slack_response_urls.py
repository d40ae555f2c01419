"""response_urls: what they may be used for, how often and how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack.calling import OPS, card

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Message, SlackSandbox
    from tests.sandbox.slack.calling import Receiver, Watch


async def typed(slack: SlackSandbox, receiver: Receiver, channel: str = "ops") -> str:
    """Let ana type a command and return its response_url."""
    await slack.person("ana").types("/esim buy 3", channel)
    return receiver.form()["response_url"]


async def clicked(
    slack: SlackSandbox, client: AsyncWebClient, message: Message | None = None
) -> str:
    """Let ben click on a new card (or on `message`) and return the response_url."""
    if message is None:
        await client.chat_postMessage(channel=OPS, text="Order", blocks=card("Order"))
        message = slack.messages("ops")[-1]
    delivery = await slack.person("ben").clicks("Approve", message)
    return str(delivery.parcel.payload["response_url"])


async def respond(url: str, **body: Any) -> tuple[int, str]:
    """Post to a response_url and return the status and the answer."""
    answer = await AsyncWebhookClient(url, retry_handlers=[]).send_dict(body)
    return answer.status_code, answer.body


async def test_an_answer_is_for_one_person(slack: SlackSandbox, receiver: Receiver) -> None:
    """An answer to a command is seen by the person alone, unless it is for the channel."""
    url = await typed(slack, receiver)
    assert await respond(url, text="psst", blocks=card("psst")) == (200, "ok")
    assert await respond(url, text="Hello", response_type="in_channel") == (200, "ok")
    assert [message.plain() for message in slack.ephemerals("ana")] == ["psst\n[Approve]"]
    assert [message.text for message in slack.messages("ops")] == ["Hello"]


async def test_it_works_where_the_bot_is_not(slack: SlackSandbox, receiver: Receiver) -> None:
    """No membership is needed for a response_url."""
    url = await typed(slack, receiver, "secret")
    assert receiver.form()["channel_name"] == "privategroup"
    await respond(url, text="psst")
    assert [message.text for message in slack.ephemerals("ana")] == ["psst"]


async def test_five_uses(slack: SlackSandbox, receiver: Receiver) -> None:
    """The sixth use is a 404, and nobody sees it."""
    url = await typed(slack, receiver)
    statuses = [(await respond(url, text="psst"))[0] for _ in range(6)]
    assert statuses == [200] * 5 + [404]
    assert len(slack.ephemerals("ana")) == 5
    assert "used_url" in (await respond(url, text="psst"))[1]


async def test_thirty_minutes(slack: SlackSandbox, receiver: Receiver, watch: Watch) -> None:
    """It works for thirty minutes of the workspace's clock, and not a second longer."""
    url = await typed(slack, receiver)
    watch.now += 30 * 60
    assert (await respond(url, text="psst"))[0] == 200
    watch.now += 1
    status, body = await respond(url, text="psst")
    assert (status, "expired_url" in body) == (404, True)


async def test_nonsense(slack: SlackSandbox, receiver: Receiver) -> None:
    """An address that was never given out is a 404; wrong content is a 400."""
    url = await typed(slack, receiver)
    assert (await respond(url[:-1], text="psst"))[0] == 404
    assert (await respond(url, text=""))[0] == 400
    assert "invalid_blocks" in (await respond(url, text="x", blocks=[{"type": "x"}]))[1]
    async with aiohttp.ClientSession() as session:
        answer = await session.post(url, data=b"{", headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert slack.ephemerals("ana") == []


@pytest.mark.usefixtures("receiver")
async def test_the_clicked_message_is_replaced(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """replace_original changes the message that was clicked, and its revisions remember it."""
    url = await clicked(slack, client)
    await respond(url, text="Approved", replace_original=True)
    (message,) = slack.messages("ops")
    assert (message.plain(), message.buttons(), message.edited) == ("Approved", [], True)
    assert message.revisions[0][0] == "Order"


@pytest.mark.usefixtures("receiver")
async def test_the_clicked_message_is_deleted(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """delete_original takes it away; then there is nothing to replace."""
    url = await clicked(slack, client)
    await respond(url, delete_original=True)
    assert slack.messages("ops") == []
    assert (await respond(url, text="Approved", replace_original=True))[0] == 400
    assert (await respond(url, text="It is gone", replace_original=False))[0] == 200
    assert [message.text for message in slack.ephemerals("ben")] == ["It is gone"]


@pytest.mark.usefixtures("receiver")
async def test_an_ephemeral_message_is_replaced(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """An ephemeral message, which chat.update can't change, can be changed after a click."""
    ben = slack.person("ben").id
    await client.chat_postEphemeral(channel=OPS, user=ben, text="Order", blocks=card("Order"))
    (message,) = slack.ephemerals("ben")
    url = await clicked(slack, client, message)
    await respond(url, text="Approved", replace_original=True)
    assert [message.plain() for message in slack.ephemerals("ben")] == ["Approved"]
    await respond(url, delete_original=True)
    assert slack.ephemerals("ben") == []


async def test_faults(slack: SlackSandbox, receiver: Receiver) -> None:
    """A response_url can be down, drop its answer, or be refused."""
    url = await typed(slack, receiver)
    slack.faults.down()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await respond(url, text="1")
    slack.faults.up()
    slack.faults.drop_after_storing("response_url")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await respond(url, text="2")
    slack.faults.error("response_url", "used_url")
    assert (await respond(url, text="3"))[0] == 404
    slack.faults.rate_limit("response_url")
    assert (await respond(url, text="4"))[0] == 429
    slack.faults.rate_limit()
    assert (await respond(url, text="5"))[0] == 200
    assert [message.text for message in slack.ephemerals("ana")] == ["2", "5"]
