"""The checks of Redis: whether it can be reached and written to, and whether it may lose data."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.check import Answer, Check, Mark, Occasion, well
from bot.errors import EmbeddedServerError, StoreError
from bot.reasons import reason_of

_Told = TypeVar("_Told")
_MOST_APART = 2.0
"""Seconds that two clocks may differ before anybody needs to know."""
_MEANS = "Nothing new begins: commands are answered with that, and nothing is bought."


@dataclass(frozen=True)
class RedisProbe:
    """The questions that the checks ask a Redis; each raises StoreError."""

    write: Callable[[], Awaitable[None]]
    """Write as the work does, without changing anything."""
    missing_rights: Callable[[], Awaitable[Sequence[str]]]
    """What the work needs and its user may not do, in the server's own words."""
    durability: Callable[[], Awaitable[Sequence[str]]]
    """What may make it lose orders: a sentence each, with what to set."""
    seconds_apart: Callable[[], Awaitable[float]]
    """How much its clock and this machine's differ."""


def redis_checks(probe: RedisProbe) -> Iterator[Check]:
    """The checks of a Redis."""
    yield _reach(probe)
    yield _rights(probe)
    yield _forgets(probe)
    yield _clock(probe)


def embedded_check(binary: Callable[[], str]) -> Check:
    """Whether there is a server that the bot can start for itself."""

    async def ask() -> Sequence[Answer]:
        try:
            return well(f"REDIS_URL is not set, so the bot starts its own ({binary()}).")
        except EmbeddedServerError as failure:
            return [Answer(Mark.WRONG, str(failure))]

    return Check(
        name="redis",
        title="Redis",
        asks="Is there a server program that the bot can start on its data folder?",
        means="",
        do="",
        ask=ask,
        on=Occasion.DOCTOR,
    )


def _reach(probe: RedisProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        try:
            await probe.write()
        except StoreError as failure:
            why = reason_of(failure)
            return [Answer(Mark.WRONG, f"can't be reached or takes no writes ({why}).")]
        return well("can be reached, and takes writes.")

    return Check(
        name="redis",
        title="Redis",
        asks="Does Redis answer, and take the writes that the work makes?",
        means=_MEANS,
        do="Mend what stands in brackets, or REDIS_URL; the bot goes on by itself.",
        ask=ask,
    )


def _rights(probe: RedisProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        missing = await _unless_away(probe.missing_rights)
        if missing is None:
            return []
        if missing:
            return [Answer(Mark.WRONG, f"a right is missing: {'; '.join(missing)}.")]
        return well("the user has every right that the work needs.")

    return Check(
        name="redis_rights",
        title="Redis rights",
        asks="May the user run the very scripts and commands that the work runs?",
        means=_MEANS,
        do="Give the user that right (ACL SETUSER), or another user in REDIS_URL.",
        ask=ask,
        needs="redis",
        believed=30,
        late=Mark.WARN,
    )


def _forgets(probe: RedisProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        warnings = await _unless_away(probe.durability)
        if warnings is None:
            return []
        if warnings:
            return [Answer(Mark.WARN, warning) for warning in warnings]
        return well("is set up to forget nothing.")

    return Check(
        name="redis_durability",
        title="Redis",
        asks="Do the settings of Redis bring each write to the disk, and throw nothing away?",
        means="",
        do="",
        ask=ask,
        needs="redis",
        on=Occasion.START | Occasion.DOCTOR,
    )


def _clock(probe: RedisProbe) -> Check:
    async def ask() -> Sequence[Answer]:
        apart = await _unless_away(probe.seconds_apart)
        if apart is None:
            return []
        if abs(apart) > _MOST_APART:
            return [Answer(Mark.WARN, f"Redis and this machine differ by {abs(apart):.0f} s.")]
        return well("Redis and this machine tell the same time.")

    return Check(
        name="clock",
        title="Clock",
        asks="Do this machine and Redis tell the same time?",
        means="Cards may expire, and Slack's requests be refused, at the wrong moment.",
        do="Let both get their time from the network (NTP).",
        ask=ask,
        needs="redis",
        on=Occasion.START | Occasion.DOCTOR,
    )


async def _unless_away(question: Callable[[], Awaitable[_Told]]) -> _Told | None:
    """The answer; None when Redis is away, as the check `redis` already says that."""
    try:
        return await question()
    except StoreError:
        return None
