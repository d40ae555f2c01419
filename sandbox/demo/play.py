"""Plays one command from typing to the last message, and shows what everybody sees."""

from collections.abc import Callable

from sandbox.demo.stage import APPROVERS, Stage
from sandbox.slack.workspace.message import Message

REQUESTER, APPROVER, CHANNEL = "ana", APPROVERS[0], "ops"
_PATIENCE = 600.0
"""Seconds that an order may take; one in doubt is looked up for a while."""
_ANSWER = 15.0
"""Seconds that a card or another answer may take."""
_LAST = frozenset(
    {
        "purchased",
        "partly_purchased",
        "refused",
        "declined",
        "cancelled",
        "expired",
        "needs_attention",
    }
)
"""States after which nothing more happens by itself."""


async def play(stage: Stage, line: str, say: Callable[[str], None]) -> bool:
    """Type the line, approve the order if it made one; whether it ended as purchased."""
    since = len(stage.slack.workspace.timeline)
    say(f"{REQUESTER} types in #{CHANNEL}: {line.strip()}\n")
    try:
        answer = await _type(stage, line, since)
    except (ValueError, TimeoutError) as failure:
        say(str(failure))
        return False
    if "Approve" in answer.buttons():
        await stage.slack.person(APPROVER).clicks("Approve", answer)
        await stage.slack.until(lambda: state_of(answer) in _LAST, _PATIENCE)
    await stage.bot.until_up_to_date()
    say(stage.slack.transcript(None, since=since))
    return state_of(answer) == "purchased"


async def _type(stage: Stage, line: str, since: int) -> Message:
    """Send the command; the card, or the answer that only the requester sees, comes back."""
    slack = stage.slack
    await slack.person(REQUESTER).types(line.strip(), channel=CHANNEL)
    await slack.until(lambda: len(slack.workspace.timeline) > since, _ANSWER)
    return slack.workspace.timeline[since]


def state_of(message: Message) -> str:
    """The state of the order whose card this is, as its metadata tells; "" for no card."""
    metadata = message.metadata or {}
    return str(metadata.get("event_payload", {}).get("state", ""))
