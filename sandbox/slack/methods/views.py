"""views.*: modals and Home tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.block_kit import check_view
from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.workspace.wire import view_json

if TYPE_CHECKING:
    from sandbox.slack.views.stacks import Trigger
    from sandbox.slack.views.view import View
    from sandbox.slack.web_api.invocation import Invocation


def open_view(call: Invocation) -> dict[str, Any]:
    """Show a modal to the person whose doing the trigger_id stands for."""
    content, trigger = _content(call, "modal"), _trigger(call)
    view = call.workspace.views.open(trigger.person, content)
    trigger.used = True
    return _shown(call, view)


def push(call: Invocation) -> dict[str, Any]:
    """Show a modal above the one in which the person did something."""
    content, trigger = _content(call, "modal"), _trigger(call)
    if trigger.view is None:
        raise Refusal("invalid_trigger_id")
    if call.workspace.views.find(trigger.view) is None:
        raise Refusal("not_found")
    view = call.workspace.views.push(trigger.person, content)
    trigger.used = True
    return _shown(call, view)


def update(call: Invocation) -> dict[str, Any]:
    """Give the view that view_id or external_id names new content."""
    arguments = call.arguments
    key = arguments.text("view_id") or arguments.text("external_id")
    if not key:
        raise bad_argument("missing required field: view_id")
    view = call.workspace.views.find(key)
    if view is None:
        raise Refusal("not_found")
    content = _content(call, view.kind)
    _require_hash(call, view)
    return _shown(call, call.workspace.views.update(view, content))


def publish(call: Invocation) -> dict[str, Any]:
    """Show a person's Home tab, or change it."""
    workspace, arguments = call.workspace, call.arguments
    if not workspace.installation.features.home_tab:
        raise Refusal("not_enabled")
    person = workspace.people.get(arguments.required("user_id"))
    if person is None:
        raise Refusal("user_not_found")
    content = _content(call, "home")
    _require_hash(call, workspace.home_of(person))
    return _shown(call, workspace.views.publish(person.id, content))


def _content(call: Invocation, kind: str) -> dict[str, Any]:
    """Return the view that was given, checked."""
    view = call.arguments.structure("view", "invalid_arguments")
    if view is None:
        raise bad_argument("missing required field: view")
    check_view(view, kind)
    content: dict[str, Any] = view
    return content


def _trigger(call: Invocation) -> Trigger:
    """Return what the trigger_id stands for."""
    arguments = call.arguments
    key = arguments.text("trigger_id") or arguments.text("interactivity_pointer")
    if not key:
        raise bad_argument("missing required field: trigger_id")
    return call.workspace.triggers.look_up(key)


def _require_hash(call: Invocation, view: View | None) -> None:
    """Raise Refusal (hash_conflict) when the caller has seen another state of the view."""
    given = call.arguments.text("hash")
    if given and view is not None and given != view.hash:
        raise Refusal("hash_conflict")


def _shown(call: Invocation, view: View) -> dict[str, Any]:
    """Return the answer that shows a view."""
    return {"view": view_json(call.workspace.installation, view)}
