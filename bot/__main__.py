"""The `esim-bot` command."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.errors import EmbeddedServerError, SettingsError
from bot.logs import configure_logs
from bot.settings import Settings, settings_of, warnings_of, written
from bot.store.embedded import EmbeddedServer

WRONG_SETTINGS = 2
"""Exit code when the bot can't start for something that the operator can mend."""

EnvFile = Annotated[
    Path | None,
    typer.Option(
        help="File with settings, for those that the environment has not; else .env if it is there."
    ),
]

cli = typer.Typer(
    help="Buys eSIMs from Slack. Never buys twice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its boxes show local variables, secrets among them
)


@cli.command()
def run(env_file: EnvFile = None) -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    try:
        found = written(env_file)
        settings = settings_of(found)
        configure_logs(settings.log_level)
        # Only now: a library may trip over a variable that the settings have looked at.
        from bot.running import serve  # noqa: PLC0415

        with _redis_url(settings) as url:
            asyncio.run(serve(settings, url, warnings_of(settings, found)))
    except (SettingsError, EmbeddedServerError) as failure:
        _exit_with(str(failure))


def _exit_with(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise typer.Exit(WRONG_SETTINGS)


@contextmanager
def _redis_url(settings: Settings) -> Iterator[str]:
    """The configured Redis, or an embedded server for as long as the bot runs."""
    if settings.redis_url:
        yield settings.redis_url
        return
    server = EmbeddedServer.start(settings.esim_data_dir)
    try:
        yield server.url
    finally:
        server.stop()


@cli.command()
def doctor(env_file: EnvFile = None) -> None:
    """Look at settings, Redis, Slack and provider. Exit code: 0 well, 1 warnings, 2 wrong."""
    try:
        found = written(env_file)
        settings = settings_of(found)
        configure_logs("CRITICAL")
        mark = asyncio.run(_told(settings, warnings_of(settings, found)))
    except SettingsError as failure:
        _exit_with(str(failure))
    raise typer.Exit(mark)


async def _told(settings: Settings, warnings: Sequence[str]) -> int:
    """Write each line as it comes; the worst mark among them."""
    from bot.doctor import examine  # noqa: PLC0415 - the demo starts sooner without it

    worst = 0
    async for mark, line in examine(settings, warnings):
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
    from sandbox.demo import run_demo  # noqa: PLC0415 - the bot itself runs without the sandbox

    raise typer.Exit(run_demo(once, port, browser=browser))


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
