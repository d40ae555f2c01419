"""What is kept of a SIM card as Telnyx describes it: these properties, and no others.

Telnyx's own names, from its OpenAPI description. Left out on purpose: PIN and PUK
(`pin_puk_codes`), activation codes and links, and what tells where somebody is and with which
phone (`current_device_location`, `current_imei`).
"""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from bot.providers.reading import Reader, flag_in, named_fields, object_of, text_in, texts_in

_AMOUNT: Final[Reader] = object_of({"amount": text_in, "unit": text_in})
_STATUS: Final[Reader] = object_of({"value": text_in, "reason": text_in})
_ACTION: Final[Reader] = object_of({"id": text_in, "record_type": text_in, "type": text_in})


def _status_in(value: JsonValue) -> JsonValue:
    """An object with word and reason; some answers have the word alone."""
    return _STATUS(value) if isinstance(value, dict) else text_in(value)


def _actions_in(value: JsonValue) -> JsonValue:
    return [_ACTION(each) or {} for each in value] if isinstance(value, list) else None


_TEXTS: Final = (
    *("id", "record_type", "type", "iccid", "imsi", "msisdn", "eid", "version"),
    *("sim_card_group_id", "esim_installation_status", "created_at", "updated_at"),
    *("current_mcc", "current_mnc", "ipv4", "ipv6", "live_data_session"),
)
_READERS: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(_TEXTS, text_in),
    "status": _status_in,
    "tags": texts_in,
    "authorized_imeis": texts_in,
    "data_limit": _AMOUNT,
    "current_billing_period_consumed_data": _AMOUNT,
    "actions_in_progress": flag_in,
    "voice_enabled": flag_in,
    "resources_with_in_progress_actions": _actions_in,
}


def fields_of(entry: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The properties of an entry that may be stored and shown."""
    return named_fields(entry, _READERS)
