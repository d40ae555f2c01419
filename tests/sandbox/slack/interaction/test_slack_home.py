"""The Home tab, and the events that tell of it: envelopes, retries, the check of an address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackSandbox
from tests.sandbox.slack.calling import card, plain, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.sandbox.slack.calling import Receiver

HOME: dict[str, Any] = {"type": "home", "blocks": card("Your orders")}


@pytest.fixture
def waited() -> list[float]:
    """Keep how long the workspace waits before it sends an event again; it does so at once."""
    return []


@pytest.fixture
async def slack(waited: list[float]) -> AsyncIterator[SlackSandbox]:
    """Start a workspace that writes down its waiting instead of doing it."""

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    sandbox = await SlackSandbox.start(sleep=sleep)
    yield sandbox
    await sandbox.stop()


async def test_opening_home_is_an_event(slack: SlackSandbox, receiver: Receiver) -> None:
    """app_home_opened comes as signed JSON in the envelope that Slack documents."""
    delivery = await slack.person("ana").opens_home()
    assert delivery
    assert delivery.ok
    headers, body = receiver.requests[-1]
    assert headers["Content-Type"] == "application/json"
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert "X-Slack-Retry-Num" not in headers
    envelope = receiver.event()
    assert (envelope["type"], envelope["team_id"]) == ("event_callback", "T0SANDBOX00")
    assert envelope["authorizations"][0]["user_id"] == slack.bot_user_id
    assert envelope["event_id"].startswith("Ev")
    event = envelope["event"]
    assert float(event.pop("event_ts"))
    assert event == {
        "type": "app_home_opened",
        "user": slack.person("ana").id,
        "channel": "D0ANA000000",
        "tab": "home",
    }


async def test_publishing(slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver) -> None:
    """A Home tab is its person's alone, and comes with the event once it was published."""
    ana = slack.person("ana")
    answer = await client.views_publish(user_id=ana.id, view=HOME)
    home = slack.workspace.home_of("ana")
    assert home
    assert (answer["view"]["id"], answer["view"]["type"]) == (home.id, "home")
    assert home.plain() == "Your orders\n[Approve]"
    assert slack.workspace.home_of("ben") is None
    assert ana.sees("Your orders") is home
    assert slack.person("ben").sees("Your orders") is None
    await ana.opens_home()
    assert receiver.event()["event"]["view"]["id"] == home.id
    await ana.opens_home("messages")
    assert "view" not in receiver.event()["event"]


async def test_publishing_again(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A second time changes the same view; a stale hash changes nothing."""
    ana = slack.person("ana").id
    await client.views_publish(user_id=ana, view=HOME)
    home = slack.workspace.home_of("ana")
    assert home
    old = home.hash
    await client.views_publish(user_id=ana, view={"type": "home", "blocks": []}, hash=old)
    assert slack.workspace.home_of("ana") is home
    assert home.plain() == ""
    late = client.views_publish(user_id=ana, view=HOME, hash=old)
    assert await refusal(late) == "hash_conflict"
    assert home.blocks == []


async def test_who_has_no_home(client: AsyncWebClient) -> None:
    """A Home tab is published for a person, with no frame around it."""
    nobody = client.views_publish(user_id="U0NOBODY000", view=HOME)
    assert await refusal(nobody) == "user_not_found"
    framed = client.views_publish(user_id="U0ANA000000", view=HOME | {"title": plain("x")})
    assert await refusal(framed) == "invalid_arguments"


async def test_an_event_is_sent_again(
    slack: SlackSandbox, receiver: Receiver, waited: list[float]
) -> None:
    """An event that was not taken comes three times more, later and later, and says so."""
    receiver.answer = lambda: web.Response(status=500)
    delivery = await slack.person("ana").opens_home()
    assert delivery
    assert not delivery.ok
    await slack.until(lambda: len(receiver.requests) == 4)
    await slack.until(lambda: not slack.dispatcher.retries)
    told = [
        (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason"))
        for headers, _ in receiver.requests
    ]
    assert told == [(None, None), *((str(number), "http_error") for number in (1, 2, 3))]
    assert waited == [0, 60, 300]
    assert len({body for _, body in receiver.requests}) == 1
    assert slack.ephemerals("ana") == []


async def test_until_it_is_taken(
    slack: SlackSandbox, receiver: Receiver, waited: list[float]
) -> None:
    """The first time that it is taken is the last time that it is sent."""
    answers = iter([500, 404, 200])
    receiver.answer = lambda: web.Response(status=next(answers))
    await slack.person("ana").opens_home()
    await slack.until(lambda: not slack.dispatcher.retries)
    assert (len(receiver.requests), waited) == (3, [0, 60])


async def test_no_retry(slack: SlackSandbox, receiver: Receiver) -> None:
    """A bot can refuse an event for good."""
    receiver.answer = lambda: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await slack.person("ana").opens_home()
    assert (len(receiver.requests), slack.dispatcher.retries) == (1, set())


async def test_why_it_is_sent_again(slack: SlackSandbox, receiver: Receiver) -> None:
    """The reason is that of the try before: no connection, or no answer in time."""
    url = slack.dispatcher.url
    slack.connect("http://127.0.0.1:9/")
    await slack.person("ana").opens_home()
    slack.connect(url)
    await slack.until(lambda: receiver.requests)
    assert receiver.requests[-1][0]["X-Slack-Retry-Reason"] == "connection_failed"
    slack.dispatcher.answer_seconds = 0.05
    held = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    slack.connect(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    await slack.person("ana").opens_home()
    slack.connect(url)
    held.set()
    server.close()
    await slack.until(lambda: len(receiver.requests) == 2)
    assert receiver.requests[-1][0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_each_retry_has_a_reason_of_its_own(slack: SlackSandbox, receiver: Receiver) -> None:
    """What went wrong the last time is told, not what went wrong at first."""
    url = slack.dispatcher.url
    receiver.answer = lambda: web.Response(status=500)
    slack.connect("http://127.0.0.1:9/")
    await slack.person("ana").opens_home()
    slack.connect(url)
    await slack.until(lambda: not slack.dispatcher.retries)
    reasons = [headers["X-Slack-Retry-Reason"] for headers, _ in receiver.requests]
    assert reasons == ["connection_failed", "http_error", "http_error"]


async def test_stopping_ends_the_retries() -> None:
    """A workspace that stops does not wait for what it still had to send."""
    forever = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        await forever.wait()

    slack = await SlackSandbox.start(sleep=sleep)
    await slack.person("ana").opens_home()
    assert len(slack.dispatcher.retries) == 1
    await slack.stop()
    assert slack.dispatcher.retries == set()


async def test_an_address_is_checked(slack: SlackSandbox, receiver: Receiver) -> None:
    """An address is right when it echoes the challenge, as text or as JSON."""
    assert await slack.verify() is False
    assert receiver.event()["type"] == "url_verification"
    receiver.answer = lambda: web.Response(text=receiver.event()["challenge"])
    assert await slack.verify() is True
    receiver.answer = lambda: web.json_response({"challenge": receiver.event()["challenge"]})
    assert await slack.verify() is True
    receiver.answer = lambda: web.Response(text=receiver.event()["challenge"], status=500)
    assert await slack.verify() is False


async def test_what_the_manifest_does_not_have() -> None:
    """Without the Home tab in the manifest there is none, and without the event none is sent."""
    manifest = {
        "features": {"app_home": {"home_tab_enabled": False}},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    slack = await SlackSandbox.start(scopes=manifest)
    assert await slack.person("ana").opens_home() is None
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    publishing = client.views_publish(user_id=slack.person("ana").id, view=HOME)
    assert await refusal(publishing) == "not_enabled"
    assert slack.workspace.home_of("ana") is None
    await slack.stop()
