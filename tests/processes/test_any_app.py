"""`esim-bot sandbox`: an app that knows nothing of the sandbox is attached to it from outside."""

import asyncio
import hashlib
import hmac
import json
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.demo import Options, run_sandbox

OPS = "C0OPS000000"


@dataclass
class PlainApp:
    """A small app in no framework: it checks the signature, and answers with what Slack takes."""

    secret: str = ""
    mentions: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Take one command or event."""
        body = await request.text()
        at = request.headers["X-Slack-Request-Timestamp"]
        digest = hmac.new(self.secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256)
        if request.headers["X-Slack-Signature"] != f"v0={digest.hexdigest()}":
            return web.Response(status=401)
        if request.content_type == "application/json":
            event = json.loads(body)["event"]
            if event["type"] == "app_mention":
                self.mentions.put_nowait(event)
            return web.Response()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        text = f"Hello {fields['user_name']}, you said {fields.get('text')}"
        return web.json_response({"response_type": "in_channel", "text": text})


@dataclass(frozen=True)
class Place:
    """A running `esim-bot sandbox`: its page, and what it told an app to know."""

    page: str
    said: Mapping[str, str]

    async def sends(self, person: str, text: str, channel: str = OPS) -> None:
        """Let a person send what they typed on the page."""
        path = f"{self.page}as/{person}/{channel}/send"
        async with (
            aiohttp.ClientSession() as session,
            session.post(path, data={"text": text}, headers={"Accept": "application/json"}) as got,
        ):
            assert got.status < 400, await got.text()

    @property
    def client(self) -> WebClient:
        """The official client of the app."""
        return WebClient(self.said["SLACK_BOT_TOKEN"], base_url=self.said["SLACK_API_URL"])

    async def texts(self, channel: str = OPS) -> list[str]:
        """Return what a channel says, newest first."""
        history = await asyncio.to_thread(self.client.conversations_history, channel=channel)
        return [message["text"] for message in history["messages"]]


@pytest.fixture
async def app() -> AsyncIterator[PlainApp]:
    """Serve the plain app on a port of its own."""
    plain, server = PlainApp(), web.Application()
    server.router.add_post("/slack/events", plain.handle)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    plain.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield plain
    await runner.cleanup()


@asynccontextmanager
async def started(*options: str) -> AsyncIterator[Place]:
    """Run the command as a process of its own; told to stop, it ends with exit code 0."""
    names = ("--port", "--slack-port", "--telnyx-port", "--celitech-port")
    ports = [word for name in names for word in (name, "0")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", *ports, *options),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said: dict[str, str] = {}
    page = ""
    async with asyncio.timeout(30):
        while "CELITECH_CLIENT_SECRET" not in said:
            line = (await process.stdout.readline()).decode().strip()
            assert process.returncode is None, line
            page = next((word for word in line.split() if word.startswith("http")), page)
            if line.partition("=")[0].isupper():
                name, _, said[name] = line.partition("=")
            elif "workspace" in line:
                said["page"] = page
    try:
        yield Place(said["page"], said)
    finally:
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 15) == 0


async def refused(*options: str) -> str:
    """Run the command with options that can't be used; what it says comes back."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2, said.decode()
    assert "Traceback" not in said.decode()
    return " ".join(said.decode().split())


async def test_an_app_over_http(app: PlainApp) -> None:
    """It gets signed commands and mentions at its address, and its answers are seen."""
    async with started("--app-url", app.url) as place:
        app.secret = place.said["SLACK_SIGNING_SECRET"]
        await place.sends("ana", "/hello there")
        assert await place.texts() == ["Hello ana, you said there"]
        await place.sends("ben", "@esim-bot are you there?")
        event = await asyncio.wait_for(app.mentions.get(), 10)
        assert (event["user"], event["channel"]) == ("U0BEN000000", OPS)


async def test_an_app_over_socket_mode() -> None:
    """Without an address the app connects with the app token; it posts by the Web API."""
    answered = threading.Event()
    async with started() as place:

        def start() -> SocketModeHandler:
            app = App(client=place.client, signing_secret=place.said["SLACK_SIGNING_SECRET"])

            @app.command("/todo")
            def todo(ack: Any, say: Any, command: dict[str, Any]) -> None:
                ack()
                say(f"Noted: {command['text']}")
                answered.set()

            handler = SocketModeHandler(app, place.said["SLACK_APP_TOKEN"])
            handler.connect()  # type: ignore[no-untyped-call]
            return handler

        handler = await asyncio.to_thread(start)
        await place.sends("ana", "/todo buy eSIMs")
        assert await asyncio.to_thread(answered.wait, 10)
        assert await place.texts() == ["Noted: buy eSIMs"]
        await asyncio.to_thread(handler.close)


async def test_the_providers_are_there() -> None:
    """What is printed opens the printed addresses."""
    async with started() as place, aiohttp.ClientSession() as session:
        token = {"Authorization": f"Bearer {place.said['TELNYX_API_KEY']}"}
        url = f"{place.said['TELNYX_API_URL']}/sim_cards"
        async with session.get(url, headers=token) as answer:
            assert answer.status == 200
        async with session.get(url) as answer:
            assert answer.status == 401
        form = {
            "grant_type": "client_credentials",
            "client_id": place.said["CELITECH_CLIENT_ID"],
            "client_secret": place.said["CELITECH_CLIENT_SECRET"],
        }
        url = f"{place.said['CELITECH_AUTH_URL']}/oauth2/token"
        async with session.post(url, data=form) as answer:
            token = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
        url = f"{place.said['CELITECH_API_URL']}/destinations"
        async with session.get(url, headers=token) as answer:
            assert answer.status == 200


async def test_the_manifest_says_what_the_app_may(tmp_path: Path) -> None:
    """Scopes and commands are the manifest's, which may be JSON."""
    file = tmp_path / "manifest.json"
    manifest = {
        "features": {"slash_commands": [{"command": "/todo", "description": "x"}]},
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    }
    file.write_text(json.dumps(manifest), encoding="utf-8")
    async with started("--manifest", str(file)) as place:
        answer = await asyncio.to_thread(place.client.auth_test)
        assert answer.headers["x-oauth-scopes"] == "chat:write,commands"
        path = f"{place.page}as/ana/{OPS}/send"
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                path, data={"text": "/other"}, headers={"Accept": "application/json"}
            ) as got,
        ):
            assert "/other is not a command here; there is /todo" in await got.text()


@pytest.mark.parametrize("options", [("--port", "70000"), ("--slack-port", "many")])
async def test_no_port(options: tuple[str, str]) -> None:
    """Exit code 2 and the name of the option, not a stack trace."""
    assert options[0] in await refused(*options)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"app_url": "127.0.0.1:3000"}, "Write it in full: http://127.0.0.1:3000/slack/events"),
        ({"app_url": "ftp://127.0.0.1/"}, "is no address to send requests to"),
        ({"app_url": "http://127.0.0.1:99999/"}, "is no address to send requests to"),
        ({"manifest": Path("/nowhere.yaml")}, "there is no such file"),
        ({"manifest": Path("README.md")}, "is no app manifest with oauth_config.scopes.bot"),
        ({"host": "203.0.113.1"}, "the address is not this machine's"),
    ],
)
def test_options_that_can_not_be_used(
    option: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and a sentence that says what to write instead."""
    options: dict[str, Any] = {"host": "127.0.0.1", "slack_port": 0} | option
    assert run_sandbox(Options(**options)) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("option", ["port", "slack_port", "telnyx_port", "celitech_port"])
def test_a_port_that_is_taken(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the sentence names the option."""
    ports: dict[str, Any] = {"port": 0, "slack_port": 0, "telnyx_port": 0, "celitech_port": 0}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports[option] = taken.getsockname()[1]
        assert run_sandbox(Options("127.0.0.1", **ports)) == 2
    said = capsys.readouterr().err
    assert f"with --{option.replace('_', '-')}" in said
    assert "it is taken" in said
