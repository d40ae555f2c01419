"""Orders of every kind from a provider that names its own prices, reached by real steps."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Fact, Offer
from bot.domain.events import OrderState
from bot.domain.form import Column, Field, FieldKind, Form, Forms
from bot.domain.order import Order
from bot.domain.policy import Requirement
from bot.domain.purchase.outcome import Bought, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Sim
from bot.domain.request import OrderKind, PurchaseRequest, Value
from tests.support.order_steps import LOST, answered, looked, now_of, started
from tests.support.orders import ANA, BEN, OPS, ORDER_ID, T0, TEAM, terms
from tests.support.requests import FORM as TELNYX

ICCID = "8988247000000000017"
PURCHASE = "p-4973fa15"
NO = ProviderError(code="7", title="No", detail="Not this.")
KEY_LIFE = timedelta(days=3)


def _word(name: str, word: str, example: str) -> Field:
    return Field(
        name=name,
        words=(word,),
        label=name.capitalize(),
        kind=FieldKind.WORD,
        example=example,
    )


_DATA, _DAYS = _word("data", "data", "5GB"), _word("days", "days", "7")
_START, _END = _word("start", "start", "2026-12-01"), _word("end", "end", "2026-12-15")
_SIM = _word("iccid", "iccid", ICCID)


def _form(kind: OrderKind, verb: str, *fields: Field, subject: str, caution: str = "") -> Form:
    return Form(
        provider="celitech",
        title="Celitech",
        fields=fields,
        most_per_call=1,
        verb=verb,
        kind=kind,
        subject=subject,
        caution=caution,
    )


FORM = Form(
    provider="celitech",
    title="Celitech",
    fields=(
        Field(
            name="destination",
            words=("to",),
            label="Destination",
            kind=FieldKind.TEXT,
            example="France",
        ),
        _DATA,
        _DAYS,
        _START,
        _END,
    ),
    most_per_call=5,
    columns=(Column("purchase", 12, lambda sim: sim.fields.get("id")),),
    others=(
        _form(OrderKind.TOP_UP, "topup", _SIM, _DATA, _DAYS, _START, _END, subject="iccid"),
        _form(
            OrderKind.EDIT,
            "edit",
            _word("purchase", "id", PURCHASE),
            _START,
            _END,
            subject="purchase",
        ),
        _form(
            OrderKind.SUSPENSION,
            "suspend",
            _SIM,
            subject="iccid",
            caution="It ends all of its packages for good, and nothing is refunded.",
        ),
    ),
)
FORMS: Forms = {TELNYX.provider: TELNYX, FORM.provider: FORM}
OPTIONS: Mapping[OrderKind, Mapping[str, Value]] = {
    OrderKind.PURCHASE: {"destination": "France", "data": "5GB", "days": "7"},
    OrderKind.TOP_UP: {"iccid": ICCID, "data": "5GB", "days": "7"},
    OrderKind.EDIT: {"purchase": PURCHASE, "start": "2026-12-01", "end": "2026-12-15"},
    OrderKind.SUSPENSION: {"iccid": ICCID},
}
FREE = {OrderKind.EDIT, OrderKind.SUSPENSION}
FACTS = (
    Fact(label="Validity", value="7 days"),
    Fact(label="Works in", value="France, Monaco"),
)


def firm(cents: int) -> Quote:
    """The provider's own price."""
    return Quote(once=Money(cents=cents, currency="USD"), firm=True)


def offer(cents: int, **parts: object) -> Offer:
    """What is sold for this price."""
    return Offer.model_validate({"quote": firm(cents), "facts": FACTS, **parts})


def asked(
    kind: OrderKind = OrderKind.PURCHASE, amount: int = 1, batch: int = 5, **options: Value
) -> Order:
    """An order whose price is being asked; `options` in place of the usual ones."""
    given = options or OPTIONS[kind]
    request = PurchaseRequest(
        kind=kind,
        provider="celitech",
        amount=amount,
        options=given,
        chosen=("from", *given) if kind is OrderKind.PURCHASE else tuple(given),
    )
    return Order.place(
        ORDER_ID,
        request,
        workspace=TEAM,
        requester=ANA,
        channel=OPS,
        terms=terms(batch_size=batch),
        quote=None,
        requirement=Requirement(),
        at=T0,
    )


def up(kind: OrderKind = OrderKind.PURCHASE, amount: int = 1, cents: int = 900) -> Order:
    """The same, when people may decide."""
    order, price = asked(kind, amount), 0 if kind in FREE else cents
    return order.offered(offer(price), Requirement(approvers=(BEN,)), now_of(order))


def approved(kind: OrderKind = OrderKind.PURCHASE, amount: int = 1, cents: int = 900) -> Order:
    """The same, approved."""
    order = up(kind, amount, cents)
    return order.approve(BEN, now_of(order))


def sent(order: Order) -> Order:
    """The next call is under way, under a key that lives for three days."""
    begun = started(order)
    until = begun.history[-1].at + KEY_LIFE
    return begun.prepared("{}", until, shares_tag=False)


def in_doubt(kind: OrderKind = OrderKind.PURCHASE, amount: int = 1) -> Order:
    """The answer to its call was lost."""
    return answered(sent(approved(kind, amount)), Unknown(why=LOST))


def stuck(kind: OrderKind = OrderKind.PURCHASE, amount: int = 1) -> Order:
    """A person must decide: looks that worked have shown nothing."""
    order = in_doubt(kind, amount)
    while order.state is OrderState.IN_DOUBT:
        order = looked(order, ())
    return order


def sold(order: Order) -> Order:
    """Its call was answered: all of it is done."""
    last = order.attempts[-1].quantity
    numbers = range(order.bought, order.bought + last)
    sims = [
        Sim(
            iccid=f"{ICCID[:-2]}{number:02}",
            provider_id=f"p-{number}",
            fields={"id": f"p-{number}"},
        )
        for number in numbers
    ]
    return answered(order, Bought(sims=tuple(sims)))


def in_state(kind: OrderKind, state: OrderState) -> Order:
    """An order of this kind in this state."""
    waiting, sending = up(kind), sent(approved(kind))
    orders = {
        OrderState.CHECKING: asked(kind),
        OrderState.AWAITING_APPROVAL: waiting,
        OrderState.DECLINED: waiting.decline(BEN, now_of(waiting)),
        OrderState.CANCELLED: waiting.cancel(ANA, now_of(waiting)),
        OrderState.EXPIRED: waiting.expire(waiting.expires_at),
        OrderState.APPROVED: approved(kind),
        OrderState.PURCHASING: sending,
        OrderState.IN_DOUBT: in_doubt(kind),
        OrderState.NEEDS_ATTENTION: stuck(kind),
        OrderState.REFUSED: answered(sending, Refused(errors=(NO,))),
        OrderState.PURCHASED: sold(sending),
    }
    return orders[state]
