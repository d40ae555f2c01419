"""Who has which eSIM: lines, a form for a whole order, and lists with files."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.clock import Fence
from bot.domain.activation.assignment import Assignment
from bot.domain.activation.iccids import plain_iccid
from bot.domain.activation.lines import InvalidLines, read_lines
from bot.domain.grammar import Assign, Assigned, AssignLines, Unassign
from bot.domain.policy import Member
from bot.domain.thing import read_order_id
from bot.errors import EsimBotError, SlackError, StoreUnavailable
from bot.slack.answers.assign_form import (
    FIELD,
    FORM,
    OPEN,
    assign_form,
    mistakes,
    order_of,
    pasted,
)
from bot.slack.answers.assigned import (
    FILES,
    all_assigned,
    assigned_files,
    assigned_list,
    files_are_there,
    files_not_sent,
    forgotten,
    holder_shown,
    nobody_has,
    now_assigned,
)
from bot.slack.button_value import read_button_value
from bot.slack.ephemeral import Answer, plain
from bot.slack.words.recording import NOT_SHOWN
from bot.slack.words.refusals import words_of
from handlers.activation.people import Mentions, holder_of
from handlers.hearing import Asked, Recorded, listen
from handlers.interaction import Interaction
from handlers.services import Services

_UNKNOWN = plain(
    "I don't know this button or form: it is from another version of me. Nothing was changed. "
    "`/esim assigned` shows who has which eSIM."
)
_NOT_OPENED = plain(
    "Slack did not open the form in time; nothing was changed. Send the line again. "
    "`/esim assign` with an ICCID and `to=` needs no form."
)
_EVERYTHING = "all"
"""The value of the button for the files of all eSIMs."""


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the form, to what opens it, and to the button for files."""

    async def sent(body: Mapping[str, Any], context: AsyncBoltContext) -> BoltResponse:
        interaction, arrival = Interaction.of(body), context["arrival"]
        work = partial(_take_lines, services, interaction, body.get("view") or {}, arrival)
        return await services.hearing.attend(interaction, work, arrival, {FIELD: FIELD})

    app.view_submission(FORM)(sent)
    for action_id, press in ((OPEN, _open_by_button), (FILES, _files)):
        listen(app, action_id, services.hearing, partial(press, services), _UNKNOWN)


async def assign(
    services: Services,
    interaction: Interaction,
    command: Assign,
    mentions: Mentions,
    within: Fence,
) -> Recorded:
    """Record who has an eSIM. Raises InvalidCommand for a person who is not known."""
    holder = holder_of(command, mentions, interaction.user)
    told = _told(interaction, within)
    assignment = await services.assignments.assign(command.iccid, holder, **told)
    return Recorded(assignment.order_id, now_assigned(assignment, services.rules.command))


async def unassign(
    services: Services, interaction: Interaction, command: Unassign, within: Fence
) -> Recorded:
    """Forget who has an eSIM."""
    before = await services.assignments.remove(command.iccid, **_told(interaction, within))
    return Recorded(before.order_id, forgotten(before))


def open_form(services: Services, interaction: Interaction, command: AssignLines) -> Asked:
    """Open the form for the eSIMs of an order: Slack is asked, so it follows."""
    return Asked(partial(_opened, services, interaction, command.order_id))


async def show(services: Services, interaction: Interaction, command: Assigned) -> Answer:
    """Who has which eSIM. Raises StoreUnavailable, NotAllowed and the like."""
    line, by = services.rules.command, interaction.person
    if plain_iccid(command.subject) is None:
        found = await _found(services, command.subject, by)
        return assigned_list(found, command.subject, line)
    iccid, assignment = await services.assignments.at(command.subject, by)
    if assignment is None:
        return nobody_has(iccid, line)
    return holder_shown(assignment)


async def _found(services: Services, order_id: str, by: Member) -> tuple[Assignment, ...]:
    """Those of an order in its sequence, or all that there are."""
    if not order_id:
        return await services.assignments.all(by)
    order = await services.orders.show(order_id, to=by.id, channel=by.channel)
    return tuple((await services.assignments.of(order, by)).values())


def _told(interaction: Interaction, within: Fence) -> Any:
    """Who says it, by what, and for how long it may be recorded."""
    return {"by": interaction.person, "trigger": interaction.trigger, "within": within}


def _open_by_button(
    services: Services, interaction: Interaction, action: Mapping[str, Any]
) -> Asked | None:
    pressed = read_button_value(action.get("value"))
    return open_form(services, interaction, AssignLines(pressed.order_id)) if pressed else None


async def _opened(services: Services, interaction: Interaction, order_id: str) -> Answer | None:
    """Open it; its window is answer enough."""
    try:
        iccids, assigned = await services.assignments.for_form(order_id, interaction.person)
        await services.open_form(interaction.trigger, assign_form(order_id, iccids, assigned))
    except StoreUnavailable:
        return plain(NOT_SHOWN)
    except SlackError:
        return _NOT_OPENED
    except EsimBotError as failure:
        return plain(words_of(failure))
    return None


async def _take_lines(
    services: Services, interaction: Interaction, view: Mapping[str, Any], within: Fence
) -> Answer | Recorded:
    """Record all lines, or none: then each wrong one is told under the field."""
    order_id, lines = order_of(view), pasted(view)
    if order_id is None:
        return _UNKNOWN
    command = services.rules.command
    iccids, assigned = await services.assignments.for_form(order_id, interaction.person)
    try:
        holders = dict(read_lines(lines, iccids, assigned))
    except InvalidLines as wrong:
        raise mistakes(wrong, lines, command) from None
    told = _told(interaction, within)
    made = await services.assignments.assign_all(order_id, holders, **told)
    return Recorded(order_id, all_assigned(made, command))


def _files(services: Services, interaction: Interaction, action: Mapping[str, Any]) -> Asked | None:
    about = action.get("value")
    if about != _EVERYTHING and (not isinstance(about, str) or read_order_id(about) != about):
        return None
    order_id = "" if about == _EVERYTHING else about
    return Asked(partial(_sent, services, interaction.person, order_id))


async def _sent(services: Services, by: Member, order_id: str) -> Answer:
    """Send the files, as what is known now."""
    try:
        found = await _found(services, order_id, by)
        if not found:
            return assigned_list(found, order_id, services.rules.command)
        await services.hand(by.id, assigned_files(found, order_id))
    except StoreUnavailable:
        return plain(NOT_SHOWN)
    except SlackError:
        return files_not_sent()
    except EsimBotError as failure:
        return plain(words_of(failure))
    return files_are_there(len(found))
