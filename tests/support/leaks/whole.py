"""The search of a whole run: every secret ever issued, every place where one could stand."""

import io
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.domain.terms import Terms
from bot.operating.asking import OperatorAccess
from bot.operating.one_order import show_order
from bot.operating.order_list import Wanted, list_orders
from bot.operating.trail import show_audit
from bot.store.orders import Audit, OrderStore
from sandbox.slack import SlackSandbox
from tests.support.leaks.issued import Seller, issued, may_have, revealed, secrets_of
from tests.support.leaks.on_slack import on_slack
from tests.support.leaks.places import Place, in_folder, in_lines, in_redis
from tests.support.leaks.search import Findings, Search
from tests.support.orders import KEYS

_TERMS = Terms(approval_expires=1, batch_size=1, lookup_delays=(), send_delays=())
"""The operator places no order."""


@dataclass(frozen=True)
class Run:
    """What a run leaves behind."""

    slack: SlackSandbox
    sellers: Sequence[Seller]
    redis: Redis
    folders: Sequence[Path]
    """Where bots keep what Redis can't take."""
    log: str
    """What they logged."""


async def assert_nothing_leaked(run: Run) -> Findings:
    """Look everywhere; the counts are printed, and come back. Raises AssertionError.

    Whoever is named in a reveal may have the secrets of its eSIMs, in direct messages only.
    """
    findings = await search(run)
    sys.stdout.write(f"{findings.line()}\n")
    assert not findings.found, "\n".join(findings.found)
    return findings


async def search(run: Run) -> Findings:
    """What is found of secrets in everything that this run has left."""
    may = may_have(await revealed(run.redis), secrets_of(*run.sellers))
    return Search.of(issued(*run.sellers), may).through(await _places(run))


async def _places(run: Run) -> Iterable[Place]:
    in_folders = [each for folder in run.folders for each in in_folder(folder)]
    told = [*in_lines("log line", run.log), *await at_the_terminal(run.redis)]
    return [*on_slack(run.slack), *await in_redis(run.redis), *in_folders, *told]


async def at_the_terminal(redis: Redis) -> list[Place]:
    """What `esim-bot orders`, `order` and `audit` tell an operator, as text and as JSON."""
    store, audit = OrderStore(redis, KEYS), Audit(redis, KEYS)
    access = OperatorAccess(store, audit, SystemClock(), _TERMS)
    ids = [str(one) for one in await redis.zrange(KEYS.orders, 0, -1)]
    with redirect_stdout(io.StringIO()) as written:
        for as_json in (False, True):
            await list_orders(access, Wanted(), as_json=as_json)
            await show_audit(access, None, None, follow=False, as_json=as_json)
            for one in ids:
                await show_order(access, one, as_json=as_json)
    return list(in_lines("line of esim-bot", written.getvalue()))
