"""`esim-bot demo` as somebody new types it."""

import asyncio
import re
import signal
import sys

import aiohttp
import pytest

from sandbox.demo.stage import Stage
from tests.processes.commands import ended


async def demo(line: str) -> tuple[int, str]:
    """Run `esim-bot demo --once`."""
    return await ended({}, "demo", "--once", line)


async def test_the_demo_shows_the_whole_conversation() -> None:
    """Exit code 0, the card, the ICCIDs and who was told, as plain text with Slack's emoji."""
    code, said = await demo("/esim buy 3 tags=demo")
    assert code == 0, said
    for part in ("#ops", "✅ Bought 3 of 3 eSIMs", "• 8", "#fleet", "@ana (direct messages)"):
        assert part in said


async def test_the_demo_buys_from_the_other_provider() -> None:
    """It is asked for its price, which the card shows, and then sells: an ICCID for each."""
    code, said = await demo("/esim buy 2 from=celitech to=France data=5GB days=7")
    assert code == 0, said
    assert "$10.80" in said
    assert "✅ Bought 2 of 2 eSIMs" in said
    assert len(set(re.findall(r"• (8\d{18,19})", said))) == 2


async def test_the_demo_orders_nothing_that_is_not_sold() -> None:
    """A size that there is not ends the order with those that there are: exit code 1."""
    code, said = await demo("/esim buy 2 from=celitech to=France data=4GB days=7")
    assert code == 1, said
    assert "data=5GB days=7" in said
    assert "Bought" not in said


@pytest.mark.parametrize(
    ("line", "told"), [("/esim help", "shows this"), ("/esim buy ten or twelve", "12")]
)
async def test_a_line_that_is_only_answered_in_the_demo(line: str, told: str) -> None:
    """The answer is shown, and the exit code says that the line did what it could."""
    code, said = await demo(line)
    assert code == 0, said
    assert told in said


@pytest.mark.parametrize("line", ["esim buy 1", "", "  ", "/nosuch 1"])
async def test_a_line_that_nobody_can_type_in_the_demo(line: str) -> None:
    """Exit code 2, and a sentence with an example."""
    code, said = await demo(line)
    assert code == 2, said
    assert "esim-bot demo --once '/esim buy 3 tags=demo'" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["99999", "-1", "many"])
async def test_a_demo_on_no_port(port: str) -> None:
    """Exit code 2 and the name of the option, not a stack trace."""
    code, said = await ended({}, "demo", "--port", port)
    assert code == 2
    assert "--port" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_demo_serves_its_page(number: signal.Signals) -> None:
    """Without a terminal it prints its address and serves until it is stopped: exit code 0."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    address = next(word for word in said.split() if word.startswith("http://"))
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == 200
        assert "/esim buy 3" in await answer.text()
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), 15) == 0


async def test_a_demo_on_a_port_that_is_taken(stage: Stage) -> None:
    """Exit code 2 and a sentence, not a stack trace."""
    code, said = await ended({}, "demo", "--port", stage.bot.url.rpartition(":")[2])
    assert code == 2
    assert "The demo can't start" in said
    assert "Traceback" not in said
