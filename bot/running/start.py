"""The checks of a start: waits for Redis, and logs what is not well."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.check import Check, Mark, Occasion, worst
from bot.running.stopping import pause

_LONGEST_WAIT = 15.0
"""Longest wait in seconds between two tries to reach Redis."""


async def log_failed_checks(checks: Sequence[Check], stopping: asyncio.Event) -> None:
    """Wait for Redis, a line for each try; then log a line for each check that is not well."""
    failed = set[str]()
    for check in (check for check in checks if Occasion.START in check.on):
        if check.name == "redis":
            await _until_reached(check, stopping)
        elif check.needs not in failed and await _log_if_not_well(check):
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
        await pause(stopping, wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def _log_if_not_well(check: Check) -> bool:
    """Run a check and log what is not well; True when something was logged."""
    answers = [answer for answer in await check.answers() if answer.mark is not Mark.OK]
    for answer in answers:
        structlog.get_logger().warning(
            "health_check_failed",
            check=check.name,
            state=answer.mark.name.lower(),
            says=f"{check.title}: {answer.says}",
            means=check.means,
            do=answer.do or check.do,
        )
    return bool(answers)
