"""Each kind of thing has a step of its own; what nobody knows is left alone."""

import pytest

from bot.domain.thing import Thing, ThingKind
from bot.errors import UnknownThing
from bot.worker import Dispatch


async def test_each_kind_has_its_own_step() -> None:
    """A job is never worked on as an order, which could be bought."""
    done: list[str] = []

    async def buy(order_id: str) -> None:
        done.append(f"bought {order_id}")

    async def change(job_id: str) -> None:
        done.append(f"changed {job_id}")

    dispatch = Dispatch({ThingKind.ORDER: buy, ThingKind.JOB: change})
    await dispatch.step(Thing.order("A"))
    await dispatch.step(Thing.read("job:B"))
    assert done == ["bought A", "changed B"]


@pytest.mark.parametrize("text", ["job:B", "schedule:C", "tariff:D"])
async def test_a_kind_that_this_version_does_not_work_on(text: str) -> None:
    """Nothing is done, and the error says what it was."""

    async def buy(order_id: str) -> None:
        raise AssertionError(order_id)

    with pytest.raises(UnknownThing) as caught:
        await Dispatch({ThingKind.ORDER: buy}).step(Thing.read(text))
    assert caught.value.thing == text
