"""Activation codes at Celitech: the forms they come in, and what they can do wrong."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

from tests.sandbox.celitech.calling import bought, buy, listed

if TYPE_CHECKING:
    from sandbox.celitech import CelitechSandbox
    from sandbox.provider.codes import Behaviour
    from sandbox.testing import MovedClock

CODES = ("activationCode", "manualActivationCode", "smdpAddress")


async def sold(client: httpx.AsyncClient) -> str:
    """Buy one eSIM; its ICCID."""
    return str((await bought(client))["profile"]["iccid"])


async def asked(client: httpx.AsyncClient, iccid: str) -> dict[str, Any]:
    """Return what `GET /esim` says of an eSIM."""
    answer = await client.get("/esim", params={"iccid": iccid})
    assert answer.status_code == 200, answer.text
    esim: dict[str, Any] = answer.json()["esim"]
    return esim


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("lpa", r"LPA:1\$rsp\.celitech\.example\$[A-Z0-9-]{20,}"),
        ("bare", r"1\$rsp\.celitech\.example\$[A-Z0-9-]{20,}"),
        ("matching_id", r"[A-Z0-9-]{20,}"),
    ],
)
async def test_the_forms_of_a_code(
    celitech: CelitechSandbox,
    client: httpx.AsyncClient,
    form: Literal["lpa", "bare", "matching_id"],
    expected: str,
) -> None:
    """It comes as a picture, and as text in one of three forms, with the server's address."""
    iccid = await sold(client)
    celitech.dialect.manual_code = form
    esim = await asked(client, iccid)
    assert re.fullmatch(expected, esim["manualActivationCode"])
    assert esim["smdpAddress"] == "rsp.celitech.example"
    assert base64.b64decode(esim["activationCode"]).startswith(b"\x89PNG")
    assert esim["status"] == "RELEASED"


@pytest.mark.parametrize(("behaviour", "status"), [("gone", "DELETED"), ("not_ready", "RELEASED")])
async def test_a_code_that_is_not_given(
    celitech: CelitechSandbox, client: httpx.AsyncClient, behaviour: Behaviour, status: str
) -> None:
    """The status says what it is, and the codes are null until the switch is off."""
    iccid = await sold(client)
    celitech.account.codes.become(behaviour)
    esim = await asked(client, iccid)
    assert (esim["status"], *(esim[name] for name in CODES)) == (status, None, None, None)
    celitech.account.codes.become("as_they_are")
    esim = await asked(client, iccid)
    assert all(esim[name] for name in CODES)


@pytest.mark.parametrize("forced", [True, False])
@pytest.mark.parametrize("old_codes", [True, False])
async def test_an_installed_esim(
    celitech: CelitechSandbox, client: httpx.AsyncClient, forced: bool, old_codes: bool
) -> None:
    """Its status says so; its code, which works no more, is given or not, as no page says."""
    iccid = await sold(client)
    celitech.dialect.old_codes = old_codes
    if forced:
        celitech.account.codes.become("installed")
    else:
        celitech.account.install(iccid)
    esim = await asked(client, iccid)
    assert esim["status"] == ("INSTALLED" if forced else "ENABLED")
    assert [esim[name] is not None for name in CODES] == [old_codes] * 3


async def test_an_esim_that_was_ended(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """It is still there, as DELETED, and has no code."""
    iccid = await sold(client)
    celitech.account.end(iccid)
    esim = await asked(client, iccid)
    assert (esim["status"], esim["manualActivationCode"]) == ("DELETED", None)


async def test_a_confirmation_code(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """The text says that the phone asks; the code itself stands beside it, or nowhere."""
    iccid = await sold(client)
    celitech.account.codes.become("confirmation")
    esim = await asked(client, iccid)
    assert esim["manualActivationCode"].endswith("$$1")
    assert "confirmationCode" not in esim
    celitech.account.codes.become("told_confirmation", iccid)
    told = (await asked(client, iccid))["confirmationCode"]
    assert told in celitech.account.issued_codes()


async def test_no_answer_and_a_slow_one(
    celitech: CelitechSandbox, client: httpx.AsyncClient, clock: MovedClock
) -> None:
    """Only the call for the eSIM is cut or slow; all other calls are not."""
    iccid = await sold(client)
    celitech.account.codes.become("down")
    with pytest.raises(httpx.RemoteProtocolError):
        await asked(client, iccid)
    assert (await client.get("/purchases")).status_code == 200
    celitech.account.codes.become("slow")
    waiting = asyncio.create_task(asked(client, iccid))
    await celitech.until(lambda: celitech.account.codes.asked == [iccid, iccid])
    assert not waiting.done()
    clock.move(celitech.account.codes.slow_seconds)
    assert (await waiting)["manualActivationCode"]


async def test_secrets_in_odd_places(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """With the switch lists hold secrets too, and an eSIM more of them, in each form there is."""
    iccid = await sold(client)
    (plain,) = await listed(client)
    celitech.dialect.spills = True
    (spilt,) = await listed(client)
    esim = await asked(client, iccid)
    code = celitech.account.esims[iccid].code
    assert spilt.items() > {name: plain[name] for name in plain if name != "esim"}.items()
    for fields in (spilt, spilt["esim"], esim):
        assert (fields["lpa"], fields["activation_code"]) == (code.bare, code.text)
        assert fields["pin_puk_codes"] == code.pin_puk
    assert spilt["esim"]["iccid"] == esim["iccid"] == iccid
    assert code.secrets <= celitech.account.issued_codes()


async def test_every_secret_is_known(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """What purchases and look-ups gave is among what was issued, and so is what nobody asked."""
    (first, second) = (await buy(client)).json()
    esim = await asked(client, first["profile"]["iccid"])
    issued = celitech.account.issued_codes()
    for given in (first["profile"], second["profile"], esim):
        assert {given["activationCode"], given["manualActivationCode"]} < issued
    assert len(issued) == 2 * 9
