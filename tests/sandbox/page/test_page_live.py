"""Live updates: what changed is sent, once, to those who see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from sandbox.page.feed import Feed, second_look
from sandbox.slack.workspace.clock import Changes
from tests.sandbox.page.site import OPS, news

if TYPE_CHECKING:
    from tests.sandbox.page.site import Site

ALL = {"sidebar", "messages", "thread", "panel", "views"}


async def test_every_region_at_first(site: Site) -> None:
    """A page that missed something before it listened is brought up to date at once."""
    async with site.session.get(f"{site.url}/as/ana/{OPS}/live") as answer:
        assert answer.content_type == "text/event-stream"
        assert set(await news(answer.content)) == ALL


async def test_then_what_changed(site: Site) -> None:
    """A message changes the messages of those who look, and a mark for those who don't."""
    fleet = "/as/olga/C0FLEET0000"
    async with (
        site.session.get(f"{site.url}/as/ana/{OPS}/live") as ana,
        site.session.get(f"{site.url}{fleet}/live") as olga,
    ):
        await news(ana.content)
        await news(olga.content)
        site.scene.slack.person("ben").says("news &lt;b&gt;")
        shown = await news(ana.content)
        assert "news &lt;b&gt;" in shown["messages"]
        assert "panel" not in shown
        marked = await news(olga.content)
        assert "messages" not in marked
        assert "unread" in marked["sidebar"]


async def test_what_the_provider_does(site: Site) -> None:
    """A purchase request changes the panel, also one that is refused."""
    purchase = f"{site.scene.telnyx.url}/actions/purchase/esims"
    async with site.session.get(f"{site.url}/as/ana/{OPS}/live") as answer:
        await news(answer.content)
        async with site.session.post(purchase, json={"amount": 1}):
            shown = await news(answer.content)
    assert '<dd id="requests">1</dd>' in shown["panel"]


async def test_nobody_there(site: Site) -> None:
    """A stream for a place that is not there is not found."""
    async with site.session.get(f"{site.url}/as/dan/C0SECRET000/live") as answer:
        assert answer.status == 404


async def test_a_browser_that_left(site: Site) -> None:
    """A stream whose reader has gone ends, and does no harm to the others."""
    async with aiohttp.ClientSession() as gone:
        answer = await gone.get(f"{site.url}/as/ana/{OPS}/live")
        await news(answer.content)
    async with site.session.get(f"{site.url}/as/ana/{OPS}/live") as stays:
        await news(stays.content)
        site.scene.slack.person("ben").says("still here?")
        assert "still here?" in (await news(stays.content))["messages"]


async def test_the_feed_counts_what_it_follows() -> None:
    """Every change of a source counts, also two in a row."""
    feed, source = Feed(), Changes()
    async with feed.follows(source.until):
        assert not await feed.later_than(0, seconds=0)
        source.announce()
        source.announce()
        # The follower may not have begun to wait yet: it looks once before it does.
        known = feed.count
        while not await feed.later_than(known, seconds=0.01):
            source.announce()
    assert feed.count > 0


def test_a_second_look() -> None:
    """It is false once, and true from then on."""
    look = second_look()
    assert [look(), look(), look()] == [False, True, True]
