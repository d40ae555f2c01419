"""One call of Slack's Web API: its time limit, and whose fault it is when it fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import SlackUnavailable
from bot.metrics import Metrics
from bot.slack.web.faults import verdict

TIMEOUT = 10.0
"""Seconds for one call."""
_UNREACHABLE = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    SlackClientError,
    # An answer that is no JSON object, or lacks a part of every Slack answer, is not from Slack.
    ValueError,
    AttributeError,
    KeyError,
    TypeError,
)


class CallLimits(Protocol):
    """Knows how often Slack may be called."""

    def count(self, method: str) -> None:
        """Count a call for which nobody has asked whether it is its turn."""
        ...

    def hold(self, method: str, seconds: float) -> None:
        """Stop calls of this method for so many seconds, as Slack asked."""
        ...


@asynccontextmanager
async def reaching_slack_within(
    seconds: float, metrics: Metrics | None = None
) -> AsyncIterator[None]:
    """Raise each failure of a call as MessageFault, PlaceFault or else SlackUnavailable.

    A call that takes longer than `seconds` raises SlackUnavailable too. `metrics` count the calls
    that Slack refused.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except SlackApiError as failure:
        refusal = verdict(failure)
        if metrics is not None:
            metrics.slack_refused(refusal.error)
        raise refusal from failure
    except _UNREACHABLE as failure:
        raise SlackUnavailable from failure
