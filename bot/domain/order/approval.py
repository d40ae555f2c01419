"""The beginning of an order: it is placed, and somebody decides."""

from datetime import datetime
from typing import Self

from bot.domain.order.facts import BOT, Facts
from bot.domain.request import PurchaseRequest
from bot.domain.state import OrderState
from bot.domain.terms import Terms
from bot.errors import AlreadyDecided, ApprovalExpired, StillChecking


class Approval(Facts):
    """The steps while an order awaits approval, or is checked before that."""

    @classmethod
    def place(  # noqa: PLR0913 - all of these make an order
        cls,
        order_id: str,
        request: PurchaseRequest,
        *,
        provider: str,
        requester: str,
        channel: str,
        terms: Terms,
        at: datetime,
    ) -> Self:
        """Start an order: it waits for approval until its terms' expiry."""
        order = cls(
            id=order_id,
            provider=provider,
            request=request,
            requester=requester,
            channel=channel,
            terms=terms,
            state=OrderState.AWAITING_APPROVAL,
            created_at=at,
            due_at=at,
        )
        return order._moved("placed", requester, order.state, at, due=order.expires_at)

    def approve(self, by: str, at: datetime) -> Self:
        """Let it be bought. Raises AlreadyDecided, ApprovalExpired or StillChecking."""
        self._must_be_up()
        if at >= self.expires_at:
            raise self._expired()
        return self._moved("approved", by, OrderState.APPROVED, at, due=at)

    def decline(self, by: str, at: datetime) -> Self:
        """An approver says no. Raises AlreadyDecided or ApprovalExpired."""
        self._must_await()
        return self._moved("declined", by, OrderState.DECLINED, at)

    def cancel(self, by: str, at: datetime, detail: str = "") -> Self:
        """The requester takes it back, or the bot does. Raises as `decline` does."""
        self._must_await()
        return self._moved("cancelled", by, OrderState.CANCELLED, at, detail=detail)

    def expire(self, at: datetime) -> Self:
        """Nobody decided in time. Raises as `approve` does."""
        self._must_be_up()
        return self._moved("expired", BOT, OrderState.EXPIRED, at)

    def _must_be_up(self) -> None:
        """The card is there: nobody decides for or against what is still being checked."""
        self._must_await()
        if self.state is OrderState.CHECKING:
            raise StillChecking(self.id)

    def _must_await(self) -> None:
        decision = self.decision
        if decision is None:
            return
        if decision.state is OrderState.EXPIRED:
            raise self._expired()
        who = "" if decision.by == BOT else f" by <@{decision.by}>"
        raise AlreadyDecided(f"Order `{self.id}` was already {decision.event}{who}.")

    def _expired(self) -> ApprovalExpired:
        return ApprovalExpired(
            f"Order `{self.id}` waited too long for approval and has expired; nothing was "
            "bought. Send the command again if it is still wanted."
        )
