"""A started workspace, the official client, a Bolt app that serves it, and a bare receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.serving import Serving
from sandbox.slack import RateLimit, SlackSandbox
from tests.sandbox.slack.calling import METADATA, Form, Receiver, Watch, card

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def watch() -> Watch:
    """Give the workspace's clock to the test."""
    return Watch()


@pytest.fixture
def scopes() -> Any:
    """Give the bot's scopes, or its manifest; None: the usual ones."""
    return None


@pytest.fixture
async def slack(watch: Watch, scopes: Any) -> AsyncIterator[SlackSandbox]:
    """Start a workspace whose clock is `watch`: it stands still, so no minute ever ends."""
    limits = RateLimit(tiers=False)
    sandbox = await SlackSandbox.start(now=lambda: watch.now, scopes=scopes, rate_limits=limits)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def client(slack: SlackSandbox) -> AsyncWebClient:
    """Build the official client, without retries."""
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
async def receiver(slack: SlackSandbox) -> AsyncIterator[Receiver]:
    """Serve a bare receiver, and send events there."""
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/slack/events", receiver.handle)
    serving = await Serving.start(app)
    slack.connect(f"{serving.url}/slack/events")
    yield receiver
    await serving.stop()


@pytest.fixture
def form(slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver) -> Form:
    """Give a modal with one field."""
    return Form(slack, client, receiver)


@pytest.fixture
def bolt(slack: SlackSandbox, client: AsyncWebClient) -> AsyncApp:
    """Build a small bot: /esim posts a card with a button, and a click updates it."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.command("/esim")
    async def order(ack: Any, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack(f"You asked for: {command['text']}")
        await client.chat_postMessage(
            channel=command["channel_id"],
            text="Order",
            blocks=card(f"<@{command['user_id']}> wants {command['text']}"),
            metadata=METADATA,
        )

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        await ack()
        message, who = body["message"], body["user"]["id"]
        await client.chat_update(
            channel=body["channel"]["id"], ts=message["ts"], text=f"Approved by <@{who}>"
        )
        await respond("Thank you", replace_original=False)

    return app


@pytest.fixture
async def served_bolt(bolt: AsyncApp, slack: SlackSandbox) -> AsyncIterator[AsyncApp]:
    """Serve the Bolt app over HTTP, and send events there."""
    app = web.Application()

    async def events(request: web.Request) -> web.Response:
        answer = await bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    app.router.add_post("/slack/events", events)
    serving = await Serving.start(app)
    slack.connect(f"{serving.url}/slack/events")
    yield bolt
    await serving.stop()
