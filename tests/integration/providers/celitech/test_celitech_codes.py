"""Activation codes of Celitech: which calls are made, and what its answers mean."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.activation.code import CodeNotGiven, WhyNoCode
from bot.domain.purchase.sim import Sim
from bot.errors import LookupFailed
from bot.providers.celitech import Celitech
from sandbox.celitech import CelitechSandbox
from sandbox.celitech.checks.period import Period
from tests.integration.providers.celitech.conftest import TOKEN, OpenCelitech, gives
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.rude_server import Behaviour, answers, one_after_another

ICCID = "89310410106543789301"
SIM = Sim(iccid=ICCID, provider_id="purchase-1")
HOST, MATCHING = "rsp.celitech.example", "A1B2-C3D4"
LPA = f"LPA:1${HOST}${MATCHING}"

Ask = Callable[..., Any]


def esim(**fields: Any) -> Behaviour:
    """What Celitech says of the eSIM."""
    usual = {"iccid": ICCID, "smdpAddress": HOST, "activationCode": "iVBORw0KGgo" + "A" * 900}
    told = {**usual, "manualActivationCode": LPA, "status": "RELEASED", **fields}
    return gives({"esim": {name: value for name, value in told.items() if value != "absent"}})


@pytest.fixture
def ask(start_rude: StartRude, open_celitech: OpenCelitech) -> Ask:
    """Ask for the code of an eSIM; the code or the failure, and what was asked for it."""

    async def asked(sim: Sim, *behaviours: Behaviour) -> tuple[Any, list[str]]:
        auth = await start_rude(TOKEN)
        rude = await start_rude(one_after_another(*behaviours))
        try:
            result: Any = await open_celitech(rude.url, auth.url).activation_code(sim)
        except (CodeNotGiven, LookupFailed) as failure:
            result = failure
        return result, [each.split(b" ")[1].decode() for each in rude.requests]

    return asked


@pytest.mark.parametrize(
    "manual", [LPA, LPA.replace("LPA", "lpa"), LPA[4:], MATCHING, f" {LPA} ", f" {MATCHING}\n"]
)
async def test_forms_of_the_text(ask: Ask, manual: str) -> None:
    """The whole, the bare code and the matching id alone are the same code; one call."""
    code, calls = await ask(SIM, esim(manualActivationCode=manual))
    assert code.text == LPA
    assert (code.host, code.matching_id, code.confirmation) == (HOST, MATCHING, "")
    assert calls == [f"/esim?iccid={ICCID}"]


async def test_the_text_is_believed_before_the_address(ask: Ask) -> None:
    """Where both name a server, the text is what a QR code would hold."""
    code, _ = await ask(SIM, esim(smdpAddress="other.example"))
    assert code.host == HOST


async def test_a_confirmation_code(ask: Ask) -> None:
    """It is read where one stands beside the text."""
    code, _ = await ask(SIM, esim(manualActivationCode=f"{LPA}$$1", confirmationCode="4711"))
    assert (code.confirmation, code.needs_confirmation) == ("4711", True)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("DOWNLOADED", WhyNoCode.INSTALLED),
        ("Installed", WhyNoCode.INSTALLED),
        ("enabled", WhyNoCode.INSTALLED),
        ("DELETED", WhyNoCode.GONE),
        ("AVAILABLE", WhyNoCode.NOT_READY),
        ("ALLOCATED", WhyNoCode.NOT_READY),
    ],
)
@pytest.mark.parametrize("manual", [LPA, None])
async def test_what_the_status_says(
    ask: Ask, status: str, why: WhyNoCode, manual: str | None
) -> None:
    """An eSIM that is no more for the taking has no code for anybody, even where one is told."""
    result, _ = await ask(SIM, esim(status=status, manualActivationCode=manual))
    assert isinstance(result, CodeNotGiven)
    assert result.why is why


@pytest.mark.parametrize("status", ["RELEASED", "ERROR", "a word of tomorrow", None, "absent", 7])
async def test_other_statuses(ask: Ask, status: Any) -> None:
    """What Celitech gives a code for has one."""
    code, _ = await ask(SIM, esim(status=status))
    assert code.text == LPA


@pytest.mark.parametrize("manual", [None, "", "absent"])
@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("RELEASED", WhyNoCode.NOT_READY),
        (None, WhyNoCode.NOT_READY),
        ("ERROR", WhyNoCode.UNREADABLE),
    ],
)
async def test_no_code_yet(ask: Ask, manual: Any, status: str | None, why: WhyNoCode) -> None:
    """The picture is never taken in place of the text."""
    result, _ = await ask(SIM, esim(status=status, manualActivationCode=manual))
    assert result.why is why


@pytest.mark.parametrize(
    "fields",
    [
        {"manualActivationCode": "LPA:2$a.example$B"},
        {"manualActivationCode": "A" * 900},
        {"manualActivationCode": "iVBORw0KGgo/+=="},
        {"manualActivationCode": ["x"]},
        {"manualActivationCode": MATCHING, "smdpAddress": None},
        {"manualActivationCode": MATCHING, "smdpAddress": "https://rsp.example"},
        {"manualActivationCode": MATCHING, "smdpAddress": 7},
        {"iccid": "8931000000000000000"},
    ],
)
async def test_what_can_not_be_read(ask: Ask, fields: dict[str, Any]) -> None:
    """Half a code is none, and that of another eSIM is never given."""
    result, _ = await ask(SIM, esim(**fields))
    assert isinstance(result, CodeNotGiven)
    assert result.why is WhyNoCode.UNREADABLE


@pytest.mark.parametrize("told", [ICCID[:-1], f"{ICCID}7", f"{ICCID[:19]} 1", None, "absent"])
async def test_other_spellings(ask: Ask, told: Any) -> None:
    """Its check digit may be missing or added."""
    code, _ = await ask(SIM, esim(iccid=told))
    assert code.text == LPA


async def test_an_answer_without_its_wrapping(ask: Ask) -> None:
    """The properties may stand at the top."""
    code, _ = await ask(SIM, gives({"iccid": ICCID, "manualActivationCode": LPA}))
    assert code.text == LPA


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
async def test_what_is_not_there(ask: Ask, status: str) -> None:
    """One that was bought is gone; one that nobody has seen is not known."""
    for body in (b"", b'{"message": "no"}'):
        bought, _ = await ask(SIM, answers(status, body))
        assert bought.why is WhyNoCode.GONE
        strange, _ = await ask(Sim(iccid=ICCID), answers(status, body))
        assert strange.why is WhyNoCode.NOT_KNOWN


@pytest.mark.parametrize("status", ["400 Bad", "422 No"])
async def test_a_refusal(ask: Ask, status: str) -> None:
    """Celitech's own words are told, without a part of a code; a gateway has none."""
    body = {"message": f"No code for you: {MATCHING} at {HOST}, {LPA}."}
    result, _ = await ask(SIM, gives(body, status))
    assert (result.why, result.detail) == (WhyNoCode.NONE, "No code for you: at")
    result, _ = await ask(SIM, answers(status, b"<html></html>"))
    assert isinstance(result, LookupFailed)


async def test_a_token_that_is_not_accepted_any_more(ask: Ask) -> None:
    """It is asked for anew, once."""
    code, calls = await ask(SIM, answers("401 No"), esim())
    assert code.text == LPA
    assert len(calls) == 2
    result, calls = await ask(SIM, answers("401 No"))
    assert isinstance(result, LookupFailed)
    assert len(calls) == 2


async def test_only_the_purchase_is_known(celitech: Celitech, seller: CelitechSandbox) -> None:
    """The list has its ICCID."""
    france = seller.catalogue.find("FRA")
    assert france is not None
    package = seller.catalogue.package(france, 5, 7)
    assert package is not None
    for _ in range(2):
        seller.account.sell(package, Period(7, duration=7))
    for purchase in seller.account.purchases:
        code = await celitech.activation_code(Sim(provider_id=purchase.id))
        assert code.text == purchase.esim.code.text
    with pytest.raises(CodeNotGiven) as refused:
        await celitech.activation_code(Sim(provider_id="purchase-of-nobody"))
    assert refused.value.why is WhyNoCode.NOT_KNOWN


async def test_nothing_is_asked_about_nothing(ask: Ask) -> None:
    """An eSIM without a name is not known."""
    result, calls = await ask(Sim(), esim())
    assert result.why is WhyNoCode.NOT_KNOWN
    assert calls == []
