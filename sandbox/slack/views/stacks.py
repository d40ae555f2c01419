"""Everybody's open modals and Home tabs, and the trigger_ids that open them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import completed
from sandbox.slack.refusal import Refusal
from sandbox.slack.views.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.mrkdwn import Directory
    from sandbox.slack.workspace.clock import Changes, Clock
    from sandbox.slack.workspace.history import History

MOST_MODALS = 3


@dataclass
class Views:
    """The views that are there now. `stacks` and `homes` are by the person's id."""

    clock: Clock
    changes: Changes
    directory: Directory = field(repr=False)
    history: History = field(repr=False)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def of(self, person: str) -> list[View]:
        """Return a person's open modals; the last one is on top, and seen."""
        return list(self.stacks.get(person, []))

    def find(self, key: str) -> View | None:
        """Return the view with this id or external_id, if it is open or published."""
        for view in self._all():
            if key and key in {view.id, view.content.get("external_id")}:
                return view
        return None

    def open(self, person: str, content: dict[str, Any]) -> View:
        """Show a new modal in place of whatever modals there are."""
        view = self._new(person, content)
        view.root_id = view.id
        self.stacks[person] = [view]
        self.changes.announce()
        return view

    def push(self, person: str, content: dict[str, Any]) -> View:
        """Show a new modal above the others. Raises Refusal (push_limit_reached) above three."""
        stack = self.stacks.get(person, [])
        if len(stack) >= MOST_MODALS:
            raise Refusal("push_limit_reached")
        view = self._new(person, content)
        view.root_id, view.previous_id = stack[0].root_id, stack[-1].id
        stack.append(view)
        self.changes.announce()
        return view

    def update(self, view: View, content: dict[str, Any]) -> View:
        """Give a view new content; what was entered stays where ids and kinds are the same."""
        self._require_unused(content, view)
        view.content = _stored(content)
        self.history.note_view(view.person, view.content)
        view.hash, view.errors, view.trouble = self._hash(), {}, ""
        self.changes.announce()
        return view

    def publish(self, person: str, content: dict[str, Any]) -> View:
        """Show a person's Home tab, or change it."""
        if person in self.homes:
            return self.update(self.homes[person], content)
        view = self.homes[person] = self._new(person, content)
        view.root_id = view.id
        self.changes.announce()
        return view

    def close(self, view: View, *, everything: bool = False) -> None:
        """Take a modal away with those above it, or all modals of its person."""
        stack = self.stacks.get(view.person, [])
        if view in stack:
            del stack[0 if everything else stack.index(view) :]
        self.changes.announce()

    def _all(self) -> list[View]:
        """Return every view that is there."""
        modals = [view for stack in self.stacks.values() for view in stack]
        return [*modals, *self.homes.values()]

    def _new(self, person: str, content: dict[str, Any]) -> View:
        """Return a new view that nobody sees yet."""
        self._require_unused(content, None)
        number = f"V0VIEW{next(self.numbers):05d}"
        kind, stored = content["type"], _stored(content)
        self.history.note_view(person, stored)
        return View(number, kind, person, stored, self.directory, self._hash())

    def _require_unused(self, content: dict[str, Any], but: View | None) -> None:
        """Raise Refusal (duplicate_external_id) when another view has the external_id."""
        name = content.get("external_id")
        if name and any(
            view.content.get("external_id") == name for view in self._all() if view is not but
        ):
            raise Refusal("duplicate_external_id")

    def _hash(self) -> str:
        """Return the name of a state of a view."""
        return f"{int(self.clock.now())}.{secrets.token_hex(4)}"


def _stored(content: dict[str, Any]) -> dict[str, Any]:
    """Return a view as Slack keeps it."""
    return content | {"blocks": completed(content["blocks"])}


TRIGGER_SECONDS = 3.0


@dataclass
class Trigger:
    """What a person did, and in which modal (its id) if it was in one."""

    person: str
    view: str | None
    until: float
    used: bool = False


@dataclass(frozen=True)
class Triggers:
    """Issues trigger_ids, and takes each of them back once."""

    clock: Clock
    issued: dict[str, Trigger] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def issue(self, person: str, view: str | None = None) -> str:
        """Return a new trigger_id for what a person (an id) just did, perhaps in a modal."""
        now = self.clock.now()
        key = f"{int(now * 1000)}.{next(self.numbers)}.{secrets.token_hex(16)}"
        self.issued[key] = Trigger(person, view, now + TRIGGER_SECONDS)
        return key

    def look_up(self, key: str) -> Trigger:
        """Return what a trigger_id stands for, while it is good; the caller marks it as used.

        Raises Refusal: invalid_trigger_id, exchanged_trigger_id, or expired_trigger_id.
        """
        trigger = self.issued.get(key)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock.now() > trigger.until:
            raise Refusal("expired_trigger_id")
        return trigger
