"""Readiness: whether the bot can work. Asked often; the checks run only at intervals."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bot.check import Answer, Check, Mark, Occasion, worst
from bot.clock import Clock
from bot.errors import StoreError

Facts = Callable[[], Awaitable[Mapping[str, object]]]
"""Further facts for the operator; raises StoreError."""
_FRESH = 1.0
"""Seconds for which one result is given again."""
_QUICK = 0.8
"""Seconds to wait for answers: supervisors usually wait for one second."""


class _Seen(NamedTuple):
    answers: Sequence[Answer]
    at: float


class _Since(NamedTuple):
    mark: Mark
    at: datetime


class Readiness:
    """Runs the quick checks; one run answers all who ask at the same time.

    A slow check goes on in the background; meanwhile its last answer is shown, until it is too old.
    """

    def __init__(self, checks: Sequence[Check], facts: Facts, clock: Clock) -> None:
        self._checks = [check for check in checks if Occasion.READINESS in check.on]
        self._facts = facts
        self._clock = clock
        self._seen: dict[str, _Seen] = {}
        self._since: dict[str, _Since] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._last: Mapping[str, Any] = {}
        self._looked = float("-inf")
        self._looking: asyncio.Task[Mapping[str, Any]] | None = None

    async def now(self) -> Mapping[str, Any]:
        """The state, at most a second old: under `ready`, whether the bot can work.

        Under `checks` are the answers, each with its beginning, its meaning and what to do.
        """
        if time.monotonic() - self._looked < _FRESH:
            return self._last
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.look())
        return await asyncio.shield(self._looking)

    async def look(self) -> Mapping[str, Any]:
        """Run the checks now, whatever the last result."""
        asking = [self._start_asking(check) for check in self._checks if self._is_due(check)]
        facts = asyncio.create_task(self._known_facts())
        await asyncio.wait([*asking, facts], timeout=_QUICK)
        answers = {check.name: self._answers_of(check) for check in self._checks}
        mark = worst(answer for each in answers.values() for answer in each)
        self._last = {
            "ready": mark is not Mark.WRONG,
            "checks": [row for check in self._checks for row in self._rows(check, answers)],
            **(facts.result() if facts.done() else {}),
        }
        facts.cancel()
        self._looked = time.monotonic()
        return self._last

    def _is_due(self, check: Check) -> bool:
        """Whether to run it: a good answer holds for a while, a bad one is checked again."""
        seen = self._seen.get(check.name)
        if seen is None or worst(seen.answers) is not Mark.OK or check.believed <= _FRESH:
            return True
        return time.monotonic() - seen.at >= check.believed

    def _start_asking(self, check: Check) -> asyncio.Task[None]:
        task = self._asking.get(check.name)
        if task is None or task.done():
            task = self._asking[check.name] = asyncio.create_task(self._ask(check))
        return task

    async def _ask(self, check: Check) -> None:
        answers = await check.answers()
        self._seen[check.name] = _Seen(answers, time.monotonic())

    def _answers_of(self, check: Check) -> Sequence[Answer]:
        """The last answers; when they are too old, the answer that it is overdue."""
        seen = self._seen.get(check.name)
        if seen is None or time.monotonic() - seen.at > check.believed * 2:
            return [check.overdue]
        return seen.answers

    async def _known_facts(self) -> Mapping[str, object]:
        try:
            return await self._facts()
        except StoreError:
            return {}

    def _rows(
        self, check: Check, answers: Mapping[str, Sequence[Answer]]
    ) -> Iterator[dict[str, str]]:
        mark = worst(answers[check.name])
        since = self._since.get(check.name)
        if since is None or since.mark is not mark:
            since = self._since[check.name] = _Since(mark, self._clock.now())
        return (_row(check, answer, since.at) for answer in answers[check.name])


def _row(check: Check, answer: Answer, since: datetime) -> dict[str, str]:
    row = {
        "check": check.name,
        "asks": check.asks,
        "state": answer.mark.name.lower(),
        "since": since.isoformat(timespec="seconds"),
        "says": f"{check.title}: {answer.says}",
    }
    if answer.mark is Mark.OK:
        return row
    return {**row, "means": check.means, "do": answer.do or check.do}
