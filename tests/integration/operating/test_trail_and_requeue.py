"""`esim-bot audit` and `esim-bot requeue`."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import Event, OrderState
from bot.errors import Conflict
from bot.store.connection import connect
from bot.store.orders import OrderStore
from tests.integration.store.samples import life, member, order_ids, scores
from tests.support.orders import KEYS, ORDER_ID, an_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.orders import Change
    from tests.integration.operating.operator import Operator


def test_the_trail(operator: Operator) -> None:
    """Every step of every order, oldest first: who did what."""
    lives = [life(order_id)[:2] for order_id in order_ids(2)]
    for steps in lives:
        operator.has(steps)
    lines = operator.reads("audit")
    assert [(line["order"], line["event"], line["version"]) for line in lines] == [
        (steps[0].id, event, version)
        for steps in lives
        for version, event in enumerate(("placed", "approved"), 1)
    ]
    title, *rows = operator.types("audit").stdout.splitlines()
    assert title.split() == ["at", "order", "step", "event", "state", "by", "detail"]
    assert len(rows) == 4


def test_the_trail_of_one_order(operator: Operator) -> None:
    """Only its own steps, in the form of all."""
    lives = [life(order_id) for order_id in order_ids(2)]
    for steps in lives:
        operator.has(steps)
    lines = operator.reads("audit", lives[1][0].id)
    assert [line["event"] for line in lines] == [entry.event for entry in lives[1][-1].history]


def test_the_trail_from_a_time_on(operator: Operator) -> None:
    """What is older is left out."""
    one, two = order_ids(2)
    now = datetime.now(UTC)
    for order_id, ago in ((one, 30), (two, 1)):
        operator.has([an_order(order_id=order_id, at=now - timedelta(hours=ago))])
    assert [line["order"] for line in operator.reads("audit", "--since", "2h")] == [two]
    date = (now - timedelta(days=3)).date().isoformat()
    assert [line["order"] for line in operator.reads("audit", "--since", date)] == [one, two]


def test_a_step_by_name(operator: Operator) -> None:
    """The trail says which person on which machine had an order looked at."""
    operator.has(life()[:2])
    result = operator.types("requeue", ORDER_ID)
    assert result.exit_code == 0, result.output
    assert "looks at it now" in result.stdout
    last = operator.reads("audit", ORDER_ID)[-1]
    whoever = f"operator:{getpass.getuser()}@{socket.gethostname()}"
    assert (last["event"], last["by"]) == ("requeued", whoever)


def test_a_user_without_a_name(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run under a number that no list of users has: the number is the name."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)
    operator.has(life()[:2])
    result = operator.types("requeue", ORDER_ID)
    assert result.exit_code == 0, result.output
    whoever = f"operator:{os.getuid()}@{socket.gethostname()}"
    assert operator.reads("audit", ORDER_ID)[-1]["by"] == whoever


def test_a_call_that_takes_long(operator: Operator) -> None:
    """Its lease may have been prolonged: nobody is told that it is looked at now."""
    at = datetime.now(UTC) - timedelta(hours=1)
    operator.has([an_order(at=at), an_order(state=OrderState.PURCHASING, at=at)])
    result = operator.types("requeue", ORDER_ID)
    assert "as soon as its call has an answer, or its lease ends" in result.stdout


def test_an_order_for_which_nothing_was_sent(operator: Operator) -> None:
    """It is noted, and nothing follows."""
    at = datetime.now(UTC)
    operator.has([an_order(at=at), an_order(state=OrderState.DECLINED, at=at)])
    result = operator.types("requeue", ORDER_ID)
    assert "nothing was ever sent for it, so nothing is looked at" in result.stdout


def due_of(operator: Operator) -> float:
    """When the engine will look at the order, in ms."""

    async def asked() -> float:
        assert operator.url is not None
        async with connect(operator.url) as redis:
            return float((await scores(redis, KEYS.agenda))[member()])

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "state", [OrderState.NEEDS_ATTENTION, OrderState.PURCHASED, OrderState.APPROVED]
)
def test_it_is_looked_at_now(operator: Operator, state: OrderState) -> None:
    """Whatever it waits for, also after its end; state, calls and SIM cards stay as they were."""
    at = datetime.now(UTC)
    before = an_order(state=state, at=at)
    operator.has([an_order(at=at), before])
    assert operator.types("requeue", ORDER_ID).exit_code == 0
    after = operator.knows(ORDER_ID)
    assert due_of(operator) <= datetime.now(UTC).timestamp() * 1000
    assert (after.state, after.attempts) == (before.state, before.attempts)
    assert [entry.event for entry in after.history[before.version :]] == [Event.REQUEUED]


@pytest.mark.parametrize(
    "state", [OrderState.AWAITING_APPROVAL, OrderState.PURCHASING, OrderState.IN_DOUBT]
)
def test_what_may_still_be_used_stays(operator: Operator, state: OrderState) -> None:
    """A card does not expire by it; a call keeps its lease, and the looks for it their times."""
    at = datetime.now(UTC) + timedelta(minutes=1)
    before = an_order(state=state, at=at)
    operator.has([an_order(at=at), before])
    result = operator.types("requeue", ORDER_ID)
    assert "is noted, and looked at" in result.stdout
    after = operator.knows(ORDER_ID)
    assert (after.state, after.due_at) == (before.state, before.due_at)


def test_somebody_else_changes_it(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again upon what the order is by then; not for ever."""
    operator.has(life()[:2])
    usual, left = OrderStore.save_together, [2]

    async def overtaken(
        store: OrderStore, changes: Sequence[Change], *rest: Any, **named: Any
    ) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            raise Conflict
        return await usual(store, changes, *rest, **named)

    monkeypatch.setattr(OrderStore, "save_together", overtaken)
    assert operator.types("requeue", ORDER_ID).exit_code == 0
    left[0] = 99
    result = operator.types("requeue", ORDER_ID)
    assert (result.exit_code, "try again" in result.stderr) == (1, True)


def run(operator: Operator, *words: str) -> subprocess.Popen[str]:
    """Start the command as a process."""
    command = [sys.executable, "-m", "bot", *words, "--env-file", str(operator.file)]
    environment = {name: each for name, each in os.environ.items() if name != "REDIS_URL"}
    return subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_a_real_process(operator: Operator) -> None:
    """What is to come is told while it happens; an interruption ends it without a word."""
    placed, approved, *_ = life()
    operator.has([placed])
    with run(operator, "audit", "--follow", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["event"] == "placed"
        operator.store(lambda store: store.save(approved, placed, approved.history[-1].at))
        assert json.loads(process.stdout.readline())["event"] == "approved"
        process.send_signal(2)
        assert process.stderr.read() == ""
        assert process.wait() == 130


def test_whoever_reads_has_seen_enough(operator: Operator) -> None:
    """A closed pipe, as of `head`, ends the command without a word."""
    operator.has(life())
    with run(operator, "audit", "--follow", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        operator.has([an_order(order_id=order_ids(1)[0])])
        assert process.stderr.read() == ""
        assert process.wait() == 0
