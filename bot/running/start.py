"""What the log says of a start: what is waited for, and what is not well."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.check import Check, Mark, Occasion, worst
from bot.running.stopping import rest

_PATIENCE = 15.0
"""Longest wait in seconds between two looks at a Redis that is away."""


async def tell_what_is_not_well(checks: Sequence[Check], stopping: asyncio.Event) -> None:
    """A line for each check that is not well; Redis is waited for, a line for each try."""
    failed = set[str]()
    for check in (check for check in checks if Occasion.START in check.on):
        if check.name == "redis":
            await _until_reached(check, stopping)
        elif check.needs not in failed and await _is_told(check):
            failed.add(check.name)


async def _until_reached(check: Check, stopping: asyncio.Event) -> None:
    wait = 1.0
    while not stopping.is_set():
        answers = await check.answers()
        if worst(answers) is not Mark.WRONG:
            return
        structlog.get_logger().warning(
            "redis_not_reached_yet", reason=answers[0].says, retry_in=wait
        )
        await rest(stopping, wait)
        wait = min(wait * 2, _PATIENCE)


async def _is_told(check: Check) -> bool:
    """Ask it, and tell what is not well; whether it is."""
    answers = [answer for answer in await check.answers() if answer.mark is not Mark.OK]
    for answer in answers:
        structlog.get_logger().warning(
            "not_well",
            check=check.name,
            state=answer.mark.name.lower(),
            says=f"{check.title}: {answer.says}",
            means=check.means,
            do=answer.do or check.do,
        )
    return bool(answers)
