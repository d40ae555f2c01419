"""Purchases that Redis has forgotten: each message of theirs stands once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

from bot.domain.purchase.outcome import Bought
from bot.errors import PlaceFault, SlackUnavailable
from bot.slack.orphans import Orphans
from bot.store.emergency import UnsavedOutcome
from tests.support.orders import ANA, OPS, some_sims

if TYPE_CHECKING:
    from unittest.mock import _Call

UNSAVED = UnsavedOutcome(
    order_id="7K2M9QXA",
    number=1,
    outcome=Bought(sims=some_sims(300)),
    channel=OPS,
    requester=ANA,
    provider="telnyx",
    reference="esim-7K2M9QXA-1",
    quantity=300,
)


def placed(calls: list[_Call]) -> list[tuple[str, str]]:
    """Where each message was posted, and what its last line says."""
    return [(call.args[0].channel, call.args[0].text[-30:]) for call in calls]


async def test_it_goes_on_where_it_broke_off() -> None:
    """What stands already is not posted again when Slack is back."""
    slack = AsyncMock()
    slack.post.side_effect = [None, SlackUnavailable(), *[None] * 9]
    orphans = Orphans(slack)
    assert not await orphans.tell(UNSAVED)
    assert await orphans.tell(UNSAVED)
    first, failed, again, *_ = placed(slack.post.mock_calls)
    assert failed == again
    assert first != again


async def test_the_requester_gets_all_of_it() -> None:
    """When the channel does not take it, every message goes to whoever asked."""
    slack = AsyncMock()
    slack.post.side_effect = [PlaceFault("is_archived"), *[None] * 9]
    assert await Orphans(slack).tell(UNSAVED)
    places = [place for place, _ in placed(slack.post.mock_calls)]
    assert places == [OPS, *[ANA] * (len(places) - 1)]
    assert len(places) > 2
