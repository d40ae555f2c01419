"""Each provider in turn, before its far side: every test of this folder holds for all of them."""

from collections.abc import AsyncIterator, Iterator

import pytest
import stamina

from bot.providers.base import Provider
from tests.contract.sides.celitech_side import CelitechSide
from tests.contract.sides.kiosk_side import KioskSide
from tests.contract.sides.side import Side
from tests.contract.sides.telnyx_side import TelnyxSide
from tests.support.clock import ManualClock

SIDES: dict[str, type[Side]] = {
    "telnyx": TelnyxSide,
    "celitech": CelitechSide,
    "kiosk": KioskSide,
}
"""By the name of the provider."""


@pytest.fixture(params=SIDES)
async def side(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Side]:
    """Start the far side of one provider."""
    async with SIDES[request.param].begin(clock) as begun:
        yield begun


@pytest.fixture
async def provider(side: Side) -> AsyncIterator[Provider]:
    """Open a client of it."""
    opened = side.provider()
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def _no_backoff() -> Iterator[None]:
    """Let retries of looks follow each other at once, as many as in production."""
    with stamina.set_testing(True, attempts=99, cap=True):
        yield
