"""What the bot hears: commands and clicks. Thin: parse, call a service, answer."""

from slack_bolt.async_app import AsyncApp

from handlers import actions, commands, strays
from handlers.services import Services
from handlers.workspace import Workspace, guard


def register(app: AsyncApp, services: Services, workspace: Workspace) -> None:
    """Listen to everything that the bot understands, and answer what it does not."""
    guard(app, workspace, services.hearing)
    commands.register(app, services)
    actions.register(app, services)
    strays.register(app, services.hearing)
