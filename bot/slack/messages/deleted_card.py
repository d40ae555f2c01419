"""What the requester is told when somebody deleted the card of an order that is still open."""

from bot.domain.order import Order
from bot.slack.message import Message, rendered, section


def reposted(order: Order, link: str) -> Message:
    """The direct message that the card is up again; `link` goes to it."""
    text = (
        f":bell: Somebody deleted the card of your order `{order.id}` in <#{order.channel}>. "
        f"The order stands as it was: I posted <{link}|its card> again."
    )
    fallback = f"The card of your order {order.id} was deleted; it is up again"
    return Message(order.requester, fallback, rendered(section(text)))
