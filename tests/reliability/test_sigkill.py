"""SIGKILL for real: two `esim-bot run` on one Redis, killed while orders flow through them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.drill.drill import Drill, Plan
from tests.support.drill.mishaps import Rates
from tests.support.drill.server import Server
from tests.support.harness.thoroughness import thorough

PLAN = Plan(
    orders=thorough(16, 40),
    seed=7,
    rates=Rates(
        lost=6, failed=3, refused=3, short=3, busy=3, lagging=2, slack_dropped=8, slack_busy=4
    ),
    kill_every=(0.2, 0.6),
    at_once=12,
    desks=12,
    provider_seconds=0.8,
    kills=thorough(5, 12),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A Redis that no other test uses: it outlives the bots."""
    server = Server.start(tmp_path / "redis")
    yield server
    server.stop()


@pytest.mark.timeout(
    thorough(150, 600)
)  # usually 20 s; it runs on the real clock, also on a busy machine
async def test_bots_are_killed_while_orders_flow(server: Server, tmp_path: Path) -> None:
    """Nothing is bought twice, lost, stuck or said twice, whichever bot dies at whatever moment.

    Both providers are bought from, at prices that change; a fifth of the orders meet a fault of
    theirs, and some of Slack.
    """
    async with Drill.set_up(PLAN, server, tmp_path) as drill:
        balance = await drill.run()
    assert drill.fleet.kills >= 3
    assert sum(drill.mishaps.counts.values()) >= 5
    assert balance.orders.total() >= PLAN.orders
    assert (balance.twice, balance.lost, balance.stuck, balance.other) == ([], [], [], [])
    assert balance.told == balance.sold > 0
    sys.stdout.write(f"{drill.searched}\n")
    assert drill.searched.endswith(" 0 found")
    assert drill.people.presses["Send"] > 0
    assert drill.books.telnyx.ledger.sims
    assert drill.books.celitech.ledger.purchases
