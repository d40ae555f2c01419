"""Who has which eSIM: told by people, shown in look-ups and exports, removed on request."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.support.hand_outs import answer, bought, files_before
from tests.support.leaks.issued import audit_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from sandbox.celitech import CelitechSandbox
    from tests.support.world import World


async def order(world: World, line: str = "/esim buy 2 tags=a") -> str:
    """An order of ana's for two eSIMs."""
    return world.order_id(await bought(world, line))


async def test_to_somebody_on_slack(world: World) -> None:
    """It is confirmed with name and line, and stands in the order's details and in the list."""
    order_id = await order(world)
    first, second = world.sold()
    told = await world.told(f'/esim assign {first} to=@dan name="Truck 12"')
    assert "@dan" in told
    assert "Truck 12" in told
    details = await world.told(f"/esim order {order_id}")
    assert "@dan" in details
    assert "Truck 12" in details
    listed = await world.told(f"/esim assigned {order_id}")
    assert first in listed
    assert "@dan" in listed
    assert second not in listed or "nobody" in listed.lower()


@pytest.mark.parametrize("to", ["dana@example.com", '"Lorry from Łódź & Co"'])
async def test_to_somebody_who_is_not(world: World, to: str) -> None:
    """An address, or a name, as it was written."""
    await order(world)
    iccid = world.sold()[0]
    await world.told(f"/esim assign {iccid} to={to}")
    assert to.strip('"') in await world.told(f"/esim assigned {iccid}")


async def test_at_celitech(world: World, celitech: CelitechSandbox) -> None:
    """Whose eSIM it is makes no difference."""
    await order(world, "/esim buy 2 from=celitech to=France data=5GB days=7")
    iccid = next(iter(celitech.account.esims))
    await world.told(f"/esim assign {iccid} to=@dan")
    assert "@dan" in await world.told(f"/esim assigned {iccid}")


async def test_it_is_removed_on_request(world: World, redis: Redis) -> None:
    """Nothing of it is left anywhere in Redis, nor in the audit, which never had the name."""
    order_id = await order(world)
    iccid = world.sold()[0]
    await world.told(f'/esim assign {iccid} to=dana@example.com name="Truck 12"')
    await world.told(f"/esim unassign {iccid}")
    assert "dana@example.com" not in await world.told(f"/esim order {order_id}")
    entries = [each for each in await audit_of(redis) if "assigned" in each["event"]]
    assert [each["event"] for each in entries] == ["assigned", "unassigned"]
    assert [each["iccids"] for each in entries] == [[iccid], [iccid]]
    assert all("dana" not in json.dumps(each) for each in entries)
    keys = [key async for key in redis.scan_iter()]
    kept = [await redis.dump(key) or b"" for key in keys]
    assert not any(b"dana@example.com" in bytes(each) for each in kept)


@pytest.mark.parametrize("who", ["dan", "olga"])
async def test_a_colleague_says_nothing(world: World, redis: Redis, who: str) -> None:
    """Only the requester and approvers of the order say who has its eSIMs, or remove it."""
    order_id = await order(world)
    iccid = world.sold()[0]
    told = await world.told(f"/esim assign {iccid} to=@{who}", who=who)
    assert "nothing changed" in told.lower()
    await world.told(f"/esim assign {iccid} to=@ana", who="ben")
    await world.told(f"/esim unassign {iccid}", who=who)
    assert "@ana" in await world.told(f"/esim assigned {order_id}")
    events = [each["event"] for each in await audit_of(redis)]
    assert (events.count("assigned"), events.count("unassigned")) == (1, 0)


async def test_a_paste_of_lines(world: World) -> None:
    """A form takes a line for each eSIM: a name, an address, somebody on Slack."""
    order_id = await order(world)
    ana = world.slack.person("ana")
    await ana.types(f"/esim assign {order_id}")
    await world.slack.until(lambda: world.slack.workspace.views_of("ana"))
    (view,) = world.slack.workspace.views_of("ana")
    field = next(block["element"]["action_id"] for block in view.blocks if block["type"] == "input")
    assert (await ana.submits(view, {field: "Truck 12\ndana@example.com"})).ok
    listed = await world.told(f"/esim assigned {order_id}")
    for part in (*world.sold(), "Truck 12", "dana@example.com"):
        assert part in listed


async def test_as_files(world: World) -> None:
    """The list of all comes as CSV and workbook in a direct message; ICCIDs are plain digits."""
    await order(world)
    first, second = world.sold()
    await world.told(f'/esim assign {first} to=@dan name="Truck 12"')
    await world.told(f"/esim assign {second} to=dana@example.com")
    listing = await answer(world, "ben", lambda: world.slack.person("ben").types("/esim assigned"))
    label = next(each for each in listing.buttons() if "CSV" in each or "file" in each.lower())
    await answer(world, "ben", lambda: world.slack.person("ben").clicks(label, listing))
    files = {file.name.rpartition(".")[2]: file for file in files_before(world.slack, "ben")}
    assert set(files) == {"csv", "xlsx"}
    lines = list(csv.DictReader(io.StringIO(files["csv"].content.decode("utf-8-sig"))))
    told = {line["iccid"]: str(line) for line in lines}
    assert set(told) == {first, second}
    assert "dana@example.com" in told[second]
    assert "Truck 12" in told[first]
