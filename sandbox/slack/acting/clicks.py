"""Clicking buttons: in messages, modals and the Home tab."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import buttons
from sandbox.slack.acting.sight import has_before_them, sees_message
from sandbox.slack.dispatch.packing import interaction_parcel
from sandbox.slack.dispatch.payloads.clicks import button_action, message_payload, view_payload
from sandbox.slack.views.view import View

if TYPE_CHECKING:
    from sandbox.blockkit import Button
    from sandbox.slack.acting.hand import Hand
    from sandbox.slack.dispatch.delivery import Parcel
    from sandbox.slack.workspace.message import Message

Blocks = list[dict[str, Any]]


class NoSuchButtonError(AssertionError):
    """The message has no such button for this person now; the text names those that it has."""


def click(
    hand: Hand,
    label: str,
    surface: Message | View,
    stale_blocks: Blocks | tuple[str, Blocks] | None,
) -> Parcel:
    """Return the parcel for a click on a button. Raises NoSuchButtonError."""
    if isinstance(surface, View):
        button = _button(hand, label, surface, visible=has_before_them(hand, surface))
        return acted_parcel(
            hand, surface, button_action(hand.workspace, button.block, button.element), f"[{label}]"
        )
    seen = surface if stale_blocks is None else _as_it_was(surface, stale_blocks)
    gone = surface.deleted and stale_blocks is None
    button = _button(hand, label, seen, visible=not gone and sees_message(hand, surface))
    action = button_action(hand.workspace, button.block, button.element)
    return acted_parcel(hand, seen, action, f"[{label}]", original=surface)


def acted_parcel(
    hand: Hand,
    surface: Message | View,
    action: dict[str, Any],
    name: str,
    original: Message | None = None,
) -> Parcel:
    """Pack an action in a message or view; `original` is the message behind a stale one."""
    workspace, person = hand.workspace, hand.person
    if isinstance(surface, View):
        payload = view_payload(workspace, person, surface, action)
        channel, inside = workspace.direct(person), surface.id
        return interaction_parcel(workspace, person, channel, payload, name, view=inside)
    channel = workspace.channels[surface.channel]
    answer_to = hand.response_url(channel, original or surface)
    payload = message_payload(workspace, person, surface, action, answer_to)
    thread_ts = surface.thread_ts
    return interaction_parcel(workspace, person, channel, payload, name, thread_ts=thread_ts)


def _button(hand: Hand, label: str, seen: Message | View, *, visible: bool) -> Button:
    """Find a button by what is written on it."""
    there = buttons(seen.blocks) if visible else []
    for button in there:
        if button.label == label:
            return button
    labels = ", ".join(f"[{button.label}]" for button in there) or "no buttons"
    name = seen.id if isinstance(seen, View) else seen.ts
    raise NoSuchButtonError(f"no [{label}] for {hand.person.name} on {name}: {labels}")


def _as_it_was(message: Message, earlier: Blocks | tuple[str, Blocks]) -> Message:
    """Return the message as it looked with earlier blocks or at an earlier revision."""
    if isinstance(earlier, tuple):
        return replace(message, text=earlier[0], blocks=earlier[1])
    return replace(message, blocks=earlier)
