"""The `esim-bot` command."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.request import getproxies_environment

import typer
from pydantic import SecretStr

from bot.errors import EmbeddedServerError, SettingsError, StoreUnavailable
from bot.logs import configure_logs, passwords_of
from bot.operating.cli import EnvFile, operator
from bot.reasons import reason_of
from bot.settings import Settings, settings_of, warnings_of, written
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer

WRONG_SETTINGS = 2
"""Exit code when the bot can't start and the operator can mend it."""

NO_SANDBOX = 1
"""Exit code where the packages of the extra `sandbox` are not installed."""
SANDBOX_PACKAGES = frozenset({"jinja2", "markupsafe", "rich"})

cli = typer.Typer(
    help="Buys eSIMs from Slack. Never buys twice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # it would show local variables, also secrets
)
cli.add_typer(operator)


@cli.command()
def run(env_file: EnvFile = None) -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    try:
        found = written(env_file)
        settings = settings_of(found)
        configure_logs(settings.log_level, _secrets(settings))
        # Imported after the settings are checked: a library may fail by a wrong variable.
        from bot.running import serve  # noqa: PLC0415

        with _redis(settings) as (url, embedded):
            told = warnings_of(settings, found)
            asyncio.run(serve(settings, url, embedded, told, found.values))
    except (SettingsError, EmbeddedServerError) as failure:
        _exit_with(str(failure))


def _secrets(settings: Settings) -> list[str]:
    """The values that must not stand in any log line."""
    whole = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    addresses = [settings.redis_url or "", *getproxies_environment().values()]
    return [*whole, *(each for address in addresses for each in passwords_of(address))]


def _exit_with(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise typer.Exit(WRONG_SETTINGS)


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
def doctor(env_file: EnvFile = None) -> None:
    """Look at settings, Redis, Slack and provider. Exit code: 0 well, 1 warnings, 2 wrong."""
    try:
        found = written(env_file)
        settings = settings_of(found)
        configure_logs("CRITICAL")
        mark = asyncio.run(_examine(settings, warnings_of(settings, found), found.values))
    except SettingsError as failure:
        _exit_with(str(failure))
    raise typer.Exit(mark)


@cli.command()
def after_restore(env_file: EnvFile = None) -> None:
    """After a copy of Redis was put back: send nothing unseen, and list what to look at.

    Every order that the copy holds is looked up at the provider before anything
    more is sent for it. Stop the bots first, put the copy back, run this, then
    start them.
    """
    from bot.store.trust.restored import table  # noqa: PLC0415 - nothing else needs it

    async def told(url: str) -> str:
        async with connect(url) as redis:
            return await table(redis)

    try:
        settings = settings_of(written(env_file))
        configure_logs("CRITICAL")
        with _redis(settings) as (url, _):
            sys.stdout.write(f"{asyncio.run(told(url))}\n")
    except (SettingsError, EmbeddedServerError) as failure:
        _exit_with(str(failure))
    except StoreUnavailable as failure:
        _exit_with(
            f"Redis can't be used: {reason_of(failure)}. Mend that, or REDIS_URL, and run this "
            "again."
        )


async def _examine(
    settings: Settings, warnings: Sequence[str], environment: Mapping[str, str]
) -> int:
    """Write the line of each answer as it comes; returns the worst mark."""
    from bot.operating.doctor import examine  # noqa: PLC0415 - the demo starts sooner without it

    worst = 0
    async for mark, line in examine(settings, warnings, environment):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        worst = max(worst, mark)
    return worst


@cli.command()
def demo(
    once: Annotated[
        str | None, typer.Option(help="Type this one command, approve it, show what came of it.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Port of the page; else 8484, or any when that is taken."
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option(help="Open the page in a browser, when there is a terminal.")
    ] = True,
) -> None:
    """Try the bot on this machine: no account, no token, nothing is spent."""
    with _sandbox_installed():
        from sandbox.demo import run_demo  # noqa: PLC0415 - the bot itself runs without the sandbox

    raise typer.Exit(run_demo(once, port, browser=browser))


@cli.command()
def sandbox(  # noqa: PLR0913 - each is an option of its own
    *,
    app_url: Annotated[
        str | None,
        typer.Option(
            help="The app's request URL, as http://127.0.0.1:3000/slack/events; without it the app "
            "connects over Socket Mode."
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The app's manifest (YAML or JSON); without it the app has every scope, command "
            "and event."
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address that the APIs listen on; the page is on 127.0.0.1.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Port of the page; else 8484, or any when that is taken."
        ),
    ] = None,
    slack_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Port of Slack's API; else 8485, or any when that is taken."
        ),
    ] = None,
    telnyx_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Port of Telnyx's API; else 8486, or any when that is taken."
        ),
    ] = None,
    celitech_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Port of Celitech's API; else 8487, or any when that is taken."
        ),
    ] = None,
) -> None:
    """Try any Slack app on this machine: a workspace and providers, without this bot."""
    with _sandbox_installed():
        from sandbox.demo import Options, run_sandbox  # noqa: PLC0415 - as for the demo

    options = Options(host, port, slack_port, telnyx_port, app_url, manifest, celitech_port)
    raise typer.Exit(run_sandbox(options))


@contextmanager
def _sandbox_installed() -> Iterator[None]:
    """Say how to install the packages of the extra `sandbox` where they are missing, and exit."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name not in SANDBOX_PACKAGES:
            raise
        sys.stderr.write("The sandbox needs more packages: pip install 'esim-bot[sandbox]'\n")
        raise typer.Exit(NO_SANDBOX) from None


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
