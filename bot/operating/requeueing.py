"""`esim-bot requeue`: the running bot looks at an order now; nothing is sent from here."""

from datetime import datetime

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Action
from bot.errors import Conflict
from bot.operating.asking import Memory
from bot.operating.terminal import say, shown
from bot.slack.words.states import state_in_words

_TRIES = 5
"""Times that it is asked again when somebody changes the order at the same moment."""


async def have_looked_at(memory: Memory, order_id: str) -> None:
    """Make it due, and note who did. Raises NotThere, Conflict."""
    for _ in range(_TRIES):
        order, now = await memory.order(order_id, Action.REQUEUE), memory.clock.now()
        requeued = order.requeue(memory.operator.id, now)
        try:
            await memory.store.save(requeued, order, now)
        except Conflict:
            continue
        say(f"Order {order.id} ({state_in_words(order.state)}) {_told(requeued, now)}")
        return
    raise Conflict


def _told(order: Order, now: datetime) -> str:
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
