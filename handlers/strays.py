"""What no other listener takes: old buttons, unknown forms, shortcuts; and what breaks."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.slack.ephemeral import Answer, plain
from bot.slack.replies import Interaction
from handlers.hearing import Hearing, unexplained
from handlers.middleware import acknowledge
from handlers.workspace import notice

_ANYTHING = re.compile("")
UNKNOWN_BUTTON = (
    "I don't know this button: the message is from another version of me. Nothing was done or "
    "changed. `/esim orders` lists your orders, and `/esim order` with an id shows one."
)
_UNKNOWN_FORM = (
    "I don't know this form: it is from another version of me. Nothing was done or changed. "
    "Type /esim help."
)
_UNKNOWN_SHORTCUT = "I don't know this shortcut. Nothing was done or changed. Type `/esim help`."


def register(app: AsyncApp, hearing: Hearing) -> None:
    """Listen to everything; must come after all others."""
    _listen_to_actions(app, hearing)
    _listen_to_forms(app)
    _listen_to_shortcuts(app, hearing)
    _answer_faults(app, hearing)


def _listen_to_actions(app: AsyncApp, hearing: Hearing) -> None:
    async def unknown_action(body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        if not action.get("url"):  # a link has done its work before we hear of it
            await hearing.attend(Interaction.of(body), _saying(UNKNOWN_BUTTON))

    async def nothing_to_choose(ack: AsyncAck) -> None:
        await ack(options=[])

    app.action(_ANYTHING, middleware=[acknowledge])(unknown_action)
    app.options(_ANYTHING)(nothing_to_choose)


def _listen_to_forms(app: AsyncApp) -> None:
    async def unknown_form(ack: AsyncAck) -> None:
        await ack(response_action="update", view=notice(_UNKNOWN_FORM))

    async def nothing_to_do(ack: AsyncAck) -> None:
        await ack()

    app.view_submission(_ANYTHING)(unknown_form)
    app.view_closed(_ANYTHING)(nothing_to_do)
    app.event(_ANYTHING)(nothing_to_do)


def _listen_to_shortcuts(app: AsyncApp, hearing: Hearing) -> None:
    async def unknown_shortcut(body: Mapping[str, Any]) -> None:
        await hearing.attend(Interaction.of(body), _saying(_UNKNOWN_SHORTCUT))

    app.shortcut(_ANYTHING, middleware=[acknowledge])(unknown_shortcut)


def _answer_faults(app: AsyncApp, hearing: Hearing) -> None:
    async def failed(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
        return answer_to_fault(hearing, body, error)

    app.error(failed)


def answer_to_fault(hearing: Hearing, body: Mapping[str, Any], error: Exception) -> BoltResponse:
    """Whatever broke between Slack and a listener: the person hears of it, where they are."""
    asked = Interaction.of(body)
    answer = unexplained(asked, error)
    if body.get("type") == "view_submission":
        update = {"response_action": "update", "view": notice(answer.text)}
        return BoltResponse(status=200, body=update)
    if asked.user:
        hearing.begin(asked, _answering(answer))
    return BoltResponse(status=200, body="")


def _saying(text: str) -> Any:
    return _answering(plain(text))


def _answering(answer: Answer) -> Any:
    async def work() -> Answer:
        return answer

    return work
