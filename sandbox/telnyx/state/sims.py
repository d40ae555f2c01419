"""SIM cards with the fields that Telnyx's OpenAPI page gives them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sandbox.provider.numbers import IccidBlock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.provider.answer import Json
    from sandbox.provider.codes import Behaviour, Code

REASONS: Final = {
    "registering": "The SIM card is being registered.",
    "enabled": "The SIM card is active, ready to connect to networks and consume data.",
    "disabled": "The SIM card has been disabled and cannot be used.",
    "standby": "The SIM card is in stand by.",
}
LOOKS: Mapping[Behaviour, Mapping[str, Any]] = MappingProxyType(
    {
        "installed": {"esim_installation_status": "installed"},
        "not_ready": {
            "status": {"value": "registering", "reason": REASONS["registering"]},
            "actions_in_progress": True,
        },
    }
)
"""What a SIM's fields say of a code that behaves so."""
PURCHASABLE_STATUSES: Final = ("enabled", "disabled", "standby")


def timestamp(at: float) -> str:
    """Return `at` (seconds since 1970) as Telnyx writes times: UTC, with milliseconds."""
    text = datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


class NumberBlock:
    """Hands out numbers that no other SIM card of this sandbox has."""

    def __init__(self) -> None:
        self._iccids = IccidBlock("8931080")

    def next(self) -> Json:
        """Return the ICCID (20 digits), IMSI (15 digits) and MSISDN of one more SIM card."""
        iccid, used = self._iccids.next(), self._iccids.used
        return {"iccid": iccid, "imsi": f"310240{used:09d}", "msisdn": f"+1555{used:07d}"}


@dataclass
class SimCard:
    """One SIM card: what the API gives of it (`fields`), and what only the sandbox knows."""

    fields: Json
    target: str
    """The status it has once it is registered."""
    code: Code
    """What installs it, and its PIN and PUK."""
    hidden_listings: float = 0
    """How many more listings of one of its tags leave it out; infinity: all of them."""

    @property
    def activation_code(self) -> str:
        """The LPA text of SGP.22, as a QR code would hold it."""
        return self.code.text

    def settle(self, now: float) -> None:
        """Finish the registration, as time would: the status becomes the one ordered."""
        if self.fields["status"]["value"] != "registering":
            return
        # New values, not changed ones: answers given before keep theirs.
        self.fields["status"] = {"value": self.target, "reason": REASONS[self.target]}
        self.fields["actions_in_progress"] = False
        self.fields["updated_at"] = timestamp(now)


def new_sim(own: Json, status: str, now: float, code: Code) -> SimCard:
    """Return an eSIM with fields of its `own` that is registering and will then have `status`."""
    return SimCard(
        code=code,
        fields={
            "id": str(uuid.uuid4()),
            "record_type": "sim_card",
            "type": "esim",
            "status": {"value": "registering", "reason": REASONS["registering"]},
            **own,
            **_untouched(timestamp(now)),
        },
        target=status,
    )


def _untouched(created_at: str) -> Json:
    """Return the fields that are the same for every eSIM nobody has installed yet."""
    return {
        "data_limit": {"amount": "2048.0", "unit": "MB"},
        "current_billing_period_consumed_data": {"amount": "0.0", "unit": "MB"},
        "actions_in_progress": True,
        "created_at": created_at,
        "updated_at": created_at,
        "esim_installation_status": "released",
        "version": "4.3",
        "resources_with_in_progress_actions": [],
        "eid": None,
        "authorized_imeis": [],
        "voice_enabled": False,
    }
