"""The workspace and the providers alone, for an app that is attached from outside."""

import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sandbox.celitech import CelitechSandbox
from sandbox.demo.serve import is_taken, page_of, stop_signal, tell
from sandbox.page import Scene, read_manifest
from sandbox.page.manifest import Manifest
from sandbox.slack import EVERY_SCOPE, SlackSandbox
from sandbox.telnyx import TelnyxSandbox

SLACK_PORT, TELNYX_PORT, CELITECH_PORT = 8485, 8486, 8487
"""Where the APIs are when nothing else is there and no other ports are asked for."""
EXAMPLE_URL = "http://127.0.0.1:3000/slack/events"
WHY = {
    errno.EADDRINUSE: "it is taken",
    errno.EACCES: "this user may not listen there",
    errno.EADDRNOTAVAIL: "the address is not this machine's",
}


@dataclass(frozen=True)
class Options:
    """What was asked for: ports (None: a usual one, or any), the APIs' host, and the app.

    `app_url` is where the app takes requests (None: it connects over Socket Mode), `manifest`
    its manifest's file (None: every scope, every command and every event).
    """

    host: str
    port: int | None = None
    slack_port: int | None = None
    telnyx_port: int | None = None
    app_url: str | None = None
    manifest: Path | None = None
    celitech_port: int | None = None


Servers = tuple[SlackSandbox, TelnyxSandbox, CelitechSandbox]
ServerT = TypeVar("ServerT", SlackSandbox, TelnyxSandbox, CelitechSandbox)


class WrongOptionError(ValueError):
    """An option can't be used; the text says which one, why, and what to write instead."""


async def serve_alone(options: Options) -> None:
    """Serve until SIGTERM or Ctrl-C, and print what an app has to know.

    Raises WrongOptionError for an option that can't be used, OSError when the page can't be
    served on its port.
    """
    manifest = _manifest(options.manifest)
    _check_url(options.app_url)
    stopping = stop_signal()
    async with _started(options, manifest) as servers:
        servers[0].workspace.welcome_others()
        servers[0].connect(options.app_url)
        async with page_of(Scene(*servers, manifest=manifest), options.port) as url:
            tell("\n".join(_lines(options, servers, url)))
            await stopping.wait()


@asynccontextmanager
async def _started(options: Options, manifest: Manifest) -> AsyncIterator[Servers]:
    """Start the workspace and the providers; stop them at the end."""
    scopes = manifest.content or EVERY_SCOPE
    slack_start = partial(SlackSandbox.start, scopes=scopes)
    async with (
        _served(slack_start, "slack", options.slack_port, SLACK_PORT, options.host) as slack,
        _served(
            TelnyxSandbox.start, "telnyx", options.telnyx_port, TELNYX_PORT, options.host
        ) as telnyx,
        _served(
            CelitechSandbox.start, "celitech", options.celitech_port, CELITECH_PORT, options.host
        ) as celitech,
    ):
        yield slack, telnyx, celitech


@asynccontextmanager
async def _served(
    start: Callable[..., Awaitable[ServerT]], name: str, port: int | None, usual: int, host: str
) -> AsyncIterator[ServerT]:
    """Start a server on its port. Raises WrongOptionError for one that can't be used."""
    port = await _usual(port, usual)
    try:
        server = await start(port, host=host)
    except (OSError, OverflowError) as failure:
        raise _not_there(f"--{name}-port", host, port, failure) from failure
    try:
        yield server
    finally:
        await server.stop()


async def _usual(port: int | None, usual: int) -> int:
    """Return the port that was asked for, or the usual one, or 0 for any."""
    if port is not None:
        return port
    return 0 if await is_taken(usual) else usual


def _not_there(option: str, host: str, port: int, failure: Exception) -> WrongOptionError:
    why = WHY.get(getattr(failure, "errno", None) or 0, getattr(failure, "strerror", None))
    return WrongOptionError(
        f"{host} port {port} can't be used ({why or failure}). Choose another port with {option}, "
        "or another address of this machine with --host."
    )


def _check_url(url: str | None) -> None:
    """Raise WrongOptionError unless the app's address can be called."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise WrongOptionError(
            f"--app-url {url!r} is no address to send requests to. Write it in full: {EXAMPLE_URL}"
        )


def _manifest(file: Path | None) -> Manifest:
    """Return the app's manifest; without one the app may do everything."""
    if file is None:
        return Manifest(takes_any_command=True)
    if not file.is_file():
        raise WrongOptionError(f"--manifest {file}: there is no such file.")
    try:
        manifest = read_manifest(file)
        scopes = (manifest.content or {})["oauth_config"]["scopes"]["bot"]
    except (ValueError, KeyError, TypeError, OSError):
        scopes = None
    if not isinstance(scopes, list):
        raise WrongOptionError(
            f"--manifest {file} is no app manifest with oauth_config.scopes.bot. Save the one of "
            "your app (App Manifest in its settings) as YAML or JSON."
        )
    return manifest


def _lines(options: Options, servers: Servers, page: str) -> list[str]:
    """Return the lines that say where everything is; those with = can be read by a shell."""
    slack, telnyx, celitech = servers
    installation = slack.workspace.installation
    if options.app_url:
        way = f"Commands, clicks and events go to {options.app_url}, or over Socket Mode to an app"
        way += " that connects."
    else:
        way = "Connect the app over Socket Mode with SLACK_APP_TOKEN, or start this again with its"
        way += f" address, for example --app-url {EXAMPLE_URL}"
    return [
        f"The workspace is at {page}/ (Ctrl-C stops it)",
        way,
        "",
        f"SLACK_API_URL={slack.api_url}",
        f"SLACK_BOT_TOKEN={slack.bot_token}",
        f"SLACK_APP_TOKEN={slack.app_token}",
        f"SLACK_SIGNING_SECRET={slack.signing_secret}",
        f"SLACK_CLIENT_ID={installation.client_id}",
        f"SLACK_CLIENT_SECRET={installation.client_secret}",
        f"TELNYX_API_URL={telnyx.url}",
        f"TELNYX_API_KEY={telnyx.api_key}",
        f"CELITECH_API_URL={celitech.url}",
        f"CELITECH_AUTH_URL={celitech.auth_url}",
        f"CELITECH_CLIENT_ID={celitech.client_id}",
        f"CELITECH_CLIENT_SECRET={celitech.client_secret}",
    ]
