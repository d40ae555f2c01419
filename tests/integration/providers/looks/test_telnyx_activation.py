"""Activation codes of Telnyx: which calls are made, and what its answers mean."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.activation.code import CodeNotGiven, WhyNoCode
from bot.domain.purchase.sim import Sim
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.rude_server import Behaviour, answers, one_after_another
from tests.support.clock import ManualClock

LPA = "LPA:1$rsp.example$A1B2-C3D4"
ICCID = "89310410106543789301"
SIM = Sim(iccid=ICCID, provider_id="d63ef806-e67c-4f20-9dc2-755f23f99a25")
CODE = "GET /sim_cards/d63ef806-e67c-4f20-9dc2-755f23f99a25/activation_code"
DETAILS = "GET /sim_cards/d63ef806-e67c-4f20-9dc2-755f23f99a25"
REFUSED = {"errors": [{"code": "10015", "title": "Bad", "detail": "No code 7 for this eSIM."}]}


def gives(body: Any, status: str = "200 OK") -> Behaviour:
    """Answer with this JSON."""
    return answers(status, json.dumps(body).encode())


def listing(*sims: tuple[str, str]) -> Behaviour:
    """A list of SIM cards, each of an ICCID and an id."""
    data = [{"iccid": iccid, "id": known} for iccid, known in sims]
    return gives({"data": data, "meta": {"total_pages": 1, "total_results": len(data)}})


def details(**fields: Any) -> Behaviour:
    """What Telnyx says of the SIM card."""
    return gives({"data": {"id": SIM.provider_id, "iccid": ICCID, "type": "esim", **fields}})


Ask = Callable[..., Any]


@pytest.fixture
def ask(start_rude: StartRude, open_telnyx: OpenTelnyx) -> Ask:
    """Ask for the code of a SIM card at a server that answers so; the code, and what was asked."""

    async def asked(sim: Sim, *behaviours: Behaviour) -> tuple[Any, list[str]]:
        rude = await start_rude(one_after_another(*behaviours))
        try:
            result: Any = await open_telnyx(rude.url).activation_code(sim)
        except (CodeNotGiven, LookupFailed) as failure:
            result = failure
        return result, [b" ".join(each.split(b" ")[:2]).decode() for each in rude.requests]

    return asked


async def test_one_call_where_the_id_is_known(ask: Ask) -> None:
    """Nothing else is asked for where the code is given."""
    code, calls = await ask(SIM, gives({"data": {"activation_code": LPA}}))
    assert code.text == LPA
    assert calls == [CODE]


@pytest.mark.parametrize("beside", ["1234", 1234, None, True, "", "no code", ["x"]])
async def test_a_confirmation_code_beside_it(ask: Ask, beside: Any) -> None:
    """It is taken where it can be one."""
    data = {"activation_code": f"{LPA}$$1", "confirmation_code": beside}
    code, _ = await ask(SIM, gives({"data": data}))
    assert code.confirmation == ("1234" if beside in ("1234", 1234) else "")
    assert code.needs_confirmation


@pytest.mark.parametrize("status", ["400 Bad", "403 Odd", "404 Not Found", "409 No", "422 No"])
@pytest.mark.parametrize("body", [REFUSED, {}, [], None, "no", {"errors": "no"}, {"errors": {}}])
async def test_a_refusal_in_any_form(ask: Ask, status: str, body: Any) -> None:
    """The SIM card tells why; a key that may not ask is another matter."""
    refused = gives(body, status)
    result, calls = await ask(SIM, refused, details(esim_installation_status="enabled"))
    if status.startswith("403"):
        assert isinstance(result, LookupFailed)
        assert calls == [CODE]
    else:
        assert result.why is WhyNoCode.INSTALLED
        assert calls == [CODE, DETAILS]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": {"value": "registering"}}, WhyNoCode.NOT_READY),
        ({"status": "Registering"}, WhyNoCode.NOT_READY),
        (
            {"status": {"value": "registering"}, "esim_installation_status": "installed"},
            WhyNoCode.NOT_READY,
        ),
        ({"status": {"value": "abolished"}}, WhyNoCode.GONE),
        ({"esim_installation_status": "disabled"}, WhyNoCode.INSTALLED),
        ({"esim_installation_status": "a word of tomorrow"}, WhyNoCode.INSTALLED),
        ({"esim_installation_status": "Released"}, WhyNoCode.NONE),
        ({"esim_installation_status": None}, WhyNoCode.NONE),
        ({"status": {"value": "enabled"}}, WhyNoCode.NONE),
        ({"type": "physical", "status": {"value": "registering"}}, WhyNoCode.NONE),
        ({"type": "Physical", "esim_installation_status": "installed"}, WhyNoCode.NONE),
    ],
)
async def test_what_the_sim_card_shows(ask: Ask, fields: dict[str, Any], why: WhyNoCode) -> None:
    """Type, then status, then what became of the profile; else only Telnyx's own words."""
    result, _ = await ask(SIM, gives(REFUSED, "422 No"), details(**fields))
    assert isinstance(result, CodeNotGiven)
    assert (result.why, result.detail) == (why, "No code for this eSIM.")


@pytest.mark.parametrize("text", [None, "", 7, "LPA:2$a.example$B", "absent"])
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": {"value": "registering"}}, WhyNoCode.NOT_READY),
        ({"esim_installation_status": "installed"}, WhyNoCode.INSTALLED),
        ({"esim_installation_status": "released"}, WhyNoCode.UNREADABLE),
    ],
)
async def test_a_success_without_a_code(
    ask: Ask, text: Any, fields: dict[str, Any], why: WhyNoCode
) -> None:
    """The SIM card tells why; where it does not, the answer was none that can be read."""
    data = {} if text == "absent" else {"activation_code": text}
    result, calls = await ask(SIM, gives({"data": data}), details(**fields))
    assert (result.why, result.detail) == (why, "")
    assert calls == [CODE, DETAILS]


async def test_words_of_a_refusal(ask: Ask) -> None:
    """Without a detail the title is told."""
    body = {"errors": [{"title": "Not now", "detail": LPA}]}
    result, _ = await ask(SIM, gives(body, "422 No"), details())
    assert result.detail == "Not now"


async def test_a_sim_card_that_is_gone(ask: Ask) -> None:
    """Its id was known, and nothing is there any more."""
    result, calls = await ask(SIM, gives({}, "404 Not Found"), gives({}, "404 Not Found"))
    assert result.why is WhyNoCode.GONE
    assert calls == [CODE, DETAILS]


@pytest.mark.parametrize("body", [None, [], {"data": None}, {"data": ["x"]}])
async def test_a_sim_card_that_can_not_be_read(ask: Ask, body: Any) -> None:
    """Then there is no code, and nobody knows why."""
    result, _ = await ask(SIM, gives({}, "422 No"), gives(body))
    assert result.why is WhyNoCode.NONE


@pytest.mark.parametrize("status", ["401 No", "422 No"])
async def test_a_sim_card_that_can_not_be_asked_for(ask: Ask, status: str) -> None:
    """Nothing is told of an eSIM that could not be looked at."""
    result, _ = await ask(SIM, gives({}, "422 No"), gives({}, status))
    assert isinstance(result, LookupFailed)
    assert str(result) == f"the SIM card answered with HTTP {status[:3]}"


# By its ICCID


@pytest.mark.parametrize(
    ("asked", "sims", "found"),
    [
        (ICCID, [(ICCID, "a")], "a"),
        (ICCID, [(ICCID + "7", "b"), (ICCID, "a")], "a"),
        (ICCID[:-1], [(ICCID, "a")], "a"),
        (ICCID[:-1], [(ICCID, "a"), (ICCID[:-1], "b")], "b"),
        (ICCID, [(ICCID, "a"), ("1" + ICCID, "b")], "a"),
    ],
)
async def test_the_id_is_found(
    ask: Ask, asked: str, sims: list[tuple[str, str]], found: str
) -> None:
    """The very ICCID, else the one that has its check digit besides."""
    code, calls = await ask(
        Sim(iccid=asked), listing(*sims), gives({"data": {"activation_code": LPA}})
    )
    assert code.text == LPA
    assert calls == [
        f"GET /sim_cards?filter%5Biccid%5D={asked}&page%5Bsize%5D=250",
        f"GET /sim_cards/{found}/activation_code",
    ]


async def test_an_iccid_with_a_digit_more(ask: Ask) -> None:
    """Telnyx keeps it without its check digit: it is asked for once more, without it."""
    code, calls = await ask(
        Sim(iccid=ICCID),
        listing(),
        listing((ICCID[:-1], "a")),
        gives({"data": {"activation_code": LPA}}),
    )
    assert code.text == LPA
    assert [call.partition("=")[2][:20].rstrip("&p") for call in calls[:2]] == [ICCID, ICCID[:-1]]
    assert len(calls) == 3


@pytest.mark.parametrize(
    "sims",
    [
        [],
        [("1" + ICCID, "a")],
        [(ICCID, "a"), (ICCID, "b")],
        [(ICCID + "1", "a"), (ICCID + "2", "b")],
        [(ICCID, "../balance")],
        [(ICCID, "")],
    ],
)
async def test_none_or_several(ask: Ask, sims: list[tuple[str, str]]) -> None:
    """No code is asked for where it is not certain whose it would be."""
    result, calls = await ask(Sim(iccid=ICCID), listing(*sims), listing(*sims))
    assert result.why is WhyNoCode.NOT_KNOWN
    assert not any("activation_code" in call for call in calls)


async def test_an_id_that_is_none(ask: Ask) -> None:
    """It never becomes a part of a path: the SIM card is found by its ICCID."""
    odd = Sim(iccid=ICCID, provider_id="../../balance?x=")
    code, calls = await ask(odd, listing((ICCID, "a")), gives({"data": {"activation_code": LPA}}))
    assert code.text == LPA
    assert calls[1] == "GET /sim_cards/a/activation_code"


async def test_a_list_that_can_not_be_read(ask: Ask) -> None:
    """It does not show that there is no such SIM card."""
    result, _ = await ask(Sim(iccid=ICCID), gives({"data": 7}))
    assert isinstance(result, LookupFailed)


# Many at once


async def test_half_of_the_places_stay_free(sandbox: TelnyxSandbox, telnyx: Telnyx) -> None:
    """However many codes are asked for, an urgent look for an order never waits for them."""
    sims = [sandbox.account.add_sim(tags=["esim-A"]) for _ in range(12)]
    gates = [sandbox.account.codes.hold() for _ in range(12)]
    asking = [
        asyncio.create_task(telnyx.activation_code(Sim(provider_id=sim["id"]))) for sim in sims
    ]
    await asyncio.gather(*(gate.reached() for gate in gates[:5]))
    assert len((await telnyx.find("esim-A"))["esim-A"]) == 12
    for gate in gates:
        gate.release()
    codes = await asyncio.gather(*asking)
    assert {code.text for code in codes} == {sim.activation_code for sim in sandbox.account.sims}
    assert sandbox.account.codes.most_at_once == 5


async def test_the_pace(
    sandbox: TelnyxSandbox, open_telnyx: OpenTelnyx, clock: ManualClock
) -> None:
    """Codes have a pace of their own above that of looks that can wait, and count for these."""
    telnyx = open_telnyx(sandbox.url, sandbox.api_key, looks_per_minute=2, codes_per_minute=4)
    sim = Sim(provider_id=sandbox.account.add_sim()["id"])
    for _ in range(4):
        await telnyx.activation_code(sim)
    with pytest.raises(LookupPostponed) as postponed:
        await telnyx.activation_code(sim)
    assert 0 < postponed.value.seconds <= 60
    with pytest.raises(LookupPostponed):
        await telnyx.find("esim-A", urgent=False)
    assert len(sandbox.account.codes.asked) == 4
    await telnyx.find("esim-A")  # urgent: it goes
    await clock.advance(61)
    assert (await telnyx.activation_code(sim)).text
