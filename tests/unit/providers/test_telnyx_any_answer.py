"""Whatever an answer to a purchase holds: it is read, and no ICCID in it is lost."""

import base64
import json
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.domain.purchase.outcome import Bought, Outcome, Unknown
from bot.providers.base import PurchaseCall
from bot.providers.telnyx.answers import outcome_of
from tests.support.clock import NEW_YEAR
from tests.support.requests import a_request

REQUEST = a_request(3)
CALL = PurchaseCall(REQUEST, 3, "esim-7K2M9QXA-1", "esim-7K2M9QXA")
ADAPTER: TypeAdapter[Outcome] = TypeAdapter(Outcome)
# `characters` makes half characters (lone surrogates) too, which JSON can carry.
TEXT = st.text(st.characters(), max_size=8)
WORDS = st.sampled_from(
    [
        *(
            "data",
            "errors",
            "iccid",
            "id",
            "status",
            "value",
            "tags",
            "code",
            "data_limit",
            "amount",
        ),
        *("pin_puk_codes", "pin1", "qr", "activation_code", "eid", "voice_enabled"),
    ]
)
SECRETS = st.sampled_from(
    [
        *("LPA:1$host$SECRET", "lpa:1$host$SECRET$1", "1$host$SECRET", "LPA%3A1%24host%24SECRET"),
        base64.b64encode(b"LPA:1$host.example$SECRET").decode(),
    ]
)
ICCIDS = st.from_regex(r"[0-9]{18,22}", fullmatch=True)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | SECRETS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | TEXT, inner, max_size=4),
    max_leaves=10,
)
SIMS = st.builds(
    lambda fields, iccid: {**fields, "iccid": iccid},
    st.dictionaries(WORDS | TEXT | st.just("activationCode"), JSON, max_size=4),
    ICCIDS | ICCIDS.filter(lambda iccid: iccid[0] != "0").map(int),
)
BODIES = JSON | st.fixed_dictionaries(
    {"data": st.lists(SIMS | ICCIDS | JSON, max_size=6) | SIMS}, optional={"errors": JSON}
)


def judged(body: Any, status: int = 202) -> Outcome:
    """What an answer with this body says."""
    content = json.dumps(body).encode()
    return outcome_of(httpx.Response(status, content=content), NEW_YEAR, CALL)


def recognisable(body: Any) -> set[str]:
    """Every ICCID that a person would find in the data of this body."""
    data = body.get("data") if isinstance(body, dict) else None
    found = set()
    for entry in data if isinstance(data, list) else [data]:
        text = str(entry.get("iccid") if isinstance(entry, dict) else entry)
        if 18 <= len(text) <= 22 and text.isascii() and text.isdecimal():
            found.add(text)
    return found


@given(BODIES)
def test_no_iccid_is_lost(body: Any) -> None:
    """Any JSON as the body of a 202 is judged, and every ICCID in its data is bought."""
    outcome = judged(body)
    sims = outcome.sims if isinstance(outcome, Bought | Unknown) else ()
    assert recognisable(body) <= {sim.iccid for sim in sims}


@given(BODIES, st.sampled_from([200, 202, 204, 302, 400, 401, 408, 409, 422, 429, 500, 503]))
def test_every_outcome_can_be_kept(body: Any, status: int) -> None:
    """Any JSON with any status gives an outcome that comes back from the store as it was."""
    outcome = judged(body, status)
    assert ADAPTER.validate_json(outcome.model_dump_json()) == outcome


@given(BODIES)
def test_no_activation_code_is_kept(body: Any) -> None:
    """Neither its text nor a field named for it is in an outcome, wherever it stood."""
    outcome = judged(body)
    kept = outcome.model_dump_json().casefold()
    assert "host" not in kept
    assert base64.b64encode(b"LPA:1$host.example$SECRET").decode().casefold() not in kept
    for sim in getattr(outcome, "sims", ()):
        assert not {"pin_puk_codes", "pin1", "qr", "activation_code", "code"} & set(sim.fields)


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Bytes that are no JSON object leave the purchase in doubt."""
    outcome = outcome_of(httpx.Response(202, content=content), NEW_YEAR, CALL)
    assert isinstance(outcome, Unknown)
