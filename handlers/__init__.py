"""What the bot hears: commands and clicks. Thin: parse, call a service, answer."""

from slack_bolt.async_app import AsyncApp

from handlers import actions, commands
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen to everything that the bot understands."""
    commands.register(app, services)
    actions.register(app, services)
