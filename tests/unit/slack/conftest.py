"""A pacer, and the clock that it goes by."""

import pytest

from bot.slack.delivery.pacing import Pacer
from tests.unit.slack.pacing.line import Ticker


@pytest.fixture
def clock() -> Ticker:
    """Make a clock that stands still."""
    return Ticker()


@pytest.fixture
def pacer(clock: Ticker) -> Pacer:
    """Pace by that clock."""
    return Pacer(clock)
