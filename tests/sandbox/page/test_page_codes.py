"""What a visitor sees of a hand-out of codes: switches, direct messages, pictures, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.page.site import OPS

if TYPE_CHECKING:
    from sandbox.slack import File
    from tests.sandbox.page.site import Bot, Site

BEN, BENS_DM = "U0BEN000000", "D0BEN000000"


def plain(text: str) -> dict[str, str]:
    """Return a text object."""
    return {"type": "plain_text", "text": text}


def to_ben(site: Site, name: str = "esim.png", alt_text: str = "QR code of eSIM 1") -> File:
    """Let the bot upload a file to ben's direct messages."""
    workspace = site.scene.slack.workspace
    file = workspace.add_file(name, 4, alt_text)
    file.content, file.title, file.shared = b"\x89PNG", "eSIM <1>", True
    dm = workspace.channel(BENS_DM)
    workspace.post(workspace.compose(dm, workspace.bot, "Your eSIM", files=[file]))
    return file


async def test_one_behaviour_at_a_time(site: Site) -> None:
    """The codes of a provider behave as the last switch says; the other provider's don't."""
    telnyx, celitech = site.scene.telnyx.account.codes, site.scene.celitech.account.codes
    await site.post("/faults/flip", name="codes_installed")
    await site.post("/faults/flip", name="codes_gone")
    shown = await site.region("panel")
    assert (telnyx.of("1"), celitech.of("1")) == ("gone", "as_they_are")
    assert shown.count('aria-checked="true"') == 1
    await site.post("/faults/flip", name="codes_gone")
    assert telnyx.of("1") == "as_they_are"


@pytest.mark.parametrize("provider", ["telnyx", "celitech"])
async def test_every_behaviour_and_its_end(site: Site, provider: str) -> None:
    """Each switch has its own behaviour, and all of them end with the faults."""
    source = getattr(site.scene.switches, provider)
    codes = getattr(site.scene, provider).account.codes
    met = set()
    for name in source.standing():
        if "codes" in name:
            await site.post("/faults/flip", name=name)
            met.add(codes.of("1"))
    assert met >= {"installed", "not_ready", "gone", "confirmation", "told_confirmation"}
    await site.post("/faults/clear")
    assert codes.of("1") == "as_they_are"
    assert 'aria-checked="true"' not in await site.region("panel")


async def test_forms_of_a_code(site: Site) -> None:
    """Celitech writes its codes in one form at a time; both can put secrets in odd places."""
    dialect, account = site.scene.celitech.dialect, site.scene.telnyx.account
    await site.post("/faults/flip", name="celitech_codes_bare")
    await site.post("/faults/flip", name="celitech_codes_id")
    assert dialect.manual_code == "matching_id"
    await site.post("/faults/flip", name="codes_spilt")
    await site.post("/faults/flip", name="celitech_codes_spilt")
    assert (account.spills, dialect.spills) == (True, True)
    await site.post("/faults/clear")
    assert (dialect.manual_code, account.spills, dialect.spills) == ("lpa", False, False)


async def test_how_often_codes_were_asked_for(site: Site) -> None:
    """The panel counts it: a code is fetched when somebody wants it, and never before."""
    account = site.scene.telnyx.account
    sim = account.add_sim()
    assert '"codes-asked">0<' in await site.region("panel")
    url = f"{site.scene.telnyx.url}/sim_cards/{sim['id']}/activation_code"
    headers = {"Authorization": f"Bearer {site.scene.telnyx.api_key}"}
    async with site.session.get(url, headers=headers) as answer:
        assert answer.status == 200
    assert '"codes-asked">1<' in await site.region("panel")


async def test_a_picture_is_shown(site: Site) -> None:
    """A PNG stands in the message with its alt text; other files are offered for download."""
    file = to_ben(site)
    to_ben(site, "sheet.html")
    shown = await site.region("messages", f"/as/ben/{BENS_DM}")
    assert f'<img src="/as/ben/files/{file.id}" alt="QR code of eSIM 1"' in shown
    assert "eSIM &lt;1&gt;" in shown
    assert shown.count("<img") == 1
    assert "Download sheet.html" in shown
    async with site.session.get(f"{site.url}/as/ben/files/{file.id}") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", b"\x89PNG")
    async with site.session.get(f"{site.url}/as/ana/files/{file.id}") as answer:
        assert answer.status == 404


async def test_a_picture_in_a_block(site: Site) -> None:
    """An image block may name a file of the workspace."""
    file = to_ben(site)
    block = {"type": "image", "slack_file": {"id": file.id}, "alt_text": "QR"}
    site.bot_says(block)
    shown = await site.region("messages", f"/as/ben/{OPS}")
    assert f'<img src="/as/ben/files/{file.id}" alt="QR"' in shown


async def test_direct_messages_of_others(site: Site) -> None:
    """What the bot wrote to somebody else is a step away, with how much of it is unread."""
    assert "esim-bot to" not in await site.region("sidebar")
    to_ben(site)
    shown = await site.region("sidebar")
    assert f'href="/as/ben/{BENS_DM}" class="unread"' in shown
    assert "esim-bot to ben" in shown
    assert "esim-bot to" not in await site.region("sidebar", f"/as/ben/{OPS}")
    assert "esim-bot to ben" in await site.region("sidebar", f"/as/carla/{OPS}")


async def test_nobody_is_one_who_has_left(site: Site) -> None:
    """A guest and an external person can be tried; one who was deactivated can't, nor be chosen."""
    site.scene.slack.workspace.welcome_others()
    menu = {"type": "users_select", "action_id": "to", "placeholder": plain("To")}
    site.bot_says({"type": "actions", "block_id": "b", "elements": [menu]})
    sidebar, messages = await site.region("sidebar"), await site.region("messages")
    for name in ("gus", "eva"):
        assert f"/as/{name}/{OPS}" in sidebar
        assert f">{name}</option>" in messages
    assert "/as/max/" not in sidebar
    assert ">max</option>" not in messages


async def test_a_person_is_chosen_in_a_message(site: Site, bot: Bot) -> None:
    """The bot hears who was chosen, in the action and in the state, also where ana alone sees it.

    There is no message in the payload of an ephemeral one.
    """
    menu = {"type": "users_select", "action_id": "codes_to", "placeholder": plain("To")}
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu]}]
    workspace = site.scene.slack.workspace
    ops, bot_user = workspace.channel("ops"), workspace.bot
    for only_for in (None, "U0ANA000000"):
        message = workspace.post(
            workspace.compose(ops, bot_user, "To whom?", blocks=blocks, only_for=only_for)
        )
        form = {"message": message.ts, "block": "b", "action": "codes_to", "value": BEN}
        assert await site.post(f"/as/ana/{OPS}/enter", **form) == {}
        heard = bot.heard[-1]
        assert heard["actions"][0]["selected_user"] == BEN
        assert heard["state"]["values"]["b"]["codes_to"]["selected_user"] == BEN
        assert ("message" in heard) is (only_for is None)
        assert heard["response_url"]


async def test_a_link_button_is_told_of_too(site: Site, bot: Bot) -> None:
    """It leads to its address, and its form tells the bot of the click as Slack does."""
    url = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=LPA%3A1%24a%24b"
    button = {"type": "button", "text": plain("iPhone"), "action_id": "iphone", "url": url}
    message = site.bot_says({"type": "actions", "block_id": "b", "elements": [button]})
    assert f'href="{url}" target="_blank"' in await site.region("messages")
    form = {"message": message.ts, "revision": "0", "block": "b", "action": "iphone"}
    assert await site.post(f"/as/ana/{OPS}/click", **form) == {}
    assert bot.heard[0]["actions"][0]["url"] == url


async def test_lines_are_pasted_into_a_modal(site: Site, bot: Bot) -> None:
    """A rich text is a field of several lines; what was pasted is sent with its mentions."""
    element: dict[str, Any] = {"type": "rich_text_input", "action_id": "lines"}
    block = {"type": "input", "block_id": "b", "label": plain("Lines"), "element": element}
    modal = {"type": "modal", "title": plain("Assign"), "submit": plain("Save"), "blocks": [block]}
    view = site.scene.slack.workspace.views.open("U0ANA000000", modal)
    assert "<textarea" in await site.html()
    bot.answer = {"response_action": "errors", "errors": {"b": "No."}}
    pasted = "Truck 12, @dan\r\nTruck 13, eve@example.com"
    assert await site.post(f"/as/ana/{OPS}/submit", view=view.id, b=pasted) == {}
    state = bot.heard[0]["view"]["state"]["values"]["b"]["lines"]["rich_text_value"]
    pieces = state["elements"][0]["elements"]
    assert [piece["type"] for piece in pieces] == ["text", "user", "text", "link"]
    assert ">Truck 12, @danTruck 13, eve@example.com</textarea>" in await site.html()
