"""What a person sees: their channels, what they alone were shown, the modal on top, Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.acting.hand import Hand
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.message import Message


def sees_message(hand: Hand, message: Message) -> bool:
    """Whether the person can see a message; public channels are open to everybody."""
    channel = hand.workspace.channels[message.channel]
    inside = not channel.private or hand.person.id in channel.members
    return inside and message.only_for in {None, hand.person.id}


def has_before_them(hand: Hand, view: View) -> bool:
    """Whether a view is the person's Home tab or the modal on top of their others."""
    return view in hand.workspace.views_of(hand.person)[-1:] or (
        view is hand.workspace.home_of(hand.person)
    )


def find_text(hand: Hand, text: str) -> Message | View | None:
    """Return the newest thing that the person sees and that says `text`, or None."""
    home = hand.workspace.home_of(hand.person)
    views = [*hand.workspace.views_of(hand.person)[-1:], *([home] if home else [])]
    for view in views:
        if text in view.plain():
            return view
    for message in reversed(hand.workspace.timeline):
        if sees_message(hand, message) and text in _words(message):
            return message
    return None


def _words(message: Message) -> str:
    """Return what is written on a message, the names of its files included."""
    return "\n".join([message.plain(), *(file.name for file in message.files)])
