"""The provider panel: the ledger, the switches, the bot's process."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from sandbox.page import served_page
from tests.sandbox.page.site import Site

if TYPE_CHECKING:
    from sandbox.page import Scene


async def purchase(site: Site, amount: int = 3, reference: str = "esim-A1-1") -> int:
    """Send a purchase as a bot does; the status, or 0 when the connection was closed."""
    telnyx = site.scene.telnyx
    order = {"amount": amount, "tags": ["fleet", reference, "esim-A1"]}
    headers = {"Authorization": f"Bearer {telnyx.api_key}"}
    url = f"{telnyx.url}/actions/purchase/esims"
    try:
        async with site.session.post(url, json=order, headers=headers) as answer:
            return answer.status
    except aiohttp.ClientError:
        return 0


async def test_the_ledger(site: Site) -> None:
    """Requests, SIMs, money and references are counted as they are in the ledger."""
    assert await purchase(site) == 202
    shown = await site.region("panel")
    for part in ('"requests">1<', '"sold">3<', '"spent">$2.10<', "$9,997.90", "esim-A1-1"):
        assert part in shown
    assert '"sold-beyond">0<' in shown


async def test_a_request_that_was_sent_twice(site: Site) -> None:
    """The same reference twice sells beyond what was ordered: it is what must never be."""
    await purchase(site)
    await purchase(site)
    shown = await site.region("panel")
    assert '"sold-beyond">3<' in shown
    assert 'class="bad"' in shown


def a_card(site: Site, words: str, order_id: str = "A1") -> None:
    """Let the bot post an order's card."""
    payload = {"order_id": order_id, "key": "card", "state": "approved"}
    site.bot_says(text=words).metadata = {"event_type": "x", "event_payload": payload}


async def test_a_purchase_that_a_person_doubled(site: Site) -> None:
    """A second call with a reference of its own counts too, when the order had all it ordered."""
    a_card(site, "Buy 3 eSIMs from Telnyx? Asked by ana")
    await purchase(site)
    assert '"sold-beyond">0<' in await site.region("panel")
    await purchase(site, 2, "esim-a1-2")
    assert '"sold-beyond">2<' in await site.region("panel")


async def test_an_order_in_several_calls(site: Site) -> None:
    """Calls that together sell what was ordered are no surplus, with its card or without one."""
    await purchase(site)
    await purchase(site, 3, "esim-A1-2")
    assert '"sold-beyond">0<' in await site.region("panel")
    a_card(site, "1,006 eSIMs from Telnyx: bought")
    a_card(site, "1 eSIM from Telnyx", "B2")
    assert '"sold-beyond">0<' in await site.region("panel")


async def test_the_ledger_is_numbered(site: Site) -> None:
    """The newest request comes first, under the number that it has in the ledger."""
    for number in range(1, 11):
        await purchase(site, 1, f"esim-A1-{number}")
    shown = await site.region("panel")
    places = [shown.index(f"No. {number}<") for number in range(10, 2, -1)]
    assert places == sorted(places)
    assert "No. 2<" not in shown
    assert "Not shown: 2 earlier." in shown


@pytest.mark.parametrize(
    ("fault", "label", "status", "sold"),
    [
        ("lose", "the answer is lost", 0, 3),
        ("fewer", "sells one fewer", 202, 2),
        ("refuse", "refused with 70001", 422, 0),
        ("limited_after_sale", "answered with 429", 429, 3),
        ("no_iccids", "without ICCIDs", 202, 3),
        ("old_sim", "names a SIM sold before", 202, 3),
        ("physical", "sells a physical SIM", 202, 3),
        ("no_tags", "names a SIM without its tags", 202, 3),
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
    for name in ("down", "slow", "hide", "slack_down", "away", "slack_away"):
        await site.post("/faults/flip", name=name)
    shown = await site.region("panel")
    assert shown.count('aria-checked="true"') == 6
    assert (faults.is_down, faults.delay_seconds > 0) == (True, True)
    assert slack.take("chat.postMessage")
    await site.post("/faults/flip", name="down")
    assert (faults.is_down, faults.delay_seconds > 0) == (False, True)
    for name in ("slow", "hide", "slack_down", "away", "slack_away"):
        await site.post("/faults/flip", name=name)
    assert await purchase(site) == 202
    assert not slack.take("chat.postMessage")
    assert 'aria-checked="true"' not in await site.region("panel")


LISTING = ("fewer_listed", "spoilt_pages", "list_hangs", "lower_tags")


async def test_faults_of_the_list(site: Site) -> None:
    """Each can be pressed in the panel, on and off again, and all end with the others."""
    faults, account = site.scene.telnyx.faults, site.scene.telnyx.account
    for name in LISTING:
        assert f'id="flip-{name}"' in await site.region("panel")
        await site.post("/faults/flip", name=name)
    assert account.as_given({"tags": ["A"]}) == {"tags": ["a"]}
    assert (await site.region("panel")).count('aria-checked="true"') == 4
    for name in LISTING[:2]:
        await site.post("/faults/flip", name=name)
    await site.post("/faults/clear")
    assert account.as_given({"tags": ["A"]}) == {"tags": ["A"]}
    items = [{"id": "a"}, {"id": "b"}]
    assert faults.spoilt({"data": items}, items) == {"data": items}
    assert await faults.next_listing() is None


async def test_a_provider_that_is_down(site: Site) -> None:
    """It closes the connection, and the request stands in the ledger as not processed."""
    await site.post("/faults/flip", name="down")
    assert await purchase(site) == 0
    assert "not processed" in await site.region("panel")


@pytest.mark.parametrize("off", ["/faults/flip", "/faults/clear"])
async def test_servers_that_can_not_be_reached(site: Site, off: str) -> None:
    """Nobody can connect, and nothing is received, until the switch is off."""
    for name in ("away", "slack_away"):
        await site.post("/faults/flip", name=name)
    for url in (site.scene.telnyx.url, site.scene.slack.api_url):
        with pytest.raises(aiohttp.ClientConnectorError):
            await site.session.get(url)
    assert site.scene.telnyx.ledger.requests == []
    for name in ("away", "slack_away"):
        await site.post(off, name=name)
    assert await purchase(site) == 202
    async with site.session.post(f"{site.scene.slack.api_url}api.test") as answer:
        assert answer.status == 200


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


async def ask(site: Site, times: int) -> list[int]:
    """Ask Slack for a channel as a bot does; the HTTP status of each call."""
    slack, got = site.scene.slack, list[int]()
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    for _ in range(times):
        url = f"{slack.api_url}conversations.info?channel={slack.workspace.channel('ops').id}"
        async with site.session.get(url, headers=headers) as answer:
            got.append(answer.status)
    return got


async def test_the_calls_of_slack(site: Site) -> None:
    """Each method that was called: calls of the last minute, the limit, refusals."""
    assert "has not called Slack yet" in await panel(site)
    await ask(site, 2)
    shown = await panel(site)
    assert "has not called Slack yet" not in shown
    row = shown[shown.index('id="calls-conversations.info"') :]
    assert "<td>2</td><td>50</td><td>0</td></tr>" in row


async def test_a_tenth_of_the_limits(site: Site) -> None:
    """The bot meets a limit sooner; what it was refused is counted, and stands out."""
    await site.post("/faults/flip", name="slack_tight")
    assert await ask(site, 6) == [*([200] * 5), 429]
    assert '<td>6</td><td>5</td><td class="bad">1</td>' in await panel(site)
    for off in ("/faults/flip", "/faults/clear"):
        await site.post(off, name="slack_tight")
        assert "<td>50</td>" in await panel(site)
        await site.post("/faults/flip", name="slack_tight")


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
    for name in ("down", "hide", "slack_down", "away"):
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


async def test_every_fault_has_its_button(site: Site) -> None:
    """No fault is half added: each has a button with words, and each button has a fault."""
    switches = site.scene.switches
    buttons = dict(
        re.findall(r'<button[^>]*id="((?:flip|arm)-\w+)"[^>]*>(.*?)</button>', await panel(site))
    )
    flips = {f"flip-{name}" for each in switches.sources for name in each.standing()}
    arms = {f"arm-{name}" for each in switches.sources for name in each.single()}
    assert set(buttons) == flips | arms
    assert all(re.sub("<.*?>", "", words).strip() for words in buttons.values())


async def panel(site: Site) -> str:
    """The panel's HTML, in one line."""
    return " ".join((await site.region("panel")).split())
