"""The messages, modals and Home tab before a person, and what they use in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import buttons
from sandbox.slack.views.state import STATES, chosen_in, current

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.page.seen.look import Look
    from sandbox.slack import Channel, Message, Person
    from sandbox.slack.views.state import Values
    from sandbox.slack.views.view import View

    Earlier = tuple[str, list[dict[str, Any]]]

Block = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A message with its author, the id of who reads it, and the number of its replies."""

    message: Message
    author: Person
    reader: str
    replies: int = 0

    @property
    def key(self) -> str:
        """The message's id in the page."""
        return f"m-{self.message.ts}"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks, with what this person has chosen in them."""
        return filled(self.message.blocks, self.message.entered.get(self.reader, {}))

    @property
    def revision(self) -> int:
        """How often it was edited: a click tells what the person saw."""
        return len(self.message.revisions)


@dataclass(frozen=True)
class Surface:
    """A view with what was entered in its blocks."""

    view: View
    blocks: list[dict[str, Any]]

    @property
    def form(self) -> str:
        """The id of the form that its inputs belong to."""
        return f"form-{self.view.id}"


def messages(look: Look) -> list[Shown]:
    """Return what stands in the channel outside of threads, oldest first."""
    return [_shown(look, each) for each in _visible(look) if each.thread_ts is None]


def thread(look: Look) -> list[Shown]:
    """Return the message that the open thread is about, and the replies; nothing without one."""
    if look.thread is None:
        return []
    ts = look.thread.ts
    replies = [each for each in _visible(look) if each.thread_ts == ts]
    return [_shown(look, each) for each in (look.thread, *replies)]


def visible(look: Look, channel: Channel) -> Iterator[Message]:
    """Yield what a channel has for this person, ephemeral messages of others left out."""
    for message in look.workspace.timeline:
        if message.channel == channel.id and message.only_for in {None, look.person.id}:
            yield message


def _visible(look: Look) -> Iterator[Message]:
    return visible(look, look.channel) if look.channel else iter(())


def _shown(look: Look, message: Message) -> Shown:
    replies = 0 if message.only_for else len(look.workspace.replies(message))
    return Shown(message, look.workspace.people[message.user], look.person.id, replies)


def modals(look: Look) -> list[Surface]:
    """Return the modal on top of the person's others, or nothing."""
    return [_surface(view) for view in look.workspace.views_of(look.person)[-1:]]


def home(look: Look) -> Surface | None:
    """Return the Home tab that the bot published for the person."""
    view = look.workspace.home_of(look.person)
    return _surface(view) if view else None


def view_before(look: Look, view_id: str) -> View | None:
    """Return the view with this id, if the person has it before them."""
    shown = [*modals(look), *([tab] if (tab := home(look)) else [])]
    return next((each.view for each in shown if each.view.id == view_id), None)


def _surface(view: View) -> Surface:
    return Surface(view, filled(view.blocks, view.entered))


def surface(look: Look, form: Mapping[str, str]) -> Message | View | None:
    """Return the view or the message (a ts) that `form` names, if it is before the person."""
    if "view" in form:
        return view_before(look, form["view"])
    if look.channel is None:
        return None
    ts = form.get("message", "")
    return next((each for each in visible(look, look.channel) if each.ts == ts), None)


def clicked(
    look: Look, form: Mapping[str, str]
) -> tuple[str, Message | View, Earlier | None] | None:
    """Return the button's label, where it is, and the earlier content if that was seen.

    `form` has `view` or `message` and `revision`, and `block` and `action` (ids). None where
    there is no such button.
    """
    where = surface(look, form)
    if where is None:
        return None
    earlier = _earlier(where, form.get("revision", ""))
    for button in buttons(earlier[1] if earlier else where.blocks):
        ids = (button.block.get("block_id"), button.element.get("action_id"))
        value = button.element.get("value", "")
        if (*ids, value) == (form.get("block"), form.get("action"), form.get("value", value)):
            return button.label, where, earlier
    return None


def _earlier(where: Message | View, revision: str) -> Earlier | None:
    """Return the content that the page showed, if the message was edited since."""
    revisions: list[Earlier] = getattr(where, "revisions", [])
    number = int(revision) if revision.isdigit() else len(revisions)
    return revisions[number] if number < len(revisions) else None


def filled(blocks: list[Block], entered: Values) -> list[Block]:
    """Return `blocks`, in which each element's initial value is what was entered, if anything."""
    values = current(blocks, entered)
    return [_filled_block(block, values) for block in blocks]


def _filled_block(block: Block, values: Values) -> Block:
    block, states = dict(block), values.get(block.get("block_id", ""), {})
    if block.get("type") == "container":
        block["child_blocks"] = [_filled_block(child, values) for child in block["child_blocks"]]
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            block[name] = _filled(block[name], states)
    if block.get("type") == "actions":
        block["elements"] = [_filled(element, states) for element in block["elements"]]
    return block


def _filled(element: Block, states: dict[str, dict[str, Any]]) -> Block:
    state = states.get(element.get("action_id", ""))
    if state is None or element.get("type") not in STATES:
        return element
    initial = STATES[element["type"]][1]
    return {**element, initial: chosen_in(state)}
