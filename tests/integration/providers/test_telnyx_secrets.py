"""What is told to the log, and what never is."""

import asyncio
import logging
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot.domain.purchase.outcome import Bought
from bot.errors import LookupFailed, SettingsError
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import API_KEY, OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, REFERENCE, a_call
from tests.integration.providers.wire.rude_server import Behaviour, answers, closes, resets
from tests.support.clock import ManualClock

LPA = "LPA:1$rsp.telnyx.example$A1B2C3D4"


async def test_a_line_for_each_purchase(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Reference, quantity, status, outcome and seconds, and no ICCID."""
    with structlog.testing.capture_logs() as lines:
        await telnyx.purchase(a_call(), OPEN)
    assert lines == [
        {
            "event": "purchase_call_ended",
            "log_level": "info",
            "reference": REFERENCE,
            "kind": "purchase",
            "quantity": 3,
            "outcome": "bought",
            "seconds": 0.0,
            "status": 202,
        }
    ]
    assert sandbox.ledger.sims


async def test_a_line_for_a_purchase_without_an_answer(
    telnyx: Telnyx, sandbox: TelnyxSandbox
) -> None:
    """The kind of failure stands in place of the status."""
    sandbox.faults.close()
    with structlog.testing.capture_logs() as lines:
        await telnyx.purchase(a_call(), OPEN)
    (line,) = lines
    assert (line["outcome"], line["failure"]) == ("unknown", "RemoteProtocolError")
    assert "status" not in line


async def test_the_seconds_are_those_of_the_clock(
    telnyx: Telnyx, sandbox: TelnyxSandbox, clock: ManualClock
) -> None:
    """A slow purchase shows as one."""
    sandbox.faults.slow(30)
    with structlog.testing.capture_logs() as lines:
        async with asyncio.TaskGroup() as group:
            group.create_task(telnyx.purchase(a_call(), OPEN))
            await clock.until_asleep()
            await clock.advance(30)
    assert [line["seconds"] for line in lines] == [30.0]


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    "behave",
    [
        answers("202 OK", b'{"data": {"iccid": "8931"}}'),  # bought, but no list
        answers("401 Unauthorized", b""),
        answers("500 Oh", b"<html></html>"),
        closes,
        resets,
    ],
)
async def test_the_key_is_never_told(
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    caplog: pytest.LogCaptureFixture,
    behave: Behaviour,
) -> None:
    """Neither logs down to debug, nor outcomes, exceptions or reprs hold the key."""
    caplog.set_level(logging.DEBUG)
    rude = await start_rude(behave)
    telnyx = open_telnyx(rude.url)
    with structlog.testing.capture_logs() as lines:
        outcome = await telnyx.purchase(a_call(), OPEN)
        with pytest.raises(LookupFailed) as failed:
            await telnyx.find(ORDER_REFERENCE)
    assert API_KEY.encode() in rude.requests[0]
    told = [caplog.text, lines, outcome, failed.getrepr(style="long"), telnyx, vars(telnyx)]
    assert API_KEY not in "".join(map(repr, told)) + str(failed.getrepr(style="long"))


@pytest.mark.parametrize("key", ["", "  ", f"{API_KEY}\nX-Evil: 1", "KEY with space", "KEYé"])
def test_a_key_that_no_header_holds(clock: ManualClock, key: str) -> None:
    """It is refused at the start, without being repeated: later it would be in an exception."""
    with pytest.raises(SettingsError) as failed:
        Telnyx(key, clock)
    assert "KEY" not in str(failed.value).replace("API key", "")


async def test_a_key_with_a_line_break_at_its_end(
    sandbox: TelnyxSandbox, open_telnyx: OpenTelnyx
) -> None:
    """What a file or an environment adds around the key is taken off."""
    telnyx = open_telnyx(sandbox.url, SecretStr(f" {sandbox.api_key}\n"))
    assert (await telnyx.purchase(a_call(), OPEN)).kind == "bought"


@pytest.mark.parametrize(
    "url", ["", "api.telnyx.com/v2", "ftp://api.telnyx.com", "https://", "https://me:it@x", "h\0"]
)
def test_an_address_that_is_none(clock: ManualClock, url: str) -> None:
    """An address that could carry no call, or another key, is refused at the start."""
    with pytest.raises(SettingsError, match="address"):
        Telnyx(API_KEY, clock, base_url=url)


async def test_activation_codes_are_left_out(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Whoever holds an activation code can take the line: it never leaves the provider's answer."""

    def with_codes(payload: dict[str, Any]) -> dict[str, Any]:
        payload["data"][0] |= {"activation_code": LPA, "qr": LPA, "esim": {"codes": [LPA, "x"]}}
        return payload

    sandbox.faults.mangle(with_codes)
    outcome = await telnyx.purchase(a_call(), OPEN)
    assert isinstance(outcome, Bought)
    assert outcome.sims[0].fields == sandbox.ledger.sims[0]
    assert LPA not in outcome.model_dump_json()
