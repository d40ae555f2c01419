"""Questions to a provider: acknowledged first, then asked, then answered to the person alone."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.grammar import Ask, InvalidCommand, parse
from bot.domain.policy import Member
from bot.engine.questions import PACKAGES
from bot.errors import EsimBotError, SlackError
from bot.slack.answers.package_list import package_list
from bot.slack.answers.past_purchases import (
    DETAILS,
    FILES,
    NEXT_PAGE,
    AskedAgain,
    files_are_there,
    no_purchases,
    not_listed,
    purchase_details,
    purchase_page,
    read_asked_again,
)
from bot.slack.answers.unanswered import files_not_sent, unanswered
from bot.slack.downloads import purchase_files
from bot.slack.ephemeral import Answer, plain
from bot.slack.mrkdwn import escape
from handlers.hearing import Asked, listen
from handlers.interaction import Interaction
from handlers.services import Services

_Find = Callable[[Services, Ask, Member, AskedAgain], Awaitable[Answer]]
UNKNOWN_QUESTION = plain(
    "I don't know this button: the message is from another version of me. Nothing was done or "
    "changed. `/esim help` shows what can be asked."
)


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons of answers that ask the provider again."""
    for action_id, find in ((NEXT_PAGE, _page), (DETAILS, _details), (FILES, _files)):
        press = partial(_again, services, find)
        listen(app, action_id, services.hearing, press, UNKNOWN_QUESTION)


def ask(services: Services, interaction: Interaction, question: Ask) -> Asked:
    """Ask this once the acknowledgement has left. Raises NotAllowed, NotPossibleThere."""
    services.questions.may(question, interaction.person)
    find = _packages if question.form.verb == PACKAGES else _page
    told = plain(f"I ask {escape(question.form.title)}; the answer follows here.")
    return Asked(partial(_told, services, question, interaction.person, find, AskedAgain("")), told)


def _again(
    services: Services, find: _Find, interaction: Interaction, action: Mapping[str, Any]
) -> Asked | None:
    """What a button asks again; None where it carries no question. Raises as `ask` does."""
    again = read_asked_again(action.get("value"))
    question = _question(services, again)
    if again is None or question is None:
        return None
    services.questions.may(question, interaction.person)
    return Asked(partial(_told, services, question, interaction.person, find, again))


def _question(services: Services, again: AskedAgain | None) -> Ask | None:
    """The question that a button carries as a line; None for none of ours."""
    try:
        question = parse(again.line, services.rules) if again else None
    except InvalidCommand:
        return None
    return question if isinstance(question, Ask) else None


async def _told(
    services: Services, question: Ask, person: Member, find: _Find, again: AskedAgain
) -> Answer:
    """The answer, or why there is none."""
    try:
        return await find(services, question, person, again)
    except EsimBotError as failure:
        return unanswered(failure, question, services.rules)


async def _packages(services: Services, question: Ask, person: Member, _: AskedAgain) -> Answer:
    found = await services.questions.packages(question, person)
    return package_list(question, found, services.rules)


async def _page(services: Services, question: Ask, person: Member, again: AskedAgain) -> Answer:
    page = await services.questions.purchases(question, person, again.cursor)
    return purchase_page(question, page, again.cursor, services.rules)


async def _details(services: Services, question: Ask, person: Member, again: AskedAgain) -> Answer:
    page = await services.questions.purchases(question, person, again.cursor)
    found = next((each for each in page.purchases if each.id == again.id), None)
    if found is None:
        return not_listed(question.form.title)
    return purchase_details(question, found)


async def _files(services: Services, question: Ask, person: Member, _: AskedAgain) -> Answer:
    found = await services.questions.all_purchases(question, person)
    if not found.purchases:
        return no_purchases(question)
    try:
        await services.hand(person.id, purchase_files(found.purchases, question.form))
    except SlackError:
        return files_not_sent(question.form.title)
    return files_are_there(len(found.purchases), question.form.title, is_whole=found.is_whole)
