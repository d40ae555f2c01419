"""What the tests of processes do again and again: order eSIMs, and run a command to its end."""

import asyncio
import sys

from sandbox.demo.stage import Stage


async def bought(stage: Stage, count: int) -> None:
    """Order and approve; wait until the ICCIDs are in the thread."""
    before = len(stage.slack.messages("ops"))
    await stage.slack.person("ana").types(f"/esim buy {count}")
    await stage.slack.until(lambda: len(stage.slack.messages("ops")) > before)
    card = stage.slack.messages("ops")[-1]
    await stage.slack.person("ben").clicks("Approve", card)
    await stage.slack.until(lambda: stage.slack.thread(card))
    assert str(stage.telnyx.ledger.sims[-1]["iccid"]) in stage.slack.thread(card)[0].plain()


async def ended(settings: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run the command to its end: exit code and what it wrote for people."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env={"PATH": "/usr/bin:/bin", **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()
