"""Hand-outs and codes, in few words."""

from datetime import timedelta
from typing import Any

from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import FoundCode, HandOut, HandOutForm
from tests.support.orders import ANA, ORDER_ID, T0, some_sims

DANA = "U0DANA"
HOST, MATCHING_ID = "rsp.truphone.com", "QRF-BETTERROAMING-PMRDGIR2EARDEIT5"


def a_code(number: int = 1, **parts: Any) -> ActivationCode:
    """The activation code of an eSIM."""
    return ActivationCode(f"LPA:1${HOST}${MATCHING_ID}{number}", **parts)


def found(number: int = 1, **parts: Any) -> FoundCode:
    """The same with what is known of the eSIM."""
    (sim,) = some_sims(1, first=number)
    usual: dict[str, Any] = {"iccid": sim.iccid or "", "code": a_code(number)}
    return FoundCode(number=number, **usual | parts)


def hand_out(count: int = 1, **parts: Any) -> HandOut:
    """A hand-out of so many eSIMs of Ana's order, by Ana to Dana."""
    usual: dict[str, Any] = {
        "id": "h4nd-Out_1",
        "by": ANA,
        "to": DANA,
        "form": HandOutForm.MESSAGES,
        "order_id": ORDER_ID,
        "iccids": tuple(sim.iccid or "" for sim in some_sims(count)),
        "at": T0,
        "until": T0 + timedelta(days=1),
        "channel": "D0DANA",
    }
    return HandOut(**usual | parts)
