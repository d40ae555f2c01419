"""The look-up did not settle it: a person decides."""

from datetime import datetime
from typing import Self

from bot.domain.order.facts import Wish
from bot.domain.order.looks import BUY_AGAIN, Looks
from bot.domain.state import OrderState
from bot.errors import LookFirst, NothingToDecide


class Attention(Looks):
    """The steps that a person makes of an order that needs attention."""

    def look_again(self, by: str, at: datetime) -> Self:
        """Look at the provider's list once more, now. Raises NothingToDecide."""
        self._must_need_attention()
        return self._moved("look_again", by, OrderState.IN_DOUBT, at, due=at)

    def close(self, by: str, at: datetime) -> Self:
        """Somebody has made sure that no more was bought than is known. Raises NothingToDecide."""
        self._must_need_attention()
        return self._ended("closed", at, by=by)

    def buy_again(self, by: str, at: datetime) -> Self:
        """Wish to buy what is missing, though it may be there: the look that follows decides.

        Raises NothingToDecide, and LookFirst while no look has worked since the call was lost.
        """
        self._must_need_attention()
        if not self.remaining:
            raise self._nothing_missing()
        if not self.may_buy_again:
            raise LookFirst(self.id)
        wished = self.model_copy(update={"wish": Wish(by=by, at=at)})
        return wished._moved(BUY_AGAIN, by, OrderState.IN_DOUBT, at, due=at)

    def _nothing_missing(self) -> NothingToDecide:
        return NothingToDecide(
            f"Nothing is missing of order `{self.id}` any more, so I ordered nothing."
        )

    def _must_need_attention(self) -> None:
        if self.state is OrderState.NEEDS_ATTENTION:
            return
        raise NothingToDecide(
            f"Order `{self.id}` needs no decision now: {self.state.words}. I changed nothing."
        )
