"""Plays one command from typing to the last message, and shows what everybody sees."""

from collections.abc import Callable
from contextlib import suppress

from rich.emoji import Emoji

from sandbox.demo.stage import APPROVERS, Stage
from sandbox.slack.workspace.message import Message

REQUESTER, APPROVER, CHANNEL = "ana", APPROVERS[0], "ops"
_PATIENCE = 600.0
"""Seconds that an order may take; one in doubt is looked up for a while."""
PURCHASED, NOT_PURCHASED = 0, 1
"""Exit codes; a line that is only answered did what was asked, as a purchase did."""
_ANSWER = 15.0
"""Seconds that a card or another answer may take."""
_PROMISE = "follows here."
"""How an answer ends that another one follows."""
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


class WrongUsageError(ValueError):
    """The line is nothing that anybody can type to the bot in Slack."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}. Write it as you would type it in Slack, for example "
            "esim-bot demo --once '/esim buy 3 tags=demo', or '/esim help'."
        )


async def play(stage: Stage, line: str, say: Callable[[str], None]) -> int:
    """Type the line, approve the order if it made one; an exit code comes back.

    It is 0 for an order that ended as purchased, and for a line that was only answered. Raises
    WrongUsageError for a line that is no command of the bot.
    """
    since = len(stage.slack.workspace.timeline)
    say(f"{REQUESTER} types in #{CHANNEL}: {line.strip()}\n")
    try:
        answer = await _type(stage, line, since)
    except TimeoutError as failure:
        say(str(failure))
        return NOT_PURCHASED
    while state_of(answer) not in {"", *_LAST}:
        await _approve(stage, answer)
    await _until_followed(stage, answer)
    await stage.bot.until_up_to_date()
    say(Emoji.replace(stage.slack.transcript(None, since=since)))
    return PURCHASED if state_of(answer) in {"", "purchased"} else NOT_PURCHASED


async def _approve(stage: Stage, card: Message) -> None:
    """Approve the order, when its price is there, and wait for its end or for another price."""
    slack = stage.slack
    await slack.until(lambda: _is_asked(card) or state_of(card) in _LAST, _PATIENCE)
    if _is_asked(card):
        await slack.person(APPROVER).clicks("Approve", card)
        await slack.until(lambda: not _is_asked(card), _PATIENCE)


def _is_asked(card: Message) -> bool:
    return "Approve" in card.buttons()


async def _until_followed(stage: Stage, answer: Message) -> None:
    """Wait for the answer that another one has promised."""
    timeline = stage.slack.workspace.timeline
    if answer.only_for and answer.text.endswith(_PROMISE):
        with suppress(TimeoutError):
            await stage.slack.until(lambda: timeline[-1] is not answer, _ANSWER)


def check_line(line: str) -> None:
    """Raise WrongUsageError for what is no slash command, before anything is started for it."""
    if not line.strip():
        raise WrongUsageError("There is no command to play")
    if not line.strip().startswith("/"):
        raise WrongUsageError("A command begins with a slash")


async def _type(stage: Stage, line: str, since: int) -> Message:
    """Send the command; the card, or the answer that only the requester sees, comes back."""
    slack = stage.slack
    try:
        await slack.person(REQUESTER).types(line.strip(), channel=CHANNEL)
    except ValueError as failure:
        raise WrongUsageError(str(failure).capitalize()) from failure
    await slack.until(lambda: len(slack.workspace.timeline) > since, _ANSWER)
    return slack.workspace.timeline[since]


def state_of(message: Message) -> str:
    """The state of the order whose card this is, as its metadata tells; "" for no card."""
    metadata = message.metadata or {}
    return str(metadata.get("event_payload", {}).get("state", ""))
