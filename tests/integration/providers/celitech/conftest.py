"""A client of Celitech, against its sandbox or against a server without manners."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.providers.celitech import Celitech
from bot.providers.limits import CallLimits
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.wire.rude_server import Behaviour, answers
from tests.support.clock import ManualClock

CLIENT = "CLIENT0123"
SECRET = "SECRET0123"
TOKEN_TEXT = "TOKEN0123"
CODE = "CODE0123"
"""An activation code."""
TOKEN = answers("200 OK", json.dumps({"access_token": TOKEN_TEXT, "expires_in": 3600}).encode())
"""What a server answers that is asked for a token."""

OpenCelitech = Callable[..., Celitech]


def gives(body: Any, status: str = "200 OK", *headers: str) -> Behaviour:
    """Answer with this JSON."""
    return answers(status, json.dumps(body).encode(), *headers)


@pytest.fixture
async def seller(clock: ManualClock) -> AsyncIterator[CelitechSandbox]:
    """Start an account at Celitech on this machine."""
    seller = await CelitechSandbox.start(now=clock.time, sleep=clock.sleep)
    yield seller
    await seller.stop()


@pytest.fixture
async def open_celitech(clock: ManualClock) -> AsyncIterator[OpenCelitech]:
    """Open clients of one address for both; further arguments are parts of their limits."""
    opened: list[Celitech] = []

    def make(url: str, auth_url: str = "", **changes: Any) -> Celitech:
        opened.append(
            Celitech(
                CLIENT,
                SECRET,
                clock,
                api_url=url,
                auth_url=auth_url or url,
                limits=CallLimits(**changes),
            )
        )
        return opened[-1]

    yield make
    for celitech in opened:
        await celitech.close()


@pytest.fixture
async def celitech(seller: CelitechSandbox, clock: ManualClock) -> AsyncIterator[Celitech]:
    """Open a client of the sandbox, with the limits of production."""
    celitech = Celitech(
        seller.client_id,
        seller.client_secret,
        clock,
        api_url=seller.url,
        auth_url=seller.auth_url,
    )
    yield celitech
    await celitech.close()
