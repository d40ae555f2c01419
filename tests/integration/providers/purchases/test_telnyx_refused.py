"""Answers after which nothing was bought, for certain, and sending again would not help."""

import pytest

from bot.domain.purchase.outcome import Outcome, Refused
from bot.domain.purchase.sim import ProviderError, Remedy
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, a_call
from tests.integration.providers.wire.rude_server import answers


def errors_of(outcome: Outcome) -> tuple[ProviderError, ...]:
    """The errors of a refusal; anything else fails the test."""
    assert isinstance(outcome, Refused), outcome
    return outcome.errors


async def test_a_refusal_tells_everything(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Code, title, detail, place and remedy come along; nothing was sold, one call was sent."""
    sandbox.faults.refuse("10015", title="Bad Request", detail="No.", pointer="/amount")
    (error,) = errors_of(await telnyx.purchase(a_call(), OPEN))
    assert error == ProviderError(
        code="10015",
        title="Bad Request",
        detail="No.",
        pointer="/amount",
        remedy=Remedy.CHANGE_REQUEST,
    )
    assert (len(sandbox.ledger.requests), sandbox.ledger.sims) == (1, [])


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 413, 422])
@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("20100", Remedy.TOP_UP),
        ("70001", Remedy.LATER_OR_FEWER),
        ("20012", Remedy.OPERATOR),
        ("10005", Remedy.CHANGE_REQUEST),
    ],
)
async def test_known_codes(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int, code: str, remedy: Remedy
) -> None:
    """A code that refuses does so with every 4xx, and names its remedy."""
    sandbox.faults.refuse(code, status=status)
    (error,) = errors_of(await telnyx.purchase(a_call(), OPEN))
    assert (error.code, error.remedy) == (code, remedy)
    assert len(sandbox.ledger.requests) == 1


async def test_a_code_that_nobody_has_described(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """With a 4xx it is a refusal all the same: the status says so."""
    sandbox.faults.refuse("99999", status=422, title="New")
    (error,) = errors_of(await telnyx.purchase(a_call(), OPEN))
    assert (error.code, error.title, error.remedy) == ("99999", "New", Remedy.UNKNOWN)


async def test_a_wrong_key(sandbox: TelnyxSandbox, open_telnyx: OpenTelnyx) -> None:
    """A 401 has no body; the error is ours, and sends the person to the operator."""
    (error,) = errors_of(await open_telnyx(sandbox.url, "KEYWRONG").purchase(a_call(), OPEN))
    assert (error.code, error.title, error.remedy) == ("", "Unauthorised", Remedy.OPERATOR)
    assert len(sandbox.ledger.requests) == 1


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("400 Bad Request", Remedy.UNKNOWN),
        ("402 Payment Required", Remedy.TOP_UP),
        ("403 Forbidden", Remedy.OPERATOR),
        ("422 Unprocessable Entity", Remedy.UNKNOWN),
        ("451 Odd", Remedy.UNKNOWN),
    ],
)
@pytest.mark.parametrize("body", [b"<html>No</html>", b"", b"[]", b'{"errors": [{}, null]}'])
async def test_a_refusal_without_a_reason(
    start_rude: StartRude, open_telnyx: OpenTelnyx, status: str, remedy: Remedy, body: bytes
) -> None:
    """A 4xx whose body tells nothing is a refusal with one error, which names the status."""
    rude = await start_rude(answers(status, body))
    (error,) = errors_of(await open_telnyx(rude.url).purchase(a_call(), OPEN))
    assert error.remedy is remedy
    assert f"HTTP {status[:3]}" in error.detail
    assert len(rude.requests) == 1


@pytest.mark.parametrize("code", ["20100", "70001", "10015"])
async def test_accepted_without_sims_but_with_refusals(
    telnyx: Telnyx, sandbox: TelnyxSandbox, code: str
) -> None:
    """A 202 that names no SIM card, and only errors that refuse, bought nothing."""
    sandbox.faults.sell_none(code)
    (error,) = errors_of(await telnyx.purchase(a_call(), OPEN))
    assert error.code == code
    assert len(sandbox.ledger.requests) == 1


async def test_what_the_sandbox_itself_refuses(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """An empty account and an empty stock each name their remedy."""
    sandbox.account.stock = 1
    (stock,) = errors_of(await telnyx.purchase(a_call(), OPEN))
    sandbox.account.balance_cents = 0
    (funds,) = errors_of(await telnyx.purchase(a_call(), OPEN))
    assert (stock.remedy, stock.pointer) == (Remedy.LATER_OR_FEWER, "/amount")
    assert funds.remedy is Remedy.TOP_UP


async def test_what_telnyx_does_not_sell_is_never_sent(
    telnyx: Telnyx, sandbox: TelnyxSandbox
) -> None:
    """An option of somebody else's, or a value against the rules: refused, and named."""
    (error,) = errors_of(await telnyx.purchase(a_call(destination="japan", tags=("a,b",)), OPEN))
    assert error.remedy is Remedy.CHANGE_REQUEST
    assert "destination, tags" in error.detail
    assert sandbox.ledger.requests == []
