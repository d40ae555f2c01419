"""Filling in the fields of a modal, Home tab or message; submitting and closing modals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.acting.clicks import acted_parcel
from sandbox.slack.acting.sight import has_before_them, sees_message
from sandbox.slack.dispatch.packing import interaction_parcel
from sandbox.slack.dispatch.payloads.clicks import choice_action
from sandbox.slack.dispatch.payloads.views import closed_payload, submission_payload
from sandbox.slack.inputs.checking import CannotSubmitError, complaints
from sandbox.slack.inputs.entering import chosen, find_field
from sandbox.slack.inputs.state import STATES, state_of
from sandbox.slack.views.view import View

if TYPE_CHECKING:
    from sandbox.slack.acting.hand import Hand
    from sandbox.slack.dispatch.delivery import Parcel
    from sandbox.slack.inputs.state import Values
    from sandbox.slack.workspace.message import Message


class NotThereError(AssertionError):
    """The person does not have this view or message before them (any more)."""


def enter(hand: Hand, surface: Message | View, key: str, value: Any) -> Parcel | None:
    """Put a value into a field; what the bot is told of it at once comes back, if anything.

    Raises NotThereError, or NoSuchFieldError.
    """
    _require_before(hand, surface)
    block, element = find_field(surface.blocks, key)
    choice = chosen(element, value, hand.workspace)
    if element["type"] in STATES:
        state = state_of(element, choice)
        place = _entered(hand, surface).setdefault(block["block_id"], {})
        place[element["action_id"]] = state
        hand.workspace.changes.announce()
    else:
        state = {"selected_option": choice}
    if block["type"] == "input" and not block.get("dispatch_action"):
        return None
    return acted_parcel(
        hand, surface, choice_action(hand.workspace, block, element, state), f"[{key}]"
    )


def submit(hand: Hand, view: View) -> Parcel:
    """Return the parcel for a modal that is submitted. Raises NotThereError or CannotSubmitError.

    The latter for what Slack's client refuses by itself: a required field that is empty, a text
    that is too long, no number where one belongs, a modal without a button to submit it.
    """
    _require_before(hand, view)
    if view.kind != "modal" or not view.submit_label or view.content.get("submit_disabled"):
        raise CannotSubmitError({view.id: "there is no button to submit it"})
    wrong = complaints(view.blocks, view.values)
    if wrong:
        raise CannotSubmitError(wrong)
    payload = submission_payload(hand.workspace, hand.person, view)
    return _packed(hand, view, payload, f"[{view.submit_label}]")


def close(hand: Hand, view: View, *, everything: bool) -> Parcel | None:
    """Close a modal, or all of them; what the bot is told of it comes back, if it asked for it.

    Raises NotThereError.
    """
    _require_before(hand, view)
    views = hand.workspace.views
    everything = everything or bool(view.content.get("clear_on_close"))
    told = views.of(hand.person.id)[0] if everything else view
    payload = closed_payload(hand.workspace, hand.person, told, cleared=everything)
    views.close(view, everything=everything)
    if not told.content.get("notify_on_close"):
        return None
    return _packed(hand, told, payload, f"[{told.close_label}]")


def _packed(hand: Hand, view: View, payload: dict[str, Any], name: str) -> Parcel:
    """Pack an interaction with a view."""
    channel = hand.workspace.direct(hand.person)
    return interaction_parcel(hand.workspace, hand.person, channel, payload, name, view=view.id)


def _entered(hand: Hand, surface: Message | View) -> Values:
    """Return where what this person enters is kept."""
    if isinstance(surface, View):
        return surface.entered
    return surface.entered.setdefault(hand.person.id, {})


def _require_before(hand: Hand, surface: Message | View) -> None:
    """Raise NotThereError unless the person can use this view or message now."""
    there = (
        has_before_them(hand, surface)
        if isinstance(surface, View)
        else sees_message(hand, surface) and not surface.deleted
    )
    if not there:
        raise NotThereError(f"{hand.person.name} does not have this before them: {surface!r}")
