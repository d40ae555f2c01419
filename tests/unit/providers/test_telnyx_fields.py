"""What is kept of a SIM card of Telnyx: the properties that are named, each of its kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.telnyx.fields import _READERS, fields_of
from bot.providers.telnyx.listing import Entry

USUAL: dict[str, Any] = {
    "id": "d63ef806-e67c-4f20-9dc2-755f23f99a25",
    "record_type": "sim_card",
    "type": "esim",
    "status": {"value": "enabled", "reason": "The SIM card is active, ready to connect."},
    "iccid": "89310802475920000016",
    "imsi": "310240000000001",
    "msisdn": "+15550000001",
    "eid": None,
    "sim_card_group_id": "fecfe733-5bfb-542c-8913-2d3bf09f3ed6",
    "tags": ["fleet", "Büro Köln", "esim-7K2M9QXA-1"],
    "data_limit": {"amount": "2048.0", "unit": "MB"},
    "current_billing_period_consumed_data": {"amount": "0.0", "unit": "MB"},
    "actions_in_progress": False,
    "created_at": "2026-11-27T23:36:24.887Z",
    "updated_at": "2026-11-27T23:36:24.887Z",
    "esim_installation_status": "released",
    "version": "4.3",
    "resources_with_in_progress_actions": [{"id": "a", "record_type": "sim_card"}],
    "authorized_imeis": ["490154203237518"],
    "voice_enabled": True,
}
"""A SIM card as the list gives it."""
LPA = "LPA:1$rsp.example$SECRET"
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(LPA),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*_READERS, "pin1", "amount"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_a_usual_sim() -> None:
    """Everything that is no secret stays as Telnyx wrote it, in its order."""
    assert fields_of(USUAL) == USUAL
    assert list(fields_of(USUAL)) == list(USUAL)


@pytest.mark.parametrize(
    "secret",
    [
        {"pin_puk_codes": {"pin1": "1234", "puk1": "12345678"}},
        {"activation_code": LPA},
        {"activation_code": "anything"},
        {"qr_code": "anything"},
        {"ios_link": "https://esimsetup.apple.com/x"},
        {"euicc": {"link": "x"}},
        {"confirmation_code": "1234"},
        {"current_device_location": {"latitude": "52.5"}},
        {"current_imei": "490154203237518"},
        {"a property that nobody knows": 1},
    ],
)
def test_what_is_not_named_is_not_kept(secret: dict[str, Any]) -> None:
    """Whatever it holds, at the top and below, in answers and in the list."""
    for spoilt in (
        {**secret, **USUAL},
        {**USUAL, "status": {**USUAL["status"], **secret}},
        {**USUAL, "data_limit": {**USUAL["data_limit"], **secret}},
        {
            **USUAL,
            "resources_with_in_progress_actions": [
                {**USUAL["resources_with_in_progress_actions"][0], **secret}
            ],
        },
    ):
        assert fields_of(spoilt) == USUAL
        assert Entry.of(spoilt).sim.fields == USUAL
    assert Entry.of({"tags": ["x"], **secret}).sim.fields == {"tags": ["x"]}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("version", 4.3, 4.3),
        ("iccid", 89310802475920000016, 89310802475920000016),
        ("status", "enabled", "enabled"),
        ("msisdn", "a\n\tb", "a b"),
        ("type", "x y " * 99, ("x y " * 99)[:255]),
        ("type", "", ""),
        ("tags", ["a", 7, None, {"b": 1}, [LPA], LPA], ["a", 7]),
        ("data_limit", {"amount": 2048, "unit": None}, {"amount": 2048, "unit": None}),
        ("data_limit", {"amount": ["x"], "unit": {"x": 1}}, {}),
    ],
)
def test_other_kinds(name: str, value: Any, kept: Any) -> None:
    """Numbers in place of texts are kept, texts are cleaned and cut."""
    assert fields_of({name: value}) == {name: kept}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", ["esim"]),
        ("type", {"a": 1}),
        ("type", True),
        ("type", LPA),
        ("version", float("inf")),
        ("version", float("nan")),
        ("version", 10**22),
        ("tags", "fleet"),
        ("tags", {"a": 1}),
        ("data_limit", "2048.0"),
        ("data_limit", [1]),
        ("actions_in_progress", "yes"),
        ("voice_enabled", 1),
        ("status", ["enabled"]),
        ("status", LPA),
        ("authorized_imeis", 1),
        ("resources_with_in_progress_actions", {"id": "a"}),
    ],
)
def test_what_is_of_another_kind(name: str, value: Any) -> None:
    """A value that the property can't have is left out."""
    assert fields_of({name: value}) == {}


@given(st.dictionaries(st.sampled_from([*_READERS, "pin1", "qr"]), ANYTHING, max_size=5))
def test_any_fields(entry: dict[str, Any]) -> None:
    """Nothing but named properties, no code, and none so deep that it can't be stored."""
    kept = fields_of(entry)
    assert set(kept) <= set(_READERS)
    assert "SECRET" not in str(kept)
    assert "pin1" not in str(kept)
    assert str(kept).count("{") <= 1 + 4 * len(entry)


def test_endless_nesting() -> None:
    """It ends at what is named."""
    deep: Any = "end"
    for _ in range(100_000):
        deep = [deep]
    entry = {"tags": deep, "status": deep, "data_limit": {"amount": deep}}
    assert fields_of(entry) == {"tags": [], "data_limit": {}}
