"""What people did, as the bot reads it from Slack's requests."""

from typing import Any

from handlers.interaction import Interaction, Kind

ANA, OPS = "U0ANA000000", "C0OPS000000"
"""Ana and #ops in the sandbox's workspace."""


def a_command(user: str = ANA, channel: str = OPS, address: str = "", **parts: Any) -> Interaction:
    """A slash command; `address` takes the answer."""
    told = {"kind": Kind.COMMAND, "channel": channel, "trigger": "trigger", **parts}
    return Interaction(user=user, response_url=address, **told)


def in_home(user: str = ANA, **parts: Any) -> Interaction:
    """A click in the Home tab."""
    return Interaction(Kind.CLICK, user, view="V0HOME", trigger="trigger", **parts)


def a_form(user: str = ANA, **parts: Any) -> Interaction:
    """A form that was sent."""
    told = {"view": "V0FORM", "in_modal": True, "trigger": "trigger", **parts}
    return Interaction(Kind.SUBMISSION, user, **told)
