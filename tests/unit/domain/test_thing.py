"""What the queues hold has a kind and an id, and is one text in Redis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.thing import Thing, ThingKind
from tests.support.orders import ORDER_ID


@pytest.mark.parametrize("kind", ThingKind)
def test_a_thing_is_read_as_it_was_written(kind: ThingKind) -> None:
    """Whoever claims it knows what it is."""
    thing = Thing.read(f"{kind}:{ORDER_ID}")
    assert (thing, str(thing)) == (Thing(kind, ORDER_ID), f"{kind}:{ORDER_ID}")


def test_an_id_alone_is_an_order() -> None:
    """Earlier versions knew nothing else."""
    assert Thing.read(ORDER_ID) == Thing.order(ORDER_ID)
    assert str(Thing.order(ORDER_ID)) == f"order:{ORDER_ID}"


@given(st.text(), st.text())
def test_what_a_newer_version_wrote_stays_as_it_is(kind: str, own: str) -> None:
    """A kind that nobody here knows is given back under the same name."""
    text = f"{kind}:{own}"
    assert str(Thing.read(text)) == text
