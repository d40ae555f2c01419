"""What people hear of a purchase that Redis has forgotten: all of it, as Slack takes it."""

import pytest

from bot.domain.events import Reason
from bot.domain.purchase.outcome import Bought, Outcome, Unknown
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind
from bot.slack.messages.orphan import orphan
from bot.slack.words.kinds import KINDS
from bot.store.emergency import UnsavedOutcome
from tests.support.orders import ANA, OPS, some_sims
from tests.unit.slack.reading import must_be_taken_by_slack


def unsaved(outcome: Outcome, **parts: object) -> UnsavedOutcome:
    """An answer that could not be written down."""
    usual = {"order_id": "7K2M9QXA", "number": 1, "channel": OPS, "requester": ANA}
    usual |= {"provider": "telnyx", "reference": "esim-7K2M9QXA-1", "quantity": 3}
    return UnsavedOutcome.model_validate(usual | {"outcome": outcome} | parts)


@pytest.mark.parametrize("count", [1, 100, 1000, 5000])
@pytest.mark.parametrize("named", [False, True])
def test_every_number_is_told(count: int, *, named: bool) -> None:
    """However many SIM cards there are, and however long what they go by: none is left out."""
    nameless = tuple(Sim(provider_id=f"{'p' * 60}-{number:05}") for number in range(count))
    sims = some_sims(count) if named else nameless
    messages = orphan(unsaved(Bought(sims=sims)))
    for message in messages:
        must_be_taken_by_slack(message)
    told = "\n".join(message.text for message in messages)
    assert all(str(sim.iccid or sim.provider_id) in told for sim in sims)
    assert "The money is spent. Keep the numbers below" in messages[0].text


def test_nothing_is_said_to_be_spent_that_may_not_be() -> None:
    """Without a number there is nothing to keep: what to look for at the provider is told."""
    (message,) = orphan(unsaved(Unknown(why="timed out")))
    assert "Money may have been spent. List the SIM cards with the tag `esim-7K2M9QXA-1`" in (
        message.text
    )
    assert "The money is spent" not in message.text
    assert "What went wrong: timed out." in message.text


@pytest.mark.parametrize("kind", [kind for kind in OrderKind if kind is not OrderKind.PURCHASE])
def test_a_change_sells_no_esim(kind: OrderKind) -> None:
    """What was done to which eSIM, or that it may be done; nobody reads of a purchase."""
    done = orphan(unsaved(Bought(sims=some_sims(1)), kind=kind, provider="celitech"))[0].text
    lost = orphan(unsaved(Unknown(why=Reason.STOPPED), kind=kind, provider="celitech"))[0].text
    noun = KINDS[kind].noun
    assert f"Celitech has carried out the {noun} that was asked for." in done
    assert done.endswith("Don't order it again. It is about:\n• `89310410106543000001`")
    assert f"Celitech may have carried out the {noun} that was asked for." in lost
    assert "Look in Celitech's portal whether it is done before you order it again." in lost
    for word in ("bought", "sold", "purchase"):
        assert word not in done + lost


def test_what_an_earlier_version_kept() -> None:
    """A file without place, tag and amount makes sentences all the same."""
    bare = {"channel": "", "requester": "", "provider": "", "reference": "", "quantity": 0}
    (message,) = orphan(unsaved(Unknown(why=""), **bare))
    assert message.text.startswith(":rotating_light: my memory (Redis) was emptied")
    assert "the provider may have sold eSIMs for it." in message.text
    assert "the tag `esim-7K2M9QXA-1` in the provider's portal" in message.text
