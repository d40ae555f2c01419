"""What a person enters, submits and closes: modals, the Home tab, menus in messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.page.routes.answers import done, failed
from sandbox.page.routes.pages import looked
from sandbox.page.seen.content import surface, view_before
from sandbox.slack.views.entering import CannotSubmitError, chosen
from sandbox.slack.views.state import SEVERAL, chosen_in, stateful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from multidict import MultiMapping

    from sandbox.page.scene import Scene
    from sandbox.slack.views.state import Field
    from sandbox.slack.views.view import View

    Form = MultiMapping[Any]

GONE = "That is no longer there."


@dataclass(frozen=True)
class Forms:
    """Takes what is entered; AssertionErrors of the workspace say what it does not take."""

    scene: Scene

    def routes(self) -> list[web.RouteDef]:
        """Return where it is sent."""
        return [
            web.post("/as/{person}/{place}/enter", self.enter),
            web.post("/as/{person}/{place}/submit", self.submit),
            web.post("/as/{person}/{place}/close", self.close),
        ]

    async def enter(self, request: web.Request) -> web.Response:
        """Choose or type something that the bot is told of at once."""
        look, form = looked(self.scene, request), await request.post()
        where = surface(look, {name: str(value) for name, value in form.items()})
        if where is None:
            return failed(request, GONE)
        key = str(form.get("action", ""))
        value = _value(_kind(where.blocks, key), form.getall("value", []))
        try:
            await self.scene.slack.person(look.person.id).fills(where, {key: value})
        except AssertionError as problem:
            return failed(request, str(problem))
        return done(request)

    async def submit(self, request: web.Request) -> web.Response:
        """Submit a modal with everything that is entered in it."""
        look, form = looked(self.scene, request), await request.post()
        view = view_before(look, str(form.get("view", "")))
        if view is None:
            return failed(request, GONE)
        try:
            await self.scene.slack.person(look.person.id).submits(view, self._new(view, form))
        except CannotSubmitError as wrong:
            view.errors = wrong.complaints
            self.scene.feed.announce()
        except AssertionError as problem:
            return failed(request, str(problem))
        return done(request)

    def _new(self, view: View, form: Form) -> dict[str, Any]:
        """Return what is entered and not known yet, by block_id: it is told to the bot but once.

        Raises NoSuchFieldError for a choice that isn't there.
        """
        workspace, known = self.scene.slack.workspace, view.values
        return {
            block["block_id"]: value
            for (block, element), value in _entered(view, form)
            if chosen(element, value, workspace)
            != chosen_in(known[block["block_id"]][element["action_id"]])
        }

    async def close(self, request: web.Request) -> web.Response:
        """Close a modal."""
        look, form = looked(self.scene, request), await request.post()
        view = view_before(look, str(form.get("view", "")))
        if view is not None and view.kind == "modal":
            await self.scene.slack.person(look.person.id).closes(view)
        return done(request)


def _entered(view: View, form: Form) -> Iterator[tuple[Field, Any]]:
    """Yield each input of a modal with what stands in it."""
    for block, element in stateful(view.blocks):
        if block["type"] == "input":
            yield (block, element), _value(element["type"], form.getall(block["block_id"], []))


def _kind(blocks: list[dict[str, Any]], key: str) -> str:
    """Return the type of the element with this action_id, or in the block with this block_id."""
    fields = stateful(blocks)
    return next(
        (str(item["type"]) for at, item in fields if key in {at["block_id"], item["action_id"]}), ""
    )


def _value(kind: str, given: list[Any]) -> Any:
    """Return a field's value the way the workspace takes it: several, a moment, or a text."""
    texts = [str(value) for value in given]
    if kind in SEVERAL:
        return texts
    text = texts[0].replace("\r\n", "\n") if texts else ""
    # The browser is on this machine, so its zone is ours.
    return datetime.fromisoformat(text).astimezone() if kind == "datetimepicker" and text else text
