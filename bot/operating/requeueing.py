"""`esim-bot requeue`: the running bot looks at an order now; nothing is sent from here."""

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.operating.asking import OperatorAccess
from bot.operating.terminal import say, shown
from bot.slack.words.states import state_of


async def requeue_order(access: OperatorAccess, order_id: str) -> None:
    """Make an order due now, with an entry of who did it. Raises UnknownOrder, Conflict."""
    order = await access.orders.requeue(order_id, access.operator)
    say(f"Order {order.id} ({state_of(order)}) {_report(order)}")


def _report(order: Order) -> str:
    if order.due_at is None:
        return "is noted: nothing was ever sent for it, so nothing is looked at."
    if order.attempt_is_open:
        return "is noted, and looked at as soon as its call has an answer, or its lease ends."
    if order.is_due:
        return "is noted: the bot looks at it now."
    why = "its card can be answered until then"
    if order.state is not OrderState.AWAITING_APPROVAL:
        why = "what its last call sold would not be listed sooner"
    return f"is noted, and looked at at {shown(order.due_at)}: {why}."
