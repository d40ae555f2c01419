"""A purchase that goes well, and what is sent for it."""

from typing import Any
from uuid import UUID

import pytest

from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.domain.purchase.outcome import Bought, Unknown
from bot.domain.purchase.sim import Remedy
from bot.providers.telnyx import Telnyx
from bot.providers.telnyx.form import SimStatus
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, REFERENCE, a_call
from tests.integration.providers.wire.rude_server import answers
from tests.support.clock import NEW_YEAR


async def bought(telnyx: Telnyx, quantity: int = 3) -> Bought:
    """Buy so many eSIMs; anything but success fails the test."""
    outcome = await telnyx.purchase(a_call(quantity), OPEN)
    assert isinstance(outcome, Bought), outcome
    return outcome


async def test_what_was_asked_for_is_bought(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Every SIM card that was sold comes back, with ICCID, id, status and all its fields."""
    outcome = await bought(telnyx)
    sold = sandbox.ledger.sims_tagged(REFERENCE)
    assert [sim.fields for sim in outcome.sims] == sold
    first = outcome.sims[0]
    assert (first.iccid, first.provider_id) == (sold[0]["iccid"], sold[0]["id"])
    assert first.status == "registering"
    assert (len(sold), outcome.errors) == (3, ())


async def test_the_smallest_body(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Quantity, status and both references always go along; what was not asked for does not."""
    await telnyx.purchase(a_call(2), OPEN)
    (entry,) = sandbox.ledger.requests
    assert entry.body == {"amount": 2, "status": "standby", "tags": [ORDER_REFERENCE, REFERENCE]}
    assert entry.headers["content-type"] == "application/json"
    assert "idempotency-key" not in entry.headers


async def test_the_whole_body(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """The references follow the tags, a name brings its product, the note stays with us."""
    group = sandbox.account.groups[1].id
    call = a_call(
        2,
        tags=("fleet", "emea"),
        status=SimStatus.DISABLED,
        sim_card_group_id=UUID(group),
        whitelabel_name="Acme Mobile",
        note="for the fair",
    )
    await telnyx.purchase(call, OPEN)
    (entry,) = sandbox.ledger.requests
    assert entry.body == {
        "amount": 2,
        "status": "disabled",
        "tags": ["fleet", "emea", ORDER_REFERENCE, REFERENCE],
        "sim_card_group_id": group,
        "product": "whitelabel",
        "whitelabel_name": "Acme Mobile",
    }
    assert len(sandbox.ledger.sims) == 2


async def test_fewer_than_asked_with_an_error(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """What was sold comes with the error that says why the rest was not."""
    sandbox.faults.sell_fewer(by=1)
    outcome = await bought(telnyx)
    (error,) = outcome.errors
    assert len(outcome.sims) == 2
    assert (error.code, error.remedy) == ("70001", Remedy.LATER_OR_FEWER)
    assert error.title == "There aren't enough available SIM cards"
    assert len(sandbox.ledger.requests) == 1


@pytest.mark.parametrize("code", ["10007", "10008", "10036", "10037"])
async def test_an_error_that_leaves_doubt_beside_sims(
    telnyx: Telnyx, sandbox: TelnyxSandbox, code: str
) -> None:
    """Nothing that was returned is lost: the SIM cards that are there, and the error."""
    sandbox.faults.sell_fewer(by=1, error_code=code)
    outcome = await telnyx.purchase(a_call(), OPEN)
    assert isinstance(outcome, Unknown), outcome
    assert (len(outcome.sims), [error.code for error in outcome.errors]) == (2, [code])
    attempt = Attempt(number=1, quantity=3, reference=REFERENCE, started_at=NEW_YEAR)
    doubted = attempt.ended(outcome, NEW_YEAR)
    assert (doubted.outcome, len(doubted.sims)) == (AttemptOutcome.UNKNOWN, 2)
    whole = attempt.model_copy(update={"quantity": 2}).ended(outcome, NEW_YEAR)
    assert (whole.outcome, whole.errors) == (AttemptOutcome.BOUGHT, outcome.errors)


async def test_fewer_than_asked_without_an_error(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """A shortage that nobody explains is told as it is: no error is invented."""
    sandbox.faults.sell_fewer(by=1, error_code=None)
    outcome = await bought(telnyx)
    assert (len(outcome.sims), outcome.errors) == (2, ())


async def test_more_than_asked(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """SIM cards beyond the quantity were bought too."""
    sandbox.faults.sell_more(by=2)
    assert len((await bought(telnyx)).sims) == 5


async def test_one_bad_entry_costs_no_other(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """An entry that can't be read leaves all other ICCIDs where they are."""

    def with_a_bad_first(payload: dict[str, Any]) -> dict[str, Any]:
        payload["data"][0] = {"iccid": {"surprise": [None]}, "status": 7}
        return payload

    sandbox.faults.mangle(with_a_bad_first)
    outcome = await bought(telnyx)
    assert [sim.iccid for sim in outcome.sims] == [sim["iccid"] for sim in sandbox.ledger.sims[1:]]


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "299 Odd"])
async def test_every_success_counts(
    start_rude: StartRude, open_telnyx: OpenTelnyx, status: str
) -> None:
    """Any 2xx with SIM cards is a purchase, whichever number Telnyx chooses."""
    rude = await start_rude(answers(status, b'{"data": [{"iccid": "89310410106543789301"}]}'))
    outcome = await bought(open_telnyx(rude.url))
    assert [sim.iccid for sim in outcome.sims] == ["89310410106543789301"]
    assert len(rude.requests) == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "422 No", "429 Slow", "500 Oh", "307 Go"])
async def test_sims_in_an_answer_that_is_no_success(
    start_rude: StartRude, open_telnyx: OpenTelnyx, status: str
) -> None:
    """SIM cards that were returned are never lost, whatever the status beside them."""
    rude = await start_rude(answers(status, b'{"data": [{"iccid": "89310410106543789301"}]}'))
    assert len((await bought(open_telnyx(rude.url))).sims) == 1


async def test_a_connection_is_used_once(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """No call goes out on a connection that the server may be closing at that moment."""
    rude = await start_rude(answers("202 Accepted", b'{"data": [{"iccid": "8931"}]}'))
    telnyx = open_telnyx(rude.url)
    for _ in range(2):
        await bought(telnyx)
    assert (rude.connections, len(rude.requests)) == (2, 2)
