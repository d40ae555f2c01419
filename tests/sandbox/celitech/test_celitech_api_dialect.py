"""How answers are written: each property absent or null, epochs, dates, numbers, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.celitech import EVERY_PROPERTY
from tests.sandbox.celitech.calling import bought, listed

if TYPE_CHECKING:
    import httpx

    from sandbox.celitech import CelitechSandbox

DATES = {"duration": None, "startDate": "2026-01-01", "endDate": "2026-01-08"}


def part(row: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """Return the object that holds a property such as `package.id`, and its name there."""
    outer, _, inner = name.rpartition(".")
    return (row[outer], inner) if outer else (row, inner)


async def test_there_are_so_many_properties(client: httpx.AsyncClient) -> None:
    """13 of a purchase, 7 of its package, 1 of its eSIM: all are there on a good day."""
    await bought(client, **DATES)
    (row,) = await listed(client)
    assert len(EVERY_PROPERTY) == 13 + 7 + 1
    for name in EVERY_PROPERTY:
        holder, inner = part(row, name)
        assert inner in holder


@pytest.mark.parametrize("name", EVERY_PROPERTY)
async def test_each_may_be_absent_or_null(
    celitech: CelitechSandbox, client: httpx.AsyncClient, name: str
) -> None:
    """A switch leaves it out, another gives it as null; the others stay."""
    await bought(client, **DATES)
    celitech.dialect.absent = {name}
    holder, inner = part((await listed(client))[0], name)
    assert inner not in holder
    celitech.dialect.absent, celitech.dialect.null = set(), {name}
    holder, inner = part((await listed(client))[0], name)
    assert holder[inner] is None


async def test_properties_that_nobody_knows(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """New ones may come with each row."""
    await bought(client)
    celitech.dialect.extra = {"currency": "USD"}
    assert (await listed(client))[0]["currency"] == "USD"


@pytest.mark.parametrize(("epochs", "factor"), [("seconds", 1), ("milliseconds", 1000)])
async def test_epochs(
    celitech: CelitechSandbox, client: httpx.AsyncClient, epochs: Any, factor: int
) -> None:
    """They are seconds or milliseconds."""
    celitech.dialect.epochs = epochs
    await bought(client, **DATES)
    (row,) = await listed(client)
    assert row["createdAt"] == 1_767_268_800 * factor
    assert row["startTime"] == 1_767_225_600 * factor


@pytest.mark.parametrize("offset", ["+0000", "+00:00", "Z"])
async def test_dates(celitech: CelitechSandbox, client: httpx.AsyncClient, offset: Any) -> None:
    """They end with an offset in either form, or with Z."""
    celitech.dialect.offset = offset
    made = await bought(client, **DATES)
    assert made["purchase"]["createdDate"] == f"2026-01-01T12:00:00{offset}"
    (row,) = await listed(client)
    assert row["endDate"] == f"2026-01-08T23:59:59{offset}"


async def test_doubles(celitech: CelitechSandbox, client: httpx.AsyncClient) -> None:
    """Every number may have a point, and no truth value becomes a number."""
    celitech.dialect.doubles = True
    made = await bought(client)
    answer = await client.get("/purchases")
    assert '"duration": 7.0' in answer.text
    assert '"dataLimitInBytes": 5000000000.0' in answer.text
    esim = await client.get("/esim", params={"iccid": made["profile"]["iccid"]})
    assert esim.json()["esim"]["isTopUpAllowed"] is True


@pytest.mark.parametrize(
    ("words", "source", "kind"),
    [("lower", "api", "first purchase"), ("upper", "API", "FIRST PURCHASE")],
)
async def test_words(
    celitech: CelitechSandbox, client: httpx.AsyncClient, words: Any, source: str, kind: str
) -> None:
    """They may come in other letters."""
    celitech.dialect.words = words
    await bought(client)
    (row,) = await listed(client)
    assert (row["source"], row["purchaseType"]) == (source, kind)


async def test_a_prefix_of_the_picture(
    celitech: CelitechSandbox, client: httpx.AsyncClient
) -> None:
    """The picture may come as a data address."""
    celitech.dialect.picture_prefix = "data:image/png;base64,"
    profile = (await bought(client))["profile"]
    assert profile["activationCode"].startswith("data:image/png;base64,iVBOR")
