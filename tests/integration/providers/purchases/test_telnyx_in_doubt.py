"""Failures after which something may have been bought: sent once, and never again."""

import asyncio
import json
from typing import Any

import pytest

from bot.domain.purchase.outcome import Outcome, Unknown
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, a_call
from tests.integration.providers.wire.rude_server import (
    Behaviour,
    answers,
    breaks_off,
    closes,
    resets,
    says_nothing,
    sends,
    trickles,
)

HEAD = b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n"
BROKEN: dict[str, Behaviour] = {
    "closed after the request": closes,
    "reset after the request": resets,
    "half a status line": breaks_off(b"HTTP/1.1 20"),
    "cut body": breaks_off(HEAD + b'{"data": [{"iccid": "8931'),
    "cut body of a refusal": breaks_off(HEAD.replace(b"202 Accepted", b"422 No") + b"{"),
    "cut chunk": breaks_off(b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"),
    "not HTTP at all": breaks_off(b"220 mail.example ESMTP\r\n\r\n"),
    "a body that does not decode": answers("202 OK", b"no gzip", "Content-Encoding: gzip"),
    "switching protocols": breaks_off(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
    "only an early hint": breaks_off(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


def told(outcome: Outcome) -> Unknown:
    """The outcome, which must be in doubt and say why."""
    assert isinstance(outcome, Unknown), outcome
    assert outcome.why
    return outcome


@pytest.mark.parametrize("behave", BROKEN.values(), ids=BROKEN.keys())
async def test_a_connection_that_breaks(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """Whatever is wrong with the answer, the request had been read: in doubt, and sent once."""
    rude = await start_rude(behave)
    told(await open_telnyx(rude.url).purchase(a_call(), OPEN))
    assert len(rude.requests) == 1


@pytest.mark.parametrize("fault", ["close", "reset", "cut_body", "half_status_line"])
@pytest.mark.parametrize("after_selling", [True, False])
async def test_nothing_tells_whether_it_was_sold(
    telnyx: Telnyx, sandbox: TelnyxSandbox, fault: str, after_selling: bool
) -> None:
    """Before and after the sale a broken connection looks the same, and is treated the same."""
    getattr(sandbox.faults, fault)(after_selling=after_selling)
    told(await telnyx.purchase(a_call(), OPEN))
    assert len(sandbox.ledger.requests) == 1
    assert len(sandbox.ledger.sims) == (3 if after_selling else 0)


@pytest.mark.parametrize("behave", [says_nothing, sends(HEAD), sends(b"HTTP/1.1 202")])
async def test_no_answer_in_time(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """An answer that does not come, or does not go on, is not waited for without end."""
    rude = await start_rude(behave)
    outcome = told(await open_telnyx(rude.url, read=1.0).purchase(a_call(), OPEN))
    assert outcome.why == "the provider did not answer in time"
    assert len(rude.requests) == 1


async def test_an_answer_that_trickles(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """An answer that comes byte by byte comes to an end as well."""
    rude = await start_rude(trickles)
    async with asyncio.timeout(5):
        outcome = told(await open_telnyx(rude.url, purchase=1.0).purchase(a_call(), OPEN))
    assert outcome.why == "the provider did not answer in time"
    assert len(rude.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("after_selling", [True, False])
async def test_an_error_of_the_server(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int, after_selling: bool
) -> None:
    """A 5xx may come before or after the sale; what it tells comes along."""
    sandbox.faults.fail(status, after_selling=after_selling, code="20100")
    outcome = told(await telnyx.purchase(a_call(), OPEN))
    assert [error.code for error in outcome.errors] == ["20100"]
    assert f"HTTP {status}" in outcome.why
    assert len(sandbox.ledger.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int
) -> None:
    """A purchase is never sent to a second place."""
    there = {"Location": f"{sandbox.url}/actions/purchase/esims"}
    sandbox.faults.answer(status, b"", headers=there)
    told(await telnyx.purchase(a_call(), OPEN))
    assert len(sandbox.ledger.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome</html>",
        b'{"data": [{"iccid": "89310410106543789301"}',
        b"\xff\xfe\xfd",
        b"null",
        b"[]",
        b"42",
        b"{}",
        b"[" * 100_000,
        b'{"data": null}',
        b'{"data": "soon"}',
        b'{"data": {"id": "an order, say"}}',
        b'{"data": [null, 1, true, "later", [], {}]}',
        b'{"data": [], "errors": [{}]}',
        b'{"data": [], "errors": {"surprise": []}}',
        b'{"data": [], "errors": [{"code": "99999"}]}',
        b'{"data": [], "errors": [{"code": "20100"}, {"code": "99999"}]}',
        b'{"data": [], "errors": ["no more"]}',
    ],
)
async def test_a_success_that_names_no_sim(
    telnyx: Telnyx, sandbox: TelnyxSandbox, body: bytes
) -> None:
    """A 202 without a SIM card, and without errors that all refuse, leaves the outcome open."""
    sandbox.faults.answer(202, body, sell=3)
    told(await telnyx.purchase(a_call(), OPEN))
    assert (len(sandbox.ledger.requests), len(sandbox.ledger.sims)) == (1, 3)


@pytest.mark.parametrize("status", [202, 400, 401, 404, 409, 422, 429, 500])
@pytest.mark.parametrize("code", ["10007", "10008", "10036", "10037"])
async def test_codes_that_leave_doubt(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int, code: str
) -> None:
    """A timeout, or a purchase that is being processed, is in doubt whatever the status."""
    payload: dict[str, Any] = {"errors": [{"code": "20100"}, {"code": int(code)}]}
    sandbox.faults.answer(status, json.dumps(payload).encode(), sell=3)
    outcome = told(await telnyx.purchase(a_call(), OPEN))
    assert [error.code for error in outcome.errors] == ["20100", code]
    assert code in outcome.why
    assert len(sandbox.ledger.requests) == 1


@pytest.mark.parametrize("status", [408, 409, 425, 499])
@pytest.mark.parametrize("body", [b"", b'{"errors": [{"code": "99999"}]}'])
async def test_a_4xx_that_is_no_refusal(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int, body: bytes
) -> None:
    """A request that was given up, or that meets another one, may have been carried out."""
    sandbox.faults.answer(status, body, sell=3)
    told(await telnyx.purchase(a_call(), OPEN))
    assert len(sandbox.ledger.requests) == 1


async def test_a_cancelled_call_stays_cancelled(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """A bot that stops is not held up by the answer; the call is out, once, and stays so."""
    gate = sandbox.faults.hold()
    buying = asyncio.create_task(telnyx.purchase(a_call(), OPEN))
    await gate.reached()
    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying
    gate.release()
    assert (len(sandbox.ledger.requests), len(sandbox.ledger.sims)) == (1, 3)
