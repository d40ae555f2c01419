"""Who sees what: channels, threads, ephemeral messages, files, unread marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.page.site import OPS

if TYPE_CHECKING:
    from tests.sandbox.page.site import Site


async def test_the_way_in(site: Site) -> None:
    """The bare address leads to the requester in #ops, with what to type first."""
    async with site.session.get(site.url) as answer:
        assert answer.url.path == f"/as/ana/{OPS}"
        assert "/esim buy 3 tags=demo" in await answer.text()


async def test_commands_of_the_manifest(site: Site) -> None:
    """The message field offers the manifest's commands with their usage hints."""
    shown = await site.html()
    assert 'data-line="/esim buy 10"' in shown
    assert 'data-line="/esim help"' in shown


async def test_what_is_typed(site: Site) -> None:
    """A message comes to everybody in the channel as it was typed; names become mentions."""
    assert await site.post(f"/as/ana/{OPS}/send", text="<b>hi</b> @ben & *all*") == {}
    shown = await site.region("messages", f"/as/dan/{OPS}")
    assert "&lt;b&gt;hi&lt;/b&gt;" in shown
    assert ">@ben</span> &amp; <strong>all</strong>" in shown


async def test_without_a_script(site: Site) -> None:
    """A form that is sent by the browser itself leads back to its page."""
    page = f"{site.url}/as/ana/{OPS}"
    form, headers = {"text": "plain"}, {"Referer": page}
    async with site.session.post(f"{page}/send", data=form, headers=headers) as answer:
        assert str(answer.url) == page
        assert "<p>plain</p>" in await answer.text()


async def test_threads(site: Site) -> None:
    """A reply stands in the thread alone; the channel counts it."""
    parent = site.scene.slack.person("ana").says("question")
    await site.post(f"/as/ben/{OPS}/send", text="answer", thread=parent.ts)
    channel = await site.region("messages")
    assert "answer" not in channel
    assert "1 reply<" in channel
    thread = await site.region("thread", f"/as/ana/{OPS}?thread={parent.ts}")
    assert thread.index("question") < thread.index("answer")


async def test_what_one_person_alone_sees(site: Site) -> None:
    """An ephemeral message is on its person's page and on nobody else's."""
    workspace = site.scene.slack.workspace
    ops, dan = workspace.channel("ops"), workspace.person("dan")
    workspace.post(workspace.compose(ops, workspace.bot, "just for you", only_for=dan.id))
    assert "Only visible to you" in await site.region("messages", f"/as/dan/{OPS}")
    assert "just for you" not in await site.html()


async def test_private_channels(site: Site) -> None:
    """Who is not in a private channel neither finds nor opens it."""
    assert "#secret" in await site.region("sidebar")
    assert "#secret" not in await site.region("sidebar", f"/as/dan/{OPS}")
    for path in ("/as/dan/C0SECRET000", "/as/nobody/home", "/as/dan/D0ANA000000"):
        async with site.session.get(site.url + path) as answer:
            assert answer.status == 404


async def test_wrong_commands(site: Site) -> None:
    """Unknown commands and commands in threads are refused as in Slack's own field."""
    parent = site.scene.slack.person("ana").says("question")
    send = f"/as/ana/{OPS}/send"
    assert "/foo is not a command" in (await site.post(send, text="/foo bar"))["problem"]
    told = await site.post(send, text="/esim help", thread=parent.ts)
    assert "not supported in threads" in told["problem"]


async def test_where_nobody_can_write(homely: Site) -> None:
    """The Home tab takes no messages."""
    assert "can't write" in (await homely.post("/as/ana/home/send", text="x"))["problem"]


FINANCE = "C0FINANCE00"


async def test_the_bot_is_invited(site: Site) -> None:
    """/invite is Slack's own: the bot is in the channel then, and everybody reads who did it."""
    workspace = site.scene.slack.workspace
    send = f"/as/ana/{FINANCE}/send"
    assert await site.post(send, text="/invite @esim-bot") == {}
    assert workspace.bot.id in workspace.channel("finance").members
    shown = await site.region("messages", f"/as/ben/{FINANCE}")
    assert "was added to #finance by" in shown
    await site.post(send, text="/invite esim-bot")
    assert shown.count("was added") == (await site.html(f"/as/ben/{FINANCE}")).count("was added")
    assert 'data-line="/invite @esim-bot"' in await site.html()


@pytest.mark.parametrize(
    ("line", "place", "told"),
    [
        ("/invite", "C0SECRET000", "Whom?"),
        ("/invite @dan @nobody", "C0SECRET000", "nobody called @nobody"),
        ("/invite @dan", "D0ANA000000", "direct messages"),
    ],
)
async def test_an_invitation_that_can_not_be(site: Site, line: str, place: str, told: str) -> None:
    """It is refused with a sentence, and nobody is brought in."""
    assert told in (await site.post(f"/as/ana/{place}/send", text=line))["problem"]
    assert "U0DAN000000" not in site.scene.slack.workspace.channel(place).members


async def test_approvers_are_not_told_to_become_themselves(site: Site) -> None:
    """The welcome sends those who may not approve to ben, and ben and carla to ana."""
    leads = [("ana", "ben", "ana"), ("ben", "ana", "ben"), ("carla", "ana", "ben")]
    for person, led_to, others in leads:
        shown = await site.html(f"/as/{person}/{OPS}")
        welcome = shown.split('class="welcome"')[1].split("</section>")[0]
        assert f'href="/as/{led_to}/{OPS}"' in welcome
        assert f'href="/as/{others}/{OPS}"' not in welcome


async def test_the_welcome_to_an_app_of_ones_own(site: Site) -> None:
    """Where the page runs no bot it speaks of the app that is connected, and of nothing to kill."""
    assert site.scene.bot is None
    welcome = (await site.html(f"/as/ana/{OPS}")).split('class="welcome"')[1].split("</section>")[0]
    assert "The app that you connect answers here" in welcome
    assert "kill the bot" not in welcome


async def test_a_command_without_a_bot(site: Site) -> None:
    """The person sees that the command failed, as in Slack."""
    await site.post(f"/as/ana/{OPS}/send", text="/esim help")
    assert "dispatch_failed" in await site.region("messages")
    assert "dispatch_failed" not in await site.region("messages", f"/as/ben/{OPS}")


async def test_unread_marks(site: Site) -> None:
    """A message counts for those who have not opened the channel since."""
    site.scene.slack.person("ben").says("news", "fleet")
    unread = '#fleet</span><span class="count">1'
    assert unread in await site.region("sidebar")
    await site.html("/as/ana/C0FLEET0000")
    assert unread not in await site.region("sidebar")
    assert unread in await site.region("sidebar", f"/as/olga/{OPS}")


async def test_files(site: Site) -> None:
    """A file comes under its own name to who sees its channel, and to nobody else."""
    workspace = site.scene.slack.workspace
    file = workspace.add_file('a "b".csv', 4)
    file.title = "Title <b>"
    file.content = b"x,y\n"
    secret = workspace.channel("secret")
    workspace.post(workspace.compose(secret, workspace.bot, "", files=[file]))
    assert "Title &lt;b&gt;" in await site.region("messages", f"/as/ana/{secret.id}")
    async with site.session.get(f"{site.url}/as/ana/files/{file.id}") as answer:
        assert await answer.read() == b"x,y\n"
        assert answer.headers["Content-Disposition"].endswith("''a%20%22b%22.csv")
    for path in (f"/as/dan/files/{file.id}", "/as/ana/files/F0NONE"):
        async with site.session.get(site.url + path) as answer:
            assert answer.status == 404


async def test_other_sites_are_kept_out(site: Site) -> None:
    """Posts from another origin, and requests under another name, are refused."""
    send = f"{site.url}/as/ana/{OPS}/send"
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        async with site.session.post(send, data={"text": "x"}, headers=headers) as answer:
            assert answer.status == 403
    assert site.scene.slack.messages("ops") == []
    async with site.session.get(site.url) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
