"""The demo: a workspace with its page, providers and the real bot, or any app from outside."""

import asyncio
import sys

from sandbox.demo.attach import Options, WrongOptionError, serve_alone
from sandbox.demo.bot_process import BotDiedError
from sandbox.demo.play import WrongUsageError, check_line, play
from sandbox.demo.serve import serve
from sandbox.demo.stage import Stage

__all__ = ["BotDiedError", "Options", "run_demo", "run_sandbox"]

CANT_START = 2
"""Exit code when the page can't be served for something that the visitor can mend."""


def run_demo(once: str | None, port: int | None = None, *, browser: bool = True) -> int:
    """Play one command, or serve the page until it is stopped; an exit code comes back.

    With `once`, 0 means that the order ended as purchased, or that the line was only answered; 1
    that it ended otherwise, and 2 that nobody can type this. `port` is the page's (None: a usual
    one); with `browser` and a terminal the page is opened in the visitor's browser.
    """
    try:
        if once is not None:
            check_line(once)
            return asyncio.run(_once(once))
        asyncio.run(serve(port, browser=browser and sys.stdout.isatty()))
    except KeyboardInterrupt:
        return 0
    except WrongUsageError as failure:
        sys.stderr.write(f"{failure}\n")
        return CANT_START
    except (OSError, BotDiedError, TimeoutError) as failure:
        sys.stderr.write(f"The demo can't start: {failure}\n")
        return CANT_START
    return 0


def run_sandbox(options: Options) -> int:
    """Serve the workspace and the providers without the bot until stopped; an exit code comes back.

    It is 2 for an option that can't be used.
    """
    try:
        asyncio.run(serve_alone(options))
    except KeyboardInterrupt:
        return 0
    except (OSError, WrongOptionError) as failure:
        sys.stderr.write(f"The sandbox can't start: {failure}\n")
        return CANT_START
    return 0


async def _once(line: str) -> int:
    async with Stage.set_up() as stage:
        return await play(stage, line, say=_print)


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
