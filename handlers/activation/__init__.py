"""Activation codes, and who has which eSIM: what people type, click and send about them."""

from slack_bolt.async_app import AsyncApp

from bot.clock import Fence
from bot.domain.grammar import Activate, Assign, AssignLines, Unassign
from handlers.activation import assigning, codes
from handlers.activation.assigning import show
from handlers.activation.people import Mentions
from handlers.hearing import Asked, Recorded
from handlers.interaction import Interaction
from handlers.services import Services

__all__ = ["carry_out", "register", "show"]


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons, menus and forms of both."""
    codes.register(app, services)
    assigning.register(app, services)


async def carry_out(
    services: Services,
    interaction: Interaction,
    command: Activate | Assign | AssignLines | Unassign,
    mentions: Mentions,
    within: Fence,
) -> Recorded | Asked:
    """Carry out a line that gives codes or says who has an eSIM.

    Raises InvalidCommand for a person who is not known, and what the engine refuses.
    """
    match command:
        case Activate():
            return codes.activate(services, interaction, command, mentions)
        case Assign():
            return await assigning.assign(services, interaction, command, mentions, within)
        case AssignLines():
            return assigning.open_form(services, interaction, command)
        case Unassign():
            return await assigning.unassign(services, interaction, command, within)
