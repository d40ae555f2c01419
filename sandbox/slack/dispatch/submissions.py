"""What becomes of a modal when the bot has answered its submission."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.slack.block_kit import check_view
from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.workspace import Workspace


def conclude(workspace: Workspace, view: View, body: str) -> None:
    """Close a submitted modal, or do what the answer's response_action says.

    Raises Refusal for an answer that Slack doesn't take; then the modal stays as it is.
    """
    answer = _answer(body)
    match answer.get("response_action"):
        case None:
            workspace.views.close(view)
        case "clear":
            workspace.views.close(view, everything=True)
        case "errors":
            _show_errors(workspace, view, answer.get("errors"))
        case "update":
            workspace.views.update(view, _checked(answer))
        case "push":
            workspace.views.push(view.person, _checked(answer))
        case _:
            raise Refusal("invalid_response_action")


def _answer(body: str) -> dict[str, Any]:
    """Return the answer: nothing, or a JSON object."""
    try:
        answer = json.loads(body) if body.strip() else {}
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(answer, dict):
        raise Refusal("json_not_object")
    return answer


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the view in an answer."""
    view = answer.get("view")
    check_view(view, "modal")
    content: dict[str, Any] = view or {}
    return content


def _show_errors(workspace: Workspace, view: View, errors: Any) -> None:
    """Show errors below the inputs whose block_ids they name."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    right = isinstance(errors, dict) and errors and set(errors) <= inputs
    if not right or not all(isinstance(text, str) and text for text in errors.values()):
        raise Refusal("invalid_errors")
    view.errors = dict(errors)
    workspace.changes.announce()
