"""What the audit says of eSIMs."""

from datetime import UTC, datetime

import pytest

from bot.domain.activation.hand_out import HandOutForm
from bot.domain.activation.trail import EsimEntry, EsimEvent, Reveal, read_entry

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
REVEAL = Reveal(at=AT, by="U1", to="U2", iccids=("8901", "8902"), form=HandOutForm.SHEET)


@pytest.mark.parametrize(
    "entry",
    [
        REVEAL,
        REVEAL.model_copy(update={"event": EsimEvent.CODES_GIVEN, "order_id": "7K2M9QXA"}),
        EsimEntry(at=AT, event=EsimEvent.ASSIGNED, by="U1", iccids=("8901",)),
        EsimEntry(at=AT, event=EsimEvent.UNASSIGNED, by="U1", iccids=("8901",)),
    ],
)
def test_entries_read_back(entry: EsimEntry) -> None:
    """An entry is the same after Redis."""
    assert read_entry(entry.model_dump_json()) == entry


def test_a_reveal_says_to_whom_and_of_what() -> None:
    """The line has the person, the form, and each whole ICCID."""
    assert REVEAL.detail == "to U2 as sheet: 8901, 8902"


def test_an_assignment_does_not_say_who_has_it() -> None:
    """The audit is never trimmed: what is removed on request may not be in it."""
    assert set(EsimEntry.model_fields) == {"at", "event", "by", "iccids", "order_id"}
