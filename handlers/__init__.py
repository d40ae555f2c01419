"""What comes from Slack: commands, clicks, forms, events. Each: parse, call a service, answer."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from handlers import actions, activation, commands, events, questions, views
from handlers.door import Workspace, guard
from handlers.services import Services


def register(app: AsyncApp, services: Services, workspace: Workspace) -> None:
    """Listen to everything that Slack can send; failures are answered too."""
    guard(app, workspace, services.hearing)
    commands.register(app, services)
    questions.register(app, services)
    activation.register(app, services)
    actions.register(app, services)
    views.register(app, services.hearing)
    events.register(app)

    async def failed(
        error: Exception, body: Mapping[str, Any], context: AsyncBoltContext
    ) -> BoltResponse:
        return services.hearing.answer_fault(body, error, context["arrival"])

    app.error(failed)
