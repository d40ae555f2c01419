"""`esim-bot requeue`: the running bot looks at an order now; nothing is sent from here."""

import getpass
import socket

from bot.domain.order import Order
from bot.errors import Conflict
from bot.operating.asking import Memory, NotThere
from bot.operating.terminal import say, shown
from bot.slack.words.states import state_in_words

_TRIES = 5
"""Times that it is asked again when somebody changes the order at the same moment."""


def operator_id() -> str:
    """Whoever runs the command, as the audit trail names them."""
    return f"operator:{getpass.getuser()}@{socket.gethostname()}"


async def have_looked_at(memory: Memory, order_id: str) -> None:
    """Make it due, and note who did. Raises NotThere, Conflict."""
    for _ in range(_TRIES):
        order = await memory.store.load(order_id)
        if order is None:
            raise NotThere(
                f"There is no order {order_id!r}: esim-bot orders lists those there are."
            )
        now = memory.clock.now()
        requeued = order.requeue(operator_id(), now)
        try:
            await memory.store.save(requeued, order, now)
        except Conflict:
            continue
        say(_told(requeued, waits=requeued.due_at is not None and requeued.due_at > now))
        return
    raise Conflict


def _told(order: Order, *, waits: bool) -> str:
    if not waits:
        return f"Order {order.id} ({state_in_words(order.state)}): the bot looks at it now."
    return (
        f"Order {order.id} ({state_in_words(order.state)}) is noted, and looked at at {shown(order.due_at)}: "
        "until then its card can be answered, or its call may be under way."
    )
