"""`esim-bot requeue`: the running bot looks at an order now; nothing is sent from here."""

from bot.domain.order import Order
from bot.domain.policy import Action
from bot.errors import Conflict
from bot.operating.asking import OperatorAccess
from bot.operating.terminal import say, shown
from bot.slack.words.states import state_in_words

_TRIES = 5
"""Tries when others change the order at the same moment."""


async def requeue_order(access: OperatorAccess, order_id: str) -> None:
    """Make an order due now, with an entry of who did it. Raises NothingFound, Conflict."""
    for _ in range(_TRIES):
        order, now = await access.order(order_id, Action.REQUEUE), access.clock.now()
        requeued = order.requeue(access.operator.id, now)
        try:
            await access.store.save(requeued, order, now)
        except Conflict:
            continue
        say(_report(requeued, waits=requeued.due_at is not None and requeued.due_at > now))
        return
    raise Conflict


def _report(order: Order, *, waits: bool) -> str:
    which = f"Order {order.id} ({state_in_words(order.state)})"
    if not waits:
        return f"{which}: the bot looks at it now."
    return (
        f"{which} is noted, and looked at at {shown(order.due_at)}: "
        "until then its card can be answered, or its call may be under way."
    )
