"""Modals and the Home tab, as one person has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.page.seen.filled import filled

if TYPE_CHECKING:
    from sandbox.page.seen.look import Look
    from sandbox.slack.views.view import View


@dataclass(frozen=True)
class Surface:
    """A view with what was entered in its blocks."""

    view: View
    blocks: list[dict[str, Any]]

    @property
    def form(self) -> str:
        """The id of the form that its inputs belong to."""
        return f"form-{self.view.id}"


def modals(look: Look) -> list[Surface]:
    """Return the modal on top of the person's others, or nothing."""
    return [_surface(view) for view in look.workspace.views_of(look.person)[-1:]]


def home(look: Look) -> Surface | None:
    """Return the Home tab that the bot published for the person."""
    view = look.workspace.home_of(look.person)
    return _surface(view) if view else None


def find(look: Look, view_id: str) -> View | None:
    """Return the view with this id, if the person has it before them."""
    shown = [*modals(look), *([tab] if (tab := home(look)) else [])]
    return next((each.view for each in shown if each.view.id == view_id), None)


def _surface(view: View) -> Surface:
    return Surface(view, filled(view.blocks, view.entered))
