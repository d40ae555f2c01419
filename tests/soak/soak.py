"""`make soak`: thousands of orders through bots that are killed, faults on all sides.

ORDERS (10000) and SEED (drawn when left out) come from the environment. The last line is the
balance, with the seed that repeats the run; exit code 1 when it does not balance.
"""

import asyncio
import logging
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.support.drill.balance import Balance
from tests.support.drill.drill import Drill, Plan
from tests.support.drill.mishaps import Rates
from tests.support.drill.server import Server

_SHOWN = 20
"""Problems of a kind that are listed."""
_FEW = 5
"""Stories that are told of what a person was asked needlessly."""


def main() -> int:
    """Run it; the exit code."""
    plan = _plan()
    logging.getLogger("aiohttp.server").addFilter(_is_news)
    console = Console()
    console.print(
        f"{plan.orders} orders, seed {plan.seed}; {plan.told()}", highlight=False, markup=False
    )
    with tempfile.TemporaryDirectory(prefix="esim-soak-") as folder:
        server = Server.start(Path(folder) / "redis")
        try:
            return asyncio.run(_soak(plan, server, Path(folder), console))
        finally:
            server.stop()


def _is_news(record: logging.LogRecord) -> bool:
    """Not that a bot was killed in the middle of a call."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionError))


def _plan() -> Plan:
    return Plan(
        orders=int(os.environ.get("ORDERS") or 10_000),
        seed=int(os.environ.get("SEED") or secrets.randbelow(10**6)),
        rates=Rates(),
        kill_every=(2, 5),
        freeze_every=(10, 30),
        restart_every=(40, 150),
        at_once=80,
        desks=80,
    )


async def _soak(plan: Plan, server: Server, folder: Path, console: Console) -> int:
    began = time.monotonic()
    async with Drill.set_up(plan, server, folder) as drill:
        with _progress(console) as progress:
            bar = progress.add_task("orders", total=plan.orders)
            balance = await drill.run(lambda: progress.advance(bar))
        _list(balance, console)
        _tell_stories(balance, drill, console)
        console.print(_met(drill), highlight=False, markup=False)
        console.print(f"activation codes: {drill.searched}", highlight=False, markup=False)
    seconds = time.monotonic() - began
    figures = f"{balance.line()}; {seconds:.0f} s, {plan.orders / seconds:.1f} orders/s"
    sys.stdout.write(f"{figures}; SEED={plan.seed}\n")
    return 0 if balance.holds else 1


def _tell_stories(balance: Balance, drill: Drill, console: Console) -> None:
    """What happened to the orders with which something is wrong."""
    wrong = " ".join([*balance.twice, *balance.lost, *balance.stuck, *balance.other])
    ids = [order.id for order in drill.accounts.orders if order.id in wrong][:_SHOWN]
    ids += [each.order_id for each in balance.needless[:_FEW]]
    for order_id in ids:
        for line in drill.accounts.story(order_id):
            console.print(line, highlight=False, soft_wrap=True, markup=False)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console)


def _met(drill: Drill) -> str:
    """What happened to everybody."""
    fleet = drill.fleet
    parts = [f"{fleet.kills} bots killed, {fleet.freezes} frozen"]
    parts += [
        ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        for counts in (drill.server.restarts, drill.mishaps.counts, drill.people.presses)
    ]
    return "; ".join(filter(None, parts))


def _list(balance: Balance, console: Console) -> None:
    for name in ("twice", "lost", "stuck", "other"):
        for problem in getattr(balance, name)[:_SHOWN]:
            console.print(f"{name}: {problem}", highlight=False, markup=False)
    for (kind, why), count in balance.decided().most_common():
        console.print(f"a person decided {count}: {kind} ({why})", highlight=False, markup=False)
    for each in balance.needless[:_SHOWN]:
        console.print(
            f"needlessly: {each.order_id}, {each.kind} ({each.why})", highlight=False, markup=False
        )


if __name__ == "__main__":
    sys.exit(main())
