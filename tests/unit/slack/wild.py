"""Hypothesis strategies for orders as no sane person would make them."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.domain.events import OrderState
from bot.domain.order import BOT, Order
from bot.domain.purchase.outcome import Bought, NotSent, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.domain.request import NOTE_LIMIT, check_note
from bot.providers.telnyx.form import SimStatus, check_tag
from tests.support.order_steps import answered, looked, now_of, started
from tests.support.orders import BEN, an_order, some_sims
from tests.support.strategies import characters

MARKUP = [
    *("<!channel>", "<!here|x>", "<@U0EVE>", "<#C0EVE|eve>", "<https://evil.example|free>"),
    *("```", "`", "*", "_", "~", "&amp;", "&lt;", ">", "&" * 50, "<" * 50, "x" * 300, "🎉", "\n"),
]
COUNTS = [1, 10, 11, 50, 51, 1000]
"""eSIMs of an order, on both sides of every threshold."""
LONGEST = 3000
WHOLE = {OrderState.PURCHASED}
PARTS = {OrderState.PARTLY_PURCHASED, OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION}

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties: a machine that is busy with something else fails no test."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


def nasty(longest: int = LONGEST) -> st.SearchStrategy[str]:
    """Text with mentions, fences, entities and very long words."""
    pieces = st.lists(st.sampled_from(MARKUP) | characters(), max_size=60)
    return pieces.map(lambda some: "".join(some)[:longest])


def _valid(check: Callable[[str], str], longest: int) -> st.SearchStrategy[str]:
    def is_valid(text: str) -> bool:
        try:
            return bool(check(text))
        except ValueError:
            return False

    return nasty(longest).filter(is_valid).map(check)


def wild_parts() -> st.SearchStrategy[dict[str, Any]]:
    """What may be asked for besides an amount: far too many and far too long."""
    return st.fixed_dictionaries(
        {
            "status": st.sampled_from(SimStatus),
            "status_chosen": st.booleans(),
            "tags": st.lists(_valid(check_tag, LONGEST), max_size=50, unique=True).map(tuple),
            "note": st.none() | _valid(check_note, NOTE_LIMIT) | st.just("&" * NOTE_LIMIT),
            "whitelabel_name": st.none() | st.sampled_from(["Acme", "ß" * LONGEST]),
            "sim_card_group_id": st.none() | st.uuids(),
        }
    )


def wild_errors() -> st.SearchStrategy[tuple[ProviderError, ...]]:
    """Up to thirty errors of a provider that is fond of words."""
    error = st.builds(
        ProviderError,
        code=nasty(),
        title=nasty(),
        detail=nasty(),
        pointer=nasty(),
        remedy=st.sampled_from(Remedy),
    )
    return st.lists(error, min_size=1, max_size=30).map(tuple)


@st.composite
def wild_sims(draw: Draw, count: int, *, named: bool) -> tuple[Sim, ...]:
    """So many different SIM cards; most of their fields are nonsense, some are missing.

    Only of a call in doubt the ICCID may be: it is looked for until it is there.
    """
    text, status = draw(nasty(100)), draw(st.none() | nasty())
    has = st.just(True) if named else st.booleans()
    with_iccid = draw(st.lists(has, min_size=count, max_size=count))
    fields = draw(st.dictionaries(nasty(20), nasty(20) | st.lists(nasty(20)), max_size=3))
    return tuple(
        Sim(
            iccid=f"{number}{text}" if has_iccid else None,
            provider_id=f"{number}{text}",
            status=status,
            fields=fields,
        )
        for number, has_iccid in enumerate(with_iccid)
    )


@st.composite
def wild_orders(draw: Draw) -> Order:
    """An order in any state, every text of it nasty."""
    amount, state = draw(st.sampled_from(COUNTS)), draw(st.sampled_from(OrderState))
    parts, errors = draw(wild_parts()), draw(wild_errors())
    bought = amount if state in WHOLE else amount - 1 if state in PARTS and amount > 1 else 0
    if state is OrderState.PARTLY_PURCHASED and amount == 1:
        state = OrderState.REFUSED
    sims = draw(wild_sims(bought, named=state.is_final or bought >= 100))
    return an_order(amount, state=state, sims=sims, errors=errors, **parts)


@st.composite
def wild_lives(draw: Draw) -> Order:
    """An order that came to nothing sure, for a reason in nasty words."""
    why, looks = draw(nasty()), draw(st.integers(0, 12))
    order = an_order(3, state=OrderState.APPROVED, **draw(wild_parts()))
    ends: Sequence[Callable[[Order], Order]] = (
        lambda _: _cancelled(why),
        lambda order: _unanswered(order, why, looks),
        lambda order: _closed(_unanswered(order, why, looks)),
        lambda order: _unsent(order, why, min(looks, 3)),
    )
    ended: Order = draw(st.sampled_from(ends))(order)
    return ended


def _cancelled(why: str) -> Order:
    order = an_order(3)
    return order.cancel(BOT, now_of(order), why)


def _unanswered(order: Order, why: str, looks: int) -> Order:
    order = answered(started(order), Unknown(why=why))
    for _ in range(looks):
        order = looked(order, ())
    return order


def _closed(order: Order) -> Order:
    """Closed by a person where one was asked, and then found."""
    if order.state is not OrderState.NEEDS_ATTENTION:
        return order
    order = order.close(BEN, now_of(order))
    return order.record(1, Bought(sims=some_sims(2)), now_of(order))


def _unsent(order: Order, why: str, tries: int) -> Order:
    for _ in range(tries):
        order = answered(started(order), NotSent(why=why))
    return order if order.state.is_final else answered(started(order), Bought(sims=()))
