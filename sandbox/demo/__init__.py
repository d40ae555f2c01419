"""The demo: a workspace, a provider and the real bot on this machine, driven from a terminal."""

import asyncio
import sys

from sandbox.demo.play import play
from sandbox.demo.stage import Stage

_HINT = """\
This is a Slack workspace on your machine, with the bot in it and a provider that sells nothing
real. You are ana and type commands; ben, who may approve, approves what you order.
Try:  /esim buy 3 tags=demo      /esim buy ten      /esim orders      (Ctrl-C to leave)
"""


def run_demo(once: str | None) -> int:
    """Play one command, or those typed at a prompt; an exit code comes back.

    With `once`, 0 means that the order ended as purchased. The prompt ends with 0.
    """
    try:
        return asyncio.run(_once(once) if once is not None else _prompt())
    except KeyboardInterrupt:
        return 0


async def _once(line: str) -> int:
    async with Stage.set_up() as stage:
        return 0 if await play(stage, line, say=_print) else 1


async def _prompt() -> int:
    async with Stage.set_up() as stage:
        _print(_HINT)
        while (line := await _read()) is not None:
            if line.strip():
                await play(stage, line, say=_print)
    return 0


async def _read() -> str | None:
    """A line from the terminal; None at its end."""
    sys.stdout.write("ana> ")
    sys.stdout.flush()
    line = await asyncio.to_thread(sys.stdin.readline)
    return line or None


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
