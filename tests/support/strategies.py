"""Hypothesis strategies for what people type, what providers answer, and orders."""

from typing import Any

from hypothesis import strategies as st

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.domain.request import NOTE_LIMIT, PurchaseRequest
from bot.domain.terms import Terms
from bot.domain.typography import fold
from bot.providers.telnyx.form import SimStatus, check_tag
from tests.support.orders import an_order, some_sims, terms
from tests.support.requests import a_request

AWKWARD = "aZ09 \"'\\=:,-—_/.@#&<>*`~|()ßéİıΣ漢字🎉\u0301\u200b\u202e\ufffd“”‘’«»\t\n\x85\xa0"
"""Characters that have a meaning to the grammar, to Slack or to Unicode."""
MOST_SIMS = 12
"""More SIM cards than any order of these strategies asks for."""


def characters(*, but: str = "") -> st.SearchStrategy[str]:
    """One character: awkward ones often, any other sometimes."""
    usual = st.sampled_from(sorted(set(AWKWARD) - set(but)))
    return usual | st.characters(exclude_characters=but, exclude_categories=["Cs"])


def folded(longest: int = 20, *, but: str = "") -> st.SearchStrategy[str]:
    """Text that is not empty, as the domain keeps it: straight quotes, single spaces."""
    return st.text(characters(but=but), min_size=1, max_size=longest).map(fold).filter(bool)


def tags() -> st.SearchStrategy[tuple[str, ...]]:
    """Up to five different tags, with everything that a tag may hold."""
    return st.lists(folded(but=",").filter(_is_tag), max_size=5, unique=True).map(tuple)


def _is_tag(text: str) -> bool:
    try:
        return check_tag(text) == text
    except ValueError:
        return False


def whitelabel_names() -> st.SearchStrategy[str]:
    """SPNs in letters and digits of any script, some with spaces."""
    categories: Any = ["Lu", "Ll", "Lt", "Lm", "Lo", "Nd"]
    letters = st.characters(categories=categories) | st.just(" ")
    return st.text(letters, min_size=1, max_size=20).map(fold).filter(bool)


def requests(largest: int = 1000) -> st.SearchStrategy[PurchaseRequest]:
    """Every request that can be typed under the usual rules."""
    return st.builds(
        _request,
        st.integers(1, largest),
        st.sampled_from(SimStatus) | st.none(),
        tags=tags(),
        sim_card_group_id=st.none() | st.uuids(),
        whitelabel_name=st.none() | whitelabel_names(),
        note=st.none() | folded(80) | folded(NOTE_LIMIT),
    )


def _request(amount: int, status: SimStatus | None, **parts: Any) -> PurchaseRequest:
    chosen = status or SimStatus.STANDBY
    return a_request(amount, status=chosen, status_chosen=status is not None, **parts)


def provider_errors() -> st.SearchStrategy[ProviderError]:
    """An error as a provider may word it, parts of it missing."""
    words = st.text(max_size=12)
    return st.builds(
        ProviderError,
        code=st.sampled_from(["", "70001", "20100", "10027"]),
        title=words,
        detail=words,
        pointer=words,
        remedy=st.sampled_from(Remedy),
    )


def sims() -> st.SearchStrategy[Sim]:
    """One SIM card among a few, so that repeats are frequent; any part may be missing."""
    values: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    return st.builds(
        Sim,
        iccid=st.none() | st.sampled_from(["8901", "8902", "8903", ""]),
        provider_id=st.none() | st.sampled_from(["a", "b", "c", ""]),
        status=st.none() | st.sampled_from(["standby", "registering", "of_a_new_kind"]),
        fields=st.dictionaries(
            st.text(max_size=5), values | st.lists(values, max_size=3), max_size=3
        ),
    )


def some_of(most: int = MOST_SIMS) -> st.SearchStrategy[tuple[Sim, ...]]:
    """Some of the first `most` numbered SIM cards, in any order."""
    numbered = st.lists(st.sampled_from(some_sims(most)), max_size=most, unique_by=_iccid)
    return numbered.map(tuple)


def _iccid(sim: Sim) -> str | None:
    return sim.iccid


def outcomes(most: int = MOST_SIMS) -> st.SearchStrategy[Outcome]:
    """Any answer to a purchase call, whether it makes sense or not."""
    errors = st.lists(provider_errors(), max_size=2).map(tuple)
    waits = st.none() | st.floats(allow_nan=True, allow_infinity=True)
    return st.one_of(
        st.builds(Bought, sims=some_of(most), errors=errors),
        st.builds(Refused, errors=errors),
        st.builds(NotSent, why=st.text(max_size=9), retry_after=waits),
        st.builds(
            Unknown, why=st.text(max_size=9), errors=errors, sims=st.just(()) | some_of(most)
        ),
    )


def terms_of_life() -> st.SearchStrategy[Terms]:
    """Terms with few look-ups, few new tries and small calls, so that all ends are near."""
    delays = st.lists(st.floats(0, 600), max_size=3).map(tuple)
    return st.builds(terms, batch_size=st.integers(1, 4), lookup_delays=delays, send_delays=delays)


def orders() -> st.SearchStrategy[Order]:
    """An order in any state, of up to nine eSIMs in up to three calls."""
    return st.builds(
        an_order,
        st.integers(2, 9),
        state=st.sampled_from(OrderState),
        under=st.builds(terms, batch_size=st.integers(3, 9)),
        tags=tags(),
        note=st.none() | folded(),
    )
