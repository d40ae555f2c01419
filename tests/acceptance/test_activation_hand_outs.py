"""Hand-outs of many eSIMs as files: a ZIP with pictures and a CSV file, and a sheet to print."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.support.hand_outs import (
    AS_ARCHIVE,
    AS_SHEET,
    DONE,
    SEND,
    asked,
    bought,
    codes_before,
    files_before,
    given,
    has,
    label_of,
    sent,
    until,
)
from tests.support.leaks.issued import audit_of
from tests.support.leaks.pictures import code_shown, margin

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from sandbox.celitech import CelitechSandbox
    from sandbox.slack.workspace.model import File
    from tests.support.world import World

MANY = "/esim buy 40 tags=a whitelabel=Fleet"


def texts(world: World) -> dict[str, str]:
    """The activation code of each eSIM at Telnyx, by its ICCID, as they were sold."""
    return {str(sim.fields["iccid"]): sim.code.text for sim in world.telnyx.account.sims}


def opened(file: File) -> dict[str, bytes]:
    """What lies in an archive, by name, in its sequence."""
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    """The lines of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_forty_as_an_archive(world: World, redis: Redis) -> None:
    """A picture each, named by number and last digits, which shows just that code; and a CSV."""
    order_id = world.order_id(await bought(world, MANY))
    confirmation = await asked(world, f"/esim handout {order_id}")
    assert "40 eSIMs" in confirmation.plain()
    assert all(iccid in confirmation.plain() for iccid in world.sold())
    told = await sent(world, confirmation)
    assert "40 eSIMs" in told.plain()
    (file,) = files_before(world.slack, "ana")
    assert file.name == f"esims-{order_id}.zip"
    content = opened(file)
    codes = texts(world)
    lines = rows(content.pop("esims.csv"))
    names = [f"{number}-{iccid[-6:]}.png" for number, iccid in enumerate(codes, 1)]
    assert list(content) == names
    for picture, text in zip(content.values(), codes.values(), strict=True):
        assert code_shown(picture, [text]) == text
    assert margin(content[names[0]]) == 4
    assert [line["iccid"] for line in lines] == list(codes)
    for line, text in zip(lines, codes.values(), strict=True):
        assert line["activation_code"] == text
        assert [line["smdp_address"], line["matching_id"]] == text.split("$")[1:3]
        assert (line["order"], line["name"]) == (order_id, "Fleet")
    revealed = [one for one in await audit_of(redis) if one["event"] == "codes_revealed"]
    assert [(one["form"], tuple(one["iccids"])) for one in revealed] == [("archive", tuple(codes))]


async def test_the_columns_of_android(world: World) -> None:
    """The whole text first, as its device management takes it; ICCIDs are plain digits."""
    order_id = world.order_id(await bought(world))
    await given(world, f"/esim handout {order_id} format=android")
    (file,) = files_before(world.slack, "ana")
    (first, second) = rows(opened(file)["esims.csv"])
    assert next(iter(first)) == "activation_code"
    assert [each["activation_code"] for each in (first, second)] == list(texts(world).values())
    assert [each["iccid"] for each in (first, second)] == world.sold()


async def test_a_sheet_to_print(world: World) -> None:
    """A label each, with picture, last digits, the line's name and a field; nothing is loaded."""
    order_id = world.order_id(await bought(world, MANY))
    await given(world, f"/esim handout {order_id} as=sheet")
    (file,) = files_before(world.slack, "ana")
    assert file.name == f"esims-{order_id}.html"
    page = file.content.decode()
    assert page.count("<svg") == 40
    assert page.count(">Person<") == 40
    assert page.count("Fleet") >= 40
    for iccid in world.sold():
        assert f"…{iccid[-6:]}" in page
    assert not re.search(r"(?:src|href)\s*=|https?://(?!www\.w3\.org)|@import|url\(", page)


async def test_confirmation_codes_stand_apart(world: World) -> None:
    """Not beside their picture: whoever finds one label can't use it."""
    order_id = world.order_id(await bought(world))
    world.telnyx.account.codes.become("told_confirmation")
    await given(world, f"/esim handout {order_id} as=sheet")
    (sheet,) = files_before(world.slack, "ana")
    labels, _, apart = sheet.content.decode().partition("<table")
    await given(world, f"/esim handout {order_id}")
    lines = rows(opened(files_before(world.slack, "ana")[-1])["esims.csv"])
    for sim, line in zip(world.telnyx.account.sims, lines, strict=True):
        assert sim.code.confirmation not in labels
        assert sim.code.confirmation in apart
        assert line["confirmation_code"] == sim.code.confirmation
        assert sim.code.confirmation not in line["activation_code"]


async def test_names_from_people(world: World) -> None:
    """Who has which eSIM stands in both files; markup and formulas in names do nothing there."""
    order_id = world.order_id(await bought(world))
    first, second = world.sold()
    await world.told(f'/esim assign {first} name="=1+1<script>&"')
    await world.told(f"/esim assign {second} to=dana@example.com")
    await given(world, f"/esim handout {order_id}")
    await given(world, f"/esim handout {order_id} as=sheet")
    archive, sheet = files_before(world.slack, "ana")
    line, other = rows(opened(archive)["esims.csv"])
    assert not any(cell.startswith("=") for cell in line.values())
    assert "1+1" in line["name"] + line["assigned_to"]
    assert other["assigned_to"] == "dana@example.com"
    page = sheet.content.decode()
    assert "<script>" not in page
    assert "dana@example.com" in page


@pytest.mark.parametrize("action", [AS_ARCHIVE, AS_SHEET])
async def test_more_than_ten_only_as_files(world: World, action: str) -> None:
    """The confirmation offers the files in place of forty messages; one message carries it."""
    confirmation = await asked(world, f"/esim activate {world.order_id(await bought(world, MANY))}")
    assert not has(confirmation, SEND)
    await sent(world, confirmation, action=action)
    assert len(codes_before(world.slack, "ana")) == len(files_before(world.slack, "ana")) == 1


async def test_ten_as_messages(world: World) -> None:
    """As many as are given as messages: each with a picture of its own code, in sequence."""
    order_id = world.order_id(await bought(world, "/esim buy 10 tags=a"))
    await given(world, f"/esim activate {order_id}")
    files = files_before(world.slack, "ana")
    for file, (iccid, text) in zip(files, texts(world).items(), strict=True):
        assert file.name == f"esim-{iccid[-6:]}.png"
        assert file.alt_text
        assert code_shown(file.content, [text]) == text
    assert len(codes_before(world.slack, "ana")) == 10


async def test_what_is_missing_is_told(world: World) -> None:
    """Those without a code are left out of the file, and named; the others are in it."""
    order_id = world.order_id(await bought(world, "/esim buy 4 tags=a"))
    gone, *left = world.sold()
    world.telnyx.account.codes.become("gone", gone)
    told = await given(world, f"/esim handout {order_id}")
    assert gone in told.plain()
    (file,) = files_before(world.slack, "ana")
    assert [line["iccid"] for line in rows(opened(file)["esims.csv"])] == left
    assert next(iter(opened(file))) == "esims.csv" or f"2-{left[0][-6:]}.png" in opened(file)


async def test_a_file_goes_when_done_is_pressed(world: World) -> None:
    """Or in time, with the message that carries it."""
    order_id = world.order_id(await bought(world))
    await given(world, f"/esim handout {order_id}")
    (message,) = codes_before(world.slack, "ana")
    await world.slack.person("ana").clicks(label_of(message, DONE), message)
    await until(world, lambda: not codes_before(world.slack, "ana"))
    assert files_before(world.slack, "ana") == []
    await given(world, f"/esim handout {order_id}")
    await world.pass_time(86_500)
    await until(world, lambda: not codes_before(world.slack, "ana"))
    assert files_before(world.slack, "ana") == []


async def test_progress_on_a_long_one(world: World) -> None:
    """Whoever waits reads how many are fetched; that line goes when all are there."""
    order_id = world.order_id(await bought(world, MANY))
    world.telnyx.account.codes.become("slow")
    await given(world, f"/esim handout {order_id}")
    said = [each.words for each in world.slack.history.read_by(world.id("ana"))]
    assert any("of 40 so far" in each for each in said)
    standing = [each.plain() for each in world.slack.direct_messages("ana")]
    assert not any("so far" in each for each in standing)
    assert 1 < world.telnyx.account.codes.most_at_once <= 5


async def test_of_celitech(world: World, celitech: CelitechSandbox) -> None:
    """The same of the other provider: its pictures are drawn by us from the text."""
    line = "/esim buy 3 from=celitech to=France data=5GB days=7"
    order_id = world.order_id(await bought(world, line))
    await given(world, f"/esim handout {order_id}")
    (file,) = files_before(world.slack, "ana")
    pictures = [content for name, content in opened(file).items() if name.endswith(".png")]
    codes = [esim.code.text for esim in celitech.account.esims.values()]
    assert [code_shown(each, codes) for each in pictures] == codes


async def test_what_apples_device_management_needs(world: World) -> None:
    """It is said plainly that it takes no codes, and what it takes instead."""
    confirmation = await asked(world, f"/esim handout {world.order_id(await bought(world))}")
    await sent(world, confirmation)
    (message,) = codes_before(world.slack, "ana")
    assert "EID" in message.plain()
