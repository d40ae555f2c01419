"""The `esim-bot` command."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer
from pydantic import SecretStr

from bot.errors import EmbeddedServerError, SettingsError, StoreUnavailable
from bot.logs import configure_logs
from bot.settings import Settings, load_settings, misspelt
from bot.store.connection import connect, plain_reason
from bot.store.embedded import EmbeddedServer

WRONG_SETTINGS = 2
"""Exit code when the bot can't start for something that the operator can mend."""

EnvFile = Annotated[
    Path, typer.Option(help="File with settings, for those that the environment has not.")
]

cli = typer.Typer(
    help="Buys eSIMs from Slack. Never buys twice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its boxes show local variables, secrets among them
)


@cli.command()
def run(env_file: EnvFile = Path(".env")) -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    from bot.running import serve  # noqa: PLC0415 - the demo starts sooner without it

    try:
        settings = load_settings(env_file)
        configure_logs(settings.log_level, _secrets(settings))
        _warn_of_misspelt()
        with _redis(settings) as (url, embedded):
            asyncio.run(serve(settings, url, embedded))
    except (SettingsError, EmbeddedServerError) as failure:
        _exit_with(str(failure))


def _secrets(settings: Settings) -> list[str]:
    """The values that no line of the log may hold."""
    return [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]


def _exit_with(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise typer.Exit(WRONG_SETTINGS)


def _warn_of_misspelt() -> None:
    for name, meant in misspelt(os.environ).items():
        structlog.get_logger().warning("unknown_setting", name=name, did_you_mean=meant)


@contextmanager
def _redis(settings: Settings) -> Iterator[tuple[str, EmbeddedServer | None]]:
    """The configured Redis, or an embedded server for as long as the bot runs."""
    if settings.redis_url:
        yield settings.redis_url, None
        return
    server = EmbeddedServer.start(settings.esim_data_dir / "redis")
    try:
        yield server.url, server
    finally:
        server.stop()


@cli.command()
def doctor(env_file: EnvFile = Path(".env")) -> None:
    """Look at settings, Redis, Slack and provider. Exit code: 0 well, 1 warnings, 2 wrong."""
    try:
        settings = load_settings(env_file)
        configure_logs("CRITICAL")
        mark = asyncio.run(_told(settings))
    except SettingsError as failure:
        _exit_with(str(failure))
    raise typer.Exit(mark)


@cli.command()
def after_restore(env_file: EnvFile = Path(".env")) -> None:
    """After a copy of Redis was put back: send nothing unseen, and list what to look at.

    Every order that the copy holds is looked up at the provider before anything more is sent
    for it. Stop the bots first, put the copy back, run this, then start them.
    """
    from bot.store.trust.restored import table  # noqa: PLC0415 - nothing else needs it

    async def told(url: str) -> str:
        async with connect(url) as redis:
            return await table(redis)

    try:
        settings = load_settings(env_file)
        configure_logs("CRITICAL")
        with _redis(settings) as (url, _):
            sys.stdout.write(f"{asyncio.run(told(url))}\n")
    except (SettingsError, EmbeddedServerError) as failure:
        _exit_with(str(failure))
    except StoreUnavailable as failure:
        _exit_with(f"Redis can't be used: {plain_reason(failure.__cause__ or failure)}.")


async def _told(settings: Settings) -> int:
    """Write each finding as it comes; the worst mark among them."""
    from bot.doctor import examine, worst  # noqa: PLC0415 - the demo starts sooner without it

    found = []
    async for finding in examine(settings):
        sys.stdout.write(f"{finding}\n")
        found.append(finding)
    return worst(found)


@cli.command()
def demo(
    once: Annotated[
        str | None, typer.Option(help="Type this one command, approve it, show what came of it.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port of the page; else 8484, or any when that is taken.")
    ] = None,
    browser: Annotated[
        bool, typer.Option(help="Open the page in a browser, when there is a terminal.")
    ] = True,
) -> None:
    """Try the bot on this machine: no account, no token, nothing is spent."""
    from sandbox.demo import run_demo  # noqa: PLC0415 - the bot itself runs without the sandbox

    raise typer.Exit(run_demo(once, port, browser=browser))


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
