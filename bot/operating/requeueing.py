"""`esim-bot requeue`: the running bot looks at an order now; nothing is sent from here."""

from datetime import datetime

from bot.domain.events import OrderState
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
        say(f"Order {order.id} ({state_in_words(order.state)}) {_report(requeued, now)}")
        return
    raise Conflict


def _report(order: Order, now: datetime) -> str:
    if order.due_at is None:
        return "is noted: nothing was ever sent for it, so nothing is looked at."
    if order.attempt_is_open:
        return "is noted, and looked at as soon as its call has an answer, or its lease ends."
    if order.due_at <= now:
        return "is noted: the bot looks at it now."
    why = "its card can be answered until then"
    if order.state is not OrderState.AWAITING_APPROVAL:
        why = "what its last call sold would not be listed sooner"
    return f"is noted, and looked at at {shown(order.due_at)}: {why}."
