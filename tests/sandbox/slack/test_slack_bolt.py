"""The workspace against real Bolt apps, over HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk import WebClient

from tests.sandbox.slack.calling import OPS, card, entry, modal, plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import Message, SlackSandbox


@pytest.fixture
async def connected_bolt(bolt: AsyncApp, slack: SlackSandbox) -> AsyncIterator[AsyncApp]:
    """Connect the Bolt app over Socket Mode."""
    handler = AsyncSocketModeHandler(bolt, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.dispatcher.sockets.connections)
    yield bolt
    await handler.close_async()  # type: ignore[no-untyped-call]


async def order(slack: SlackSandbox, text: str = "buy 3") -> Message:
    """Type a command and return the card that comes of it."""
    delivery = await slack.person("ana").types(f"/esim {text}")
    assert (delivery.ok, delivery.status) == (True, 200)
    return (await slack.until(lambda: slack.messages("ops")))[-1]


async def everything_works(slack: SlackSandbox) -> None:
    """Order, look, approve and look again."""
    card = await order(slack)
    assert card.plain() == "@ana wants buy 3\n[Approve]"
    assert [seen.plain() for seen in slack.ephemerals("ana")] == ["You asked for: buy 3"]
    assert (await slack.person("ben").clicks("Approve", card)).ok
    await slack.until(lambda: slack.ephemerals("ben"))
    assert (card.plain(), card.buttons(), card.edited) == ("Approved by @ben", [], True)


@pytest.mark.usefixtures("served_bolt")
async def test_a_bolt_app_over_http(slack: SlackSandbox) -> None:
    """A command and a click reach a Bolt app over signed HTTP, and its answers are seen."""
    await everything_works(slack)


@pytest.mark.usefixtures("connected_bolt")
async def test_a_bolt_app_over_socket_mode(slack: SlackSandbox) -> None:
    """The same goes over Socket Mode, also when there is an address for HTTP."""
    slack.connect("http://127.0.0.1:9/nobody/is/there")
    await everything_works(slack)


@pytest.mark.usefixtures("served_bolt")
async def test_the_whole_round(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A bot can find its message by metadata, link to it and upload a file to its thread."""
    card = await order(slack)
    found = await client.conversations_history(channel=card.channel, include_all_metadata=True)
    (message,) = found["messages"]
    assert message["metadata"]["event_payload"] == {"key": "K1"}
    link = await client.chat_getPermalink(channel=card.channel, message_ts=message["ts"])
    assert link["permalink"].endswith(f"/{card.channel}/p{card.ts.replace('.', '')}")
    await client.files_upload_v2(
        channel=card.channel, thread_ts=card.ts, filename="iccids.csv", content="iccid\n89\n"
    )
    (reply,) = slack.thread(card)
    (file,) = reply.files
    assert (file.name, file.content, file.thread_ts) == ("iccids.csv", b"iccid\n89\n", card.ts)
    assert slack.files == [file]


@pytest.mark.usefixtures("served_bolt")
async def test_bolt_checks_the_signature(slack: SlackSandbox) -> None:
    """Bolt refuses a request that was signed with another secret, and the person sees that."""
    installation = slack.workspace.installation
    object.__setattr__(installation, "signing_secret", "0" * 32)
    delivery = await slack.person("ana").types("/esim buy 3")
    assert (delivery.ok, delivery.status) == (False, 401)
    (seen,) = slack.ephemerals("ana")
    assert seen.plain() == '/esim failed with the error "http_client_error"'


@pytest.mark.usefixtures("served_bolt")
async def test_again_reaches_the_listener_again(slack: SlackSandbox) -> None:
    """The very same request runs Bolt's listener a second time, as Bolt knows no replays."""
    delivery = await slack.person("ana").types("/esim buy 3")
    again = await slack.again(delivery)
    assert again.ok
    assert again.parcel is delivery.parcel
    assert await slack.until(lambda: len(slack.messages("ops")) == 2)


FORM = modal(entry("number_input", "count", is_decimal_allowed=False), notify_on_close=True)


@pytest.fixture
def bolt(bolt: AsyncApp) -> AsyncApp:
    """Teach the small bot a form, a Home tab and a shortcut."""

    @bolt.shortcut("buy")
    async def show_form(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @bolt.view("order")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        count = view["state"]["values"]["count"]["the_count"]["value"]
        if int(count) > 5:
            await ack(response_action="errors", errors={"count": "Five at most."})
        else:
            done = modal(*card(f"You get {count}"), title=plain("Done"), submit=None)
            await ack(response_action="update", view=done)

    @bolt.view_closed("order")
    async def closed(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="Another time, then.")

    @bolt.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": card(f"<@{event['user']}> has no orders")}
        await client.views_publish(user_id=event["user"], view=view)

    return bolt


async def views_work(slack: SlackSandbox) -> None:
    """Open the form, be corrected, submit it, close another one, and look at the Home tab."""
    ana = slack.person("ana")
    assert (await ana.uses_shortcut("buy")).ok
    (view,) = await slack.until(lambda: slack.workspace.views_of("ana"))
    await ana.submits(view, {"Count": 9})
    assert ana.sees("Five at most.") is view
    await ana.submits(view, {"Count": 4})
    assert ana.sees("You get 4") is view
    await ana.closes(view)
    await ana.uses_shortcut("buy")
    (view,) = await slack.until(lambda: slack.workspace.views_of("ana"))
    await ana.closes(view)
    await slack.until(lambda: ana.sees("Another time, then."))
    await ana.opens_home()
    assert await slack.until(lambda: ana.sees("@ana has no orders")) is slack.workspace.home_of(
        "ana"
    )


@pytest.mark.usefixtures("served_bolt")
async def test_views_over_http(slack: SlackSandbox) -> None:
    """A Bolt app's modals, Home tab and shortcut work over signed HTTP."""
    await views_work(slack)
    assert await slack.verify()


@pytest.mark.usefixtures("connected_bolt")
async def test_views_over_socket_mode(slack: SlackSandbox) -> None:
    """The same works over Socket Mode."""
    await views_work(slack)


@pytest.mark.usefixtures("connected_bolt")
async def test_bolt_comes_back_after_a_refresh(slack: SlackSandbox) -> None:
    """An app that is told to disconnect connects anew, and hears again."""
    (before,) = slack.dispatcher.sockets.connections
    await slack.dispatcher.sockets.refresh()
    (after,) = await slack.until(lambda: slack.dispatcher.sockets.connections)
    assert after is not before
    assert (await slack.person("ana").types("/esim buy 3")).ok
    await slack.until(lambda: slack.messages("ops"))
    await slack.until(lambda: not slack.dispatcher.sockets.leaving)


async def test_the_synchronous_client(slack: SlackSandbox) -> None:
    """slack_sdk's WebClient works as well: calls without arguments, with some, and a file."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    def use() -> list[str]:
        assert client.auth_test()["user_id"] == slack.bot_user_id
        assert client.api_test()["ok"]
        assert len(client.conversations_list()["channels"]) == 3
        client.chat_postMessage(channel="#ops", text="Hello", blocks=card("Hello"))
        client.files_upload_v2(channel="C0OPS000000", filename="a.csv", content="iccid\n")
        return [each["text"] for each in client.conversations_history(channel=OPS)["messages"]]

    assert await asyncio.to_thread(use) == ["", "Hello"]


async def test_a_synchronous_bolt_app(slack: SlackSandbox) -> None:
    """slack_bolt's App starts, and answers a command over Socket Mode from its own threads."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)

    def start() -> SocketModeHandler:
        app = App(client=client, signing_secret=slack.signing_secret)

        @app.command("/hello")
        def hello(ack: Any, say: Any, command: dict[str, Any]) -> None:
            ack()
            say(f"Hello <@{command['user_id']}>")

        handler = SocketModeHandler(app, slack.app_token)
        handler.connect()  # type: ignore[no-untyped-call]
        return handler

    handler = await asyncio.to_thread(start)
    await slack.until(lambda: slack.dispatcher.sockets.connections)
    assert (await slack.person("ana").types("/hello")).ok
    (message,) = await slack.until(lambda: slack.messages("ops"))
    assert message.plain() == "Hello @ana"
    await asyncio.to_thread(handler.close)
