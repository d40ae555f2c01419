"""What a person does by hand: looks, clicks, fills in, submits and closes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import buttons
from sandbox.slack.dispatch.delivery import interaction_parcel
from sandbox.slack.dispatch.payloads import (
    button_action,
    choice_action,
    closed_payload,
    message_action_payload,
    submission_payload,
    suggestion_payload,
    view_action_payload,
)
from sandbox.slack.views.entering import (
    CannotSubmitError,
    NoSuchFieldError,
    chosen,
    complaints,
    find_field,
)
from sandbox.slack.views.state import STATES, state_of
from sandbox.slack.views.view import View

if TYPE_CHECKING:
    from sandbox.blockkit import Button
    from sandbox.slack.dispatch.answers import ResponseUrls
    from sandbox.slack.dispatch.delivery import Parcel
    from sandbox.slack.dispatch.dispatcher import Dispatcher
    from sandbox.slack.views.state import Values
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace


@dataclass(frozen=True)
class Hand:
    """Acts as one person. `origin` is the sandbox's address, where response_urls lead."""

    person: Person
    workspace: Workspace
    dispatcher: Dispatcher
    response_urls: ResponseUrls
    origin: str

    def response_url(self, channel: Channel, message: Message | None) -> str:
        """Return a new response_url for what the person does in a channel, or to a message."""
        return self.origin + self.response_urls.issue(self.person, channel, message)

    def place(self, key: str) -> Channel:
        """Return a channel (a name or an id). Raises LookupError if the person is not in it."""
        channel = self.workspace.channel(key)
        if self.person.id not in channel.members:
            raise LookupError(f"{self.person.name} is not in {channel.name}")
        return channel


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


Blocks = list[dict[str, Any]]
SHORTEST_QUERY = 3
"""Characters to type before an app is asked for options, unless the menu says otherwise."""


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
        payload = view_action_payload(workspace, person, surface, action)
        channel, inside = workspace.direct(person), surface.id
        return interaction_parcel(workspace, person, channel, payload, name, view=inside)
    channel = workspace.channels[surface.channel]
    answer_to = hand.response_url(channel, original or surface)
    payload = message_action_payload(workspace, person, surface, action, answer_to)
    thread_ts = surface.thread_ts
    return interaction_parcel(workspace, person, channel, payload, name, thread_ts=thread_ts)


def _button(hand: Hand, label: str, seen: Message | View, *, visible: bool) -> Button:
    """Find a button by what is written on it."""
    there = buttons(_blocks_of(seen)) if visible else []
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


class NotThereError(AssertionError):
    """The person does not have this view or message before them (any more)."""


def enter(hand: Hand, surface: Message | View, key: str, value: Any) -> Parcel | None:
    """Put a value into a field; what the bot is told of it at once comes back, if anything.

    Raises NotThereError, or NoSuchFieldError.
    """
    _require_before(hand, surface)
    block, element = find_field(_blocks_of(surface), key)
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


def search(hand: Hand, surface: Message | View, key: str, typed: str) -> Parcel | None:
    """Return the parcel that asks the app for the options of a menu; None for too short a text.

    Raises NotThereError, or NoSuchFieldError, also for a field whose options the app does not
    bring.
    """
    _require_before(hand, surface)
    field = find_field(_blocks_of(surface), key)
    element = field[1]
    if not is_external(element):
        raise NoSuchFieldError(f"the options of {key!r} are not the app's to bring")
    if len(typed) < element.get("min_query_length", SHORTEST_QUERY):
        return None
    workspace, name = hand.workspace, f"[{key}]"
    payload = suggestion_payload(workspace, hand.person, surface, field, typed)
    if isinstance(surface, View):
        return _packed(hand, surface, payload, name)
    channel = workspace.channels[surface.channel]
    return interaction_parcel(workspace, hand.person, channel, payload, name)


def is_searched(hand: Hand, surface: Message | View, key: str) -> bool:
    """Whether a field is a menu that the app fills. Raises NotThereError or NoSuchFieldError."""
    _require_before(hand, surface)
    return is_external(find_field(_blocks_of(surface), key)[1])


def is_external(element: dict[str, Any]) -> bool:
    """Whether the app brings the options of a menu when it is opened."""
    return str(element["type"]).endswith("external_select")


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


def _blocks_of(surface: Message | View) -> Blocks:
    """Return all blocks before a person, those in attachments included."""
    return surface.blocks if isinstance(surface, View) else surface.all_blocks


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
