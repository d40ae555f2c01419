"""The rows of the table, what is wanted of each, and how a figure is shown beside its anchor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

BARE = "a bare Bolt listener"
FORTY = "the 40-line bot"
SAME = "the 40-line bot posting the same messages"
ONE = "one process"
SMALL = "the order of 1,000"
EMPTY = "an empty one"
IDLE = "an idle Bolt listener"


@dataclass(frozen=True)
class Row:
    """One figure. `most` and `least` bound it, or its ratio to the anchor where it has one.

    `beside` is an anchor that is only shown: the bound is on the figure itself.
    """

    name: str
    title: str
    unit: str
    most: float | None = None
    least: float | None = None
    anchor: str = ""
    beside: str = ""
    only: str = ""
    """Where the bound holds, in words; empty: everywhere."""

    @property
    def wanted(self) -> str:
        """The bound in words."""
        sign, bound = ("≤", self.most) if self.most is not None else ("≥", self.least)
        number = f"{bound:,g}" if bound != 0 else "0"
        what = (
            f"{number} \N{MULTIPLICATION SIGN} {self.anchor}"
            if self.anchor
            else f"{number} {self.unit}".strip()
        )
        return f"{sign} {what}{self.only and ', '}{self.only}"


@dataclass(frozen=True)
class Figure:
    """What was measured; `anchor` in the same unit. Without `judged`, no bound holds here."""

    value: float
    anchor: float | None = None
    note: str = ""
    judged: bool = True


@dataclass(frozen=True)
class Missing:
    """Why a row has no figure."""

    why: str


Result = Figure | Missing


def _large(batch: int) -> Iterator[Row]:
    """The rows of an order of 10,000 in calls of so many."""
    title, name = f"10,000 eSIMs in calls of {batch}", f"large-{batch}"
    yield Row(f"{name}-time", f"{title}: time an eSIM", "ms", most=1.2, anchor=SMALL)
    yield Row(f"{name}-cpu", f"{title}: CPU an eSIM", "ms", most=1.2, anchor=SMALL)
    yield Row(f"{name}-bytes", f"{title}: bytes written an eSIM", "bytes", most=1.2, anchor=SMALL)
    yield Row(f"{name}-pause", f"{title}: longest pause of the loop", "ms", most=20, beside=IDLE)
    yield Row(f"{name}-growth", f"{title}: growth of memory", "MB", most=60, beside=SMALL)


_COMMAND = "`/esim buy` → 200 with the order committed"
_FLOW = "orders a second, approved → told, many channels"
_FEW_CORES = "on fewer than four cores"
ROWS = (
    Row("ack", f"{_COMMAND}, one client, p50", "ms", most=0.15, anchor=BARE),
    Row("ack-16", f"{_COMMAND}, 16 clients", "/s", least=1.0, anchor=BARE),
    Row("click-call", "click → purchase request leaves, p50", "ms", most=3, anchor=FORTY),
    Row(
        "click-told",
        "click → ICCIDs in the thread, p50, provider at 0 ms",
        "ms",
        most=3,
        anchor=FORTY,
    ),
    Row("orders", f"{_FLOW}, one process", "/s", least=0.8, anchor=SAME),
    Row(
        "orders-two",
        f"{_FLOW}, two processes",
        "/s",
        least=1.4,
        anchor=ONE,
        only="on four cores or more",
    ),
    Row(
        "orders-two-cpu",
        "CPU an order, two processes",
        "ms",
        most=1.1,
        anchor=ONE,
        only=_FEW_CORES,
    ),
    Row(
        "calls",
        "Slack calls of an ordinary order, command to told, one notify channel",
        "",
        most=5,
        beside=SAME,
    ),
    Row("calls-reads", "of these, reads", "", most=0, beside=SAME),
    Row("trips-command", "Redis round trips: command until 200 with the order committed", "", 1),
    Row("trips-click", "Redis round trips: click until the call leaves", "", 2),
    Row("trips-told", "Redis round trips: call until told", "", 3),
    Row("memory-order", "memory: an order of 3 without its audit", "bytes", 2000),
    Row("memory-entry", "memory: an audit entry", "bytes", 250),
    Row("memory-esim-100", "memory: an eSIM with its indexes, in calls of 100", "bytes", 120),
    Row("memory-esim-5", "memory: an eSIM with its indexes, in calls of 5", "bytes", 200),
    *_large(100),
    *_large(5),
    Row("million-ack", "1,000,000 orders in Redis: `/esim buy` → 200, p50", "ms", 1.1, None, EMPTY),
    Row("million-list", "1,000,000 orders in Redis: `/esim orders`, p50", "ms", 1.1, None, EMPTY),
    Row("start", "start to ready", "s", most=0.7, beside=BARE),
)
NOT_MEASURED = (
    (
        "Slack, the provider and the way there: all of it is on this machine, over loopback "
        "without TLS, and answers at once. What they take in earnest comes on top, for every bot."
    ),
    "Socket Mode: commands and clicks come over HTTP.",
    (
        "A machine for the bot alone: people, Slack and the provider (one process), Redis and the "
        "bot share the cores. So rates are lower bounds, and a pause may be the system's."
    ),
    (
        "What a second process brings on two cores: there it has no core more than one has, so "
        "the rate is shown and not judged; the CPU of an order is."
    ),
)
"""What the table does not tell, and why."""
HEAD = ("figure", "wanted", "esim-bot", "anchor", "ratio", "met", "remark")
_DIGITS = ((0, 100), (1, 10))
"""Digits behind the point, by the size from which they do."""
_ALIGN = "| --- | --- | ---: | ---: | ---: | --- | --- |"


def cells(row: Row, result: Result | None) -> tuple[str, ...]:
    """A line of the table, one text for each word of HEAD."""
    if result is None:
        return (row.title, row.wanted, "–", "–", "–", "–", "")
    if isinstance(result, Missing):
        return (row.title, row.wanted, "–", "–", "–", "not measured", result.why)
    ratio = _ratio(result)
    shown = f"{ratio:.2f}" if ratio is not None else "–"
    anchor = shown_as(result.anchor, row.unit) if result.anchor is not None else "–"
    remark = "; ".join(filter(None, (row.beside and f"beside {row.beside}", result.note)))
    value = shown_as(result.value, row.unit)
    return (row.title, row.wanted, value, anchor, shown, _verdict(row, result), remark)


def _ratio(result: Figure) -> float | None:
    return result.value / result.anchor if result.anchor else None


def _verdict(row: Row, result: Figure) -> str:
    """Whether the bound holds, by what was measured and not by what is shown of it."""
    if not result.judged:
        return "not asked here"
    compared = _ratio(result) if row.anchor else result.value
    if compared is None:
        return "no anchor"
    met = (row.most is None or compared <= row.most) and (
        row.least is None or compared >= row.least
    )
    return "yes" if met else "**no**"


def shown_as(value: float, unit: str) -> str:
    """A number with three digits that mean something, and its unit."""
    size = abs(value)
    digits = next((digits for digits, least in _DIGITS if size >= least), 2)
    digits = 0 if value == int(value) else digits
    return f"{value:,.{digits}f}{unit if unit.startswith('/') else f' {unit}'}".strip()


def markdown(results: Mapping[str, Result], rows: Sequence[Row] = ROWS) -> str:
    """The table as docs/speed.md has it."""
    lines = [_line(cells(row, results.get(row.name))) for row in rows]
    return "\n".join([_line(HEAD), _ALIGN, *lines])


def _line(texts: Sequence[str]) -> str:
    clean = (" ".join(text.replace("|", "\\|").split()) for text in texts)
    return f"| {' | '.join(clean)} |"
