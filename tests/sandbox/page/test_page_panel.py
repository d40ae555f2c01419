"""The provider panel: the ledger, the switches, the bot's process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from sandbox.page import served_page
from tests.sandbox.page.site import Site

if TYPE_CHECKING:
    from sandbox.page import Scene

ORDER = {"amount": 3, "tags": ["fleet", "esim-A1-1"]}


async def purchase(site: Site) -> int:
    """Send a purchase as a bot does; the status, or 0 when the connection was closed."""
    telnyx = site.scene.telnyx
    headers = {"Authorization": f"Bearer {telnyx.api_key}"}
    url = f"{telnyx.url}/actions/purchase/esims"
    try:
        async with site.session.post(url, json=ORDER, headers=headers) as answer:
            return answer.status
    except aiohttp.ClientError:
        return 0


async def test_the_ledger(site: Site) -> None:
    """Requests, SIMs, money and references are counted as they are in the ledger."""
    assert await purchase(site) == 202
    shown = await site.region("panel")
    for part in ('"requests">1<', '"sold">3<', '"spent">$2.10<', "$9,997.90", "esim-A1-1"):
        assert part in shown
    assert '"sent-twice">0<' in shown


async def test_a_request_that_was_sent_twice(site: Site) -> None:
    """The same reference twice is told in the panel: it is what must never be."""
    await purchase(site)
    await purchase(site)
    shown = await site.region("panel")
    assert '"sent-twice">1<' in shown
    assert 'class="bad"' in shown


@pytest.mark.parametrize(
    ("fault", "label", "status", "sold"),
    [
        ("lose", "the answer is lost", 0, 3),
        ("fewer", "sells one fewer", 202, 2),
        ("refuse", "refused with 70001", 422, 0),
    ],
)
async def test_faults_of_the_next_purchase(
    site: Site, fault: str, label: str, status: int, sold: int
) -> None:
    """An armed fault is shown, meets the next purchase, and is gone after it."""
    assert await site.post("/faults/arm", name=fault, code="70001") == {}
    assert label in await site.region("panel")
    assert await purchase(site) == status
    assert len(site.scene.telnyx.ledger.sims) == sold
    assert label not in await site.region("panel")
    assert await purchase(site) == 202


async def test_armed_faults_wait_in_a_row(site: Site) -> None:
    """Two faults meet two purchases, the first one first."""
    await site.post("/faults/arm", name="fewer")
    await site.post("/faults/arm", name="refuse", code="20100")
    assert "sells one fewer; then refused with 20100" in await site.region("panel")
    assert await purchase(site) == 202
    assert "Next: refused with 20100<" in await site.region("panel")
    assert await purchase(site) == 422


async def test_standing_faults(site: Site) -> None:
    """A switch is on until it is pressed again, and each alone."""
    slack, faults = site.scene.slack.faults, site.scene.telnyx.faults
    for name in ("down", "slow", "hide", "slack_down"):
        await site.post("/faults/flip", name=name)
    shown = await site.region("panel")
    assert shown.count('aria-checked="true"') == 4
    assert (faults.is_down, faults.delay_seconds > 0) == (True, True)
    assert slack.take("chat.postMessage")
    await site.post("/faults/flip", name="down")
    assert (faults.is_down, faults.delay_seconds > 0) == (False, True)
    for name in ("slow", "hide", "slack_down"):
        await site.post("/faults/flip", name=name)
    assert await purchase(site) == 202
    assert not slack.take("chat.postMessage")
    assert 'aria-checked="true"' not in await site.region("panel")


async def test_a_provider_that_is_down(site: Site) -> None:
    """It closes the connection, and the request stands in the ledger as not processed."""
    await site.post("/faults/flip", name="down")
    assert await purchase(site) == 0
    assert "not processed" in await site.region("panel")


async def test_faults_of_slack(site: Site) -> None:
    """Three calls are rate-limited; a message is stored and its answer dropped."""
    faults = site.scene.slack.faults
    await site.post("/faults/arm", name="slack_limited")
    taken = [faults.take("chat.postMessage") for _ in range(4)]
    assert [fault and fault.kind.value for fault in taken] == ["rate_limit"] * 3 + [None]
    await site.post("/faults/arm", name="slack_drop")
    dropped = faults.take("chat.postMessage")
    assert dropped is not None
    assert dropped.stores


async def test_standing_faults_of_slack(site: Site) -> None:
    """Each is on until it is pressed again, whichever others are on."""
    faults, names = site.scene.slack.faults, ("slack_refuses", "slack_no_edits", "slack_no_files")
    for name in names:
        await site.post("/faults/flip", name=name)
    assert (await site.region("panel")).count('aria-checked="true"') == 3
    await site.post("/faults/flip", name="slack_refuses")
    assert faults.take("chat.postMessage") is None
    edit, upload = faults.take("chat.update"), faults.take("upload")
    assert (edit and edit.error, upload and upload.kind.value) == ("update_failed", "missing")
    for name in names[1:]:
        await site.post("/faults/flip", name=name)
    assert faults.take("chat.update") is None


async def test_somebody_deletes_a_card(site: Site) -> None:
    """The newest message of the bot's in a channel goes; where there is none, nothing does."""
    workspace = site.scene.slack.workspace
    ops = workspace.channel("ops")
    for text in ("first", "second"):
        workspace.post(workspace.compose(ops, workspace.bot, text))
    for left in (["first"], [], []):
        await site.post("/faults/arm", name="slack_delete")
        assert [message.text for message in workspace.top_level(ops.id)] == left


async def test_all_off(site: Site) -> None:
    """One press ends everything, also what was armed."""
    for name in ("down", "hide", "slack_down"):
        await site.post("/faults/flip", name=name)
    await site.post("/faults/arm", name="refuse")
    await site.post("/faults/clear")
    shown = await site.region("panel")
    assert 'aria-checked="true"' not in shown
    assert 'id="armed"' not in shown
    assert await purchase(site) == 202


@pytest.mark.parametrize("path", ["/faults/flip", "/faults/arm"])
async def test_switches_that_are_not_there(site: Site, path: str) -> None:
    """They are refused with a sentence."""
    assert "There is no such" in (await site.post(path, name="nothing"))["problem"]


@dataclass
class Lamp:
    """A bot's process that is on or off, and may refuse to start."""

    is_running: bool = True
    is_changing: bool = False
    trouble: str = ""

    async def kill(self) -> None:
        """Switch it off."""
        self.is_running = False

    async def start(self) -> None:
        """Switch it on."""
        if self.trouble:
            raise RuntimeError(self.trouble)
        self.is_running = True


async def test_the_bots_process(scene: Scene) -> None:
    """It is killed and started again; why it does not start is told."""
    lamp = Lamp()
    scene = replace(scene, bot=lamp)
    async with served_page(scene) as url, aiohttp.ClientSession() as session:
        site = Site(scene, url, session)
        assert "Kill the bot now" in await site.region("panel")
        await site.post("/bot/kill")
        assert not lamp.is_running
        assert "Start it again" in await site.region("panel")
        lamp.trouble = "no memory"
        assert "no memory" in (await site.post("/bot/start"))["problem"]
        lamp.trouble = ""
        assert await site.post("/bot/start") == {}
        assert lamp.is_running


async def test_a_bot_that_is_not_ours(site: Site) -> None:
    """Without a process there is nothing to kill, and no button for it."""
    assert "Kill the bot now" not in await site.region("panel")
    assert "problem" in await site.post("/bot/kill")
    assert "problem" in await site.post("/bot/start")
