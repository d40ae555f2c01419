"""`esim-bot order`: everything known of one order."""

from collections.abc import Iterator

from bot.domain.order import Order
from bot.domain.policy import Action
from bot.domain.purchase.attempt import Attempt
from bot.operating.asking import OperatorAccess
from bot.operating.terminal import Column, Rows, say, say_json, shown
from bot.operating.trail import COLUMNS, row_of
from bot.slack.mrkdwn import cost
from bot.slack.words.kinds import words_of
from bot.slack.words.states import state_of
from bot.store.orders import AuditLine

_ATTEMPTS = (
    Column("call", 4, least=4),
    Column("reference", 17, least=17),
    Column("asked", 5, least=5),
    Column("outcome", 10),
    Column("started", 20, least=10),
    Column("ended", 20, least=10),
    Column("why", 0, least=14),
)
_SIMS = (Column("call", 4, least=4), Column("ICCID", 22), Column("status", 14), Column("odd", 0))


async def show_order(access: OperatorAccess, order_id: str, *, as_json: bool) -> None:
    """Write the order. Raises UnknownOrder."""
    order = await access.order(order_id, Action.VIEW)
    if as_json:
        say_json(order.model_dump(mode="json"))
        return
    for name, value in _facts(order):
        say(f"{name:<12}{shown(value)}")
    _show_parts(order)


def _facts(order: Order) -> Iterator[tuple[str, object]]:
    yield "order", order.id
    yield "kind", order.kind
    yield "state", f"{order.state} ({state_of(order)})"
    yield "placed", f"{shown(order.created_at)} by {order.placed_by}, for {order.requester}"
    yield "channel", order.channel
    yield "provider", f"{order.provider}, under the tag {order.reference}"
    yield words_of(order).done, f"{order.bought} of {order.request.amount}"
    if order.quote:
        yield "price", cost(order.quote)
    yield "due", order.due_at or "nothing is to be done"
    if order.rest_of:
        yield "rest of", order.rest_of
    if order.rest:
        yield "its rest", order.rest
    for name, value in order.request.options.items():
        yield name, ", ".join(value) if isinstance(value, tuple) else value
    if order.request.note:
        yield "note", order.request.note


def _show_parts(order: Order) -> None:
    if order.attempts:
        say("")
        Rows(*_ATTEMPTS).write([_call(attempt) for attempt in order.attempts])
    sims = [(each.number, sim) for each in order.attempts for sim in each.sims]
    if sims:
        say("")
        rows = [(call, sim.iccid, sim.status, ", ".join(sim.odd)) for call, sim in sims]
        Rows(*_SIMS).write(rows)
    for error in order.errors:
        say(f"error {shown(error.code)}: {shown(error.title)} {shown(error.detail)}")
    say("")
    lines = [AuditLine(order.id, number, one) for number, one in enumerate(order.history, 1)]
    Rows(*COLUMNS).write([row_of(line) for line in lines])


def _call(attempt: Attempt) -> tuple[object, ...]:
    known = (attempt.number, attempt.reference, attempt.quantity, attempt.outcome or "under way")
    return (*known, attempt.started_at, attempt.ended_at, attempt.why)
