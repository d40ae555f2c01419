"""What the script about eSIMs is told."""

import secrets
from collections.abc import Iterable

from bot.domain.activation.trail import EsimEntry
from bot.errors import DuplicateDelivery, NotRecorded
from bot.store.keys import Keys


def new_op() -> str:
    """The id of a commit."""
    return secrets.token_urlsafe(12)


def keys_of(keys: Keys, *, trigger: str, hand_out_id: str = "", order_id: str = "") -> list[str]:
    """The keys of the script, in its order; those that are not needed are there all the same."""
    return [
        keys.audit,
        keys.agenda,
        keys.server,
        keys.trigger(trigger),
        keys.hand_out(hand_out_id),
        keys.esim_entries(order_id),
        keys.assignments,
    ]


def entries_of(entries: Iterable[EsimEntry]) -> list[dict[str, str]]:
    """The entries as the script takes them."""
    return [{"order": each.order_id, "text": each.model_dump_json()} for each in entries]


def check_written(answer: list[str]) -> None:
    """Raise DuplicateDelivery for what was carried out before, NotRecorded for what was late."""
    if answer == ["seen"]:
        raise DuplicateDelivery
    if answer == ["late"]:
        raise NotRecorded
