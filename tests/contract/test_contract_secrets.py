"""No key, token or activation code leaves a provider's client, whatever goes wrong."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.domain.purchase.outcome import Bought
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import Provider
from tests.contract.sides.relay import after_all, instead
from tests.contract.sides.side import Side, lost
from tests.integration.providers.wire.calls import OPEN
from tests.integration.providers.wire.rude_server import Behaviour, answers, closes


class Told:
    """Everything that anybody outside the client could read."""

    def __init__(self, caplog: pytest.LogCaptureFixture, lines: object) -> None:
        self._caplog = caplog
        self._lines = lines
        self.parts: list[object] = []

    def holds(self, secrets: set[str]) -> list[str]:
        """Those of the secrets that stand in it."""
        text = "\n".join([self._caplog.text, repr(self._lines), *map(str, self.parts)])
        text += "\n".join(map(repr, self.parts))
        return [secret for secret in secrets if secret in text]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Told]:
    """Collect it, down to the lines for debugging."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        yield Told(caplog, lines)


async def test_a_purchase_tells_none(side: Side, provider: Provider, told: Told) -> None:
    """The SIM cards are there with all that is kept of them, without their codes."""
    call = await side.call(provider, 2)
    outcome = await provider.purchase(call, OPEN)
    assert isinstance(outcome, Bought)
    assert all(sim.fields for sim in outcome.sims)
    listed = await side.found(provider, call)
    told.parts += [
        outcome.model_dump_json(),
        outcome,
        listed,
        provider,
        side.prepared(provider, call),
    ]
    told.parts += [dict(sim.fields) for sims in listed.values() for sim in sims]
    assert len(side.secrets) >= 3
    assert told.holds(side.secrets) == []


@pytest.mark.parametrize("fault", lost("", ""))
async def test_a_failure_tells_none(side: Side, provider: Provider, told: Told, fault: str) -> None:
    """Neither the outcome nor the log repeats what was sent or answered."""
    call = await side.call(provider, 1)
    side.relay.befall_next(side.purchases, lost(side.relay.url, side.purchases)[fault])
    told.parts += [(await provider.purchase(call, OPEN)).model_dump_json(), provider]
    assert told.holds(side.secrets) == []


@pytest.mark.parametrize("status", ["400 Bad", "401 No", "422 Odd", "500 Oh", "200 OK"])
async def test_what_a_far_side_repeats_is_not_told(
    side: Side, provider: Provider, told: Told, status: str
) -> None:
    """Activation codes in an error's own words are left out of it."""
    call = await side.call(provider, 1)
    code = "LPA:1$far.example$SECRET"
    text = f'"see {code} here"'.encode()
    body = b'{"error": %s, "message": %s, "errors": [{"title": %s}]}' % (text, text, text)
    side.relay.befall_next(side.purchases, instead(answers(status, body)))
    told.parts += [(await provider.purchase(call, OPEN)).model_dump_json()]
    assert told.holds({code, *side.secrets}) == []


@pytest.mark.parametrize("behave", [closes, answers("401 No", b"{}"), answers("500 Oh", b"x")])
async def test_a_failed_look_tells_none(
    side: Side, provider: Provider, told: Told, behave: Behaviour
) -> None:
    """Nor does its error, with all that caused it."""
    call = await side.call(provider, 1)
    side.relay.befall_all(side.looks, after_all(behave))
    with pytest.raises((LookupFailed, LookupPostponed)) as failed:
        await side.found(provider, call)
    told.parts.append(failed.getrepr(style="long", showlocals=False))
    assert told.holds(side.secrets) == []


async def test_a_wrong_key_is_not_told(side: Side, provider: Provider, told: Told) -> None:
    """Who set it up wrongly reads that it is wrong, not what it is."""
    call = await side.call(provider, 1)
    stranger = side.provider(stranger=True)
    told.parts += [(await stranger.purchase(call, OPEN)).model_dump_json(), stranger]
    for check in stranger.checks():
        told.parts += await check.answers()
    assert told.holds({side.STRANGER, *side.secrets}) == []
