"""Who may do what. Every command, click and submission is checked here, by user id.

Nothing configured means nobody.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.domain.money import Quote
from bot.domain.order import Order
from bot.domain.request import PurchaseRequest
from bot.errors import AmountOverLimit, NotAllowed


class Decision(StrEnum):
    """What a person can do to an order that awaits approval."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"


class Policy(BaseModel):
    """The rules in force."""

    model_config = ConfigDict(frozen=True)

    approvers: tuple[str, ...] = ()
    """Slack user ids that may approve and decline; empty: nobody."""
    self_approval_limit: int = 0
    """eSIMs up to which an approver may approve their own order."""
    largest_amount: int = 1000
    """eSIMs in one order."""

    def requirement(self, request: PurchaseRequest, quote: Quote) -> None:  # noqa: ARG002
        """Let this be asked for at this price. Raises AmountOverLimit."""
        if request.amount > self.largest_amount:
            raise AmountOverLimit(self.largest_amount)

    def authorise_approval(self, user: str, order: Order) -> None:
        """Let this person approve this order, or raise NotAllowed with the reason."""
        if user not in self.approvers:
            raise NotAllowed(f"You may not approve orders, so nothing changed. {self._who(user)}")
        if user in order.askers and order.request.amount > self.self_approval_limit:
            raise NotAllowed(
                f"This is your own order, and {self._own()}; nothing changed. {self._who(user)}"
            )

    def authorise_cancel(self, user: str, order: Order) -> Decision:
        """What Cancel means from this person: their own order is cancelled, another's declined.

        Raises NotAllowed with the reason.
        """
        if user in order.askers:
            return Decision.CANCEL
        if user in self.approvers:
            return Decision.DECLINE
        raise NotAllowed(
            f"Only <@{order.requester}>, who asked for it, or an approver may cancel this "
            "order; nothing changed."
        )

    def authorise_attention(self, user: str, order: Order) -> None:
        """Let this person decide about an order that needs attention, or raise NotAllowed."""
        if user not in self.approvers:
            raise NotAllowed(
                f"Only an approver may decide this for order `{order.id}`; nothing changed. "
                f"{self._who(user)}"
            )

    def authorise_rest(self, user: str, order: Order) -> None:
        """Let this person order what this order fell short of, or raise NotAllowed."""
        if user != order.requester and user not in self.approvers:
            raise NotAllowed(
                f"Only <@{order.requester}>, who asked for order `{order.id}`, or an approver may "
                "order what is missing of it; nothing was ordered."
            )

    def authorise_view(self, user: str, channel: str, order: Order) -> None:
        """Let this person see this order from this channel, or raise NotAllowed.

        ICCIDs of a private channel stay with its members, the requester and the approvers.
        """
        if channel != order.channel and user != order.requester and user not in self.approvers:
            raise NotAllowed(
                f"Order `{order.id}` belongs to another channel. Ask there, or ask "
                f"<@{order.requester}>, whose order it is."
            )

    def _own(self) -> str:
        if not self.self_approval_limit:
            return "somebody else must approve it"
        return (
            f"it is larger than you may approve for yourself (at most {self.self_approval_limit})"
        )

    def _who(self, but: str) -> str:
        others = [f"<@{user}>" for user in self.approvers if user != but]
        if others:
            return f"Ask {' or '.join(others[:5])}."
        nobody = "Nobody else" if but in self.approvers else "Nobody"
        return f"{nobody} is an approver yet: whoever runs me sets `ESIM_APPROVERS`."
