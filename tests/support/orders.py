"""Orders in any state, reached only through real transitions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.catalogue.money import Quote
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Requirement
from bot.domain.purchase.outcome import Bought
from bot.domain.purchase.sim import ProviderError, Sim
from bot.domain.terms import Terms
from bot.providers.telnyx.form import Prices
from bot.store.keys import Keys
from tests.support.clock import NEW_YEAR
from tests.support.order_steps import answered, bring, now_of, started
from tests.support.requests import a_request

T0 = NEW_YEAR
"""When orders are placed unless a test says otherwise: where a `ManualClock` starts."""
ORDER_ID = "7K2M9QXA"
TEAM = "T0SANDBOX00"
"""The workspace of the sandbox."""
KEYS = Keys(TEAM)
ANA = "U0ANA"
"""Asks for eSIMs."""
BEN = "U0BEN"
"""Approves them."""
OPS = "C0OPS"
"""The channel with the card."""
_ALL_BUT = {OrderState.PURCHASED: 0, OrderState.PARTLY_PURCHASED: 1}
"""By state, how many eSIMs are missing; in other states nothing has been bought yet."""


def some_sims(count: int, first: int = 1) -> tuple[Sim, ...]:
    """`count` different SIM cards, numbered from `first`: the same numbers, the same cards."""
    return tuple(_sim(number) for number in range(first, first + count))


def _sim(number: int) -> Sim:
    iccid, provider_id = f"89310410106543{number:06d}", f"sim-{number}"
    fields: dict[str, Any] = {"id": provider_id, "iccid": iccid, "status": "standby"}
    return Sim(iccid=iccid, provider_id=provider_id, status="standby", fields=fields)


def terms(**changes: Any) -> Terms:
    """Terms of an order: an hour to approve, 100 a call, 3 look-ups, 2 new tries."""
    usual: dict[str, Any] = {
        "approval_expires": 3600.0,
        "batch_size": 100,
        "lookup_delays": (10.0, 30.0, 90.0),
        "send_delays": (5.0, 20.0),
    }
    return Terms.model_validate(usual | changes)


def an_order(  # noqa: PLR0913 - each of these is what some test is about
    amount: int = 3,
    *,
    state: OrderState = OrderState.AWAITING_APPROVAL,
    sims: Sequence[Sim] | None = None,
    errors: Sequence[ProviderError] = (),
    requester: str = ANA,
    approver: str = BEN,
    channel: str = OPS,
    order_id: str = ORDER_ID,
    provider: str = "telnyx",
    at: datetime = T0,
    under: Terms | None = None,
    quote: Quote | None = None,
    quorum: int = 1,
    **parts: Any,
) -> Order:
    """An order placed at `at` by `requester` that has come to `state`, a step a second.

    `sims` are what it has bought (by default what the state suggests: all of them, all but
    one, or none), `errors` what the provider said, `under` its terms, `quote` its price, and
    `parts` the rest of the request (`tags`, `note`, `whitelabel_name`, …). A state that can't be
    reached with these SIM cards is an AssertionError.
    """
    request = a_request(amount, **parts).model_copy(update={"provider": provider})
    placed = Order.place(
        order_id,
        request,
        workspace=TEAM,
        requester=requester,
        channel=channel,
        terms=under or terms(),
        quote=quote or Prices().quote(a_request(amount, **parts)),
        requirement=Requirement(quorum=quorum, approvers=(approver,)),
        at=at,
    )
    wanted = _usual_sims(amount, state) if sims is None else tuple(sims)
    order = bring(placed, state, approver, wanted, tuple(errors))
    assert order.state is state, f"these parts lead to {order.state}, not to {state}"
    assert len(order.sims) == len(wanted), "these SIM cards do not fit into this order's calls"
    return order


def _usual_sims(amount: int, state: OrderState) -> tuple[Sim, ...]:
    return some_sims(amount - _ALL_BUT.get(state, amount))


def a_purchase(calls: int) -> list[Order]:
    """An order that is bought in so many calls of fifty, after each of its steps."""
    placed = an_order(50 * calls, under=terms(batch_size=50))
    steps, sims = [placed, placed.approve(BEN, now_of(placed))], some_sims(50 * calls)
    for call in range(calls):
        steps.append(started(steps[-1]))
        bought = Bought(sims=sims[50 * call : 50 * (call + 1)])
        steps.append(answered(steps[-1], bought))
    return steps
