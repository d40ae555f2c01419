"""What people see and press when activation codes are given; by ids, not by the words."""

from typing import Any, Final

from sandbox.blockkit import buttons
from sandbox.slack import NoSuchButtonError, SlackSandbox
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import File

ASK, SEND, DONE, AS_FILE, TO = "codes_ask", "codes_send", "codes_done", "codes_as", "codes_to"
"""Action ids of what is pressed and chosen."""
EVENT_TYPE: Final = "esim_codes"
"""What marks the messages with codes."""


def label_of(message: Message, action: str, holds: str = "") -> str:
    """What is written on the button with this action id; the one whose label holds the text.

    Raises NoSuchButtonError.
    """
    for button in buttons(message.all_blocks):
        its_own = str(button.element.get("action_id", "")).partition(":")[0]
        if its_own == action and holds.lower() in button.label.lower():
            return button.label
    raise NoSuchButtonError(f"no {action} on {message.plain()}")


def has(message: Message, action: str) -> bool:
    """Whether there is such a button."""
    return any(
        str(button.element.get("action_id", "")).partition(":")[0] == action
        for button in buttons(message.all_blocks)
    )


def confirmation_of(slack: SlackSandbox, who: str, since: int = 0) -> Message | None:
    """The newest confirmation that this person was shown, but for the first `since` answers."""
    shown = [each for each in slack.ephemerals(who)[since:] if has(each, SEND)]
    return shown[-1] if shown else None


def codes_before(slack: SlackSandbox, who: str) -> list[Message]:
    """The messages with codes that stand before this person now, oldest first."""
    return [
        message
        for message in slack.direct_messages(who)
        if (message.metadata or {}).get("event_type") == EVENT_TYPE
    ]


def files_before(slack: SlackSandbox, who: str) -> list[File]:
    """The files that stand in the direct messages to this person now, oldest first."""
    return [file for message in slack.direct_messages(who) for file in message.files]


def shown_in(message: Message) -> str:
    """Everything in its blocks, as one text: also addresses of links."""
    return "\n".join(_texts(message.blocks))


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    return [part] if isinstance(part, str) else []
