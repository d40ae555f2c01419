"""Nothing of a purchase leaves once its fence is closed, wherever the process was frozen."""

from dataclasses import dataclass

import pytest

from bot.clock import Fence
from bot.domain.purchase.outcome import Bought, NotSent
from bot.providers.base import Provider
from tests.contract.sides.side import Side
from tests.integration.providers.wire.calls import Standing

LOOKS = 3
"""Looks that there must be at least: before all else, before the head, and before the body."""


@dataclass
class Closing(Fence):
    """A fence that is closed from the so many-th look on."""

    looks: int

    @property
    def remaining(self) -> float:
        """Seconds left."""
        self.looks -= 1
        return 60.0 if self.looks >= 0 else -5.0


@pytest.mark.parametrize("left", [0.0, -0.001, -3600.0])
async def test_a_closed_fence(side: Side, provider: Provider, left: float) -> None:
    """The call is too late: it was not sent, and counts as no try."""
    call = await side.call(provider, 1)
    outcome = await provider.purchase(call, Standing(left))
    assert isinstance(outcome, NotSent), outcome
    assert outcome.too_late
    assert not outcome.turned_away
    assert (side.received, side.all_sold) == (0, [])


async def test_a_fence_that_closes_on_the_way(side: Side, provider: Provider) -> None:
    """At each look at it the call ends unsent; only one that saw it open each time is sent."""
    call, looks = await side.call(provider, 1), 0
    while not isinstance(outcome := await provider.purchase(call, Closing(looks)), Bought):
        assert isinstance(outcome, NotSent), outcome
        assert outcome.too_late
        assert (side.received, side.all_sold) == (0, [])
        looks += 1
        assert looks < 20
    assert looks >= LOOKS
    assert (side.received, len(side.all_sold)) == (1, 1)


async def test_a_fence_that_closes_after_the_call(side: Side, provider: Provider) -> None:
    """What has left is waited for: its answer counts."""
    call = await side.call(provider, 1)
    outcome = await provider.purchase(call, Closing(LOOKS + 10))
    assert isinstance(outcome, Bought), outcome
    assert side.received == 1
