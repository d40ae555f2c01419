"""Activation codes at Telnyx: each eSIM's own, and what they can do wrong."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

if TYPE_CHECKING:
    from sandbox.provider.codes import Behaviour
    from sandbox.telnyx import TelnyxSandbox

CODE = re.compile(r"LPA:1\$rsp\.telnyx\.example\$[A-Z0-9-]{20,}(\$[\d.]+)?")


async def bought(client: httpx.AsyncClient, amount: int = 1) -> list[dict[str, Any]]:
    """Buy eSIMs; what was answered of them."""
    answer = await client.post("/actions/purchase/esims", json={"amount": amount})
    sims: list[dict[str, Any]] = answer.json()["data"]
    return sims


async def asked(client: httpx.AsyncClient, sim: dict[str, Any]) -> httpx.Response:
    """Ask for the code of a SIM."""
    return await client.get(f"/sim_cards/{sim['id']}/activation_code")


async def test_each_esim_has_a_code_of_its_own(client: httpx.AsyncClient) -> None:
    """It is the same each time, no other eSIM has it, and each third has an OID."""
    sims = await bought(client, 6)
    codes = [(await asked(client, sim)).json()["data"]["activation_code"] for sim in sims]
    again = [(await asked(client, sim)).json()["data"]["activation_code"] for sim in sims]
    assert codes == again
    assert len(set(codes)) == 6
    assert all(CODE.fullmatch(code) for code in codes)
    assert [code.count("$") for code in codes] == [2, 2, 3, 2, 2, 3]


@pytest.mark.parametrize("behaviour", ["installed", "not_ready"])
async def test_a_code_that_is_not_given(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, behaviour: Behaviour
) -> None:
    """A sentence says why, the SIM's own fields fit, and it ends with the switch."""
    (sim,) = await bought(client)
    telnyx.account.codes.become(behaviour)
    answer = await asked(client, sim)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "10015")
    shown = (await client.get(f"/sim_cards/{sim['id']}")).json()["data"]
    (listed,) = (await client.get("/sim_cards")).json()["data"]
    for fields in (shown, listed):
        status = fields["esim_installation_status"], fields["status"]["value"] == "registering"
        assert status == (("installed", False) if behaviour == "installed" else ("released", True))
    telnyx.account.codes.become("as_they_are")
    assert (await asked(client, sim)).status_code == 200


async def test_an_installed_esim(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Once a phone has it there is no code any more."""
    (sim,) = await bought(client)
    telnyx.account.install(sim["iccid"])
    assert (await asked(client, sim)).status_code == 422
    shown = (await client.get(f"/sim_cards/{sim['id']}")).json()["data"]
    assert shown["esim_installation_status"] == "installed"
    assert len(shown["eid"]) == 32
    with pytest.raises(LookupError, match="1"):
        telnyx.account.install("1")


async def test_a_removed_sim(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Neither it nor its code is found any more, and no list has it."""
    sim, other = await bought(client, 2)
    telnyx.account.remove(sim["iccid"])
    assert (await asked(client, sim)).status_code == 404
    assert (await client.get(f"/sim_cards/{sim['id']}")).status_code == 404
    (listed,) = (await client.get("/sim_cards")).json()["data"]
    assert listed["iccid"] == other["iccid"]


async def test_a_code_that_is_gone(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """By id and by ICCID the SIM is not there; the lists of orders still show it."""
    (sim,) = await bought(client)
    telnyx.account.codes.become("gone")
    assert (await asked(client, sim)).status_code == 404
    assert (await client.get(f"/sim_cards/{sim['id']}")).status_code == 404
    by_iccid = await client.get("/sim_cards", params={"filter[iccid]": sim["iccid"]})
    assert by_iccid.json()["data"] == []
    assert len((await client.get("/sim_cards")).json()["data"]) == 1


async def test_a_code_that_waits_for_the_registration(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """There is none while the SIM is registering, if the account says so; then there is one."""
    (sim,) = await bought(client)
    telnyx.account.codes_wait = True
    assert (await asked(client, sim)).status_code == 422
    assert (await asked(client, sim)).status_code == 200


async def test_a_confirmation_code(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """The text says that the phone asks; the code itself stands beside it, or nowhere."""
    plain, _, with_oid = await bought(client, 3)
    telnyx.account.codes.become("confirmation")
    untold = (await asked(client, plain)).json()["data"]
    assert untold["activation_code"].endswith("$$1")
    assert "confirmation_code" not in untold
    assert (await asked(client, with_oid)).json()["data"]["activation_code"].count("$") == 4
    telnyx.account.codes.become("told_confirmation", plain["iccid"])
    told = (await asked(client, plain)).json()["data"]
    assert re.fullmatch(r"\d{8}", told["confirmation_code"])
    assert told["confirmation_code"] not in told["activation_code"]
    assert told["confirmation_code"] in telnyx.account.issued_codes()


async def test_no_answer_and_a_slow_one(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient, naps: list[float]
) -> None:
    """Only the call for the code is cut or slow; all other calls are not."""
    (sim,) = await bought(client)
    telnyx.account.codes.become("down")
    with pytest.raises(httpx.RemoteProtocolError):
        await asked(client, sim)
    assert (await client.get(f"/sim_cards/{sim['id']}")).status_code == 200
    telnyx.account.codes.become("slow")
    assert (await asked(client, sim)).status_code == 200
    assert naps == [telnyx.account.codes.slow_seconds]


async def test_some_codes_behave_and_others_dont(
    telnyx: TelnyxSandbox, client: httpx.AsyncClient
) -> None:
    """What is said of one eSIM holds for it alone, and every ask is noted."""
    first, second = await bought(client, 2)
    telnyx.account.codes.become("installed", first["iccid"])
    statuses = [(await asked(client, sim)).status_code for sim in (first, second)]
    assert statuses == [422, 200]
    assert telnyx.account.codes.asked == [first["iccid"], second["iccid"]]


async def test_a_code_that_is_held(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """A test can let a code wait, and see how many are asked for at the same time."""
    first, second = await bought(client, 2)
    gate = telnyx.account.codes.hold()
    waiting = asyncio.create_task(asked(client, first))
    await gate.reached()
    assert (await asked(client, second)).status_code == 200
    assert not waiting.done()
    gate.release()
    assert (await waiting).status_code == 200
    assert telnyx.account.codes.most_at_once == 2


async def test_pin_and_puk(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """They come only when they are asked for."""
    (sim,) = await bought(client)
    path = f"/sim_cards/{sim['id']}"
    assert "pin_puk_codes" not in (await client.get(path)).json()["data"]
    answer = await client.get(path, params={"include_pin_puk_codes": "true"})
    numbers = answer.json()["data"]["pin_puk_codes"]
    assert list(numbers) == ["pin1", "pin2", "puk1", "puk2"]
    assert telnyx.account.issued_codes().issuperset(numbers.values())


async def test_secrets_in_odd_places(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """With the switch every answer about an eSIM holds its secrets in each form that there is."""
    telnyx.account.spills = True
    (sold,) = await bought(client)
    (listed,) = (await client.get("/sim_cards")).json()["data"]
    shown = (await client.get(f"/sim_cards/{sold['id']}")).json()["data"]
    telnyx.account.spills = False
    code = (await asked(client, sold)).json()["data"]["activation_code"]
    for fields in (sold, listed, shown):
        assert fields["activation_code"] == code
        assert fields["lpa"] == code.removeprefix("LPA:")
        assert quote(code, safe="") in fields["esim"]["install_url"]
        assert base64.b64decode(fields["qr_code"]).startswith(b"\x89PNG")
        assert {fields["confirmation_code"], fields["qr_code"], fields["matching_id"]} < (
            telnyx.account.issued_codes()
        )
    (listed,) = (await client.get("/sim_cards")).json()["data"]
    assert "activation_code" not in listed


async def test_every_secret_is_known(telnyx: TelnyxSandbox, client: httpx.AsyncClient) -> None:
    """Also of an eSIM whose code nobody asked for, and of one that was removed."""
    (sim,) = await bought(client)
    (card,) = telnyx.account.sims
    telnyx.account.remove(sim["iccid"])
    issued = telnyx.account.issued_codes()
    assert {card.code.text, card.code.asking, card.code.matching_id, card.code.picture} < issued
    assert len(issued) == 9
