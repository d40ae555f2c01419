"""What the person sees at once of the bot's answer, or of its failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.slack.dispatch.response_urls import show
from sandbox.slack.dispatch.submissions import conclude
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.arguments import Arguments
from sandbox.slack.workspace.cast import SLACKBOT

if TYPE_CHECKING:
    from sandbox.slack.dispatch.delivery import Answer, Parcel
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


def show_answer(workspace: Workspace, parcel: Parcel, answer: Answer) -> None:
    """Show the person what the bot answered, or that it failed. Nobody waits for an event."""
    if parcel.is_event:
        return
    error = answer.error or _taken(workspace, parcel, answer.body)
    view = workspace.views.find(parcel.view) if parcel.view else None
    if view is not None:
        view.trouble = TROUBLE if error else ""
    elif error is not None:
        _show_failure(workspace, parcel, error)


def _taken(workspace: Workspace, parcel: Parcel, body: str) -> str | None:
    """Do what an answer says; Slack's name for what is wrong with it comes back, if anything."""
    try:
        if parcel.is_submission:
            _conclude(workspace, parcel, body)
        elif parcel.is_command and body.strip():
            person = workspace.people[parcel.person]
            show(workspace, person, workspace.channels[parcel.channel], _answered(body))
    except Refusal as refusal:
        return refusal.error
    return None


def _conclude(workspace: Workspace, parcel: Parcel, body: str) -> None:
    """Conclude the submission of a view that is still there."""
    view: View | None = workspace.views.find(parcel.view or "")
    if view is not None:
        view.errors = {}
        conclude(workspace, view, body)


def _answered(body: str) -> Arguments:
    """Return the answer in an acknowledgement: a JSON object, or plain text."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return Arguments(value if isinstance(value, dict) else {"text": body})


def _show_failure(workspace: Workspace, parcel: Parcel, error: str) -> None:
    """Tell the person, where they are, that the bot did not take what they did."""
    workspace.post(
        workspace.compose(
            workspace.channels[parcel.channel],
            workspace.people[SLACKBOT],
            f'{parcel.name} failed with the error "{error}"',
            thread_ts=parcel.thread_ts,
            only_for=parcel.person,
        )
    )
