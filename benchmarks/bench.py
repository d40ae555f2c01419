"""`make bench`: every figure of docs/speed.md, beside its anchor in the same run.

Words choose rows by how their names begin. Exit code 0 only when every chosen row was measured.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.acknowledging import acknowledgements, starts
from benchmarks.clicking import calls, clicks, flows
from benchmarks.house import CantMeasure, machine
from benchmarks.large import large_orders, names
from benchmarks.memory import memory
from benchmarks.million import very_many
from benchmarks.table import HEAD, NOT_MEASURED, ROWS, Missing, Result, Row, cells, markdown
from benchmarks.trips import trips

_QUICK = 0.1
_STOPPED = 130
"""Exit code of a run that was told to stop."""
_WIDTH = 170
"""Columns of the table where there is no terminal."""


class Measure(NamedTuple):
    """What measures some rows together, within so many seconds; it takes the scale."""

    rows: Sequence[str]
    run: Callable[[float], Awaitable[Mapping[str, Result]]]
    seconds: float


MEASURES = (
    Measure(("ack", "ack-16"), acknowledgements, 300),
    Measure(("click-call", "click-told"), clicks, 300),
    Measure(("orders", "orders-two", "orders-two-cpu"), flows, 900),
    Measure(("calls", "calls-reads"), calls, 200),
    Measure(("trips-command", "trips-click", "trips-told"), trips, 200),
    Measure(("memory-order", "memory-entry", "memory-esim-100", "memory-esim-5"), memory, 500),
    Measure(names(100), partial(large_orders, batch=100), 700),
    Measure(names(5), partial(large_orders, batch=5), 700),
    Measure(("million-ack", "million-list"), very_many, 1500),
    Measure(("start",), starts, 240),
)


def main() -> int:
    """Measure and print; the exit code."""
    options = _options()
    rows = [row for row in ROWS if not options.rows or row.name.startswith(tuple(options.rows))]
    if options.list or not rows:
        sys.stdout.writelines(f"{row.name:16} {row.title}\n" for row in ROWS)
        return 0 if options.list else 2
    try:
        return asyncio.run(_bench(rows, options))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _STOPPED


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows, by how their names begin; else all")
    parser.add_argument("--markdown", action="store_true", help="print it as docs/speed.md has it")
    parser.add_argument("--quick", action="store_true", help="a tenth of it: does it work at all?")
    parser.add_argument("--list", action="store_true", help="print the names of the rows")
    return parser.parse_args()


async def _bench(rows: Sequence[Row], options: argparse.Namespace) -> int:
    if (task := asyncio.current_task()) is not None:  # or the bots would outlive us
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    console = Console(stderr=True, highlight=False)
    on = await machine()
    console.print(on, markup=False)
    results: dict[str, Result] = {}
    chosen = {row.name for row in rows}
    for measure in MEASURES:
        if chosen & set(measure.rows):
            began = time.monotonic()
            console.print(f"{', '.join(measure.rows)} …", markup=False)
            results |= await _measured(measure, _QUICK if options.quick else 1.0)
            console.print(f"  {time.monotonic() - began:.0f} s", markup=False)
    kind = "a quick run: these figures are noise; " if options.quick else ""
    _show(rows, results, f"{kind}{on}", as_markdown=options.markdown)
    missing = [row.name for row in rows if not _is_there(results, row)]
    if missing:
        console.print(f"Not measured: {', '.join(missing)}", markup=False)
    return 1 if missing else 0


async def _measured(measure: Measure, scale: float) -> Mapping[str, Result]:
    """What it measured; for all of its rows the reason, where it could not."""
    try:
        async with asyncio.timeout(measure.seconds) as limit:
            return await measure.run(scale)
    except CantMeasure as reason:
        why = str(reason)
    except Exception as failure:  # noqa: BLE001 - the other rows go on
        late = f"not within {measure.seconds:g} s"
        why = late if limit.expired() else f"{type(failure).__name__}: {failure}"
    return {name: Missing(why) for name in measure.rows}


def _is_there(results: Mapping[str, Result], row: Row) -> bool:
    return not isinstance(results.get(row.name, Missing("")), Missing)


def _show(
    rows: Sequence[Row], results: Mapping[str, Result], on: str, *, as_markdown: bool
) -> None:
    if as_markdown:  # the page has the rest
        sys.stdout.write(f"{on}\n\n{markdown(results, rows)}\n")
        return
    table = Table(*HEAD, title=on, show_lines=True)
    for row in rows:
        table.add_row(*(cell.replace("**", "") for cell in cells(row, results.get(row.name))))
    width = None if sys.stdout.isatty() else _WIDTH
    console = Console(highlight=False, markup=False, width=width)
    console.print(table)
    console.print("Not measured:", *(f"- {each}" for each in NOT_MEASURED), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
